from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.request import Detail, Details
from connector.mapping.answers import read_first_time, read_yes_no
from connector.mapping.details import answer, merge_details, normalise_details
from connector.mapping.open_days import PlainDays
from connector.mapping.phones import find_phone, normalise_phone

RECEIVED = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/New_York"))


class ThanksgivingOff(PlainDays):
    """A calendar with one holiday."""

    def holiday_on(self, day):
        return "Thanksgiving" if day == date(2026, 11, 26) else None


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("305-555-0101", "+1 305-555-0101"),
        ("(305) 555.0101", "+1 305-555-0101"),
        ("3055550101", "+1 305-555-0101"),
        ("1 305 555 0101", "+1 305-555-0101"),
        ("my cell 305 555 0101 after 5", "+1 305-555-0101"),
        ("305-555-0101 ext 4", "+1 305-555-0101 ext. 4"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("205-155-0101", "+1 205-155-0101"),
        ("+299 32 12 34", "+299 32 12 34"),
        ("555-0101", None),
        ("ask the desk", None),
        ("", None),
    ],
)
def test_phone_numbers_become_readable_with_their_country(words, number):
    assert normalise_phone(words) == number


def test_a_found_phone_number_keeps_what_was_written():
    assert find_phone("Jane (305) 555-0101") == ("(305) 555-0101", "+1 305-555-0101")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("yes", True),
        ("Y", True),
        ("Yes, after 5", True),
        ("sure!", True),
        ("no problem", True),
        ("of course", True),
        ("not a problem", True),
        ("... yes", True),
        ("true", True),
        ("Sí", True),
        ("possible", True),
        ("no", False),
        ("No, the line is down", False),
        ("not possible", False),
        ("can't", False),
        ("isn\u2019t possible", False),
        ("false", False),
        ("maybe", None),
        ("", None),
        ("nobody knows", None),
        ("not sure", None),
        ("I'm not sure", None),
        ("no idea, ask Jane", None),
        ("no sé", None),
        ("no sé si se puede", None),
        ("no sé, quizás", None),
        ("not really sure", None),
        ("not 100% sure", None),
        ("I don't know", None),
        ("no estoy segura", None),
        ("no tengo idea", None),
        ("n/a", None),
        ("no se puede", False),
        ("of course not", False),
        ("absolutely not", False),
        ("por supuesto que no", False),
        ("claro que no", False),
        ("of course, not a problem", True),
        ("sure, not a problem", True),
        ("no. Problem is the firewall", False),
    ],
)
def test_yes_and_no_are_read_from_the_first_words(words, answer):
    assert read_yes_no(words) is answer


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("yes", True),
        ("first time", True),
        ("never happened before", True),
        ("never before", True),
        ("It has never happened before", True),
        ("this has not happened before", True),
        ("hasn't happened before", True),
        ("nunca antes", True),
        ("nunca había pasado", True),
        ("not sure if it happened before", None),
        ("no idea whether it is the first time", None),
        ("es la primera vez", True),
        ("no", False),
        ("no, second time", False),
        ("it happened before", False),
        ("not the first time", False),
        ("it isn't the first time", False),
        ("this is not my first time", False),
        ("no es la primera vez", False),
        ("esta no fue la primera vez", False),
        ("this is not at all the first time", False),
        ("It does not work. First time I see it", True),
        ("It won't print, first time", True),
        ("never seen this before", True),
        ("nunca me había pasado", True),
        ("no ha pasado antes", True),
        ("happened once, never happened again", False),
        ("It never happened to others, but it's the third time for me", False),
        ("don't know", None),
        ("perhaps", None),
    ],
)
def test_first_time_is_read_from_an_answer_or_from_words(words, answer):
    assert read_first_time(words) is answer


def test_every_detail_is_normalised_and_its_words_are_kept():
    details = Details(
        affected_user=Detail("  Jane\n Doe "),
        mobile=Detail("305.555.0101"),
        started=Detail("yesterday 3pm"),
        remote_ok=Detail("Yep"),
        first_time=Detail("not the first time"),
        desired_resolution=Detail("by Friday 3pm"),
    )
    assert normalise_details(details, RECEIVED) == Details(
        affected_user=Detail("Jane Doe"),
        mobile=Detail("305.555.0101", "+1 305-555-0101"),
        started=Detail("yesterday 3pm", "2026-11-22T15:00:00-05:00"),
        remote_ok=Detail("Yep", "yes"),
        first_time=Detail("not the first time", "no"),
        desired_resolution=Detail("by Friday 3pm", "2026-11-27T15:00:00-05:00"),
    )


def test_the_desired_day_is_read_by_the_help_desks_calendar():
    received = datetime(2026, 11, 25, 9, tzinfo=RECEIVED.tzinfo)
    details = Details(desired_resolution=Detail("1 business day"))
    read = normalise_details(details, received, ThanksgivingOff(RECEIVED.tzinfo))
    assert read.desired_resolution == Detail("1 business day", "2026-11-27")


def test_a_very_long_answer_is_cut_at_500_characters_and_shows_it():
    assert answer("x" * 500) == "x" * 500
    assert answer("x" * 501) == "x" * 499 + "…"


@pytest.mark.parametrize("words", ["", "  ", "n/a", "N/A", "-", "???", "TBD"])
def test_an_answer_that_says_nothing_is_dropped(words):
    assert normalise_details(Details(mobile=Detail(words)), RECEIVED) == Details()


def test_a_value_that_is_there_already_is_kept():
    details = Details(first_time=Detail("happened before: no", "yes"))
    assert normalise_details(details, RECEIVED) == details


def test_merging_fills_gaps_only():
    first = Details(mobile=Detail("1"), started=None)
    second = Details(mobile=Detail("2"), started=Detail("now"))
    assert merge_details(first, second) == Details(mobile=Detail("1"), started=Detail("now"))


@given(st.text(max_size=120))
@settings(max_examples=100, deadline=None)
def test_normalising_twice_changes_nothing(words):
    details = Details(*(Detail(words) for _ in range(6)))
    once = normalise_details(details, RECEIVED)
    assert normalise_details(once, RECEIVED) == once
