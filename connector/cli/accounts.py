"""`accounts`: portal logins and other access, from the wish to the proof."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.accounts.model import AccessKind, AccessState
from connector.cli.accounts_import import import_people, request
from connector.cli.common import (
    Invocation,
    at_once,
    echo_json,
    load_run_setup,
    load_settings,
    local_of,
    pass_invocation,
)
from connector.errors import ConfigError, ExitCode
from connector.ports.records import BY_HAND

if TYPE_CHECKING:
    from connector.accounts.model import AccessRequest
    from connector.pipeline.accounts.desk import AccessDesk


@click.group("accounts")
def command() -> None:
    """Portal logins: ask for them, approve them, see how far they are, and verify them."""


command.add_command(request)
command.add_command(import_people)


@command.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in AccessState]),
    help="Only people in this state (repeatable).",
)
@click.option("--account", metavar="NAME", help="Only people of this account.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in AccessKind]),
    help="Only portal logins (login), or only other access (other).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def list_access(
    invocation: Invocation,
    *,
    states: tuple[str, ...],
    account: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """List whose access was asked for, the newest first, and what each waits for."""
    from connector.cli.accounts_list import Listed, print_list, records_as_json
    from connector.wiring.people import open_ledger_for_people

    chosen = frozenset(map(AccessState, states))
    with open_ledger_for_people(load_settings(invocation)) as people:
        found = people.access.listed_access(
            states=chosen, account=account, kind=AccessKind(kind) if kind else None
        )
        listed = [Listed.of(people.access, each) for each in found]
        if as_json:
            echo_json(records_as_json(listed, chosen))
            return
        print_list(listed, chosen)


@command.command("show")
@click.argument("record_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def show(invocation: Invocation, *, record_id: int, as_json: bool) -> None:
    """Tell the whole trail of an access request: who asked, who approved, what was done when."""
    from connector.cli.accounts_show import print_access, story_of_access
    from connector.wiring.people import open_ledger_for_people

    with open_ledger_for_people(load_settings(invocation)) as people:
        found = people.access.access_of_record(record_id)
        if found is None:
            raise ConfigError(
                f"there is no access request {record_id}",
                "`bms-connector accounts list` shows their ids",
            )
        if as_json:
            echo_json(story_of_access(people, found))
            return
        print_access(people, found)


@command.command("approve")
@click.argument("record_id", metavar="ID", type=int)
@click.option("--by", required=True, metavar="EMAIL", help="The point of contact who approved it.")
@click.option(
    "--evidence", required=True, help='How you know: "by phone on 3 May, called back on 305-…".'
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def approve(
    invocation: Invocation, *, record_id: int, by: str, evidence: str, as_json: bool
) -> None:
    """Record that a point of contact approved the access request of ID, with all its people.

    Who runs this is recorded beside it, and every point of contact on record is told. Whoever may
    not approve it is refused, with exit code 1 and the reason.
    """
    from connector.cli.who import who_runs_this
    from connector.pipeline.accounts import approving

    who = who_runs_this()
    approved = partial(approving.approve, by=by, evidence=evidence, recorded_by=who)
    _decide(invocation, approved, record_id, as_json=as_json)


@command.command("deny")
@click.argument("record_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="Why; the requester reads it.")
@click.option("--by", default="", metavar="EMAIL", help="The point of contact who denied it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def deny(invocation: Invocation, *, record_id: int, reason: str, by: str, as_json: bool) -> None:
    """Deny the access request of ID, with all its people."""
    from connector.cli.who import who_runs_this
    from connector.pipeline.accounts import approving

    denied = partial(approving.deny, reason=reason, recorded_by=who_runs_this(), by=by)
    _decide(invocation, denied, record_id, as_json=as_json)


@command.command("withdraw")
@click.argument("record_id", metavar="ID", type=int)
@click.option("--reason", required=True, help="Why it is not wanted any more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def withdraw(invocation: Invocation, *, record_id: int, reason: str, as_json: bool) -> None:
    """Withdraw the access of one person that was not granted yet."""
    from connector.cli.who import who_runs_this
    from connector.pipeline.accounts import approving

    withdrawn = partial(approving.withdraw, reason=reason, recorded_by=who_runs_this())
    _decide(invocation, withdrawn, record_id, as_json=as_json)


def _decide(
    invocation: Invocation,
    decide: "Callable[[AccessDesk, int], AccessRequest]",
    record_id: int,
    *,
    as_json: bool,
) -> None:
    from connector.cli.accounts_list import Listed, print_states, records_as_json
    from connector.wiring.access import open_access_desk

    setup = load_run_setup(invocation)
    with at_once("nothing was decided"), open_access_desk(setup, who=BY_HAND) as desk:
        before = desk.ledger.access_of_record(record_id)
        after = decide(desk, record_id)
        listed = Listed.of(desk.ledger, after)
    if as_json:
        echo_json(records_as_json([listed], frozenset()))
        return
    if before is not None and before.records == after.records:
        click.echo("nothing has changed:" if before.approvals == after.approvals else "recorded:")
    print_states(listed)


@command.command("verify")
@click.option("--account", metavar="NAME", help="Only this account.")
@click.option(
    "--baseline", is_flag=True, help="Accept the access that nobody approved, as it is today."
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write everybody who has or should have access into FILE, for an access review.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def verify(
    invocation: Invocation,
    *,
    account: str | None,
    baseline: bool,
    csv_file: Path | None,
    as_json: bool,
) -> None:
    """Compare BMS with the approvals on record: who has access, and who approved it.

    Found are: access that nobody approved, approved access that BMS does not show, contacts that
    are inactive or gone. The role cannot be read from BMS. Exit code 1 when something was found.
    """
    from connector.cli.accounts_review import print_review, review_as_json, write_csv
    from connector.pipeline.accounts.reviewing import accept_todays, review_access
    from connector.wiring.access import open_access_desk

    setup = load_run_setup(invocation)
    with at_once("nothing was compared"), open_access_desk(setup, who=BY_HAND) as desk:
        review = review_access(desk, account=account)
        if baseline:
            accepted = accept_todays(desk, review)
            click.echo(f"accepted as they are: {accepted}", err=True)
            review = review_access(desk, account=account)
    if csv_file is not None:
        write_csv(csv_file, review, local_of(setup.config))
        click.echo(f"{csv_file}: {len(review.lines)} people", err=True)
    if as_json:
        echo_json(review_as_json(review, local_of(setup.config)))
    else:
        print_review(review)
    if review.findings:
        sys.exit(ExitCode.PARTLY)
