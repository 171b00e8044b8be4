"""Limits: the size of an attachment in BMS, and what is left of the hourly call budget."""

from collections.abc import Iterator, Mapping
from math import ceil

from connector.live.findings import Finding, ok, warning
from connector.ports.inspection import Inspection

ATTACHMENTS = "attachments"
BUDGET = "call budget"
MEGABYTE = 2**20

KEPT_FOR_EMERGENCIES = 10
"""One part in so many (DESIGN section 10): when no more is left, other requests wait."""


def attachment_finding(bms: Inspection, request_mb: int) -> Finding:
    """Return the tenant's limit for one attachment; `request_mb` is what we read of a request."""
    limit = bms.attachment_limit()
    message = f"BMS takes up to {limit / MEGABYTE:g} MB each; larger ones are named in the ticket"
    if limit > request_mb * 1_000_000:
        remedy = f"raise limits.request_mb ({request_mb}) to take them all"
        return ok(ATTACHMENTS, message, remedy, details={"bytes": limit})
    return ok(ATTACHMENTS, message, details={"bytes": limit})


def budget_findings(spent: Mapping[str, int], calls_per_hour: int) -> Iterator[Finding]:
    """Yield what is left of the last 60 minutes, by endpoint."""
    left = {endpoint: max(calls_per_hour - count, 0) for endpoint, count in spent.items()}
    for endpoint, remaining in left.items():
        if remaining <= ceil(calls_per_hour / KEPT_FOR_EMERGENCIES):
            yield warning(
                BUDGET,
                f"{endpoint}: {remaining} of {calls_per_hour} calls are left of this hour",
                "wait, or raise bms.calls_per_hour if no other program shares the tenant "
                "(BMS allows 1500)",
                details={"left": remaining},
            )
    least = min(left, key=lambda endpoint: left[endpoint], default=None)
    most = f"; least is left of {least}: {left[least]}" if least else ""
    yield ok(
        BUDGET,
        f"{calls_per_hour} calls an hour to each endpoint, {len(left)} were called{most}",
        details={"left": left},
    )
