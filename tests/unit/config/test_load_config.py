"""`load_config`: the least that works, and what its values turn into."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support.config_files import LEAST, PASSWORD, Write

from connector.config.load import load_config, read_config
from connector.errors import ConfigError


def test_the_least_that_works_loads(write: Write, tmp_path: Path) -> None:
    config = load_config(write(LEAST), environment=PASSWORD)

    assert config.bms.password.get_secret_value() == "correct horse"
    assert config.state == f"sqlite:///{tmp_path}/connector.db"
    assert config.mappings == tmp_path / "mappings"
    assert config.sources[0].path == tmp_path / "inbox"
    assert config.bms.search_settle == 120


def test_paths_start_at_the_config_file_not_at_the_present_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(LEAST)
    monkeypatch.chdir(tmp_path.parent)

    config = load_config(Path(tmp_path.name) / "config.yaml", environment=PASSWORD)

    assert config.mappings == tmp_path / "mappings"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bms:${PW}@db.example/connector",
        "postgresql://bms:${PW}@db.example:6432/connector?sslmode=verify-full",
        "postgresql://bms@one.example,two.example/connector?target_session_attrs=read-write",
        "postgresql:///connector",
    ],
)
def test_the_ledger_may_be_in_postgresql(write: Write, url: str) -> None:
    text = LEAST.replace("sqlite:///connector.db", url)

    config = load_config(write(text), environment={**PASSWORD, "PW": "s3cret"})

    assert config.state == url.replace("${PW}", "s3cret")


def test_absolute_paths_stay(write: Write) -> None:
    text = LEAST.replace("sqlite:///connector.db", "sqlite:////var/lib/bms.db")
    text = text.replace("path: inbox", "path: /srv/inbox")

    config = load_config(write(text), environment=PASSWORD)

    assert config.state == "sqlite:////var/lib/bms.db"
    assert config.sources[0].path == Path("/srv/inbox")


def test_ten_errors_are_ten_problems_at_once(write: Write) -> None:
    text = """\
timezone: America/New_Yrok
bms:
  base_url: http://api.bms.kaseya.com
  tenant: ""
  username: api@securenetmsp.com
  password: ${BMS_PASSWORD}
  timeot: 10
  calls_per_hour: many
state: mysql://db.example/bms
catch_all: {account: Unmatched Requests, contact: nobody}
sources:
  - {name: drop, type: folder, path: inbox}
  - {name: drop, type: folder, path: ./inbox}
"""

    with pytest.raises(ConfigError) as caught:
        load_config(write(text), environment={})

    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (None, "mappings"),
        (1, "timezone"),
        (3, "bms.base_url"),
        (4, "bms.tenant"),
        (6, "bms.password"),
        (7, "bms.timeot"),
        (8, "bms.calls_per_hour"),
        (9, "state"),
        (10, "catch_all.contact"),
        (13, "sources[1].name"),
        (13, "sources[1].path"),
    ]
    assert "has 11 problems; nothing was started" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("America/New_York", "America/New York", "timezone", "did you mean 'America/New_York'?"),
        ("timezone: A", "timezone: ../A", "timezone", "not a known time zone"),
        ("https://api.bms.kaseya.com", "api.bms.kaseya.com", "bms.base_url", "https://"),
        ("https://api", "https://me:pw@api", "bms.base_url", "nothing else"),
        ("sqlite:///connector.db", "mysql://h/db", "state", "or postgresql://"),
        ("sqlite:///connector.db", "postgres://h/db", "state", "or postgresql://"),
        ("sqlite:///connector.db", "postgresql://db.example", "state", "HOST/DATABASE"),
        ("sqlite:///connector.db", "postgresql:db", "state", "HOST/DATABASE"),
        ("sqlite:///connector.db", "'sqlite:///'", "state", "sqlite:///connector.db"),
        ("sqlite:///connector.db", "'sqlite:///:memory:'", "state", "path of a file"),
        ("sqlite:///connector.db", "connector.db", "state", "sqlite:///connector.db"),
        ("unmatched@securenetmsp.com", "unmatched", "catch_all.contact", "not an e-mail address"),
        ("type: folder", "type: imop", "sources[0].type", "did you mean 'imap'?"),
        ("name: drop", "name: my drop", "sources[0].name", "letters, digits"),
        ("timezone:", "time_zone:", "time_zone", "did you mean 'timezone'?"),
        ("contact:", "kontact:", "catch_all.kontact", "did you mean 'contact'?"),
        ("form: members", "forms: members", "sources[0].forms", "did you mean 'form'?"),
        (
            "form: members",
            "zebra: 1",
            "sources[0].zebra",
            "known here: name, type, acknowledge, receiver, path, form",
        ),
        ("tenant: securenet", "tenant:", "bms.tenant", "must be text, not empty"),
        ("tenant: securenet", "tenant: [a]", "bms.tenant", "must be text, not a list"),
        ("Unmatched Requests", "[a]", "catch_all.account", "text or a whole number, not a list"),
    ],
)
def test_a_wrong_value_is_one_problem_that_says_what_is_right(
    write: Write, old: str, new: str, key: str, words: str
) -> None:
    assert old in LEAST

    _, problems = read_config(write(LEAST.replace(old, new)), environment=PASSWORD)

    assert [problem.key for problem in problems] == [key]
    assert words in str(problems[0])


@pytest.mark.parametrize("value", ["0", "-1", "3651", "90.5", "never", "'90'", "true", "[90]", ""])
def test_a_time_to_keep_messages_that_is_none_is_one_problem(write: Write, value: str) -> None:
    text = f"{LEAST}retention: {{raw_days: {value}}}\n"

    _, problems = read_config(write(text), environment=PASSWORD)

    assert [problem.key for problem in problems] == ["retention.raw_days"]
    assert "days from 1 to 3650, or forever" in str(problems[0])


@pytest.mark.parametrize(("value", "kept"), [("1", 1), ("3650", 3650), ("forever", None)])
def test_messages_are_kept_for_days_or_for_ever(write: Write, value: str, kept: int | None) -> None:
    config = load_config(write(f"{LEAST}retention: {{raw_days: {value}}}\n"), environment=PASSWORD)

    assert config.retention.raw_kept == (None if kept is None else timedelta(days=kept))


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "[::1]:8080", "127.8.8.8"])
def test_plain_http_is_for_this_machine(write: Write, host: str) -> None:
    text = LEAST.replace("https://api.bms.kaseya.com", f"http://{host}/")

    assert load_config(write(text), environment=PASSWORD).bms.base_url == f"http://{host}"


@pytest.mark.parametrize("host", ["bms.example", "localhost.example", "10.0.0.1", "128.0.0.1"])
def test_plain_http_is_for_no_other(write: Write, host: str) -> None:
    text = LEAST.replace("https://api.bms.kaseya.com", f"http://{host}")

    _, problems = read_config(write(text), environment=PASSWORD)

    assert [problem.key for problem in problems] == ["bms.base_url"]


def test_a_missing_key_says_where_it_belongs(write: Write) -> None:
    text = LEAST.replace("  tenant: securenet\n", "").replace("state: sqlite", "#")

    _, problems = read_config(write(text), environment=PASSWORD)

    assert {str(problem).split(": ", 1)[1] for problem in problems} == {
        "state: is missing — add 'state: …' at the top level of the file",
        "bms.tenant: is missing — add 'tenant: …' under 'bms'",
    }


def test_no_source_at_all_is_a_problem(write: Write) -> None:
    text = LEAST[: LEAST.index("sources:")] + "sources: []\n"

    _, problems = read_config(write(text), environment=PASSWORD)

    assert [str(problem).split(": ", 1)[1] for problem in problems] == [
        "sources: must have at least 1 of them"
    ]


def test_without_a_config_file_init_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml")

    assert "bms-connector init" in caught.value.problems[0].remedy


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-01", date(2026, 11, 1)),
        ("2026-11-01T09:30", datetime(2026, 11, 1, 9, 30)),  # noqa: DTZ001 - local, as written
        ("2026-11-01T09:30:00Z", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_write_back_reaches_back_to_a_date_or_a_moment(
    write: Write, written: str, expected: object
) -> None:
    config = load_config(write(f"{LEAST}sla:\n  since: {written}\n"), environment=PASSWORD)
    assert config.sla.since == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("since: yesterday", "'yesterday' is neither a date nor an ISO 8601 time"),
        ("existing_due_date: overwrite", "existing_due_date"),
        ("full_sweep: 0", "full_sweep"),
        ("scope: {queues: [Help Desk]}", "queues"),
    ],
)
def test_a_mistake_in_the_section_sla_is_told(write: Write, line: str, says: str) -> None:
    _, problems = read_config(write(f"{LEAST}sla:\n  {line}\n"), environment=PASSWORD)
    assert any(says in str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("timeout", "lease", "words"),
    [(30, 59, "60"), (60, 120, "more than 120"), (30, 4000, "3600")],
)
def test_a_lease_outlasts_any_call(write: Write, timeout: int, lease: int, words: str) -> None:
    text = LEAST.replace("mappings: mappings", f"lease_seconds: {lease}\nmappings: mappings")
    text = text.replace("  tenant:", f"  timeout: {timeout}\n  tenant:")

    with pytest.raises(ConfigError) as caught:
        load_config(write(text), environment=PASSWORD)

    (problem,) = caught.value.problems
    assert problem.key == "lease_seconds"
    assert words in str(problem)
