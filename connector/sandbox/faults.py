"""What can go wrong on purpose: faults, when they strike, and what they do to a call."""

import dataclasses
import json
import random
import threading
from enum import StrEnum
from fnmatch import fnmatchcase


class FaultKind(StrEnum):
    """What a fault does."""

    STATUS = "status"
    """Answers with `status`, `body` and `retry_after` instead."""
    DROP = "drop"
    """Closes the connection without an answer."""
    TRUNCATE = "truncate"
    """Carries the call out and breaks off in the middle of the answer."""
    REPEAT = "repeat"
    """Carries the call out and sends the answer twice."""
    NO_ID = "no_id"
    """Carries the call out and leaves the id out of the result."""
    DELAY = "delay"
    """Waits `seconds` of real time."""
    EXPIRE_TOKENS = "expire_tokens"
    """Makes every access token expire before the call is looked at."""
    REFUSE_FIELD = "refuse_field"
    """Refuses a call whose body has a value in `field` and the text `where`; others pass."""


class FaultBody(StrEnum):
    """What a `status` fault answers with."""

    ENVELOPE = "envelope"
    HTML = "html"
    EMPTY = "empty"


@dataclasses.dataclass
class Fault:
    """One fault.

    `endpoint` is a method and path template such as `POST /v2/servicedesk/tickets`, with `*`
    as a wildcard. It strikes from the `nth` matching call on, `times` times (None: for ever),
    each time with `probability`. `after_commit` lets `status`, `drop` and `delay` carry the
    call out first, so that the caller does not learn what came of it.
    """

    kind: FaultKind
    endpoint: str = "*"
    nth: int = 1
    times: int | None = 1
    probability: float = 1.0
    after_commit: bool = False
    status: int = 503
    body: FaultBody = FaultBody.ENVELOPE
    message: str = "The service is unavailable"
    retry_after: str | None = None
    seconds: float = 0.0
    seen: int = dataclasses.field(default=0, init=False)
    struck: int = dataclasses.field(default=0, init=False)
    field: str = ""
    where: str = ""


class Faults:
    """The faults of one sandbox; safe to change while it runs."""

    def __init__(self) -> None:
        """Faults with a probability strike alike in every sandbox."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(0)  # noqa: S311 - no secret hangs on it

    def add(self, kind: str, endpoint: str = "*", **options: object) -> Fault:
        """Add a fault; `options` are the fields of `Fault`.

        Raises `ValueError` or `TypeError` when there is no such kind or option.
        """
        fault = Fault(FaultKind(kind), endpoint, **options)  # type: ignore[arg-type]
        fault.body = FaultBody(fault.body)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Take every fault away."""
        with self._lock:
            self._faults.clear()

    @property
    def all(self) -> list[Fault]:
        """The faults, with how many calls each has `seen` and `struck`."""
        with self._lock:
            return list(self._faults)

    def strike(self, endpoint: str, body: bytes = b"") -> Fault | None:
        """Count a call and return the fault that strikes it, if any; the oldest wins."""
        with self._lock:
            for fault in self._faults:
                is_meant = fnmatchcase(endpoint, fault.endpoint) and _concerns(fault, body)
                if is_meant and self._strikes(fault):
                    fault.struck += 1
                    return fault
        return None

    def _strikes(self, fault: Fault) -> bool:
        fault.seen += 1
        if fault.seen < fault.nth:
            return False
        if fault.times is not None and fault.struck >= fault.times:
            return False
        return self._random.random() < fault.probability


def _concerns(fault: Fault, body: bytes) -> bool:
    if fault.kind is not FaultKind.REFUSE_FIELD:
        return True
    return fault.where.encode() in body and _has_field(fault.field, body)


def _has_field(name: str, body: bytes) -> bool:
    try:
        value = json.loads(body)
    except ValueError:
        return False
    if not isinstance(value, dict):
        return False
    return any(
        key.lower() == name.lower() and item not in (None, [], "") for key, item in value.items()
    )
