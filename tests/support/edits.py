"""What a person changes in a file."""

from pathlib import Path


def replace_in(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; fails where there is none."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
