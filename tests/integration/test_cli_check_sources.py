"""What `check` says of sources of forms."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.cli import main

Warnings = Callable[..., list[str]]

HOOK = {"type": "webhook", "secret": "correct horse battery", "form": "wpforms"}
SITE = {"type": "gravity_forms", "key": "ck", "secret": "cs", "form": "gravity_forms"}


@pytest.fixture
def warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Warnings:
    """What `check` warns of when there are these sources too, beside those that `init` writes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BMS_PASSWORD", "correct horse")
    monkeypatch.delenv("BMS_CONNECTOR_CONFIG", raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["bms-connector", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), capsys.readouterr().err

    def warned_of(*sources: dict[str, object]) -> list[str]:
        config = tmp_path / "config.yaml"
        lines = "".join(f"  - {json.dumps(source)}\n" for source in sources)
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("\nsources:\n", f"\nsources:\n{lines}"), encoding="utf-8")
        code, told = run("check")
        assert code == 0, told
        return [line for line in told.splitlines() if line.startswith("warning: ")]

    run("init")
    return warned_of


def test_two_forms_whose_entries_would_be_taken_for_the_same_are_told(warnings: Warnings) -> None:
    told = warnings(
        {"name": "support", **HOOK},
        {"name": "sales", **HOOK},
        {"name": "north", "base_url": "https://north.example", "form_id": 1, **SITE},
        {"name": "south", "base_url": "https://south.example", "form_id": 1, **SITE},
    )

    second, fourth = told
    assert "sources[1].form: another source reads form 'wpforms'" in second
    assert "sources[3].form: another source reads form 'gravity_forms'" in fourth


def test_one_form_by_two_ways_or_two_of_one_site_are_fine(warnings: Warnings) -> None:
    told = warnings(
        {"name": "pushed", **HOOK, "form": "gravity_forms"},
        {"name": "north", "base_url": "https://north.example", "form_id": 1, **SITE},
        {"name": "again", "base_url": "https://north.example", "form_id": 2, **SITE},
    )

    assert told == []


def test_a_rule_for_the_hosted_form_names_a_source(warnings: Warnings, tmp_path: Path) -> None:
    rules = tmp_path / "mappings" / "templates.yaml"
    text = rules.read_text(encoding="utf-8")
    named = text.replace("match: {words: [printer,", "match: {sources: [hosted-form], words: [p,")
    assert named != text
    rules.write_text(named, encoding="utf-8")

    assert not [line for line in warnings() if "not configured" in line]
