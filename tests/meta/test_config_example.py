"""`config.example.yaml` documents every setting, with the default that applies."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connector.config.load import load_config
from connector.config.models import Config
from connector.samples import config_example
from connector.yaml_file import YamlFile, read_yaml

Place = tuple[str | int, ...]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that a setting is made of, through lists and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from models_in(inner)


def settings(model: type[BaseModel], above: Place = ()) -> Iterator[tuple[Place, object]]:
    """Every setting, leaves only, with its default (undefined where it must be given).

    Of a list of sources, the example has one of each kind, in the order of the union.
    """
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        inner = list(models_in(field.annotation))
        is_list = get_origin(field.annotation) is tuple
        for number, kind in enumerate(inner):
            yield from settings(kind, (*above, name, number) if is_list else (*above, name))
        if not inner:
            yield (*above, name), field.default


EVERY_SETTING = list(settings(Config))


def uncommented(text: str) -> str:
    """The example with its further sources switched on, as its comment tells a user to do."""
    before, sources, after = re.split(r"(?m)^(?=sources:|sla:)", text, maxsplit=2)
    return before + re.sub(r"(?m)^  #(?=- |  )", "  ", sources) + after


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> YamlFile:
    path = tmp_path_factory.mktemp("example") / "config.yaml"
    path.write_text(uncommented(config_example().read_text(encoding="utf-8")), encoding="utf-8")
    file, problems = read_yaml(path)
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
    assert {
        ("bms", "timeout"),
        ("sources", 0, "path"),
        ("sources", 1, "oauth2", "scope"),
        ("sources", 2, "certificate"),
        ("state",),
    } <= {place for place, _ in EVERY_SETTING}


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

    assert [source.name for source in config.sources] == ["drop"]
    assert config.sources[0].path == tmp_path / "inbox"


def test_its_further_sources_load_once_they_are_switched_on(tmp_path: Path) -> None:
    """Of settings that exclude each other, one is taken out."""
    text = uncommented(config_example().read_text(encoding="utf-8"))
    text = re.sub(r"^ +(password: \$\{MAILBOX|certificate:).*\n", "", text, flags=re.MULTILINE)
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    names = [
        "BMS_PASSWORD",
        "MAILBOX_CLIENT_SECRET",
        "MAILBOX_REFRESH_TOKEN",
        "GRAPH_SECRET",
        "WEBHOOK_SECRET",
        "GRAVITY_FORMS_SECRET",
    ]

    config = load_config(path, environment=dict.fromkeys(names, "x" * 16))

    kinds = ["folder", "imap", "graph", "webhook", "gravity_forms"]
    assert [source.type for source in config.sources] == kinds
