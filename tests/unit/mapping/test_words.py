"""What a word is, for every rule that looks for one."""

import pytest

from connector.mapping.words import MAX_MARKS, has_phrase, joined, phrase, plain, split_words

ACUTE, BELOW = "\u0301", "\u0316"


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("no urgent need", [0, 0, 0]),
        ("Down. Urgent!", [0, 1]),
        ("a, b; c\nd", [0, 1, 2, 3]),
        ("down - urgent", [0, 1]),
        ("on-site visit", [0, 0, 0]),
    ],
)
def test_punctuation_and_a_dash_in_white_space_begin_the_next_clause(text, clauses):
    assert [word.clause for word in split_words(text)] == clauses


def test_a_word_tells_where_it_stands():
    text = "It's DOWN"
    assert [(word.text, text[word.start : word.end]) for word in split_words(text)] == [
        ("it's", "It's"),
        ("down", "DOWN"),
    ]


@pytest.mark.parametrize("word", ["Co\u0140legi", "\u0149deg", "caf\u00e9", "\uff35\uff32\uff27"])
def test_an_unusual_letter_does_not_part_its_word(word):
    assert len(phrase(word)) == 1


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"o{BELOW * (MAX_MARKS - 1)}{ACUTE}", "\u00f3"),
        (f"o{BELOW * MAX_MARKS}{ACUTE}", "o"),
        (f"o{BELOW * 9}a{ACUTE}", "o\u00e1"),
        (f"{ACUTE}o", "o"),
    ],
    ids=["the last mark kept", "one too many", "the next letter", "a mark without a letter"],
)
def test_a_letter_keeps_its_first_marks_only(text, meant):
    assert plain(text) == meant


def test_the_first_phrase_that_stands_there_is_found_and_one_without_words_never():
    assert has_phrase(joined("the router is on fire"), ("?!", "fir", "on fire", "fire")) == (
        "on fire"
    )
