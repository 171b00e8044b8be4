"""What reports say of a request for which something was decided."""

from collections.abc import Sequence
from datetime import tzinfo

from connector.domain.due_dates import DueDates
from connector.domain.plan import Decision, Plan
from connector.pipeline.deciding.course import Append, Course, NewTicket
from connector.pipeline.report import NO_RESULT


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
