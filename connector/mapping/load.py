"""Loading the folder of mapping files: every problem of every file at once, or all mappings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from connector.errors import ConfigError, Problem
from connector.mapping.consistency import (
    client_problems,
    machine_problems,
    priority_problems,
    template_problems,
)
from connector.mapping.machine_file import MachineFile
from connector.mapping.message_templates import KNOWN, REQUIRED, MessageTemplates
from connector.mapping.models import ClientsFile, FormFile, PrioritiesFile, TemplatesFile
from connector.sla.policy import SlaFile
from connector.yaml_file import KeyPath, read_yaml, shown
from connector.yaml_validation import nearest, validate

FORMS = "forms"
MESSAGES = "messages"
FILES: Mapping[str, type[BaseModel]] = {
    "priorities.yaml": PrioritiesFile,
    "templates.yaml": TemplatesFile,
    "clients.yaml": ClientsFile,
    "machine.yaml": MachineFile,
    "sla.yaml": SlaFile,
}
"""The files a folder of mappings must have; `forms/*.yaml` come on top."""

ADD_MISSING = "`bms-connector init` adds the sample and overwrites nothing"

M = TypeVar("M", bound=BaseModel)
Findings = list[tuple[KeyPath, str, str]]
"""Where in a file something is wrong, what, and what to do."""


@dataclass(frozen=True, slots=True)
class Mappings:
    """Everything that the mapping files of one folder say; `forms` by the name of the form."""

    folder: Path
    priorities: PrioritiesFile
    templates: TemplatesFile
    clients: ClientsFile
    machine: MachineFile
    sla: SlaFile
    forms: Mapping[str, FormFile]
    messages: MessageTemplates


def load_mappings(folder: Path) -> Mappings:
    """Return the mappings in `folder`; raise `ConfigError` with every problem of every file."""
    mappings, problems = read_mappings(folder)
    if mappings is None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        message = f"the mapping files in {shown(folder)} have {count}; nothing was started"
        raise ConfigError(message, problems=tuple(problems))
    return mappings


def read_mappings(folder: Path) -> tuple[Mappings | None, list[Problem]]:
    """Return the mappings in `folder`, or None and every problem of every file."""
    if not folder.is_dir():
        return None, [_problem(folder, "there is no such folder", ADD_MISSING)]
    reader = _Reader()
    priorities = reader.read(folder / "priorities.yaml", PrioritiesFile, priority_problems)
    templates = reader.read(folder / "templates.yaml", TemplatesFile, template_problems)
    clients = reader.read(folder / "clients.yaml", ClientsFile, client_problems)
    machine = reader.read(folder / "machine.yaml", MachineFile, machine_problems)
    sla = reader.read(folder / "sla.yaml", SlaFile)
    forms = {
        path.stem: reader.read(path, FormFile) for path in sorted((folder / FORMS).glob("*.yaml"))
    }
    messages, wrong = _read_messages(folder)
    problems = [*reader.problems, *wrong, *_strangers(folder)]
    if problems or not (priorities and templates and clients and machine and sla):
        return None, problems
    read_forms = {name: form for name, form in forms.items() if form}
    return Mappings(folder, priorities, templates, clients, machine, sla, read_forms, messages), []


def holiday_problems(folder: Path) -> list[Problem]:
    """Return what is wrong with the holidays named in `sla.yaml`, if that file can be read.

    Apart from loading, since the library that knows the holidays takes long to import and an
    idle run has no use for it.
    """
    from connector.sla.policy import holiday_problems as findings

    file, _ = read_yaml(folder / "sla.yaml")
    sla = validate(file, SlaFile)[0] if file else None
    if file is None or sla is None:
        return []
    return [file.problem(path, message) for path, message in findings(sla)]


def message_problems(folder: Path, messages: MessageTemplates) -> list[Problem]:
    """Return what is wrong with the texts of `messages/`, each rendered with examples.

    Apart from loading, since the template engine takes long to import and whoever sends nothing
    has no use for it.
    """
    from connector.mapping.message_faults import all_faults

    return [
        Problem(shown(folder / MESSAGES / name), fault.line, "", fault.message, fault.remedy)
        for name, fault in all_faults(messages)
    ]


def _read_messages(folder: Path) -> tuple[MessageTemplates, list[Problem]]:
    place = folder / MESSAGES
    sources, problems = {}, []
    for name in KNOWN:
        path = place / name
        try:
            sources[name] = path.read_text(encoding="utf-8-sig")  # Notepad writes a mark first
        except FileNotFoundError:
            if name in REQUIRED:
                problems.append(_problem(path, "is missing", ADD_MISSING))
        except (OSError, UnicodeDecodeError) as error:
            remedy = "save it as UTF-8 text that this user may read"
            problems.append(_problem(path, f"cannot be read ({error})", remedy))
    strange = {path.name for path in place.glob("*") if path.is_file()} - set(KNOWN)
    problems += [
        _problem(place / name, "is no message", f"known here: {', '.join(KNOWN)}")
        for name in sorted(strange)
        if not name.startswith(".")
    ]
    return MessageTemplates(sources), problems


def _problem(path: Path, message: str, remedy: str) -> Problem:
    """Return a problem with a file or a folder as a whole."""
    return Problem(shown(path), None, "", message, remedy)


class _Reader:
    """Reads one file after the other and collects their problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(
        self, path: Path, model: type[M], check: Callable[[M], Findings] = lambda _: []
    ) -> M | None:
        if not path.exists():
            self.problems.append(_problem(path, "is missing", ADD_MISSING))
            return None
        file, problems = read_yaml(path)
        if file is None:
            self.problems += problems
            return None
        parsed, wrong = validate(file, model)
        problems += [problem for _, problem in wrong]
        if parsed is not None:
            problems += [file.problem(*finding) for finding in check(parsed)]
        self.problems += sorted(problems, key=lambda problem: problem.line or 0)
        return parsed


def _strangers(folder: Path) -> list[Problem]:
    """Find YAML files that nothing reads: most likely a name is misspelt."""
    problems = []
    for path in sorted(folder.rglob("*.y*ml")):
        place = path.relative_to(folder)
        if (place.name in FILES and len(place.parts) == 1) or _is_hidden(place):
            continue
        if place.parent == Path(FORMS) and path.suffix == ".yaml":
            continue
        problems.append(_problem(path, "is not a mapping file", _meant(place)))
    return problems


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _meant(place: Path) -> str:
    if place.parent == Path(FORMS):
        return f"rename it to {place.with_suffix('.yaml')}"
    near = nearest(place.stem, [Path(name).stem for name in FILES])
    if place.parent == Path() and near:
        return f"rename it to {near}.yaml?"
    return f"move it elsewhere; forms go into {FORMS}/"
