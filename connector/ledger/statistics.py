"""Counts over a period, for the command `report` (`ports.statistics`)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from connector.accounts.model import AccessState
from connector.domain.request import Outcome, RequestKind
from connector.ledger.columns import time_text
from connector.ledger.database import Database, Params, Row
from connector.ports.statistics import DatesWritten, Flow, Span, TicketGroup

WRITTEN_DATES: Final = (
    "CREATE INDEX ticket_journal_written ON ticket_journal (at, ticket_id) WHERE step = 'written'",
)
"""Migration 0012."""

TRUE: Final = (1, "1", "true")
"""What truth in JSON reads as, in one database and the other."""


class Statistics:
    """The part of the ledger behind `report`: the database counts, nothing is read whole."""

    database: Database

    def flows(self, spans: Sequence[Span]) -> Sequence[Mapping[Flow, int]]:
        """Return for each span how many requests were received, all as of one moment."""
        counted = """
            SELECT source, kind, state, COUNT(*) AS requests FROM requests
            WHERE received_at >= :start AND received_at < :end GROUP BY source, kind, state
            """
        with self.database.snapshot() as tx:
            return [
                {_flow(row): int(row["requests"]) for row in tx.all(counted, _params(span))}
                for span in spans
            ]

    def ticket_groups(self, span: Span) -> Mapping[TicketGroup, int]:
        """Return how many requests became tickets and notes."""
        field = self.database.json_field
        with self.database.snapshot() as tx:
            rows = tx.all(
                f"""
                SELECT state, {field("result", "account")} AS account,
                       {field("result", "template")} AS template,
                       {field("result", "priority")} AS priority,
                       {field("result", "emergency")} AS emergency, COUNT(*) AS requests
                FROM requests
                WHERE received_at >= :start AND received_at < :end AND state IN :made
                GROUP BY 1, 2, 3, 4, 5
                """,  # noqa: S608 - words of our own
                {**_params(span), "made": [Outcome.CREATED.value, Outcome.APPENDED.value]},
            )
        counts: Counter[TicketGroup] = Counter()
        for row in rows:
            counts[_ticket_group(row)] += int(row["requests"])
        return counts

    def parked_reasons(self, span: Span) -> Mapping[str, int]:
        """Return the reasons of requests that are parked now, in the words of the ledger."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT reason, COUNT(*) AS requests FROM requests
                WHERE state = 'parked' AND received_at >= :start AND received_at < :end
                GROUP BY reason
                """,
                _params(span),
            )
        return {row["reason"]: int(row["requests"]) for row in rows}

    def times_to_ticket(self, span: Span, limits: Sequence[timedelta]) -> Sequence[int]:
        """Return how many tickets were made within each limit of the receipt, then the rest."""
        seconds = self.database.seconds_between("received_at", "settled_at")
        cases = " ".join(f"WHEN seconds <= :limit{i} THEN {i}" for i in range(len(limits)))
        with self.database.snapshot() as tx:
            rows = tx.all(
                f"""
                SELECT CASE {cases} ELSE {len(limits)} END AS place, COUNT(*) AS tickets
                FROM (
                    SELECT {seconds} AS seconds FROM requests
                    WHERE received_at >= :start AND received_at < :end
                      AND state = 'created' AND settled_at IS NOT NULL
                ) AS made
                GROUP BY 1
                """,  # noqa: S608 - words of our own
                {
                    **_params(span),
                    **{f"limit{i}": limit.total_seconds() for i, limit in enumerate(limits)},
                },
            )
        found = {int(row["place"]): int(row["tickets"]) for row in rows}
        return [found.get(place, 0) for place in range(len(limits) + 1)]

    def access_states(self, span: Span) -> Mapping[AccessState, int]:
        """Return in which state the portal logins are that were asked for in the span."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT p.state, COUNT(*) AS people
                FROM access_people p JOIN access_requests a ON a.id = p.access_id
                WHERE a.kind = 'login' AND a.requested_at >= :start AND a.requested_at < :end
                GROUP BY p.state
                """,
                _params(span),
            )
        return {AccessState(row["state"]): int(row["people"]) for row in rows}

    def dates_written(self, span: Span) -> DatesWritten:
        """Return what write-back wrote in the span."""
        with self.database.snapshot() as tx:
            row = tx.one(
                """
                SELECT COUNT(*) AS written, COUNT(DISTINCT ticket_id) AS tickets
                FROM ticket_journal WHERE step = 'written' AND at >= :start AND at < :end
                """,
                _params(span),
            )
        return DatesWritten(int(row["written"]), int(row["tickets"])) if row else DatesWritten(0, 0)


def _params(span: Span) -> Params:
    return {"start": time_text(span.start), "end": time_text(span.end)}


def _flow(row: Row) -> Flow:
    return Flow(row["source"], RequestKind(row["kind"]), Outcome(row["state"]))


def _ticket_group(row: Row) -> TicketGroup:
    return TicketGroup(
        outcome=Outcome(row["state"]),
        account=row["account"],
        template=row["template"],
        priority=row["priority"],
        emergency=row["emergency"] in TRUE,
    )
