"""The web side of a help desk in this process, and somebody who visits it."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from support.desk import Desk
from werkzeug.test import TestResponse

from connector.web.site import create_app
from connector.wiring.web import open_site

ANSWERS = {
    "impact": "High",
    "name": "Marta Ruiz",
    "email": "marta.ruiz@harbordental.example",
    "template": "Printer problem",
    "subject": "The printer prints blank pages",
    "description": "Since this morning.\nThe toner is new.",
}
"""What a person answers who leaves out whatever is not asked for."""

File = tuple[str, bytes, str]
"""Name, content and type of a file that is chosen."""


@dataclass
class Page:
    """An answer as a person sees it."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.answer.get_data(as_text=True))

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    @property
    def heading(self) -> str:
        return " ".join(self.tree.find(".//h1").text_content().split())

    def all(self, path: str) -> list[Any]:
        return list(self.tree.xpath(path))

    def errors(self) -> list[str]:
        """Return the links of the summary of errors, with their words."""
        return [
            " ".join(each.text_content().split()) for each in self.all("//*[@id='summary']//li")
        ]

    def fields(self) -> dict[str, Any]:
        """Return what the form would send if nothing were changed."""
        [form] = self.tree.xpath("//form")
        return {name: value for name, value in form.form_values() if name != "files"}


@dataclass
class Visitor:
    """A browser without JavaScript. `address` is whence it comes, `headers` what it says."""

    desk: Desk
    client: FlaskClient
    address: str = "203.0.113.7"
    headers: dict[str, str] = field(default_factory=dict)
    base_url: str = "http://localhost"

    def get(self, path: str = "/") -> Page:
        return Page(self.client.get(path, buffered=True, **self._where()))

    def post(self, data: Mapping[str, Any], path: str = "/", *files: File) -> Page:
        chosen = [(io.BytesIO(content), name, kind) for name, content, kind in files]
        sent = {**data, "files": chosen or [(io.BytesIO(b""), "", "application/octet-stream")]}
        options = {"content_type": "multipart/form-data", **self._where()}
        answer = self.client.post(path, data=sent, buffered=True, **options)
        answer.request.environ["wsgi.input"].close()
        return Page(answer)

    def open_form(self) -> dict[str, Any]:
        """Open the form and take the time that a person needs; return its fields."""
        fields = self.get().fields()
        self.desk.pass_by(seconds=60)
        return fields

    def send(self, *files: File, leaving_out: str = "", **answers: str) -> Page:
        """Fill in the form, and send it."""
        filled = {**self.open_form(), **ANSWERS, **answers}
        filled.pop(leaving_out, None)
        return self.post(filled, "/", *files)

    def follow(self, page: Page) -> Page:
        assert page.status == 303, page.text
        return self.get(page.answer.location)

    def _where(self) -> dict[str, Any]:
        return {
            "environ_base": {"REMOTE_ADDR": self.address},
            "headers": self.headers,
            "base_url": self.base_url,
        }


@contextmanager
def visited(desk: Desk) -> Iterator[Visitor]:
    """Yield a visitor of this help desk's web side."""
    with open_site(desk.setup(), clock=desk.clock) as site:
        app = create_app(site)
        app.testing = False
        yield Visitor(desk, app.test_client())
