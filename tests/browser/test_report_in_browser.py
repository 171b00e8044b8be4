"""The page of a report in a real browser: by phone, in the dark, on paper."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.browser import overflow, violations
from support.figures import LONG, figures, outcomes

from connector.reporting.figures import Figures
from connector.reporting.page import render_page
from connector.reporting.sla_figures import SlaFigures

pytestmark = pytest.mark.service

YEAR_OF_FORTY = {"first": date(2025, 11, 24), "names": 40, "name": LONG}
CASES = {
    "usual": figures,
    "a year, forty long names": lambda: figures(**YEAR_OF_FORTY),
    "nothing came": lambda: figures(each=outcomes(), names=0, sla=SlaFigures(not_judged="down")),
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a page lies."""
    made: Figures = request.param()
    path = tmp_path / "report.html"
    path.write_text(render_page(made, desk="Help desk", version="1.0"), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_nobody_is_shut_out_of_a_report(
    browser: Browser, address: str, phone: dict[str, Any], scheme: Any, size: str
) -> None:
    options = phone if size == "phone" else {}
    with browser.new_context(color_scheme=scheme, java_script_enabled=True, **options) as context:
        page = context.new_page()
        page.goto(address)
        assert violations(page) == []
        assert overflow(page) == 0
        for table in page.locator(".scroll").all():
            assert table.evaluate("each => each.scrollWidth - each.clientWidth") == 0


def test_on_paper_it_is_dark_on_white_whatever_the_screen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_page(figures(), desk="Help desk", version="1.0"), encoding="utf-8")
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(path.as_uri())
        page.emulate_media(media="print", color_scheme="dark")
        style = page.locator("body").evaluate(
            "body => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]"
        )
        assert style == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert page.locator("table.numbers tbody tr").first.is_visible()


def test_each_part_of_a_column_has_a_colour_of_its_own(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_page(figures(), desk="Help desk", version="1.0"), encoding="utf-8")
    for scheme in ("light", "dark"):
        with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(path.as_uri())
            fills = page.locator(".columns + .ends").evaluate(
                "() => [...document.querySelectorAll('.columns rect')].slice(0, 6)"
                ".map(each => getComputedStyle(each).fill)"
            )
            assert len(set(fills)) == 6
