"""How `load_mappings` counts, places and orders the problems of mapping files."""

import shutil
from pathlib import Path

import pytest

from connector.errors import ConfigError, Problem
from connector.mapping.load import ADD_MISSING, holiday_problems, load_mappings, read_mappings
from connector.samples import mappings_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(mappings_dir(), tmp_path / "mappings"))


def test_one_problem_is_counted_as_one(folder: Path) -> None:
    (folder / "sla.yaml").unlink()

    with pytest.raises(ConfigError, match="have 1 problem; nothing was started"):
        load_mappings(folder)


def test_a_missing_folder_is_named_and_leads_to_init(tmp_path: Path) -> None:
    absent = tmp_path / "absent"

    assert read_mappings(absent) == (
        None,
        [Problem(str(absent), None, "", "there is no such folder", ADD_MISSING)],
    )


@pytest.mark.parametrize(
    ("clients", "lines"),
    [
        ("public_domains: [x]\nclients:\n  - {account: A, domains: [y]}\n", [1, 3]),
        ("clients: []\nclients: []\npublic_domains: [x]\n", [2, 3]),
        (
            "clients: []\nclients: []\n"
            "staff_domains: [a.gmail.example]\npublic_domains: [gmail.example]\n",
            [2, 3],
        ),
    ],
    ids=["two faulty values", "a key given twice", "a contradiction below a key given twice"],
)
def test_problems_of_one_file_come_all_and_in_the_order_of_its_lines(
    folder: Path, clients: str, lines: list[int]
) -> None:
    (folder / "clients.yaml").write_text(clients)

    assert [problem.line for problem in read_mappings(folder)[1]] == lines


def test_what_a_file_lacks_comes_before_what_is_wrong_in_its_lines(folder: Path) -> None:
    (folder / "templates.yaml").write_text("rules: []\nrules: []\n")

    assert [problem.line for problem in read_mappings(folder)[1]] == [None, 2]


def test_an_unknown_holiday_is_named(folder: Path) -> None:
    path = folder / "sla.yaml"
    path.write_text(path.read_text().replace("Thanksgiving Day", "Turkey Day"))

    [problem] = holiday_problems(folder)

    assert "no holiday 'Turkey Day'" in problem.message


@pytest.mark.parametrize("text", ["windows: [\n", "windows: {}\n"], ids=["no YAML", "faulty"])
def test_holidays_of_a_file_that_cannot_be_read_are_left_to_loading(
    folder: Path, text: str
) -> None:
    (folder / "sla.yaml").write_text(text)

    assert holiday_problems(folder) == []
    assert read_mappings(folder)[1] != []
