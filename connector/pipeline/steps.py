"""The steps of a run, in their order, as `sync --only` names them."""

INTAKE = "intake"
DELIVER = "deliver"
NOTIFY = "notify"
SLA = "sla"
STEPS = (INTAKE, DELIVER, NOTIFY, SLA)
