"""Approvals and the status page in a real browser: by phone, in the dark, without JavaScript."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.access_office import MARTA_ADDRESS, Office, access_office
from support.browser import Served, overflow, served, violations
from support.desk import Desk
from support.post import mail_server

from connector.accounts.model import AccessState
from connector.domain.request import Outcome

pytestmark = pytest.mark.service

PASSWORD = "correct horse battery"
OWEN = "Owen Price <owen.price@harbordental.example>"
LONG = "Kraftfahrzeughaftpflichtversicherungsgesellschaft" * 4
SCHEMES = ["light", "dark"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A help desk at which Owen asked for a login, and Marta was mailed a link."""
    with mail_server() as mailbox, access_office(tmp_path, mailbox) as ready:
        ready.more = [f"serve: {{status_password: {PASSWORD}}}"]
        ready.arrives(sender=OWEN)
        yield ready


@pytest.fixture
def watched(desk: Desk) -> Iterator[Served]:
    """A help desk with something parked, something pending, and dates to come."""
    desk.more += f"\nserve: {{status_password: {PASSWORD}}}"
    desk.drop("broken.json", b"{not json")
    desk.drop_mail(f"Printer {LONG}", name="one.eml")
    desk.sync()
    desk.sandbox.faults.add("status", "POST /v2/servicedesk/tickets", status=500)
    desk.drop_mail(LONG, name="two.eml")
    desk.sync()
    with served(desk) as running:
        yield running


def sign_in(site: Served, page: Page) -> None:
    site.open(page, "/status")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Status")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_point_of_contact_approves_on_a_phone(
    browser: Browser, office: Office, phone: dict[str, Any], *, javascript: bool
) -> None:
    token = office.tokens(MARTA_ADDRESS)[-1]
    with (
        served(office.desk) as site,
        browser.new_context(java_script_enabled=javascript, **phone) as context,
    ):
        page = context.new_page()
        site.open(page, f"/approvals/{token}")
        expect(page.locator("main")).to_contain_text("Ana Lopez")
        assert office.state() is AccessState.AWAITING_APPROVAL
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You approved this")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("You approved this")
    assert office.state() is AccessState.APPROVED


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nobody_is_shut_out_of_an_approval(
    browser: Browser, office: Office, phone: dict[str, Any], scheme: Any
) -> None:
    token = office.tokens(MARTA_ADDRESS)[-1]
    with served(office.desk) as site, browser.new_context(color_scheme=scheme, **phone) as context:
        page = context.new_page()
        site.open(page, f"/approvals/{token}")
        assert violations(page) == []
        assert overflow(page) == 0
        page.get_by_role("button", name="Deny").click()
        expect(page.get_by_role("alert")).to_contain_text("Please say why")
        assert violations(page) == []
        page.get_by_label("Reason").fill(LONG)
        page.get_by_role("button", name="Deny").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You denied this")
        assert violations(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_an_admin_releases_and_ignores_on_the_status_page(
    browser: Browser, watched: Served, desk: Desk, *, javascript: bool
) -> None:
    with browser.new_context(java_script_enabled=javascript) as context:
        page = context.new_page()
        sign_in(watched, page)
        page.get_by_role("button", name=re.compile("^Release")).click()
        expect(page.get_by_role("status")).to_contain_text("released")
        [key] = [each.key for each in desk.requests() if each.subject == LONG]
        page.get_by_label(f"Reason for ignoring request {key}").fill("a test")
        page.get_by_role("button", name=f"Ignore request {key}").click()
        expect(page.get_by_role("status")).to_contain_text("ignored")
    states = {each.key: (each.state, each.reason) for each in desk.requests()}
    assert states[key] == (Outcome.IGNORED, "a test")
    assert Outcome.PARKED not in {state for state, _ in states.values()}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_nobody_is_shut_out_of_the_status_page(
    browser: Browser, watched: Served, phone: dict[str, Any], scheme: Any, size: str
) -> None:
    options = phone if size == "phone" else {}
    with browser.new_context(color_scheme=scheme, **options) as context:
        page = context.new_page()
        watched.open(page, "/status")
        assert violations(page) == []
        sign_in(watched, page)
        assert violations(page) == []
        assert overflow(page) == 0
        for table in page.locator(".scroll").all():
            assert table.evaluate("each => each.scrollWidth - each.clientWidth") == 0
