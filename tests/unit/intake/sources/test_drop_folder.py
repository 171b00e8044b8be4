import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.request import Outcome, RequestKind
from connector.errors import Unreachable
from connector.intake.sources.drop_folder import DropFolder
from connector.ports import ItemUnfiled, ItemUnreadable, ItemVanished, Source

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DONE = [Outcome.CREATED, Outcome.APPENDED, Outcome.IGNORED, Outcome.DUPLICATE]


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def source(inbox) -> Source:
    return DropFolder("drop", inbox, "members")


def put(path: Path, content: bytes = b"mail", minutes: int = 0) -> Path:
    path.write_bytes(content)
    moment = (NOON + timedelta(minutes=minutes)).timestamp()
    os.utime(path, (moment, moment))
    return path


def names(source: Source) -> list[str]:
    return [arrival.locator.split(":")[0] for arrival in source.list().items]


def only(source: Source):
    (arrival,) = source.list().items
    return arrival


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_mails_and_forms_are_handed_over_oldest_first(source, inbox):
    put(inbox / "b.eml", b"12345", minutes=5)
    put(inbox / "c.JSON", minutes=1)
    put(inbox / "a.EML", minutes=5)
    items = source.list().items
    assert names(source) == ["c.JSON", "a.EML", "b.eml"]
    assert [item.kind for item in items] == [RequestKind.FORM, RequestKind.EMAIL, RequestKind.EMAIL]
    assert [item.form for item in items] == ["members", None, None]
    assert items[2].size == 5
    assert items[2].source == "drop"
    assert items[2].received_at == NOON + timedelta(minutes=5)
    assert items[2].received_at.tzinfo is UTC


def test_other_names_are_reported_and_never_touched(source, inbox, tmp_path):
    secret = put(tmp_path / "secret.eml")
    for name in ("notes.txt", "mail.eml.tmp", ".hidden.eml", "eml"):
        put(inbox / name)
    (inbox / "link.eml").symlink_to(secret)
    (inbox / "folder.eml").mkdir()
    (inbox / "processed").mkdir()
    (inbox / "parked").mkdir()
    os.mkfifo(inbox / "pipe.eml")
    listing = source.list()
    assert listing.items == []
    assert listing.strangers == [
        "eml", "folder.eml", "link.eml", "mail.eml.tmp", "notes.txt", "pipe.eml",
    ]  # fmt: skip


def test_without_a_form_a_json_file_is_a_stranger(inbox):
    put(inbox / "a.json")
    listing = DropFolder("drop", inbox, None).list()
    assert (listing.items, listing.strangers) == ([], ["a.json"])


def test_reading_gives_the_bytes(source, inbox):
    put(inbox / "a.eml", b"\x00raw\r\n")
    assert only(source).read() == b"\x00raw\r\n"


def test_an_item_taken_away_has_vanished(source, inbox):
    path = put(inbox / "a.eml")
    arrival = only(source)
    path.unlink()
    with pytest.raises(ItemVanished, match=r"a\.eml"):
        arrival.read()


def test_an_item_replaced_by_another_has_vanished(source, inbox):
    put(inbox / "a.eml", b"first")
    arrival = only(source)
    put(inbox / "new", b"other").replace(inbox / "a.eml")
    with pytest.raises(ItemVanished, match="replaced"):
        arrival.read()


def test_an_item_replaced_by_a_link_is_not_followed(source, inbox, tmp_path):
    secret = put(tmp_path / "secret")
    path = put(inbox / "a.eml")
    arrival = only(source)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(ItemUnreadable, match=r"a\.eml"):
        arrival.read()


@pytest.mark.parametrize(
    ("outcome", "folder"), [*((done, "processed") for done in DONE), (Outcome.PARKED, "parked")]
)
def test_an_item_is_filed_by_its_outcome_with_its_time(source, inbox, outcome, folder):
    put(inbox / "a.eml", b"mail")
    source.mark(only(source).locator, outcome)
    assert files(inbox) == [f"{folder}/a.eml"]
    filed = inbox / folder / "a.eml"
    assert filed.read_bytes() == b"mail"
    assert filed.stat().st_mtime == NOON.timestamp()


def test_a_taken_name_is_never_overwritten(source, inbox):
    for content in (b"one", b"two", b"three"):
        put(inbox / "a.eml", content)
        source.mark(only(source).locator, Outcome.DUPLICATE)
    filed = {name: (inbox / name).read_bytes() for name in files(inbox)}
    assert filed == {
        "processed/a.eml": b"one", "processed/a.2.eml": b"two", "processed/a.3.eml": b"three",
    }  # fmt: skip


def test_a_name_taken_by_a_process_that_died_before_its_move_is_used(source, inbox):
    put(inbox / "a.eml", b"one")
    (inbox / "processed").mkdir()
    (inbox / "processed" / "a.eml").touch()
    source.mark(only(source).locator, Outcome.CREATED)
    assert files(inbox) == ["processed/a.eml"]
    assert (inbox / "processed" / "a.eml").read_bytes() == b"one"


@pytest.mark.parametrize("outcome", [Outcome.CREATED, Outcome.PARKED])
def test_marking_twice_changes_nothing_more(source, inbox, outcome):
    put(inbox / "a.eml")
    locator = only(source).locator
    source.mark(locator, outcome)
    before = files(inbox)
    source.mark(locator, outcome)
    assert files(inbox) == before


def test_marking_an_item_that_is_gone_leaves_the_others(source, inbox):
    put(inbox / "a.eml", b"first")
    locator = only(source).locator
    put(inbox / "new", b"other, longer").replace(inbox / "a.eml")
    source.mark(locator, Outcome.CREATED)
    assert files(inbox) == ["a.eml"]


def test_a_parked_item_that_is_done_moves_on(source, inbox):
    put(inbox / "a.eml")
    locator = only(source).locator
    source.mark(locator, Outcome.PARKED)
    source.mark(locator, Outcome.CREATED)
    assert files(inbox) == ["processed/a.eml"]


def test_the_right_one_of_several_parked_under_one_name_moves_on(source, inbox):
    locators = []
    for content in (b"one", b"two", b"333"):
        put(inbox / "a.eml", content)
        locators.append(only(source).locator)
        source.mark(locators[-1], Outcome.PARKED)
    for locator in (locators[0], locators[2]):
        source.mark(locator, Outcome.CREATED)
    filed = {name: (inbox / name).read_bytes() for name in files(inbox)}
    assert filed == {
        "parked/a.2.eml": b"two", "processed/a.eml": b"one", "processed/a.2.eml": b"333",
    }  # fmt: skip


def test_a_parked_item_touched_by_a_person_is_still_found(source, inbox):
    put(inbox / "a.eml")
    locator = only(source).locator
    source.mark(locator, Outcome.PARKED)
    (inbox / "parked" / "a.eml").touch()
    source.mark(locator, Outcome.CREATED)
    assert files(inbox) == ["processed/a.eml"]


def test_a_parked_item_restored_from_a_backup_is_still_found(source, inbox):
    put(inbox / "a.eml", b"mail")
    locator = only(source).locator
    source.mark(locator, Outcome.PARKED)
    put(inbox / "parked" / "copy", b"mail").replace(inbox / "parked" / "a.eml")
    source.mark(locator, Outcome.CREATED)
    assert files(inbox) == ["processed/a.eml"]


def test_a_done_item_is_not_parked_again_by_a_late_mark(source, inbox):
    put(inbox / "a.eml")
    locator = only(source).locator
    source.mark(locator, Outcome.CREATED)
    source.mark(locator, Outcome.PARKED)
    assert files(inbox) == ["processed/a.eml"]


def test_a_locator_means_the_same_file_to_another_process(source, inbox):
    put(inbox / "a: b%2F\n.eml")
    again = DropFolder("drop", inbox, None)
    assert [a.locator for a in again.list().items] == [a.locator for a in source.list().items]
    again.mark(only(source).locator, Outcome.CREATED)
    assert files(inbox) == ["processed/a: b%2F\n.eml"]


def test_a_file_name_that_is_no_utf8_survives(source, inbox):
    path = os.fsencode(inbox) + b"/caf\xe9.eml"
    with open(path, "wb") as stream:  # noqa: PTH123
        stream.write(b"mail")
    arrival = only(source)
    arrival.locator.encode()
    assert arrival.read() == b"mail"
    source.mark(arrival.locator, Outcome.CREATED)
    assert source.list().items == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_an_odd_modification_time_is_handed_over_as_it_is(source, inbox, year):
    moment = datetime(year, 1, 1, 0, 0, 1, tzinfo=UTC)
    os.utime(put(inbox / "a.eml"), (moment.timestamp(),) * 2)
    assert only(source).received_at == moment


def test_a_folder_that_is_missing_says_which_and_what_to_do(tmp_path):
    source = DropFolder("drop", tmp_path / "nowhere", None)
    with pytest.raises(Unreachable) as caught:
        source.list()
    assert "'drop'" in caught.value.message
    assert str(tmp_path / "nowhere") in caught.value.message
    assert "`path`" in caught.value.remedy


def test_an_item_that_cannot_be_moved_says_where_to(source, inbox):
    put(inbox / "a.eml")
    (inbox / "processed").write_text("a file in the way")
    with pytest.raises(ItemUnfiled, match="could not be moved"):
        source.mark(only(source).locator, Outcome.CREATED)
    assert (inbox / "a.eml").exists()
