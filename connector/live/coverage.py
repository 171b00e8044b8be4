"""What BMS's own templates hold, and which of its names nothing in the mappings leads to."""

from collections.abc import Iterable, Iterator, Sequence

from connector.domain.tenant import Lookup, NameOrId, Template
from connector.errors import NameUnresolved
from connector.live.findings import Finding, ok, warning
from connector.live.pull import active
from connector.mapping.load import Mappings
from connector.ports.inspection import Entry, Inspection

COVERAGE = "coverage"


def coverage_findings(mappings: Mappings, bms: Inspection) -> Iterator[Finding]:
    """Yield the priorities and templates of BMS that nothing is mapped to."""
    yield coverage_finding(
        "priorities",
        unmapped_priorities(mappings, active(bms.entries(Lookup.PRIORITY))),
        "they count as Normal on tickets that have them; map them in priorities.yaml if not meant",
    )
    yield coverage_finding(
        "ticket templates",
        unmapped_templates(mappings, active(bms.entries(Lookup.TEMPLATE))),
        "add a rule for each to templates.yaml, if clients may need it",
    )


def coverage_finding(what: str, unmapped: Sequence[str], remedy: str) -> Finding:
    """Return whether everything of a kind is mapped."""
    if not unmapped:
        return ok(COVERAGE, f"all {what} of BMS are mapped", details={"unmapped": []})
    names = ", ".join(f'"{name}"' for name in unmapped)
    details = {"unmapped": list(unmapped)}
    return warning(COVERAGE, f"{what} never mapped: {names}", remedy, details=details)


def unmapped_priorities(mappings: Mappings, entries: Iterable[Entry]) -> list[str]:
    """Return the active BMS priorities that no word of the guide maps to."""
    return _unmapped(entries, mappings.priorities.priorities.values())


def unmapped_templates(mappings: Mappings, entries: Iterable[Entry | Template]) -> list[str]:
    """Return the active BMS templates that neither a rule nor the defaults name."""
    templates = mappings.templates
    named = [templates.defaults.template, *(rule.template for rule in templates.rules)]
    return _unmapped(entries, named)


def template_content_findings(names: Iterable[NameOrId], bms: Inspection) -> Iterator[Finding]:
    """Yield what mapped templates name that BMS itself no longer has or has deactivated."""
    gone: list[str] = []
    for name in dict.fromkeys(names):
        try:
            missing = bms.template_faults(name)
        except NameUnresolved:
            continue  # told already as a name without an id
        gone += [f'"{name}" {fault}' for fault in missing]
    if gone:
        yield warning(
            Lookup.TEMPLATE.value,
            f"{'; '.join(gone)}: left out of its tickets",
            "correct the template in BMS (Admin > Business Process > Templates)",
        )


def _unmapped(entries: Iterable[Entry | Template], mapped: Iterable[NameOrId]) -> list[str]:
    known = list(mapped)
    ids = {name for name in known if isinstance(name, int)}
    names = {name.strip().casefold() for name in known if isinstance(name, str)}
    return [
        entry.name
        for entry in entries
        if entry.id not in ids and entry.name.casefold() not in names
    ]
