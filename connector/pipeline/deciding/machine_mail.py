"""What becomes of mail that no person wrote (DESIGN section 6, "Machine mail")."""

from collections.abc import Sequence
from datetime import timedelta

from connector.domain.mail import MailFacts, Origin
from connector.domain.plan import Decision
from connector.domain.request import Outcome, Request
from connector.mapping.domains import normal_address
from connector.mapping.machine_file import MachineFile
from connector.mapping.machine_rules import MachineDecision, decide_machine_mail
from connector.mapping.render import render_machine_note
from connector.pipeline.deciding.binding import is_bound
from connector.pipeline.deciding.course import Append, Incoming, SetAside
from connector.pipeline.deciding.threads import Thread, Threads
from connector.pipeline.rulebook import Rulebook
from connector.ports import Directory
from connector.ports.threads import Trouble

RELEASE_IT = "release it if it is a request all the same"


def decide_own_mail(incoming: Incoming, threads: Threads) -> SetAside | None:
    """Return that our own outgoing mail, come back to us, is ignored; None for any other."""
    request, mail = incoming.request, incoming.mail
    if mail.is_our_own:
        reason = f"our own mail came back: From is {request.sender}, an address of ours"
    elif threads.is_sent_by_us(request.message_id):
        reason = "our own mail came back: we sent a mail with this Message-ID"
    else:
        return None
    return set_aside(incoming, Outcome.IGNORED, "own mail", reason)


def set_aside(
    incoming: Incoming, outcome: Outcome, rule: str, reason: str, *more: Decision
) -> SetAside:
    """Return that a mail becomes neither a ticket nor a note, and why."""
    return SetAside(
        key=incoming.key,
        outcome=outcome,
        reason=reason,
        remedy=RELEASE_IT,
        verdict=incoming.mail.verdict,
        decisions=(*more, Decision("machine mail", rule, f"{outcome}: {reason}")),
    )


# --- automatic replies and bounces -----------------------------------------------------------


def is_answer_of_machine(mail: MailFacts) -> bool:
    """Whether a machine answered for somebody, or reports on a mail that did not arrive."""
    return mail.origin in (Origin.AUTO_REPLY, Origin.BOUNCE)


def thread_of_machine(
    incoming: Incoming, book: Rulebook, threads: Threads, directory: Directory
) -> tuple[Thread | None, str]:
    """Return the ticket of an automatic reply or a bounce, or None and why there is none."""
    if incoming.mail.origin is Origin.BOUNCE:
        found = threads.of_bounce(incoming.mail)
        return (found[0], "") if found else (None, "it quotes no mail that we sent")
    found = threads.of(incoming.mail)
    for thread in found:
        if thread.is_quoted or is_bound(incoming, thread, book, threads, directory):
            return thread, ""
    if not found:
        return None, "it answers no mail on a ticket"
    return None, f"its sender is not bound to ticket {found[0].ticket.number}, which it names"


def machine_note(incoming: Incoming, thread: Thread) -> Append:
    """Return the internal note that an automatic reply or a bounce becomes; no status changes."""
    mail = incoming.mail
    is_bounce = mail.origin is Origin.BOUNCE
    what = "A mail of ours was not delivered, or not yet" if is_bounce else "Automatic reply"
    text = f"{mail.origin} on ticket {thread.ticket.number}: {thread.how}"
    return Append(
        key=incoming.key,
        ticket=thread.ticket,
        text=render_machine_note(what, incoming.request, mail.new_text),
        is_internal=True,
        verdict=mail.verdict,
        decisions=(*evidence_of(mail), Decision("machine mail", mail.origin, text)),
        rules=(f"machine mail:{mail.origin}",),
        priority=None,
    )


def evidence_of(mail: MailFacts) -> Sequence[Decision]:
    """Return which headers say that a machine wrote it."""
    return [Decision("origin", mail.origin, sentence) for sentence in mail.evidence]


# --- what machines send of their own accord --------------------------------------------------


def reported_trouble(request: Request, machine: MachineFile) -> Trouble | None:
    """Return the trouble that a mail of a machine reports, if a rule merges such mails."""
    mail = request.mail
    if mail is None or is_answer_of_machine(mail) or mail.is_our_own:
        return None
    return trouble_of(request, decide_machine_mail(request, machine))


def trouble_of(request: Request, decided: MachineDecision | None) -> Trouble | None:
    """Return the trouble whose mails are to be merged, if a mail reports one."""
    if decided is None or decided.action != "merge" or decided.key is None:
        return None
    sender = normal_address(request.sender.address) if request.sender else ""
    return Trouble(decided.rule, sender, decided.key)


def merge_thread(
    incoming: Incoming,
    decided: MachineDecision,
    trouble: Trouble,
    book: Rulebook,
    threads: Threads,
) -> tuple[Thread | None, str]:
    """Return the ticket that a mail of a machine joins, or None and why it becomes a new one."""
    since = incoming.request.received_at - timedelta(hours=decided.window)
    thread = threads.of_trouble(trouble, since, incoming.key)
    if thread is None:
        return None, f"no ticket of the last {decided.window} hours is about it"
    status = thread.ticket.status
    is_over = book.statuses.is_completed(status) or book.statuses.is_merged(status)
    if is_over and not decided.is_recovery:
        return None, f"ticket {thread.ticket.number} about it is {status.name}"
    return thread, ""
