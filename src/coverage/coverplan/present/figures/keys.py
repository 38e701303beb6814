"""What stands beside a map: the key, every sign with its words, and short tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ...core.text import Text
from ...domain.groups import group_label
from ...results import LayerResult
from ..looks import (
    INK,
    NOBODY,
    NOBODY_FILL,
    SOFT,
    UNKNOWN,
    UNKNOWN_FILL,
    share_classes,
)
from .ground import LOW_HATCH, NOBODY_HATCH, UNKNOWN_HATCH
from .lettering import fitted, width, wrapped
from .sheet import Sheet

MARKS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D"}
"""Signs of matplotlib for the shapes of layers."""

LEFT, TOP = 0.735, 0.855
"""Where the column beside a map begins."""

_STEP, _SWATCH, _RIGHT = 0.031, (0.026, 0.019), 0.975
_SIZE, _HEAD = 8.5, 9.5
_LISTED_STEP, _CLOSE_STEP = 0.026, 0.0185
STAR = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """One sign of a key and its words: a colour, or a mark of some size in points."""

    fill: str
    words: Text
    mark: str = ""
    hatch: str = ""
    edge: str = INK
    size: float = 7.0


def share_entries(*, nobody: bool, unknown: bool) -> list[Entry]:
    """Return the classes of shares, and who cannot be shared out where there are some."""
    classes = [
        Entry(c.fill, c.words, hatch=LOW_HATCH if c.hatched else "") for c in share_classes()
    ]
    return classes + blank_entries(nobody=nobody, unknown=unknown)


def blank_entries(*, nobody: bool, unknown: bool) -> list[Entry]:
    """Return the signs of units that have no share, those that occur."""
    entries = []
    if nobody:
        entries.append(Entry(NOBODY_FILL, NOBODY, hatch=NOBODY_HATCH))
    if unknown:
        entries.append(Entry(UNKNOWN_FILL, UNKNOWN, hatch=UNKNOWN_HATCH))
    return entries


def share_title(result: LayerResult) -> Text:
    """Return what the classes of shares are of."""
    group, minutes = group_label(result.layer.group), int(result.layer.minutes)
    return Text(
        f"{minutes} 分钟内可达的人占比（{group.zh}）",
        f"People within {minutes} minutes, share ({group.en})",
    )


def key(
    sheet: Sheet, title: Text, entries: Sequence[Entry], *, left: float = LEFT, top: float = TOP
) -> float:
    """Draw a key in the column beside a map and return how low it reaches.

    Parameters
    ----------
    sheet, title, entries
        What is drawn on, and what stands in the key.
    left, top
        Where it begins, both from 0 to 1.
    """
    y = heading(sheet, title, left, top)
    axes = _whole(sheet)
    for entry in entries:
        y -= _STEP
        room = sheet.room(_RIGHT - left - 0.036)
        lines = wrapped(entry.words.of(sheet.language), _SIZE * sheet.larger, sheet.font, room, 2)
        _sign(axes, entry, left, y, sheet.larger)
        for number, line in enumerate(lines):
            sheet.write(left + 0.034, y - 0.021 * number, line, _SIZE)
        y -= 0.021 * (len(lines) - 1)
    return y


def key_row(sheet: Sheet, title: Text, entries: Sequence[Entry], left: float, top: float) -> None:
    """Draw a key in rows below maps, its signs side by side.

    Parameters
    ----------
    sheet, title, entries
        What is drawn on, and what stands in the key.
    left, top
        Where it begins, both from 0 to 1.
    """
    sheet.write(left, top, title.of(sheet.language), _HEAD)
    axes, x, y = _whole(sheet), left, top - 0.034
    for entry in entries:
        words = fitted(
            entry.words.of(sheet.language), _SIZE * sheet.larger, sheet.font, sheet.room(0.3)
        )
        wide = 0.034 + width(words, _SIZE * sheet.larger, sheet.font) / sheet.room(1) + 0.02
        if x + wide > _RIGHT:
            x, y = left, y - _STEP
        _sign(axes, entry, x, y, sheet.larger)
        sheet.write(x + 0.034, y, words, _SIZE)
        x += wide


def heading(sheet: Sheet, title: Text, left: float, top: float) -> float:
    """Write the head of a key or a table and return how low it reaches."""
    room = sheet.room(_RIGHT - left)
    lines = wrapped(title.of(sheet.language), _HEAD * sheet.larger, sheet.font, room, 3)
    for number, line in enumerate(lines):
        sheet.write(left, top - 0.024 * number, line, _HEAD)
    return top - 0.024 * (len(lines) - 1)


def listed(
    sheet: Sheet, title: Text, rows: Sequence[tuple[str, str]], top: float, more: Text | None = None
) -> float:
    """Write a table of two columns in the column beside a map and return how low it reaches.

    Where there are many rows letters are smaller.

    Parameters
    ----------
    sheet, title
        What is written on, and what the table is.
    rows
        A name, and a number that stands at the right.
    top
        Where it begins.
    more
        What is said below, where not all could be listed.
    """
    y = heading(sheet, title, LEFT, top)
    wide = (y - sheet.floor) / _LISTED_STEP >= len(rows) + (more is not None)
    step, points = (_LISTED_STEP, _SIZE) if wide else (_CLOSE_STEP, 6.5)
    size = points * sheet.larger
    for name, number in rows:
        y -= step
        room = sheet.room(_RIGHT - LEFT) - width(number, size, sheet.font) - 8
        sheet.write(LEFT, y, fitted(name, size, sheet.font, room), points)
        sheet.write(_RIGHT, y, number, points, ha="right")
    if more is not None:
        y -= step
        sheet.write(LEFT, y, more.of(sheet.language), points, colour=SOFT)
    return y


def rows_below(sheet: Sheet, top: float) -> int:
    """Return how many rows a list below a place can have at most."""
    return max(int((top - 0.03 - sheet.floor) / _CLOSE_STEP), 0)


def note(sheet: Sheet, words: Text, top: float) -> float:
    """Write a remark in the column beside a map and return how low it reaches."""
    size = 7.5 * sheet.larger
    room = sheet.room(_RIGHT - LEFT)
    y = top
    for line in wrapped(words.of(sheet.language), size, sheet.font, room, 6):
        y -= 0.021
        sheet.write(LEFT, y, line, 7.5, colour=SOFT)
    return y


def _whole(sheet: Sheet) -> Axes:
    axes = sheet.axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return axes


def _sign(axes: Axes, entry: Entry, x: float, y: float, larger: float) -> None:
    if not entry.mark:
        wide, high = _SWATCH
        box = Rectangle(
            (x, y - 0.003), wide, high, fc=entry.fill, ec=SOFT, lw=0.6, hatch=entry.hatch
        )
        axes.add_patch(box)
        return
    axes.plot(
        x + _SWATCH[0] / 2, y + 0.0065, entry.mark, ms=entry.size * larger, mfc=entry.fill,
        mec=entry.edge, mew=1.0, ls="none",
    )  # fmt: skip
