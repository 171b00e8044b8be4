"""What binds the sender of a mail to a ticket, as the ledger and BMS tell."""

from connector.domain.mail import Verdict
from connector.pipeline.deciding.course import Incoming
from connector.pipeline.deciding.thread_rules import bound_as
from connector.pipeline.deciding.threads import Thread, Threads
from connector.pipeline.rulebook import Rulebook
from connector.ports import Directory


def find_binding(
    incoming: Incoming, thread: Thread, book: Rulebook, threads: Threads, directory: Directory
) -> str | None:
    """Return what the sender is to a ticket, or None.

    A ticket's CCs are asked for only where nothing else binds the sender.
    """
    sender, mail = incoming.request.sender, incoming.mail
    if sender is None or mail.verdict is Verdict.FAILED:
        return None
    contacts = directory.contacts(sender.address)
    ticket, people = thread.ticket, thread.participants
    bound = bound_as(incoming.request, ticket, people, contacts, book)
    if bound is not None or ticket.ccs is not None:
        return bound
    return bound_as(incoming.request, threads.whole(ticket), people, contacts, book)


def is_bound(
    incoming: Incoming, thread: Thread, book: Rulebook, threads: Threads, directory: Directory
) -> bool:
    """Whether anything binds the sender to a ticket."""
    return find_binding(incoming, thread, book, threads, directory) is not None
