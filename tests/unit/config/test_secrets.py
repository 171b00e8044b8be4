"""References in config.yaml, what they stand for, and that no secret is ever shown."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from support.config_files import LEAST, PASSWORD, Write

from connector.config.load import load_config, read_config
from connector.config.models import Config
from connector.errors import ConfigError


@pytest.mark.parametrize("password", ["sun@rise", "sun/rise", "sun?rise", "sun#rise", "sun rise"])
def test_a_password_that_would_be_read_as_a_host_is_refused_untold(
    write: Write, password: str
) -> None:
    text = LEAST.replace("sqlite:///connector.db", "postgresql://bms:${PW}@db.example/connector")

    with pytest.raises(ConfigError) as caught:
        load_config(write(text), environment={**PASSWORD, "PW": password})

    (problem,) = caught.value.problems
    assert problem.key == "state"
    assert "%40 for @" in str(problem)
    assert "rise" not in str(problem)


def test_the_settings_show_no_password(write: Write) -> None:
    config = load_config(write(LEAST), environment=PASSWORD)

    assert "correct horse" not in repr(config)
    assert "correct horse" not in config.model_dump_json()


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("${TENANT}", "acme"),
        ("msp-${TENANT}-${REGION}", "msp-acme-us"),
        ("${file:tenant.txt}", "from a file"),
        ("$${TENANT}", "${TENANT}"),
        ("$TENANT", "$TENANT"),
        ("a$$b", "a$$b"),
        ("$$${TENANT}", "$${TENANT}"),
    ],
)
def test_references_stand_for_their_values(
    write: Write, tmp_path: Path, written: str, becomes: str
) -> None:
    (tmp_path / "tenant.txt").write_text("from a file\n")
    environment = {**PASSWORD, "TENANT": "acme", "REGION": "us"}

    config = load_config(
        write(LEAST.replace("tenant: securenet", f"tenant: '{written}'")), environment=environment
    )

    assert config.bms.tenant == becomes


def test_only_the_last_line_end_of_a_secret_file_is_left_out(write: Write, tmp_path: Path) -> None:
    (tmp_path / "pw").write_bytes(b" a b \n\r\n")
    text = LEAST.replace("${BMS_PASSWORD}", "${file:pw}")

    config = load_config(write(text), environment={})

    assert config.bms.password.get_secret_value() == " a b \n"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("${NO_SUCH}", "NO_SUCH is not set"),
        ("${EMPTY}", "EMPTY is empty"),
        ("${file:absent}", "there is no file"),
        ("${file:latin}", "not UTF-8"),
        ("${file:.}", "cannot be read"),
        ("${file:blank}", "is empty"),
        ("${my-secret}", "not a reference"),
        ("${BMS_PASSWORD", "not a reference"),
        ("${}", "not a reference"),
        ("${file:}", "not a reference"),
    ],
)
def test_a_reference_that_leads_nowhere_is_one_problem_of_its_key(
    write: Write, tmp_path: Path, reference: str, words: str
) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    (tmp_path / "blank").write_bytes(b"\n")
    text = LEAST.replace("${BMS_PASSWORD}", f'"{reference}"')

    _, problems = read_config(write(text), environment={**PASSWORD, "EMPTY": ""})

    assert [(problem.key, problem.line) for problem in problems] == [("bms.password", 6)]
    assert words in problems[0].message
    assert problems[0].remedy


def test_a_missing_secret_matters_only_to_those_who_sign_in(write: Write) -> None:
    config = load_config(write(LEAST), environment={}, require_secrets=False)

    assert config.zone.key == "America/New_York"


def test_what_a_reference_stands_for_is_in_no_message(write: Write, tmp_path: Path) -> None:
    text = "\n".join(
        [
            "timezone: ${S}",
            "bms: {base_url: '${S}', tenant: '', username: 5, password: '${S}', timeout: '${S}'}",
            "state: ${S}",
            "mappings: mappings",
            "catch_all: {account: ['${S}'], contact: '${S}'}",
            "sources: [{name: '${S}', type: '${S}', path: inbox}]",
        ]
    )
    secret = "s3cr3t word"

    with pytest.raises(ConfigError) as caught:
        load_config(write(text), environment={"S": secret})

    keys = {problem.key for problem in caught.value.problems}
    assert {"timezone", "catch_all.contact", "sources[0].name", "sources[0].type"} <= keys
    assert "'${S}' is not a known time zone" in str(caught.value.problems[0])
    told = "\n".join(map(str, [*caught.value.problems, caught.value, repr(caught.value)]))
    assert secret not in told
    assert caught.value.__cause__ is None


def test_a_password_in_the_file_is_in_no_message_either(write: Write) -> None:
    _, problems = read_config(write(LEAST.replace("${BMS_PASSWORD}", "90210")), environment={})

    assert [problem.message for problem in problems] == ["must be text, not a number"]
    assert "90210" not in str(problems[0])
    assert problems[0].remedy == "put it in quotes"


def test_a_reference_that_leads_nowhere_is_the_only_problem_of_its_key(write: Write) -> None:
    text = LEAST.replace("America/New_York", "${NO_SUCH}")

    _, problems = read_config(write(text), environment=PASSWORD)

    assert [problem.message for problem in problems] == [
        "the environment variable NO_SUCH is not set"
    ]


def test_not_even_the_error_of_the_models_shows_a_password() -> None:
    with pytest.raises(ValidationError) as caught:
        Config.model_validate({"bms": {"password": ["correct horse"]}})

    assert "correct horse" not in str(caught.value)
