"""When the share of mails without a verdict jumps."""

import pytest

from connector.domain.mail import Verdict
from connector.pipeline.verdict_share import PAST, RECENT, jumped


def mails(none: int, of: int) -> list[Verdict]:
    return [Verdict.NONE] * none + [Verdict.VERIFIED] * (of - none)


@pytest.mark.parametrize(
    ("recent", "past", "expected"),
    [
        (mails(20, RECENT), mails(0, PAST), True),
        (mails(20, RECENT), mails(120, PAST), True),
        (mails(20, RECENT), mails(121, PAST), False),
        (mails(8, RECENT), mails(0, PAST), True),
        (mails(7, RECENT), mails(0, PAST), False),
        (mails(20, RECENT), mails(200, PAST), False),
        (mails(0, RECENT), mails(200, PAST), False),
        (mails(19, RECENT - 1), [], False),
        (mails(20, RECENT), mails(0, 19), False),
        (mails(20, RECENT), mails(0, 20), True),
    ],
)
def test_a_jump_is_a_lot_more_than_before(
    recent: list[Verdict], past: list[Verdict], expected: bool
) -> None:
    assert jumped(recent, past) is expected
