"""Names of BMS in the settings, and where they stand."""

from pathlib import Path

from connector.config.load import load_config
from connector.domain.tenant import Lookup
from connector.live.configured import configured_names
from connector.loading import Setup
from connector.mapping.load import load_mappings
from connector.samples import mappings_dir

CONFIG = """\
bms: {base_url: "https://bms.example", tenant: t, username: u, password: p}
state: sqlite:///connector.db
mappings: mappings
catch_all: {account: Unmatched, contact: unmatched@desk.example}
sources: [{name: drop, type: folder, path: inbox}]
approvals:
  named: {Harbor Dental Group: [marta@harbordental.example]}
  waiting_status: Waiting for Approval
  denied_status: Refused
"""


def test_names_in_the_section_approvals_are_looked_up_too(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    setup = Setup(load_config(path, environment={}), load_mappings(mappings_dir()))
    found = {(name.kind, name.name, name.place) for name in configured_names(setup)}
    assert {
        (Lookup.STATUS, "Waiting for Approval", "config.yaml approvals.waiting_status"),
        (Lookup.STATUS, "Refused", "config.yaml approvals.denied_status"),
        (Lookup.ACCOUNT, "Harbor Dental Group", "config.yaml approvals.named"),
    } <= found
