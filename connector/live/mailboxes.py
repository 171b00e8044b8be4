"""Mailboxes: whether they open, what lies in them, and whether what is done can be moved."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connector.live.findings import Finding, error, ok, warning
from connector.ports.mailboxes import Mailbox, MailboxState

CLOCKS_AGREE = timedelta(minutes=2)
"""How far two clocks may be apart before due dates are visibly wrong."""


SILENCE = timedelta(days=3)
"""After so long without a mail, somebody should look whether mail still gets there."""


def mailbox_findings(
    mailbox: Mailbox, subject: str, now: datetime, last_received: datetime | None
) -> Iterator[Finding]:
    """Yield how a mailbox stands; raises what opening it raises.

    `last_received` is the newest mail that ever came in, as the ledger knows it: what is done
    has left the folder.
    """
    state = mailbox.look()
    yield ok(
        subject,
        f"'{state.folder}' opens; {_count(state.messages, 'message')}, {_older(state)}",
        details={"messages": state.messages, "older": state.older, "listening": state.listening},
    )
    yield _filing(state, subject)
    yield from _silence(state, subject, now, last_received)
    clock = _clock(state, subject, now)
    if clock is not None:
        yield clock


def _older(state: MailboxState) -> str:
    if state.since is None:
        return "all of them are taken in (`since: all`)"
    start = f"{state.since.isoformat(timespec='minutes')}"
    return f"{state.older} of them from before {start}: these stay where they are"


def _silence(
    state: MailboxState, subject: str, now: datetime, last_received: datetime | None
) -> Iterator[Finding]:
    """Tell when the last mail came: a mailbox may answer well while mail no longer gets there."""
    moments = [moment for moment in (state.newest, last_received) if moment is not None]
    if not moments:
        return
    last = max(moments)
    told = f"the last mail came {last.isoformat(timespec='minutes')}"
    if now - last < SILENCE:
        yield ok(subject, told)
        return
    yield warning(
        subject,
        f"{told}, {(now - last).days} days ago",
        "send a mail to its address, and look whether forwarding and MX records still lead here",
    )


def _filing(state: MailboxState, subject: str) -> Finding:
    if state.filing_fault:
        return error(
            subject,
            f"what is done cannot be filed into '{state.processed_folder}': {state.filing_fault}",
            "give the account the right to create it and to write into it, or name another "
            "`processed_folder`",
        )
    if state.filing_doubt:
        remedy = "let whoever runs the server turn on MOVE or UIDPLUS"
        return warning(subject, state.filing_doubt, remedy)
    target = f"'{state.processed_folder}'"
    target += "" if state.processed_exists else ", which the first run creates"
    return ok(subject, f"what is done is filed ({state.filing}) into {target}")


def _clock(state: MailboxState, subject: str, now: datetime) -> Finding | None:
    """Return whether the server's clock is off, as far as it can be seen.

    IMAP tells no time; a message received in the future gives a fast clock away.
    """
    seen = state.server_time or state.newest
    if seen is None:
        return None
    ahead = seen - now
    is_off = abs(ahead) > CLOCKS_AGREE if state.server_time else ahead > CLOCKS_AGREE
    if not is_off:
        return None
    minutes = round(abs(ahead).total_seconds() / 60)
    way = "ahead of" if ahead > timedelta() else "behind"
    return warning(
        subject,
        f"the mail server's clock is {minutes} minutes {way} ours, and due dates hang on it",
        "set the clocks right (NTP) on both",
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
