"""`load_mappings` on the texts of `messages/`: what is read, and what is said of the folder."""

import shutil
from pathlib import Path

import pytest

from connector.errors import Problem
from connector.mapping.load import ADD_MISSING, load_mappings, message_problems, read_mappings
from connector.mapping.message_templates import KNOWN, REQUIRED
from connector.samples import mappings_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(mappings_dir(), tmp_path / "mappings"))


def test_the_texts_are_those_of_the_folder(folder: Path) -> None:
    (folder / "messages" / "alert.txt.j2").write_bytes("Subject: Señal\n\nÜber".encode())

    mappings = load_mappings(folder)

    assert mappings.folder == folder
    assert set(mappings.messages.sources) >= set(REQUIRED)
    assert mappings.messages.sources["alert.txt.j2"] == "Subject: Señal\n\nÜber"


def test_a_text_that_notepad_saved_is_read_without_its_byte_order_mark(folder: Path) -> None:
    path = folder / "messages" / "alert.txt.j2"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert message_problems(folder, load_mappings(folder).messages) == []


def test_a_missing_text_leads_to_init(folder: Path) -> None:
    path = folder / "messages" / "alert.txt.j2"
    path.unlink()

    assert read_mappings(folder)[1] == [Problem(str(path), None, "", "is missing", ADD_MISSING)]


def test_a_text_in_html_may_be_missing(folder: Path) -> None:
    (folder / "messages" / "acknowledgement.html.j2").unlink()

    assert "acknowledgement.html.j2" not in load_mappings(folder).messages.sources


def test_a_text_in_another_encoding_is_told_beside_what_else_is_wrong(folder: Path) -> None:
    (folder / "messages" / "alert.txt.j2").write_bytes("Subject: Señal".encode("latin-1"))
    (folder / "messages" / "alarm.txt.j2").write_text("Subject: x")

    unreadable, strange = read_mappings(folder)[1]

    assert unreadable.file == str(folder / "messages" / "alert.txt.j2")
    assert (unreadable.line, unreadable.key) == (None, "")
    assert unreadable.message.startswith("cannot be read ('utf-8")
    assert "UTF-8" in unreadable.remedy
    assert strange.file == str(folder / "messages" / "alarm.txt.j2")
    assert strange.message == "is no message"


def test_a_text_that_nothing_sends_is_told_with_the_names_that_are_known(folder: Path) -> None:
    path = folder / "messages" / "alarm.txt.j2"
    path.write_text("Subject: x")
    (folder / "messages" / ".alert.txt.j2.swp").write_text("left by an editor")
    (folder / "messages" / "old").mkdir()

    [problem] = read_mappings(folder)[1]

    assert (problem.file, problem.message) == (str(path), "is no message")
    assert set(problem.remedy.removeprefix("known here: ").split(", ")) == set(KNOWN)


def test_a_text_that_cannot_be_rendered_is_told_with_its_line_and_a_remedy(folder: Path) -> None:
    path = folder / "messages" / "alert.txt.j2"
    path.write_text("Subject: x\n\n{{ waht }}\n")

    [problem] = message_problems(folder, load_mappings(folder).messages)

    assert (problem.file, problem.line, problem.key) == (str(path), 3, "")
    assert "'waht' is undefined" in problem.message
    assert "sample" in problem.remedy
