"""Settings of what goes out: what is refused, and with which words."""

from pathlib import Path

import pytest

from connector.config.load import load_config
from connector.errors import ConfigError
from connector.wiring.post import named_channels

HEAD = """\
bms: {base_url: "https://bms.example", tenant: t, username: u, password: p}
state: sqlite:///connector.db
mappings: mappings
catch_all: {account: Unmatched, contact: unmatched@desk.example}
sources: [{name: drop, type: folder, path: inbox}]
"""
SMTP = "mail: {from: desk@desk.example, smtp: {host: mail.example}}\n"


def load(tmp_path: Path, more: str):
    path = tmp_path / "config.yaml"
    path.write_text(HEAD + more, encoding="utf-8")
    return load_config(path, environment={})


@pytest.mark.parametrize(
    ("more", "key", "words"),
    [
        ("mail: {smtp: {host: mail.example}}", "mail", "has no `from`"),
        ("mail: {from: nobody, smtp: {host: a.example}}", "mail.from", "is not an e-mail address"),
        ("mail: {smtp: {host: a.example, security: plain}}", "mail.smtp", "in clear"),
        ("mail: {smtp: {host: a.example, username: u}}", "mail.smtp", "half of what it takes"),
        ("mail: {smtp: {host: a.example, password: p}}", "mail.smtp", "half of what it takes"),
        (
            "mail: {smtp: {oauth2: {token_url: 'https://a.example', client_id: c}}}",
            "mail.smtp.oauth2",
            "give client_id, and client_secret or refresh_token",
        ),
        (
            "mail: {smtp: {oauth2: {client_secret: s}}}",
            "mail.smtp.oauth2",
            "give token_url as well",
        ),
        ("mail: {graph: {mailbox: desk@desk.example}}", "mail.graph", "is not whole"),
        ("mail: {form: desk@desk.example}", "mail.form", "did you mean 'from'?"),
        ("alerts: [desk@desk.example]", "alerts", "names a mail address"),
        ("alerts: ['http://hooks.example/x']", "alerts[0]", "must begin with https://"),
        ("alerts: ['https:///x']", "alerts[0]", "is not the address of a webhook"),
        ("alerts: [nobody]", "alerts[0]", "is not an e-mail address"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path, more, key, words):
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, more)
    [problem] = raised.value.problems
    assert problem.key == key
    assert words in str(problem)
    assert problem.line is not None


@pytest.mark.parametrize(
    ("security", "port"), [("tls", 465), ("starttls", 587)], ids=["tls", "starttls"]
)
def test_the_usual_ports(tmp_path, security, port):
    mail = f"mail: {{from: a@b.example, smtp: {{host: m.example, security: {security}}}}}"
    assert load(tmp_path, mail).mail.smtp.port_or_default == port


def test_without_a_mail_section_nothing_is_sent(tmp_path):
    assert not load(tmp_path, "").sends


def test_channels_are_named_without_their_secrets(tmp_path):
    urls = "['https://hooks.example/hush', 'https://hooks.example/other', 'twilio://sid:token']"
    config = load(tmp_path, f"alerts: {urls}")
    assert [name for name, _ in named_channels(config)] == [
        *("webhook hooks.example", "webhook hooks.example (2)", "apprise twilio"),
    ]
    assert "hush" not in repr(config)


def test_alerts_may_go_by_mail_where_mail_is_sent(tmp_path):
    config = load(tmp_path, SMTP + "alerts: [desk@desk.example]")
    assert [*named_channels(config)] == [("desk@desk.example", "desk@desk.example")]
