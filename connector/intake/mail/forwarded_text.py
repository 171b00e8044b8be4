"""How the text of a message that is attached to another stands in the text of that one."""

from collections.abc import Sequence

from connector.domain.mail import Mailbox
from connector.intake.limits import MAX_SUBJECT_CHARS
from connector.intake.mail.addresses import parse_mailbox
from connector.intake.mail.headers import Header

_MARK = "---------- Forwarded message ----------"


def forwarded_text(header: Header, text: str, files: Sequence[str]) -> str:
    """Return the text under the lines that mail programs put above what they forward."""
    value = header.value("from")
    sender = parse_mailbox(value) or header.text("from")
    return forwarded_block(
        sender, header.text("date"), header.text("subject")[:MAX_SUBJECT_CHARS], text, files
    )


def forwarded_block(
    sender: Mailbox | str, date: str, subject: str, text: str, files: Sequence[str]
) -> str:
    """Return a forwarded message as text: who, when, what about, its words, its files' names."""
    facts = {"From": str(sender), "Date": date[:100], "Subject": subject}
    facts["Attachments"] = ", ".join(files)
    lines = [f"{name}: {fact}" for name, fact in facts.items() if fact]
    return "\n".join((_MARK, *lines, "", text)).rstrip()
