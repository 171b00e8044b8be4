"""One table: what an answer means, by what was asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from support.bms import NOW, Bms, envelope, refusal

from connector.bms.failures import NotFound, ReadFailed, RightsMissing
from connector.bms.ticket_models import TicketBody
from connector.errors import (
    ConnectorError,
    FatalError,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Throttled,
    Unreachable,
)
from connector.sign_in.refusals import SignInRefused

HTML = "<html><body><h1>Bad Gateway</h1></body></html>"
TICKETS = "/v2/servicedesk/tickets"
TICKET = TicketBody(
    title="Printer",
    details="It is broken",
    account_id=1,
    location_id=2,
    status_id=3,
    priority_id=4,
    type_id=5,
    source_id=6,
    open_date="2026-11-23T15:00:00+00:00",
    due_date="2026-11-24T15:00:00+00:00",
)

Answer = dict[str, object]


def read(bms: Bms, answer: Answer) -> ConnectorError:
    bms.signed_in().answer("GET", f"{TICKETS}/7", **answer)
    return raised_by(lambda: bms.client.ticket(7))


def create(bms: Bms, answer: Answer) -> ConnectorError:
    bms.signed_in().answer("POST", TICKETS, **answer)
    return raised_by(lambda: bms.client.create_ticket(TICKET))


def change(bms: Bms, answer: Answer) -> ConnectorError:
    bms.signed_in().answer("PATCH", f"{TICKETS}/7", **answer)
    return raised_by(lambda: bms.client.patch_ticket(7, "dueDate", "2026-11-24T15:00:00Z"))


def sign_in(bms: Bms, answer: Answer) -> ConnectorError:
    bms.answer("POST", "/v2/security/authenticate", **answer)
    return raised_by(bms.sign_in.token)


def raised_by(call: Callable[[], object]) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call()
    return caught.value


def body(status: int, text: str = "") -> Answer:
    return {"status": status, "body": text}


def said(status: int, **json: object) -> Answer:
    return {"status": status, "json": json or refusal("No")}


OPERATIONS = (read, create, change, sign_in)
LOST, TIMEOUT = requests.ConnectionError(), requests.ReadTimeout()
NOT_SENT = requests.ConnectTimeout()
CUT_SHORT = '{"success": tr'
ZERO = {"id": 0}
GOOD = {"result": {"id": 7, "accessToken": "access"}}

TABLE = [
    # answer                        read           create           change           sign-in
    (body(301),                     Unreachable,   OutcomeUnknown,  Unreachable,     Unreachable),
    (body(302, HTML),               Unreachable,   OutcomeUnknown,  Unreachable,     Unreachable),
    (said(307),                     Unreachable,   OutcomeUnknown,  Unreachable,     Unreachable),
    (said(400),                     ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (body(400, HTML),               ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(401),                     FatalError,    FatalError,      FatalError,      SignInRefused),
    (said(403),                     RightsMissing, RightsMissing,   RightsMissing,   SignInRefused),
    (body(403, HTML),               RightsMissing, RightsMissing,   RightsMissing,   SignInRefused),
    (said(404),                     NotFound,      RequestRejected, NotFound,        SignInRefused),
    (body(408),                     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(409),                     ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (body(413),                     ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(422),                     ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(429),                     Throttled,     Throttled,       Throttled,       Unreachable),
    (body(429),                     Throttled,     Throttled,       Throttled,       Unreachable),
    (said(500),                     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(502, HTML),               ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(503),                     RetryLater,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(504),                     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200),                     ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(200, Success=False),      ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(200, SUCCESS=False),      ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    (said(200, success=None, **GOOD),ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, success="1", **GOOD),ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, success=1, **GOOD),  ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, **GOOD),             ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(200),                     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(200, HTML),               ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(200, "[]"),               ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(200, "null"),             ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(200, CUT_SHORT),          ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (body(204),                     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, **envelope(None)),   ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, **envelope({})),     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, **envelope(ZERO)),   ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(200, **envelope("7")),    ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    (said(201, **envelope([])),     ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    ({"body": TIMEOUT},             RetryLater,    OutcomeUnknown,  RetryLater,      Unreachable),
    ({"body": LOST},                RetryLater,    OutcomeUnknown,  RetryLater,      Unreachable),
    ({"body": NOT_SENT},            Unreachable,   Unreachable,     Unreachable,     Unreachable),
]  # fmt: skip


@pytest.mark.parametrize("column", [0, 1, 2, 3], ids=["read", "create", "change", "sign-in"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join(map(str, row[0].values()))[:60])
def test_what_an_answer_means(signed_out: Bms, row: tuple[object, ...], column: int) -> None:
    error = OPERATIONS[column](signed_out, row[0])
    assert type(error) is row[column + 1]
    assert "\n" not in str(error)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join(map(str, row[0].values()))[:60])
def test_a_creating_call_is_made_once_whatever_comes_back(
    signed_out: Bms, row: tuple[object, ...]
) -> None:
    create(signed_out, row[0])
    sent = len(signed_out.requests(TICKETS))
    assert sent == (2 if row[0].get("status") == 401 else 1)


@pytest.mark.parametrize(
    ("retry_after", "not_before"),
    [
        ("120", NOW + timedelta(minutes=2)),
        (" 0 ", NOW),
        ("Mon, 23 Nov 2026 16:30:00 GMT", datetime(2026, 11, 23, 16, 30, tzinfo=UTC)),
        ("99999999999", NOW + timedelta(hours=24)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NOW + timedelta(hours=24)),
        ("-5", None),
        ("later", None),
        (None, None),
    ],
)
@pytest.mark.parametrize(
    ("status", "operation"),
    [(429, read), (429, create), (429, sign_in), (503, read), (503, create)],
)
def test_the_service_may_say_when_to_come_back(
    signed_out: Bms,
    status: int,
    operation: Callable[[Bms, Answer], ConnectorError],
    retry_after: str | None,
    not_before: datetime | None,
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    error = operation(signed_out, {"status": status, "body": "", "headers": headers})
    assert isinstance(error, RetryLater | OutcomeUnknown)
    assert error.not_before == not_before


def test_a_refusal_carries_what_bms_said_and_what_was_asked(signed_out: Bms) -> None:
    answer = said(400, **refusal("Validation failed", "The LocationId field is required."))
    error = create(signed_out, answer)
    assert error.message == (
        "BMS refused to create the ticket "
        "(HTTP 400: Validation failed; The LocationId field is required)"
    )


def test_a_redirect_is_explained_and_not_followed(signed_out: Bms) -> None:
    elsewhere = "https://elsewhere.example/v2/security/authenticate"
    signed_out.http.add("POST", elsewhere, json=envelope({"accessToken": "a"}))
    error = sign_in(signed_out, {"status": 307, "body": "", "headers": {"Location": elsewhere}})
    assert "elsewhere.example" in error.message
    assert "bms.base_url" in error.remedy
    assert [call.request.url for call in signed_out.http.calls] == [
        "https://bms.example/v2/security/authenticate"
    ]


def test_missing_rights_name_the_operation_and_the_remedy(signed_out: Bms) -> None:
    error = create(signed_out, said(403))
    assert "create the ticket" in error.message
    assert "Service Desk > Tickets" in error.remedy


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (body(200), None),
        (body(204), None),
        (said(200, **envelope(None)), None),
        (said(200), RequestRejected),
        (said(200, SUCCESS=False), RequestRejected),
        (said(400), RequestRejected),
    ],
    ids=str,
)
def test_a_deletion_needs_no_answer_and_is_refused_where_bms_says_so(
    bms: Bms, answer: Answer, error: type[ConnectorError] | None
) -> None:
    bms.answer("DELETE", f"{TICKETS}/7", **answer)
    if error is None:
        bms.client.delete_ticket(7)
    else:
        assert type(raised_by(lambda: bms.client.delete_ticket(7))) is error
