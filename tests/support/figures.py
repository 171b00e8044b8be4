"""Figures of reports, made by hand: an ordinary one, and one that is hard to show."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from connector.accounts.model import AccessState
from connector.domain.request import Outcome
from connector.ports.statistics import DatesWritten
from connector.reporting.figures import LATER, TIMES, BarCounts, Figures
from connector.reporting.period import Period, bars_of
from connector.reporting.sla_figures import SlaFigures, Tally
from connector.reporting.standing import NO_RESPONSE, Standing

NEW_YORK = ZoneInfo("America/New_York")
LONG = "Kraftfahrzeughaftpflichtversicherungsgesellschaft" * 4
MARKUP = "<script>alert(1)</script> & <b>"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC).astimezone(NEW_YORK)


def outcomes(created: int = 0, parked: int = 0, **others: int) -> dict[Outcome, int]:
    """Return counts of every outcome."""
    named = {"created": created, "parked": parked, **others}
    return {outcome: named.get(outcome.value, 0) for outcome in Outcome}


def tally(rows: int, *, name: str = "Client") -> Tally:
    """Return a tally over so many clients."""
    standings = Counter({Standing.KEPT: 3, Standing.MISSED: 1, Standing.UNKNOWN: 1})
    whole = Counter({each: count * rows for each, count in standings.items()})
    return Tally(
        whole=whole,
        by_priority={"Medium": whole},
        by_account={f"{name} {place}": standings for place in range(rows)},
        unknown=Counter({NO_RESPONSE: rows}),
    )


def figures(
    *,
    first: date = date(2026, 10, 25),
    last: date = date(2026, 11, 23),
    names: int = 3,
    name: str = "Client",
    each: dict[Outcome, int] | None = None,
    sla: SlaFigures | None = None,
) -> Figures:
    """Return figures of a period with so many sources, clients and templates."""
    period = Period(first, last, NEW_YORK)
    unit, bars = bars_of(period)
    counts = each or outcomes(created=5, parked=1, appended=2, ignored=1, duplicate=1, pending=1)
    totals = {outcome: count * len(bars) for outcome, count in counts.items()}
    many = {f"{name} {place}": max(1, 40 - place) for place in range(names)}
    made = totals[Outcome.CREATED]
    return Figures(
        period=period,
        made_at=NOW,
        unit=unit,
        bars=[BarCounts(bar, counts) for bar in bars],
        outcomes=totals,
        sources={source: outcomes(created=count) for source, count in many.items()},
        kinds={"email": made, "form": 1},
        accounts=many,
        templates=many if made else {},
        priorities={"Normal": made} if made else {},
        emergencies=made // 5,
        parked={f"BMS refused it: {name}": totals[Outcome.PARKED]},
        times={**{word: 2 for _, word in TIMES}, LATER: 1},
        access={AccessState.AWAITING_APPROVAL: 2, AccessState.ACTIVE: 7},
        written=DatesWritten(12, 9),
        sla=sla or SlaFigures(due_date=tally(names, name=name), response=tally(names, name=name)),
    )
