"""Which stand-alone services could move into a building of another service, least harm first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ..core.errors import InternalError
from ..travel.graph import MS_PER_MINUTE
from .colocate import SAME_METRES
from .problem import SitingProblem
from .recount import nearest_ms

_COLUMNS = (
    "rank",
    "layer",
    "site_id",
    "name",
    "existing",
    "kept",
    "candidate_id",
    "candidate_name",
    "host_layers",
    "host_ids",
    "metres",
    "people_lost",
    "people_gained",
    "net_people",
    "person_minutes_more",
    "best",
)


def merges(
    problems: Mapping[str, SitingProblem],
    opened: Mapping[str, Sequence[int]] | None = None,
    *,
    same_metres: float = SAME_METRES,
    most_metres: float | None = None,
    checked: int = 100,
) -> pd.DataFrame:
    """Return every way to close a stand-alone site and open its service in a building of others.

    A site stands alone when no open site of another layer is on its premises. It may move to a
    candidate of its own layer that is on the premises of an open site of another layer.

    Parameters
    ----------
    problems
        The question of each layer, all coordinates in one CRS in metres; candidates of a layer
        on the premises of others are what can be moved into.
    opened
        Positions of the open sites of each layer; default: those that stand today.
    same_metres
        Straight distance up to which two sites are on one premises; exactly at it is within.
    most_metres
        Candidates farther than this from the site, in a straight line, are left out.
    checked
        Rows that are counted again from the open sites by other code; the first ones.

    Returns
    -------
    pandas.DataFrame
        ``rank`` (1 harms least: fewest people lost, then fewest minutes more, then nearest),
        ``layer``, ``site_id``, ``name``, ``existing``, ``kept`` (the rules keep it open),
        ``candidate_id``, ``candidate_name``, ``host_layers``, ``host_ids``, ``metres``,
        ``people_lost`` and ``people_gained`` (within the limit before but not after, and the
        other way round), ``net_people``,
        ``person_minutes_more`` (all people's minutes to the nearest open site, beyond the cutoff
        counted as at it; NaN without times) and ``best`` (least harm for that site).

    Raises
    ------
    InternalError
        When counting again gives another number.

    Examples
    --------
    If a home for older people is built at C2, the station S2 is the only one that stands alone. It
    could move in there, at the price of 310 people who are then too far away.

    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> plan = cp.solve_mclp(problems["care"].with_rules(sites=1))
    >>> opened = {"care": [0, *plan.chosen], "social": [0, 1, 2]}
    >>> moves = siting.merges(problems, opened)
    >>> moves[["site_id", "candidate_id", "people_lost", "people_gained"]]
      site_id candidate_id  people_lost  people_gained
    0      S2       new:C2          310              0
    """
    open_ = {
        layer: [int(s) for s in np.flatnonzero(problem.sites.existing)]
        if opened is None
        else [int(s) for s in opened.get(layer, ())]
        for layer, problem in problems.items()
    }
    rows: list[dict[str, object]] = []
    for layer, problem in problems.items():
        hosts = _hosts(problems, open_, layer)
        rows += _layer_rows(problem, layer, (open_[layer], hosts), same_metres, most_metres)
    table = pd.DataFrame(rows, columns=[*_COLUMNS[1:-1], "site", "candidate"])
    order = ["people_lost", "person_minutes_more", "metres", "layer", "site_id", "candidate_id"]
    table = table.sort_values(order, ignore_index=True)
    for row in table.head(checked).to_dict("records"):
        _check(problems[row["layer"]], open_[row["layer"]], row)
    table["rank"] = np.arange(1, len(table) + 1)
    table["best"] = ~table.duplicated(["layer", "site_id"])
    return table[list(_COLUMNS)]


@dataclass(frozen=True, slots=True)
class _Hosts:
    """Open sites of the other layers: layer, id and coordinates of each."""

    layers: list[str]
    ids: list[str]
    xy: NDArray[np.float64]


def _hosts(
    problems: Mapping[str, SitingProblem], opened: Mapping[str, Sequence[int]], layer: str
) -> _Hosts:
    layers: list[str] = []
    ids: list[str] = []
    xy = [np.zeros((0, 2))]
    for other, problem in problems.items():
        if other != layer:
            given = list(opened[other])
            layers += [other] * len(given)
            ids += [str(problem.sites.ids[site]) for site in given]
            xy.append(problem.sites.xy[given].reshape(-1, 2))
    return _Hosts(layers, ids, np.concatenate(xy))


def _layer_rows(
    problem: SitingProblem,
    layer: str,
    given: tuple[list[int], _Hosts],
    same_metres: float,
    most_metres: float | None,
) -> list[dict[str, object]]:
    opened, hosts = given
    if not opened or not len(hosts.xy):
        return []
    sites, tree = problem.sites, KDTree(hosts.xy)
    near = tree.query_ball_point(sites.xy, same_metres + 1e-6)
    alone = [site for site in opened if not near[site]]
    shut = set(opened)
    into = [
        j
        for j in np.flatnonzero(~sites.existing & ~sites.barred).tolist()
        if near[j] and j not in shut
    ]
    rows: list[dict[str, object]] = []
    harm = _Harm(problem, opened)
    for site in alone:
        for candidate in into:
            metres = float(np.hypot(*(sites.xy[site] - sites.xy[candidate])))
            if most_metres is not None and metres > most_metres + 1e-6:
                continue
            lost, gained = harm.people(site, candidate)
            rows.append(
                {
                    "layer": layer,
                    "site_id": str(sites.ids[site]),
                    "name": sites.name(site),
                    "existing": bool(sites.existing[site]),
                    "kept": bool(sites.must[site]),
                    "candidate_id": str(sites.ids[candidate]),
                    "candidate_name": sites.name(candidate),
                    "host_layers": list(dict.fromkeys(hosts.layers[h] for h in near[candidate])),
                    "host_ids": [hosts.ids[h] for h in near[candidate]],
                    "metres": metres,
                    "people_lost": lost,
                    "people_gained": gained,
                    "net_people": gained - lost,
                    "person_minutes_more": harm.person_ms(site, candidate) / MS_PER_MINUTE,
                    "site": site,
                    "candidate": candidate,
                }
            )
    return rows


class _Harm:
    """What it does to people to close one open site and open a candidate instead."""

    def __init__(self, problem: SitingProblem, opened: list[int]) -> None:
        self.problem, self.opened = problem, opened
        times = np.zeros(len(problem.people), dtype=np.int64)
        for site in opened:
            times[problem.reach.of(site)] += 1
        self.times = times
        known = problem.times is not None and len(problem.times.ms) == len(problem.times.who)
        self.now = self._people_ms(_capped(problem, opened)) if known else None
        self.closed: tuple[int, NDArray[np.int64], int] | None = None

    def _people_ms(self, ms: NDArray[np.int64]) -> int:
        return int((ms * self.problem.people).sum())

    def people(self, site: int, candidate: int) -> tuple[int, int]:
        """Return how many people are no longer, and newly, reached."""
        reach, people = self.problem.reach, self.problem.people
        only = reach.of(site)[self.times[reach.of(site)] == 1]
        there = reach.of(candidate)
        lost = int(people[np.setdiff1d(only, there, assume_unique=True)].sum())
        return lost, int(people[there[self.times[there] == 0]].sum())

    def person_ms(self, site: int, candidate: int) -> float:
        """Return how many milliseconds more all people together need; NaN without times."""
        problem, times = self.problem, self.problem.times
        if times is None or self.now is None:
            return float("nan")
        if self.closed is None or self.closed[0] != site:
            without = _capped(problem, [other for other in self.opened if other != site])
            self.closed = (site, without, self._people_ms(without))
        _, without, total = self.closed
        row = slice(times.ptr[candidate], times.ptr[candidate + 1])
        saved = np.maximum(without[times.who[row]] - times.ms[row].astype(np.int64), 0)
        spared = int((saved * problem.people[times.who[row]]).sum())
        return float(total - spared - self.now)


def _capped(problem: SitingProblem, opened: Sequence[int]) -> NDArray[np.int64]:
    """Return everybody's milliseconds to the nearest open site, at most the cutoff."""
    ms = nearest_ms(problem, opened)
    minutes = problem.times.cutoff_minutes if problem.times is not None else 0.0
    return np.where(ms < 0, int(minutes * MS_PER_MINUTE), ms)


def _check(problem: SitingProblem, opened: list[int], row: Mapping[str, object]) -> None:
    """Count a row again from the two sets of open sites."""
    after = [site for site in opened if site != row["site"]] + [row["candidate"]]
    now, then = problem.reach.covered(opened), problem.reach.covered(after)  # type: ignore[arg-type]
    lost = int(problem.people[now & ~then].sum())
    gained = int(problem.people[then & ~now].sum())
    if (lost, gained) != (row["people_lost"], row["people_gained"]):
        raise InternalError(f"colocation: {row['site_id']} loses {lost}, not {row['people_lost']}")
    minutes = row["person_minutes_more"]
    if isinstance(minutes, float) and not np.isnan(minutes):
        ms = _capped(problem, after) - _capped(problem, opened)  # type: ignore[arg-type]
        if int((ms * problem.people).sum()) != round(minutes * MS_PER_MINUTE):
            raise InternalError(f"colocation: minutes of {row['site_id']} differ")
