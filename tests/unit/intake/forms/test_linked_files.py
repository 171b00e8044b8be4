"""Files that a form names by their addresses: fetched from allowed hosts, and from no other."""

from collections.abc import Iterator

import pytest
from support.file_host import FileHost, running_file_host

from connector.domain.request import Attachment, FileLink
from connector.intake.forms.linked_files import MOST_SECONDS, LinkedFiles
from connector.ports.files import Fetched


@pytest.fixture
def host() -> Iterator[FileHost]:
    with running_file_host() as running:
        yield running


def fetch(host: FileHost, *urls: str, most_bytes: int = 1000) -> Fetched:
    files = LinkedFiles({"website": [host.place]}, most_bytes)
    return files.fetch("website", [FileLink("page.png", url) for url in urls])


def test_a_file_is_fetched_with_its_type(host: FileHost) -> None:
    url = host.has("/u/page.png", b"png", Content_Type="image/png; x=y")

    assert fetch(host, url) == Fetched((Attachment("page.png", "image/png", b"png"),))


def test_no_credentials_of_ours_go_along(
    host: FileHost, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:  # noqa: PTH123
        file.write("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", netrc)
    fetch(host, host.has("/a", b"x"))

    assert "Authorization" not in host.headers[0]


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:{port}/secret",
        "http://127.0.0.2:{port}/secret",
        "http://127.0.0.1/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:{port}@evil.example/secret",
        "http://evil.example\\@127.0.0.1:{port}/secret",
        "http://user:pass@127.0.0.1:{port}/secret",
        "http://127.0.0.1:{port}.evil.example/secret",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/secret",
        "http://[::1]:{port}/secret",
        "http:///secret",
        "http://0x7f.1:{port}/secret",
        "https://",
        "http://127.0.0.1:99999/secret",
        "http://*:{port}/",
    ],
)
def test_nothing_is_asked_of_any_other_host(host: FileHost, address: str) -> None:
    host.has("/secret", b"secret")
    port = host.http.server_address[1]

    fetched = fetch(host, address.format(port=port))

    assert host.calls == []
    assert fetched.attachments == ()
    assert len(fetched.missing) == 1
    assert not fetched.may_come


def test_a_source_without_hosts_fetches_nothing(host: FileHost) -> None:
    files = LinkedFiles({"other": [host.place]}, 1000)

    fetched = files.fetch("website", [FileLink("a", host.has("/a", b"x"))])

    assert host.calls == []
    assert "files_from of source 'website'" in fetched.missing[0]


def test_plain_http_is_only_for_this_machine() -> None:
    files = LinkedFiles({"website": ["files.example:80"]}, 1000)

    [missing] = files.fetch("website", [FileLink("a", "http://files.example:80/a")]).missing

    assert "https://" in missing


def test_a_redirect_within_the_allowed_hosts_is_followed(host: FileHost) -> None:
    host.has("/b", b"found")
    url = host.has("/a", b"", status=302, Location="/b")

    assert fetch(host, url).attachments[0].content == b"found"


def test_a_redirect_to_any_other_host_is_not(host: FileHost) -> None:
    with running_file_host() as other:
        away = other.has("/b", b"secret")
        fetched = fetch(host, host.has("/a", b"", status=307, Location=away))

        assert other.calls == []
    assert fetched.attachments == ()


def test_redirects_end(host: FileHost) -> None:
    fetched = fetch(host, host.has("/a", b"", status=302, Location="/a"))

    assert "redirects too often" in fetched.missing[0]
    assert len(host.calls) == 4


@pytest.mark.parametrize(
    ("status", "may_come"),
    [(404, False), (403, False), (410, False), (429, True), (500, True), (503, True)],
)
def test_what_a_server_refuses_is_named_and_may_come_later(
    host: FileHost, status: int, may_come: bool
) -> None:
    fetched = fetch(host, host.has("/a", b"no", status=status))

    assert f"answered {status}" in fetched.missing[0]
    assert fetched.may_come is may_come


def test_a_page_that_asks_to_sign_in_is_no_file(host: FileHost) -> None:
    fetched = fetch(host, host.has("/a", b"<form>", Content_Type="text/html"))

    assert "sign-in" in fetched.missing[0]


def test_a_server_that_is_gone_may_come_back(host: FileHost) -> None:
    files = LinkedFiles({"website": ["127.0.0.1:9"]}, 1000)

    fetched = files.fetch("website", [FileLink("a", "http://127.0.0.1:9/a")])

    assert fetched.may_come
    assert "could not be reached" in fetched.missing[0]


def test_all_files_together_have_one_limit(host: FileHost) -> None:
    first, second = host.has("/a", b"x" * 600), host.has("/b", b"x" * 600)

    fetched = fetch(host, first, second)

    assert [len(each.content) for each in fetched.attachments] == [600]
    assert "too large" in fetched.missing[0]
    assert not fetched.may_come


def test_a_packed_file_counts_as_what_it_unpacks_to(host: FileHost) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 10_000_000)
    fetched = fetch(host, host.has("/a", bomb, Content_Encoding="gzip"), most_bytes=100_000)

    assert "too large" in fetched.missing[0]


def test_a_server_that_trickles_is_left(host: FileHost) -> None:
    url = host.has("/a", [b"x"] * 40)
    times = iter([0.0, 1.0, 2.0])
    files = LinkedFiles(
        {"website": [host.place]}, 1000, seconds=lambda: next(times, MOST_SECONDS + 1)
    )

    fetched = files.fetch("website", [FileLink("a", url)])

    assert "too slow" in fetched.missing[0]
    assert fetched.may_come


def test_a_server_that_hangs_is_not_waited_for_once_for_each_file(host: FileHost) -> None:
    url = host.has("/a", b"no", status=503)
    now = [0.0]

    def seconds() -> float:
        now[0] += MOST_SECONDS / 4
        return now[0]

    files = LinkedFiles({"website": [host.place]}, 1000, seconds=seconds)

    fetched = files.fetch("website", [FileLink("a", url)] * 100)

    assert len(host.calls) == 3
    assert len(fetched.missing) == 100
    assert "took too long" in fetched.missing[-1]
    assert fetched.may_come
