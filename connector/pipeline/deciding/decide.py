"""What becomes of a request: a new ticket, a note on one, or neither. Reads, changes nothing.

The order is that of DESIGN section 6: our own mail, machine mail, replies, forwards, and what is
left is a new ticket. `sync` and `sync --dry-run` use this very function.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from connector.domain.mail import MailFacts, Verdict
from connector.domain.plan import Decision
from connector.domain.request import Outcome, Request
from connector.mapping.machine_rules import MachineDecision, decide_machine_mail
from connector.pipeline.deciding.answers import NotePlanner
from connector.pipeline.deciding.binding import find_binding
from connector.pipeline.deciding.course import (
    Append,
    Because,
    Course,
    Incoming,
    NewTicket,
    SetAside,
    Traces,
    joined,
)
from connector.pipeline.deciding.forwards import on_behalf
from connector.pipeline.deciding.machine_mail import (
    decide_own_mail,
    evidence_of,
    is_answer_of_machine,
    machine_note,
    merge_thread,
    reported_trouble,
    set_aside,
    thread_of_machine,
    trouble_of,
)
from connector.pipeline.deciding.planning import plan_request
from connector.pipeline.deciding.thread_rules import Effect, effect_on
from connector.pipeline.deciding.threads import Thread, Threads
from connector.pipeline.deciding.traces import traces_of
from connector.pipeline.services import Services
from connector.ports import Intent
from connector.ports.records import RELEASE
from connector.ports.threads import Part

TICKET = "ticket"
"""The operation that creates the ticket of a request."""
NOTE_ON = "note on ticket "
"""What the operation begins with that puts a request onto a ticket; the ticket's id follows."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What an earlier attempt may have made, and what this one therefore has to go on with."""

    is_ticket: bool = False
    note_on: int | None = None


def begun(intents: Mapping[str, Intent]) -> Begun:
    """Return which course an earlier attempt took, unless BMS refused it."""
    standing = [name for name, intent in intents.items() if intent.refused is None]
    if TICKET in standing:
        return Begun(is_ticket=True)
    notes = [name.removeprefix(NOTE_ON) for name in standing if name.startswith(NOTE_ON)]
    return Begun(note_on=int(notes[-1])) if notes else Begun()


class Decider:
    """Decides for one request after the other."""

    def __init__(self, services: Services, threads: Threads | None = None) -> None:
        """Look threads up in the ledger and in BMS, or as `threads` does."""
        self._services = services
        self._book = services.rulebook
        self._directory = services.gateway
        self._threads = threads or Threads(services)
        self._notes = NotePlanner(services.rulebook, services.gateway, services.drift)

    def decide(self, request: Request, raw: bytes, key: str) -> Course:
        """Return what will be done for a request; raises what `plan_request` raises."""
        if request.mail is None:
            return self._new_ticket(request, raw, key, Because())
        incoming = Incoming(key, request, request.mail, raw)
        earlier = begun(self._services.ledger.intents(key))
        if earlier.note_on is not None:
            thread = self._threads.with_id(earlier.note_on, "an earlier attempt began so")
            if thread is not None:
                return self._go_on(incoming, thread)
        course = self._decide(incoming)
        must_be_ticket = isinstance(course, SetAside) and self._was_released(key)
        if (earlier.is_ticket or must_be_ticket) and not isinstance(course, NewTicket):
            return self._new_ticket(request, raw, key, Because(course.decisions))
        return course

    def _was_released(self, key: str) -> bool:
        return any(line.step == RELEASE for line in self._services.ledger.journal(key))

    # --- in order ----------------------------------------------------------------------------

    def _decide(self, incoming: Incoming) -> Course:
        request, mail = incoming.request, incoming.mail
        own = decide_own_mail(incoming, self._threads)
        if own is not None:
            return own
        if is_answer_of_machine(mail):
            return self._machine_answer(incoming)
        machine = Because(tuple(evidence_of(mail)))
        decided = decide_machine_mail(request, self._book.machine)
        if decided is not None:
            by_rule = self._by_rule(incoming, decided, machine)
            if isinstance(by_rule, Append | SetAside):
                return by_rule
            machine = by_rule
        answer = self._answer(incoming, machine)
        if isinstance(answer, Append):
            return answer
        request, forwarded = on_behalf(request, self._book.clients)
        because = joined(machine, answer, forwarded, _verdict(mail))
        return self._new_ticket(request, incoming.raw, incoming.key, because)

    def _machine_answer(self, incoming: Incoming) -> Course:
        mail = incoming.mail
        thread, reason = thread_of_machine(incoming, self._book, self._threads, self._directory)
        if thread is not None:
            return self._with_traces(machine_note(incoming, thread), incoming)
        words = f"{mail.origin}, and {reason}"
        return set_aside(incoming, Outcome.IGNORED, mail.origin, words, *evidence_of(mail))

    def _by_rule(
        self, incoming: Incoming, decided: MachineDecision, machine: Because
    ) -> Append | SetAside | Because:
        """Return what a rule of `machine.yaml` makes of a mail, or why that is a ticket."""
        because = joined(machine, Because((decided.decision,)))
        if decided.action != "merge":
            outcome = Outcome.IGNORED if decided.action == "ignore" else Outcome.PARKED
            reason = f"rule {decided.rule} of machine.yaml says so"
            return set_aside(incoming, outcome, decided.rule, reason, *because.decisions)
        trouble = trouble_of(incoming.request, decided)
        if trouble is None:
            return because
        thread, reason = merge_thread(incoming, decided, trouble, self._book, self._threads)
        if thread is None:
            return joined(because, Because((Decision("merge", decided.rule, reason),)))
        note = self._notes.merged(incoming, thread, decided)
        note = replace(note, decisions=(*machine.decisions, *note.decisions))
        return self._with_traces(note, incoming)

    def _answer(self, incoming: Incoming, machine: Because) -> Append | Because:
        """Return the note that a mail becomes, or why it is a ticket of its own."""
        refusal: str | None = None
        for thread in self._threads.of(incoming.mail):
            bound = find_binding(incoming, thread, self._book, self._threads, self._directory)
            if bound is None:
                refusal = refusal or _not_bound(thread, incoming.mail)
                continue
            effect = effect_on(thread.ticket, incoming.request, incoming.mail, self._book)
            if effect.new_ticket is None:
                return self._appended(incoming, thread, bound, effect, machine)
            refusal = _not_this(thread, effect.new_ticket)
        if refusal is None:
            return Because()
        return Because((Decision("reply", "new ticket", refusal),), (refusal,))

    def _go_on(self, incoming: Incoming, thread: Thread) -> Append:
        """Return the note that an earlier attempt began, whatever became of the ticket since."""
        if is_answer_of_machine(incoming.mail):
            return self._with_traces(machine_note(incoming, thread), incoming)
        decided = decide_machine_mail(incoming.request, self._book.machine)
        if decided is not None and decided.action == "merge":
            note = self._notes.merged(incoming, thread, decided)
            return self._with_traces(note, incoming)
        effect = effect_on(thread.ticket, incoming.request, incoming.mail, self._book)
        return self._appended(incoming, thread, "bound, as was found then", effect, Because())

    # --- what comes of it --------------------------------------------------------------------

    def _appended(
        self, incoming: Incoming, thread: Thread, bound: str, effect: Effect, machine: Because
    ) -> Append:
        note = self._notes.answer(incoming, thread, bound, effect)
        verdict = _verdict(incoming.mail)
        decisions = (*machine.decisions, *note.decisions, *verdict.decisions)
        return self._with_traces(replace(note, decisions=decisions), incoming)

    def _with_traces(self, note: Append, incoming: Incoming) -> Append:
        traces = self._traces(incoming.request)
        # By an answer nobody becomes a requester: our own people would be, verified or not.
        people = () if note.is_internal else traces.participants
        ccs = tuple(each for each in people if each.part is Part.CC)
        return replace(note, traces=replace(traces, participants=ccs))

    def _traces(self, request: Request) -> Traces:
        trouble = reported_trouble(request, self._book.machine)
        return traces_of(request, self._book.clients, trouble)

    def _new_ticket(self, request: Request, raw: bytes, key: str, because: Because) -> NewTicket:
        drift = self._services.drift
        plan = plan_request(request, raw, key, self._book, self._directory, drift, because)
        return NewTicket(plan, self._traces(request), request)


def _verdict(mail: MailFacts) -> Because:
    """Return what the sender's domain says; a technician hears of one that disowns the mail."""
    decision = Decision("verdict", mail.verdict, mail.verdict_reason or "nothing vouches for it")
    if mail.verdict is not Verdict.FAILED:
        return Because((decision,))
    remark = f"The sender may be forged: {mail.verdict_reason}."
    return Because((decision,), (remark,))


def _not_bound(thread: Thread, mail: MailFacts) -> str:
    why = (
        "whose sender's domain disowns it"
        if mail.verdict is Verdict.FAILED
        else ("to which its sender is not bound")
    )
    return (
        f"This mail belongs to ticket {thread.ticket.number} ({thread.how}), {why}: it became a "
        "ticket of its own."
    )


def _not_this(thread: Thread, reason: str) -> str:
    return (
        f"This mail answers ticket {thread.ticket.number} ({thread.how}); {reason}, so it became "
        "a ticket of its own."
    )
