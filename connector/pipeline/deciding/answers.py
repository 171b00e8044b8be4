"""Planning a note on a ticket: what somebody answers, or what a machine reports once more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from connector.domain.due_dates import DueDates, Priority
from connector.domain.plan import Decision
from connector.domain.request import Request
from connector.domain.tenant import Lookup, Named, NameOrId
from connector.errors import NameUnresolved
from connector.mapping.answer_subject import telling_subject
from connector.mapping.emergency import Found
from connector.mapping.machine_rules import MachineDecision
from connector.mapping.render import render_answer, render_internal_note
from connector.mapping.triage import Triage, triage
from connector.pipeline.deciding.course import Append, Incoming, NewFacts
from connector.pipeline.deciding.fields import guide_word
from connector.pipeline.deciding.files import files_of, fitting
from connector.pipeline.deciding.thread_rules import Effect, new_emergency_word
from connector.pipeline.deciding.threads import Thread
from connector.pipeline.drift import Drift
from connector.pipeline.rulebook import Rulebook
from connector.ports import Directory
from connector.sla.targets import reckon

NO_STATUS_CHANGE = "answers change no status"
ONCE_MORE = "Reported once more."
OVER = "It is over, says the machine."
NO_RAISE = "answers raise no priority"


@dataclass(slots=True)
class _Names:
    """Resolves what an answer needs of BMS; what does not resolve is told."""

    directory: Directory
    drift: Drift
    faults: list[str] = field(default_factory=list)

    def find(self, kind: Lookup, name: NameOrId, instead: str) -> Named | None:
        try:
            found = self.directory.resolve(kind, name)
        except NameUnresolved as error:
            self.faults.append(f"{error}; {instead}")
            self.drift.lost(kind, name, error, instead)
            return None
        self.drift.resolved(kind, name)
        return found


@dataclass(frozen=True, slots=True)
class NotePlanner:
    """Plans notes by the rules of a help desk."""

    book: Rulebook
    directory: Directory
    drift: Drift

    def answer(self, incoming: Incoming, thread: Thread, bound: str, effect: Effect) -> Append:
        """Return the public note that a person's answer becomes, and what it does to the ticket.

        `bound` says what its sender is to the ticket.
        """
        request, mail, ticket, book = incoming.request, incoming.mail, thread.ticket, self.book
        names = _Names(self.directory, self.drift)
        said = _read_labels(incoming, book)
        word = new_emergency_word(request, mail, ticket.title, book.priorities.emergency)
        text = mail.new_text or request.text
        shown = replace(request, text=text)
        files, too_large = fitting(files_of(shown, incoming.raw), self.directory)
        due = _emergency_dates(request, book) if word else None
        status = _responded(book, names) if effect.responds else None
        raise_to = _critical(ticket.priority, book, names) if word else None
        return Append(
            key=incoming.key,
            ticket=ticket,
            text=render_answer(
                shown,
                said.details,
                first=_alarm(word),
                subject=telling_subject(
                    request.subject, mail.ticket_numbers, ticket.title, has_text=bool(text.strip())
                ),
                not_stored=too_large,
            ),
            is_internal=False,
            verdict=mail.verdict,
            decisions=(
                Decision("reply", "appended", _reason(thread, bound)),
                Decision("status", "responded" if status else "left", effect.reason),
                *_raise_decisions(word, raise_to, due),
            ),
            rules=(f"reply:{'message' if thread.is_quoted else 'number'}",),
            priority=Priority.CRITICAL if word else guide_word(ticket.priority, book.priorities),
            status=status,
            attachments=files,
            internal_note=render_internal_note(_remarks(request, said, names.faults)),
            raise_to=raise_to,
            facts=_facts(request, said, word),
            due=due,
        )

    def merged(self, incoming: Incoming, thread: Thread, decided: MachineDecision) -> Append:
        """Return the internal note that one more mail about the same trouble becomes."""
        request, ticket = incoming.request, thread.ticket
        files, too_large = fitting(files_of(request, incoming.raw), self.directory)
        shown = replace(request, text=f"{request.subject}\n\n{request.text}".strip())
        first = OVER if decided.is_recovery else ONCE_MORE
        details = _read_labels(incoming, self.book).details
        return Append(
            key=incoming.key,
            ticket=ticket,
            text=render_answer(shown, details, first=first, not_stored=too_large),
            is_internal=True,
            verdict=incoming.mail.verdict,
            decisions=(
                decided.decision,
                Decision("merge", decided.rule, f"onto ticket {ticket.number}: {thread.how}"),
            ),
            rules=(f"machine mail:{decided.rule}",),
            priority=guide_word(ticket.priority, self.book.priorities),
            attachments=files,
            internal_note=render_internal_note(request.remarks),
        )


def _facts(request: Request, said: Triage, word: Found | None) -> NewFacts | None:
    if word is None and said.desired is None:
        return None
    detail = said.details.desired_resolution
    return NewFacts(
        at=request.received_at,
        raised_by=word.word if word else None,
        desired_words=detail.words if detail else "",
        desired=said.desired,
    )


def _read_labels(incoming: Incoming, book: Rulebook) -> Triage:
    return triage(
        replace(incoming.request, text=incoming.mail.new_text),
        priorities=book.priorities,
        templates=book.templates,
        zone=book.zone,
        account=None,
        days=book.policy.calendar,
    )


def _reason(thread: Thread, bound: str) -> str:
    return f"onto ticket {thread.ticket.number}: {thread.how}, and its sender is {bound}"


def _remarks(request: Request, said: Triage, faults: Sequence[str]) -> Iterator[str]:
    yield from said.remarks
    if said.named is not None:
        yield f"The answer names the priority {said.named}; the ticket's was left as it is."
    yield from faults
    yield from request.remarks


# --- an emergency in an answer ---------------------------------------------------------------


def _alarm(word: Found | None) -> str:
    return f"EMERGENCY: the subject of this answer says “{word.word}”." if word else ""


def _responded(book: Rulebook, names: _Names) -> Named | None:
    return names.find(Lookup.STATUS, book.statuses.responded, NO_STATUS_CHANGE)


def _critical(now: Named, book: Rulebook, names: _Names) -> Named | None:
    """Return the priority to give to the ticket; None if it has it, or there is no such one."""
    if guide_word(now, book.priorities) is Priority.CRITICAL:
        return None
    name = book.priorities.priorities[Priority.CRITICAL]
    return names.find(Lookup.PRIORITY, name, NO_RAISE)


def _emergency_dates(request: Request, book: Rulebook) -> DueDates:
    return reckon(book.policy, request.received_at, Priority.CRITICAL, emergency=True, desired=None)


def _raise_decisions(
    word: Found | None, raise_to: Named | None, due: DueDates | None
) -> Iterator[Decision]:
    if word is None:
        return
    done = f"priority becomes {raise_to.name}" if raise_to else "the priority stays"
    text = f"“{word.word}” in the answer's subject and not in the ticket's title: {done}"
    yield Decision("emergency", "word in an answer", text)
    for step in due.steps if due else ():
        yield Decision("due dates", f"{due.sla_class}/{due.window}" if due else "", step)
