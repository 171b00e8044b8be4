"""Words with which every text of `mappings/messages/` is tried before a request needs it.

What may be empty is there once and missing once, so that no mistake beside it stays unseen.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connector.mapping.message_templates import (
    AccessWords,
    AcknowledgementWords,
    AlertWords,
    Words,
)

_ACCESS: Final = AccessWords(
    event="asked",
    number="T20261116.0003",
    account="Client Example",
    people=("Ana Lopez <ana@client.example>, External User",),
    name="Paula Example",
    what="Access to the payroll folder",
    requester="Marta Example <marta@client.example>",
    link="https://approvals.example/approvals/TOKEN",
    until="Monday 30 November 2026 at 10:00",
    approver="Paula Example <paula@client.example>",
    recorded_by="a technician",
    evidence="by phone",
    reason="she has left",
    phone="305-680-3122",
)
_BARE_ACCESS: Final = AccessWords(
    _ACCESS.event, _ACCESS.number, _ACCESS.account, _ACCESS.people, link=_ACCESS.link
)
_ALERT: Final = AlertWords(
    event="emergency",
    request="abcdefghjkmn",
    who="Marta Example <marta@client.example>",
    account="Client Example",
    what="911",
    text="The server room is on fire",
    phone="+1 305-555-0101",
    received="Monday 16 November 2026 at 10:00",
    answer_by="Monday 16 November 2026 at 10:15",
    number="T20261116.0004",
    reason="the mail server does not answer",
    channel="mail",
)
_BARE_ALERT: Final = AlertWords(_ALERT.event, _ALERT.request)
_ACCESS_EVENTS: Final = {
    "approval-wanted": ("asked", "reminder"),
    "approval-recorded": ("recorded",),
    "access-ready": ("ready",),
    "access-denied": ("denied", "expired"),
}

EXAMPLES: Final[Mapping[str, tuple[Words, ...]]] = {
    "acknowledgement": (
        AcknowledgementWords(
            number="T20261116.0001",
            answer_by="Monday 16 November 2026 at 12:00",
            title="Printer jam",
            name="Marta Example",
            phone="305-680-3122",
            desired="Tuesday 17 November 2026 at 12:00",
            questions=("a picture of the issue",),
        ),
        AcknowledgementWords(
            number="T20261116.0002",
            answer_by="Monday 16 November 2026 at 10:15",
            answer_within="15 minutes",
            emergency=True,
            phone="305-680-3122",
        ),
        AcknowledgementWords(number="7", answer_by="Monday 16 November 2026 at 12:00"),
        AcknowledgementWords(number="8", answer_by="", emergency=True),
    ),
    "alert": tuple(
        replace(words, event=event)
        for event in ("emergency", "ticket", "parked", "channel")
        for words in (_ALERT, _BARE_ALERT)
    ),
    **{
        name: tuple(
            replace(words, event=event) for event in events for words in (_ACCESS, _BARE_ACCESS)
        )
        for name, events in _ACCESS_EVENTS.items()
    },
}
"""Words with which a template must work, by the beginning of its file's name."""
