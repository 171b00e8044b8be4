"""What becomes of mail that a machine sent of its own accord, by the rules of `machine.yaml`.

Patterns are an admin's, the texts anybody's: each search is cut to a length and to a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.domain.mail import MailFacts, Origin
from connector.domain.plan import Decision
from connector.domain.request import Request
from connector.mapping.domains import normal_address
from connector.mapping.machine_file import MachineAction, MachineFile, MachineMatch, MachineRule
from connector.mapping.words import has_phrase, joined

MAX_SUBJECT = 500
MAX_TEXT = 5_000
"""Characters of a text in which rules look."""
MAX_HEADER = 500
MAX_KEY = 200
PATTERN_SECONDS = 0.2
"""After so long a pattern counts as not found."""


@dataclass(frozen=True, slots=True)
class MachineDecision:
    """What a rule makes of a mail. `key`, `window` (hours) and `is_recovery` are for a merge.

    A merge without a key has nothing to join: the mail becomes a ticket of its own.
    """

    action: MachineAction
    rule: str
    decision: Decision
    key: str | None = None
    window: int = 0
    is_recovery: bool = False


def is_machine_mail(request: Request, file: MachineFile) -> bool:
    """Whether a machine sent this of its own accord: a header says so, or `senders` does.

    Automatic replies and bounces are none of it.
    """
    mail = request.mail
    if mail is None or mail.origin in (Origin.AUTO_REPLY, Origin.BOUNCE):
        return False
    return mail.origin is Origin.AUTOMATIC or _is_from(request, file.senders)


def decide_machine_mail(request: Request, file: MachineFile) -> MachineDecision | None:
    """Return what the first rule that matches makes of a mail; None for a ticket like any other."""
    mail = request.mail
    if mail is None or not is_machine_mail(request, file):
        return None
    for rule in file.rules:
        if _matches(rule.match, request, mail):
            return _decided(rule, request)
    return None


def _decided(rule: MachineRule, request: Request) -> MachineDecision:
    if rule.action != "merge":
        decision = Decision("machine mail", rule.name, f"{rule.action}: rule {rule.name} matches")
        return MachineDecision(rule.action, rule.name, decision)
    place = request.subject[:MAX_SUBJECT] if rule.look_in == "subject" else request.text[:MAX_TEXT]
    key = _key(rule, place)
    word = has_phrase(joined(place), rule.recovery)
    said = f"merge by “{key}”" if key else "nothing to merge by"
    over = f", over: it says “{word}”" if word else ""
    decision = Decision("machine mail", rule.name, f"{said}: rule {rule.name} matches{over}")
    return MachineDecision(
        rule.action, rule.name, decision, key, rule.window, is_recovery=word is not None
    )


def _key(rule: MachineRule, place: str) -> str | None:
    """Return the correlation key in one spelling; None if the rule's pattern is not there."""
    groups = _search(rule.key or "", place)
    if groups is None:
        return None
    words = next((group for group in groups[1:] if group), groups[0]) or ""
    return " ".join(words.casefold().split())[:MAX_KEY] or None


def _matches(match: MachineMatch, request: Request, mail: MailFacts) -> bool:
    subject = request.subject[:MAX_SUBJECT]
    lists = {identifier.casefold() for identifier in match.list_ids}
    checks = (
        not match.senders or _is_from(request, match.senders),
        not match.sources or request.source in match.sources,
        not match.list_ids or bool(lists & set(mail.list_ids)),
        match.subject is None or _search(match.subject, subject) is not None,
        not match.headers or _has_headers(match, mail),
        not match.words
        or has_phrase(joined(f"{subject}\n{request.text[:MAX_TEXT]}"), match.words) is not None,
    )
    return all(checks)


def _has_headers(match: MachineMatch, mail: MailFacts) -> bool:
    values = ((mail.headers.get(name.lower()), found) for name, found in match.headers.items())
    return all(
        value is not None and _search(pattern, value[:MAX_HEADER]) is not None
        for value, pattern in values
    )


def _is_from(request: Request, senders: Iterable[str]) -> bool:
    return request.sender is not None and is_named(request.sender.address, senders)


def is_named(address: str, senders: Iterable[str]) -> bool:
    """Whether an address is among `senders`: addresses, or domains with a leading @."""
    wanted = normal_address(address)
    domain = f"@{wanted.rpartition('@')[2]}"
    return any(normal_address(one) in (wanted, domain) for one in senders)


def _search(pattern: str, text: str) -> tuple[str | None, ...] | None:
    """Return what a pattern and its groups found, or None; also when it takes too long."""
    import regex

    try:
        found = regex.search(pattern, text, regex.IGNORECASE, timeout=PATTERN_SECONDS)
    except (TimeoutError, regex.error):
        return None
    return (found[0], *found.groups()) if found else None
