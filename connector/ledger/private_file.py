"""Files that only their owner may read (DESIGN section 11)."""

import os
import stat
from pathlib import Path
from typing import Final

import structlog

from connector.errors import ConfigError

OWNER_ONLY: Final = 0o600
OF_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

log = structlog.get_logger()


def make_private_file(path: Path) -> None:
    """Create an empty file with mode 0600, or take away what others may do to an existing one.

    The mode is given at creation, so that there is no moment when others could open it.
    Raises `ConfigError` when the file cannot be created.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except FileExistsError as error:
        if path.is_dir():
            raise ConfigError(f"{path} is a folder", "Name a file in it") from error
        tighten(path)
    except FileNotFoundError as error:
        raise ConfigError(
            f"The folder {path.parent} does not exist", "Create it, or let `state` name another"
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be created ({error.strerror})",
            "Give the user that runs the connector the right to write its folder",
        ) from error


def tighten(path: Path) -> None:
    """Make an existing file private; warn when its owner is someone else, who alone could."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & OF_OTHERS:
        return
    try:
        path.chmod(mode & ~OF_OTHERS)
    except PermissionError:
        log.warning("others may open this file: make it mode 0600", file=str(path))
    else:
        log.warning("others could open this file: it is private now", file=str(path))
