"""Reading YAML that a person wrote."""

from pathlib import Path

import pytest

from connector.yaml_file import dotted, read_yaml


def test_values_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("close: 17:30\ncountry: NO\nday: 2026-12-24\nyes: true\nhex: 0x1F\n")

    file, problems = read_yaml(path)

    assert problems == []
    assert file is not None
    assert file.data == {
        "close": "17:30",
        "country": "NO",
        "day": "2026-12-24",
        "yes": True,
        "hex": 31,
    }


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", None, "is empty"),
        (b"# only a comment\n", None, "is empty"),
        (b"- a\n- b\n", 1, "must consist of keys"),
        (b"just text\n", 1, "must consist of keys"),
        (b"a: 1\nb: caf\xe9\n", 2, "is not UTF-8 text (byte 0xe9)"),
        (b"a: 1\n\tb: 2\n", 2, "is not valid YAML"),
        (b"a: b: c\n", 1, "mapping values are not allowed"),
        (b"a: [1, 2\nb: 3\n", 2, "is not valid YAML"),
        (b"a: 'open\n", 2, "is not valid YAML"),
        (b"a: 1\n---\na: 2\n", 2, "expected a single document"),
        (b"a: !!python/object:os.system 1\n", 1, "could not determine a constructor"),
        (b"a: *nowhere\n", 1, "undefined alias"),
        (b"a: \x01\n", None, "is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_problem(
    tmp_path: Path, content: bytes, line: int | None, words: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)

    file, problems = read_yaml(path)

    assert file is None
    assert [problem.line for problem in problems] == [line]
    assert words in problems[0].message
    assert "\n" not in str(problems[0])


def test_a_file_that_is_not_there_or_a_folder_is_a_problem(tmp_path: Path) -> None:
    assert "no such file" in read_yaml(tmp_path / "absent.yaml")[1][0].message
    assert "is a folder" in read_yaml(tmp_path)[1][0].message


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    file, _ = read_yaml(path)

    assert file is not None
    assert file.data == {"a": 1}


def test_every_key_given_twice_is_told_and_the_rest_still_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb:\n  - {c: 1, d: 2, c: 3}\na: 4\n")

    file, problems = read_yaml(path)

    assert [(problem.line, problem.key, problem.message) for problem in problems] == [
        (4, "a", "is given twice (first in line 1)"),
        (3, "b[0].c", "is given twice (first in line 3)"),
    ]
    assert file is not None
    assert file.data["b"] == [{"c": 1, "d": 2}]


def test_a_file_that_refers_to_itself_ends_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a\n  b: *a\n  c: 1\n  c: 2\n")

    _, problems = read_yaml(path)

    assert [problem.key for problem in problems] == ["a.c"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("bms", "tenant"), 2),
        (("sources", 1), 5),
        (("sources", 1, "path"), 6),
        (("bms", "missing"), 1),
        (("sources", 7), 3),
        (("nowhere",), None),
    ],
)
def test_the_line_of_a_key_or_of_the_block_it_belongs_to(
    tmp_path: Path, path: tuple[str | int, ...], line: int | None
) -> None:
    source = tmp_path / "a.yaml"
    source.write_text("bms:\n  tenant: x\nsources:\n  - name: a\n  - name: b\n    path: c\n")

    file, _ = read_yaml(source)

    assert file is not None
    assert file.line(path) == line


def test_paths_are_written_as_people_read_them() -> None:
    assert dotted(("sources", 0, "name")) == "sources[0].name"
    assert dotted(()) == ""
