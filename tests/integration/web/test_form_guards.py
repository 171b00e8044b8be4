"""What machines and strangers post to the hosted form is not taken, and no person is shut out."""

import io

import pytest
from support.desk import Desk
from support.endpoints import CREATE
from support.web import ANSWERS, Visitor


def test_a_form_from_elsewhere_is_not_taken(desk: Desk, visitor: Visitor) -> None:
    page = visitor.send(csrf_token="of another page")

    assert page.status == 422
    assert "Nothing was sent yet" in page.text
    assert desk.requests() == []


def test_without_the_cookie_of_the_page_nothing_is_taken(desk: Desk, visitor: Visitor) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    visitor.client.delete_cookie("bms_connector")

    page = visitor.post(filled)

    assert (page.status, desk.requests()) == (422, [])
    assert visitor.post(page.fields()).status == 303


@pytest.mark.parametrize(
    ("trick", "says"),
    [
        ({"website": "https://spam.example"}, "people do not see"),
        ({"stamp": "made.up"}, "open for too long"),
        ({"stamp": ""}, "open for too long"),
    ],
)
def test_what_machines_do_is_not_taken_and_a_person_can_send_it_again(
    desk: Desk, visitor: Visitor, trick: dict[str, str], says: str
) -> None:
    page = visitor.send(**trick)

    assert page.status == 422
    assert says in page.text
    assert desk.requests() == []
    desk.pass_by(seconds=10)
    visitor.follow(visitor.post(page.fields()))
    assert len(desk.requests()) == 1


def test_nobody_fills_it_in_within_a_second(desk: Desk, visitor: Visitor) -> None:
    page = visitor.post({**visitor.get().fields(), **ANSWERS})

    assert (page.status, desk.requests()) == (422, [])
    desk.pass_by(seconds=10)
    assert visitor.post(page.fields()).status == 303


def test_a_form_that_was_open_for_days_is_sent_with_one_more_press(
    desk: Desk, visitor: Visitor
) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    desk.pass_by(days=2)

    page = visitor.post(filled)
    desk.pass_by(seconds=10)

    assert page.status == 422
    assert visitor.post(page.fields()).status == 303


def test_a_flood_from_one_address_is_stopped_and_others_go_on(desk: Desk, visitor: Visitor) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    answers = [visitor.post({**filled, "subject": f"No {n}"}) for n in range(1000)]

    refused = [page for page in answers if page.status == 429]
    assert len(answers) - len(refused) == len(desk.requests()) == 30
    assert 1 <= int(refused[0].answer.headers["Retry-After"]) <= 600
    assert "305-680-3122" in refused[0].text
    visitor.address = "203.0.113.8"
    assert visitor.post({**filled, "subject": "Another office"}).status == 303
    visitor.address = "203.0.113.7"
    desk.pass_by(minutes=11)
    assert visitor.post({**filled, "subject": "Later"}).status == 303


@pytest.mark.parametrize("field", ["subject", "description", "impact", "stamp", "csrf_token"])
def test_a_file_in_a_field_of_text_counts_as_left_empty(
    desk: Desk, visitor: Visitor, field: str
) -> None:
    filled = {**visitor.open_form(), **ANSWERS}
    filled[field] = (io.BytesIO(b"words"), "words.txt")

    page = visitor.post(filled)

    assert page.status == (303 if field == "description" else 422)
    assert all(b"words" not in each for each in raws(desk))


def test_markup_in_every_field_is_text(desk: Desk, visitor: Visitor) -> None:
    attack = "<script>alert(1)</script>"
    lines = ("name", "subject", "description", "phone", "company", "affected_user", "started")

    visitor.follow(visitor.send(**dict.fromkeys(lines, attack)))
    desk.sync()

    [body] = desk.bodies(CREATE)
    assert "<script" not in body["Details"]
    assert "&lt;script&gt;" in body["Details"]


def test_a_body_larger_than_the_limit_is_refused_in_words(desk: Desk, visitor: Visitor) -> None:
    page = visitor.send(("film.mp4", bytes(61_000_000), "video/mp4"))

    assert page.status == 413
    assert "smaller files" in page.text
    assert desk.requests() == []


def raws(desk: Desk) -> list[bytes]:
    with desk.ledger() as ledger:
        return [ledger.raw(record.key) for record in ledger.listed(None, 10)]
