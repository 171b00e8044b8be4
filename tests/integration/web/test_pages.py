"""What all pages share: headers, errors in words, and the reverse proxy in front."""

from collections.abc import Iterator

import pytest
from support.desk import Desk
from support.web import ANSWERS, Visitor, visited

PROXY = "10.0.0.5"


@pytest.fixture
def proxied(desk: Desk) -> Iterator[Visitor]:
    """Somebody who comes through a trusted proxy, unless `address` says otherwise."""
    desk.more += "\nserve: {trusted_proxies: [10.0.0.0/8]}"
    with visited(desk) as visitor:
        visitor.address = PROXY
        yield visitor


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/style.css"])
def test_pages_load_nothing_from_elsewhere_and_cannot_be_framed(
    visitor: Visitor, path: str
) -> None:
    headers = visitor.get(path).answer.headers

    assert headers.getlist("Content-Security-Policy") == [headers["Content-Security-Policy"]]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_are_not_kept_and_style_sheets_are(visitor: Visitor) -> None:
    assert visitor.get("/").answer.headers["Cache-Control"] == "no-store"
    assert visitor.get("/static/style.css").answer.headers["Cache-Control"] != "no-store"


def test_nothing_in_a_page_breaks_its_own_policy(visitor: Visitor) -> None:
    page = visitor.get()

    assert page.all("//script[not(@src)] | //style | //*[@style]") == []
    assert page.all("//@*[starts-with(name(), 'on')]") == []
    addresses = page.all("//link/@href | //script/@src | //img/@src | //form/@action")
    assert all(each.startswith("/") and not each.startswith("//") for each in addresses)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/../../etc/passwd", 404)])
def test_what_is_not_there_is_told_in_a_page(visitor: Visitor, path: str, status: int) -> None:
    page = visitor.get(path)

    assert page.status == status
    assert page.heading == "There is no such page"


def test_an_unexpected_error_shows_nothing_of_the_inside(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("connector.web.form.render_template", broken)
    page = visitor.get()

    assert page.status == 500
    assert "secret detail" not in page.text
    assert page.heading == "Something went wrong here"


def test_without_the_hosted_form_it_is_not_there(desk: Desk) -> None:
    desk.more += "\nserve: {form: false}"
    with visited(desk) as visitor:
        assert visitor.get("/").status == 404


# --- behind a proxy --------------------------------------------------------------------------


def test_behind_a_prefix_every_address_has_it(proxied: Visitor) -> None:
    proxied.headers = {"X-Forwarded-Prefix": "/help"}

    page = proxied.get("/")

    addresses = page.all("//link/@href | //script/@src | //form/@action")
    assert all(each.startswith("/help/") for each in addresses)
    proxied.base_url = "https://desk.example/help"
    thanks = proxied.send()
    assert thanks.answer.location == "/help/sent"


def test_the_cookie_is_for_the_pages_below_the_prefix_alone(proxied: Visitor) -> None:
    proxied.headers = {"X-Forwarded-Prefix": "/help"}

    assert "Path=/help;" in proxied.get().answer.headers["Set-Cookie"]


def test_a_prefix_that_the_proxy_leaves_in_the_path_is_cut_off(proxied: Visitor) -> None:
    proxied.headers = {"X-Forwarded-Prefix": "/help"}

    assert proxied.get("/help/").heading == "Send us a request"
    assert proxied.get("/helpdesk").status == 404


def test_the_cookie_is_secure_where_the_visitor_came_by_https(proxied: Visitor) -> None:
    plain = proxied.get().answer.headers["Set-Cookie"]
    proxied.client.delete_cookie("bms_connector")
    proxied.headers = {"X-Forwarded-Proto": "https"}
    secure = proxied.get().answer.headers["Set-Cookie"]

    assert "Secure" not in plain
    assert "Secure" in secure
    assert "HttpOnly" in secure
    assert "SameSite=Lax" in secure


def test_the_limit_counts_visitors_and_not_the_proxy(proxied: Visitor) -> None:
    filled = {**proxied.open_form(), **ANSWERS}

    for number in range(35):
        proxied.headers = {"X-Forwarded-For": f"198.51.100.{number}, 10.9.9.9"}
        assert proxied.post({**filled, "subject": f"No {number}"}).status == 303


def test_a_visitor_who_invents_addresses_is_still_one_visitor(proxied: Visitor) -> None:
    filled = {**proxied.open_form(), **ANSWERS}
    statuses = []
    for number in range(35):
        proxied.headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        statuses.append(proxied.post({**filled, "subject": f"No {number}"}).status)

    assert statuses.count(429) == 5


def test_headers_of_a_proxy_that_is_not_trusted_do_nothing(proxied: Visitor) -> None:
    proxied.address = "203.0.113.7"
    proxied.headers = {
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=198.51.100.1",
    }

    page = proxied.get("/")

    assert "evil" not in page.answer.get_data(as_text=True)
    assert "Secure" not in page.answer.headers["Set-Cookie"]
    assert page.all("//form/@action") == ["/"]
