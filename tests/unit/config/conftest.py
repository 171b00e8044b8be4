from pathlib import Path

import pytest
from support.config_files import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_config(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_config
