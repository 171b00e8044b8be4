"""Every configured name to its id, with what is wrong about those that have none."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from connector.domain.tenant import Lookup, Named
from connector.errors import NameUnresolved
from connector.live.configured import ConfiguredName
from connector.live.findings import Finding, error, guarded, ok
from connector.ports.inspection import Inspection

PLACES_SHOWN = 3

_ORDER = tuple(Lookup)


def name_findings(names: Sequence[ConfiguredName], bms: Inspection) -> Iterator[Finding]:
    """Yield one finding per name without an id, and one per kind for those that have theirs."""
    ordered = sorted(names, key=lambda name: _ORDER.index(name.kind))
    for kind, of_kind in groupby(ordered, key=lambda name: name.kind):
        yield from guarded(kind.value, _of_kind(kind, list(of_kind), bms))


def _of_kind(kind: Lookup, names: Sequence[ConfiguredName], bms: Inspection) -> Iterator[Finding]:
    ids: dict[str, int] = {}
    for places in _by_name(names):
        try:
            named = _resolve(places[0], bms)
        except NameUnresolved as reason:
            if all(place.is_guess for place in places):
                yield _guessed(places[0])
            else:
                yield _unresolved(places, _deactivated(places[0], bms) or reason)
        else:
            ids[_shown(named)] = named.id
    if ids:
        each = ", ".join(f"{name} is {thing_id}" for name, thing_id in ids.items())
        yield ok(kind.value, each, details={"ids": ids})


def _by_name(names: Sequence[ConfiguredName]) -> Sequence[Sequence[ConfiguredName]]:
    """Return the uses of each name together; a sub-issue type once per issue type."""
    together: dict[tuple[object, ...], list[ConfiguredName]] = {}
    for name in names:
        of_template = name.template if name.issue_type is None else None
        key = (str(name.name).casefold(), name.issue_type, of_template)
        together.setdefault(key if name.kind is Lookup.SUB_ISSUE_TYPE else key[:1], []).append(name)
    return list(together.values())


def _resolve(wanted: ConfiguredName, bms: Inspection) -> Named:
    if wanted.kind is not Lookup.SUB_ISSUE_TYPE:
        return bms.resolve(wanted.kind, wanted.name)
    return bms.resolve(wanted.kind, wanted.name, parent=_issue_type(wanted, bms))


def _issue_type(wanted: ConfiguredName, bms: Inspection) -> int | None:
    if wanted.issue_type is not None:
        return bms.resolve(Lookup.ISSUE_TYPE, wanted.issue_type).id
    if wanted.template is not None:
        issue_type = bms.template(wanted.template).issue_type
        return issue_type.id if issue_type else None
    return None


def _deactivated(wanted: ConfiguredName, bms: Inspection) -> NameUnresolved | None:
    """Say so when an account is missing because it is inactive: BMS lists only active ones."""
    if wanted.kind is not Lookup.ACCOUNT or isinstance(wanted.name, int):
        return None
    folded = wanted.name.strip().casefold()
    if any(account.name.casefold() == folded for account in bms.inactive_accounts()):
        message = f'The account "{wanted.name}" is inactive in BMS'
        return NameUnresolved(message, "Activate it in BMS, or take it out of the mapping")
    return None


def _unresolved(places: Sequence[ConfiguredName], reason: NameUnresolved) -> Finding:
    used = list(dict.fromkeys(name.place for name in places))
    more = f" and {len(used) - PLACES_SHOWN} more" if len(used) > PLACES_SHOWN else ""
    return error(
        places[0].kind.value,
        f"{reason.message} (used in {'; '.join(used[:PLACES_SHOWN])}{more})",
        reason.remedy,
        details={"name": places[0].name, "used_in": used},
    )


def _guessed(name: ConfiguredName) -> Finding:
    return ok(
        name.kind.value,
        f'none is called "{name.name}", which we take for {name.place} unless told otherwise',
        "if this tenant has one for that, name it there",
    )


def _shown(named: Named) -> str:
    return named.name or str(named.id)
