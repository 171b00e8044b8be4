"""A real browser (Debian's Chromium, headless) at the web side, served by waitress."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from support.browser import CHROMIUM, Served, served
from support.desk import Desk, help_desk

from connector.pipeline.steps import DELIVER, INTAKE


@pytest.fixture(autouse=True)
def _no_logs(no_logs: None) -> None:
    """Nobody reads them here."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this process; each has a context of its own.

    Skips the test where Chromium is not installed, unless services are required.
    """
    if CHROMIUM is None:
        if os.environ.get("CONNECTOR_REQUIRE_SERVICES") == "1":
            pytest.fail("chromium is not installed (Debian: chromium)")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A help desk with a phone number and a long name."""
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER)
        ready.more = (
            'mail: {phone: 305-680-3122, from: "Donaudampfschifffahrtsgesellschafts-'
            'Informationstechnikabteilung <helpdesk@securenetmsp.com>"}'
        )
        yield ready


@pytest.fixture
def site(desk: Desk) -> Iterator[Served]:
    """The web side of `desk` on a port of this machine."""
    with served(desk) as running:
        yield running


@pytest.fixture
def phone() -> dict[str, Any]:
    """What a browser context of a small phone is made with."""
    return {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}
