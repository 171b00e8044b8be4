"""Forms that are polled: whether the site answers, and what stays unread there."""

from collections.abc import Iterator

from connector.live.findings import Finding, ok
from connector.ports.mailboxes import FormState, FormWatch


def form_findings(form: FormWatch, subject: str) -> Iterator[Finding]:
    """Yield how a form stands; raises what looking at it raises."""
    state = form.look()
    entries = "1 entry" if state.entries == 1 else f"{state.entries} entries"
    yield ok(
        subject,
        f"{state.form} can be read; {entries}, {_older(state)}",
        details={"entries": state.entries, "older": state.older},
    )
    if state.newest is not None:
        yield ok(subject, f"the last entry came {state.newest.isoformat(timespec='minutes')}")


def _older(state: FormState) -> str:
    if state.since is None:
        return "all of them are taken in (`since: all`)"
    start = state.since.isoformat(timespec="minutes")
    return f"{state.older} of them from before {start}: these stay unread"
