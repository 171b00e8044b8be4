"""Which ticket our letters are about, so that their bounces and answers find it."""

from connector.pipeline.services import Services
from connector.ports.threads import MessageKind


def know_letters(services: Services, key: str, ticket_id: int) -> None:
    """Keep which ticket the letters about a request are about, so that a bounce finds it.

    What an earlier attempt put into the outbox counts, and it may have died before it kept this.
    """
    if services.post is None:
        return
    letters = [posted.letter for posted in services.post.outbox.posts_of(key)]
    ids = [letter.message_id.strip("<>") for letter in letters]
    known = {each.message_id for each in services.ledger.tickets_of_messages(ids)}
    for message_id in ids:
        if message_id not in known:
            services.ledger.know_message(message_id, ticket_id, key, MessageKind.SENT)
