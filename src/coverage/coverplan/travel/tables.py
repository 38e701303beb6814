"""Minutes of other programs: a matrix, or a list with one row per pair."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import expect, refused
from ..core.text import Text

_TABLE = Text(
    "用 pandas.DataFrame(数组, index=站点编号, columns=地点编号)",
    "make one: pandas.DataFrame(array, index=site ids, columns=ids of the places)",
)
_PAIRS = Text(
    "用 pandas.read_csv 读入，或 pandas.DataFrame(行, columns=[...])",
    "read them with pandas.read_csv, or make one: pandas.DataFrame(rows, columns=[...])",
)
_LONG = Text(
    "一行一对的表用 TravelTimes.from_pairs；不可达留空",
    "for one row per pair take TravelTimes.from_pairs; leave out what has no way",
)


def minutes_of(minutes: pd.DataFrame) -> NDArray[np.float64]:
    """Return a table of minutes as numbers, NaN where there is no way, shape ``(sites, places)``.

    Parameters
    ----------
    minutes
        A row for each site, a column for each place.

    Raises
    ------
    InputError
        When it is no table, an id comes twice, or a cell is no time from 0 upwards.
    """
    expect("minutes", minutes, pd.DataFrame, mend=_TABLE)
    expected = Text("每格一个 0 或以上的分钟数", "minutes from 0 upwards in every cell")
    for axis, ids in (("index", minutes.index), ("columns", minutes.columns)):
        if not ids.is_unique:
            twice = str(ids[ids.duplicated()][0])
            once = Text("每个编号只出现一次", "every id once")
            raise refused("twice", f"minutes.{axis}", twice, expected=once)
    numbers = minutes.apply(pd.to_numeric, errors="coerce")
    wrong = (numbers.isna() & minutes.notna()) | (numbers < 0)
    if wrong.to_numpy().any():
        row, column = (int(at[0]) for at in np.nonzero(wrong.to_numpy()))
        cell = f"{minutes.index[row]}, {minutes.columns[column]}: {minutes.iloc[row, column]}"
        raise refused("minutes", "minutes", cell, expected=expected, mend=_LONG)
    return np.asarray(numbers.to_numpy(dtype=np.float64, na_value=np.nan))


def table_of_pairs(
    pairs: pd.DataFrame,
    names: tuple[str, str, str],
    *,
    demand_ids: pd.Index | None,
    site_ids: pd.Index | None,
) -> pd.DataFrame:
    """Return a list of pairs as a table: a row for each site, a column for each place.

    Parameters
    ----------
    pairs, names
        One row per pair, and its columns of sites, places and minutes.
    demand_ids, site_ids
        All of them, in order; those of the list, sorted, where None.

    Raises
    ------
    InputError
        When it is no table, or names a site or place that is not among them.
    ValueError
        When a column is missing, or a pair is listed twice.
    """
    expect("pairs", pairs, pd.DataFrame, mend=_PAIRS)
    site, home, minutes = names
    lacking = [name for name in names if name not in pairs]
    if lacking:
        there = ", ".join(map(str, pairs.columns))
        raise ValueError(f"no column {', '.join(lacking)}; there are {there}")
    twice = pairs[pairs.duplicated([site, home])]
    if len(twice):
        pair = twice.iloc[0]
        raise ValueError(f"the pair {pair[site]}, {pair[home]} is listed more than once")
    table = pairs.set_index([site, home])[minutes].unstack()  # noqa: PD010 - no pair comes twice
    sites, places = table.index, table.columns
    for name, ids, all_of in (("site_ids", sites, site_ids), ("demand_ids", places, demand_ids)):
        other = [] if all_of is None else ids[~ids.isin(all_of)]
        if len(other):
            expected = Text(f"{name} 里有的编号", f"an id that is in {name}")
            raise refused("unknown", name, str(other[0]), expected=expected)
    return table.reindex(
        index=sites if site_ids is None else site_ids,
        columns=places if demand_ids is None else demand_ids,
    )
