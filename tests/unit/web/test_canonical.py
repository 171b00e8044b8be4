"""Answers and files as canonical JSON."""

import base64
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from connector.web.canonical import CHUNK, canonical_json


def upload(name: str, content: bytes, kind: str = "image/png") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type=kind)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), st.text() | st.booleans(), max_size=3),
    st.lists(st.tuples(st.text(min_size=1), st.binary(max_size=200)), max_size=3),
)
def test_whatever_is_answered_is_written_as_it_is(
    answers: dict[str, str | bool], files: list[tuple[str, bytes]]
) -> None:
    answers.pop("id", None)
    answers.pop("attachments", None)

    read = json.loads(canonical_json(answers, [upload(*file) for file in files], form_id="f"))

    attached = [(each["name"], base64.b64decode(each["data"])) for each in read["attachments"]]
    assert attached == files
    assert {name: read[name] for name in answers} == answers
    assert read["id"].startswith("f-")


def test_a_large_file_is_encoded_as_one() -> None:
    content = bytes(range(256)) * (CHUNK // 100)

    read = json.loads(canonical_json({}, [upload("film.mp4", content)], form_id="f"))

    assert base64.b64decode(read["attachments"][0]["data"], validate=True) == content


def test_the_same_answers_have_the_same_id_and_others_another() -> None:
    def id_of(form_id: str, subject: str, *files: FileStorage) -> str:
        return str(json.loads(canonical_json({"subject": subject}, files, form_id=form_id))["id"])

    first = id_of("f", "Printer", upload("a.png", b"1"))

    assert id_of("f", "Printer", upload("a.png", b"1")) == first
    others = {
        id_of("g", "Printer", upload("a.png", b"1")),
        id_of("f", "Scanner", upload("a.png", b"1")),
        id_of("f", "Printer", upload("a.png", b"2")),
        id_of("f", "Printer"),
    }
    assert len(others | {first}) == 5
