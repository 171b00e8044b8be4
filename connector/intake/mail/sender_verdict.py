"""Whether the sender's domain vouches for a mail (DESIGN section 6, "Verdict")."""

from connector.domain.mail import EXCHANGE_ONLINE, Mailbox, Verdict
from connector.intake.mail.addresses import count_mailboxes
from connector.intake.mail.authentication_results import (
    AuthenticationResults,
    parse_authentication_results,
)
from connector.intake.mail.headers import Header
from connector.intake.mail.organisational_domain import is_aligned
from connector.intake.remarks import shown

Judgement = tuple[Verdict, str]
"""The verdict, and the sentence that says why."""

_FAILING = ("fail", "hardfail")
"""Not softfail, which is how a domain says that it does not know."""


def read_verdict(header: Header, sender: Mailbox | None, receiver: str | None) -> Judgement:
    """Return what our own mail host found out about the sender.

    Only the topmost Authentication-Results counts, and only when `receiver` wrote it: anybody
    can write further ones, and everybody's own domain passes.
    """
    if receiver is None:
        return Verdict.NONE, "The source names no receiver whose results could be trusted"
    if sender is None or not sender.domain:
        return Verdict.NONE, "The mail has no sender that could be vouched for"
    if len(header.values("from")) > 1 or count_mailboxes(header.value("from")) > 1:
        return Verdict.NONE, "The mail names several senders: none of them is vouched for"
    values = header.values("authentication-results")
    if not values:
        return Verdict.NONE, f"The mail has no Authentication-Results of {receiver}"
    found = parse_authentication_results(values[0])
    if not _is_by(found, receiver):
        host = f"by {shown(found.host)}" if found.host else "by a host that does not say its name"
        return Verdict.NONE, f"The topmost Authentication-Results is {host}, not by {receiver}"
    return _judge(found, sender.domain)


def _is_by(found: AuthenticationResults, receiver: str) -> bool:
    if receiver.lower() == EXCHANGE_ONLINE:
        return not found.host
    return found.host == receiver.lower().rstrip(".")


def _judge(found: AuthenticationResults, domain: str) -> Judgement:
    dmarc = found.of("dmarc")
    checked = [one.properties.get("header.from", domain) for one in dmarc]
    if other := next((one for one in checked if not is_aligned(one, domain)), None):
        return Verdict.NONE, f"DMARC was checked for {shown(other)}, but From is of {domain}"
    # First, as a domain that demands strict alignment fails where relaxed alignment would pass.
    if any(one.result == "fail" for one in dmarc):
        return Verdict.FAILED, f"DMARC failed for {domain}"
    if dmarc and all(one.result == "pass" for one in dmarc):
        return Verdict.VERIFIED, f"DMARC passed for {domain}"
    if signer := _aligned_signer(found, domain):
        return Verdict.VERIFIED, f"DKIM passed with a signature of {signer}, aligned with {domain}"
    return _without_proof(found, domain)


def _aligned_signer(found: AuthenticationResults, domain: str) -> str | None:
    for one in found.of("dkim"):
        identity = one.properties.get("header.i", "").rpartition("@")[2]
        signer = one.properties.get("header.d") or identity
        if one.result == "pass" and signer and is_aligned(signer, domain):
            return shown(signer)
    return None


def _without_proof(found: AuthenticationResults, domain: str) -> Judgement:
    spf = [one.result for one in found.of("spf")]
    dkim = [one.result for one in found.of("dkim")]
    if _all_failed(spf) and _all_failed(dkim):
        return Verdict.FAILED, f"SPF and DKIM both failed for a mail that says it is of {domain}"
    parts = (
        ("SPF", ", ".join(spf)),
        ("DKIM", ", ".join(dkim)),
        ("DMARC", ", ".join(one.result for one in found.of("dmarc"))),
    )
    said = "; ".join(f"{name}: {shown(result)}" for name, result in parts if result)
    return Verdict.NONE, f"Nothing vouches for {domain} ({said or 'nothing was checked'})"


def _all_failed(results: list[str]) -> bool:
    return bool(results) and all(result in _FAILING for result in results)
