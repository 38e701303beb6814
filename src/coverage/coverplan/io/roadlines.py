"""The records of a road file that are lines, each part of a multi-part line by itself."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text


def lines_only(
    edges: gpd.GeoDataFrame, file: str, u: str | None, v: str | None, problems: Problems
) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Keep lines that have a length, or join two nodes that have names.

    Parameters
    ----------
    edges
        The records of a road file.
    file, problems
        Its name, and where it is noted how many records were no such lines.
    u, v
        Columns that name the end nodes, None where there are none.

    Returns
    -------
    lines
        One LineString a row, parts of multi-part lines each.
    share
        Share of each in the length of its record, 1 but for parts of a multi-part line.

    Raises
    ------
    InputError
        When there is no line at all.
    """
    n = len(edges)
    is_line = edges.geom_type.isin(["LineString", "MultiLineString"]) & ~edges.geometry.is_empty
    lines = edges[is_line]
    # The parts of a multi-part line do not share its end nodes.
    parts = lines.explode(index_parts=False)
    multi = parts.index.duplicated(keep=False)
    unnamed = 0
    if multi.any() and u is not None and v is not None:
        unnamed = parts.index[multi].nunique()
        parts = parts[~multi]
    length = shapely.length(parts.geometry.to_numpy())
    whole = pd.Series(length).groupby(parts.index.to_numpy()).transform("sum").to_numpy()
    kept = length > 0
    if u is not None and v is not None:
        kept |= (parts[u] != parts[v]).to_numpy()
    share = np.divide(length, whole, out=np.ones(len(parts)), where=whole > 0)[kept]
    lines = parts[kept].reset_index(drop=True)
    dropped = n - int(is_line.sum()) + unnamed + int((~kept).sum())
    if dropped:
        problems.add(
            Problem(
                code="roads.not_lines",
                what=Text(
                    f"{dropped} 条记录不是有长度的线，未使用",
                    f"{dropped} records are not lines with a length: not used",
                ),
                file=file,
                found=_left_out(edges[~is_line], unnamed, int((~kept).sum())),
                expected=Text("每条记录一条有长度的线", "a line with a length in every record"),
                mend=Text("检查道路文件", "check the road file"),
                severity="warning",
            )
        )
    if not len(lines):
        raise InputError(
            [
                Problem(
                    code="roads.empty",
                    what=Text("道路文件中没有线", "there is no line in the road file"),
                    file=file,
                    found=", ".join(sorted(set(edges.geom_type.dropna().astype(str)))),
                    expected=Text("线", "lines"),
                    mend=Text("给出道路中心线文件", "give a file of road centre lines"),
                )
            ]
        )
    return lines, share


def _left_out(others: gpd.GeoDataFrame, unnamed: int, points: int) -> Text:
    """Return what was met instead of lines, each kind with its count."""
    kinds = others.geom_type.where(~others.geometry.is_empty).value_counts()
    blank = len(others) - int(kinds.sum())
    counts = [
        *((Text.same(str(kind)), int(count)) for kind, count in kinds.items()),
        (Text("没有几何", "without geometry"), blank),
        (Text("长度为 0", "of no length"), points),
        (Text("有两端编号而分为几段", "of several parts with node ids"), unnamed),
    ]
    met = [(words, count) for words, count in counts if count]
    return Text(
        "；".join(f"{words.zh} {count}" for words, count in met),
        "; ".join(f"{count} {words.en}" for words, count in met),
    )
