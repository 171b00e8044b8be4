"""Filing away: which settled items their sources have yet to move or flag."""

from collections.abc import Sequence

from connector.domain.request import Outcome
from connector.ledger.columns import from_json
from connector.ledger.database import Database
from connector.ledger.rows import filing_of, must_change
from connector.ports import Mark


class Marking:
    """The part of the ledger that makes sources file their items away."""

    database: Database

    def unmarked(self, sources: Sequence[str] | None) -> Sequence[Mark]:
        """Return settled items that their sources have yet to file away, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT key, source, locator, state FROM requests
                WHERE to_file = 1 AND (:from_all = 1 OR source IN :sources)
                ORDER BY settled_at, key
                """,
                {"from_all": int(sources is None), "sources": list(sources or ())},
            )
        return [
            Mark(row["key"], row["source"], from_json(row["locator"]), Outcome(row["state"]))
            for row in rows
        ]

    def marked(self, key: str, outcome: Outcome, *, has_left: bool = True) -> None:
        """Record that the source has filed the item away, and whether it has left the source.

        If the request has another outcome by now, the item is still to be filed for that one.
        What has not left (a parked mail in its mailbox) is filed nowhere: intake still knows it.
        """
        place = filing_of(outcome)
        filed_so = [each.value for each in Outcome if filing_of(each) == place]
        with self.database.transaction(flushed=False) as tx:
            changed = tx.execute(
                "UPDATE requests SET filed_as = :place WHERE key = :key",
                {"key": key, "place": place if has_left else None},
            )
            must_change(changed, key)
            tx.execute(
                "UPDATE requests SET to_file = 0 WHERE key = :key AND state IN :states",
                {"key": key, "states": filed_so},
            )
