"""The web side: the hosted form, webhooks, approvals and the status page (Flask)."""
