"""Reaching a PostgreSQL server: the address that `state` gives, and how every session is set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from connector.errors import ConfigError
from connector.ledger.postgres_errors import explain_refusal, explained

Connection = psycopg.Connection[dict[str, Any]]

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


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. `label` is what a person knows it by: never its user or password."""

    conninfo: str
    label: str


def address_of(url: str) -> Address:
    """Return what the address `url`, a URI, says; raises `ConfigError` when it is none."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:  # its message may quote the password
        raise ConfigError(
            "`state` is no address of a PostgreSQL database",
            "Write it as postgresql://USER:PASSWORD@HOST/DATABASE; "
            "in the password, %, @, / and the like are written as %25, %40, %2F",
        ) from None
    return Address(
        conninfo=make_conninfo("", **(dict(CONNECT) | given)),
        label=f"The ledger {given.get('dbname')} on {given.get('host', 'this machine')}",
    )


def connect(address: Address) -> Connection:
    """Return a new connection, set up; raises `Unreachable` or `FatalError`."""
    try:
        connection = psycopg.connect(
            address.conninfo,
            autocommit=True,  # transactions begin and end where we say
            row_factory=dict_row,
            prepare_threshold=None,  # a plan of `SELECT *` breaks when another host migrates
        )
    except psycopg.Error as error:
        raise explain_refusal(error, address.label) from error
    try:
        with explained(address.label):
            _set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: Connection) -> None:
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
