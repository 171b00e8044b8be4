"""Sign-in and rights: who we are in BMS, and whether we may read what a run reads."""

from collections.abc import Iterator

from connector.live.findings import Finding, error, ok, warning
from connector.ports.inspection import ApiUser, Inspection

SIGN_IN = "sign-in"
RIGHTS = "rights"

ROLE = (
    "give its role API access (Admin > Special Features), view and modify on Service Desk > "
    "Tickets and Admin > Service Desk, and view on CRM > Accounts and CRM > Contacts"
)


def sign_in_finding(bms: Inspection) -> Finding:
    """Sign in anew; raises what a refused sign-in raises."""
    how = bms.sign_in_anew()
    return ok(SIGN_IN, f"BMS accepted it, sent as {how}", details={"sent_as": how})


def rights_findings(user: ApiUser) -> Iterator[Finding]:
    """Yield what BMS says of our rights.

    Which listing a right is for the vendor does not document, so only the absence of all of
    them means something; reads that a run makes are tried by the other checks.
    """
    details = {"rights": user.rights, "may_modify": user.modifiable, "is_admin": user.is_admin}
    if user.is_admin:
        yield warning(
            RIGHTS,
            f"{user.name} is a system administrator, which is more than the connector needs",
            f"make an API Employee for it and {ROLE}",
            details=details,
        )
    elif user.rights and not user.modifiable:
        message = f"{user.name} may look at {user.rights} listings and change none"
        yield error(RIGHTS, message, f"In BMS, {ROLE}", details=details)
    else:
        yield ok(
            RIGHTS,
            f"signed in as {user.name}; what it may read is tried below, whether it may create "
            "and change tickets only by `--probe-write`",
            details=details,
        )
