"""`requests`: the ledger, for people."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from connector.cli.common import Invocation, echo_json, load_settings, pass_invocation
from connector.cli.erase import command as erase
from connector.domain.request import Outcome
from connector.errors import ConfigError, ExitCode
from connector.ports import Ledger, RequestRecord, Stamp
from connector.ports.records import BY_HAND, RELEASE

if TYPE_CHECKING:
    from connector.wiring.people import People

COLUMNS = (
    *("Key", "State", "Received", "Source", "From", "Subject", "Ticket"),
    *("Until", "Why", "Remedy"),
)


@click.group("requests")
def command() -> None:
    """Tell what became of every request, and send on what waits for a person."""


@command.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in Outcome]),
    help="Only requests in this state.",
)
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(min=1), help="How many."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def list_requests(invocation: Invocation, *, state: str | None, limit: int, as_json: bool) -> None:
    """List requests, the newest first."""
    from connector.cli.render import print_table
    from connector.cli.story import record_as_json, told_why
    from connector.wiring.people import open_ledger_for_people

    with open_ledger_for_people(load_settings(invocation)) as people:
        listed = people.ledger.listed(Outcome(state) if state else None, limit)
        records = told_why(people.ledger, listed)
        if as_json:
            echo_json([record_as_json(record, people.local) for record in records])
            return
        print_table(
            COLUMNS,
            [
                (
                    record.key,
                    record.state,
                    f"{people.local(record.received_at):%Y-%m-%d %H:%M}",
                    record.source,
                    record.sender,
                    record.subject,
                    record.ticket_number or "",
                    f"{people.local(due):%d %b %H:%M}" if (due := record.next_attempt_at) else "",
                    record.reason,
                    record.remedy,
                )
                for record in records
            ],
        )


@command.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def show(invocation: Invocation, *, key: str, as_json: bool) -> None:
    """Tell the whole story of one request."""
    from connector.cli.story import print_story, story_as_json
    from connector.wiring.people import open_ledger_for_people

    with open_ledger_for_people(load_settings(invocation)) as people:
        record = must_exist(people.ledger, key)
        if as_json:
            echo_json(story_as_json(people.ledger, people.outbox, record, people.local))
            return
        print_story(people.ledger, people.outbox, record, people.local)


def _sending_on(
    name: str, states: Sequence[Outcome], all_states: Sequence[Outcome], done: str, text: str
) -> click.Command:
    """Return a command that makes requests in `states` pending and due now."""

    @click.command(name, help=text)
    @click.argument("keys", nargs=-1)
    @click.option("--all", "is_all", is_flag=True, help="Every one that can be.")
    @pass_invocation
    def send_on(invocation: Invocation, *, keys: tuple[str, ...], is_all: bool) -> None:
        from connector.wiring.people import open_ledger_for_people

        with open_ledger_for_people(load_settings(invocation)) as people:

            def act(key: str, stamp: Stamp) -> bool:
                must_exist(people.ledger, key)
                return people.ledger.reopen(key, states=states, step=name, stamp=stamp)

            chosen = _chosen(people.ledger, keys, all_states, is_all=is_all)
            _act_on(chosen, act, people.stamp(BY_HAND), done=done, why_not=why_not(people))

    return send_on


command.add_command(
    _sending_on(
        "retry",
        [Outcome.PENDING],
        [Outcome.PENDING],
        "due now",
        "Make requests that wait for a later attempt due now.",
    )
)
command.add_command(
    _sending_on(
        RELEASE,
        [Outcome.PARKED, Outcome.IGNORED],
        [Outcome.PARKED],
        "released",
        "Send parked or ignored requests on (--all: the parked).",
    )
)


@command.command("ignore")
@click.argument("keys", nargs=-1, required=True)
@click.option("--reason", default="ignored by hand", show_default=True)
@pass_invocation
def ignore(invocation: Invocation, *, keys: tuple[str, ...], reason: str) -> None:
    """Set parked or waiting requests aside; they are kept and can be released."""
    from connector.wiring.people import open_ledger_for_people

    with open_ledger_for_people(load_settings(invocation)) as people:

        def act(key: str, stamp: Stamp) -> bool:
            must_exist(people.ledger, key)
            return people.ledger.set_aside(key, reason=reason, stamp=stamp)

        _act_on(keys, act, people.stamp(BY_HAND), done="ignored", why_not=why_not(people))


command.add_command(erase)


def _chosen(
    ledger: Ledger, keys: tuple[str, ...], states: Sequence[Outcome], *, is_all: bool
) -> Sequence[str]:
    if bool(keys) == is_all:
        raise ConfigError("name the requests by key, or say --all")
    if not is_all:
        return keys
    return [record.key for state in states for record in ledger.listed(state, limit=1_000_000_000)]


def _act_on(
    keys: Sequence[str],
    act: Callable[[str, Stamp], bool],
    stamp: Stamp,
    *,
    done: str,
    why_not: Callable[[str], str],
) -> None:
    failed = False
    for key in keys:
        if act(key, stamp):
            click.echo(f"{key}: {done}")
            continue
        failed = True
        click.echo(f"{key}: {why_not(key)}; nothing was done", err=True)
    if failed:
        sys.exit(ExitCode.PARTLY)


def why_not(people: "People") -> Callable[[str], str]:
    """Return what says why a request could not be sent on or set aside."""
    from connector.cli.story import content_gone

    def said(key: str) -> str:
        record = must_exist(people.ledger, key)
        gone = content_gone(record, people.local)
        if gone and record.state is Outcome.IGNORED:
            return f"there is nothing left to send on ({gone}); ask the sender to write again"
        return "not in a state that allows this, or being worked on"

    return said


def must_exist(ledger: Ledger, key: str) -> RequestRecord:
    """Return a request; raises `ConfigError` when the ledger has none of this key."""
    record = ledger.get(key)
    if record is None:
        raise ConfigError(
            f"there is no request {key!r}", "`bms-connector requests list` shows the keys"
        )
    return record
