"""`check --live` of the sample settings against a sandbox, in this process."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from support.workplace import CONFIG

from connector.live.findings import Finding, Level
from connector.loading import Setup, read_setup
from connector.samples import mappings_dir
from connector.sandbox import Sandbox
from connector.sandbox.tenant import Item
from connector.wiring import tenant as wiring_tenant

WRITES = ("POST", "PUT", "PATCH", "DELETE")
SIGN_IN = "POST /v2/security/authenticate"


class Office:
    """The sample settings in a folder of their own; `look` is one check."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.password = sandbox.password
        shutil.copytree(mappings_dir(), folder / "mappings")
        (folder / "inbox").mkdir()
        self.config = folder / "config.yaml"
        self.config.write_text(
            CONFIG.format(
                base_url=sandbox.base_url,
                tenant=sandbox.tenant_name,
                username=sandbox.username,
                search_settle=120,
                workers=4,
            ),
            encoding="utf-8",
        )

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a line of a file."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def setup(self) -> Setup:
        """Read the files as they are now."""
        with patch.dict(os.environ, {"BMS_PASSWORD": self.password}):
            setup, problems = read_setup(self.config)
        assert setup is not None, problems
        return setup

    def look(self, *, probe_write: bool = False) -> "Findings":
        """Check once."""
        setup = self.setup()
        with (
            patch.object(wiring_tenant.time, "sleep"),
            wiring_tenant.open_tenant(setup.config) as tenant,
        ):
            check = wiring_tenant.live_check(setup, tenant, probe_write=probe_write)
            return Findings(list(check.findings()))

    def written(self) -> list[str]:
        """Return the calls that may have changed something in BMS."""
        return [call for call in self.sandbox.calls if call.startswith(WRITES) and call != SIGN_IN]


class Findings(list[Finding]):
    """What a check found."""

    def of(self, level: Level) -> "Findings":
        """Return those of a level."""
        return Findings([finding for finding in self if finding.level is level])

    def about(self, subject: str) -> "Findings":
        """Return those about a subject."""
        return Findings([finding for finding in self if finding.subject == subject])

    @property
    def wrong(self) -> "Findings":
        """Return all that are not ok."""
        return Findings([finding for finding in self if finding.level is not Level.OK])

    def only_wrong(self) -> Finding:
        """Return the one finding that is not ok."""
        [finding] = self.wrong
        return finding

    @property
    def subjects(self) -> Sequence[str]:
        """Return the subjects, each once, in order."""
        return list(dict.fromkeys(finding.subject for finding in self))


def item(items: list[Item], name: str) -> Item:
    """Return the thing of this name that an admin has set up."""
    return next(entry for entry in items if entry.name == name)
