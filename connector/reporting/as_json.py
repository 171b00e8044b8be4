"""A report for programs: the numbers of the page as one JSON value."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from connector.reporting.figures import Figures
from connector.reporting.sla_figures import SlaFigures, Tally
from connector.reporting.standing import Standing

Word = TypeVar("Word", bound=StrEnum)


def as_json(figures: Figures) -> dict[str, object]:
    """Return the figures; dates are local, moments ISO 8601 with offset."""
    return {
        "from": figures.period.first.isoformat(),
        "to": figures.period.last.isoformat(),
        "timezone": str(figures.period.zone),
        "made_at": figures.made_at.isoformat(timespec="seconds"),
        "received": figures.received,
        "outcomes": _plain(figures.outcomes),
        f"by_{figures.unit}": [
            {
                "from": each.bar.first.isoformat(),
                "to": each.bar.last.isoformat(),
                **_plain(each.outcomes),
            }
            for each in figures.bars
        ],
        "sources": {name: _plain(outcomes) for name, outcomes in figures.sources.items()},
        "kinds": dict(figures.kinds),
        "accounts": dict(figures.accounts),
        "templates": dict(figures.templates),
        "priorities": dict(figures.priorities),
        "emergencies": figures.emergencies,
        "receipt_to_ticket": dict(figures.times),
        "parked_reasons": dict(figures.parked),
        "portal_logins": _plain(figures.access),
        "write_back": {"values": figures.written.values, "tickets": figures.written.tickets},
        "sla": _sla(figures.sla),
    }


def _sla(sla: SlaFigures) -> dict[str, object]:
    if sla.not_judged:
        return {"judged": False, "reason": sla.not_judged}
    return {
        "judged": True,
        "tickets": sla.tickets,
        "left_out": sla.left_out,
        "due_date_not_ours": sla.moved,
        "due_date": _tally(sla.due_date),
        "first_response": _tally(sla.response),
    }


def _tally(tally: Tally) -> dict[str, object]:
    return {
        **_standings(tally.whole),
        "by_priority": {name: _standings(each) for name, each in tally.by_priority.items()},
        "by_account": {name: _standings(each) for name, each in tally.by_account.items()},
        "unknown_because": dict(tally.unknown),
    }


def _standings(counts: Mapping[Standing, int]) -> dict[str, int]:
    return {standing.value: counts.get(standing, 0) for standing in Standing}


def _plain(counts: Mapping[Word, int]) -> dict[str, int]:
    return {word.value: count for word, count in counts.items()}
