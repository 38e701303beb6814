r"""Who gets a place: people shared out to working sites within minutes and capacities.

As many as possible get a place; among all ways to serve so many, the one of least travel in all
(lexicographic maximal covering with capacities: Current, J. R. and Storbeck, J. E. (1988):
Capacitated covering models. Environment and Planning B 15, 153-163; solved as the transportation
problem of `coverplan.siting.transport`, exactly and in whole people). How many are served is
certain; *who* is, where places are short, is one such way of possibly several.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.errors import InternalError
from .core.text import Text
from .domain.arrays import frozen
from .measure.residents import Residents, Slice
from .people import largest_remainder
from .siting.transport import Transport, share_priced
from .travel import TravelTimes
from .travel.graph import MS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class CapacityShare:
    """Whole people at sites, and who is left.

    Parameters
    ----------
    who
        The people.
    asking
        People of each point who ask for a place, shape ``(n,)``.
    asking_total
        The same by unit, those without a point included; <NA> where people are not known.
    served
        Of them, those who get one, shape ``(n,)``.
    served_ms
        Milliseconds they travel, summed, shape ``(n,)``.
    no_site, full, capacity_unknown
        Of those left at each point: nobody within the minutes; only full sites; at least one
        site within the minutes whose capacity is not known, so that it cannot be said, shape
        ``(n,)``.
    capacity, load, load_ms
        People each site can take (-1 not known), those it takes, and their milliseconds summed,
        shape ``(n_sites,)``.
    sites
        Ids of the sites.
    """

    who: Residents
    asking: NDArray[np.int64]
    asking_total: pd.Series
    served: NDArray[np.int64]
    served_ms: NDArray[np.int64]
    no_site: NDArray[np.int64]
    full: NDArray[np.int64]
    capacity_unknown: NDArray[np.int64]
    capacity: NDArray[np.int64]
    load: NDArray[np.int64]
    load_ms: NDArray[np.int64]
    sites: pd.Index

    def by_unit(self) -> pd.DataFrame:
        """Return who gets a place by unit and in total.

        Returns
        -------
        pandas.DataFrame
            ``unit_code``, ``unit_name``, ``people`` (census), ``asking``, ``served``,
            ``no_site``, ``full``, ``capacity_unknown``, ``unplaced`` (of those asking; the five
            add up to ``asking``), ``minutes`` (mean of those served, <NA> for nobody),
            ``note_zh``, ``note_en``.
        """
        rows = [self._row(part) for part in self.who.slices()]
        frame = pd.DataFrame(rows, columns=UNIT_COLUMNS)
        whole = dict.fromkeys(["people", "asking", *_PARTS], "Int64")
        return frame.astype(whole | {"minutes": "Float64"})

    def _row(self, part: Slice) -> list[object]:
        head, notes = [part.code, part.name], [part.note.zh, part.note.en]
        if not part.known:
            return [*head, *[None] * 8, *notes]
        known = self.asking_total.dropna()
        asking = int(known.sum() if part.code not in known.index else known[part.code])
        parts = [
            int(of[part.at].sum())
            for of in (self.served, self.no_site, self.full, self.capacity_unknown)
        ]
        unplaced = asking - sum(parts)
        if unplaced < 0:
            raise InternalError(f"capacity: more people in {part.code} than ask for a place")
        minutes = _mean(int(self.served_ms[part.at].sum()), parts[0])
        return [*head, part.people, asking, *parts, unplaced, minutes, *notes]

    def by_site(self) -> pd.DataFrame:
        """Return the load of each site.

        Returns
        -------
        pandas.DataFrame
            ``site_id``, ``capacity`` (people, <NA> not known), ``served``, ``minutes`` (mean of
            those served there).
        """
        known = self.capacity >= 0
        minutes = [_mean(int(ms), int(n)) for ms, n in zip(self.load_ms, self.load, strict=True)]
        return pd.DataFrame(
            {
                "site_id": self.sites,
                "capacity": pd.Series(self.capacity, dtype="Int64").where(known),
                "served": pd.Series(self.load, dtype="Int64").where(known),
                "minutes": pd.array(minutes, dtype="Float64"),
            }
        )


_PARTS = ["served", "no_site", "full", "capacity_unknown", "unplaced"]
UNIT_COLUMNS = [
    "unit_code",
    "unit_name",
    "people",
    "asking",
    *_PARTS,
    "minutes",
    "note_zh",
    "note_en",
]


def share_places(
    times: TravelTimes,
    who: Residents,
    places: NDArray[np.float64],
    *,
    minutes: float,
    need_share: Fraction | None = None,
    people_per_place: Fraction | None = None,
) -> CapacityShare:
    """Return who gets a place within the minutes: most people first, then least travel.

    Parameters
    ----------
    times
        Times between the points of ``who`` and the working sites, kept, at least up to
        ``minutes``.
    who
        The people who compete.
    places
        Places of each site of ``times.sites``, NaN where not known, shape ``(n_sites,)``.
    minutes
        Nobody goes farther; exactly on it is within.
    need_share
        Share of the people who ask for a place; None: every person does. In whole people: the
        units' numbers add up to that of the study (largest remainder), the points' to those.
    people_per_place
        People one place serves; None: one. A site takes the whole people its places serve: half
        a place by itself serves nobody.

    Raises
    ------
    ValueError
        When the arrays do not fit, or a number is below 0.
    """
    if len(places) != len(times.sites) or len(who.people) != len(times.demand):
        raise ValueError("places or people do not fit the times")
    if (places < 0).any() or np.isinf(places).any():
        raise ValueError("places must be finite, 0 or more")
    asking_total = _asking_total(who, need_share)
    asking = _asking(who, asking_total)
    capacity = _capacity(places, people_per_place)
    row, site, ms = _pairs(times, minutes)
    open_to = np.zeros(len(asking), dtype=bool)
    open_to[row[capacity[site] >= 0]] = True
    unclear = np.zeros(len(asking), dtype=bool)
    unclear[row[capacity[site] < 0]] = True
    flow = _flow(row, site, ms, asking, capacity)
    served, served_ms = np.zeros_like(asking), np.zeros_like(asking)
    np.add.at(served, row, flow)
    np.add.at(served_ms, row, flow * ms)
    load, load_ms = np.zeros_like(capacity), np.zeros_like(capacity)
    np.add.at(load, site, flow)
    np.add.at(load_ms, site, flow * ms)
    left = asking - served
    return CapacityShare(
        who=who,
        asking=frozen(asking, np.int64),
        asking_total=asking_total,
        served=frozen(served, np.int64),
        served_ms=frozen(served_ms, np.int64),
        no_site=frozen(np.where(open_to | unclear, 0, left), np.int64),
        full=frozen(np.where(open_to & ~unclear, left, 0), np.int64),
        capacity_unknown=frozen(np.where(unclear, left, 0), np.int64),
        capacity=frozen(capacity, np.int64),
        load=frozen(load, np.int64),
        load_ms=frozen(load_ms, np.int64),
        sites=times.sites,
    )


def _asking_total(who: Residents, share: Fraction | None) -> pd.Series:
    """Return who asks for a place by unit, whole, adding up to the share of the whole study."""
    totals = pd.Series(who.totals.to_numpy(), index=pd.Index(who.codes), dtype="Int64")
    if share is None:
        return totals
    known = totals.dropna().astype(np.int64)
    # Half a person and more is one.
    number = (2 * share * int(known.sum()) + 1) // 2
    whole = largest_remainder(known.to_numpy(np.float64), int(number), most=known.to_numpy())
    return pd.Series(whole, index=known.index, dtype="Int64").reindex(totals.index)


def _asking(who: Residents, totals: pd.Series) -> NDArray[np.int64]:
    """Return who asks at each point, spread evenly along the points of each unit.

    The people of a unit are counted through in order, and so many of each hundred ask: large
    points are not favoured over small ones. Unplaced people ask too, at no point.
    """
    asking = np.zeros(len(who.people), dtype=np.int64)
    for part in who.slices():
        if part.code not in totals.index or not part.people:
            continue
        upto = [0]
        for people in who.people[part.at].tolist():
            upto.append(upto[-1] + people)
        ask = int(totals[part.code])
        asked = [(2 * ask * n + part.people) // (2 * part.people) for n in upto]
        asking[part.at] = np.diff(asked)
    return asking


def _capacity(places: NDArray[np.float64], per_place: Fraction | None) -> NDArray[np.int64]:
    """Return the whole people each site can take, -1 where its places are not known."""
    each = Fraction(1) if per_place is None else per_place
    whole = [-1 if np.isnan(n) else int(Fraction(float(n)) * each) for n in places]
    return np.array([min(n, _MOST_PEOPLE) for n in whole], dtype=np.int64)


def _pairs(
    times: TravelTimes, minutes: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return point, site and milliseconds of each pair within the minutes."""
    reach = times.within(minutes)
    site = np.repeat(np.arange(len(times.sites)), np.diff(reach.ptr))
    ms = times.kept_ms().astype(np.int64)
    if len(ms) != len(site):
        keep = _kept(times, reach.ptr, reach.who)
        ms = ms[keep]
    return reach.who.astype(np.int64), site, ms


def _kept(times: TravelTimes, ptr: NDArray[np.int64], who: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which pairs of the times are those of a shorter limit."""
    n = len(times.demand)
    every = np.repeat(np.arange(len(times.sites)), np.diff(times.ptr)) * n + times.who
    short = np.repeat(np.arange(len(times.sites)), np.diff(ptr)) * n + who
    return np.isin(every, short, assume_unique=True)


def _flow(
    row: NDArray[np.int64],
    site: NDArray[np.int64],
    ms: NDArray[np.int64],
    asking: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the people of each pair: as many as possible, then the least travel."""
    able = (capacity[site] > 0) & (asking[row] > 0)
    flow = np.zeros(len(row), dtype=np.int64)
    if not able.any():
        return flow
    r, s, t = row[able], site[able], ms[able]
    gain = int(t.max()) - t
    order = np.lexsort((s, -gain, r))
    transport = Transport.make(r, s, gain, asking, np.maximum(capacity, 0))
    ones = np.ones(len(asking), dtype=np.int64)
    shared, _ = share_priced(transport, ones)
    within = np.zeros(len(r), dtype=np.int64)
    within[order] = shared
    flow[able] = within
    return flow


def _mean(ms: int, people: int) -> float | None:
    return float(Fraction(ms, people * MS_PER_MINUTE)) if people else None


_MOST_PEOPLE = 10**12
"""More people than there are: a site that could take more takes everybody."""

ONE_EACH = Text(
    "未给出需求率，按人人都需要计算",
    "no rate of need was stated: every person is taken to ask for a place",
)
