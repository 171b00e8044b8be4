"""The source `folder`: others rename finished files into it, we file them away when done.

`*.eml` are e-mails and `*.json` form submissions. Done items move to `processed/` below it,
parked ones to `parked/`; any other name is reported and never touched.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from connector.domain.request import Outcome, RequestKind
from connector.errors import Unreachable
from connector.ports import Arrival, ItemUnfiled, ItemUnreadable, ItemVanished, Listing

PROCESSED = "processed"
PARKED = "parked"
_KINDS = {".eml": RequestKind.EMAIL, ".json": RequestKind.FORM}
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9998, 1, 1, tzinfo=UTC)
_HEADER_BYTES = 64_000
"""What is read of a mail that is too large, for its header."""
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_LOCATOR = re.compile(r"(.+):(-?\d+):(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class _File:
    """What tells one file from any other that bears, bore or will bear its name."""

    name: str
    mtime_ns: int
    size: int
    inode: int

    @classmethod
    def of(cls, name: str, status: os.stat_result) -> "_File":
        return cls(name, status.st_mtime_ns, status.st_size, status.st_ino)

    @classmethod
    def at(cls, locator: str) -> "_File":
        fields = _LOCATOR.fullmatch(locator)
        if not fields:
            raise ValueError(f"'{locator}' is no locator of a folder source")
        name = os.fsdecode(unquote_to_bytes(fields[1]))
        return cls(name, int(fields[2]), int(fields[3]), int(fields[4]))

    @property
    def locator(self) -> str:
        name = quote(os.fsencode(self.name), safe=" ")
        return f"{name}:{self.mtime_ns}:{self.size}:{self.inode}"

    def is_same(self, status: os.stat_result) -> bool:
        """Tell whether a file is this very one, untouched, under whatever name."""
        return stat.S_ISREG(status.st_mode) and _File.of(self.name, status) == self


class DropFolder:
    """A folder as a source of requests (`ports.Source`)."""

    def __init__(self, name: str, path: Path, form: str | None) -> None:
        """Take the source's name, its folder, and the form whose submissions are dropped there.

        Without a form, `*.json` files are names that it does not know what to do with.
        """
        self._name = name
        self._path = path
        self._form = form

    @property
    def name(self) -> str:
        """The name that configuration gives it."""
        return self._name

    def list(self) -> Listing:
        """Return the items now in the folder, oldest first by modification time, then by name.

        Raises `Unreachable` when the folder does not exist or cannot be read.
        """
        files: list[_File] = []
        strangers: list[str] = []
        for entry in self._entries():
            if entry.name.startswith(".") or entry.name in (PROCESSED, PARKED):
                continue
            status = _status(entry.path)
            if status is None:
                continue
            if stat.S_ISREG(status.st_mode) and self._kind(entry.name):
                files.append(_File.of(entry.name, status))
            else:
                strangers.append(_shown(entry.name))
        files.sort(key=lambda file: (file.mtime_ns, file.name))
        return Listing([self._arrival(file) for file in files], sorted(strangers))

    def mark(self, locator: str, outcome: Outcome) -> bool:
        """Move the item to `processed/`, or to `parked/`, under a name that is still free there.

        An item that was parked and is done now moves on; one that is gone is no error. Either
        way it has left the folder. Raises `ItemUnfiled` when it cannot be moved.
        """
        file = _File.at(locator)
        is_done = outcome is not Outcome.PARKED
        target = self._path / (PROCESSED if is_done else PARKED)
        try:
            current = self._dropped(file) or (self._parked(file) if is_done else None)
            if current is not None:
                target.mkdir(exist_ok=True)
                _move(current, target, file.name)
        except OSError as error:
            raise ItemUnfiled(
                f"it could not be moved to {target}: {error.strerror}. "
                "Give the connector the right to write there; the next run moves it"
            ) from error
        return True

    def _entries(self) -> "Iterator[os.DirEntry[str]]":
        try:
            with os.scandir(self._path) as entries:
                yield from entries
        except OSError as error:
            raise Unreachable(
                f"Source '{self._name}': the folder {self._path} cannot be read: {error.strerror}",
                "Create it, or correct `path` of the source in config.yaml",
            ) from error

    def _kind(self, file_name: str) -> RequestKind | None:
        kind = _KINDS.get(os.path.splitext(file_name)[1].lower())  # noqa: PTH122
        return None if kind is RequestKind.FORM and self._form is None else kind

    def _arrival(self, file: _File) -> Arrival:
        kind = self._kind(file.name) or RequestKind.EMAIL
        is_mail = kind is RequestKind.EMAIL
        return Arrival(
            source=self._name,
            locator=file.locator,
            kind=kind,
            received_at=_moment(file.mtime_ns),
            size=file.size,
            read=partial(self._read, file),
            form=self._form if kind is RequestKind.FORM else None,
            read_header=partial(self._read, file, _HEADER_BYTES) if is_mail else None,
        )

    def _read(self, file: _File, at_most: int = -1) -> bytes:
        try:
            descriptor = os.open(self._path / file.name, _READ_FLAGS)
        except FileNotFoundError:
            raise ItemVanished(f"{_shown(file.name)} is no longer there") from None
        except OSError as error:
            raise ItemUnreadable(f"{_shown(file.name)}: {error.strerror}") from error
        try:
            with os.fdopen(descriptor, "rb") as stream:
                if not file.is_same(os.fstat(descriptor)):
                    raise ItemVanished(f"{_shown(file.name)} was replaced by another file")
                return stream.read(at_most)
        except OSError as error:
            raise ItemUnreadable(f"{_shown(file.name)}: {error.strerror}") from error

    def _dropped(self, file: _File) -> Path | None:
        path = self._path / file.name
        status = _status(path)
        return path if status is not None and file.is_same(status) else None

    def _parked(self, file: _File) -> Path | None:
        """Return where the file was parked, perhaps under a distinct name, perhaps touched."""
        folder = self._path / PARKED
        for path in folder.iterdir() if folder.is_dir() else ():
            status = _status(path)
            if status and (status.st_ino, status.st_size) == (file.inode, file.size):
                return path
        status = _status(folder / file.name)
        is_restored = status and (status.st_mtime_ns, status.st_size) == (file.mtime_ns, file.size)
        return folder / file.name if is_restored else None


def _status(path: Path | str) -> os.stat_result | None:
    """Return the status of a path itself, links not followed; None when it is gone."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _names(name: str) -> Iterator[str]:
    """Yield the names that an item may be filed under: `mail.eml`, `mail.2.eml`, …"""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122
    yield name
    for number in count(2):
        yield f"{stem}.{number}{suffix}"


def _move(path: Path, folder: Path, name: str) -> None:
    """Move a file into a folder under its name, or a distinct one where that is taken.

    The name is taken with an empty file first: a rename overwrites without asking.
    """
    target = next(filter(_take, (folder / candidate for candidate in _names(name))))
    try:
        path.replace(target)
    except FileNotFoundError:  # taken away by somebody just now
        target.unlink()
    except OSError:
        target.unlink()
        raise


def _take(path: Path) -> bool:
    """Take a name; an empty file there was left by a process that died before its rename."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        status = _status(path)
        return status is not None and stat.S_ISREG(status.st_mode) and not status.st_size
    return True


def _moment(mtime_ns: int) -> datetime:
    """Return a modification time in UTC; absurd ones are the nearest that a datetime can hold."""
    try:
        moment = _EARLIEST + timedelta(microseconds=mtime_ns // 1000)
    except OverflowError:
        return _LATEST
    return min(max(moment, _EARLIEST), _LATEST)


def _shown(name: str) -> str:
    """Return a file name that may hold any bytes as text for a message or a log."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
