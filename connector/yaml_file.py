"""YAML files that a person wrote: reading them, and saying where in them something is wrong.

YAML 1.2 (https://yaml.org/spec/1.2.2/, core schema): `17:30` and `NO` are text, and so is a
date; a key that stands twice is an error. A file is read once, plainly; only when there is
something to explain is it read again for its line numbers, which takes twice as long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from connector.errors import Problem

Key = str | int
KeyPath = tuple[Key, ...]
"""The way to a value in a file: keys of blocks, and places in lists, which start at 0."""


class _Constructor(SafeConstructor):
    """Builds plain values. The core schema of YAML 1.2 has no dates: they stay as written."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


@dataclass(frozen=True)
class YamlFile:
    """A file that could be read: what it says, and in which line.

    `name` is how problems call the file; `data` is plain dicts, lists and scalars.
    """

    name: str
    text: str
    data: dict[str, object]

    def problem(self, path: KeyPath, message: str, remedy: str = "") -> Problem:
        """Return a problem with the value at `path`."""
        return Problem(self.name, self.line(path), dotted(path), message, remedy)

    def line(self, path: KeyPath) -> int | None:
        """Return the line of `path`, or of the block it would belong to; None for the top."""
        node, line = self._root, None
        for key in path:
            found = _child(node, key)
            if found is None:
                break
            line, node = found
        return line

    @cached_property
    def _root(self) -> Node:
        root = _parser().compose(self.text)
        assert isinstance(root, Node)  # noqa: S101
        return root


def read_yaml(path: Path) -> tuple[YamlFile | None, list[Problem]]:
    """Read a file whose top level is a block of keys.

    A file whose only fault is a key given twice comes back together with that problem, so
    that the rest of it can be checked as well.
    """
    name = shown(path)
    text, trouble = _read_text(path, name)
    if text is None:
        return None, trouble
    try:
        return _parse(name, text)
    except MarkedYAMLError as error:
        return None, [_syntax_problem(name, error)]
    except (YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split("\n", 1)[0].split())
        return None, [Problem(name, None, "", f"is not valid YAML: {reason}", "correct it")]


def dotted(path: KeyPath) -> str:
    """Return a path as messages show it: `sources[0].name`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def shown(path: Path) -> str:
    """Return a path as messages show it: relative where it lies below the present folder."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read_text(path: Path, name: str) -> tuple[str | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem(name, None, "", "there is no such file")]
    except IsADirectoryError:
        return None, [Problem(name, None, "", "is a folder", "name a file")]
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        return None, [Problem(name, None, "", reason, "let this user read it")]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8 text (byte 0x{content[error.start]:02x})"
        return None, [Problem(name, line, "", reason, "save the file as UTF-8")]


def _parse(name: str, text: str) -> tuple[YamlFile | None, list[Problem]]:
    problems: list[Problem] = []
    try:
        data = _parser().load(text)
    except DuplicateKeyError:
        problems = list(_duplicates(name, text))
        data = _parser(allow_duplicate_keys=True).load(text)
    if data is None:
        remedy = "`bms-connector init` writes a sample in an empty folder"
        return None, [Problem(name, None, "", "is empty", remedy)]
    if not isinstance(data, dict):
        reason = "must consist of keys with values at its top level (key: value)"
        return None, [Problem(name, 1, "", reason, "compare it with the sample")]
    return YamlFile(name, text, data), problems


def _parser(*, allow_duplicate_keys: bool = False) -> YAML:
    parser = YAML(typ="safe")  # libyaml where it is installed: ten times as fast
    parser.Constructor = _Constructor
    parser.allow_duplicate_keys = allow_duplicate_keys
    return parser


def _syntax_problem(name: str, error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    reason = ", ".join(" ".join(part.split()) for part in (error.context, error.problem) if part)
    remedy = "look here and one line up: indentation (no tabs), quotes, a space after each colon"
    return Problem(name, line, "", f"is not valid YAML: {reason}", remedy)


def _duplicates(name: str, text: str) -> Iterator[Problem]:
    document = YamlFile(name, text, {})
    remedy = "keep one of the two"
    for path, node in _blocks((), document._root, frozenset()):
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in first:
                message = f"is given twice (first in line {first[key.value]})"
                yield Problem(name, line, dotted((*path, key.value)), message, remedy)
            first.setdefault(key.value, line)


def _blocks(
    path: KeyPath, node: Node, above: frozenset[int]
) -> Iterator[tuple[KeyPath, MappingNode]]:
    if id(node) in above:
        return
    above |= {id(node)}
    if isinstance(node, MappingNode):
        yield path, node
        for key, value in node.value:
            yield from _blocks((*path, str(key.value)), value, above)
    elif isinstance(node, SequenceNode):
        for place, item in enumerate(node.value):
            yield from _blocks((*path, place), item, above)


def _child(node: Node, key: Key) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line + 1, item
    return None
