"""The settings of webhooks and polled forms."""

from pathlib import Path

import pytest

from connector.config.load import read_config
from connector.config.models import Config

CONFIG = """\
bms: {{base_url: "https://api.bms.kaseya.com", tenant: t, username: u, password: p{bms}}}
state: sqlite:///connector.db
mappings: mappings
catch_all: {{account: A, contact: a@x.example}}
sources:
  - {{{source}}}
  - {{{other}}}
"""
HOOK = "name: site, type: webhook, form: members, secret: 0123456789abcdef"
GRAVITY = (
    "name: portal, type: gravity_forms, form: members, key: ck, secret: cs, form_id: 5, "
    "base_url: 'https://members.client.example'"
)
DROP = "name: drop, type: folder, path: inbox"


def read(
    tmp_path: Path, source: str, other: str = DROP, bms: str = ""
) -> tuple[Config | None, str]:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(source=source, other=other, bms=bms))
    config, problems = read_config(path, environment={})
    return config, "; ".join(map(str, problems))


@pytest.mark.parametrize(
    ("more", "header"),
    [
        ("", "X-Signature-256"),
        (", auth: header", "X-Webhook-Secret"),
        (", auth: header, header: X-Key", "X-Key"),
        (", header: Typeform-Signature", "Typeform-Signature"),
    ],
)
def test_the_header_is_the_usual_one_unless_it_is_named(
    tmp_path: Path, more: str, header: str
) -> None:
    config, problems = read(tmp_path, HOOK + more)
    assert problems == ""
    assert config is not None
    assert config.sources[0].header_name == header  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (HOOK.replace("0123456789abcdef", "short"), "at least 16"),
        (HOOK + ", auth: basic", "must have a username"),
        (HOOK + ", username: u", "must have a username"),
        (HOOK + ", auth: basic, username: u, header: X", "must not have a header"),
        (HOOK + ", header: 'X: y'", "not the name of a header"),
        (HOOK + ", files_from: ['https://x.example/']", "not the name of a host"),
        (HOOK + ", files_from: ['*.example']", "not the name of a host"),
        (HOOK.replace("site", "bms"), "BMS's own webhook"),
        (HOOK.replace("form: members, ", ""), "form"),
        (HOOK + ", receiver: mx.example", "receiver"),
        (GRAVITY.replace("https:", "http:"), "https://"),
        (GRAVITY + ", interval: 5", "interval"),
        (GRAVITY.replace("form_id: 5", "form_id: 0"), "form_id"),
        (GRAVITY + ", since: someday", "since"),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, source: str, words: str) -> None:
    config, problems = read(tmp_path, source)
    assert config is None
    assert words in problems


def test_one_form_is_polled_by_one_source(tmp_path: Path) -> None:
    other = GRAVITY.replace("portal", "again")
    assert "form_id" in read(tmp_path, GRAVITY, other)[1]
    assert read(tmp_path, GRAVITY, other.replace("form_id: 5", "form_id: 6"))[1] == ""


def test_the_secret_of_bms_is_no_short_one(tmp_path: Path) -> None:
    assert "webhook_secret" in read(tmp_path, HOOK, bms=", webhook_secret: short")[1]
