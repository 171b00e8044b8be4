"""Whether a mail itself can approve what it asks for (DESIGN section 8, channel a)."""

from dataclasses import dataclass

from connector.domain.mail import MailFacts, Origin, Verdict
from connector.domain.request import Request


@dataclass(frozen=True, slots=True)
class Vouching:
    """The From address of a mail that can approve (`vouched`), else why not (`not_vouched`)."""

    vouched: str = ""
    not_vouched: str = ""


def vouched_by(request: Request) -> Vouching:
    """Return who stands behind a request so surely that it approves itself, or why nobody does.

    Only a mail's own From address counts, and only when its domain vouches for it; never one
    that was forwarded, unwrapped, taken from Reply-To or typed into a form. Nor does an answer to
    another mail: somebody else may have written what it is about, down to its subject.
    """
    mail = request.mail
    if request.order is not None:
        return Vouching(not_vouched="staff recorded it")
    if mail is None or request.sender is None:
        return Vouching(not_vouched="it came by a form, where anybody can type any address")
    if why_not := _doubt(request, mail):
        return Vouching(not_vouched=why_not)
    return Vouching(vouched=request.sender.address)


def _doubt(request: Request, mail: MailFacts) -> str:
    if request.forwarded_by is not None:
        return f"{request.forwarded_by.address} forwarded it"
    if mail.is_forward or mail.answers:
        return "its words may be those of the mail that it forwards or answers"
    if mail.via is not None or mail.is_our_own:
        return "its From is an address of our own"
    if mail.origin is not Origin.PERSON:
        return "a machine sent it"
    if mail.verdict is not Verdict.VERIFIED:
        reason = mail.verdict_reason or "nothing vouches for its sender"
        return f"its sender is not verified: {reason}"
    return ""
