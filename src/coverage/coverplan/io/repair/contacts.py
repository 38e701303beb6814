"""Where roads cross or touch away from their ends."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import shapely

from ...core.errors import InputError, Problem
from ...core.text import Text
from ...domain.topology import JOIN_METRES
from .lines import Flags, Floats, Ints, Lines

_AT_ONCE = 8_192
_MOST, _MOST_EACH = 300_000, 4
_SHARP = -0.999


@dataclass(frozen=True, slots=True)
class Contacts:
    """Places where two lines, or a line and itself, meet away from the ends of both.

    Parameters
    ----------
    xy
        Where, metres, shape ``(c, 2)``.
    one, other
        The lines, shape ``(c,)``.
    crosses
        Whether they cross there without a vertex in either, shape ``(c,)``.
    """

    xy: Floats
    one: Ints
    other: Ints
    crosses: Flags

    def take(self, rows: Flags) -> "Contacts":
        """Return some of the contacts."""
        return Contacts(*(getattr(self, f.name)[rows] for f in fields(self)))


_NONE = Contacts(
    np.zeros((0, 2)),
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.bool_),
)


def contacts(lines: Lines, new: Flags, file: str) -> Contacts:
    """Return all contacts of lines within a centimetre, at any level.

    Parameters
    ----------
    lines, new
        The roads, and those to be looked at, among each other and with all, shape ``(n,)``.
    file
        The name of their file, for the fault.

    Raises
    ------
    InputError
        When there are so many that these are no roads.

    Notes
    -----
    Along a stretch two lines share, they meet where it begins and ends, and at vertices only one
    of them has. Work goes on in blocks of segments, so that memory grows with what is found.
    """
    segments = lines.segments()
    tree = shapely.STRtree(segments)
    found = [_NONE]
    total = 0
    most = _MOST + _MOST_EACH * len(segments)
    asked = np.flatnonzero(new[lines.owner])
    for low in range(0, len(asked), _AT_ONCE):
        block = asked[low : low + _AT_ONCE]
        a, b = tree.query(segments[block], predicate="dwithin", distance=JOIN_METRES)
        a, b = block[a], b.astype(np.int64)
        later = (b > a) | ~new[lines.owner[b]]
        for one in _of_pairs(lines, *_worth_looking(lines, a[later], b[later])):
            total += len(one.one)
            found.append(one)
        if total > most:
            raise InputError([_tangle(file, most)])
    names = [f.name for f in fields(Contacts)]
    return Contacts(*(np.concatenate([getattr(one, name) for one in found]) for name in names))


def _worth_looking(lines: Lines, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Leave out segments that follow each other in one line, but where it turns back on itself."""
    next_ = (np.abs(b - a) == 1) & (lines.owner[a] == lines.owner[b])
    i, j = lines.segment[a], lines.segment[b]
    one, two = lines.xy[i + 1] - lines.xy[i], lines.xy[j + 1] - lines.xy[j]
    sizes = np.hypot(*one.T) * np.hypot(*two.T)
    back = (one * two).sum(axis=1) < _SHARP * sizes
    keep = ~next_ | back
    return a[keep], b[keep]


def _of_pairs(lines: Lines, a: Ints, b: Ints) -> Iterator[Contacts]:
    """Yield the contacts of pairs of segments: vertices of either on the other, and crossings."""
    near = np.zeros(len(a), dtype=np.bool_)
    for mine, its in ((a, b), (b, a)):
        for step in (0, 1):
            vertex = lines.segment[mine] + step
            place, far = lines.foot(lines.xy[vertex], its)
            close = far <= JOIN_METRES
            near |= close
            rows = np.flatnonzero(close)
            yield _inner(lines, vertex[rows].astype(np.float64), place[rows], mine[rows], its[rows])
    rows = np.flatnonzero(~near)
    a, b = a[rows], b[rows]
    i, j = lines.segment[a], lines.segment[b]
    start, one, two = lines.xy[i], lines.xy[i + 1] - lines.xy[i], lines.xy[j + 1] - lines.xy[j]
    wide = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    gap = lines.xy[j] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        s = (gap[:, 0] * two[:, 1] - gap[:, 1] * two[:, 0]) / wide
        t = (gap[:, 0] * one[:, 1] - gap[:, 1] * one[:, 0]) / wide
    meet = (s > 0) & (s < 1) & (t > 0) & (t < 1)
    found = _inner(lines, (i + s)[meet], (j + t)[meet], a[meet], b[meet])
    yield Contacts(found.xy, found.one, found.other, np.ones(len(found.one), dtype=np.bool_))


def _inner(lines: Lines, place: Floats, other_place: Floats, mine: Ints, its: Ints) -> Contacts:
    """Return contacts away from the ends of both lines, but within stretches they share."""
    one, other = lines.owner[mine], lines.owner[its]
    along, beside = lines.metres_at(place), lines.metres_at(other_place)
    keep = _away(lines, along, one) & _away(lines, beside, other)
    keep &= (one != other) | (np.abs(along - beside) > 4 * JOIN_METRES)
    keep &= ~_shared(lines, place, other_place, keep)
    xy = lines.at(place[keep])
    return Contacts(xy, one[keep], other[keep], np.zeros(len(xy), dtype=np.bool_))


def _away(lines: Lines, along: Floats, line: Ints) -> Flags:
    return (along > JOIN_METRES) & (along < lines.metres[line] - JOIN_METRES)


def _shared(lines: Lines, place: Floats, other: Floats, inner: Flags) -> Flags:
    """Return where two lines have a vertex in common, and the one before and after it too."""
    result = np.zeros(len(place), dtype=np.bool_)
    nearest = np.rint(other)
    off = np.abs(lines.metres_at(nearest) - lines.metres_at(other)) > JOIN_METRES
    rows = np.flatnonzero(inner & ~off & (place == np.rint(place)))
    i, j = np.rint(place[rows]).astype(np.int64), nearest[rows].astype(np.int64)

    def same(v: Ints, w: Ints) -> Flags:
        return np.asarray(np.hypot(*(lines.xy[v] - lines.xy[w]).T) <= JOIN_METRES)

    ahead = same(i - 1, j - 1) & same(i + 1, j + 1)
    result[rows] = ahead | (same(i - 1, j + 1) & same(i + 1, j - 1))
    return result


def _tangle(file: str, most: int) -> Problem:
    return Problem(
        code="roads.repair_tangle",
        what=Text(
            "线与线相交的地方多得不像道路，无法修复",
            "lines meet in far more places than roads do: they cannot be repaired",
        ),
        file=file,
        found=Text(f"超过 {most} 处", f"more than {most} places"),
        expected=Text("道路中心线", "road centre lines"),
        mend=Text(
            "核对是否拿错图层（等高线、面的边界等）",
            "check that it is the right layer, not contours or outlines of areas",
        ),
    )
