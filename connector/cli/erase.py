"""`requests erase`: a person asks that what they wrote be forgotten."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from connector.cli.common import Invocation, load_settings, pass_invocation
from connector.errors import ConfigError, ExitCode
from connector.ports import RequestRecord
from connector.ports.content import Kept

if TYPE_CHECKING:
    from connector.config.models import Config
    from connector.wiring.people import People

WHY = {
    Kept.WAITS: "it waits for its ticket, and would be lost; release it, or set it aside with "
    "`bms-connector requests ignore {key}`, then erase it",
    Kept.LETTER: "a letter about it is yet to be sent; do it again after the next run",
    Kept.ACCESS: "access was asked for in it, which is still open; decide or withdraw that first "
    "(`bms-connector accounts list`)",
}
"""What a person hears of a request that was kept."""


@click.command("erase")
@click.argument("keys", nargs=-1)
@click.option("--address", help="Erase every request whose sender has this mail address.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@pass_invocation
def command(
    invocation: Invocation, *, keys: tuple[str, ...], address: str | None, is_sure: bool
) -> None:
    """Erase what requests say and whose they are, for good.

    Messages, letters, subjects, addresses and the words of every line of their stories go, of
    duplicates of the same request too. What stays: when a request came from which source, its
    outcome, ticket and rules; a hash, so that the same mail is still a duplicate; and the records
    of access and approvals. Requests that are pending or parked are kept and listed (exit code 1).

    With --address, requests that others sent about this person are not found: name them by key.
    BMS, mailboxes and the files of a folder are not touched.
    """
    from connector.wiring.people import open_ledger_for_people

    config = load_settings(invocation)
    with open_ledger_for_people(config) as people:
        spellings = _spellings(keys, address)
        chosen = _chosen(people, keys, spellings)
        if not _confirmed(chosen, address, is_sure=is_sure):
            click.echo("nothing was erased", err=True)
            sys.exit(ExitCode.PARTLY)
        # First, while it is still known what to look for.
        words = {word for each in chosen for word in (each.sender, each.subject) if len(word) > 3}
        people.content.erase_mentions(spellings, words)
        erased = _erase(people, chosen)
        if not people.content.forget_deleted():
            click.echo(
                "Somebody reads the ledger just now, so that traces are left in its write-ahead "
                "log; do it again to be sure",
                err=True,
            )
    for line in _left_elsewhere(config, erased):
        click.echo(line)
    sys.exit(ExitCode.DONE if len(erased) == len(chosen) else ExitCode.PARTLY)


def _spellings(keys: tuple[str, ...], address: str | None) -> frozenset[str]:
    """Return the address as senders may stand in the ledger."""
    if bool(keys) == (address is not None):
        raise ConfigError("name the requests by key, or say --address")
    if address is None:
        return frozenset()
    if "@" not in address.strip("@ "):
        raise ConfigError(f"{address!r} is no mail address", "Write it like pat@client.example")
    from connector.mapping.domains import normal_address

    return frozenset({address.strip().lower(), normal_address(address)})


def _chosen(
    people: "People", keys: tuple[str, ...], spellings: frozenset[str]
) -> Sequence[RequestRecord]:
    from connector.cli.requests import must_exist

    found = people.content.requests_from(spellings) if spellings else ()
    named = [must_exist(people.ledger, key).key for key in keys]
    return people.content.with_copies([*named, *(record.key for record in found)])


def _confirmed(chosen: Sequence[RequestRecord], address: str | None, *, is_sure: bool) -> bool:
    if not chosen:
        click.echo(f"no request came from {address}; what was erased has no sender any more")
    if is_sure:
        return True
    if not chosen:
        return _asked(f"Erase what else the ledger knows of {address}?")
    many = "1 request" if len(chosen) == 1 else f"{len(chosen)} requests (duplicates included)"
    for record in chosen[:10]:
        click.echo(f"{record.key}  {record.state}  {record.sender}  {record.subject}", err=True)
    if len(chosen) > 10:
        click.echo(f"… and {len(chosen) - 10} more", err=True)
    return _asked(f"Erase the content of {many} for good?")


def _asked(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:  # Ctrl-C, or nobody there to answer
        click.echo("\nsay --yes where nobody can answer", err=True)
        return False


def _erase(people: "People", chosen: Sequence[RequestRecord]) -> Sequence[RequestRecord]:
    """Erase one after the other; return those that are erased now, also since before."""
    from connector.cli.who import who_runs_this

    who, erased = who_runs_this(), []
    for record in chosen:
        kept = people.content.erase(record.key, by=who, stamp=people.stamp("by hand"))
        if kept is None or kept is Kept.ERASED:
            erased.append(record)
            click.echo(f"{record.key}: {'erased' if kept is None else 'was erased before'}")
        else:
            click.echo(f"{record.key}: kept: {WHY[kept].format(key=record.key)}", err=True)
    return erased


def _left_elsewhere(config: "Config", erased: Sequence[RequestRecord]) -> Iterator[str]:
    """Yield where the same words may still stand."""
    if not erased:
        return
    tickets = dict.fromkeys(each.ticket_number for each in erased if each.ticket_number)
    if tickets:
        yield f"Not touched, in BMS: ticket {', '.join(tickets)}"
    from connector.config.sources import FolderSource, GraphSource, ImapSource

    for source in config.sources:
        if all(record.source != source.name for record in erased):
            continue
        if isinstance(source, FolderSource):
            yield f"Not touched, files of source {source.name}: {source.path / 'processed'}"
        elif isinstance(source, ImapSource | GraphSource):
            yield f"Not touched, mail of source {source.name}: {source.processed_folder}"
        else:
            yield f"Not touched, what the form of source {source.name} keeps itself"
    yield "Not touched: backups of the ledger"
