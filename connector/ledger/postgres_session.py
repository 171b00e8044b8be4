"""How we connect to PostgreSQL, and what we set in every session."""

from collections.abc import Mapping
from typing import Final

from connector.ledger.postgres_transaction import Connection

CONNECT: Final[Mapping[str, str]] = {
    "application_name": "bms-connector",
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # milliseconds
    "client_encoding": "utf8",
}
"""How we connect, where `state` does not say otherwise."""

SESSION: Final[Mapping[str, str]] = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    # A transaction waits so long for another's; those are short.
    "lock_timeout": "60s",
    # A process that stands still in the middle of a transaction must not keep others waiting.
    "idle_in_transaction_session_timeout": "30s",
    "idle_session_timeout": "0",  # since PostgreSQL 14; what is `exclusive` may stay so for long
    # A host that was unplugged says no good-bye: the server finds out within a minute, and lets
    # go of what that host held. Its own default is hours.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "60s",
}
"""What we set in every session of a server that knows it, whatever its defaults."""


def set_up(connection: Connection) -> None:
    """Set `SESSION`, and make sure that a commit is on the disk."""
    connection.execute(
        """
        SELECT set_config(name, value, false)
        FROM unnest(CAST(%(names)s AS text[]), CAST(%(values)s AS text[])) AS ours (name, value)
        JOIN pg_settings USING (name)
        """,
        {"names": list(SESSION), "values": list(SESSION.values())},
    )
    # An intent must be on the disk before the call is made, as with SQLite's `synchronous = FULL`.
    connection.execute(
        """
        SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off'
        """
    )
