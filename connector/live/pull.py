"""`mappings pull`: the tenant's names, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from connector.domain.tenant import Lookup, Named, Template
from connector.ports import Cache
from connector.ports.inspection import Entry, Inspection

PULLED = "names of the tenant"
KEPT = timedelta(days=30)

LISTS: Mapping[str, Lookup] = {
    "priorities": Lookup.PRIORITY,
    "statuses": Lookup.STATUS,
    "queues": Lookup.QUEUE,
    "types": Lookup.TICKET_TYPE,
    "sources": Lookup.SOURCE,
    "issue_types": Lookup.ISSUE_TYPE,
    "work_types": Lookup.WORK_TYPE,
    "note_types": Lookup.NOTE_TYPE,
    "accounts": Lookup.ACCOUNT,
}
"""The plain lists, under the words of the mapping files."""


@dataclass(frozen=True, slots=True)
class TenantNames:
    """What BMS lists at one moment; inactive entries are left out.

    `sub_issue_types` are by the id of their issue type.
    """

    pulled_at: datetime
    lists: Mapping[str, Sequence[Entry]]
    sub_issue_types: Mapping[int, Sequence[Entry]]
    templates: Sequence[Template]

    def as_json(self) -> dict[str, object]:
        """Return the names for `--json`, under the words of the mapping files."""
        lists = {what: [_entry(entry) for entry in rows] for what, rows in self.lists.items()}
        for issue_type in lists["issue_types"]:
            rows = self.sub_issue_types.get(int(str(issue_type["id"])), ())
            issue_type["sub_issue_types"] = [_entry(entry) for entry in rows]
        templates = [_template(template) for template in self.templates]
        return {"pulled_at": self.pulled_at.isoformat(), **lists, "templates": templates}


_NAMES = TypeAdapter(TenantNames)


def pull_names(bms: Inspection, now: datetime) -> TenantNames:
    """Read all names anew."""
    bms.forget_names()
    lists = {what: active(bms.entries(kind)) for what, kind in LISTS.items()}
    return TenantNames(
        pulled_at=now,
        lists=lists,
        sub_issue_types={
            entry.id: active(bms.entries(Lookup.SUB_ISSUE_TYPE, parent=entry.id))
            for entry in lists["issue_types"]
        },
        templates=[bms.template(entry.id) for entry in active(bms.entries(Lookup.TEMPLATE))],
    )


def keep_names(cache: Cache, names: TenantNames) -> None:
    """Keep the names for `mappings test`."""
    value = _NAMES.dump_python(names, mode="json")
    cache.save(PULLED, "all", value, names.pulled_at + KEPT)


def kept_names(cache: Cache, now: datetime) -> TenantNames | None:
    """Return the names last pulled, if that is not too long ago."""
    kept = cache.load(PULLED, "all", now)
    try:
        return None if kept is None else _NAMES.validate_python(kept)
    except ValidationError:
        return None  # written by another version


def active(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that may be used."""
    return [entry for entry in entries if entry.is_active]


def _entry(entry: Entry) -> dict[str, object]:
    default = {"is_default": True} if entry.is_default else {}
    return {"id": entry.id, "name": entry.name, **default}


def _template(template: Template) -> dict[str, object]:
    def plain(value: object) -> object:
        return asdict(value) if isinstance(value, Named) else value

    names = ("id", "name", "title", *TEMPLATE_PARTS)
    return {name: plain(getattr(template, name)) for name in names}


TEMPLATE_PARTS = ("priority", "queue", "ticket_type", "issue_type", "sub_issue_type", "work_type")
"""What a ticket template says about a ticket, beside its title."""
