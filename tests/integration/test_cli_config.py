"""`init`, `check` and `mappings test`, from the command line to its exit code."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.edits import replace_in
from support.workplace import Ran

from connector.cli import main
from connector.config.load import load_config
from connector.mapping.load import load_mappings

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, run in a folder of its own, the password set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BMS_PASSWORD", "correct horse")
    monkeypatch.delenv("BMS_CONNECTOR_CONFIG", raising=False)

    def call(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["bms-connector", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        return Ran(int(end.value.code or 0), shown.out, shown.err)

    return call


def test_check_warns_of_access_that_nobody_would_approve(run: Run, tmp_path: Path) -> None:
    run("init")
    rules = tmp_path / "mappings" / "templates.yaml"
    rules.write_text(
        "".join(
            line
            for line in rules.read_text(encoding="utf-8").splitlines(keepends=True)
            if not line.lstrip().startswith("approval:")
        ),
        encoding="utf-8",
    )
    replace_in(tmp_path / "config.yaml", "\n  url:  ", "\n  url: https://approvals.example #")

    checked = run("check")

    assert checked.code == 0
    assert "no rule says `approval: login`" in checked.err
    assert "approvals.url: links to approve by are mailed" in checked.err


# --- init ------------------------------------------------------------------------------------


def test_init_writes_what_check_accepts(run: Run, tmp_path: Path) -> None:
    made = run("init")

    assert made.code == 0
    assert "wrote config.yaml" in made.out
    assert "bms-connector check" in made.err
    assert load_config(tmp_path / "config.yaml").sources[0].path.is_dir()
    assert load_mappings(tmp_path / "mappings").forms["members"]
    checked = run("check")
    assert (checked.code, checked.err) == (0, "")


def test_init_overwrites_nothing_and_names_what_it_left(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine")
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "clients.yaml").write_text("mine too")

    made = run("init")

    assert made.code == 0
    assert (tmp_path / "config.yaml").read_text() == "mine"
    assert (tmp_path / "mappings" / "clients.yaml").read_text() == "mine too"
    assert "left  config.yaml" in made.out
    assert "left  mappings/clients.yaml" in made.out
    assert "wrote mappings/templates.yaml" in made.out


def test_init_twice_writes_nothing_the_second_time(run: Run) -> None:
    run("init")

    again = run("init")

    assert again.code == 0
    assert "wrote" not in again.out


def test_init_leaves_a_link_that_leads_nowhere_as_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    run("init")

    assert not (tmp_path / "elsewhere.yaml").exists()


def test_init_in_another_folder_tells_how_to_use_it(run: Run, tmp_path: Path) -> None:
    made = run("init", "new/desk")

    assert made.code == 0
    assert (tmp_path / "new" / "desk" / "inbox").is_dir()
    assert "--config new/desk/config.yaml check" in made.err
    assert run("--config", "new/desk/config.yaml", "check").code == 0


def test_init_where_nothing_can_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    made = run("init", "file")

    assert made.code == 2
    assert "cannot write" in made.err


# --- check -----------------------------------------------------------------------------------


def test_check_lists_every_error_of_all_files_at_once(run: Run, tmp_path: Path) -> None:
    run("init")
    replace_in(tmp_path / "config.yaml", "timeout: 30", "timeot: 30")
    replace_in(tmp_path / "config.yaml", "America/New_York", "America/Miami")
    replace_in(tmp_path / "mappings" / "priorities.yaml", "Normal: Medium", "Normal: Low")
    replace_in(tmp_path / "mappings" / "clients.yaml", "harbordental.example", "gmail.com")
    replace_in(tmp_path / "mappings" / "sla.yaml", "- Labor Day", "- Labour Day")

    checked = run("check")

    lines = checked.err.splitlines()
    assert checked.code == 2
    assert checked.out == ""
    assert [line.split(": ")[1] for line in lines[:-1]] == [
        "timezone",
        "bms.timeot",
        "priorities.Normal",
        "clients[0].domains[0]",
        "holidays.names[6]",
    ]
    assert lines[1].startswith("config.yaml:")
    assert lines[1].endswith("bms.timeot: is not a known key here — did you mean 'timeout'?")
    assert lines[-1] == "bms-connector: config.yaml has 5 problems; nothing was started"


def test_check_says_it_in_json_too(run: Run, tmp_path: Path) -> None:
    run("init")
    replace_in(tmp_path / "config.yaml", "timeout: 30", "timeout: soon")

    checked = run("check", "--json")

    told = json.loads(checked.out)
    assert checked.code == 2
    assert told["ok"] is False
    [problem] = told["problems"]
    assert (problem["file"], problem["key"]) == ("config.yaml", "bms.timeout")
    assert problem["message"] == "must be a number, not text"


def test_check_in_json_when_all_is_well(run: Run) -> None:
    run("init")

    told = json.loads(run("check", "--json").out)

    assert told["ok"] is True
    assert told["problems"] == told["warnings"] == []
    assert told["checked"]


def test_check_without_a_config_leads_to_init(run: Run) -> None:
    checked = run("check")

    assert checked.code == 2
    assert "no config.yaml here" in checked.err
    assert "bms-connector init" in checked.err


def test_check_names_a_config_file_that_is_not_there(run: Run) -> None:
    checked = run("--config", "/nowhere/bms.yaml", "check")

    assert checked.code == 2
    assert "there is no file /nowhere/bms.yaml" in checked.err


def test_check_finds_a_form_that_no_file_maps(run: Run, tmp_path: Path) -> None:
    run("init")
    replace_in(tmp_path / "config.yaml", "form: members", "form: member")

    checked = run("check")

    assert checked.code == 2
    assert "sources[0].form: there is no file forms/member.yaml" in checked.err
    assert "did you mean 'members'?" in checked.err


def test_check_warns_of_what_stops_nothing(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "inbox").rmdir()
    replace_in(
        tmp_path / "mappings" / "templates.yaml",
        "match: {words: [printer,",
        "match: {sources: [dorp], words: [printer,",
    )

    checked = run("check")

    assert checked.code == 0
    warnings = checked.err.splitlines()
    assert [line.startswith("warning: ") for line in warnings] == [True] * 3
    assert "there is no folder inbox" in warnings[0]
    assert "source 'dorp', which is not configured" in warnings[1]
    assert "examples do not come to what they expect" in warnings[2]


def test_check_never_shows_a_secret(run: Run, tmp_path: Path) -> None:
    run("init")
    replace_in(tmp_path / "config.yaml", "timezone: America/New_York", "timezone: ${BMS_PASSWORD}")

    checked = run("check", "--json")

    assert checked.code == 2
    assert "correct horse" not in checked.out + checked.err


# --- mappings test ---------------------------------------------------------------------------


def test_the_examples_of_the_samples_all_come_out(run: Run) -> None:
    tried = run("mappings", "test")

    assert tried.code == 0, tried.err
    assert "templates.yaml: " in tried.out
    assert "forms/members.yaml: " in tried.out
    assert "trying the samples" in tried.err


def test_an_example_that_fails_says_what_it_expected_and_got(run: Run, tmp_path: Path) -> None:
    run("init")
    replace_in(
        tmp_path / "mappings" / "clients.yaml",
        "dispatch@biscaynefreight.example, expect_account: Biscayne Freight",
        "dispatch@biscaynefreight.example, expect_account: Palmetto Legal LLP",
    )

    tried = run("mappings", "test")

    assert tried.code == 1
    [line] = tried.err.splitlines()
    assert line.startswith("clients.yaml: examples[3]")
    assert "Biscayne Freight" in line
    assert "Palmetto Legal LLP" in line
    assert "clients.yaml: 7 examples, 1 failed" in tried.out


def test_examples_in_json(run: Run) -> None:
    told: list[dict[str, Any]] = json.loads(run("mappings", "test", "--json").out)["examples"]

    assert {"file", "index", "title", "ok", "message"} == set(told[0])
    assert {"priorities.yaml", "templates.yaml", "clients.yaml", "sla.yaml"} <= {
        example["file"] for example in told
    }


def test_mappings_here_are_tried_without_a_config(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "config.yaml").unlink()
    replace_in(tmp_path / "mappings" / "priorities.yaml", "[urgent,", "[asap,")

    tried = run("mappings", "test")

    assert tried.code == 1
    assert "trying mappings here" in tried.err


def test_trying_mappings_needs_no_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init")
    monkeypatch.delenv("BMS_PASSWORD")

    assert run("mappings", "test").code == 0


def test_mappings_that_are_wrong_are_not_tried(run: Run, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "mappings" / "sla.yaml").unlink()

    tried = run("mappings", "test")

    assert tried.code == 2
    assert "mappings/sla.yaml: is missing" in tried.err
