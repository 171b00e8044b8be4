"""Charts as rectangles, which the page draws as SVG without text: numbers stand beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from connector.domain.request import Outcome
from connector.reporting.figures import BarCounts
from connector.reporting.standing import Standing

HEIGHT = 100
PITCH = 10
"""From one column to the next; a column takes `COLUMN` of it."""
COLUMN = 8

STACKED: Sequence[Outcome] = (
    Outcome.CREATED,
    Outcome.APPENDED,
    Outcome.IGNORED,
    Outcome.DUPLICATE,
    Outcome.PENDING,
    Outcome.PARKED,
)
"""From the foot of a column to its top."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of a chart; `kind` is what gives it its colour."""

    kind: StrEnum
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of stacked columns over time. `most` is what the highest stands for."""

    rects: Sequence[Rect]
    width: int
    most: int


def columns(bars: Sequence[BarCounts]) -> Columns:
    """Return a column for each bar, the highest as high as the chart."""
    most = max((sum(each.outcomes.values()) for each in bars), default=0)
    rects: list[Rect] = []
    for place, each in enumerate(bars):
        top = float(HEIGHT)
        for outcome in STACKED:
            height = _share(each.outcomes[outcome], most) * HEIGHT
            top -= height
            if height:
                rects.append(Rect(outcome, place * PITCH + 1, top, COLUMN, height))
    return Columns(rects, len(bars) * PITCH, most)


def stacked(counts: Mapping[Standing, int]) -> Sequence[Rect]:
    """Return one bar of width 100 that shows how a whole is made up."""
    whole = sum(counts.values())
    rects: list[Rect] = []
    left = 0.0
    for standing in Standing:
        width = _share(counts.get(standing, 0), whole) * 100
        if width:
            rects.append(Rect(standing, left, 0, width, PITCH))
        left += width
    return rects


def percent(part: int, whole: int) -> str:
    """Return a share as people read it; neither 0 % nor 100 % unless it is nothing or all."""
    if not whole:
        return ""
    if 0 < part < whole:
        return f"{min(max(round(part * 100 / whole), 1), 99)} %"
    return f"{part * 100 // whole} %"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
