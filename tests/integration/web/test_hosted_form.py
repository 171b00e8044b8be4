"""The hosted form, from a person's answers to the ticket in BMS."""

import json
from typing import Any

import pytest
from support.desk import Desk, local
from support.endpoints import CREATE
from support.web import ANSWERS, Visitor

from connector.domain.request import Outcome
from connector.errors import Unreachable
from connector.ledger.store import SqlLedger

PICTURE = ("blank.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 700, "image/png")
NOTES = ("notes.txt", b"tray 2", "text/plain")


def kept(desk: Desk) -> list[dict[str, Any]]:
    """Return the submissions as the ledger holds them, the oldest first."""
    with desk.ledger() as ledger:
        records = reversed(ledger.listed(None, 100))
        return [json.loads(ledger.raw(record.key)) for record in records]


# --- what becomes of it ----------------------------------------------------------------------


def test_what_a_person_answers_becomes_a_ticket(desk: Desk, visitor: Visitor) -> None:
    thanks = visitor.follow(
        visitor.send(
            phone="212 555 0142",
            affected_user="Sam Ortiz",
            mobile="917 555 0119",
            started="this morning",
            remote_ok="yes",
            first_time="no",
            desired_date="2026-11-17",
            desired_time="15:00",
        )
    )
    report = desk.sync()

    [request] = report.requests
    assert request.key in thanks.text
    assert (request.source, request.outcome) == ("hosted-form", Outcome.CREATED)
    [body] = desk.bodies(CREATE)
    assert body["Title"] == "The printer prints blank pages"
    assert desk.due(report.as_json()["requests"][0]["ticket_id"]) == local("17 15:00")  # type: ignore[index]
    for words in ("Sam Ortiz", "917-555-0119", "this morning", f"Ref: {request.key}"):
        assert words in body["Details"]
    shown = report.as_json()["requests"][0]  # type: ignore[index]
    assert (shown["account"], shown["priority"]) == ("Harbor Dental Group", "High")
    assert shown["template"] == "Printer problem"


def test_thanks_come_only_after_the_request_is_in_the_ledger(desk: Desk, visitor: Visitor) -> None:
    answer = visitor.send()

    [record] = desk.requests()
    assert (record.state, record.received_at) == (Outcome.PENDING, desk.now)
    assert record.key in visitor.follow(answer).text


@pytest.mark.parametrize(
    ("impact", "emergency", "priority", "is_emergency"),
    [
        ("Low", "", "Low", False),
        ("Normal", "", "Normal", False),
        ("High", "", "High", False),
        ("Critical", "", "Critical", True),
        ("Normal", "y", "Normal", True),
    ],
)
def test_how_many_people_are_stopped_decides_the_priority(
    desk: Desk, visitor: Visitor, impact: str, emergency: str, priority: str, *, is_emergency: bool
) -> None:
    answers = {"impact": impact, **({"emergency": emergency} if emergency else {})}

    visitor.send(**answers)

    [shown] = desk.sync().as_json()["requests"]  # type: ignore[misc]
    assert (shown["priority"], shown["emergency"]) == (priority, is_emergency)


def test_files_reach_the_ticket_whole(desk: Desk, visitor: Visitor) -> None:
    visitor.send(PICTURE, NOTES)

    desk.sync()

    found = {each["OriginalFileName"]: each["Content"] for each in attachments(desk)}
    assert found == {"blank.png": PICTURE[1], "notes.txt": NOTES[1]}


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\x.txt", "/etc/shadow", "a\x00b.txt"])
def test_tricks_in_the_name_of_a_file_lead_nowhere(desk: Desk, visitor: Visitor, name: str) -> None:
    visitor.send((name, b"x", "text/plain"))

    desk.sync()

    [found] = attachments(desk)
    assert not {"/", "\\", "\x00"} & set(found["OriginalFileName"])
    assert not found["OriginalFileName"].startswith(".")


def attachments(desk: Desk) -> list[dict[str, Any]]:
    [ticket] = desk.sandbox.tickets
    return desk.sandbox.attachments(ticket["Id"])


# --- once ------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_request(desk: Desk, visitor: Visitor) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    first = visitor.follow(visitor.post(filled, "/", PICTURE))
    second = visitor.follow(visitor.post(filled, "/", PICTURE))

    [record] = desk.requests()
    assert record.key in first.text
    assert record.key in second.text
    assert "came again" in " ".join(entry.text for entry in desk.journal(record.key))


def test_loading_the_thanks_again_sends_nothing(desk: Desk, visitor: Visitor) -> None:
    answer = visitor.send()

    shown = [visitor.follow(answer).text for _ in range(3)]

    assert len(set(shown)) == 1
    assert len(desk.requests()) == 1


def test_going_back_and_sending_something_else_is_another_request(
    desk: Desk, visitor: Visitor
) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    visitor.post(filled)
    visitor.post({**filled, "description": "And the scanner, too."})
    visitor.post(filled, "/", NOTES)

    assert len(desk.requests()) == 3


def test_the_same_words_in_a_new_form_are_another_request(desk: Desk, visitor: Visitor) -> None:
    visitor.send()
    visitor.send()

    assert len(desk.requests()) == 2


# --- what is wrong ---------------------------------------------------------------------------

TYPED = {
    "name": "Müller <b>",
    "email": "nobody",
    "subject": 'A "quoted" <script>alert(1)</script>',
    "description": "Zwei\nZeilen & mehr",
    "impact": "Low",
    "remote_ok": "yes",
    "template": "Printer problem",
    "desired_date": "2026-11-01",
}


def test_what_was_typed_stays_when_something_is_wrong(desk: Desk, visitor: Visitor) -> None:
    page = visitor.send(PICTURE, **TYPED)

    assert page.status == 422
    assert desk.requests() == []
    fields = page.fields()
    typed = {name: fields[name].replace("\r", "").strip() for name in TYPED}
    assert typed == TYPED
    assert [error.partition(" Write")[0] for error in page.errors()] == [
        "Your e-mail address",
        "Which day? That has passed already: write a later one.",
    ]
    assert "Choose your files again" in page.text


def test_each_error_leads_to_its_field_and_is_told_there(visitor: Visitor) -> None:
    page = visitor.send(name="", email="x", subject=" ", impact="")

    targets = page.all("//*[@id='summary']//li/a/@href")
    assert targets == ["#impact", "#subject", "#name", "#email"]
    for target in targets:
        [field] = page.all(f"//*[@id='{target[1:]}']")
        described = field.get("aria-describedby").split()
        assert f"{target[1:]}-error" in described
        for told in described:
            assert page.all(f"//*[@id='{told}']")[0].text_content().strip()


def test_what_was_corrected_can_be_sent(desk: Desk, visitor: Visitor) -> None:
    wrong = visitor.send(email="nobody")

    visitor.follow(visitor.post({**wrong.fields(), "email": ANSWERS["email"]}))

    assert [each["subject"] for each in kept(desk)] == [ANSWERS["subject"]]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("impact", "Nobody at all"),
        ("template", "A template of my own"),
        ("email", "two@client.example, three@client.example"),
        ("email", "name@client"),
        ("subject", "x" * 201),
        ("description", "x" * 20_001),
        ("desired_date", "2031-01-01"),
        ("desired_date", "some day"),
        ("remote_ok", "perhaps"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    desk: Desk, visitor: Visitor, field: str, words: str
) -> None:
    page = visitor.send(**{field: words})

    assert page.status == 422
    assert len(page.errors()) == 1
    assert desk.requests() == []


def test_a_time_needs_its_day(visitor: Visitor) -> None:
    page = visitor.send(desired_time="15:00")

    assert page.errors() == ["Which day? Write the day as well."]


# --- what is shown ---------------------------------------------------------------------------


def test_the_phone_number_stands_before_the_thanks_for_an_emergency(visitor: Visitor) -> None:
    urgent = visitor.follow(visitor.send(impact="Critical"))
    usual = visitor.follow(visitor.send(impact="Normal"))

    assert urgent.text.index("305-680-3122") < urgent.text.index("reference")
    assert "305-680-3122" not in usual.text
    assert urgent.all("//a/@href")[1] == "tel:3056803122"


def test_the_form_offers_the_templates_of_the_mapping_file(desk: Desk, visitor: Visitor) -> None:
    offered = visitor.get().all("//select[@id='template']/option/@value")

    assert offered[:2] == ["Internet or network down", "Computer problem"]
    assert (len(offered), offered[-1]) == (9, "")


def test_without_a_choice_the_words_decide_the_template(desk: Desk, visitor: Visitor) -> None:
    visitor.send(template="", subject="The toner is empty")

    [shown] = desk.sync().as_json()["requests"]  # type: ignore[misc]
    assert shown["template"] == "Printer problem"


def test_a_run_can_be_limited_to_the_form(desk: Desk, visitor: Visitor) -> None:
    visitor.send()
    desk.drop_mail()

    report = desk.sync(source="hosted-form")

    assert [request.source for request in report.requests] == ["hosted-form"]
    assert report.conserved


def test_an_emergency_is_worked_on_before_what_came_earlier(desk: Desk, visitor: Visitor) -> None:
    visitor.send(subject="A new mouse", impact="Low")
    visitor.send(subject="Nobody can print", emergency="y")

    desk.sync()

    titles = [body["Title"] for body in desk.bodies(CREATE)]
    assert titles == ["Nobody can print", "A new mouse"]


# --- trouble of ours -------------------------------------------------------------------------


def test_nobody_is_thanked_while_the_ledger_is_out_of_reach(
    desk: Desk, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_args: object, **_values: object) -> None:
        raise Unreachable("database is locked", "it is tried again")

    filled = {**visitor.open_form(), **ANSWERS}
    with monkeypatch.context() as patch:
        patch.setattr(SqlLedger, "admit", locked)
        page = visitor.post(filled)

    assert page.status == 503
    assert "was not sent" in page.text
    assert page.fields()["subject"] == ANSWERS["subject"]
    visitor.follow(visitor.post(page.fields()))
    assert len(desk.requests()) == 1
