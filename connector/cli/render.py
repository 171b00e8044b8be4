"""Reports as text for people: tables on stdout, or blocks where the terminal is narrow."""

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

import click

from connector.domain.request import Outcome
from connector.pipeline.report import RequestReport, RunReport
from connector.pipeline.writeback.report import DueDateLine, FieldLine, SlaReport

MADE = (Outcome.CREATED, Outcome.APPENDED)

TICKET_COLUMNS = (
    "Request",
    "Ticket",
    "Client",
    "Template",
    "Priority",
    "Emergency",
    "Remote response",
    "Onsite response",
    "Resolution",
    "DueDate",
)
SUBJECT_WIDTH = 32
FIELD_COLUMNS = ("Ticket", "Title", "Field", "In BMS", "Reckoned", "Why")
GAP = 2
PIPE_WIDTH = 1000
"""A pipe has no width of its own: a table that a program may read is never broken up."""


def print_report(report: RunReport) -> None:
    """Print what a run did: a table of the tickets, a line for every other request, the counts."""
    made = [request for request in report.requests if request.outcome in MADE]
    if made:
        print_table(TICKET_COLUMNS, [_row(request) for request in made])
    for request in report.requests:
        if request.outcome not in MADE:
            click.echo(_line(request))
    if report.sla is not None:
        print_due_dates(report.sla, report.zone)
    for moved in report.access.moved if report.access else ():
        click.echo(str(moved))
    for call in report.planned_calls:
        click.echo(_call(call))
    for letter in report.planned_letters:
        click.echo(f"would send: {letter['kind']} of {letter['request']} to {letter['to']}")
    click.echo(summary(report))


def summary(report: RunReport) -> str:
    """Return the counts of a run as one line; what is zero is left out."""
    parts = [f"{count} {word}" for word, count in report.counts.items() if count]
    if report.access and report.access.moved:
        parts.append(f"{len(report.access.moved)} access")
    word = "dry run" if report.dry_run else "run"
    balance = (
        ""
        if report.conserved
        else "; NOT EVERYTHING IS ACCOUNTED FOR: " + ", ".join(report.leftovers or ["see the list"])
    )
    nothing = "nothing done" if report.exit_code or report.problems else "nothing to do"
    return f"{word} {report.run}: {', '.join(parts) or nothing}{balance}"


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, or one block per row where the terminal is too narrow for it.

    Columns in which no row has anything are left out.
    """
    rows = list(rows)
    used = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    columns = [columns[i] for i in used]
    rows = [[row[i] for i in used] for row in rows]
    widths = [max(len(column), *(len(row[i]) for row in rows)) for i, column in enumerate(columns)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    if sum(widths) + GAP * len(widths) > room:
        _print_blocks(columns, rows)
        return
    click.echo(_aligned(columns, widths))
    click.echo(_aligned(["─" * width for width in widths], widths))
    for row in rows:
        click.echo(_aligned(row, widths))
    click.echo()


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width + GAP) for cell, width in zip(cells, widths, strict=True))
    return "".join(padded).rstrip()


def _print_blocks(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    label = max(map(len, columns[1:]), default=0) + GAP
    for row in rows:
        click.echo(row[0])
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                click.echo(f"  {column.ljust(label)}{cell}")
        click.echo()


def local_time(moment: object) -> str:
    """Return an ISO moment as a person reads it, or nothing."""
    if not isinstance(moment, str):
        return ""
    return f"{datetime.fromisoformat(moment):%d %b %H:%M}"


def print_due_dates(sla: SlaReport, zone: tzinfo) -> None:
    """Print the due dates written, and those of people that stand against ours."""
    columns = ("Ticket", "Title", "DueDate was", "DueDate is", "Why")
    if sla.written:
        print_table(columns, [_due_row(line, zone) for line in sla.written])
    if sla.disagreements:
        click.echo("A person's date stands where another was reckoned:")
        columns = ("Ticket", "Title", "In BMS", "Reckoned", "Why")
        print_table(columns, [_due_row(line, zone) for line in sla.disagreements])
    if sla.field_disagreements:
        click.echo("A person's value stands in a custom field where another was reckoned:")
        print_table(FIELD_COLUMNS, [_field_row(line) for line in sla.field_disagreements])
    if sla.kept:
        count = "1 ticket" if sla.kept == 1 else f"{sla.kept} tickets"
        click.echo(f"had a due date when first seen, which stays (sla.existing_due_date): {count}")


def _due_row(line: DueDateLine, zone: tzinfo) -> tuple[str, ...]:
    old, new = (
        f"{moment.astimezone(zone):%d %b %H:%M}" if moment else "none"
        for moment in (line.old, line.new)
    )
    return (line.number, _short(line.title), old, new, line.reason)


def _field_row(line: FieldLine) -> tuple[str, ...]:
    shown = line.shown or "none"
    return (line.number, _short(line.title), line.field, shown, line.wanted, line.reason)


def _row(request: RequestReport) -> tuple[str, ...]:
    result = request.result
    due = result["due"] if isinstance(result["due"], Mapping) else {}
    return (
        _short(request.subject or request.key),
        request.ticket_number or "",
        str(result["account"] or ""),
        str(result["template"] or ""),
        str(result["priority"] or ""),
        "yes" if result["emergency"] else "",
        local_time(due.get("remote_response")),
        local_time(due.get("onsite_response")),
        local_time(due.get("resolution")),
        local_time(due.get("due_date")),
    )


def _line(request: RequestReport) -> str:
    reason = f": {request.reason}" if request.reason else ""
    until = f" (until {request.waiting_until:%d %b %H:%M})" if request.waiting_until else ""
    return f"{request.outcome:<9} {request.key}  {_short(request.subject)}{reason}{until}"


def _short(text: str) -> str:
    return text if len(text) <= SUBJECT_WIDTH else f"{text[: SUBJECT_WIDTH - 1]}…"


def _call(call: Mapping[str, object]) -> str:
    fields = call["body"]
    shown = (
        ", ".join(f"{name}={value!r}" for name, value in fields.items())
        if isinstance(fields, Mapping)
        else str(fields)
    )
    whose = call.get("ticket") or call.get("request")
    return f"would call {call['call']} for {whose}: {shown}"
