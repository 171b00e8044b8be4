"""Portal access that was there before us, and that somebody accepted."""

from collections.abc import Mapping

from connector.ledger.access_rows import changing
from connector.ledger.columns import storable, time_text
from connector.ledger.database import Database
from connector.ports import Stamp


class AccessBaseline:
    """The part of the ledger behind `accounts verify --baseline`."""

    database: Database

    def accept_baseline(self, contacts: Mapping[int, str], *, stamp: Stamp) -> int:
        """Accept today's access of these contacts (address by id); return how many are new.

        One that was accepted under another address counts as new.
        """
        with changing(self.database) as tx:
            return sum(
                tx.execute(
                    """
                    INSERT INTO access_baseline (contact_id, address, accepted_at, run)
                    VALUES (:contact_id, :address, :at, :run)
                    ON CONFLICT (contact_id) DO UPDATE
                    SET address = excluded.address, accepted_at = excluded.accepted_at,
                        run = excluded.run
                    WHERE access_baseline.address <> excluded.address
                    """,
                    {
                        "contact_id": contact_id,
                        "address": storable(address),
                        "at": time_text(stamp.at),
                        "run": stamp.run,
                    },
                )
                for contact_id, address in sorted(contacts.items())
            )

    def baseline(self) -> Mapping[int, str]:
        """Return the contacts whose access was accepted by `accounts verify --baseline`."""
        with self.database.snapshot() as tx:
            rows = tx.all("SELECT contact_id, address FROM access_baseline ORDER BY contact_id")
        return {row["contact_id"]: row["address"] for row in rows}
