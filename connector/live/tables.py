"""Look-ups without a sure table name: what was tried, and what the names come from."""

from collections.abc import Iterator, Mapping

from connector.domain.tenant import Lookup
from connector.live.findings import Finding, ok, warning
from connector.ports.inspection import Inspection

LOOK_UPS = "look-ups"

UNSURE: Mapping[Lookup, str] = {
    Lookup.TICKET_TYPE: "`type` in templates.yaml",
    Lookup.SOURCE: "`source` in templates.yaml",
    Lookup.NOTE_TYPE: "note_types.internal in config.yaml",
}
"""Kinds whose table name the vendor does not document, and where an id may be given instead."""

SEEN_ON_TICKETS = "tickets"


def table_findings(bms: Inspection) -> Iterator[Finding]:
    """Yield, per unsure kind, the way that showed names and those that did not.

    To be asked after names were resolved: only that shows which ways are needed.
    """
    for kind, setting in UNSURE.items():
        yield _finding(kind, setting, bms.ways_tried(kind))


def _finding(kind: Lookup, setting: str, tried: Mapping[str, int | None]) -> Finding:
    worked = {way: count for way, count in tried.items() if count}
    in_vain = [way for way in tried if way not in worked]
    details = {"kind": kind.value, "used": list(worked), "in_vain": in_vain}
    subject = f"{LOOK_UPS}: {kind.value}"
    if not tried:
        return ok(subject, "nothing was looked up", details=details)
    if not worked:
        message = f"none of the {len(tried)} known ways shows any ({', '.join(tried)})"
        return warning(subject, message, f"give ids: {setting}", details=details)
    if set(worked) == {SEEN_ON_TICKETS}:
        message = f"no table is known; {worked[SEEN_ON_TICKETS]} names seen on tickets are used"
        return warning(
            subject, message, f"where one is missing, give its id: {setting}", details=details
        )
    used = ", ".join(f"{way} ({count})" for way, count in worked.items())
    tail = f"; tried in vain: {', '.join(in_vain)}" if in_vain else ""
    return ok(subject, f"read from {used}{tail}", details=details)
