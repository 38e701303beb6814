"""What a road file says of each road beyond its class: limit, surface, who may use it.

Every column is optional and found by its usual names, OpenStreetMap's tags among them. A word
nobody knows is counted and named, and taken as if nothing were said.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.edges import BICYCLE, EVERYBODY, FOOT, MOTOR, EdgeFacts
from . import roadwords
from .cells import as_number, cell_text
from .columns import find_column

_Bits = NDArray[np.uint8]

ACCESS_CHAINS: dict[int, tuple[str, ...]] = {
    MOTOR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    BICYCLE: ("bicycle", "motorroad", "vehicle", "access"),
    FOOT: ("foot", "motorroad", "access"),
}
"""Which key is asked first for each way of moving: the first that says anything decides
(OpenStreetMap wiki, "Computing access restrictions" and "Key:access"; "Key:motorroad")."""

ACCESS_KEYS = tuple(dict.fromkeys(key for chain in ACCESS_CHAINS.values() for key in chain))

FACT_KEYS = (
    "surface", "maxspeed", *ACCESS_KEYS, "shut", "bridge", "tunnel", "layer",
    "oneway_bicycle", "oneway_foot", "cycleway", "headway", "duration",
)  # fmt: skip
"""Kinds of columns read here (keys of `coverplan.io.columns.USUAL_NAMES`)."""

_NOTHING, _MAY, _MAY_NOT = -1, 0, 1


def read_facts(
    edges: pd.DataFrame, given: Mapping[str, str], file: str, problems: Problems
) -> EdgeFacts:
    """Return what the columns of a road file say of its edges.

    Parameters
    ----------
    edges
        One row per edge, shape ``(m, ...)``.
    given
        Which column holds what, where the study says so.
    file, problems
        The name of the file, and where words nobody knows are noted.

    Notes
    -----
    Closed to everybody (``shut``) comes before all. Then the first key of `ACCESS_CHAINS` that
    says anything decides: a path with ``access=no`` and ``foot=yes`` is open on foot alone. What
    each word means is said in `coverplan.io.roadwords`: ``private`` lets pass, ``agricultural``
    does not. A road is raised by ``bridge``, ``tunnel`` or a ``layer`` other than 0. Where a cell
    holds several words, as where osmnx joined pieces into one edge, the lowest limit counts, the
    first surface, and one "no" bars.
    """
    columns = _Columns(edges, given, file, problems)
    n = len(edges)
    shut = columns.read("shut", roadwords.is_shut, _WORDS["yes"], default=False)
    barred = _barred(columns, np.zeros(n, dtype=np.uint8))
    barred[shut == np.True_] = EVERYBODY
    return EdgeFacts(
        surface=columns.surfaces(),
        limit_kmh=columns.read("maxspeed", _lowest_limit, _WORDS["maxspeed"], default=np.nan),
        barred=barred,
        both_ways=_both_ways(columns),
        raised=_raised(columns),
        headway_minutes=columns.minutes("headway"),
        crossing_minutes=columns.minutes("duration"),
    )


def who_is_barred(
    rows: pd.DataFrame, given: Mapping[str, str], default: _Bits, file: str, problems: Problems
) -> _Bits:
    """Return who may not pass by the access columns alone: bits of `coverplan.domain.edges`.

    Parameters
    ----------
    rows, given, file, problems
        As for `read_facts`.
    default
        Who may not pass where no column says anything, shape ``(m,)``.
    """
    return _barred(_Columns(rows, given, file, problems), default)


def _barred(columns: "_Columns", default: _Bits) -> _Bits:
    said = {key: _said(columns, key) for key in ACCESS_KEYS}
    barred = np.zeros(len(default), dtype=np.uint8)
    for bit, chain in ACCESS_CHAINS.items():
        decided = np.full(len(default), _NOTHING, dtype=np.int8)
        for key in chain:
            decided = np.where(decided == _NOTHING, said[key], decided)
        by_default = (decided == _NOTHING) & ((default & bit) != 0)
        barred[(decided == _MAY_NOT) | by_default] |= bit
    return barred


def _said(columns: "_Columns", key: str) -> NDArray[np.int8]:
    """Return what an access column says of each row: -1 nothing, 0 may pass, 1 may not."""
    meaning = _motorroad if key == "motorroad" else _access
    expected = _WORDS["yes"] if key == "motorroad" else _WORDS["access"]
    return np.asarray(columns.read(key, meaning, expected, default=_NOTHING), dtype=np.int8)


def _access(cell: str) -> int | None:
    found = [roadwords.may_pass(word) for word in roadwords.words(cell)]
    if False in found:
        return _MAY_NOT
    if None in found and not all(map(roadwords.says_nothing, roadwords.words(cell))):
        return None
    return _MAY if True in found else _NOTHING


def _motorroad(cell: str) -> int | None:
    yes = roadwords.first_known(cell, roadwords.is_yes)
    return None if yes is None else _MAY_NOT if yes else _NOTHING


def _lowest_limit(cell: str) -> float | None:
    there = [word for word in roadwords.words(cell) if word not in roadwords.NO_LIMIT]
    limits = [roadwords.limit_kmh(word) for word in there]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None if there else np.nan


def _is_raised(cell: str) -> bool:
    return any(word not in roadwords.NO_WORDS for word in roadwords.words(cell))


def _layer(cell: str) -> bool | None:
    number = roadwords.first_known(cell, as_number)
    return None if number is None else number != 0


def _raised(columns: "_Columns") -> NDArray[np.bool_]:
    raised = np.zeros(len(columns.edges), dtype=np.bool_)
    for key, meaning in (("bridge", _is_raised), ("tunnel", _is_raised), ("layer", _layer)):
        expected = _WORDS["layer" if key == "layer" else "yes"]
        raised |= columns.read(key, meaning, expected, default=False).astype(np.bool_)
    return raised


def _opposite(cell: str) -> bool:
    return any(word.startswith("opposite") for word in roadwords.words(cell))


def _oneway_binds(cell: str) -> bool | None:
    if cell in {"-1", "reverse"}:
        return True
    return roadwords.first_known(cell, roadwords.is_yes)


def _both_ways(columns: "_Columns") -> _Bits:
    bicycle = columns.read("oneway_bicycle", _oneway_binds, _WORDS["yes"], default=True)
    foot = columns.read("oneway_foot", _oneway_binds, _WORDS["yes"], default=True)
    lane = columns.read("cycleway", _opposite, _WORDS["yes"], default=False)
    both = np.where((bicycle == np.False_) | (lane == np.True_), BICYCLE, 0)
    return np.asarray(both | np.where(foot == np.False_, FOOT, 0), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a road file, and where what is not understood in them is noted."""

    edges: pd.DataFrame
    given: Mapping[str, str]
    file: str
    problems: Problems

    def read(
        self, key: str, meaning: Callable[[str], Any], expected: Text, *, default: Any
    ) -> NDArray[Any]:
        """Return the meaning of each cell of a kind of column; the default where it has none."""
        empty = np.full(len(self.edges), default)
        column = find_column(self.edges.columns, key, self.given)
        if column is None:
            return empty
        code, cells = _distinct(self.edges[column])
        each = [meaning(cell) if roadwords.words(cell) else default for cell in cells]
        unknown = {i: cell for i, cell in enumerate(cells) if each[i] is None}
        if unknown:
            count = np.bincount(code[code >= 0], minlength=len(cells))
            rows = Counter({cell: int(count[i]) for i, cell in unknown.items()})
            self.problems.add(_not_understood(self.file, column, key, rows, expected))
        known = np.array([default if value is None else value for value in each] + [default])
        return known[code]

    def surfaces(self) -> NDArray[np.object_]:
        """Return OpenStreetMap's word for each surface; a word nobody knows as it stands."""
        result = np.full(len(self.edges), "", dtype=object)
        column = find_column(self.edges.columns, "surface", self.given)
        if column is not None:
            code, cells = _distinct(self.edges[column])
            self.read("surface", _surface, _WORDS["surface"], default="")
            plain = [_surface(cell) or " ".join(roadwords.words(cell)[:1]) for cell in cells]
            result = np.array([*plain, ""], dtype=object)[code]
        return result

    def minutes(self, key: str) -> NDArray[np.float64]:
        """Return lengths of time in minutes, NaN where none is said."""
        found = self.read(key, _minutes, _WORDS["minutes"], default=np.nan)
        return np.asarray(found, dtype=np.float64)


def _surface(cell: str) -> str | None:
    return roadwords.first_known(cell, roadwords.surface)


def _minutes(cell: str) -> float | None:
    return roadwords.first_known(cell, roadwords.minutes)


def _distinct(column: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """Return the number of each cell's content, -1 where it is empty, and the contents."""
    code = np.full(len(column), -1, dtype=np.int64)
    there = column.notna().to_numpy()
    values = column[there]
    if values.dtype == object:
        values = values.map(cell_text)
    numbers, found = pd.factorize(values)
    cells = [cell_text(value).lower() for value in found]
    empty = np.array([not roadwords.words(cell) for cell in cells] + [True])
    code[there] = np.where(empty[numbers], -1, numbers)
    return code, cells


_WORDS = {
    "surface": Text("OSM 的 surface 值，如 asphalt、gravel", "a value of OpenStreetMap's surface"),
    "maxspeed": Text("如 50、30 mph 或 CN:urban", "such as 50, 30 mph or CN:urban"),
    "access": Text("yes、no、private 等", "yes, no, private and the like"),
    "yes": Text("yes 或 no", "yes or no"),
    "layer": Text("整数；0 为地面", "a whole number; 0 is the ground"),
    "minutes": Text("分钟数，如 20 或 0:20", "minutes, such as 20 or 0:20"),
}

_TAKEN = {
    "surface": Text("按普通路面计", "taken as any road"),
    "maxspeed": Text("按没有限速计", "taken as without a limit"),
    "shut": Text("按开放计", "taken as open"),
    "layer": Text("按地面道路计", "taken as on the ground"),
    "headway": Text("按未知计", "taken as unknown"),
    "duration": Text("按未知计", "taken as unknown"),
    "oneway_bicycle": Text("按与车辆同向计", "taken as for everybody"),
    "oneway_foot": Text("按与车辆同向计", "taken as for everybody"),
}
_OPEN = Text("按没有说明计", "taken as if nothing were said")

_SHOWN = 6
_SHOWN_CHARACTERS = 24


def _not_understood(
    file: str, column: str, key: str, rows: Counter[str], expected: Text
) -> Problem:
    taken = _TAKEN.get(key, _OPEN)
    n = sum(rows.values())
    shown = [(_short(word), count) for word, count in rows.most_common(_SHOWN)]
    more = "…" if len(rows) > _SHOWN else ""
    return Problem(
        code=f"roads.{key}",
        what=Text(
            f"{n} 条道路的值不认识（{len(rows)} 种），{taken.zh}",
            f"{n} edges have a value nobody knows ({len(rows)} different): {taken.en}",
        ),
        file=file,
        column=column,
        found=Text(
            "、".join(f"“{word}”{count} 条" for word, count in shown) + more,
            ", ".join(f'"{word}" {count} times' for word, count in shown) + more,
        ),
        expected=expected,
        mend=Text(
            f'改正这些值；如拿错了列，写明 [roads.columns] {key} = "…"',
            f'correct these values; if it is the wrong column, say [roads.columns] {key} = "..."',
        ),
        severity="warning",
    )


def _short(word: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in word)
    return plain if len(plain) <= _SHOWN_CHARACTERS else plain[:_SHOWN_CHARACTERS] + "…"
