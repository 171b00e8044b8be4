"""References in the config file: `${NAME}` from the environment, `${file:PATH}` from a file.

They may stand anywhere in a text; `$${` stands for a plain `${`. Problems name the reference,
never what it stands for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector.errors import ConfigError, Problem
from connector.yaml_file import KeyPath, YamlFile

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Unresolved(Exception):
    """A reference leads nowhere: what is wrong, and what to do."""


@dataclass(slots=True)
class References:
    """Resolves the references of one file; paths start at `folder`, the config file's own.

    `problems` collects those that lead nowhere, beside the path of the text they stand in.
    """

    file: YamlFile
    folder: Path
    environment: Mapping[str, str]
    problems: list[tuple[KeyPath, Problem]] = field(default_factory=list)

    def resolved(self) -> dict[str, object]:
        """Return what the file says, each reference replaced by what it stands for."""
        return {key: self._resolve(value, (key,)) for key, value in self.file.data.items()}

    def _resolve(self, value: object, path: KeyPath) -> object:
        if isinstance(value, dict):
            return {key: self._resolve(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._resolve(inner, (*path, place)) for place, inner in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        try:
            return _resolved(value, self.folder, self.environment)
        except _Unresolved as error:
            message, remedy = error.args
            self.problems.append((path, self.file.problem(path, message, remedy)))
            return value


def resolve_text(text: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Return a text that stands in no file, its references replaced; paths start at `folder`.

    Raises `ConfigError` for a reference that leads nowhere.
    """
    try:
        return _resolved(text, folder, environment)
    except _Unresolved as error:
        raise ConfigError(*error.args) from None


def _resolved(text: str, folder: Path, environment: Mapping[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match["inside"] is None:
            return "${"
        kind, colon, rest = match["inside"].partition(":")
        if match[0].endswith("}") and kind == "file" and colon and rest:
            return _content(folder / rest)
        if not match[0].endswith("}") or not _NAME.fullmatch(match["inside"]):
            remedy = "write ${NAME} or ${file:PATH}; a plain ${ is written $${"
            raise _Unresolved(f"'{match[0]}' is not a reference", remedy)
        return _variable(match["inside"], environment)

    return _REFERENCE.sub(replace, text)


def _variable(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "")
    if not value:
        state = "empty" if name in environment else "not set"
        remedy = "set it where the connector is started, or use ${file:PATH}"
        raise _Unresolved(f"the environment variable {name} is {state}", remedy)
    return value


def _content(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _Unresolved(f"there is no file {path}", "create it, or correct its path") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        remedy = "let this user read it, as a text file"
        raise _Unresolved(f"the file {path} cannot be read ({reason})", remedy) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise _Unresolved(f"the file {path} is empty", "write the secret into it")
    return text
