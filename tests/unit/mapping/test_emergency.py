import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.processor_time import takes_less_than

from connector.mapping.emergency import find_emergency_word, scan
from connector.mapping.models import EmergencyWords

WORDS = EmergencyWords(
    words=("urgent", "911", "emergency", "urgente", "emergencia"),
    negations=("not", "no", "non", "never", "isn't", "nothing"),
)


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("urgent", "urgent"),
        ("URGENT: server down", "urgent"),
        ("Server down (Urgent)", "urgent"),
        ("server down - EMERGENCY!!!", "emergency"),
        ("RE: Emergency", "emergency"),
        ("*urgent*", "urgent"),
        ("_urgent_ printer", "urgent"),
        ("“urgent”", "urgent"),
        ("\uff35\uff32\uff27\uff25\uff2e\uff34", "urgent"),
        ("ur\u00adgent", "urgent"),
        ("Es urgente", "urgente"),
        ("¡EMERGENCIA!", "emergencia"),
        ("urgent/critical", "urgent"),
    ],
)
def test_a_whole_word_in_any_case_is_found(subject, word):
    found = find_emergency_word(subject, WORDS)
    assert found is not None
    assert found.word == word


@pytest.mark.parametrize(
    "subject",
    ["", "The urgently needed monitor", "insurgent", "urgents", "emergencyroom", "urgencia", "9l1"],
)
def test_part_of_another_word_is_none(subject):
    assert find_emergency_word(subject, WORDS) is None


@pytest.mark.parametrize(
    "subject",
    [
        "911",
        "911!",
        "911: server down",
        "911, server down",
        "911 please",
        "Help-911",
        "(911)",
        "911 2 servers down",
        "3 users down 911",
        "24/7 support 911",
        "11/22/2026 911",
        "911 305-555-0101",
        "911 - call 305-555-0101",
        "305-555-0101 911",
        "#911",
        "floor 2 911 3 users",
        "911 please, room 1234",
        "911 for our ext",
    ],
)
def test_911_standing_alone_is_an_emergency(subject):
    assert find_emergency_word(subject, WORDS) is not None


@pytest.mark.parametrize(
    "subject",
    [
        "9112",
        "29113",
        "#911234",
        "9.11",
        "1-911",
        "1.911",
        "911.5",
        "911,000 files",
        "911-0142",
        "305-911-1234",
        "305.911.1234",
        "305 911 1234",
        "(305) 911-1234",
        "(911) 555-0101",
        "911 555 0101",
        "911 1234",
        "1 911 123",
        "+1 305 911 1234",
        "+911",
        "call 1 305 911 0101 back",
        "Phone 305-555-0101 ext 911",
        "extension 911 is dead",
        "ext. 911",
        "911/112",
        "KB911",
        "911th",
        "invoice 2026-911",
    ],
)
def test_911_inside_a_longer_or_a_phone_number_is_none(subject):
    assert find_emergency_word(subject, WORDS) is None


@pytest.mark.parametrize(
    "subject",
    [
        "not urgent",
        "Not Urgent: a new mouse",
        "this is not an emergency",
        "not at all urgent",
        "no emergency",
        "No es urgente",
        "non-urgent",
        "NON-URGENT request",
        "non\u2011urgent",
        "non\u2013urgent",
        "non - urgent",
        "non urgent",
        "not-so-urgent",
        "never an emergency",
        "nothing urgent",
        "this isn't urgent",
        "this isn\u2019t urgent",
        "this isn\u02bct urgent",
        "this isn\u00b4t urgent",
        "ISN'T AN EMERGENCY",
        'not "urgent"',
        "not 911",
        "not critical/urgent",
    ],
)
def test_a_negation_takes_the_word_back(subject):
    assert find_emergency_word(subject, WORDS) is None
    assert all(found.negated_by for found in scan(subject, WORDS))
    assert scan(subject, WORDS)


@pytest.mark.parametrize(
    "subject",
    [
        "not at all so urgent",
        "notice: urgent",
        "nonsense urgent",
        "note urgent",
        "urgent, not later",
        "urgent? no",
        "isnt urgent",
    ],
)
def test_more_than_three_words_before_or_after_the_word_negates_nothing(subject):
    assert find_emergency_word(subject, WORDS) is not None


@pytest.mark.parametrize(
    "subject",
    [
        "Do not touch. Urgent!",
        "No internet, urgent",
        "No internet - URGENT",
        "No internet \u2014 urgent",
        "Printer not working: urgent",
        "Printer not working (urgent)",
        "Not working! 911",
        "[No subject] urgent",
        "no phones | emergency",
    ],
)
def test_a_negation_does_not_reach_past_the_end_of_its_clause(subject):
    assert find_emergency_word(subject, WORDS) is not None


def test_one_plain_word_beside_a_negated_one_is_still_an_emergency():
    found = find_emergency_word("Yesterday it was not urgent, now it is an emergency", WORDS)
    assert found is not None
    assert found.word == "emergency"


def test_the_evidence_shows_the_word_among_its_neighbours():
    found = find_emergency_word("Hello all, the server room is URGENT please come now today", WORDS)
    assert found is not None
    assert found.evidence == "server room is URGENT please come now"


@pytest.mark.parametrize(("reach", "is_one"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_reach_of_a_negation_is_configured(reach, is_one):
    words = WORDS.model_copy(update={"negation_reach": reach})
    assert (find_emergency_word("not very urgent", words) is not None) is is_one


def test_phrases_of_several_words_may_be_configured():
    words = EmergencyWords(words=("system down",), negations=("far from",))
    assert find_emergency_word("SYSTEM  DOWN", words) is not None
    assert find_emergency_word("system is down", words) is None
    assert find_emergency_word("far from system down", words) is None


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_subject_can_be_read_and_comes_out_the_same_twice(subject):
    assert scan(subject, WORDS) == scan(subject, WORDS)


letters = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"]), max_size=5)


@given(before=letters, word=st.sampled_from(WORDS.words[:3]), after=letters)
@settings(max_examples=200, deadline=None)
def test_a_word_inside_a_longer_run_of_letters_never_counts(before, word, after):
    run = f"{before}{word}{after}"
    found = find_emergency_word(run, WORDS)
    if before or after:
        assert found is None or found.word not in {word} or run.casefold() in WORDS.words
    else:
        assert found is not None


@given(st.text(alphabet="0123456789", min_size=1, max_size=6), st.sampled_from("-./"))
@settings(max_examples=100, deadline=None)
def test_911_joined_to_more_digits_never_counts(digits, sign):
    for subject in (f"911{digits}", f"{digits}911", f"911{sign}{digits}", f"{digits}{sign}911"):
        assert find_emergency_word(subject, WORDS) is None or subject == "911"


@pytest.mark.parametrize(
    "subject",
    [
        "urgent " * 14_000,
        "not " * 25_000 + "urgent",
        "1 " * 50_000,
        "1-" * 50_000,
        "(" * 100_000,
        "-" * 100_000,
        "'a" * 50_000,
        "a" + "\u0300\u0316\u0327" * 33_000,
        " " * 100_000,
    ],
    ids=["words", "negations", "digits", "chain", "brackets", "dashes", "quotes", "marks", "space"],
)
def test_a_hostile_subject_is_read_in_a_moment(subject):
    with takes_less_than(1):
        scan(subject, WORDS)


@pytest.mark.parametrize("subject", ["urgent no internet", "Urgente no hay internet", "911 not ok"])
def test_a_negation_after_the_word_takes_nothing_back(subject):
    assert find_emergency_word(subject, WORDS) is not None


def test_an_extension_does_not_hide_the_word_after_it():
    found = find_emergency_word("ext 911 is dead, urgent", WORDS)
    assert found is not None
    assert found.word == "urgent"


def test_a_negation_of_several_words_is_told_as_it_is_written():
    words = WORDS.model_copy(update={"negations": ("by no means",)})
    [found] = scan("by no means urgent", words)
    assert found.negated_by == "by no means"
