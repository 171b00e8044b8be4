"""What pydantic finds wrong with a YAML file, said in the words of the file.

Files are validated as JSON, since YAML 1.2 and JSON share their types: a list is a list and a
number is no text, whatever the Python types of the model.
"""

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, TypeGuard, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from connector.errors import Problem
from connector.yaml_file import KeyPath, YamlFile, dotted

M = TypeVar("M", bound=BaseModel)

WRONG_TYPE = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "model_attributes_type": "a block of keys",
    "path_type": "a path",
    "date_type": "a date (2026-12-31)",
    "time_type": "a time (17:30)",
}
"""What a value should have been, by pydantic's error type."""

LIMITS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} of them",
    "too_long": "must have at most {max_length} of them",
    "string_too_long": "must have at most {max_length} characters",
}

CHOICES = ("enum", "literal_error", "union_tag_invalid")


def validate(
    file: YamlFile,
    model: type[M],
    *,
    data: Mapping[str, object] | None = None,
    context: object = None,
) -> tuple[M | None, list[tuple[KeyPath, Problem]]]:
    """Return `file` as a model, or every problem with it, one per key, beside its path.

    `data` stands for what the file says once references in it are resolved; problems show only
    what the file itself says. `context` is handed to the model's validators.
    """
    try:
        text = json.dumps(file.data if data is None else data)
    except (TypeError, ValueError):
        reason = "uses a kind of YAML value that has no place here (a tag, or a loop of aliases)"
        return None, [((), file.problem((), reason, "write plain text, numbers, lists and keys"))]
    try:
        return model.model_validate_json(text, context=context), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, _Explanation(file, model, json.loads(text)).problems(errors)


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """Return what a validator raises: what is wrong, and what to do."""
    return PydanticCustomError("refusal", "{message}", {"message": message, "remedy": remedy})


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` most likely was meant to be."""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return a remedy for an unknown word: the nearest known one, else all of them."""
    name = nearest(word, known)
    if name is not None:
        return f"did you mean '{name}'?"
    return f"known here: {', '.join(known)}" if known else "remove it"


class _Explanation:
    """Turns the errors of one validation into problems of one file."""

    def __init__(self, file: YamlFile, model: type[BaseModel], data: object) -> None:
        self._file = file
        self._model = model
        self._data = data

    def problems(self, errors: Iterable[ErrorDetails]) -> list[tuple[KeyPath, Problem]]:
        by_path: dict[KeyPath, list[ErrorDetails]] = defaultdict(list)
        for error in errors:
            by_path[_path_in(self._data, error)].append(error)
        misspelt = {path for path, found in by_path.items() if _is_unknown_key(found[0])}
        meant = {(*path[:-1], self._meant(path)) for path in misspelt}
        return [
            (path, self._problem(path, found))
            for path, found in by_path.items()
            if not _is_noise(path, found, by_path) and not (_is_missing(found[0]) and path in meant)
        ]

    def _problem(self, path: KeyPath, errors: list[ErrorDetails]) -> Problem:
        kinds = [error["type"] for error in errors]
        if all(kind in WRONG_TYPE for kind in kinds):
            return self._wrong_type(path, kinds)
        error = next(error for error in errors if error["type"] not in WRONG_TYPE)
        if _is_unknown_key(error):
            known = _expected(error) or self._known_keys(path[:-1])
            return self._file.problem(
                path, "is not a known key here", did_you_mean(str(path[-1]), known)
            )
        if _is_missing(error):
            return self._file.problem(path, "is missing", _where_to_add(path))
        return self._wrong_value(path, error)

    def _wrong_type(self, path: KeyPath, kinds: Iterable[str]) -> Problem:
        given = _value_at(self._data, path)
        wanted = " or ".join(dict.fromkeys(WRONG_TYPE[kind] for kind in kinds))
        remedy = ""
        if given is None:
            remedy = "write a value after the colon, or remove the key"
        elif "string_type" in kinds and isinstance(given, bool | int | float):
            remedy = "put it in quotes"
        elif wanted == "a list":
            remedy = "write [a, b], or one line per entry, each beginning with '- '"
        return self._file.problem(path, f"must be {wanted}, not {_kind_of(given)}", remedy)

    def _wrong_value(self, path: KeyPath, error: ErrorDetails) -> Problem:
        message, remedy = _in_words(error)
        if error["type"] in CHOICES:
            given = _value_at(self._file.data, path)
            message = f"must be {error['ctx']['expected']}"
            near = nearest(given, _expected(error)) if isinstance(given, str) else None
            remedy = f"did you mean '{near}'?" if near else ""
        return self._file.problem(path, self._as_written(path, message), remedy)

    def _as_written(self, path: KeyPath, message: str) -> str:
        """Show a value as the file has it, not what a reference in it stands for."""
        value, written = _value_at(self._data, path), _value_at(self._file.data, path)
        if isinstance(value, str) and isinstance(written, str) and value not in ("", written):
            return message.replace(value, written)
        return message

    def _meant(self, path: KeyPath) -> str | None:
        return nearest(str(path[-1]), self._known_keys(path[:-1]))

    def _known_keys(self, path: KeyPath) -> list[str]:
        types: list[object] = [self._model]
        for key in path:
            types = [inner for outer in types for inner in _inside(outer, key)]
        models = [model for model in types if _is_model(model)]
        best = _best_fitting(models, _value_at(self._data, path))
        return list(dict.fromkeys(name for model in best for name in _names(model)))


def _best_fitting(models: list[type[BaseModel]], block: object) -> list[type[BaseModel]]:
    """Return, of the branches of a union, those that most keys of a block fit."""
    if len(models) < 2 or not isinstance(block, dict):
        return models
    fitting = [len(block.keys() & set(_names(model))) for model in models]
    return [model for model, count in zip(models, fitting, strict=True) if count == max(fitting)]


def _names(model: type[BaseModel]) -> list[str]:
    """Return the keys of a model as a file has them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _path_in(data: object, error: ErrorDetails) -> KeyPath:
    """Return where in the file an error is: pydantic also names the branch of a union it tried."""
    path: list[str | int] = []
    for key in error["loc"]:
        found, inner = _step(data, key)
        if found:
            data = inner
            path.append(key)
        elif _is_missing(error) and key == error["loc"][-1]:
            path.append(key)
    return tuple(path)


def _is_noise(
    path: KeyPath, errors: list[ErrorDetails], others: Mapping[KeyPath, list[ErrorDetails]]
) -> bool:
    """Say whether errors only repeat what a more exact one says about something inside."""
    if not all(error["type"] in WRONG_TYPE or error["type"] == "too_short" for error in errors):
        return False
    return any(len(other) > len(path) and other[: len(path)] == path for other in others)


def _is_missing(error: ErrorDetails) -> bool:
    return error["type"] == "missing"


def _is_unknown_key(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" or "[key]" in error["loc"]


def _expected(error: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _where_to_add(path: KeyPath) -> str:
    place = f"under '{dotted(path[:-1])}'" if len(path) > 1 else "at the top level of the file"
    return f"add '{path[-1]}: …' {place}"


def _in_words(error: ErrorDetails) -> tuple[str, str]:
    kind, details = error["type"], error.get("ctx", {})
    if kind == "string_too_short":
        return "must not be empty", "write a value after the colon"
    if kind in LIMITS:
        return LIMITS[kind].format(**details), ""
    if kind == "value_error":
        return str(details["error"]), ""
    return error["msg"].replace("Input should be", "must be"), str(details.get("remedy", ""))


def _kind_of(value: object) -> str:
    kinds: tuple[tuple[type | UnionType, str], ...] = (
        (bool, "true or false"),
        (int | float, "a number"),
        (str, "text"),
        (list, "a list"),
        (dict, "a block of keys"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "empty")


def _value_at(data: object, path: KeyPath) -> object:
    for key in path:
        data = _step(data, key)[1]
    return data


def _step(data: object, key: str | int) -> tuple[bool, object]:
    """Go one key down; say whether it is there."""
    if isinstance(data, dict) and key in data:
        return True, data[key]
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return True, data[key]
    return False, None


def _inside(outer: object, key: str | int) -> Iterator[object]:
    """Yield the types that a model allows below one of its types, unions taken apart."""
    arguments = get_args(outer)
    if _is_model(outer):
        if key in outer.model_fields:
            yield from _branches(outer.model_fields[key].annotation)
    elif isinstance(key, int) and arguments:
        yield from _branches(arguments[0])
    elif len(arguments) == 2:
        yield from _branches(arguments[1])


def _branches(annotation: object) -> Iterator[object]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _branches(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for branch in get_args(annotation):
            yield from _branches(branch)
    else:
        yield annotation


def _is_model(candidate: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(candidate, type) and issubclass(candidate, BaseModel)
