"""A figure of a benchmark: a ratio within one run, so that it means the same on any machine."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HEAD = "| What | Measured | Against | Ratio | Aim | |\n|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Figure:
    """What was measured, what it is compared with, and the aim, if there is one."""

    what: str
    measured: str
    against: str = ""
    ratio: float | None = None
    aim: str = ""
    is_met: bool | None = None

    def row(self) -> str:
        """Return it as a line of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {None: "", True: "met", False: "**missed**"}[self.is_met]
        cells = (self.what, self.measured, self.against, ratio, self.aim, met)
        return "| " + " | ".join(cells) + " |"

    def as_json(self) -> dict[str, Any]:
        """Return it for another process."""
        return asdict(self)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures under the machine and the date."""
    return "\n".join(
        [f"{_machine()}, {datetime.now().astimezone():%Y-%m-%d}", "", HEAD, *_rows(figures), ""]
    )


def _rows(figures: Sequence[Figure]) -> list[str]:
    return [each.row() for each in figures]


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, load at the end {load:.1f}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
