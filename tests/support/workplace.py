"""A folder as a user has it after `init`, and the installed console script run in it."""

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from support.submissions import mail

SCRIPT = Path(sysconfig.get_path("scripts")) / "bms-connector"

CONFIG = """\
timezone: America/New_York
bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: ${{BMS_PASSWORD}}
  search_settle: {search_settle}
  workers: {workers}
  timeout: 5
state: sqlite:///connector.db
mappings: mappings
catch_all: {{account: Unmatched Requests, contact: unmatched@securenetmsp.com}}
sources:
  - {{name: drop, type: folder, path: inbox, form: members}}
"""

MONDAY_MORNING = datetime.fromisoformat("2026-11-16T10:05:00-05:00")


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Workplace:
    """A user's folder; `run` is the installed script, `sync` its main command."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [SCRIPT, *args],
            cwd=self.folder,
            env={**os.environ, **self.env, **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def sync(self, *args: str) -> Any:
        """Run `sync --json`; the report, with its exit code under `exit`."""
        ran = self.run("sync", "--json", *args)
        assert "Traceback" not in ran.err, ran.err
        return {**ran.json, "exit": ran.code, "err": ran.err}

    def drop(
        self, name: str, content: str | bytes | object, *, at: datetime = MONDAY_MORNING
    ) -> Path:
        """Put a file into the inbox as a mail server would: written elsewhere, renamed in."""
        if isinstance(content, str):
            content = content.encode()
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        draft = self.folder / f".{name}"
        draft.write_bytes(content)
        os.utime(draft, (at.timestamp(), at.timestamp()))
        return draft.rename(self.inbox / name)

    def drop_mail(
        self,
        subject: str,
        text: str = "Hello",
        *,
        name: str = "mail.eml",
        message_id: str | None = None,
        at: datetime = MONDAY_MORNING,
    ) -> Path:
        content = mail(subject, text, message_id=message_id or f"{name}-unique")
        return self.drop(name, content, at=at)

    def names(self, *parts: str) -> Sequence[str]:
        """Return the names of the files in a folder below the inbox."""
        folder = self.inbox.joinpath(*parts)
        return sorted(path.name for path in folder.glob("*") if path.is_file())
