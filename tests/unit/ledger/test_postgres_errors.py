"""PostgreSQL's errors in words for people: what passes by itself, and what does not."""

import psycopg
import pytest
from psycopg import errors

from connector.errors import FatalError, Unreachable
from connector.ledger.postgres_errors import explain, explain_refusal

LABEL = "The ledger connector on db.example"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.AdminShutdown(), "was cut off"),
        (errors.IdleInTransactionSessionTimeout(), "was cut off"),
        (errors.ConnectionFailure(), "was cut off"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "was cut off"),
        (errors.DiskFull(), "disk is full"),
        (errors.TooManyConnections(), "no connection left"),
        (errors.OutOfMemory(), "out of memory"),
        (errors.LockNotAvailable(), "kept locked"),
        (errors.DeadlockDetected(), "undo a transaction"),
        (errors.SerializationFailure(), "undo a transaction"),
        (errors.QueryCanceled(), "too slow"),
        (errors.ReadOnlySqlTransaction(), "read-only now"),
        (errors.IoError(), "cannot be read or written"),
    ],
)
def test_a_passing_fault_ends_the_run_and_the_next_goes_on(
    error: psycopg.Error, words: str
) -> None:
    explained = explain(error, LABEL)
    assert type(explained) is Unreachable
    assert explained.message.startswith(LABEL)
    assert words in explained.message
    assert explained.remedy


@pytest.mark.parametrize(
    "error", [errors.InsufficientPrivilege(), errors.DataCorrupted(), errors.InvalidSchemaName()]
)
def test_what_needs_a_person_stops_the_run(error: psycopg.Error) -> None:
    explained = explain(error, LABEL)
    assert type(explained) is FatalError
    assert explained.remedy


@pytest.mark.parametrize("error", [errors.SyntaxError(), errors.UniqueViolation()])
def test_a_fault_of_ours_is_not_explained_away(error: psycopg.Error) -> None:
    assert explain(error, LABEL) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ('FATAL:  password authentication failed for user "bms"', FatalError),
        ("FATAL:  no pg_hba.conf entry for host", FatalError),
        ('FATAL:  database "connector" does not exist', FatalError),
        ("Connection refused\n\tIs the server running on that host?", Unreachable),
        ("FATAL:  the database system is starting up", Unreachable),
        ("failed to resolve host 'db.example'", Unreachable),
    ],
)
def test_a_connection_that_was_never_made_is_told_in_the_servers_words_on_one_line(
    words: str, kind: type
) -> None:
    explained = explain_refusal(psycopg.OperationalError(words), LABEL)
    assert type(explained) is kind
    assert " ".join(words.split()) in explained.message
