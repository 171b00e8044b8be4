"""The step `accounts` of a run: every access request with something to do, one after the other."""

from connector.pipeline.accounts.report import AccessReport
from connector.pipeline.services import Services
from connector.pipeline.steps import ACCOUNTS


def do_accounts(services: Services) -> AccessReport:
    """Do what is due for access requests; nothing when another process is at it."""
    report = AccessReport()
    desk = services.access
    if desk is None:
        return report
    with services.ledger.exclusive(ACCOUNTS) as is_ours:
        due = desk.ledger.access_to_do(now=services.clock()) if is_ours else ()
        if due:
            from connector.pipeline.accounts.working import work_on

            work_on(services, desk, due, report)
    return report
