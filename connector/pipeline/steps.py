"""The steps of a run, in their order, as `sync --only` names them."""

INTAKE = "intake"
DELIVER = "deliver"
ACCOUNTS = "accounts"
NOTIFY = "notify"
SLA = "sla"
STEPS = (INTAKE, DELIVER, ACCOUNTS, NOTIFY, SLA)
