"""The gateway against the sandbox over real HTTP: both were written from the contract alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from support.bms import Budget, MemoryCache
from support.endpoints import CREATE

from connector.bms.access import BmsAccess
from connector.bms.gateway import BmsGateway
from connector.domain.plan import TicketDraft
from connector.domain.request import Attachment
from connector.domain.tenant import Lookup, Named
from connector.errors import FatalError, NameUnresolved, OutcomeUnknown, RequestRejected
from connector.sandbox import Sandbox

KEY = "k7m2pqx4rtza"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def connect(sandbox: Sandbox) -> Callable[..., BmsGateway]:
    cache = MemoryCache()

    def gateway(password: str | None = None) -> BmsGateway:
        access = BmsAccess(
            base_url=sandbox.base_url,
            tenant=sandbox.tenant_name,
            username=sandbox.username,
            password=password or sandbox.password,
            timeout=5.0,
        )
        return BmsGateway(access, cache=cache, budget=Budget(), clock=now)

    return gateway


@pytest.fixture
def gateway(connect: Callable[..., BmsGateway]) -> BmsGateway:
    return connect()


def draft(gateway: BmsGateway, **changes: object) -> TicketDraft:
    [contact] = gateway.contacts("marta.ruiz@harbordental.example")
    template = gateway.template("Printer problem")
    fields = gateway.custom_fields()
    due = now() + timedelta(days=5)
    values: dict[str, object] = {
        "reference": KEY,
        "title": "Printer",
        "text": f"Broken &amp; smoking<br><br>Ref: {KEY}",
        "opened_at": now() - timedelta(minutes=3),
        "due_date": due,
        "account": contact.account,
        "location_id": contact.location_id,
        "contact_id": contact.id,
        "status": gateway.resolve(Lookup.STATUS, "New"),
        "priority": template.priority,
        "queue": template.queue,
        "ticket_type": template.ticket_type,
        "issue_type": template.issue_type,
        "work_type": template.work_type,
        "source": gateway.resolve(Lookup.SOURCE, "Email"),
        "custom_fields": {fields["Onsite Response Due"]: due.isoformat(timespec="seconds")},
        **changes,
    }
    return TicketDraft(**values)  # type: ignore[arg-type]


def find(gateway: BmsGateway) -> int | None:
    found = gateway.find_ticket(KEY, created_from=now() - timedelta(hours=26), created_to=now())
    return found.id if found else None


def test_a_draft_becomes_a_complete_ticket(sandbox: Sandbox, gateway: BmsGateway) -> None:
    planned = draft(gateway)
    ref = gateway.create_ticket(planned)
    [ticket] = sandbox.tickets
    assert (ref.id, ref.number) == (ticket["Id"], ticket["TicketNumber"])
    assert ref.created_on is not None
    assert abs(ref.created_on - now()) < timedelta(minutes=1)
    shown = {
        "AccountName": "Harbor Dental Group",
        "ContactName": "Marta Ruiz",
        "LocationName": "Brickell",
        "PriorityName": "Medium",
        "QueueName": "Help Desk",
        "TypeName": "Incident",
        "IssueTypeName": "Printer",
        "WorkTypeName": "Onsite Support",
        "SourceName": "Email",
        "StatusName": "New",
        "Details": planned.text,
    }
    assert {name: ticket[name] for name in shown} == shown
    due = datetime.fromisoformat(ticket["DueDate"])
    assert due == planned.due_date.replace(microsecond=0)
    values = sandbox.custom_values(ref.id)
    assert values["Onsite Response Due"] == planned.due_date.isoformat(timespec="seconds")


def test_the_second_ticket_of_a_tenant_costs_one_call(
    sandbox: Sandbox, connect: Callable[..., BmsGateway]
) -> None:
    connect().create_ticket(draft(connect()))
    again = connect()
    again.create_ticket(draft(again))
    assert again.calls == {CREATE: 1}


@pytest.mark.parametrize(
    ("fault", "happened"),
    [
        ({"kind": "drop"}, False),
        ({"kind": "drop", "after_commit": True}, True),
        ({"kind": "truncate"}, True),
        ({"kind": "no_id"}, True),
        ({"kind": "status", "status": 502, "body": "html"}, False),
        ({"kind": "status", "status": 504, "body": "empty", "after_commit": True}, True),
    ],
    ids=str,
)
def test_after_an_unclear_outcome_the_search_tells_whether_the_ticket_exists(
    sandbox: Sandbox, gateway: BmsGateway, fault: dict[str, object], happened: bool
) -> None:
    planned = draft(gateway)
    sandbox.faults.add(endpoint=CREATE, **fault)
    with pytest.raises(OutcomeUnknown):
        gateway.create_ticket(planned)
    assert len(sandbox.tickets) == int(happened)
    assert find(gateway) == (sandbox.tickets[0]["Id"] if happened else None)
    assert gateway.calls[CREATE] == 1


def test_a_lost_ticket_is_found_among_hundreds_of_any_status(
    sandbox: Sandbox, gateway: BmsGateway
) -> None:
    completed = gateway.resolve(Lookup.STATUS, "Completed")
    ours = gateway.create_ticket(draft(gateway, status=completed))
    for i in range(130):
        gateway.create_ticket(draft(gateway, reference=f"x{i}", text=f"Ref: x{i}"))
    assert find(gateway) == ours.id
    assert gateway.calls["GET /v2/servicedesk/tickets"] == 2


def test_a_refusal_is_told_in_the_words_of_bms(sandbox: Sandbox, gateway: BmsGateway) -> None:
    with pytest.raises(RequestRejected) as caught:
        gateway.create_ticket(draft(gateway, queue=Named(1, "Nowhere")))
    assert "QueueId" in caught.value.message
    assert not sandbox.tickets


def test_a_token_that_expires_on_the_server_is_replaced_within_the_call(
    sandbox: Sandbox, gateway: BmsGateway
) -> None:
    planned = draft(gateway)
    sandbox.faults.add("expire_tokens", endpoint=CREATE)
    gateway.create_ticket(planned)
    assert len(sandbox.tickets) == 1
    assert gateway.calls["POST /v2/security/authenticate"] == 2


def test_a_wrong_password_is_tried_once(
    sandbox: Sandbox, connect: Callable[..., BmsGateway]
) -> None:
    for _ in range(3):
        with pytest.raises(FatalError, match="not be tried again before"):
            connect("wrong").contacts("marta.ruiz@harbordental.example")
    assert sandbox.calls["POST /v2/security/authenticate"] == 1


def test_notes_and_attachments_are_made_and_found_again(
    sandbox: Sandbox, gateway: BmsGateway
) -> None:
    ticket_id = gateway.create_ticket(draft(gateway)).id
    note_id = gateway.add_internal_note(
        ticket_id, "<b>candidates</b>", reference=f"{KEY}-note", at=now()
    )
    file_id = gateway.attach(ticket_id, Attachment("Büro.png", "image/png", b"\x89PNG"))
    [note] = sandbox.notes(ticket_id)
    assert note["IsInternal"] is True
    assert note["TypeName"] == "Task Notes"
    assert note["Details"].startswith("&lt;b&gt;candidates")
    assert gateway.find_note(ticket_id, f"{KEY}-note") == note_id
    assert gateway.find_note(ticket_id, KEY) is None
    [file] = sandbox.attachments(ticket_id)
    assert file["Content"] == b"\x89PNG"
    assert gateway.find_attachment(ticket_id, "Büro.png") == file_id


def test_a_file_beyond_the_limit_of_the_tenant_is_refused(
    sandbox: Sandbox, gateway: BmsGateway
) -> None:
    ticket_id = gateway.create_ticket(draft(gateway)).id
    too_big = bytes(gateway.attachment_limit() + 1)
    with pytest.raises(RequestRejected):
        gateway.attach(ticket_id, Attachment("big.bin", "application/octet-stream", too_big))


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (Lookup.TICKET_TYPE, "Incident", 8),
        (Lookup.SOURCE, "Email", 2),
        (Lookup.NOTE_TYPE, "Task Notes", 21),
    ],
)
def test_names_are_learned_from_tickets_where_no_look_up_table_is_known(
    sandbox: Sandbox,
    connect: Callable[..., BmsGateway],
    kind: Lookup,
    name: str,
    expected: int,
) -> None:
    before = connect()
    ticket_id = before.create_ticket(draft(before)).id
    before.add_internal_note(ticket_id, "x", reference="x", at=now())
    sandbox.behaviour.change({"lookup_tables": [], "tenant_lookup_tables": []})
    gateway = connect()
    vars(gateway)["_cache"].drop("names")
    assert gateway.resolve(kind, name).id == expected


def test_names_of_the_reference_tenant_resolve(gateway: BmsGateway) -> None:
    account = gateway.resolve(Lookup.ACCOUNT, "harbor dental group")
    assert gateway.main_location(account.id) == 2101
    access = gateway.resolve(Lookup.ISSUE_TYPE, "Access")
    sub = gateway.resolve(Lookup.SUB_ISSUE_TYPE, "BMS account", parent=access.id)
    assert sub == Named(5043, "BMS account")
    assert [c.account.name for c in gateway.contacts("shared@twoclients.example")] == [
        "Biscayne Freight",
        "Palmetto Legal LLP",
    ]
    assert gateway.default_of(Lookup.PRIORITY) == Named(40482, "Medium")
    with pytest.raises(NameUnresolved, match="Help Desk"):
        gateway.resolve(Lookup.QUEUE, "Helpdesk")


def test_a_note_whose_type_is_gone_gets_another_rather_than_none(
    gateway: BmsGateway, sandbox: Sandbox
) -> None:
    sandbox.tenant.note_types[0].name = "Notes on tasks"
    ticket = gateway.create_ticket(draft(gateway))

    gateway.add_internal_note(ticket.id, "Read me", reference=f"{KEY}-note", at=now())

    [note] = sandbox.notes(ticket.id)
    assert note["IsInternal"] is True
