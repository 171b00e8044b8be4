"""Ledgers as earlier versions of the program left them: `tests/fixtures/ledgers`.

Each file holds what the program of its day wrote (its demo, then mails while BMS was down; one
mail parked and one in the middle of a creating call by hand, tables that a demo leaves empty
filled by hand), cut down to a few requests: the tables' own words, and the rows.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from connector.ledger.care.tables import ledger_tables
from connector.ledger.database import Database
from connector.ledger.migrations import MIGRATIONS, RECORD_TABLE, Migration, migrate
from connector.ledger.sqlite import SqliteDatabase

FOLDER = Path(__file__).parents[1] / "fixtures" / "ledgers"
FROZEN = [path.stem for path in sorted(FOLDER.glob("*.json"))]
"""Of each of these migrations there is a ledger which had it last."""

NAMES = [migration.name for migration in MIGRATIONS]

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def up_to(name: str) -> tuple[Migration, ...]:
    """Return the migrations up to this one."""
    return MIGRATIONS[: NAMES.index(name) + 1]


def frozen_at(name: str) -> str:
    """Return the frozen ledger that is the nearest before, or at, this migration."""
    return max(each for each in FROZEN if each <= name)


@lru_cache
def frozen(name: str) -> tuple[Sequence[str], Rows]:
    """Return the statements and the rows of a frozen ledger, without its record of migrations."""
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"), object_hook=_bytes)
    read["rows"].pop(RECORD_TABLE)
    return read["schema"], read["rows"]


def put_old_ledger(database: Database, name: str) -> Rows:
    """Make a ledger whose last migration is `name`; return its rows."""
    start = frozen_at(name)
    schema, rows = frozen(start)
    with database.transaction() as tx:
        if isinstance(database, SqliteDatabase):
            for statement in schema:
                tx.execute(statement)
            done = [{"name": each.name} for each in up_to(start)]
            tx.fill(RECORD_TABLE, ["name"], done)
    migrate(database, up_to(start))
    with database.transaction() as tx:
        for table in ledger_tables():
            if found := rows.get(table.name):
                tx.fill(table.name, list(found[0]), found)
    migrate(database, up_to(name))
    return rows


def _bytes(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if set(value) == {"base64"} else value
