"""What new sites are asked for: a study file's siting table with its files read, as plain data."""

from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.nearest import meant
from ..core.text import Text
from ..domain.facilities import Facilities
from ..domain.frames import check_frame, check_kinds
from ..domain.siting_config import MODELS as SITING_MODELS
from ..domain.siting_config import SitingConfig, Uncertainty, Year
from .ground import ForbiddenArea, GroundLimits, RequiredArea
from .problem import UNLIMITED, Rules

CLASS_MARK = "#"
"""Between the id of a place and the class it may be built in: ``V12#small``."""


@dataclass(frozen=True, slots=True)
class SitingRequest:
    """Which new sites to propose for a layer, where they may stand, under which rules.

    Parameters
    ----------
    sites
        Number of new sites at most; None: the model or the money decides.
    candidates
        Index candidate ids, ``geometry`` (Point, metres). Further columns are filled in where they
        are missing: ``name`` (the id), ``unit`` (code, "" outside the study; in a study the unit
        it lies in), ``source`` (where it comes from, ""), ``kind`` (``build`` or ``reuse``),
        ``class_name`` (""), ``cost_yuan`` and ``capacity`` (nullable integers, <NA>: not known,
        without a limit), ``place`` (number of the place: of its rows at most one is built),
        ``slope_percent`` (NaN: not known).
    forbidden
        Where none may stand.
    time_limit_seconds, gap_percent
        When the solver stops without a proof.
    model
        Name of the model.
    share_percent, within, theta, every, unreachable, use_capacity, otherwise, frontier,
    frontier_yuan,     close, moves, years, cutoff_minutes
        Numbers of the models, as in `coverplan.domain.siting_config.SitingConfig`, defaults
        filled in.
    budget_yuan, unit_least, unit_most, spacing_metres
        Rules of every plan (see `rules`).
    closable
        Whether existing sites may be closed; those in ``keep_ids`` are kept, those in
        ``shut_ids`` are closed in every plan.
    required, excluded
        Candidate rows that are in every plan, and ids of places that are in none.
    required_areas, most_slope_percent, most_road_metres, homes_metres
        What is asked of the ground (see `limits`).
    unit_weights, group_weights
        How often people of a unit or group count in the objective; empty: everybody of the
        layer's group once.
    ground_rules
        Name of the set of distances used, "" for none.
    uncertainty
        How firm the proposal should be shown to be, None: not at all.

    Raises
    ------
    InputError
        When the candidates are no frame of points, or there is no such model.

    Examples
    --------
    >>> import coverplan as cp
    >>> request = cp.small_county().layers[0].siting
    >>> request.model, request.sites, len(request.candidates)
    ('mclp', 2, 6)

    Another question on the same candidates:

    >>> from dataclasses import replace
    >>> county = cp.small_county()
    >>> asked = replace(request, sites=None, model="fewest", share_percent=80.0)
    >>> care = replace(county.layers[0], siting=asked)
    >>> plan = cp.assess(replace(county, layers=(care,))).layers["elderly_care"].plan
    >>> len(plan.chosen), plan.status
    (2, 'optimal')
    """

    sites: int | None
    candidates: gpd.GeoDataFrame
    forbidden: tuple[ForbiddenArea, ...] = ()
    time_limit_seconds: float = 60.0
    gap_percent: float = 0.0
    model: str = "mclp"
    share_percent: float | None = None
    within: Literal["all", "every_unit"] = "all"
    theta: float | None = None
    every: Literal["once", "twice"] = "once"
    unreachable: Literal["leave", "refuse"] = "leave"
    use_capacity: bool = True
    otherwise: Literal["refuse", "fewest_near"] = "refuse"
    frontier: int | None = None
    frontier_yuan: tuple[int, ...] = ()
    close: int | None = None
    moves: int = 0
    years: tuple[Year, ...] = ()
    cutoff_minutes: float = 60.0
    budget_yuan: int | None = None
    unit_least: int = 0
    unit_most: int | None = None
    spacing_metres: float | None = None
    closable: bool = False
    keep_ids: tuple[str, ...] = ()
    shut_ids: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    required_areas: tuple[RequiredArea, ...] = ()
    most_slope_percent: float | None = None
    most_road_metres: float | None = None
    homes_metres: float | None = None
    unit_weights: dict[str, int] = field(default_factory=dict)
    group_weights: dict[str, int] = field(default_factory=dict)
    ground_rules: str = ""
    uncertainty: Uncertainty | None = None

    def __repr__(self) -> str:
        sites = "" if self.sites is None else f", {self.sites} sites"
        return f"<SitingRequest {self.model}{sites}: {len(self.candidates):,} candidates>"

    def __post_init__(self) -> None:
        if self.model not in SITING_MODELS:
            raise InputError([no_model(self.model)])
        check_frame(_CANDIDATES, self.candidates, [])
        check_kinds(_CANDIDATES, self.candidates, ["Point"]).raise_if_any()
        object.__setattr__(self, "candidates", _completed(self.candidates))

    @property
    def rules(self) -> Rules:
        """What every plan keeps to, whatever the model."""
        consolidating = self.model == "consolidate"
        most = self.close
        if most is None and self.moves:
            most = self.moves
        return Rules(
            sites=0 if self.sites is None and self._only_moves else self.sites,
            budget_yuan=self.budget_yuan,
            unit_least=self.unit_least,
            unit_most=self.unit_most,
            spacing_metres=self.spacing_metres,
            close_most=most,
            close_least=(self.close or 0) if consolidating else 0,
            moves=self.moves,
        )

    @property
    def _only_moves(self) -> bool:
        return bool(self.moves) and self.budget_yuan is None

    def kept(self, working: Facilities) -> Facilities:
        """Return the existing sites that stay open in every plan.

        Parameters
        ----------
        working
            Those that serve today.
        """
        ids = working.sites.index
        if self.closable:
            return working.take(np.asarray(ids.isin(self.keep_ids)))
        return working

    def limits(
        self,
        *,
        homes_xy: NDArray[np.float64] | None = None,
        kept_xy: NDArray[np.float64] | None = None,
    ) -> GroundLimits:
        """Return what is asked of a place, for `coverplan.check_candidates`.

        Parameters
        ----------
        homes_xy
            Places with people, metres, shape ``(n, 2)``.
        kept_xy
            Existing sites that stay open in every plan, metres, shape ``(m, 2)``.
        """
        return GroundLimits(
            required=self.required_areas,
            homes_xy=homes_xy,
            homes_metres=self.homes_metres,
            most_slope_percent=self.most_slope_percent,
            most_road_metres=self.most_road_metres,
            kept_xy=kept_xy,
            spacing_metres=self.spacing_metres,
            excluded=self._excluded_rows(),
        )

    def _excluded_rows(self) -> frozenset[str]:
        """Return the rows of excluded places: a place is out in all its classes."""
        named = set(self.excluded)
        rows = [str(row) for row in self.candidates.index]
        return frozenset(r for r in rows if r in named or r.split(CLASS_MARK)[0] in named)

    def costs(self, candidates: gpd.GeoDataFrame) -> NDArray[np.int64]:
        """Return what each candidate costs in yuan, 0 where nobody said; shape ``(n,)``.

        Parameters
        ----------
        candidates
            The request's candidates, or some of them.
        """
        return candidates["cost_yuan"].fillna(0).to_numpy(dtype=np.int64)  # type: ignore[no-any-return]

    def capacities(self, candidates: gpd.GeoDataFrame) -> NDArray[np.int64]:
        """Return how many people each candidate can serve, `UNLIMITED` where nobody said."""
        return candidates["capacity"].fillna(UNLIMITED).to_numpy(dtype=np.int64)  # type: ignore[no-any-return]


_CANDIDATES = Text("候选点", "candidates")


def no_model(found: str) -> Problem:
    """Return the fault of a name no model has.

    Parameters
    ----------
    found
        The name given.
    """
    return Problem(
        code="siting.model",
        what=Text("没有这个选址模型", "there is no such model"),
        column="model",
        found=found,
        expected=Text.same(", ".join(SITING_MODELS)),
        mend=meant(found, SITING_MODELS, Text("改用其中之一", "name one of these")),
    )


_REFUSE = frozenset({"one_per_unit", "cap_pmedian"})
"""Models that leave nobody and no unit out unless they are told to."""


def numbers_of(siting: SitingConfig) -> dict[str, Any]:
    """Return what a siting table asks without its files and ids, by the fields of a request.

    Parameters
    ----------
    siting
        The table.
    """
    same = (
        "sites", "time_limit_seconds", "gap_percent", "model", "share_percent", "theta", "frontier",
        "close", "cutoff_minutes", "budget_yuan", "unit_least", "unit_most", "spacing_metres",
        "closable", "most_slope_percent", "most_road_metres", "uncertainty",
    )  # fmt: skip
    return {
        **{key: getattr(siting, key) for key in same},
        "within": siting.within or "all",
        "every": siting.every or "once",
        "unreachable": siting.unreachable or ("refuse" if siting.model in _REFUSE else "leave"),
        "use_capacity": siting.use_capacity is not False,
        "otherwise": siting.otherwise or "refuse",
        "frontier_yuan": tuple(siting.frontier_yuan or ()),
        "moves": siting.moves or 0,
        "years": tuple(siting.years or ()),
        "group_weights": dict(siting.group_weights),
        "ground_rules": siting.ground_rules or "",
    }


def _completed(candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return candidates with every column, "not known" where a column is missing."""
    n = len(candidates)
    defaults = {
        "name": candidates.index.astype(str),
        "source": np.full(n, "", dtype=object),
        "kind": np.full(n, "build", dtype=object),
        "class_name": np.full(n, "", dtype=object),
        "cost_yuan": pd.array([pd.NA] * n, dtype="Int64"),
        "capacity": pd.array([pd.NA] * n, dtype="Int64"),
        "place": np.arange(n, dtype=np.int32),
        "slope_percent": np.full(n, np.nan),
    }
    missing = {name: values for name, values in defaults.items() if name not in candidates}
    return candidates.assign(**missing) if missing else candidates
