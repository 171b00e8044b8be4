"""What `accounts request` and `accounts import` tell: the plan, and what was recorded by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from connector.cli.common import echo_json
from connector.domain.mail import Mailbox
from connector.errors import Problem

if TYPE_CHECKING:
    from connector.accounts.model import AccessRequest
    from connector.pipeline.accounts.order_plan import Planned

PLAN_COLUMNS = ("Line", "Person", "Email", "Account", "Role", "Found", "What follows")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was asked to do with a list of people."""

    command: str
    source: str
    """What the people stand in, for messages: a file's name, or the command's."""
    requested_by: Mailbox | None
    dry_run: bool
    as_json: bool
    skip_bad: bool = False

    @property
    def is_file(self) -> bool:
        """Whether the people stand in a file, on lines."""
        return self.source != self.command


@dataclass(frozen=True, slots=True)
class Told:
    """What a command found and did.

    `finished` are orders that an interrupted command had recorded; `left_aside` are headings of
    the file that name no column of ours.
    """

    planned: "Sequence[Planned]"
    faults: Sequence[Problem]
    placed: "Sequence[AccessRequest]"
    finished: "Sequence[AccessRequest]"
    left_aside: Sequence[str]


def tell(told: Told, asked: Asked) -> None:
    """Print the plan, what was recorded by it, and what was left out of it."""
    if told.left_aside:
        click.echo(f"columns left aside: {', '.join(told.left_aside)}", err=True)
    if asked.as_json:
        echo_json(_as_json(told, asked))
        return
    _print_plan(told.planned)
    if asked.dry_run:
        click.echo("a dry run: nothing was recorded", err=True)
        return
    tell_finished(told.finished)
    _print_placed(told.placed)
    for fault in told.faults:
        click.echo(f"left out: {fault}", err=True)


def tell_finished(finished: "Sequence[AccessRequest]") -> None:
    """Say what an interrupted command had recorded, and this one opened."""
    for each in finished:
        click.echo(
            f"{each.account_name}: {_asked_for(each)}, as an interrupted command recorded it"
        )


def _print_plan(planned: "Sequence[Planned]") -> None:
    from connector.cli.render import print_table

    rows = [
        (
            str(each.wanted.line or ""),
            each.wanted.person.name,
            each.wanted.person.address,
            each.account_name,
            each.wanted.person.role.value,
            each.finding.value,
            each.words,
        )
        for each in planned
    ]
    if rows:
        print_table(PLAN_COLUMNS, rows)


def _print_placed(placed: "Sequence[AccessRequest]") -> None:
    if not placed:
        click.echo("nothing was left to ask for")
    for each in placed:
        click.echo(f"{each.account_name}: {_asked_for(each)}; the next sync makes the ticket")


def _asked_for(each: "AccessRequest") -> str:
    people = "1 person" if len(each.records) == 1 else f"{len(each.records)} people"
    return f"asked for {people} (access {', '.join(str(record.id) for record in each.records)})"


def _as_json(told: Told, asked: Asked) -> dict[str, object]:
    return {
        "dry_run": asked.dry_run,
        "rows": [_row_as_json(each) for each in told.planned],
        "bad_rows": [
            {"line": fault.line, "message": fault.message, "remedy": fault.remedy}
            for fault in told.faults
        ],
        "finished": [_request_as_json(each) for each in told.finished],
        "requested": [_request_as_json(each) for each in told.placed],
    }


def _row_as_json(each: "Planned") -> dict[str, object]:
    return {
        "line": each.wanted.line,
        "person": each.wanted.person.name,
        "email": each.wanted.person.address,
        "account": each.account_name,
        "role": each.wanted.person.role,
        "found": each.finding,
        "what_follows": each.words,
        "id": each.record_id,
    }


def _request_as_json(each: "AccessRequest") -> dict[str, object]:
    return {
        "account": each.account_name,
        "request": each.request_key,
        "ids": [record.id for record in each.records],
    }
