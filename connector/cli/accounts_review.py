"""The access review for people: a table of what was found, JSON, and a CSV file."""

import csv
from pathlib import Path

import click

from connector.cli.render import print_table
from connector.cli.story import Local
from connector.errors import ConfigError
from connector.pipeline.accounts.reviewing import ROLE_UNCHECKED, Review, ReviewLine

COLUMNS = ("Finding", "Person", "Email", "Account", "Contact", "Access", "Ticket", "Why")
CSV_COLUMNS = (
    *("account", "person", "email", "contact id", "active", "point of contact", "portal access"),
    *("role asked for", "role in BMS", "access id", "state", "approved by", "approved on"),
    *("channel", "evidence", "recorded by", "ticket", "in baseline", "finding", "why"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the begin of a formula (OWASP, CSV injection)."""


def print_review(review: Review) -> None:
    """Print what was found, how many people were looked at, and what cannot be checked."""
    if review.findings:
        print_table(COLUMNS, [_row(line) for line in review.findings])
    found = len(review.findings)
    click.echo(f"{_people(len(review.lines))} looked at, {found or 'nothing'} found")
    click.echo(f"not checked: {ROLE_UNCHECKED}")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _row(line: ReviewLine) -> tuple[str, ...]:
    ticket = line.request.ticket if line.request else None
    return (
        str(line.finding),
        line.name,
        line.address,
        line.account,
        str(line.contact.id) if line.contact else "",
        str(line.record.id) if line.record else "",
        ticket.number if ticket else "",
        line.words,
    )


def review_as_json(review: Review, local: Local) -> dict[str, object]:
    """Return the review: everything found, and how many people were looked at."""
    return {
        "at": local(review.at).isoformat(),
        "looked_at": len(review.lines),
        "not_checked": ROLE_UNCHECKED,
        "findings": [_line_as_json(line, local) for line in review.findings],
    }


def _line_as_json(line: ReviewLine, local: Local) -> dict[str, object]:
    record, approval = line.record, line.approval
    ticket = line.request.ticket if line.request else None
    return {
        "finding": line.finding,
        "why": line.words,
        "person": line.name,
        "email": line.address,
        "account": line.account,
        "contact_id": line.contact.id if line.contact else None,
        "is_active": line.contact.is_active if line.contact else None,
        "has_portal_access": line.contact.has_portal_access if line.contact else False,
        "id": record.id if record else None,
        "role": record.person.role if record else None,
        "state": record.state if record else None,
        "ticket_id": ticket.id if ticket else None,
        "approved_by": approval.approver if approval else None,
        "approved_at": local(approval.at).isoformat() if approval else None,
    }


def write_csv(path: Path, review: Review, local: Local) -> None:
    """Write a row for everybody who has access or should have it; raises `ConfigError`."""
    try:
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(CSV_COLUMNS)
            for line in review.lines:
                writer.writerow([_harmless(cell) for cell in _csv_row(line, local)])
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror}", "Name another file with --csv"
        ) from None


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _csv_row(line: ReviewLine, local: Local) -> tuple[str, ...]:
    contact, record, approval = line.contact, line.record, line.approval
    ticket = line.request.ticket if line.request else None
    return (
        line.account,
        line.name,
        line.address,
        str(contact.id) if contact else "",
        _yes_no(contact.is_active) if contact else "gone",
        _yes_no(contact.is_poc) if contact else "",
        _yes_no(contact is not None and contact.has_portal_access),
        record.person.role.value if record else "",
        "cannot be read",
        str(record.id) if record else "",
        record.state.value if record else "",
        approval.approver if approval else "",
        local(approval.at).isoformat() if approval else "",
        approval.channel.value if approval else "",
        approval.evidence if approval else "",
        approval.recorded_by if approval else "",
        ticket.number if ticket else "",
        _yes_no(line.in_baseline),
        line.finding.value if line.finding else "",
        line.words,
    )


def _yes_no(value: bool) -> str:  # noqa: FBT001 - it is the thing said
    return "yes" if value else "no"
