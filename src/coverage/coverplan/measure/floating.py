r"""Access that counts competition: two-step floating catchment areas, and their extensions.

A site's places are shared out over everybody who can come (step one), and everybody adds up the
shares of the sites they can come to (step two). With people :math:`P_k`, supply :math:`S_j`,
weights :math:`W_{kj} = w(t_{kj})` within the catchment and selection weights :math:`G_{kj}`,

.. math::

    R_j = \frac{S_j}{\sum_k P_k G_{kj} W_{kj}}, \qquad A_i = \sum_j R_j G_{ij} W_{ij}

===========  =====================================  ============================================
method       weights                                selection
===========  =====================================  ============================================
2SFCA        :math:`W = 1` (`Catchment`)            :math:`G = 1`
E2SFCA       by zone (`Zones`), or `Gaussian`       :math:`G = 1`
3SFCA        as E2SFCA                              :math:`G_{kj} = W_{kj} / \sum_m W_{km}`
===========  =====================================  ============================================

Whatever the weights, nothing is lost: :math:`\sum_i P_i A_i` is the supply of the sites that
anybody can come to. In 3SFCA a person shares one demand out over the sites within reach, so that
sites side by side do not count the same people twice; they choose by travel alone, so that a site
known to have no places draws people as any other, while one of unknown supply is left out.

Luo, W. and Wang, F. (2003): Measures of spatial accessibility to health care in a GIS environment:
synthesis and a case study in the Chicago region. Environment and Planning B 30, 865-884.

Luo, W. and Qi, Y. (2009): An enhanced two-step floating catchment area (E2SFCA) method for
measuring spatial accessibility to primary care physicians. Health & Place 15, 1100-1107.

Wan, N., Zou, B. and Sternberg, T. (2012): A three-step floating catchment area method for
analyzing spatial access to health services. International Journal of Geographical Information
Science 26, 1073-1089.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..core.arguments import expect, refused
from ..core.text import Text
from ..domain.arrays import frozen
from ..travel import TravelTimes
from .decay import Catchment, Decay, Gaussian, Zones, inside, same_limit
from .residents import Residents, Slice

PER = 1000
"""Access is printed per so many people."""

State = Literal["counted", "unknown_supply", "nobody_in_reach"]

METHODS = {
    "2sfca": Text("两步移动搜索法（2SFCA）", "2SFCA"),
    "e2sfca": Text("增强两步移动搜索法（E2SFCA）", "enhanced 2SFCA"),
    "e2sfca_gaussian": Text("高斯两步移动搜索法（E2SFCA）", "enhanced 2SFCA, Gaussian"),
    "3sfca": Text("三步移动搜索法（3SFCA）", "3SFCA"),
}


@dataclass(frozen=True, slots=True)
class FloatingAccess:
    """Places per person at every point, and what became of every site's supply.

    Parameters
    ----------
    demand
        Ids of the points.
    per_person
        Access of each point, places per person, 0 or more, shape ``(n,)``.
    sites
        Index site ids; ``supply`` (Float64, <NA> unknown), ``competing`` (weighted people who
        can come), ``ratio`` (places per competing person, <NA> where there is none), ``state``
        (``counted``, ``unknown_supply``, ``nobody_in_reach``).
    decay
        The weights that were used.
    """

    demand: pd.Index
    per_person: NDArray[np.float64]
    sites: pd.DataFrame
    decay: Decay

    def __repr__(self) -> str:
        counted = int((self.sites["state"] == "counted").sum())
        some = int((self.per_person > 0).sum())
        return (
            f"<FloatingAccess: supply {self.supply:,.10g} at {counted:,} of {len(self.sites):,} "
            f"sites; {some:,} of {len(self.demand):,} places have some>"
        )

    @property
    def supply(self) -> float:
        """Supply of the sites that were counted: what access adds up to over people."""
        return float(self.sites.loc[self.sites["state"] == "counted", "supply"].sum())

    def named(self, state: State) -> list[str]:
        """Return the ids of the sites in a state."""
        return [str(key) for key in self.sites.index[self.sites["state"] == state]]


def two_step_floating_catchment(
    times: TravelTimes,
    people: NDArray[np.int64],
    supply: NDArray[np.float64],
    decay: Decay | None = None,
    *,
    selection: bool = False,
) -> FloatingAccess:
    """Return places per person, everybody competing with everybody in reach.

    Parameters
    ----------
    times
        Times between people and sites, kept (``keep_ms=True``), at least up to the catchment.
    people
        People at each point of ``times.demand``, shape ``(n,)``.
    supply
        Places of each site of ``times.sites``, NaN where not known: such a site is left out and
        named, never taken for 0; shape ``(n_sites,)``.
    decay
        Catchment and weights: `Catchment` (2SFCA; the cutoff of the times where it is left out),
        `Zones` or `Gaussian` (E2SFCA).
    selection
        Whether everybody shares one demand out over the sites within reach (3SFCA).

    Raises
    ------
    InputError
        When ``times`` or ``decay`` are none.
    ValueError
        When the arrays do not fit the times, the catchment lies beyond their cutoff, or supply
        or people are below 0.

    Examples
    --------
    Two villages of 30 and 10 people, one home of 8 beds that both reach: 0.2 beds each.

    >>> import numpy as np
    >>> import pandas as pd
    >>> import coverplan as cp
    >>> times = cp.TravelTimes(
    ...     demand=pd.Index(["a", "b"]),
    ...     sites=pd.Index(["home"]),
    ...     ptr=np.array([0, 2]),
    ...     who=np.array([0, 1], dtype=np.int32),
    ...     ms=np.array([60_000, 300_000], dtype=np.int32),
    ...     cutoff_minutes=15.0,
    ... )
    >>> people, beds = np.array([30, 10]), np.array([8.0])
    >>> cp.two_step_floating_catchment(times, people, beds).per_person.tolist()
    [0.2, 0.2]

    In the small county 314 older people share the 250 places of the home:

    >>> from coverplan.measure import Catchment
    >>> problem = cp.small_problem()
    >>> home = problem.times.take(np.array([0]), problem.times.sites[:1])
    >>> beds = np.array([250.0])
    >>> access = cp.two_step_floating_catchment(home, problem.people, beds, Catchment(15))
    >>> access.per_person.round(3)[:4].tolist()
    [0.796, 0.796, 0.0, 0.0]
    """
    expect("times", times, TravelTimes, mend=_TIMES)
    rule = Catchment(times.cutoff_minutes) if decay is None else decay
    people, supply = np.asarray(people), np.asarray(supply, dtype=np.float64)
    _check(times, people, supply, rule)
    weights = _weights(times, rule)
    known = ~np.isnan(supply)
    weights = _only(weights, known)
    if selection:
        weights = _selected(weights)
    competing = weights @ people.astype(np.float64)
    counted = known & (competing > 0)
    ratio = np.zeros(len(supply))
    ratio[counted] = supply[counted] / competing[counted]
    state = np.where(counted, "counted", np.where(known, "nobody_in_reach", "unknown_supply"))
    sites = pd.DataFrame(
        {
            "supply": pd.array(np.where(known, supply, np.nan), dtype="Float64"),
            "competing": competing,
            "ratio": pd.array(np.where(counted, ratio, np.nan), dtype="Float64"),
            "state": state,
        },
        index=times.sites,
    )
    access = np.asarray(weights.T @ ratio, dtype=np.float64)
    return FloatingAccess(times.demand, frozen(access, np.float64), sites, rule)


_TIMES = Text(
    "用 coverplan.travellers(study, 图层).times(分钟) 或 coverplan.TravelTimes.from_minutes(表)",
    "coverplan.travellers(study, layer).times(minutes), or "
    "coverplan.TravelTimes.from_minutes(table)",
)
_DECAY = Text(
    "自己的权重也可以：见 coverplan.measure.Decay 的例子",
    "weights of your own will do: see the example of coverplan.measure.Decay",
)


def _check(
    times: TravelTimes, people: NDArray[np.int64], supply: NDArray[np.float64], decay: Decay
) -> None:
    if not all(hasattr(decay, name) for name in ("minutes", "label", "weights")):
        expected = Text.same("coverplan.measure.Gaussian / Zones / Catchment")
        raise refused("kind", "decay", type(decay).__name__, expected=expected, mend=_DECAY)
    if people.shape != (len(times.demand),) or supply.shape != (len(times.sites),):
        raise ValueError("people or supply do not fit the points and sites of the times")
    if (people < 0).any() or (supply < 0).any():
        raise ValueError("people and supply must be 0 or more")
    if decay.minutes > times.cutoff_minutes and not same_limit(decay.minutes, times.cutoff_minutes):
        raise ValueError(
            f"times were computed up to {times.cutoff_minutes:g} minutes, not {decay.minutes:g}"
        )


def _weights(times: TravelTimes, decay: Decay) -> csr_matrix:
    """Return the weights of sites x points, each pair within the catchment once."""
    ms = times.kept_ms()
    found = decay.weights(ms)
    if not same_limit(decay.minutes, times.cutoff_minutes):
        found[~inside(ms, decay)] = 0.0
    shape = (len(times.sites), len(times.demand))
    return csr_matrix((found, times.who, times.ptr), shape=shape)


def _only(weights: csr_matrix, keep: NDArray[np.bool_]) -> csr_matrix:
    """Return the weights with nothing in the rows of other sites."""
    if keep.all():
        return weights
    rows = np.repeat(keep.astype(np.float64), np.diff(weights.indptr))
    return csr_matrix((weights.data * rows, weights.indices, weights.indptr), shape=weights.shape)


def _selected(weights: csr_matrix) -> csr_matrix:
    """Return weights times selection weights: each point's own weights add up to 1."""
    own = np.asarray(weights.sum(axis=0), dtype=np.float64).ravel()
    share = np.divide(1.0, own, out=np.zeros_like(own), where=own > 0)
    data = weights.data**2 * share[weights.indices]
    return csr_matrix((data, weights.indices, weights.indptr), shape=weights.shape)


def access_table(found: FloatingAccess, who: Residents) -> pd.DataFrame:
    """Return access by unit and in total: the mean over people, and people without any.

    Parameters
    ----------
    found
        Access of the points of ``who``, in the same order.
    who
        The people of one group.

    Returns
    -------
    pandas.DataFrame
        ``unit_code``, ``unit_name``, ``people`` (census), ``unplaced``, ``placed`` (people the
        mean is over), ``places`` (what they have: people times access), ``per_1000`` (mean places
        per 1,000 of them, <NA> for nobody), ``people_without`` (placed people with no access at
        all), ``note_zh``, ``note_en``.
    """
    rows = [_row(found, who, part) for part in who.slices()]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    whole = dict.fromkeys(["people", "unplaced", "placed", "people_without"], "Int64")
    return frame.astype(whole | dict.fromkeys(["places", "per_1000"], "Float64"))


COLUMNS = [
    "unit_code",
    "unit_name",
    "people",
    "unplaced",
    "placed",
    "places",
    "per_1000",
    "people_without",
    "note_zh",
    "note_en",
]


def _row(found: FloatingAccess, who: Residents, part: Slice) -> list[object]:
    notes = [part.note.zh, part.note.en]
    if not part.known:
        return [part.code, part.name, None, None, None, None, None, None, *notes]
    people, access = who.people[part.at], found.per_person[part.at]
    placed = int(people.sum())
    places = float(people @ access)
    mean = PER * places / placed if placed else None
    without = int(people[access == 0].sum())
    figures = [part.people, part.unplaced, placed, places, mean, without]
    return [part.code, part.name, *figures, *notes]


def usual_methods(
    minutes: float, zone_weights: tuple[float, ...], edge_weight: float
) -> dict[str, tuple[Decay, bool]]:
    """Return the methods of `METHODS` for a catchment: their weights, and whether people select.

    Parameters
    ----------
    minutes
        The catchment.
    zone_weights
        Weights of zones of equal width (E2SFCA, 3SFCA).
    edge_weight
        Weight left at the catchment (Gaussian).
    """
    zones = Zones.equal(minutes, zone_weights)
    return {
        "2sfca": (Catchment(minutes), False),
        "e2sfca": (zones, False),
        "e2sfca_gaussian": (Gaussian(minutes, edge_weight), False),
        "3sfca": (zones, True),
    }
