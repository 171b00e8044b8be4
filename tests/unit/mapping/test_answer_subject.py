import pytest

from connector.mapping.answer_subject import telling_subject

TITLE = "Printer jam"


@pytest.mark.parametrize(
    ("subject", "has_text", "is_shown"),
    [
        ("Re: Printer jam", True, False),
        ("RE: AW: printer  JAM", False, False),
        ("Re: #1001-1#", False, False),
        ("", False, False),
        ("Re: #1001-1# We have received your request", True, False),
        ("Re: #1001-1# We have received your request", False, True),
        ("Scanner too! Re: #1001-1# We have received", True, True),
        ("Re: Printer jam and the scanner", True, True),
        ("Call me", False, True),
        ("Call me", True, True),
    ],
)
def test_a_subject_that_says_more_than_title_and_text_is_shown(subject, has_text, is_shown):
    shown = telling_subject(subject, ("1001-1",), TITLE, has_text=has_text)
    assert shown == (subject if is_shown else None)
