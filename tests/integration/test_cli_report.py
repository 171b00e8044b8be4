"""`bms-connector report` as people and scripts call it, at a desk whose BMS is out of reach."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.ledger_samples import identified, stamp, take

from connector.cli import main
from connector.domain.request import Outcome
from connector.ledger.store import open_ledger
from connector.samples import mappings_dir

CONFIG = f"""\
timezone: America/New_York
bms:
  base_url: http://127.0.0.1:9
  tenant: tenant
  username: api@msp.example
  password: ${{REPORT_PASSWORD}}
state: sqlite:///connector.db
mappings: {mappings_dir()}
catch_all: {{account: Unmatched, contact: unmatched@msp.example}}
sources:
  - {{name: drop, type: folder, path: inbox}}
"""
DATES = ("--from", "2026-03-01", "--to", "2026-03-03")
RECEIVED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    exit_code: int
    out: str
    err: str


Report = Callable[..., Result]


@pytest.fixture
def report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Report:
    """Call `bms-connector report ...` where one request is parked, without BMS's password."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REPORT_PASSWORD", raising=False)
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    with open_ledger(f"sqlite:///{tmp_path / 'connector.db'}", create=True) as ledger:
        take(ledger, identified(ledger, "a", received_at=RECEIVED))
        ledger.settle("a", Outcome.PARKED, reason="no pat@client.example", remedy="", stamp=stamp())

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["bms-connector", "report", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Result(int(ended.value.code or 0), printed.out, printed.err)

    return call


def test_without_a_file_it_prints_tables_and_says_what_is_missing(report: Report) -> None:
    done = report(*DATES)
    assert done.exit_code == 1
    assert "Report, 1 Mar 2026 to 3 Mar 2026" in done.out
    assert "parked   1         100 %" in done.out
    assert done.err.startswith("the SLA could not be judged: bms.password")


def test_json_is_one_value_on_stdout(report: Report) -> None:
    value: dict[str, Any] = json.loads(report(*DATES, "--json").out)
    assert (value["from"], value["to"], value["received"]) == ("2026-03-01", "2026-03-03", 1)
    assert [each["parked"] for each in value["by_day"]] == [0, 1, 0]
    assert value["parked_reasons"] == {"no …": 1}
    assert value["sla"]["judged"] is False


def test_a_page_holds_no_address_and_no_subject(report: Report, tmp_path: Path) -> None:
    done = report(*DATES, "-o", "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert done.out == ""
    assert page.startswith("<!doctype html>")
    assert "no …" in page
    assert "client.example" not in page
    assert "About a" not in page


def test_a_page_takes_the_place_of_an_older_one_and_leaves_nothing_else(
    report: Report, tmp_path: Path
) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    report(*DATES, "-o", "report.html")
    assert "old" not in (tmp_path / "report.html").read_text(encoding="utf-8")[:10]
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_failure_half_way_leaves_the_older_page(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    before = {path.name for path in tmp_path.iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    done = report(*DATES, "-o", "report.html")
    assert done.exit_code == 2
    assert "report.html cannot be written: No space left on device" in done.err
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "2026-03-02", "--to", "2026-03-01"), "before it begins"),
        (("--from", "yesterday"), "--from 'yesterday' is not a date"),
        (("--to", "2026-13-01"), "--to '2026-13-01' is not a date"),
        (("--from", "2999-01-01"), "cannot be reported on"),
        (("-o", "nowhere/report.html"), "nowhere/report.html cannot be written"),
        (("-o", "."), "no file that can be replaced"),
        (("-o", "/dev/null"), "no file that can be replaced"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    report: Report, arguments: tuple[str, ...], says: str
) -> None:
    done = report(*arguments)
    assert done.exit_code == 2
    assert says in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_a_ledger_that_is_not_there_is_an_empty_one_and_is_not_made(
    report: Report, tmp_path: Path
) -> None:
    for path in tmp_path.glob("connector.db*"):
        path.unlink()
    assert "Nothing was received in this period" in report(*DATES).out
    assert list(tmp_path.glob("connector.db*")) == []
