"""What a failed call means: one table, kind of failure by kind of operation."""

from datetime import datetime
from enum import Enum, auto

from connector.bms.endpoints import Endpoint, Operation
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


class RightsMissing(FatalError):
    """BMS knows us and does not let us do this."""


class NotFound(RequestRejected):
    """BMS has no such thing (any more)."""


class ReadFailed(RetryLater):
    """BMS answered a read with a refusal or with nothing usable: a fault of this very call."""


class Failure(Enum):
    """How a call can go wrong."""

    NOT_SENT = auto()
    """No connection: certainly nothing has reached BMS."""
    LOST = auto()
    """The connection broke, or no answer came in time; BMS may have carried the call out."""
    REDIRECT = auto()
    """3xx: whatever answered is not BMS's API."""
    UNAUTHORISED = auto()
    """401, with a token that was fetched a moment ago."""
    FORBIDDEN = auto()
    """403."""
    NOT_FOUND = auto()
    """404."""
    TOO_MANY = auto()
    """429: certainly not carried out."""
    UNAVAILABLE = auto()
    """503, which may say when to come back."""
    SERVER_FAULT = auto()
    """Any other 5xx, and 408."""
    REFUSED = auto()
    """Any other 4xx, and a 2xx whose `success` is false."""
    UNREADABLE = auto()
    """2xx that is not what the contract promises: not JSON, no `success`, no id."""


_Row = tuple[type[ConnectorError], type[ConnectorError], type[ConnectorError], type[ConnectorError]]

FAILURES: dict[Failure, _Row] = {
    # failure              read           create           change           sign-in
    Failure.NOT_SENT:     (Unreachable,   Unreachable,     Unreachable,     Unreachable),
    Failure.LOST:         (RetryLater,    OutcomeUnknown,  RetryLater,      Unreachable),
    Failure.REDIRECT:     (Unreachable,   OutcomeUnknown,  Unreachable,     Unreachable),
    Failure.UNAUTHORISED: (FatalError,    FatalError,      FatalError,      SignInRefused),
    Failure.FORBIDDEN:    (RightsMissing, RightsMissing,   RightsMissing,   SignInRefused),
    Failure.NOT_FOUND:    (NotFound,      RequestRejected, NotFound,        SignInRefused),
    Failure.TOO_MANY:     (Throttled,     Throttled,       Throttled,       Unreachable),
    Failure.UNAVAILABLE:  (RetryLater,    OutcomeUnknown,  RetryLater,      Unreachable),
    Failure.SERVER_FAULT: (ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
    Failure.REFUSED:      (ReadFailed,    RequestRejected, RequestRejected, SignInRefused),
    Failure.UNREADABLE:   (ReadFailed,    OutcomeUnknown,  RetryLater,      Unreachable),
}  # fmt: skip
"""A refused read waits like a passing fault: a read changes nothing, so waiting loses nothing.
A change sets a value, so making it twice does no harm: it may be tried again as it is."""

_COLUMNS = {
    Operation.READ: 0,
    Operation.CREATE: 1,
    Operation.CHANGE: 2,
    Operation.SIGN_IN: 3,
}

_STATUSES = {
    401: Failure.UNAUTHORISED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    408: Failure.SERVER_FAULT,
    429: Failure.TOO_MANY,
    503: Failure.UNAVAILABLE,
}

_SENTENCES: dict[Failure, tuple[str, str]] = {
    Failure.NOT_SENT: (
        "BMS could not be reached to {purpose}: {detail}",
        "Check bms.base_url and the network; the next run goes on",
    ),
    Failure.LOST: (
        "BMS was asked to {purpose} and gave no complete answer: {detail}",
        "The next run goes on",
    ),
    Failure.REDIRECT: (
        "BMS's address answered with a redirect ({detail}) when asked to {purpose}; "
        "redirects are not followed, since they could lead our password elsewhere",
        "Set bms.base_url to the address of the API itself",
    ),
    Failure.UNAUTHORISED: (
        "BMS did not accept a fresh sign-in when asked to {purpose} ({detail})",
        "Check in BMS that the API user is active and that its role has API access",
    ),
    Failure.FORBIDDEN: (
        "BMS does not let our API user {purpose} ({detail})",
        "Give its role in BMS API access, view and modify on Service Desk > Tickets and Admin > "
        "Service Desk, and view on CRM > Accounts and CRM > Contacts",
    ),
    Failure.NOT_FOUND: ("BMS was asked to {purpose} and found no such thing ({detail})", ""),
    Failure.TOO_MANY: (
        "BMS was asked to {purpose} and says that there were too many calls ({detail})",
        "Lower bms.calls_per_hour if other programs share this tenant; the next run goes on",
    ),
    Failure.UNAVAILABLE: (
        "BMS is not available to {purpose} ({detail})",
        "The next run goes on",
    ),
    Failure.SERVER_FAULT: (
        "BMS failed when asked to {purpose} ({detail})",
        "The next run goes on",
    ),
    Failure.REFUSED: ("BMS refused to {purpose} ({detail})", ""),
    Failure.UNREADABLE: (
        "BMS was asked to {purpose} and gave an answer that its contract does not know ({detail})",
        "Check that bms.base_url is the address of the API; the next run goes on",
    ),
}


def failure_of_status(status: int) -> Failure | None:
    """Return how a call with this HTTP status failed; None for a 2xx."""
    if 200 <= status < 300:
        return None
    if status in _STATUSES:
        return _STATUSES[status]
    if 300 <= status < 400:
        return Failure.REDIRECT
    if 400 <= status < 500:
        return Failure.REFUSED
    return Failure.SERVER_FAULT if status >= 500 else Failure.UNREADABLE


def error_for(
    failure: Failure, endpoint: Endpoint, detail: str, not_before: datetime | None = None
) -> ConnectorError:
    """Return the error that `failure` of a call to `endpoint` means, ready to be raised."""
    kind = FAILURES[failure][_COLUMNS[endpoint.operation]]
    sentence, remedy = _SENTENCES[Failure.REFUSED if kind is SignInRefused else failure]
    message = sentence.format(purpose=endpoint.purpose, detail=detail)
    if issubclass(kind, OutcomeUnknown):
        remedy = "BMS is searched before it is tried again"
    if issubclass(kind, RetryLater | OutcomeUnknown):
        return kind(message, remedy, not_before=not_before)
    return kind(message, remedy)
