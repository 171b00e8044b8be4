"""The hosted form as people use it: by mouse, thumb and keyboard, with and without JavaScript."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import Served, overflow, violations
from support.desk import Desk

pytestmark = pytest.mark.service

SCHEMES = ["light", "dark"]
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3


def fill(page: Page) -> None:
    """Answer what must be answered."""
    page.get_by_label("One person cannot work").check()
    page.get_by_label("Which of these fits best?").select_option("Printer problem")
    page.get_by_label("In a few words").fill("The printer prints blank pages")
    page.get_by_label("Your name").fill("Marta Ruiz")
    page.get_by_label("Your e-mail address").fill("marta.ruiz@harbordental.example")


def send(page: Page) -> None:
    page.get_by_role("button", name="Send").click()


def kept(desk: Desk) -> list[dict[str, Any]]:
    with desk.ledger() as ledger:
        return [json.loads(ledger.raw(record.key)) for record in ledger.listed(None, 100)]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_request_with_a_picture_becomes_a_ticket(
    browser: Browser, site: Served, desk: Desk, tmp_path: Path, *, javascript: bool
) -> None:
    picture = tmp_path / "Bildschirmfoto.png"
    picture.write_bytes(bytes(range(256)) * 4000)
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        site.open(page)
        fill(page)
        page.get_by_label("Screenshots or a video").set_input_files([picture])
        send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, we have your request")
        reference = page.locator(".reference").inner_text()

    report = desk.sync()

    assert [request.key for request in report.requests] == [reference]
    [ticket] = desk.sandbox.tickets
    [file] = desk.sandbox.attachments(ticket["Id"])
    assert file["OriginalFileName"] == picture.name
    assert file["Content"] == picture.read_bytes()


@pytest.mark.parametrize("javascript", [True, False])
def test_pressing_send_twice_and_reloading_gives_one_request(
    browser: Browser, site: Served, desk: Desk, *, javascript: bool
) -> None:
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        site.open(page)
        fill(page)
        page.get_by_role("button", name="Send").dblclick()
        expect(page.locator(".reference")).to_be_visible()
        page.reload()
        expect(page.locator(".reference")).to_be_visible()

    assert len(kept(desk)) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_nobody_is_shut_out(
    browser: Browser, site: Served, phone: dict[str, Any], scheme: Any, size: str
) -> None:
    options = phone if size == "phone" else {}
    with browser.new_context(color_scheme=scheme, **options) as context:
        page = context.new_page()
        site.open(page)
        empty = violations(page), overflow(page)
        page.get_by_label("This is an emergency").check()
        fill(page)
        page.get_by_label("What time?").fill("15:00")
        page.get_by_label("In a few words").fill(LONG)
        called = violations(page), overflow(page)
        send(page)
        expect(page.get_by_role("alert")).to_be_visible()
        wrong = violations(page), overflow(page)
        page.get_by_label("What time?").fill("")
        send(page)
        expect(page.locator(".reference")).to_be_visible()
        thanked = violations(page), overflow(page)
        site.open(page, "/nowhere")
        lost = violations(page), overflow(page)

    assert [empty, called, wrong, thanked, lost] == [([], 0)] * 5


@pytest.mark.parametrize("javascript", [True, False])
def test_the_phone_number_appears_when_several_people_cannot_work(
    browser: Browser, site: Served, *, javascript: bool
) -> None:
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        site.open(page)
        call = page.get_by_role("link", name="305-680-3122")
        expect(call).to_be_hidden()
        page.get_by_label("Several people cannot work").check()
        expect(call).to_be_visible()
        page.get_by_label("it can wait longer than 5 days").check()
        expect(call).to_be_hidden()
        page.get_by_label("This is an emergency").check()
        expect(call).to_be_visible()
        assert call.get_attribute("href") == "tel:3056803122"


@pytest.mark.parametrize("javascript", [True, False])
def test_an_error_leads_to_its_field_and_what_was_typed_is_still_there(
    browser: Browser, site: Served, desk: Desk, tmp_path: Path, *, javascript: bool
) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        site.open(page)
        fill(page)
        page.get_by_label("What time?").fill("15:00")
        page.get_by_label("What happens?").fill("Zwei\nZeilen")
        page.get_by_label("Screenshots or a video").set_input_files([picture])
        send(page)
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("Choose your files again")
        if javascript:
            expect(summary).to_be_focused()
        summary.get_by_role("link", name="Which day?").click()
        day = page.get_by_label("Which day?")
        expect(day).to_be_focused()
        expect(page.get_by_label("What time?")).to_have_value("15:00")
        expect(page.get_by_label("What happens?")).to_have_value("Zwei\nZeilen")
        expect(page.get_by_label("One person cannot work")).to_be_checked()
        assert page.title().startswith("Error: ")
        day.fill("2026-11-20")
        send(page)
        expect(page.locator(".reference")).to_be_visible()

    [submission] = kept(desk)
    assert submission["desired_resolution"] == "2026-11-20 15:00"


def test_the_keyboard_is_enough(browser: Browser, site: Served, desk: Desk) -> None:
    """Tab from field to field: each shows that it is there, and nothing hidden is on the way."""
    with browser.new_context() as context:
        page = context.new_page()
        site.open(page)
        passed = []
        for _ in range(40):
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.name || document.activeElement.className")
            passed.append(name)
            if name == "impact":
                page.keyboard.press("Space")
            elif name in ("subject", "name"):
                page.keyboard.type("Printer")
            elif name == "email":
                page.keyboard.type("marta.ruiz@harbordental.example")
            elif page.evaluate("document.activeElement.type") == "submit":
                page.keyboard.press("Enter")
                break
        expect(page.locator(".reference")).to_be_visible()

    assert passed[0] == "skip"
    assert "website" not in passed
    assert len(kept(desk)) == 1


def test_a_form_is_refused_before_its_upload_where_that_is_too_large(
    browser: Browser, site: Served, desk: Desk, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(61_000_000)
    with browser.new_context() as context:
        page = context.new_page()
        site.open(page)
        fill(page)
        page.get_by_label("Screenshots or a video").set_input_files([film])
        send(page)
        said = page.locator("#files").evaluate("each => each.validationMessage")

    assert "61 MB" in said
    assert kept(desk) == []
