"""`config.example.yaml` documents every setting, with the default that applies."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connector.config.load import load_config
from connector.config.models import Config
from connector.samples import config_example
from connector.yaml_file import YamlFile, read_yaml

Place = tuple[str | int, ...]


def settings(model: type[BaseModel], above: Place = ()) -> Iterator[tuple[Place, object]]:
    """Every setting, leaves only, with its default (undefined where it must be given)."""
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        inner = [
            kind
            for kind in (field.annotation, *get_args(field.annotation))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        below: Place = (*above, name) if inner[:1] == [field.annotation] else (*above, name, 0)
        for kind in inner:
            yield from settings(kind, below)
        if not inner:
            yield (*above, name), field.default


EVERY_SETTING = list(settings(Config))


@pytest.fixture(scope="module")
def example() -> YamlFile:
    file, problems = read_yaml(config_example())
    assert not problems
    assert file is not None
    return file


def value_at(file: YamlFile, place: Place) -> object:
    value: object = file.data
    for key in place:
        assert isinstance(value, dict | list)
        value = value[key]  # type: ignore[index]
    return value


def test_settings_are_found_at_all() -> None:
    assert {("bms", "timeout"), ("sources", 0, "path"), ("state",)} <= {
        place for place, _ in EVERY_SETTING
    }


@pytest.mark.parametrize(
    ("place", "default"), EVERY_SETTING, ids=[str(place) for place, _ in EVERY_SETTING]
)
def test_every_setting_is_there_with_its_default_and_a_comment(
    example: YamlFile, place: Place, default: object
) -> None:
    written = value_at(example, place)
    line = example.line(place)
    assert line is not None
    lines = example.text.splitlines()
    comment = lines[line - 1].partition(" #")[2] or lines[line - 2].strip()
    if default is PydanticUndefined:
        return
    if default is None:
        assert "default: none" in lines[line - 1]
        return
    assert written == default
    assert f"default {str(default).removesuffix('.0').lower()}" in comment.lower()


def test_the_example_loads(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(config_example().read_bytes())

    config = load_config(path, environment={"BMS_PASSWORD": "x"})

    assert config.sources[0].path == tmp_path / "inbox"
