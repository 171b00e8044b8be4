"""`init`: a first configuration from the samples."""

from collections.abc import Iterator
from pathlib import Path

import click

from connector import samples
from connector.errors import ConfigError

INBOX = "inbox"
"""The folder that the example configuration reads."""


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write config.yaml, mappings/ and inbox/ into DIR (default: here) from the samples.

    Nothing is ever overwritten: what is there already is named and left as it is.
    """
    try:
        for sample, target in _plan(folder):
            _report(target, written=_write(sample, target))
        _report(folder / INBOX, written=_make(folder / INBOX))
    except OSError as error:
        remedy = "Choose a folder that this user may write to"
        message = f"cannot write {error.filename}: {error.strerror}"
        raise ConfigError(message, remedy) from None
    _print_next_steps(folder)


def _plan(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each sample file and where it goes."""
    yield samples.config_example(), folder / "config.yaml"
    mappings = samples.mappings_dir()
    for sample in sorted([*mappings.rglob("*.yaml"), *mappings.rglob("*.j2")]):
        yield sample, folder / "mappings" / sample.relative_to(mappings)


def _write(sample: Path, target: Path) -> bool:
    """Copy a sample unless something stands in its place; say whether it was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("xb") as file:
            file.write(sample.read_bytes())
    except FileExistsError:
        return False
    return True


def _make(inbox: Path) -> bool:
    """Make the folder that the example reads unless it is there; say whether it was made."""
    if inbox.is_dir():
        return False
    inbox.mkdir(parents=True)
    return True


def _report(target: Path, *, written: bool) -> None:
    click.echo(f"wrote {target}" if written else f"left  {target} (it is there already)")


def _print_next_steps(folder: Path) -> None:
    option = "" if folder == Path() else f" --config {folder / 'config.yaml'}"
    click.echo(
        f"""
Next:
  1. Edit {folder / "config.yaml"}: tenant, user name, catch-all account.
  2. Set the environment variable BMS_PASSWORD, or write ${{file:PATH}} in its place.
  3. Edit the files in {folder / "mappings"}: your clients, hours, holidays and templates.
  4. bms-connector{option} check
  5. bms-connector{option} mappings test
  6. bms-connector{option} sync --dry-run""",
        err=True,
    )
