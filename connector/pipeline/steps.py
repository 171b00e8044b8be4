"""The steps of a run, in their order, as `sync --only` names them."""

INTAKE = "intake"
DELIVER = "deliver"
SLA = "sla"
STEPS = (INTAKE, DELIVER, SLA)
