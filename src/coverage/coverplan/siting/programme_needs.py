"""What a programme over several layers must come to: units with a site, people, places, sites.

Every need is written one way: things that count (units, people's places, new sites), what each
counts, which site of which layer brings which of them, and how much must be there by a year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..core.text import Text
from ..domain.arrays import frozen
from ..travel import Reach
from .problem import SitingProblem

NeedKind = Literal["units", "people", "places", "sites"]


@dataclass(frozen=True, slots=True)
class ProgrammeNeed:
    """So much must be there by the end of a year.

    Parameters
    ----------
    id, name
        The target it comes from, and what it asks, in words.
    kind
        ``units``: units with an open site in them; ``people``: people within the limit of an open
        site; ``places``: groups of places of which a share of the people is reached; ``sites``:
        new sites.
    amount
        How many of them at least.
    deadline
        The year by whose end; None: by the end of the programme.
    reach
        By layer, which things each of its sites brings, rows in the order of its sites. All have
        the same things.
    weight
        What each thing counts, shape ``(n,)``.
    already
        Whether each thing counts whatever is built, shape ``(n,)``.
    names
        What the things are called; of ``places`` the groups; empty where nobody needs to know.
    group
        Group of each thing, shape ``(n,)``, -1 for none; None where things count by themselves.
    group_least
        What must be reached of each group for it to count, shape ``(n_groups,)``.
    """

    id: str
    name: Text
    kind: NeedKind
    amount: int
    deadline: int | None
    reach: Mapping[str, Reach]
    weight: NDArray[np.int64]
    already: NDArray[np.bool_]
    names: tuple[str, ...] = ()
    group: NDArray[np.int64] | None = None
    group_least: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        n = len(self.weight)
        if len(self.already) != n or any(len(r.demand) != n for r in self.reach.values()):
            raise InternalError(f"programme: the things of {self.id} do not fit")
        if (self.group is None) != (self.group_least is None):
            raise InternalError(f"programme: the groups of {self.id} do not fit")

    def counted(self, mask: NDArray[np.bool_]) -> int:
        """Return how much of the need a set of things comes to.

        Parameters
        ----------
        mask
            The things, shape ``(n,)``.
        """
        weight = np.where(mask, self.weight, 0)
        if self.group is None or self.group_least is None:
            return int(weight.sum())
        inside = self.group >= 0
        sums = np.bincount(self.group[inside], weight[inside], minlength=len(self.group_least))
        return int((sums.astype(np.int64) >= self.group_least).sum())

    @classmethod
    def of_units(
        cls,
        key: str,
        name: Text,
        units: Sequence[str],
        inside: Mapping[str, tuple[pd.Index, Sequence[tuple[int, int]]]],
        *,
        amount: int,
        deadline: int | None,
        already: Sequence[bool] | None = None,
    ) -> "ProgrammeNeed":
        """Return the need of so many units with an open site.

        Parameters
        ----------
        key, name, amount, deadline
            As the fields.
        units
            Names of the units.
        inside
            By layer, the ids of its sites, and pairs of a site and a unit it belongs to.
        already
            Whether each unit has one whatever is built; default: none has.
        """
        things = pd.RangeIndex(len(units))
        has = np.zeros(len(units)) if already is None else already
        return cls(
            id=key,
            name=name,
            kind="units",
            amount=amount,
            deadline=deadline,
            reach={layer: members(ids, things, pairs) for layer, (ids, pairs) in inside.items()},
            weight=frozen(np.ones(len(units)), np.int64),
            already=frozen(has, np.bool_),
            names=tuple(units),
        )

    @classmethod
    def of_people(
        cls,
        key: str,
        name: Text,
        reach: Mapping[str, Reach],
        people: NDArray[np.int64],
        *,
        amount: int,
        deadline: int | None,
        already: NDArray[np.bool_] | None = None,
    ) -> "ProgrammeNeed":
        """Return the need of so many people within the limit of a site of any of the layers.

        Parameters
        ----------
        key, name, amount, deadline
            As the fields.
        reach, people
            Who is reached by each site of each layer, and people at each place.
        already
            Whether each place is reached whatever is built; default: none is.
        """
        return cls(
            id=key,
            name=name,
            kind="people",
            amount=amount,
            deadline=deadline,
            reach=reach,
            weight=frozen(people, np.int64),
            already=frozen(np.zeros(len(people)) if already is None else already, np.bool_),
        )

    @classmethod
    def of_places(
        cls,
        key: str,
        name: Text,
        reach: Mapping[str, Reach],
        people: NDArray[np.int64],
        *,
        group: NDArray[np.int64],
        totals: NDArray[np.int64],
        share: Fraction,
        amount: int,
        deadline: int | None,
        names: Sequence[str] = (),
        already: NDArray[np.bool_] | None = None,
    ) -> "ProgrammeNeed":
        """Return the need of so many groups of places (villages) that are served.

        Parameters
        ----------
        key, name, amount, deadline, reach, people, already
            As in `of_people`.
        group, totals, names
            Group of each place (-1: none), and people and name of each group.
        share
            Share of a group's people that must be reached for it to be served.
        """
        least = [-int(-share * int(total) // 1) for total in totals]
        return cls(
            id=key,
            name=name,
            kind="places",
            amount=amount,
            deadline=deadline,
            reach=reach,
            weight=frozen(people, np.int64),
            already=frozen(np.zeros(len(people)) if already is None else already, np.bool_),
            names=tuple(names),
            group=frozen(group, np.int64),
            group_least=frozen(np.array(least, dtype=np.int64), np.int64),
        )

    @classmethod
    def of_sites(
        cls,
        key: str,
        name: Text,
        problems: Mapping[str, SitingProblem],
        *,
        amount: int,
        deadline: int | None,
        only: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> "ProgrammeNeed":
        """Return the need of so many new sites, of any of the layers.

        Parameters
        ----------
        key, name, amount, deadline
            As the fields.
        problems
            The siting problem of each layer.
        only
            By layer, which of its sites count, shape ``(n_sites,)``; default: all new ones.
        """
        pairs: dict[str, list[tuple[int, int]]] = {}
        thing = 0
        for layer, problem in problems.items():
            new = problem.sites.candidates
            new = new if only is None else new[only[layer][new]]
            pairs[layer] = [(int(site), thing + k) for k, site in enumerate(new.tolist())]
            thing += len(new)
        things = pd.RangeIndex(thing)
        return cls(
            id=key,
            name=name,
            kind="sites",
            amount=amount,
            deadline=deadline,
            reach={
                layer: members(problems[layer].sites.ids, things, some)
                for layer, some in pairs.items()
            },
            weight=frozen(np.ones(thing), np.int64),
            already=frozen(np.zeros(thing), np.bool_),
        )


def members(ids: pd.Index, things: pd.Index, pairs: Sequence[tuple[int, int]]) -> Reach:
    """Return which things each site brings, as a reach.

    Parameters
    ----------
    ids, things
        Ids of the sites, and of the things.
    pairs
        Positions of a site and of a thing it brings, each pair once.

    Examples
    --------
    >>> import pandas as pd
    >>> members(pd.Index(["a", "b"]), pd.RangeIndex(2), [(1, 0), (0, 1)]).of(1)
    array([0], dtype=int32)
    """
    both = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    ptr = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=len(ids)))])
    return Reach(things, ids, ptr.astype(np.int64), both[:, 1].astype(np.int32), 0.0)
