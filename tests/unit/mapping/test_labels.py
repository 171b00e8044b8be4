import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.processor_time import takes_less_than

from connector.domain.request import Detail
from connector.mapping.label_names import label_key
from connector.mapping.labels import read_labels


def words(text, field):
    detail = getattr(read_labels(text).details, field)
    return detail and detail.words


@pytest.mark.parametrize(
    "line",
    [
        "Affected user: Jane Doe",
        "AFFECTED USER : Jane Doe",
        "affected user:Jane Doe",
        "affected-user: Jane Doe",
        "Affected user - Jane Doe",
        "Affected user \u2013 Jane Doe",
        "Affected user\u2014Jane Doe",
        "Affected user = Jane Doe",
        "Affected user\uff1a Jane Doe",
        "Affected user\tJane Doe",
        "Affected user    Jane Doe",
        "Affected user(s): Jane Doe",
        "The affected user: Jane Doe",
        "* Affected user: Jane Doe",
        "- Affected user: Jane Doe",
        "\u2022 Affected user: Jane Doe",
        "1. Affected user: Jane Doe",
        "a) Affected user: Jane Doe",
        "*Affected user:* Jane Doe",
        "**Affected user**: Jane Doe",
        "Affected user:\nJane Doe",
        "Who is affected? Jane Doe",
        "Usuario afectado: Jane Doe",
        "   Affected user: Jane Doe   ",
    ],
)
def test_a_labelled_line_is_read_in_any_common_shape(line):
    assert words(f"Hello,\n\n{line}\n\nThanks", "affected_user") == "Jane Doe"


@pytest.mark.parametrize(
    ("line", "field", "answer"),
    [
        ("Mobile: 305-555-0101", "mobile", "305-555-0101"),
        ("Cell phone: 305-555-0101", "mobile", "305-555-0101"),
        ("Callback number: 305-555-0101", "mobile", "305-555-0101"),
        ("Phone: (305) 555-0101", "mobile", "(305) 555-0101"),
        ("Móvil: 305 555 0101", "mobile", "305 555 0101"),
        ("When did it start? 10:30 this morning", "started", "10:30 this morning"),
        ("Started: Monday", "started", "Monday"),
        ("Since - yesterday", "started", "yesterday"),
        ("¿Cuándo empezó? ayer", "started", "ayer"),
        ("Remote connection possible: yes", "remote_ok", "yes"),
        ("Is remote connection possible? Yes", "remote_ok", "Yes"),
        ("Remote OK: no", "remote_ok", "no"),
        ("Conexión remota: sí", "remote_ok", "sí"),
        ("First time: yes", "first_time", "yes"),
        ("Is this the first time? no", "first_time", "no"),
        ("Primera vez: no", "first_time", "no"),
        ("Desired resolution: Friday 3pm", "desired_resolution", "Friday 3pm"),
        ("Desired resolution (optional): EOD", "desired_resolution", "EOD"),
        ("Needed by: tomorrow", "desired_resolution", "tomorrow"),
        ("Due date: 11/25", "desired_resolution", "11/25"),
        ("Fecha límite: viernes", "desired_resolution", "viernes"),
    ],
)
def test_each_detail_is_known_by_its_usual_names(line, field, answer):
    assert words(line, field) == answer


@pytest.mark.parametrize(
    ("answer", "value"),
    [("no", "yes"), ("No, never", "yes"), ("yes", "no"), ("Yes, twice", "no"), ("maybe", None),
     ("not sure", None), ("it has never happened before", "yes"), ("no, first time", "yes"),
     ("not the first time", "no"), ("yes, again", "no")],
)  # fmt: skip
def test_happened_before_is_the_opposite_of_first_time(answer, value):
    detail = read_labels(f"Has this happened before? {answer}").details.first_time
    assert detail == Detail(f"happened before: {answer}", value)


def test_who_answers_a_question_with_not_sure_has_answered_it():
    assert read_labels("Remote: not sure").details.remote_ok == Detail("not sure")


@pytest.mark.parametrize(
    "text",
    [
        "Phone: dead since Monday",
        "Remote access: fails with error 720",
        "Requested by: Jane",
        "Start date: 1 December",
        "I started: it broke",
        "the user called us - twice",
        "Affected user:",
        "Affected user: n/a",
        "Affected user: ____",
        "Mobile-first design",
        f"Affected user ({'as we say ' * 10}): Jane",
    ],
)
def test_lines_that_answer_nothing_are_no_details(text):
    details = read_labels(text).details
    assert details == type(details)()


def test_an_unfilled_list_takes_nothing_from_the_prose_below():
    details = read_labels(
        "Affected user:\nMobile:\nWhen did it start:\n\nThe printer jams."
    ).details
    assert details == type(details)()


def test_several_labels_may_share_a_line():
    text = "Affected user: Doe, Jane; Mobile: 305-555-0101 | Started: 9, maybe 10"
    details = read_labels(text).details
    assert details.affected_user == Detail("Doe, Jane")
    assert details.mobile == Detail("305-555-0101")
    assert details.started == Detail("9, maybe 10")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("Started: Monday, since - oh, yesterday", "Monday, since - oh, yesterday"),
        ("Started: *Monday, maybe Tuesday*", "Monday, maybe Tuesday"),
    ],
)
def test_only_a_colon_makes_a_further_label_within_a_line(line, answer):
    assert words(line, "started") == answer


def test_the_guides_own_bullet_holds_user_and_number():
    details = read_labels("Affected user and mobile number: Jane Doe, 305-555-0101").details
    assert details.affected_user == Detail("Jane Doe")
    assert details.mobile == Detail("305-555-0101", "+1 305-555-0101")


def test_the_guides_own_bullet_without_a_number_still_names_the_user():
    details = read_labels("Affected user and mobile number: Jane Doe").details
    assert (details.affected_user, details.mobile) == (Detail("Jane Doe"), None)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Affected user(s)", "affected user"),
        ("Affected user (or users) and mobile", "affected user and mobile"),
        ("Mobile (work (or own)) number", "mobile number"),
        ("Mobile) number", "mobile number"),
        ("Mobile (work", "mobile"),
        ("The Móvil / best-number*", "movil best number"),
    ],
)
def test_a_label_is_known_without_what_stands_in_brackets(label, key):
    assert label_key(label) == key


def test_the_first_answer_wins():
    assert words("Affected user: Jane\nAffected user: Bob", "affected_user") == "Jane"


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("Priority: High", "High"),
        ("*PRIORITY* = low", "low"),
        ("Prioridad: High", "High"),
        ("Priority:\nHigh", "High"),
        ("> Priority: High", None),
        ("On Mon, Nov 2, Jane wrote:\nPriority: High", None),
        ("-- \nPriority: High", None),
        ("This has priority: none", None),
        ("X-Priority: 1", None),
    ],
)
def test_priority_is_read_from_a_line_of_the_new_text_only(text, priority):
    assert read_labels(text).priority == priority


def test_a_very_long_answer_is_cut():
    answer = words(f"Started: {'long ' * 1000}", "started")
    assert len(answer) == 500
    assert answer.endswith("…")


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_read_and_comes_out_the_same_twice(text):
    assert read_labels(text) == read_labels(text)


@pytest.mark.parametrize(
    "text",
    [
        ", " * 50_000,
        "Mobile: " * 12_000,
        "Mobile: 1\n" * 10_000,
        "-" * 100_000,
        "Phone: " + "1" * 100_000,
        "(" * 100_000 + ":",
        "Affected user:\n" * 6_600,
        "Mobile: " + "(3" * 50_000,
    ],
)
def test_a_hostile_text_is_read_in_a_moment(text):
    read_labels("Phone: 305-555-0101")  # the phone library is loaded
    with takes_less_than(1):
        read_labels(text)
