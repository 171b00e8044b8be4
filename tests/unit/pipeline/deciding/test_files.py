"""The files of a request as BMS can take them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.directory import FakeDirectory

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment, Request, RequestKind
from connector.mapping.render import MAX_REQUEST_CHARACTERS
from connector.pipeline.deciding.files import files_of, fitting, with_distinct_names

PAT = Mailbox("", "pat@client.example")


def file(name: str, content: bytes = b"x") -> Attachment:
    return Attachment(name, "text/plain", content)


def request(
    text: str = "Hello",
    *,
    kind: RequestKind = RequestKind.EMAIL,
    sender: Mailbox | None = PAT,
    files: tuple[Attachment, ...] = (),
) -> Request:
    received = datetime(2026, 11, 16, tzinfo=UTC)
    return Request(kind, "drop", received, sender, "Subject", text, files)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.txt", "b.txt"], ["a.txt", "b.txt"]),
        (["scan.pdf", "scan.pdf", "scan.pdf"], ["scan.pdf", "scan (2).pdf", "scan (3).pdf"]),
        (["Scan.PDF", "scan.pdf"], ["Scan.PDF", "scan (2).pdf"]),
        (["a", "a"], ["a", "a (2)"]),
        (["a.txt", "a (2).txt", "a.txt"], ["a.txt", "a (2).txt", "a (3).txt"]),
        (["x.tar.gz", "x.tar.gz"], ["x.tar.gz", "x.tar (2).gz"]),
    ],
)
def test_files_get_distinct_names(names: list[str], expected: list[str]) -> None:
    assert [each.name for each in with_distinct_names(map(file, names))] == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a.txt", "A.txt", "a (2).txt", "a", "b.txt", ".txt"])))
def test_names_are_distinct_in_any_case_and_no_file_is_lost(names: list[str]) -> None:
    renamed = with_distinct_names(map(file, names))

    assert len({each.name.casefold() for each in renamed}) == len(names)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(RequestKind.EMAIL, "original.eml"), (RequestKind.FORM, "original.json")],
)
def test_the_original_is_attached_where_the_ticket_cannot_show_all(
    kind: RequestKind, name: str
) -> None:
    long = "x" * (MAX_REQUEST_CHARACTERS + 1)

    assert files_of(request(kind=kind), b"raw") == ()
    for cut in (request(long, kind=kind), request(kind=kind, sender=None)):
        (original,) = files_of(cut, b"raw")
        assert (original.name, original.content) == (name, b"raw")


def test_an_attached_file_called_like_the_original_keeps_its_name() -> None:
    own = file("original.eml", b"own")

    files = files_of(request(sender=None, files=(own,)), b"raw")

    assert [(each.name, each.content) for each in files] == [
        ("original.eml", b"own"),
        ("original (2).eml", b"raw"),
    ]


def test_what_is_larger_than_the_tenants_limit_is_named_and_not_sent() -> None:
    small, exact, large = file("s", b"x"), file("e", b"x" * 10), file("l", b"x" * 11)

    kept, too_large = fitting((small, exact, large), FakeDirectory(attachment_limit=10))

    assert kept == (small, exact)
    assert too_large == ["l"]


def test_without_files_bms_is_not_asked_for_its_limit() -> None:
    directory = FakeDirectory()

    assert fitting((), directory) == ((), [])
    assert directory.asked_for_limit == 0
