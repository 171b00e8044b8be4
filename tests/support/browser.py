"""The web side of a help desk on a port, and what a person does there in a real browser."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from support.desk import Desk

from connector.web.serving import Listener
from connector.web.site import create_app
from connector.wiring.web import open_site

CHROMIUM = shutil.which("chromium")
READING = timedelta(minutes=1)
"""How long a person takes over a form; the help desk's clock moves so far by itself."""


class StopEvent(threading.Event):
    """What `Listener.serve` asks whether it should stop."""

    asked = threading.Event.is_set


@dataclass
class Served:
    """A web side that runs."""

    desk: Desk
    url: str

    def open(self, page: Page, path: str = "/") -> None:
        """Open a page, and take the time to read it."""
        page.goto(self.url + path)
        self.desk.clock.now += READING


@contextmanager
def served(desk: Desk) -> Iterator[Served]:
    """Serve the web side of a help desk by its own clock."""
    with open_site(desk.setup(), clock=desk.clock) as site:
        listener = Listener(create_app(site), "127.0.0.1", 0, most_bytes=site.max_request_bytes)
        stop = StopEvent()
        thread = threading.Thread(target=listener.serve, args=(stop,))
        thread.start()
        try:
            yield Served(desk, f"http://{listener.address}")
        finally:
            stop.set()
            thread.join()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds against accessibility (WCAG and best practices)."""
    page.wait_for_load_state("load")  # words of a page are there before its colours are
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
