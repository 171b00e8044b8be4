"""`bms-connector sla`: due dates for a moment, and the calendar, as people and scripts call it."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector.cli import main

SHIPPED_MAPPINGS = Path(__file__).parents[2] / "mappings"

CONFIG = """\
timezone: {timezone}
bms:
  base_url: https://api.bms.example
  tenant: tenant
  username: api@msp.example
  password: ${{NOT_SET_ANYWHERE}}
state: sqlite:///connector.db
mappings: mappings
catch_all: {{account: Unmatched, contact: unmatched@msp.example}}
sources:
  - {{name: drop, type: folder, path: inbox}}
"""


@dataclass(frozen=True)
class Result:
    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Sla = Callable[..., Result]


@pytest.fixture
def sla(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sla:
    """Call `bms-connector sla ...` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BMS_CONNECTOR_CONFIG", raising=False)

    def call(*arguments: str, config: str | None = None) -> Result:
        options = ["--config", config] if config else []
        monkeypatch.setattr(sys, "argv", ["bms-connector", *options, "sla", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Result(int(ended.value.code or 0), printed.out, printed.err)

    return call


def configure(folder: Path, timezone: str) -> Path:
    """Write a configuration with the shipped mappings; return the place of its `sla.yaml`."""
    (folder / "config.yaml").write_text(CONFIG.format(timezone=timezone))
    shutil.copytree(SHIPPED_MAPPINGS, folder / "mappings")
    return folder / "mappings" / "sla.yaml"


def test_explain_as_json_is_the_documented_object(sla: Sla) -> None:
    result = sla("explain", "--received", "2026-11-23T17:30", "--json")
    assert result.exit_code == 0
    printed = result.json
    steps = printed.pop("steps")
    assert steps[0].startswith("Received Monday 23 November 2026 at 17:30, in business hours")
    assert printed == {
        "received": "2026-11-23T17:30:00-05:00",
        "class": "normal",
        "window": "business_hours",
        "remote_response_due": "2026-11-24T08:30:00-05:00",
        "onsite_response_due": "2026-11-24T14:30:00-05:00",
        "resolution_due": "2026-11-28T17:30:00-05:00",
        "due_date": "2026-11-28T17:30:00-05:00",
    }


def test_explain_for_people_prints_the_steps(sla: Sla) -> None:
    result = sla("explain", "--received", "2026-11-20T17:30")
    assert result.exit_code == 0
    assert "due Saturday 21 November 2026 at 10:30." in result.out
    assert (
        result.out.splitlines()
        == (sla("explain", "--received", "2026-11-20T17:30", "--json").json["steps"])
    )


def test_without_configuration_the_sample_is_used_and_said_so(sla: Sla) -> None:
    result = sla("explain", "--received", "2026-11-23T17:30", "--json")
    assert result.err == (
        "There is no config.yaml here: using the sample sla.yaml in America/New_York.\n"
    )


def test_an_iso_time_with_offset_is_that_moment(sla: Sla) -> None:
    result = sla("explain", "--received", "2026-11-23T22:30:00Z", "--json")
    assert result.json["received"] == "2026-11-23T17:30:00-05:00"


@pytest.mark.parametrize(
    ("received", "moment"),
    [
        ("2026-03-08T02:30", "2026-03-08T03:00:00-04:00"),
        ("2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),
    ],
    ids=["in the gap", "in the repeated hour"],
)
def test_a_local_time_of_a_clock_change_is_the_first_that_fits(
    sla: Sla, received: str, moment: str
) -> None:
    assert sla("explain", "--received", received, "--json").json["received"] == moment


@pytest.mark.parametrize("options", [["--priority", "CRITICAL"], ["--emergency"]])
def test_an_emergency_has_emergency_times_and_no_resolution(sla: Sla, options: list[str]) -> None:
    result = sla("explain", "--received", "2026-11-23T17:30", *options, "--json")
    assert result.json["class"] == "emergency"
    assert result.json["remote_response_due"] == "2026-11-23T17:45:00-05:00"
    assert result.json["resolution_due"] is None
    assert result.json["due_date"] == "2026-11-23T18:45:00-05:00"


@pytest.mark.parametrize(
    ("desired", "resolution"),
    [
        ("2026-11-28", "2026-11-28T17:00:00-05:00"),
        ("2026-11-25T09:00", "2026-11-25T09:00:00-05:00"),
        ("2026-11-25T09:00Z", "2026-11-25T04:00:00-05:00"),
        ("2026-11-01", None),
    ],
    ids=["a date", "a local time", "a time with offset", "a date before receipt"],
)
def test_a_desired_resolution_is_the_resolution(
    sla: Sla, desired: str, resolution: str | None
) -> None:
    result = sla(
        "explain", "--received", "2026-11-23T17:30", "--priority", "high", "--desired", desired,
        "--json",
    )  # fmt: skip
    assert result.json["resolution_due"] == resolution


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--received", "soon"], "--received: 'soon' is not an ISO 8601 time; write it like"),
        (["--received", "2026-11-23"], "--received: '2026-11-23' is a date without a time"),
        (["--received", "9999-12-31T23:59"], "--received: 9999-12-31T23:59:00 is not between"),
        (
            ["--received", "2026-11-23T10:00", "--desired", "Friday"],
            "--desired: 'Friday' is not an ISO 8601 time",
        ),
    ],
)
def test_what_is_no_time_is_a_usage_error_in_one_line(
    sla: Sla, options: list[str], message: str
) -> None:
    result = sla("explain", *options)
    assert result.exit_code == 2
    assert result.out == ""
    [line] = result.err.splitlines()
    assert message in line


@pytest.mark.parametrize(
    "arguments",
    [["explain"], ["explain", "--received", "2026-11-23T10:00", "--priority", "Urgent"]],
)
def test_wrong_usage_is_exit_code_2(sla: Sla, arguments: list[str]) -> None:
    assert sla(*arguments).exit_code == 2


def test_hours_holidays_and_time_zone_are_those_configured(sla: Sla, tmp_path: Path) -> None:
    file = configure(tmp_path, "America/Chicago")
    changed = file.read_text().replace('close: "18:00"', 'close: "16:00"')
    own_day = "dates: [{date: 2026-11-24, name: Company day}]"
    file.write_text(changed.replace("dates: []", own_day, 1))
    result = sla("explain", "--received", "2026-11-23T15:30", "--json")
    assert result.exit_code == 0
    assert result.err == ""
    assert result.json["remote_response_due"] == "2026-11-25T08:30:00-06:00"


def test_a_configuration_that_does_not_exist_is_an_error(sla: Sla) -> None:
    result = sla("explain", "--received", "2026-11-23T15:30", config="nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.err


def test_a_faulty_configuration_is_an_error_not_the_sample(sla: Sla, tmp_path: Path) -> None:
    configure(tmp_path, "Mars/Olympus")
    result = sla("explain", "--received", "2026-11-23T15:30")
    assert result.exit_code == 2
    assert result.out == ""
    assert "config.yaml" in result.err


def test_a_faulty_sla_file_is_an_error_with_its_line(sla: Sla, tmp_path: Path) -> None:
    file = configure(tmp_path, "America/New_York")
    text = file.read_text().replace('close: "18:00"', 'close: "06:00"')
    file.write_text(text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if 'close: "06:00"' in row)
    result = sla("explain", "--received", "2026-11-23T15:30")
    assert result.exit_code == 2
    assert f"sla.yaml:{line}: windows.business_hours.close: the close 06:00 is not" in result.err


def test_an_unknown_holiday_is_an_error_with_the_nearest_name(sla: Sla, tmp_path: Path) -> None:
    file = configure(tmp_path, "America/New_York")
    file.write_text(file.read_text().replace("- Labor Day", "- Labour Day"))
    result = sla("calendar", "2026")
    assert result.exit_code == 2
    assert "no holiday 'Labour Day' in US; did you mean 'Labor Day'?" in result.err


def test_the_calendar_lists_hours_and_holidays_of_a_year(sla: Sla) -> None:
    result = sla("calendar", "2026")
    assert result.exit_code == 0
    lines = result.out.splitlines()
    assert "  business hours  Mon-Fri 07:00-18:00" in lines
    assert "  weekend         Sat, Sun 09:00-17:00" in lines
    assert "  Friday 3 July 2026            Independence Day (observed)" in lines


def test_the_calendar_as_json(sla: Sla, tmp_path: Path) -> None:
    file = configure(tmp_path, "America/New_York")
    part_day = 'part_days: [{date: 2027-12-24, name: Christmas Eve, open: "07:00", close: "12:00"}]'
    file.write_text(file.read_text().replace("part_days: []", part_day))
    printed = sla("calendar", "2027", "--json").json
    assert (printed["year"], printed["timezone"]) == (2027, "America/New_York")
    assert printed["hours"]["weekend"] == {
        "days": ["Sat", "Sun"],
        "open": "09:00",
        "close": "17:00",
    }
    assert {"date": "2027-12-31", "name": "New Year's Day (observed)"} in printed["holidays"]
    assert "2027-12-24" not in [holiday["date"] for holiday in printed["holidays"]]
    assert printed["part_days"] == [
        {"date": "2027-12-24", "name": "Christmas Eve", "open": "07:00", "close": "12:00"}
    ]


def test_the_calendar_is_that_of_the_present_year_by_default(sla: Sla, time_machine: Any) -> None:
    time_machine.move_to("2027-01-01T02:00Z", tick=False)
    assert sla("calendar", "--json").json["year"] == 2026
    time_machine.move_to("2027-01-01T06:00Z", tick=False)
    assert sla("calendar", "--json").json["year"] == 2027
