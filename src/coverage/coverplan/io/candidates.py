"""Reading candidate places: points, parcels or buildings, with what they cost and can serve."""

import re
from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.region import Region
from ..domain.settings import MOST_YUAN
from ..domain.siting_config import Candidates
from .paths import FolderLike, folder_at
from .points import Places, read_places, unit_at
from .tables import numbers

_MOST_PEOPLE = 1e8
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})
_YUAN = Text("造价：0 或更大的数，单位元", "a cost: 0 or more, in yuan")
_PEOPLE = Text("容量：0 或更大的数", "a capacity: a number, 0 or more")


def read_candidates(
    folder: FolderLike, source: Candidates, region: Region, *, key: str, problems: Problems
) -> gpd.GeoDataFrame:
    """Return the candidates of a file, every fault noted.

    Parameters
    ----------
    folder, source
        The study's folder or its path, and the file in it: points, or polygons, of each of which
        a point within is taken.
    region
        The units of the study.
    key
        Where in the study file the source is named, for messages.
    problems
        Where faults of single records go.

    Returns
    -------
    GeoDataFrame
        Index the ids (without a column of ids, the number of the row); columns ``name``,
        ``unit`` (code, "" outside), ``cost_yuan`` and ``capacity`` (nullable integers: of the
        record, else of the source; rounded to whole yuan and people), and ``geometry``.

    Raises
    ------
    InputError
        When the file cannot be used at all.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_candidates, read_region
    >>> with tempfile.TemporaryDirectory() as place:
    ...     config = cp.read_study(cp.write_small_county(place))
    ...     region = read_region(place, config.region)
    ...     source = config.layers["elderly_care"].siting.sources[0]
    ...     places = read_candidates(place, source, region, key="candidates", problems=Problems())
    >>> places[["name", "cost_yuan"]].head(2)
              name  cost_yuan
    place_id
    C1        上湾路口     300000
    C2        石桥桥头     900000
    """
    folder = folder_at(folder)
    notes = Problems()
    read = read_places(
        folder,
        source,
        region,
        key=key,
        optional=("id", "name", "cost_yuan", "capacity"),
        problems=notes,
    )
    problems.extend(p for p in notes if not _parcels(p))
    problems.extend(_unread(read, key))
    rows = [f"{row:06d}" for row in read.table.rows]
    ids = read.text("id") if "id" in read.columns else rows
    times = Counter(ids)
    for row, value in zip(read.table.rows, ids, strict=True):
        if not value or times[value] > 1:
            problems.add(_id_fault(read.table.file, int(row), read.columns["id"], value))
    names = read.text("name") if "name" in read.columns else ids
    frame = gpd.GeoDataFrame(
        {
            "name": names,
            "unit": [unit or "" for unit in unit_at(region, read.points)],
            "cost_yuan": _whole(read, "cost_yuan", source.cost_yuan, problems),
            "capacity": _whole(read, "capacity", source.capacity, problems),
        },
        index=pd.Index(ids, name="place_id", dtype=object),
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )
    return frame[read.points.notna().to_numpy() & ~frame.index.duplicated()]


_LIKE = {
    "cost_yuan": re.compile("造价|投资|费用|金额|cost|price", re.IGNORECASE),
    "capacity": re.compile("床位|容量|可容纳|capacity|beds", re.IGNORECASE),
}


def _unread(read: Places, key: str) -> list[Problem]:
    """Return a warning for each column that looks like money or places and is not read."""
    used = set(read.columns.values())
    return [
        Problem(
            code="candidate.unread",
            what=Text(
                f"候选点的这一列像是{word.zh}，没有读取",
                f"a column of the candidates looks like {word.en} and is not read",
            ),
            file=read.table.file,
            column=str(column),
            mend=Text(
                f'写明 columns = {{ {name} = "{column}" }}（{key}）；单位须为{unit.zh}',
                f'say columns = {{ {name} = "{column}" }} at {key}; the unit must be {unit.en}',
            ),
            severity="warning",
        )
        for name, (word, unit) in {
            "cost_yuan": (Text("造价", "a cost"), Text("元", "yuan")),
            "capacity": (Text("容量", "a capacity"), Text("人", "people")),
        }.items()
        if name not in read.columns
        for column in read.table.frame.columns
        if column not in used and _LIKE[name].search(str(column))
    ]


def _parcels(problem: Problem) -> bool:
    """Whether a fault is that candidates are polygons, which they may be."""
    kinds = set(str(problem.found).split(", "))
    return problem.code == "point.not_points" and kinds <= _POLYGONS


def _whole(
    read: Places, key: str, otherwise: int | None, problems: Problems
) -> "pd.api.extensions.ExtensionArray":
    n = len(read.table.frame)
    values = np.full(n, np.nan)
    if key in read.columns:
        expected, high = (_YUAN, MOST_YUAN) if key == "cost_yuan" else (_PEOPLE, _MOST_PEOPLE)
        values = numbers(
            read.table,
            read.columns[key],
            problems,
            code=f"candidate.{key}",
            expected=expected,
            low=0,
            high=high,
            optional=True,
        )
    if otherwise is not None:
        values = np.where(np.isnan(values), float(otherwise), values)
    return pd.array(np.rint(values), dtype="Float64").astype("Int64")


def _id_fault(file: str, row: int, column: str, value: str) -> Problem:
    return Problem(
        code="candidate.id",
        what=Text("候选点编号为空或重复", "a candidate's id is empty or comes twice"),
        file=file,
        row=row,
        column=column,
        found=value,
        mend=Text("保证编号唯一", "make ids unique"),
    )
