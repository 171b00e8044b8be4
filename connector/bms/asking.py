"""How BMS is asked: with our token, a fresh one after a 401, and page by page."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

from connector.bms.answers import Page, Reply, read_one, read_rows
from connector.bms.auth import SignIn
from connector.bms.models import Answer, Row
from connector.bms.transport import Call, Transport
from connector.errors import BudgetSpent, RequestRejected, RetryLater, Unreachable

AnyAnswer = TypeVar("AnyAnswer", bound=Answer)
AnyRow = TypeVar("AnyRow", bound=Row)

PAGE_SIZE = 100
"""The documented maximum; larger pages are not known to work."""

PASSES = 3
"""How often pages are read while rows move between them."""

PAGE_ATTEMPTS = 3
"""How often one page of many is asked for: reading it again is cheaper than all of them."""


class Asking:
    """Sends calls and reads their answers; raises what `BmsClient` says."""

    def __init__(self, transport: Transport, sign_in: SignIn) -> None:
        """Call nothing yet."""
        self._transport = transport
        self._sign_in = sign_in

    def _ask(self, call: Call) -> Reply:
        """Send a call with our token; a 401 (certainly not carried out) gets a fresh one once."""
        token = self._sign_in.token()
        reply = self._transport.send(call, token)
        if reply.status != 401:
            return reply
        reply = self._transport.send(call, self._sign_in.replace(token))
        if reply.status == 401:
            self._sign_in.forget()
        return reply

    def _one(self, call: Call, model: type[AnyAnswer]) -> AnyAnswer:
        return read_one(self._ask(call), call.endpoint, model)

    def _rows(self, call: Call, model: type[AnyRow]) -> Page[AnyRow]:
        return read_rows(self._ask(call), call.endpoint, model)

    def _every_page(
        self, call: Call, model: type[AnyRow], *, most: int | None = None
    ) -> Sequence[AnyRow]:
        """Return the rows of all pages, each once; raises `RetryLater` when some are missing.

        Raises `RequestRejected` after the first page when BMS says that there are more than `most`.

        What others, or our own workers, create meanwhile moves rows between the pages: then all
        are read again, a few times.
        """
        for _ in range(PASSES):
            found, promised = self._one_pass(call, model, most=most)
            if len(found) >= promised:
                return list(found.values())
        raise RetryLater(
            f"BMS was asked to {call.endpoint.purpose} and showed {len(found)} of {promised}",
            "The next run asks again",
        )

    def _moving_pages(self, call: Call, model: type[AnyRow]) -> tuple[Sequence[AnyRow], bool]:
        """Return the rows of all pages, each once, and whether those are certainly all.

        Pages are read again while rows move between them, a few times.
        """
        found: dict[int, AnyRow] = {}
        for _ in range(PASSES):
            seen, promised = self._one_pass(call, model, attempts=PAGE_ATTEMPTS)
            found |= seen
            if len(seen) >= promised:
                return list(found.values()), True
        return list(found.values()), False

    def _one_pass(
        self, call: Call, model: type[AnyRow], *, attempts: int = 1, most: int | None = None
    ) -> tuple[dict[int, AnyRow], int]:
        """Return the rows of all pages by id, and how many BMS says there are.

        Pages are numbered from 1. BMS promises no order, so a row may come twice, or move
        behind us; a short page is the last one unless BMS says that there is more.
        """
        found: dict[int, AnyRow] = {}
        promised = 0
        for number in count(1):
            paging = {"PageSize": PAGE_SIZE, "PageNumber": number}
            page = self._page(replace(call, query={**call.query, **paging}), model, attempts)
            promised = max(promised, page.total or 0)
            if most is not None and max(promised, len(found)) > most:
                raise RequestRejected(
                    f"BMS has {promised} tickets to show, and at most {most} are read"
                )
            before = len(found)
            found.update({row.id: row for row in page.rows if row.id not in found})
            is_short = len(page.rows) < PAGE_SIZE and len(found) >= promised
            if is_short or len(found) == before:
                break
        return found, promised

    def _page(self, call: Call, model: type[AnyRow], attempts: int) -> Page[AnyRow]:
        for _ in range(attempts - 1):
            try:
                return self._rows(call, model)
            except (Unreachable, BudgetSpent):
                raise
            except RetryLater as error:
                if error.not_before is not None:
                    raise
        return self._rows(call, model)
