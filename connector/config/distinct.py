"""Sources that are the same place twice: each would take the other's items away."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.config.fields import is_loopback
from connector.errors import Problem
from connector.yaml_file import Key, YamlFile

Source = Mapping[str, Any]

TAKEN = "is already used by"
READ = "of that mailbox is read by"
FILED = "of that mailbox is where mail is filed by"


@dataclass(frozen=True, slots=True)
class Place:
    """What a source needs for itself: the setting that names it, and what that comes to."""

    key: str
    value: str
    what: tuple[object, ...]
    is_filed_into: bool = False
    is_written: bool = True
    """Whether the setting stands in the file; else its default applies."""


def clashes(file: YamlFile, folder: Path) -> list[Problem]:
    """Find sources that share a name or a place, also where other settings are wrong."""
    sources = file.data.get("sources")
    if not isinstance(sources, list):
        return []
    problems: list[Problem] = []
    seen: list[tuple[int, Place]] = []
    for number, source in enumerate(sources):
        places = list(_places(source, folder)) if isinstance(source, dict) else []
        problems += [_problem(file, number, *clash) for clash in _clashes(places, seen)]
        seen += [(number, place) for place in places]
    return problems


def _clashes(
    places: Sequence[Place], seen: Sequence[tuple[int, Place]]
) -> Iterator[tuple[Place, int, Place]]:
    """Yield each place that is taken, with the first that took it.

    Two may file into one folder; none may read where another reads or files.
    """
    for place in places:
        for number, other in seen:
            both_file = place.is_filed_into and other.is_filed_into
            if place.what == other.what and not both_file:
                yield place, number, other
                break


def _problem(file: YamlFile, number: int, place: Place, first: int, other: Place) -> Problem:
    words = FILED if other.is_filed_into else READ if "folder" in place.key else TAKEN
    spot: tuple[Key, ...] = ("sources", number)
    if place.is_written:
        spot = (*spot, place.key)
    message = f"'{place.value}' {words} sources[{first}]"
    return file.problem(spot, message, f"give each source a {place.key} of its own")


def _places(source: Source, folder: Path) -> Iterator[Place]:
    if isinstance(source.get("name"), str):
        yield Place("name", source["name"], ("name", source["name"]))
    if isinstance(source.get("path"), str):
        yield Place("path", source["path"], ("path", (folder / source["path"]).resolve()))
    if source.get("type") == "gravity_forms" and source.get("base_url"):
        number = str(source.get("form_id"))
        site = str(source["base_url"]).rstrip("/").casefold()
        yield Place("form_id", number, ("gravity_forms", site, number))
    mailbox = _mailbox(source)
    if mailbox is None:
        return
    for key, usual in (("folder", "INBOX"), ("processed_folder", "Processed")):
        name = str(source.get(key) or usual)
        what = (*mailbox, name if mailbox[0] == "imap" else name.casefold())
        if name.casefold() == "inbox":  # alone in having no case (RFC 9051 section 5.1)
            what = (*mailbox, "inbox")
        is_filed_into = key == "processed_folder"
        yield Place(key, name, what, is_filed_into, is_written=key in source)


def _mailbox(source: Source) -> tuple[str, ...] | None:
    """Return what tells one mailbox from another; None for what is none.

    A server has several ports; only on this machine each may lead to another (tunnels).
    """
    host, user = str(source.get("host", "")).lower(), str(source.get("username", "")).casefold()
    if source.get("type") == "imap" and host and user:
        return ("imap", host, str(source.get("port")) if is_loopback(host) else "", user)
    if source.get("type") == "graph" and source.get("mailbox"):
        return ("graph", str(source["mailbox"]).casefold())
    return None
