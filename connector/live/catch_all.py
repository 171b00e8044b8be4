"""The catch-all account and its contact: where requests go whose client nobody can tell."""

from collections.abc import Iterator

from connector.config.models import CatchAll
from connector.domain.tenant import Lookup
from connector.errors import NameUnresolved
from connector.live.findings import Finding, error, ok
from connector.ports.inspection import Inspection

CATCH_ALL = "catch-all"


def catch_all_findings(catch_all: CatchAll, bms: Inspection) -> Iterator[Finding]:
    """Yield whether the account is active and has a location, and the contact is at it."""
    try:
        account = bms.resolve(Lookup.ACCOUNT, catch_all.account)
        location = bms.main_location(account.id)
    except NameUnresolved as reason:
        yield error(
            CATCH_ALL,
            f"the account cannot be used: {reason.message}",
            f"{reason.remedy} (catch_all.account): until then requests of strangers are parked",
        )
        return
    ids = {"id": account.id, "location_id": location}
    yield ok(CATCH_ALL, f"account {account.name} is {account.id}", details=ids)
    yield _contact(catch_all.contact, account.id, account.name, bms)


def _contact(address: str, account_id: int, account: str, bms: Inspection) -> Finding:
    contacts = bms.contacts(address)
    at_account = [contact for contact in contacts if contact.account.id == account_id]
    if at_account:
        found = at_account[0].id
        return ok(CATCH_ALL, f"contact {address} is {found}", details={"contact_id": found})
    elsewhere = ", ".join(contact.account.name for contact in contacts)
    at = f"; it is one of {elsewhere}" if elsewhere else ""
    return error(
        CATCH_ALL,
        f"{address} is no active contact of {account}{at}",
        f"add it to {account} in BMS, or correct catch_all.contact: "
        "until then tickets of strangers have no contact",
    )
