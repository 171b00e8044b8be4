"""The status page: who sees it, what it shows, and what its buttons do."""

from collections.abc import Iterator

import pytest
from support.desk import Desk
from support.endpoints import CREATE
from support.web import Page, Visitor, visited

from connector.domain.request import Outcome
from connector.pipeline.steps import DELIVER, INTAKE, SLA

PASSWORD = "correct horse battery"
SERVE = f"serve: {{status_password: {PASSWORD}}}"
PROXY = "10.0.0.5"
BROKEN = b"{not json"


@pytest.fixture
def admin(desk: Desk) -> Iterator[Visitor]:
    """Somebody who knows the password; not signed in yet."""
    desk.more += f"\n{SERVE}"
    with visited(desk) as visitor:
        yield visitor


def sign_in(visitor: Visitor, password: str = PASSWORD) -> Page:
    fields = visitor.get("/status").fields()
    return visitor.post({**fields, "password": password}, "/status/sign-in")


def press(visitor: Visitor, page: Page, action: str, **more: str) -> Page:
    """Press the button of the only request that has it; return the page that follows."""
    [form] = page.all(f"//form[contains(@action, '/{action}')]")
    return visitor.follow(visitor.post({**dict(form.form_values()), **more}, form.get("action")))


def region(page: Page, name: str) -> str:
    """Return the text of a table."""
    [found] = page.all(f"//*[@aria-label='{name}']")
    return " ".join(found.text_content().split())


# --- who sees it -------------------------------------------------------------------------------


def test_without_a_password_it_is_closed(visitor: Visitor) -> None:
    page = visitor.get("/status")

    assert page.status == 403
    assert "serve.status_password" in page.text


def test_it_shows_nothing_before_the_password(desk: Desk, admin: Visitor) -> None:
    desk.drop_mail("Secret subject")
    desk.sync()

    assert admin.get("/status").heading == "Status: sign in"
    assert sign_in(admin, "wrong").status == 422
    assert admin.get("/status").heading == "Status: sign in"

    page = admin.follow(sign_in(admin))
    assert page.heading == "Status"


def test_signing_in_holds_for_twelve_hours(desk: Desk, admin: Visitor) -> None:
    sign_in(admin)
    desk.pass_by(hours=11)
    assert admin.get("/status").heading == "Status"
    desk.pass_by(hours=2)
    assert admin.get("/status").heading == "Status: sign in"


def test_signing_out_ends_it(admin: Visitor) -> None:
    page = admin.follow(sign_in(admin))
    press(admin, page, "sign-out")
    assert admin.get("/status").heading == "Status: sign in"


def test_passwords_cannot_be_tried_without_end(admin: Visitor) -> None:
    answers = [sign_in(admin, f"guess {number}").status for number in range(12)]
    assert answers[:10] == [422] * 10
    assert answers[10:] == [429] * 2
    assert sign_in(admin).status == 429


def test_a_post_without_the_token_of_the_page_signs_nobody_in(admin: Visitor) -> None:
    assert admin.post({"password": PASSWORD}, "/status/sign-in").status == 422
    assert admin.get("/status").heading == "Status: sign in"


@pytest.mark.parametrize(
    ("address", "header", "sees"),
    [
        (PROXY, "X-Remote-User", True),
        (PROXY, "X-Other-User", False),
        ("203.0.113.7", "X-Remote-User", False),
    ],
)
def test_a_login_header_counts_from_a_trusted_proxy_alone(
    desk: Desk, address: str, header: str, sees: bool
) -> None:
    desk.more += "\nserve: {login_header: X-Remote-User, trusted_proxies: [10.0.0.0/8]}"
    with visited(desk) as visitor:
        visitor.address, visitor.headers = address, {header: "Alice"}
        assert visitor.get("/status").status == (200 if sees else 403)


# --- what it shows -----------------------------------------------------------------------------


def test_it_shows_runs_sources_calls_and_versions(desk: Desk, admin: Visitor) -> None:
    desk.drop_mail()
    desk.sync()
    desk.pass_by(minutes=5)
    sign_in(admin)

    page = admin.get("/status")

    assert "1 received, 1 created" in region(page, "Last runs")
    assert "drop: 1 created" in region(page, "Last runs")
    assert "5 minutes" in region(page, "Sources")
    assert "hosted-form nothing was ever received" in region(page, "Sources")
    assert CREATE in region(page, "Calls to BMS")
    assert "Runs end well." in page.text
    assert "bms-connector " in page.text


def test_a_source_that_has_been_silent_for_a_day_is_marked(desk: Desk, admin: Visitor) -> None:
    desk.drop_mail()
    desk.sync()
    desk.pass_by(days=1, hours=2)
    sign_in(admin)

    assert "1 day 2 hours silent" in region(admin.get("/status"), "Sources")


def test_what_is_parked_is_shown_with_its_reason_and_can_be_released(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop("broken.json", BROKEN)
    desk.sync()
    [record] = desk.requests()
    assert record.state is Outcome.PARKED
    page = admin.follow(sign_in(admin))
    assert record.reason in region(page, "Parked requests")

    page = press(admin, page, "release")

    assert f"Request {record.key}: released." in page.text
    assert desk.requests()[0].state is Outcome.PENDING
    line = desk.journal(record.key)[-1]
    assert (line.step, line.run) == ("release", "by hand (status page)")


def test_what_is_parked_can_be_ignored_with_a_reason(desk: Desk, admin: Visitor) -> None:
    desk.drop("broken.json", BROKEN)
    desk.sync()
    page = admin.follow(sign_in(admin))

    press(admin, page, "ignore", reason="a test of the vendor")

    [record] = desk.requests()
    assert (record.state, record.reason) == (Outcome.IGNORED, "a test of the vendor")


def test_what_waits_for_a_later_attempt_is_shown_with_its_reason_and_can_be_tried_now(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("status", CREATE, status=500)
    desk.sync()
    [record] = desk.requests()
    assert record.state is Outcome.PENDING
    page = admin.follow(sign_in(admin))
    assert "next attempt" in region(page, "Pending requests")

    page = press(admin, page, "retry")

    assert f"Request {record.key}: due now." in page.text
    assert desk.requests()[0].next_attempt_at == desk.now


def test_buttons_do_nothing_for_who_has_not_signed_in_or_lacks_the_token(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop("broken.json", BROKEN)
    desk.sync()
    [record] = desk.requests()
    path = f"/status/requests/{record.key}/ignore"

    assert admin.post({}, path).status == 403
    sign_in(admin)
    page = admin.follow(admin.post({}, path))

    assert "Nothing was done" in page.text
    assert desk.requests()[0].state is Outcome.PARKED


def test_a_button_for_what_was_settled_meanwhile_says_that_nothing_was_done(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop("broken.json", BROKEN)
    desk.sync()
    [record] = desk.requests()
    page = admin.follow(sign_in(admin))
    desk.release(record.key)

    page = press(admin, page, "release")

    assert "nothing was done" in page.text


def test_what_clients_wrote_is_text_and_never_markup(desk: Desk, admin: Visitor) -> None:
    desk.drop_mail("<script>alert(1)</script>", sender='"<b>x</b>" <x@client.example>')
    desk.sandbox.faults.add("status", CREATE, status=500)
    desk.sync()

    page = admin.follow(sign_in(admin))

    assert "<script>alert(1)</script>" in page.text
    assert page.all("//main//script | //main//b") == []


# --- due dates ---------------------------------------------------------------------------------


def test_the_remote_response_is_shown_while_nobody_responded_then_the_due_date(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop_mail("Printer jam")
    desk.sync(INTAKE, DELIVER, SLA)
    sign_in(admin)
    shown = region(admin.get("/status"), "Next due dates")
    assert "Printer jam" in shown
    assert "Mon 16 Nov 12:00remote response 2 hours" in shown

    [ticket] = [each for each in desk.sandbox.tickets if each["Title"] == "Printer jam"]
    desk.sandbox.person.change_status(ticket["Id"], "In Progress")
    desk.pass_by(minutes=3)

    shown = region(admin.get("/status"), "Next due dates")
    assert "Sat 21 Nov 10:00due date" in shown


def test_a_date_with_little_time_left_is_at_risk_and_a_past_one_overdue(
    desk: Desk, admin: Visitor
) -> None:
    desk.drop_mail("Printer jam")
    desk.sync()
    sign_in(admin)

    desk.pass_by(minutes=80)
    assert "at risk" not in region(admin.get("/status"), "Next due dates")
    desk.pass_by(minutes=15)
    assert "at risk 25 minutes" in region(admin.get("/status"), "Next due dates")
    desk.pass_by(minutes=40)
    assert "overdue 15 minutes" in region(admin.get("/status"), "Next due dates")


def test_a_completed_ticket_is_not_shown(desk: Desk, admin: Visitor) -> None:
    desk.drop_mail("Printer jam")
    desk.sync()
    [ticket] = [each for each in desk.sandbox.tickets if each["Title"] == "Printer jam"]
    desk.sandbox.person.complete(ticket["Id"])
    sign_in(admin)

    assert "Printer jam" not in admin.get("/status").text


def test_bms_is_asked_at_most_every_two_minutes(desk: Desk, admin: Visitor) -> None:
    sign_in(admin)
    before = len(desk.sandbox.exchanges)
    for _ in range(5):
        admin.get("/status")
    first = len(desk.sandbox.exchanges) - before
    desk.pass_by(minutes=3)
    admin.get("/status")

    assert 2 <= first <= 6
    assert len(desk.sandbox.exchanges) - before <= first + 2


def test_the_page_is_there_while_bms_is_not(desk: Desk, admin: Visitor) -> None:
    sign_in(admin)
    desk.sandbox.stop()

    page = admin.get("/status")

    assert page.status == 200
    assert "BMS could not be asked" in page.text
