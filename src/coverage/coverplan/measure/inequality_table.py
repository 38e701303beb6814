"""Every index of inequality of one thing, as rows of one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.text import Text
from .inequality import gini, lorenz, means_by_group, palma, ratio_20_20, theil
from .measures import RURAL, TOWNSHIP, URBAN, URBAN_RURAL
from .partitions import UNKNOWN

COLUMNS = [
    "subject",
    "over",
    "index",
    "partition",
    "part",
    "value",
    "people",
    "left_out",
    "note_zh",
    "note_en",
]

SUBJECTS = {
    "access": Text("可及性（E2SFCA，每千人供给）", "access (E2SFCA, supply per 1,000)"),
    "minutes": Text("到最近设施的分钟数", "minutes to the nearest site"),
    "places_per_1000": Text("本单元每千人供给", "supply of the unit's own sites per 1,000"),
    "reached_share": Text("可达人口比例", "share of people reached"),
}

_NOTHING = Text(
    "人人都是 0，不平等无从谈起", "everybody has 0: there is nothing to share unequally"
)
_NOBODY = Text("没有可计入的人", "nobody to count")
_LEAST = Text("最少的一端为 0，比值没有意义", "those with least have 0: there is no ratio")
_GROUPS = Text("有单元不知属于哪一组", "the group of a unit is not known")
_ONE_GROUP = Text("所有单元同属一组", "all units are in one group")


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that people have more or less of.

    Parameters
    ----------
    subject
        Key of `SUBJECTS`.
    over
        Whether each value is a point's (``people``) or a unit's (``units``); weights are people
        either way.
    each
        What each person has, NaN where not known, shape ``(n,)``; whole numbers stay exact.
    known
        Which values are known, shape ``(n,)``.
    people
        Whole people, shape ``(n,)``.
    groups
        Group of each row in every partition, `UNKNOWN` where not known, shape ``(n,)`` each.
    note
        What is left out and why.
    scale
        Values of ``each`` times this are in the unit of the subject.
    nowhere
        Further people whose value is not known, for they have no point.
    """

    subject: str
    over: Literal["people", "units"]
    each: NDArray[np.int64] | NDArray[np.float64]
    known: NDArray[np.bool_]
    people: NDArray[np.int64]
    groups: Mapping[str, NDArray[np.object_]]
    note: Text = Text("", "")
    scale: float = 1.0
    nowhere: int = 0

    @property
    def counted(self) -> int:
        """People whose value is known."""
        return int(self.people[self.known].sum())

    @property
    def left_out(self) -> int:
        """People whose value is not known."""
        return int(self.people[~self.known].sum()) + self.nowhere


def inequality_rows(shared: Shared) -> pd.DataFrame:
    """Return all indices of one thing.

    Parameters
    ----------
    shared
        What people have.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. ``index`` is ``gini``, ``theil``, ``palma``, ``ratio_20_20``, and for
        each partition ``theil_between``, ``theil_within``, ``between_percent`` (of Theil's T);
        but for units by themselves also ``mean`` of each ``part``, and ``difference`` (urban
        less rural, or the first of two parts less the second). ``value`` is <NA> with the reason
        in the note where there is none.
    """
    x, p = shared.each[shared.known], shared.people[shared.known]
    whole = theil(x, p)
    rows = [
        _row(shared, "gini", gini(x, p), _why(shared)),
        _row(shared, "theil", None if whole is None else whole.total, _why(shared)),
        _row(shared, "palma", palma(x, p), _LEAST if whole else _why(shared)),
        _row(shared, "ratio_20_20", ratio_20_20(x, p), _LEAST if whole else _why(shared)),
    ]
    for name, groups in shared.groups.items():
        rows += _partition(shared, name, groups)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"value": "Float64", "people": "Int64", "left_out": "Int64"})


def lorenz_rows(shared: Shared) -> pd.DataFrame:
    """Return the Lorenz curve of one thing: ``people_share``, ``value_share``; empty if none."""
    curve = lorenz(shared.each[shared.known], shared.people[shared.known])
    if curve is None:
        return pd.DataFrame(columns=["people_share", "value_share"], dtype="Float64")
    return curve.astype("Float64")


def _partition(shared: Shared, name: str, groups: NDArray[np.object_]) -> list[list[object]]:
    somebody = shared.known & (shared.people > 0)
    if (groups[somebody] == UNKNOWN).any():
        return [_row(shared, "theil_between", None, _GROUPS, partition=name)]
    x, p, g = shared.each[somebody], shared.people[somebody], groups[somebody].astype(str)
    found = theil(x, p, g)
    if found is None:
        return [_row(shared, "theil_between", None, _why(shared), partition=name)]
    share = found.between_share
    figures = {
        "theil_between": found.between,
        "theil_within": found.within,
        "between_percent": None if share is None else 100 * share,
    }
    why = Text("没有不平等", "no inequality at all")
    rows = [_row(shared, key, value, why, partition=name) for key, value in figures.items()]
    return rows if name == TOWNSHIP else rows + _means(shared, name, x, p, g)


def _means(
    shared: Shared,
    name: str,
    values: NDArray[np.int64] | NDArray[np.float64],
    people: NDArray[np.int64],
    groups: NDArray[np.str_],
) -> list[list[object]]:
    means = means_by_group(values, people, groups)
    parts = [URBAN, RURAL] if name == URBAN_RURAL else sorted(means.index)
    scaled = {part: float(mean) * shared.scale for part, mean in means["mean"].items()}
    rows = [
        _row(shared, "mean", scaled.get(part), _NOBODY, partition=name, part=part) for part in parts
    ]
    if len(parts) == len((URBAN, RURAL)):
        both = all(part in scaled for part in parts)
        gap = scaled[parts[0]] - scaled[parts[1]] if both else None
        said = f"{parts[0]} - {parts[1]}"
        rows.append(_row(shared, "difference", gap, _ONE_GROUP, partition=name, part=said))
    return rows


def _why(shared: Shared) -> Text:
    return _NOTHING if shared.counted else _NOBODY


def _row(
    shared: Shared,
    index: str,
    value: float | None,
    reason: Text,
    *,
    partition: str = "",
    part: str = "",
) -> list[object]:
    said = shared.note if value is not None else _both(reason, shared.note)
    head: list[object] = [shared.subject, shared.over, index, partition, part]
    return [*head, value, shared.counted, shared.left_out, said.zh, said.en]


def _both(first: Text, second: Text) -> Text:
    if not second.zh:
        return first
    return Text(f"{first.zh}；{second.zh}", f"{first.en}; {second.en}")
