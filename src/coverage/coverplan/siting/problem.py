"""What every siting model is asked: where a service may stand, who it is for, under which rules."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import expect, refused
from ..core.errors import InternalError
from ..core.text import Text
from ..travel import Reach, TravelTimes
from .problemchecks import check_problem, out_of_range
from .problemparts import REACH, check_parts
from .sites import UNLIMITED, Rules, Sites

__all__ = ["UNLIMITED", "Rules", "Sites", "SitingProblem", "out_of_range"]


@dataclass(frozen=True, slots=True)
class SitingProblem:
    """Where a service should stand: the one question all models answer.

    Parameters
    ----------
    sites
        Existing sites and candidates.
    reach
        Who is within the limit of each of them, rows in the order of ``sites``.
    people
        People of the target group at each place, shape ``(n_demand,)``.
    rules
        What a plan must keep to.
    times
        Times from people to sites, up to the cutoff beyond which all are alike, kept in
        milliseconds; needed by the models that weigh time.
    weights
        What each place counts in the objective, shape ``(n_demand,)``; default: its people.
    unit
        Unit of each place as a position in ``unit_codes``, shape ``(n_demand,)``.
    unit_codes, unit_names
        The units, with people in them or without.
    unit_people
        People of the group in each unit by the census, those without a place among them: the
        denominators. Default: the sum of ``people``.
    name
        Name of the layer, for messages.

    Raises
    ------
    InputError
        When people are no whole numbers, people, sites, reach and times are not of one size, or
        rules are contradictory or out of range: all of them at once.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem()
    >>> problem.everybody, int(problem.people[problem.before].sum())
    (933, 314)
    >>> problem.unit_names
    ('柳溪镇', '石桥乡', '云岭乡')
    >>> problem.with_rules(sites=2, budget_yuan=1_000_000).rules.budget_yuan
    1000000

    Or from who is within reach of what, without a county: three places of 60, 50 and 40 people, two
    candidates that reach the first two and the last two.

    >>> import numpy as np
    >>> import pandas as pd
    >>> reach = cp.Reach(
    ...     demand=pd.Index(["v1", "v2", "v3"]),
    ...     sites=pd.Index(["a", "b"]),
    ...     ptr=np.array([0, 2, 4]),
    ...     who=np.array([0, 1, 1, 2], dtype=np.int32),
    ...     minutes=15,
    ... )
    >>> people = np.array([60, 50, 40])
    >>> own = cp.SitingProblem.covering(reach, people, sites=1)
    >>> plan = cp.solve_mclp(own)
    >>> plan.chosen_ids(reach.sites), plan.value
    (['a'], 110)
    """

    sites: Sites
    reach: Reach
    people: NDArray[np.int64]
    rules: Rules = field(default_factory=Rules)
    times: TravelTimes | None = None
    weights: NDArray[np.int64] | None = None
    unit: NDArray[np.int32] | None = None
    unit_codes: tuple[str, ...] = ()
    unit_names: tuple[str, ...] = ()
    unit_people: NDArray[np.int64] | None = None
    name: Text = Text("", "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", np.asarray(self.people))
        n = len(self.people)
        check_parts(self.sites, self.reach, self.times, self.people).raise_if_any()
        weighted = self.weights is not None
        if self.unit is None:
            object.__setattr__(self, "unit", np.zeros(n, dtype=np.int32))
            object.__setattr__(self, "unit_codes", self.unit_codes or ("all",))
        if not self.unit_names:
            object.__setattr__(self, "unit_names", self.unit_codes)
        if self.unit_people is None:
            sums = np.bincount(self.of_unit, self.people, minlength=len(self.unit_codes))
            object.__setattr__(self, "unit_people", sums.astype(np.int64))
        if not weighted:
            object.__setattr__(self, "weights", self.people)
        given = self.weights if weighted else None
        check_problem(self.sites, self.rules, self.name, self.people, given).raise_if_any()

    def __repr__(self) -> str:
        standing = int(self.sites.existing.sum())
        return (
            f"<SitingProblem: {len(self.people):,} places, {self.everybody:,} people, {standing} "
            f"existing sites, {len(self.sites) - standing:,} candidates>"
        )

    @property
    def of_unit(self) -> NDArray[np.int32]:
        """Unit of each place, shape ``(n_demand,)``."""
        if self.unit is None:
            raise InternalError("siting: no units")
        return self.unit

    @property
    def weight(self) -> NDArray[np.int64]:
        """What each place counts in the objective, shape ``(n_demand,)``."""
        return self.people if self.weights is None else self.weights

    @property
    def weighted(self) -> bool:
        """Whether the objective counts anything but people."""
        return not np.array_equal(self.weight, self.people)

    @property
    def totals(self) -> NDArray[np.int64]:
        """People of each unit by the census, shape ``(n_units,)``: the denominators."""
        if self.unit_people is None:
            raise InternalError("siting: no totals")
        return self.unit_people

    @property
    def everybody(self) -> int:
        """All people of the group, those without a place among them."""
        return int(self.totals.sum())

    @property
    def before(self) -> NDArray[np.bool_]:
        """Whether each place is reached by a site that stands today."""
        return self.reach.covered(np.flatnonzero(self.sites.existing).tolist())

    @property
    def always(self) -> NDArray[np.bool_]:
        """Whether each place is reached by a site that is open in every plan."""
        return self.reach.covered(np.flatnonzero(self.sites.must).tolist())

    def with_rules(self, **changes: object) -> "SitingProblem":
        """Return the same problem under other rules.

        Parameters
        ----------
        changes
            Fields of `Rules`.

        Raises
        ------
        InputError
            As on making the problem.

        Examples
        --------
        >>> import coverplan as cp
        >>> problem = cp.small_problem().with_rules(sites=2)
        >>> problem.with_rules(unit_most=1).rules.sites
        2
        """
        weights = self.weights if self.weighted else None
        return replace(self, rules=replace(self.rules, **changes), weights=weights)  # type: ignore[arg-type]

    @classmethod
    def covering(
        cls,
        reach: Reach,
        people: NDArray[np.int64],
        already: NDArray[np.bool_] | None = None,
        sites: int | None = None,
        name: Text = Text("", ""),
    ) -> "SitingProblem":
        """Return the plain question: so many new sites, and these people reached already.

        Parameters
        ----------
        reach
            Who would be within the limit of each candidate.
        people, already
            People at each place, and whether an existing site reaches it, shape ``(n_demand,)``;
            nobody is reached already where None.
        sites
            New sites at most; as many as there are where None.
        name
            Name of the layer.

        Raises
        ------
        InputError
            When ``reach`` is none, ``already`` does not fit it, or more sites are asked for than
            there are candidates.

        Examples
        --------
        >>> import coverplan as cp
        >>> county = cp.small_problem()
        >>> plain = cp.SitingProblem.covering(county.reach, county.people, county.before, sites=1)
        >>> cp.solve_mclp(plain).value
        333
        >>> cp.solve_mclp(cp.SitingProblem.covering(county.reach, county.people, sites=1)).value
        333
        """
        expect("reach", reach, Reach, mend=REACH)
        if already is None:
            ids = pd.Index(reach.sites)
            return cls(Sites.make(ids), reach, people, rules=Rules(sites=sites), name=name)
        if np.shape(already) != (len(reach.demand),):
            expected = Text.same(f"({len(reach.demand)},)")
            raise refused("size", "already", str(np.shape(already)), expected=expected)
        # What stands is one row that reaches whoever is reached already.
        served = np.flatnonzero(already).astype(np.int32)
        ptr = np.concatenate([reach.ptr, [reach.ptr[-1] + len(served)]])
        ids = pd.Index([*reach.sites, _EXISTING], dtype=object)
        whole = Reach(reach.demand, ids, ptr, np.concatenate([reach.who, served]), reach.minutes)
        stands = np.arange(len(ids)) == len(reach.sites)
        return cls(
            Sites.make(ids, existing=stands), whole, people, rules=Rules(sites=sites), name=name
        )


_EXISTING = "existing"
