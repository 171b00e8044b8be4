"""What a run reports: one line per request, the counts, and whether they add up."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from connector.domain.due_dates import DueDates
from connector.domain.plan import Decision, Plan
from connector.domain.request import Outcome, Waiting
from connector.errors import BudgetSpent, ConnectorError, ExitCode, RetryLater
from connector.pipeline.accounts.report import AccessReport
from connector.pipeline.deciding.course import Append, Course, NewTicket
from connector.pipeline.writeback.report import SlaReport
from connector.ports import RequestRecord

NO_RESULT: Mapping[str, object] = {
    "account": None,
    "template": None,
    "priority": None,
    "emergency": False,
    "verdict": "none",
    "rules": [],
    "due": None,
}
"""What is reported of a request for which nothing was decided yet."""

COUNTED = (
    Outcome.CREATED,
    Outcome.APPENDED,
    Outcome.IGNORED,
    Outcome.DUPLICATE,
    Outcome.PARKED,
    Outcome.PENDING,
)
"""The outcomes in the order of reports."""

MAX_KEPT, MOST_KEPT = 500, 20
"""How long a problem is, and how many there are, at most in what the ledger keeps of a run."""


@dataclass(frozen=True, slots=True)
class RequestReport:
    """One request of a run as `sync --json` shows it.

    `waiting` says why it is pending, `waiting_until` (local time) when it is due again.
    """

    key: str
    source: str
    kind: str
    outcome: Outcome
    subject: str
    reason: str
    ticket_id: int | None
    ticket_number: str | None
    result: Mapping[str, object]
    waiting: Waiting | None = None
    waiting_until: datetime | None = None

    @classmethod
    def of(
        cls,
        record: RequestRecord,
        zone: tzinfo,
        ended_by: ConnectorError | None = None,
        held_up: str = "",
    ) -> "RequestReport":
        """Report a request as the ledger knows it.

        `held_up` says by what. One that still waits for its turn otherwise was not reached when
        `ended_by` ended the run.
        """
        waiting = record.waiting if record.state is Outcome.PENDING else None
        until = record.next_attempt_at if waiting not in (None, Waiting.TURN) else None
        reason = record.reason or held_up
        if waiting is Waiting.TURN and ended_by is not None and not held_up:
            reason = reason or f"not reached: {ended_by.message}"
            until = ended_by.not_before if isinstance(ended_by, RetryLater) else None
            waiting = Waiting.BUDGET if isinstance(ended_by, BudgetSpent) else waiting
        return cls(
            key=record.key,
            source=record.source,
            kind=record.kind,
            outcome=record.state,
            subject=record.subject,
            reason=reason,
            ticket_id=record.ticket_id,
            ticket_number=record.ticket_number,
            result=record.result or NO_RESULT,
            waiting=waiting,
            waiting_until=until.astimezone(zone) if until else None,
        )

    def as_json(self) -> dict[str, object]:
        """Return the request in the words of DESIGN section 4."""
        return {
            "key": self.key,
            "source": self.source,
            "kind": self.kind,
            "outcome": self.outcome,
            "ticket_id": self.ticket_id,
            "ticket_number": self.ticket_number,
            **self.result,
            **({"reason": self.reason} if self.reason else {}),
            **({"waiting_until": self.waiting_until.isoformat()} if self.waiting_until else {}),
        }


@dataclass(slots=True)
class RunReport:
    """A whole run. `problems` are sentences; `leftovers` names what was not accounted for.

    `ended_by` is the error that kept it from trying everything that was due.
    """

    run: str
    dry_run: bool = False
    received: int = 0
    carried: int = 0
    requests: list[RequestReport] = field(default_factory=list)
    api_calls: Mapping[str, int] = field(default_factory=dict)
    planned_calls: list[Mapping[str, object]] = field(default_factory=list)
    planned_letters: list[Mapping[str, object]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)
    exit_code: ExitCode = ExitCode.DONE
    ended_by: ConnectorError | None = None
    service_failed: bool = False
    """Whether BMS, a mailbox or a mail server could not be reached, or refused us."""
    sla: SlaReport | None = None
    """What write-back did, where the run had that step."""
    access: AccessReport | None = None
    """What was done about access, where the run had that step."""
    zone: tzinfo = UTC

    @property
    def counts(self) -> dict[str, int]:
        """Return the counts of DESIGN section 4."""
        return {
            "received": self.received,
            "carried": self.carried,
            **_outcomes(self.requests),
            "sla_written": len(self.sla.written) if self.sla else 0,
        }

    @property
    def counts_by_source(self) -> dict[str, dict[str, int]]:
        """Return how many requests ended how, by source."""
        by_source: dict[str, list[RequestReport]] = {}
        for request in self.requests:
            by_source.setdefault(request.source, []).append(request)
        return {source: _outcomes(requests) for source, requests in sorted(by_source.items())}

    def summary(self, steps: Sequence[str]) -> dict[str, object]:
        """Return what the ledger keeps of the run; long texts are cut."""
        return {
            **self.counts,
            "steps": list(steps),
            "service_failed": self.service_failed,
            "sources": self.counts_by_source,
            "problems": [text[:MAX_KEPT] for text in self.problems[:MOST_KEPT]],
        }

    @property
    def conserved(self) -> bool:
        """Whether everything handed over is accounted for, and nothing twice."""
        keys = {request.key for request in self.requests}
        is_balanced = self.received + self.carried == len(self.requests) == len(keys)
        return is_balanced and not self.leftovers

    def as_json(self) -> dict[str, object]:
        """Return the report in the words of DESIGN section 4."""
        report: dict[str, object] = {
            "run": self.run,
            "dry_run": self.dry_run,
            "conserved": self.conserved,
            "counts": self.counts,
            "api_calls": dict(sorted(self.api_calls.items())),
            "requests": [request.as_json() for request in self.requests],
        }
        if self.sla:
            report["sla"] = self.sla.as_json(self.zone)
        if self.access and self.access.moved:
            report["access"] = [moved.as_json() for moved in self.access.moved]
        if self.dry_run:
            report["planned_calls"] = self.planned_calls
        if self.planned_letters:
            report["planned_letters"] = self.planned_letters
        if self.leftovers:
            report["leftovers"] = self.leftovers
        if self.problems:
            report["problems"] = self.problems
        return report


def _outcomes(requests: Sequence[RequestReport]) -> dict[str, int]:
    ended = Counter(request.outcome for request in requests)
    return {outcome.value: ended[outcome] for outcome in COUNTED}


def result_of(course: Course, zone: tzinfo) -> dict[str, object]:
    """Return what reports say of what becomes of a request; times are local, with offset."""
    if isinstance(course, NewTicket):
        return _of_ticket(course.plan, zone)
    if isinstance(course, Append):
        return _of_note(course, zone)
    return {**NO_RESULT, "verdict": course.verdict, "rules": rules_of(course.decisions)}


def rules_of(decisions: Sequence[Decision]) -> list[str]:
    """Return the names of the rules that decided."""
    return [f"{decision.step}:{decision.rule}" for decision in decisions]


def _of_note(note: Append, zone: tzinfo) -> dict[str, object]:
    return {
        "account": note.ticket.account.name if note.ticket.account else None,
        "template": None,
        "priority": note.priority,
        "emergency": note.emergency,
        "verdict": note.verdict,
        "rules": list(note.rules),
        "due": due_as_json(note.due, zone) if note.due else None,
    }


def _of_ticket(plan: Plan, zone: tzinfo) -> dict[str, object]:
    return {
        "account": plan.draft.account.name,
        "template": plan.template,
        "priority": plan.priority,
        "emergency": plan.emergency,
        "verdict": plan.verdict,
        "rules": list(plan.rules),
        "due": due_as_json(plan.due, zone),
    }


def due_as_json(due: DueDates, zone: tzinfo) -> dict[str, str | None]:
    """Return due dates as ISO 8601 with the local offset."""
    resolution = due.resolution
    return {
        "remote_response": due.remote_response.astimezone(zone).isoformat(),
        "onsite_response": due.onsite_response.astimezone(zone).isoformat(),
        "resolution": resolution.astimezone(zone).isoformat() if resolution else None,
        "due_date": due.due_date.astimezone(zone).isoformat(),
    }


def budget_notices(requests: Sequence[RequestReport]) -> Iterator[str]:
    """Yield how many requests are left because the call budget is spent, and until when."""
    left = [request for request in requests if request.waiting is Waiting.BUDGET]
    moments = [request.waiting_until for request in left if request.waiting_until]
    if moments:
        count = "1 request waits" if len(left) == 1 else f"{len(left)} requests wait"
        yield f"{count} for the call budget until {min(moments).isoformat(timespec='minutes')}"


def worst(codes: Sequence[ExitCode]) -> ExitCode:
    """Return the exit code that speaks for all: the first that applies of 2, 3, 4, 1, 0."""
    for code in (ExitCode.USAGE, ExitCode.REFUSED, ExitCode.UNREACHABLE, ExitCode.PARTLY):
        if code in codes:
            return code
    return ExitCode.DONE
