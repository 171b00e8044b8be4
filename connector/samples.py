"""The sample mappings and the example configuration that ship with the connector."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def mappings_dir() -> Path:
    """Return the folder of sample mapping files."""
    return _home() / "mappings"


def config_example() -> Path:
    """Return the example configuration, which documents every setting."""
    return _home() / "config.example.yaml"


def _home() -> Path:
    """Return where the samples lie: a wheel has copies in it, a checkout has them beside it."""
    packaged = PACKAGE / "_samples"
    return packaged if packaged.is_dir() else PACKAGE.parent
