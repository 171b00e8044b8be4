"""The sandbox as others use it: start it, look into it, make it fail."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from connector.sandbox import control, wire
from connector.sandbox.app import App, Received, Reply, route_of
from connector.sandbox.behaviour import Behaviour
from connector.sandbox.calls import Call
from connector.sandbox.exchange import Exchange
from connector.sandbox.faults import Faults
from connector.sandbox.operations import attachments, contacts, notes, tickets
from connector.sandbox.person import Person
from connector.sandbox.reference_tenant import reference_tenant
from connector.sandbox.seeding import seed
from connector.sandbox.server import Server
from connector.sandbox.state import Store

Observer = Callable[[Exchange], None]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """A BMS server on this machine, playing the reference tenant.

    A context manager. Everything of it may be read and changed while it runs: `tenant` (what
    is set up), `behaviour` (switches), `faults`. `person` acts as people do on BMS's pages,
    `seed` fills it. Snapshots bear the names of the vendor's
    contract (TicketOutputDto and so on); moments in them are texts, in UTC with a Z.

    `observers` are called with every exchange after it was carried out and before it is
    answered: a client that has its answer can rely on it.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        now: Callable[[], datetime] | None = None,
        token_seconds: float = 3600,
    ) -> None:
        """Port 0 takes any free one; `now` returns the present moment in UTC (default: the clock).

        Nobody listens before `start`.
        """
        self.tenant = reference_tenant()
        self.behaviour = Behaviour()
        self.faults = Faults()
        self.observers: list[Observer] = []
        self.calls: Counter[str] = Counter()
        self.exchanges: list[Exchange] = []
        self._now = now or _utc_now
        self._address = (host, port)
        self._store = Store(self.tenant, timedelta(seconds=token_seconds))
        self._app = App(self._store, self.behaviour, self.faults, self._now)
        self._server: Server | None = None
        self._numbers = itertools.count(1)
        self._log_lock = threading.Lock()

    # --- running -----------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen and answer in the background. Raises `OSError` when the port is taken."""
        self._app.stopping.clear()
        self._server = Server(self._address, self._respond, self._now)
        self._server.start()
        return self

    def stop(self) -> None:
        """Close every connection and the port. What it holds stays readable."""
        self._app.stopping.set()
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    # --- how to reach it ---------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """What goes into `bms.base_url`. Raises `RuntimeError` unless it runs."""
        if self._server is None:
            raise RuntimeError("the sandbox is not running")
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def tenant_name(self) -> str:
        """The company name to sign in with."""
        return self.tenant.login.tenant

    @property
    def username(self) -> str:
        """The API user."""
        return self.tenant.login.username

    @property
    def password(self) -> str:
        """The API user's password."""
        return self.tenant.login.password

    # --- what happens in it ------------------------------------------------------------------

    @property
    def person(self) -> Person:
        """Somebody who works in BMS's own pages at this moment."""
        return Person(self._store, self._at_this_moment())

    def seed(self, count: int, *, days: float = 30) -> list[int]:
        """Add so many open tickets without a DueDate, opened over the last `days`."""
        return seed(self._at_this_moment(), count, days=days)

    def _at_this_moment(self) -> Call:
        return Call(self._store, self.behaviour, self._now(), path={})

    # --- what it holds -----------------------------------------------------------------------

    @property
    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket, oldest first, under the names of TicketOutputDto."""
        with self._store.lock:
            shown = [tickets.show(self._store, item) for item in self._store.tickets.values()]
        return [_with_moments_as_text(item) for item in shown]

    def notes(self, ticket_id: int) -> list[dict[str, Any]]:
        """A ticket's notes, oldest first, under the names of TicketNoteOutputDto."""
        with self._store.lock:
            shown = [notes.show(self._store, item) for item in self._store.notes_of(ticket_id)]
        return [_with_moments_as_text(item) for item in shown]

    def attachments(self, ticket_id: int) -> list[dict[str, Any]]:
        """A ticket's files, oldest first: the names of AttachmentOutputDto, and `Content`."""
        with self._store.lock:
            shown = [
                {**attachments.show(self._store, item), "Content": item.content}
                for item in self._store.attachments_of(ticket_id)
            ]
        return [_with_moments_as_text(item) for item in shown]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        """Every contact under the names of ContactsSearchSelectOutputDto, and its portal user."""
        with self._store.lock:
            return [contacts.show(self._store, item) for item in self.tenant.contacts]

    def custom_values(self, ticket_id: int) -> dict[str, str | None]:
        """The values of a ticket's custom fields, by the field's name."""
        names = {field.id: field.name for field in self.tenant.custom_fields}
        with self._store.lock:
            values = dict(self._store.custom_values[ticket_id])
        return {names[field_id]: value for field_id, value in values.items()}

    # --- answering ---------------------------------------------------------------------------

    def _respond(self, received: Received) -> Reply:
        if control.is_control(received.path):
            return control.answer(self, received)
        route = route_of(received)
        template = route.operation.path if route else None
        reply, fault = self._app.answer(received, route)
        exchange = Exchange(
            number=next(self._numbers),
            at=self._now(),
            method=received.method,
            path=received.path,
            template=template,
            query=received.query,
            request_headers=received.headers,
            request_body=received.body,
            status=reply.status,
            response_headers={"Content-Type": reply.content_type, **reply.headers},
            response_body=reply.body,
            fault=fault.kind.value if fault else None,
            dropped=reply.dropped,
        )
        self._keep(exchange)
        return reply

    def _keep(self, exchange: Exchange) -> None:
        with self._log_lock:
            self.calls[exchange.endpoint] += 1
            self.exchanges.append(exchange)
        for observe in list(self.observers):
            observe(exchange)


def _with_moments_as_text(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: wire.moment_text(value, None) if isinstance(value, datetime) else value
        for name, value in item.items()
    }
