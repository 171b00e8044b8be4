"""Named holidays: the dates that the `holidays` library gives, observed days included."""

import subprocess
import sys
from datetime import date

import pytest
from support.sla_policies import policy, shipped_with

from connector.errors import ConfigError
from connector.sla.holiday_dates import UnknownCountry, dates_of, unknown_names
from connector.sla.policy import SlaFile, holiday_problems


def test_the_shipped_file_lists_the_federal_holidays_of_2026() -> None:
    assert list(policy().calendar.holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 7, 4),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_a_holiday_on_a_weekend_is_also_kept_on_the_weekday_beside_it() -> None:
    days = dates_of("US", ["Independence Day"], 2027, observed=True)
    assert days == {
        date(2027, 7, 4): "Independence Day",
        date(2027, 7, 5): "Independence Day (observed)",
    }


def test_new_year_on_a_saturday_is_observed_in_the_year_before() -> None:
    assert date(2027, 12, 31) in dates_of("US", ["New Year's Day"], 2027, observed=True)
    assert list(dates_of("US", ["New Year's Day"], 2028, observed=True)) == [date(2028, 1, 1)]


def test_without_observed_days_only_the_day_itself_is_a_holiday() -> None:
    assert list(dates_of("US", ["Independence Day"], 2026, observed=False)) == [date(2026, 7, 4)]


def test_a_holiday_that_is_not_listed_is_a_usual_day() -> None:
    days = dates_of("US", ["Labor Day"], 2026, observed=True)
    assert list(days) == [date(2026, 9, 7)]


def test_a_known_holiday_may_be_absent_from_a_year() -> None:
    assert dates_of("US", ["Juneteenth National Independence Day"], 2019, observed=True) == {}


def test_the_language_of_the_environment_does_not_rename_holidays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "th")
    assert unknown_names("US", ["Labor Day"]) == {}
    assert list(dates_of("US", ["Labor Day"], 2026, observed=True)) == [date(2026, 9, 7)]


def test_an_unknown_name_is_a_problem_at_its_key_with_the_nearest_name() -> None:
    file = SlaFile.model_validate(
        shipped_with({"holidays.names": ["Labor Day", "Thanksgiving", "Qqq"]})
    )
    assert holiday_problems(file) == [
        (
            ("holidays", "names", 1),
            "the holidays library knows no holiday 'Thanksgiving' in US;"
            " did you mean 'Thanksgiving Day'?",
        ),
        (("holidays", "names", 2), "the holidays library knows no holiday 'Qqq' in US"),
    ]


def test_an_unknown_country_is_a_problem_at_its_key() -> None:
    file = SlaFile.model_validate(shipped_with({"holidays.country": "usa2"}))
    [(path, message)] = holiday_problems(file)
    assert path == ("holidays", "country")
    assert "knows no country 'usa2'; did you mean USA?" in message


def test_a_country_like_none_there_is_comes_without_a_guess_but_with_what_to_do() -> None:
    with pytest.raises(UnknownCountry) as refused:
        unknown_names("0", [])
    assert refused.value.message == "the holidays library knows no country '0'"
    assert "two letters (ISO 3166) under holidays in sla.yaml" in refused.value.remedy


def test_without_a_country_there_is_nothing_to_look_up() -> None:
    own = {"dates": [{"date": "2026-11-27", "name": "Day after Thanksgiving"}]}
    rules = policy({"holidays": own})
    assert holiday_problems(rules.file) == []
    assert rules.calendar.holidays(2026) == {date(2026, 11, 27): "Day after Thanksgiving"}


def test_reckoning_with_an_unknown_name_is_an_error_not_a_missing_holiday() -> None:
    rules = policy({"holidays.names": ["Labour Day"]})
    with pytest.raises(
        ConfigError, match="knows no holiday 'Labour Day' in US; did you mean 'Lab"
    ) as e:
        rules.calendar.holidays(2026)
    assert "under holidays in sla.yaml" in e.value.remedy


def test_a_name_like_none_there_is_comes_without_a_guess() -> None:
    assert unknown_names("US", ["Qqq"]) == {"Qqq": ""}


def test_a_day_on_which_a_holiday_is_observed_has_no_name_of_its_own() -> None:
    assert unknown_names("US", ["Independence Day (observed)"]) == {
        "Independence Day (observed)": "Independence Day"
    }


def test_importing_the_sla_does_not_import_the_holidays_library() -> None:
    code = (
        "import sys, connector.sla.targets, connector.sla.policy\n"
        "sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
