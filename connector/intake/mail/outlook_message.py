"""A `winmail.dat` as files and text of the mail that carried it."""

from collections.abc import Iterator

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment
from connector.intake.mail.allowance import Allowance
from connector.intake.mail.attachment_names import attachment_name, type_of_name
from connector.intake.mail.compressed_rtf import decompressed_rtf
from connector.intake.mail.forwarded_text import forwarded_block
from connector.intake.mail.html_text import html_to_text
from connector.intake.mail.rtf_text import read_rtf
from connector.intake.mail.tnef import TnefFile, TnefMessage
from connector.intake.remarks import Remarks


def outlook_files(message: TnefMessage) -> Iterator[Attachment]:
    """Yield the files of an Outlook message, and those of the messages attached to it."""
    for file in message.files:
        if file.message:
            yield from outlook_files(file.message)
        else:
            yield _attachment(file)


def outlook_text(message: TnefMessage, remarks: Remarks, allowance: Allowance) -> str:
    """Return the readable text of an Outlook message from the best version it holds."""
    if message.html:
        return _laid_out(message.html, remarks, allowance)
    if message.text:
        return message.text[: allowance.take_text(len(message.text))]
    rtf = decompressed_rtf(message.rtf)
    found = read_rtf(rtf[: allowance.take_text(len(rtf))])
    return _laid_out(found.text, remarks, allowance) if found.is_html else found.text


def attached_outlook_texts(
    message: TnefMessage, remarks: Remarks, allowance: Allowance
) -> Iterator[str]:
    """Yield the text of each Outlook message attached to an Outlook message."""
    for inner in (file.message for file in message.files if file.message):
        sender = Mailbox(inner.sender_name, inner.sender_address)
        yield forwarded_block(
            sender if sender.address else sender.name,
            "",
            inner.subject,
            outlook_text(inner, remarks, allowance),
            [file.name for file in inner.files if not file.message],
        )
        yield from attached_outlook_texts(inner, remarks, allowance)


def _laid_out(html: str, remarks: Remarks, allowance: Allowance) -> str:
    return html_to_text(html, remarks, limit=allowance.take_html(len(html))).text


def _attachment(file: TnefFile) -> Attachment:
    content_type = file.content_type or type_of_name(file.name)
    name = attachment_name(file.name, content_type)
    return Attachment(name, content_type, file.content, inline=file.is_inline)
