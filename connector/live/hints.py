"""What BMS does by itself and its API does not show: a person has to look."""

from collections.abc import Iterator

from connector.live.findings import Finding, ok


def hint_findings() -> Iterator[Finding]:
    """Yield what to look at in BMS by hand."""
    yield ok(
        "BMS's e-mail parser",
        "cannot be seen through the API",
        "switch it off (Admin > Service Desk > Email Parser) for every mailbox whose mail comes "
        "here, else each mail becomes two tickets",
    )
    yield ok(
        "acknowledgements",
        "BMS's workflows also run on tickets that we create, and cannot be seen through the API",
        "let a client hear once: leave on either the workflow that tells clients of a new ticket "
        "or the acknowledgement of your form or mail server, not both",
    )
