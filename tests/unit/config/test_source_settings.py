"""The settings of mailboxes: what a file must say, and what it must not."""

from pathlib import Path

import pytest

from connector.config.load import read_config
from connector.config.sources import GraphSource, ImapSource
from connector.domain.mail import EXCHANGE_ONLINE

BASE = """\
bms: {base_url: 'https://bms.example', tenant: t, username: u, password: p}
state: sqlite:///connector.db
mappings: mappings
catch_all: {account: A, contact: a@b.example}
sources:
"""
IMAP = "  - {name: mail, type: imap, host: imap.example, username: u, password: p}\n"
OAUTH2 = "oauth2: {token_url: 'https://login.example/token', client_id: c, client_secret: s}"
GRAPH = (
    "  - {name: mail, type: graph, tenant: t, client_id: c, client_secret: s, "
    "mailbox: help@msp.example}\n"
)


def read(tmp_path: Path, source: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "config.yaml"
    path.write_text(BASE + source, encoding="utf-8")
    return read_config(path, environment={})


@pytest.mark.parametrize(
    ("security", "port"), [("tls", 993), ("starttls", 143), ("tls, port: 1993", 1993)]
)
def test_the_port_follows_from_the_security(tmp_path: Path, security: str, port: int) -> None:
    config, _ = read(tmp_path, IMAP.replace("}", f", security: {security}}}"))
    assert isinstance(config.sources[0], ImapSource)
    assert config.sources[0].port_number == port


def test_exchange_onlines_results_are_read_by_position(tmp_path: Path) -> None:
    config, _ = read(tmp_path, GRAPH)
    assert isinstance(config.sources[0], GraphSource)
    assert config.sources[0].receiver == EXCHANGE_ONLINE


@pytest.mark.parametrize(
    ("source", "key", "words"),
    [
        (IMAP.replace("}", ", security: plain}"), "sources[0].security", "in the clear"),
        (IMAP.replace(", password: p", ""), "sources[0]", "either password or oauth2"),
        (IMAP.replace("}", f", {OAUTH2}}}"), "sources[0]", "either password or oauth2"),
        (IMAP.replace("}", ", processed_folder: INBOX}"), "sources[0]", "folder it reads"),
        (IMAP.replace("}", ", folder: Inbox, processed_folder: INBOX}"), "sources[0]", "it reads"),
        (IMAP.replace("}", ", since: soon}"), "sources[0].since", "neither a date nor"),
        (IMAP.replace("}", ", foldr: x}"), "sources[0].foldr", "did you mean 'folder'?"),
        (IMAP.replace("host: imap.example, ", ""), "sources[0].host", "is missing"),
        (GRAPH.replace("client_secret: s, ", ""), "sources[0]", "client_secret or certificate"),
        (GRAPH.replace("}", ", base_url: 'http://graph.example'}"), "sources[0].base_url", "https"),
        (GRAPH.replace("help@msp.example", "help"), "sources[0].mailbox", "not an e-mail address"),
    ],
)
def test_what_cannot_work_is_one_problem_that_says_what_is_right(
    tmp_path: Path, source: str, key: str, words: str
) -> None:
    _, problems = read(tmp_path, source)
    assert [problem.key for problem in problems] == [key]
    assert words in str(problems[0])


def test_plain_is_for_this_machine(tmp_path: Path) -> None:
    source = IMAP.replace("imap.example", "127.0.0.1").replace("}", ", security: plain}")
    _, problems = read(tmp_path, source)
    assert problems == []


def test_the_name_under_which_orders_are_recorded_is_no_name_for_a_source(tmp_path: Path) -> None:
    config, problems = read(tmp_path, IMAP.replace("name: mail", "name: Accounts"))

    assert config is None
    assert "records under" in problems[0].message


SECOND = "sources[1]"


@pytest.mark.parametrize(
    ("first", "second", "key", "words"),
    [
        (IMAP, "", SECOND, "'INBOX' of that mailbox is read by sources[0]"),
        (IMAP, "folder: inbox", f"{SECOND}.folder", "'inbox' of that mailbox is read by"),
        (IMAP, "security: starttls", SECOND, "is read by"),
        (IMAP, "host: IMAP.example", SECOND, "is read by"),
        (
            IMAP,
            "folder: Processed, processed_folder: Done",
            f"{SECOND}.folder",
            "is where mail is filed",
        ),
        (
            IMAP,
            "folder: New, processed_folder: INBOX",
            f"{SECOND}.processed_folder",
            "is read by",
        ),
        (GRAPH, "mailbox: Help@msp.example, processed_folder: Done", SECOND, "is read by"),
        (
            GRAPH,
            "folder: processed, processed_folder: Done",
            f"{SECOND}.folder",
            "is where mail is filed",
        ),
    ],
)
def test_a_mailbox_that_two_sources_would_take_from_is_refused(
    tmp_path: Path, first: str, second: str, key: str, words: str
) -> None:
    _, problems = read(tmp_path, first + changed(first, second))
    assert [problem.key for problem in problems] == [key]
    assert words in str(problems[0])
    assert problems[0].line == 7


@pytest.mark.parametrize(
    "second", ["host: other.example", "username: v", "folder: New", "folder: New, since: all"]
)
def test_sources_may_share_a_server_and_a_processed_folder(tmp_path: Path, second: str) -> None:
    _, problems = read(tmp_path, IMAP + changed(IMAP, second))
    assert problems == []


def changed(source: str, settings: str) -> str:
    """The source under another name, with settings instead of its own."""
    kept = dict(each.split(": ", 1) for each in source.strip(" -{}\n").split(", "))
    new = dict(each.split(": ", 1) for each in settings.split(", ") if each)
    fields = {**kept, "name": "second", **new}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}\n"
