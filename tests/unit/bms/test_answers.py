import json

import pytest
from support.bms import Bms

from connector.bms.answers import EXCERPT, words_of
from connector.bms.ticket_models import TicketRow


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": {"message": "No", "details": "Title is empty"}}, "No; Title is empty"),
        ({"Error": {"Message": "No", "Details": "No"}}, "No"),
        ({"error": {"message": None, "subErrors": ["a", None, "b"]}}, "a; b"),
        ({"error": {"message": "No", "stackStrace": "at Kaseya.Secret()"}}, "No"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        (
            {
                "title": "One or more validation errors occurred.",
                "status": 400,
                "traceId": "00-1",
                "errors": {"Title": ["The Title field is required."], "OpenDate": ["Bad"]},
            },
            "One or more validation errors occurred; Title: The Title field is required; "
            "OpenDate: Bad",
        ),
        ({"message": "An error has occurred."}, "An error has occurred"),
        ({"errors": ["first", "second"]}, "first; second"),
        ({"success": False, "error": None}, ""),
        (["no", "object"], ""),
        ("just words", "just words"),
    ],
)
def test_bms_own_words_are_found_in_every_shape(answer: object, words: str) -> None:
    assert words_of(json.dumps(answer).encode()) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (
            b"<html><style>p {}</style><h1>502 Bad&nbsp;Gateway</h1>\n<p>nginx</p>",
            "502 Bad Gateway nginx",
        ),
        (b"\xef\xbb\xbfplain\r\n\ttext\x1b[31m", "plain text [31m"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_a_body_that_is_not_json_is_shown_as_one_line_of_text(body: bytes, words: str) -> None:
    assert words_of(body) == words


def test_long_words_are_cut() -> None:
    assert len(words_of(b"x" * 10_000)) == EXCERPT


@pytest.mark.parametrize(
    "keys", [("id", "ticketNumber"), ("Id", "TicketNumber"), ("ID", "TICKETNUMBER")]
)
def test_keys_are_read_in_any_case(keys: tuple[str, str]) -> None:
    row = TicketRow.model_validate({keys[0]: 5, keys[1]: "17-11232026", "slaId": 3})
    assert (row.id, row.ticket_number) == (5, "17-11232026")


@pytest.mark.parametrize(
    "answer",
    [
        {"Id": 2001, "AccountName": "Harbor", "IsActive": True},
        {"success": True, "result": {"id": 2001, "accountName": "Harbor", "isActive": True}},
    ],
    ids=["bare", "enveloped"],
)
def test_the_reads_that_answer_bare_need_no_envelope(bms: Bms, answer: object) -> None:
    bms.answer("GET", "/v2/crm/accounts/summary/2001", json=answer)
    account = bms.client.account(2001)
    assert (account.id, account.account_name, account.is_active) == (2001, "Harbor", True)
