"""Settings of approvals and portal logins: what is refused, and with which words."""

from pathlib import Path

import pytest

from connector.config.load import load_config
from connector.config.models import Config
from connector.errors import ConfigError

HEAD = """\
bms: {{base_url: "{base_url}", tenant: t, username: u, password: p}}
state: sqlite:///connector.db
mappings: mappings
catch_all: {{account: Unmatched, contact: unmatched@desk.example}}
sources: [{{name: drop, type: folder, path: inbox}}]
"""


def load(tmp_path: Path, more: str, base_url: str = "https://bms.example") -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(HEAD.format(base_url=base_url) + more, encoding="utf-8")
    return load_config(path, environment={})


@pytest.mark.parametrize(
    ("more", "key", "words"),
    [
        ("approvals: {require: named}", "approvals", "names nobody"),
        ("approvals: {require: named, named: {A: []}}", "approvals.named.A", ""),
        ("approvals: {require: some}", "approvals.require", ""),
        ("approvals: {named: {A: [nobody]}}", "approvals.named.A", "is not an e-mail address"),
        ("approvals: {url: 'http://desk.example'}", "approvals.url", "must begin with https://"),
        ("approvals: {self_aproval: true}", "approvals.self_aproval", "self_approval"),
        ("accounts: {grant: api}", "accounts.grant", ""),
        ("accounts: {grant: sandbox}", "accounts", "only for a sandbox BMS"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, more: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, more)
    [problem] = refused.value.problems
    assert problem.key.startswith(key)
    assert words in str(problem)


def test_a_sandbox_on_this_machine_may_grant_by_itself(tmp_path: Path) -> None:
    config = load(tmp_path, "accounts: {grant: sandbox}", "http://127.0.0.1:8080")
    assert config.accounts.grant == "sandbox"


def test_the_address_of_the_web_side_has_no_slash_at_its_end(tmp_path: Path) -> None:
    config = load(tmp_path, "approvals: {url: 'https://desk.example/bms/'}")
    assert config.approvals.url == "https://desk.example/bms"
