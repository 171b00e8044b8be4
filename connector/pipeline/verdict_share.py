"""Whether senders stop being vouched for: most likely the mail host changed its header.

The rule: of a source's newest `RECENT` mails the share of verdict `none` is at least `JUMP` above
that of the `PAST` mails before them. It is told by a run that took in mail of that source.
"""

from collections.abc import Iterator, Sequence

from connector.domain.mail import Verdict
from connector.domain.request import RequestKind
from connector.ports import Ledger, RequestRecord

RECENT = 20
PAST = 200
ENOUGH = 20
"""Mails of the past without which there is nothing to compare with."""
JUMP = 0.4
"""The difference of the two shares, between 0 and 1."""


def verdict_notices(ledger: Ledger, records: Sequence[RequestRecord]) -> Iterator[str]:
    """Yield a sentence for each source of these requests whose senders are vouched for no more."""
    sources = {each.source for each in records if each.kind is RequestKind.EMAIL and each.result}
    for source in sorted(sources):
        verdicts = ledger.verdicts(source, RECENT + PAST)
        recent, past = verdicts[:RECENT], verdicts[RECENT:]
        if jumped(recent, past):
            yield (
                f"source {source}: of the last {RECENT} mails {_share(recent):.0%} came without a "
                f"verdict on their sender, of those before {_share(past):.0%}; if the mail host "
                "changed its Authentication-Results header, correct `receiver` in config.yaml"
            )


def jumped(recent: Sequence[Verdict], past: Sequence[Verdict]) -> bool:
    """Whether verdict `none` is a lot more frequent in `recent` than in `past`."""
    if len(recent) < RECENT or len(past) < ENOUGH:
        return False
    return _share(recent) - _share(past) >= JUMP


def _share(verdicts: Sequence[Verdict]) -> float:
    return sum(each is Verdict.NONE for each in verdicts) / len(verdicts)
