"""Where a service stands and may stand, and what every plan keeps to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import whole_number
from ..domain.arrays import frozen

UNLIMITED = 2**60
"""Capacity of a site without a limit."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Where the service stands and where it may: existing sites and candidates, one row each.

    A candidate place that may be built small or large has a row for each class.

    Parameters
    ----------
    ids
        Ids, as in the travel times, in the same order.
    existing
        Whether it stands today, shape ``(n_sites,)``.
    must
        Whether it is open in every plan: existing sites that are kept, required new sites.
        An existing site that is not may be closed.
    barred
        Whether it is closed in every plan.
    place
        Number of the place of each row: of rows of one place at most one is open.
    unit
        Position of its unit in the problem's units, -1 outside the study.
    cost_yuan
        What opening it costs; 0 for what stands.
    capacity
        People it can serve, `UNLIMITED` without a limit.
    xy
        Coordinates in metres, shape ``(n_sites, 2)``.
    names
        What people call them; default: their ids.

    Examples
    --------
    >>> import coverplan as cp
    >>> sites = cp.small_problem().sites
    >>> sites.existing.tolist()
    [True, False, False, False, False, False]
    >>> sites.name(0), sites.name(2)
    ('柳溪养老服务中心', '石桥桥头')
    >>> sites.candidates.tolist(), sites.free.tolist()
    ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])
    >>> sites.cost_yuan.tolist()
    [0, 300000, 900000, 500000, 400000, 200000]
    """

    ids: pd.Index
    existing: NDArray[np.bool_]
    must: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    place: NDArray[np.int32]
    unit: NDArray[np.int32]
    cost_yuan: NDArray[np.int64]
    capacity: NDArray[np.int64]
    xy: NDArray[np.float64]
    names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        standing = int(self.existing.sum())
        return f"<Sites: {standing:,} existing, {len(self) - standing:,} candidates>"

    @classmethod
    def make(
        cls,
        ids: pd.Index,
        *,
        existing: object = False,
        must: object = None,
        barred: object = False,
        place: object = None,
        unit: object = -1,
        cost_yuan: object = 0,
        capacity: object = UNLIMITED,
        xy: object = 0.0,
        names: Sequence[str] = (),
    ) -> "Sites":
        """Return sites, what is not given being the same for all; existing ones are kept.

        Parameters
        ----------
        ids, existing, must, barred, place, unit, cost_yuan, capacity, xy, names
            As the fields; one value stands for all. ``must`` defaults to ``existing``, ``place``
            to a place of its own for each.

        Examples
        --------
        >>> import pandas as pd
        >>> from coverplan import Sites
        >>> sites = Sites.make(pd.Index(["old", "new"]), existing=[True, False])
        >>> sites.candidates.tolist(), sites.must.tolist()
        ([1], [True, False])
        """
        n = len(ids)

        def all_of(value: object, dtype: type[np.generic]) -> NDArray[np.generic]:
            return frozen(np.broadcast_to(np.asarray(value), (n,)), dtype)

        stands = all_of(existing, np.bool_)
        return cls(
            ids=ids,
            existing=stands,  # type: ignore[arg-type]
            must=stands if must is None else all_of(must, np.bool_),  # type: ignore[arg-type]
            barred=all_of(barred, np.bool_),  # type: ignore[arg-type]
            place=all_of(np.arange(n) if place is None else place, np.int32),  # type: ignore[arg-type]
            unit=all_of(unit, np.int32),  # type: ignore[arg-type]
            cost_yuan=all_of(cost_yuan, np.int64),  # type: ignore[arg-type]
            capacity=all_of(capacity, np.int64),  # type: ignore[arg-type]
            xy=frozen(np.broadcast_to(np.asarray(xy, dtype=float), (n, 2)), np.float64),
            names=tuple(names),
        )

    def name(self, site: int) -> str:
        """Return what people call a site.

        Parameters
        ----------
        site
            Its position.
        """
        return self.names[site] if self.names else str(self.ids[site])

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def candidates(self) -> NDArray[np.int64]:
        """Positions of the sites that do not stand yet."""
        return np.flatnonzero(~self.existing)

    @property
    def free(self) -> NDArray[np.int64]:
        """Positions of the sites a plan decides on."""
        return np.flatnonzero(~self.must & ~self.barred)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a plan must keep to, whatever its objective. None: no such rule.

    Parameters
    ----------
    sites
        New sites at most (required ones among them); with ``moves``, as many more as existing
        ones are moved.
    exactly
        Whether ``sites`` must be opened, not at most.
    budget_yuan
        What all new sites may cost.
    unit_least, unit_most
        Open sites of any kind each unit must have at least; new sites it may have at most.
    units_asked
        Positions of the units ``unit_least`` holds for; None: all.
    spacing_metres
        Straight distance two open sites must keep, one of them new. Exactly at it is enough.
    close_most, close_least
        Existing sites that may, and must, be closed (only those not in ``must`` can be).
    moves
        How many of the closed ones may be built again elsewhere, on top of ``sites``.

    Raises
    ------
    InputError
        When a number of sites is no whole number from 0 upwards.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem()
    >>> problem.with_rules(sites=2, spacing_metres=1000).rules.spacing_metres
    1000
    >>> plan = cp.solve_mclp(problem.with_rules(budget_yuan=800_000, unit_most=1))
    >>> plan.chosen_ids(problem.sites.ids), plan.facts.cost_yuan
    (['new:C4', 'new:C1'], 700000)
    """

    sites: int | None = None
    exactly: bool = False
    budget_yuan: int | None = None
    unit_least: int = 0
    unit_most: int | None = None
    units_asked: tuple[int, ...] | None = None
    spacing_metres: float | None = None
    close_most: int | None = None
    close_least: int = 0
    moves: int = 0

    def __post_init__(self) -> None:
        for name in ("sites", "unit_least", "unit_most", "close_most", "close_least", "moves"):
            value = getattr(self, name)
            # How many new sites there may be the problem knows, with its candidates.
            asked_too_few = name == "sites" and isinstance(value, int) and value < 0
            if value is not None and not asked_too_few:
                whole_number(name, value, 0)
