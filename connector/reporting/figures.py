"""The numbers of a report, gathered from the ledger."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.accounts.model import AccessState
from connector.domain.request import Outcome
from connector.ports.statistics import DatesWritten, Flow, StatisticsLedger, TicketGroup
from connector.reporting.period import Bar, Period, bars_of
from connector.reporting.sla_figures import SlaFigures

TIMES: Sequence[tuple[timedelta, str]] = (
    (timedelta(minutes=1), "within 1 minute"),
    (timedelta(minutes=5), "within 5 minutes"),
    (timedelta(minutes=15), "within 15 minutes"),
    (timedelta(hours=1), "within 1 hour"),
    (timedelta(hours=4), "within 4 hours"),
    (timedelta(days=1), "within 1 day"),
)
LATER = "later"
NOT_KNOWN = "(not known)"

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
_QUOTED = re.compile(r"(?<!\w)'.*?'(?!\w)|\".*?\"|“.*?”|«.*?»", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BarCounts:
    """The requests of one bar of the chart, by what became of them."""

    bar: Bar
    outcomes: Mapping[Outcome, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a report says. No subject and no address is in it: it gets mailed around.

    Requests are those received in the period, as they stand now. `unit` is what one bar stands for.
    """

    period: Period
    made_at: datetime
    unit: str
    bars: Sequence[BarCounts]
    outcomes: Mapping[Outcome, int]
    sources: Mapping[str, Mapping[Outcome, int]]
    kinds: Mapping[str, int]
    accounts: Mapping[str, int]
    templates: Mapping[str, int]
    priorities: Mapping[str, int]
    emergencies: int
    parked: Mapping[str, int]
    times: Mapping[str, int]
    access: Mapping[AccessState, int]
    written: DatesWritten
    sla: SlaFigures

    @property
    def received(self) -> int:
        """How many requests were received."""
        return sum(self.outcomes.values())

    @property
    def source_totals(self) -> Mapping[str, int]:
        """How many requests each source handed over."""
        return {name: sum(outcomes.values()) for name, outcomes in self.sources.items()}

    @property
    def access_words(self) -> Mapping[str, int]:
        """How many portal logins are in which state, in words."""
        return {state.value.replace("_", " "): count for state, count in self.access.items()}


def gather(ledger: StatisticsLedger, period: Period, sla: SlaFigures, made_at: datetime) -> Figures:
    """Return the figures of a period; `sla` comes from BMS (`sla_figures`)."""
    unit, bars = bars_of(period)
    flows = ledger.flows([bar.span for bar in bars])
    whole = sum((Counter(dict(flow)) for flow in flows), Counter[Flow]())
    groups = ledger.ticket_groups(period.span)
    tickets = {group: n for group, n in groups.items() if group.outcome is Outcome.CREATED}
    limits, names = [limit for limit, _ in TIMES], [name for _, name in TIMES]
    times = ledger.times_to_ticket(period.span, limits)
    return Figures(
        period=period,
        made_at=made_at,
        unit=unit,
        bars=[BarCounts(bar, _outcomes(flow)) for bar, flow in zip(bars, flows, strict=True)],
        outcomes=_outcomes(whole),
        sources=_by_source(whole),
        kinds=_summed(whole, "kind"),
        accounts=_summed(groups, "account"),
        templates=_summed(tickets, "template"),
        priorities=_summed(tickets, "priority"),
        emergencies=sum(n for group, n in tickets.items() if group.emergency),
        parked=_by_plain_reason(ledger.parked_reasons(period.span)),
        times=dict(zip([*names, LATER], times, strict=True)),
        access=ledger.access_states(period.span),
        written=ledger.dates_written(period.span),
        sla=sla,
    )


def largest_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return counts with the largest first, and equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold())))


def plain_reason(reason: str) -> str:
    """Return why a request is parked without what people wrote: addresses and quoted words."""
    return _QUOTED.sub("…", _ADDRESS.sub("…", reason)) or NOT_KNOWN


def _outcomes(flows: Mapping[Flow, int]) -> Mapping[Outcome, int]:
    counts: Counter[Outcome] = Counter()
    for flow, requests in flows.items():
        counts[flow.outcome] += requests
    return {outcome: counts[outcome] for outcome in Outcome}


def _by_source(flows: Mapping[Flow, int]) -> Mapping[str, Mapping[Outcome, int]]:
    by_source: dict[str, dict[Flow, int]] = {}
    for flow, requests in flows.items():
        by_source.setdefault(flow.source, {})[flow] = requests
    totals = largest_first({name: sum(each.values()) for name, each in by_source.items()})
    return {name: _outcomes(by_source[name]) for name in totals}


def _summed(groups: Mapping[Flow, int] | Mapping[TicketGroup, int], name: str) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for group, requests in groups.items():
        counts[getattr(group, name) or NOT_KNOWN] += requests
    return largest_first(counts)


def _by_plain_reason(reasons: Mapping[str, int]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for reason, requests in reasons.items():
        counts[plain_reason(reason)] += requests
    return largest_first(counts)
