"""The links of points of contact: the ledger keeps hashes, never a token."""

from connector.accounts.model import AccessRequest, Approval
from connector.ledger.access_rows import changing, the_access, token_record
from connector.ledger.columns import storable, time_text
from connector.ledger.database import Database, Transaction
from connector.ports import Stamp
from connector.ports.accounts import ApprovalToken


class AccessTokens:
    """The part of the ledger that knows which link is whose, for what, and for how long."""

    database: Database

    def issue_token(self, token: ApprovalToken, *, stamp: Stamp) -> None:
        """Keep a new token's hash; the same approver's earlier one for this request is replaced.

        One for what is no longer asked for is replaced from the start.
        """
        with changing(self.database) as tx:
            known = the_access(tx, token.access_id)
            replace_tokens(tx, token.access_id, stamp, approver=token.approver)
            is_current = token.digest == known.digest
            tx.execute(
                """
                INSERT INTO access_tokens
                    (hash, access_id, approver, digest, issued_at, expires_at, replaced_at)
                VALUES
                    (:hash, :access_id, :approver, :digest, :issued_at, :expires_at, :replaced_at)
                """,
                {
                    "hash": token.hash,
                    "access_id": token.access_id,
                    "approver": storable(token.approver),
                    "digest": token.digest,
                    "issued_at": time_text(token.issued_at),
                    "expires_at": time_text(token.expires_at),
                    "replaced_at": None if is_current else time_text(stamp.at),
                },
            )

    def token(self, token_hash: str) -> ApprovalToken | None:
        """Return what is known of a token by its hash."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT * FROM access_tokens WHERE hash = :hash", {"hash": token_hash})
        return None if row is None else token_record(row)


def use_up(
    tx: Transaction, known: AccessRequest, approval: Approval, token_hash: str, stamp: Stamp
) -> bool:
    """Use a token up for what its approver says; False when it does not hold for just that, now."""
    changed = tx.execute(
        """
        UPDATE access_tokens SET used_at = :at
        WHERE hash = :hash AND access_id = :access_id AND approver = :approver
            AND digest = :digest AND used_at IS NULL AND replaced_at IS NULL AND expires_at > :at
        """,
        {
            "hash": token_hash,
            "access_id": known.id,
            "approver": storable(approval.approver),
            "digest": known.digest,
            "at": time_text(stamp.at),
        },
    )
    return changed == 1


def replace_tokens(
    tx: Transaction, access_id: int, stamp: Stamp, *, approver: str | None = None
) -> None:
    """Let unused tokens of a request hold no longer: those of one approver, or all."""
    tx.execute(
        """
        UPDATE access_tokens SET replaced_at = :at
        WHERE access_id = :id AND (:of_all = 1 OR approver = :approver)
            AND used_at IS NULL AND replaced_at IS NULL
        """,
        {
            "id": access_id,
            "at": time_text(stamp.at),
            "of_all": int(approver is None),
            "approver": storable(approver or ""),
        },
    )
