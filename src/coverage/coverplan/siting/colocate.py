"""Who shares premises with whom: services on one spot, near each other, or each by itself."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ..core.errors import InternalError
from ..core.text import Text
from ..travel.graph import MS_PER_MINUTE
from ..travel.reach import within
from .problem import SitingProblem
from .stages import fault, refuse

SAME_METRES = 50.0
"""Sites no farther apart in a straight line are taken for one premises, unless told otherwise."""

_HAIR = 1e-6
"""Rounding of coordinates never makes a site farther than the distance."""


def premises(
    problems: Mapping[str, SitingProblem], opened: Mapping[str, Sequence[int]] | None = None
) -> pd.DataFrame:
    """Return one row per open site of all layers.

    Parameters
    ----------
    problems
        The sites of each layer, in one CRS in metres.
    opened
        Positions of the open sites of each layer, such as those of a plan; default: those that
        stand today.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``site`` (position in the layer), ``site_id``, ``name``, ``existing``, ``x``,
        ``y`` in metres.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> siting.premises(problems)[["layer", "site_id", "name"]]
        layer site_id      name
    0    care      E1  柳溪养老服务中心
    1  social      S1     柳溪社工站
    2  social      S2     桥头社工点
    3  social      S3     石桥社工站
    """
    rows = []
    for layer, problem in problems.items():
        sites = problem.sites
        given = np.flatnonzero(sites.existing) if opened is None else opened.get(layer, ())
        rows += [
            {
                "layer": layer,
                "site": int(site),
                "site_id": str(sites.ids[site]),
                "name": sites.name(int(site)),
                "existing": bool(sites.existing[site]),
                "x": float(sites.xy[site, 0]),
                "y": float(sites.xy[site, 1]),
            }
            for site in given
        ]
    columns = ["layer", "site", "site_id", "name", "existing", "x", "y"]
    return pd.DataFrame(rows, columns=columns)


def colocation_pairs(
    sites: pd.DataFrame,
    *,
    same_metres: float = SAME_METRES,
    near_metres: float = 500.0,
    ms: NDArray[np.integer] | None = None,
    minutes: float | None = None,
) -> pd.DataFrame:
    """Return the pairs of sites of different layers that are on one premises, or near.

    Parameters
    ----------
    sites
        As from `premises`.
    same_metres, near_metres
        Straight distances up to which two sites are on one premises, and near each other; exactly
        at it is within.
    ms
        Milliseconds from site to site, shape ``(n_sites, n_sites)`` in the order of ``sites``,
        -1 for never. The longer of the two ways counts.
    minutes
        Limit of these times, inclusive.

    Returns
    -------
    pandas.DataFrame
        ``layer_a``, ``site_a``, ``layer_b``, ``site_b`` (ids), ``metres``, ``minutes`` (NaN where
        unknown), ``same_premises``, ``near``, ``within_minutes`` (missing without times); nearest
        first.

    Raises
    ------
    InputError
        When a distance or the limit is negative, or there is a limit without times.
    InternalError
        When the times do not fit the sites.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> pairs = siting.colocation_pairs(siting.premises(problems))
    >>> pairs[["site_a", "site_b", "metres", "same_premises"]].round(1)
      site_a site_b  metres  same_premises
    0     E1     S1    10.0           True
    1     E1     S2   335.4          False
    """
    _check({"same_metres": same_metres, "near_metres": near_metres, "minutes": minutes or 0.0})
    longer = _longer_way(ms, minutes, len(sites))
    xy = sites[["x", "y"]].to_numpy(dtype=float)
    pairs = _pairs_within(xy, max(same_metres, near_metres))
    in_time = np.zeros(0, dtype=bool)
    if longer is not None and minutes is not None:
        close = np.argwhere(np.triu(within(longer, minutes), k=1))
        pairs = np.unique(np.concatenate([pairs, close]), axis=0)
        in_time = within(longer[pairs[:, 0], pairs[:, 1]], minutes)
    layer = sites["layer"].to_numpy()
    other = layer[pairs[:, 0]] != layer[pairs[:, 1]]
    a, b = pairs[other].T
    metres = np.hypot(*(xy[a] - xy[b]).T) if len(a) else np.zeros(0)
    took = np.full(len(a), np.nan)
    if longer is not None:
        took = np.where(longer[a, b] < 0, np.nan, longer[a, b] / MS_PER_MINUTE)
    unknown = np.full(len(a), len(in_time) == 0)
    table = pd.DataFrame(
        {
            "layer_a": layer[a],
            "site_a": sites["site_id"].to_numpy()[a],
            "layer_b": layer[b],
            "site_b": sites["site_id"].to_numpy()[b],
            "metres": metres,
            "minutes": took,
            "same_premises": metres <= same_metres + _HAIR,
            "near": metres <= near_metres + _HAIR,
            "within_minutes": pd.arrays.BooleanArray(
                in_time[other] if len(in_time) else np.zeros(len(a), dtype=bool), unknown
            ),
        }
    )
    return table.sort_values(["metres", "layer_a", "site_a", "site_b"], ignore_index=True)


def colocation_summary(sites: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each layer how many of its sites share premises with each other layer.

    Parameters
    ----------
    sites, pairs
        As from `premises` and `colocation_pairs`.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``with`` (another layer, or ``any``), ``sites`` (of the layer),
        ``same_premises``, ``near``, ``within_minutes`` (how many of them have at least one), and
        ``same_percent``.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> sites = siting.premises(problems)
    >>> summary = siting.colocation_summary(sites, siting.colocation_pairs(sites))
    >>> summary[["layer", "with", "sites", "same_premises"]]
        layer    with  sites  same_premises
    0    care  social      1              1
    1    care     any      1              1
    2  social    care      3              1
    3  social     any      3              1
    """
    turned = pairs.rename(columns={**_TURN, **{b: a for a, b in _TURN.items()}})
    both = pd.concat([pairs, turned], ignore_index=True)
    layers = list(dict.fromkeys(sites["layer"]))
    rows = []
    for layer in layers:
        number = int((sites["layer"] == layer).sum())
        mine = both[both["layer_a"] == layer]
        for other in [*(x for x in layers if x != layer), "any"]:
            these = mine if other == "any" else mine[mine["layer_b"] == other]
            counted = {
                what: these.loc[these[what].fillna(value=False), "site_a"].nunique()
                for what in ("same_premises", "near", "within_minutes")
            }
            percent = counted["same_premises"] / number * 100
            rows.append(
                {"layer": layer, "with": other, "sites": number, **counted, "same_percent": percent}
            )
    columns = ["layer", "with", "sites", "same_premises", "near", "within_minutes", "same_percent"]
    return pd.DataFrame(rows, columns=columns)


_TURN = {"layer_a": "layer_b", "site_a": "site_b"}


def colocation_clusters(sites: pd.DataFrame, *, same_metres: float = SAME_METRES) -> pd.DataFrame:
    """Return the premises on which two or more layers are.

    Parameters
    ----------
    sites
        As from `premises`.
    same_metres
        Straight distance up to which two sites are linked; premises are what hangs together, so
        that they may be wider than that.

    Returns
    -------
    pandas.DataFrame
        ``layers`` and ``site_ids`` (lists), ``n_layers``, ``n_sites``, ``x``, ``y`` (their
        middle), ``span_metres`` (greatest distance between two of them); most layers first.

    Raises
    ------
    InputError
        When the distance is negative.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> clusters = siting.colocation_clusters(siting.premises(problems))
    >>> clusters[["site_ids", "span_metres"]].round(1)
       site_ids  span_metres
    0  [E1, S1]         10.0
    """
    _check({"same_metres": same_metres})
    xy = sites[["x", "y"]].to_numpy(dtype=float)
    of = premises_of(xy, same_metres)
    rows = []
    for number in np.unique(of):
        these = sites[of == number]
        layers = list(dict.fromkeys(these["layer"]))
        if len(layers) > 1:
            here = xy[of == number]
            gaps = np.hypot(*(here[:, None] - here[None]).transpose(2, 0, 1))
            rows.append(
                {
                    "layers": layers,
                    "site_ids": list(these["site_id"]),
                    "n_layers": len(layers),
                    "n_sites": len(these),
                    "x": float(here[:, 0].mean()),
                    "y": float(here[:, 1].mean()),
                    "span_metres": float(gaps.max()),
                }
            )
    columns = ["layers", "site_ids", "n_layers", "n_sites", "x", "y", "span_metres"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(
        ["n_layers", "n_sites"], ascending=False, kind="stable", ignore_index=True
    )


def premises_of(xy: NDArray[np.float64], same_metres: float) -> NDArray[np.int64]:
    """Return the premises each point is on, as a number; shape ``(n,)``.

    Parameters
    ----------
    xy
        Points in metres, shape ``(n, 2)``.
    same_metres
        Distance up to which two of them are linked.
    """
    if not len(xy):
        return np.zeros(0, dtype=np.int64)
    a, b = _pairs_within(xy, same_metres).T
    links = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(xy), len(xy)))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _pairs_within(xy: NDArray[np.float64], metres: float) -> NDArray[np.int64]:
    if not len(xy):
        return np.zeros((0, 2), dtype=np.int64)
    pairs = KDTree(xy).query_pairs(metres + _HAIR, output_type="ndarray")
    return np.sort(pairs.astype(np.int64), axis=1)


def _longer_way(
    ms: NDArray[np.integer] | None, minutes: float | None, n: int
) -> NDArray[np.int64] | None:
    if ms is None:
        if minutes is not None:
            what = Text("给了分钟数却没有时间矩阵", "there is a limit in minutes but no times")
            mend = Text("给出站点间的时间矩阵", "give the times from site to site")
            refuse([fault("colocate.minutes", what, f"{minutes:g}", mend)])
        return None
    if ms.shape != (n, n):
        raise InternalError(f"colocation: times of shape {ms.shape} for {n} sites")
    there, back = ms.astype(np.int64), ms.T.astype(np.int64)
    return np.where((there < 0) | (back < 0), -1, np.maximum(there, back))


def _check(numbers: Mapping[str, float]) -> None:
    what = Text("距离或时限须为非负数", "a distance or limit must not be negative")
    mend = Text("改为 0 或正数", "give 0 or more")
    refuse(
        [
            fault(f"colocate.{key}", what, f"{number:g}", mend)
            for key, number in numbers.items()
            if not 0 <= number < np.inf
        ]
    )
