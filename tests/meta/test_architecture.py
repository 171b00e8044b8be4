"""docs/architecture.md is true to the tree: what it names is there, and no folder is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FOLDERS = TEXT[TEXT.index("## Folders") : TEXT.index("## Where is it?")]
ROWS = re.findall(r"^\| (`.+?) \| (.+) \|$", FOLDERS, re.MULTILINE)
NAMED = re.compile(r"`([\w./]+)`")
PLACES = [NAMED.findall(first) for first, _ in ROWS]


@pytest.mark.parametrize(("first", "second"), ROWS, ids=lambda text: text[:40])
def test_every_file_in_the_table_stands_in_the_folder_of_its_row(first: str, second: str) -> None:
    places = [ROOT / name for name in NAMED.findall(first)]
    assert [place for place in places if not place.exists()] == []
    files = [name for name in NAMED.findall(second) if name.endswith(".py")]
    missing = [name for name in files if not any((place / name).is_file() for place in places)]
    assert missing == []


def test_every_folder_and_every_file_at_the_top_has_a_row() -> None:
    named = {ROOT / name for names in PLACES for name in names}
    package = ROOT / "connector"
    folders = {path.parent for path in package.glob("*/*.py")}
    top = {path for path in package.glob("*.py") if not path.name.startswith("__")}
    assert sorted((folders | top) - named) == []


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w.]+/[\w./]+)`", TEXT))))
def test_every_path_in_the_text_exists(name: str) -> None:
    assert (ROOT / name).exists() or (ROOT / "connector" / name).exists()
