"""Two runs side by side, as plain data: what was asked of each, and what came out of each."""

from dataclasses import dataclass
from decimal import Decimal

import geopandas as gpd
import pandas as pd

from .core.errors import Problem
from .core.text import Language, Text
from .io.runfolder import RunTables

_FIGURES = ("reached_now", "reached", "has_one_now", "has_one")

HALF = Decimal(50)
"""Per cent: whom a layer without a goal of its own is measured by."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which two questions differ.

    Parameters
    ----------
    part
        What differs: title, date, a file, a key of the study file, a version, a layer.
    key
        Which one, "" where there is one only.
    a, b
        What the first and the second run say; None where one says nothing of it.
    """

    part: Text
    key: str
    a: Text | None
    b: Text | None


@dataclass(frozen=True, slots=True)
class LayerCompared:
    """How one layer of two runs is compared.

    Parameters
    ----------
    id, label, group, group_label
        The layer, and the people it is for.
    minutes
        The limit both runs are shown at.
    limits
        The limit of the layer in each run.
    goal_percent
        Share of people to be reached, the higher one where the runs have two; `HALF` where no
        goal is given.
    has_goal
        Whether a goal was given.
    """

    id: str
    label: Text
    group: str
    group_label: Text
    minutes: float
    limits: tuple[float, float]
    goal_percent: Decimal
    has_goal: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Everything is of the first run, A, or of the second, B; a change is B less A. "With the plan"
    is what a run ends at: today's sites where it proposes nothing.

    Parameters
    ----------
    a, b
        The runs.
    question
        How the questions differ, first to last.
    compared
        How each layer is compared, by id.
    layers
        One row per layer: ``layer``, ``minutes``, ``group``, ``goal_percent``, ``units``,
        ``people``, ``change``, ``change_points``, and of each run (``_a``, ``_b``) ``reached_now``,
        ``reached``, ``share_percent``, ``has_one_now``, ``has_one``, ``sites_now``, ``proposed``,
        ``closing``, ``sites``, ``cost_yuan`` (of what is proposed) and ``cost_unknown`` (how many
        proposed sites nobody gave a cost of).
    units
        One row per layer, unit and limit both runs know, the last of each for all units (code
        ``total``): ``layer``, ``unit_code``, ``unit_name``, ``minutes``, ``group``, ``people``,
        ``change``, ``change_points``, and of each run ``reached_now``, ``reached``,
        ``share_percent``, ``has_one_now``, ``has_one``; whole numbers, <NA> where not known.
    sites
        One row per layer and site of either run: ``layer``, ``site_id``, ``name``, ``unit_code``,
        ``unit_name``, ``difference`` (``only_a``, ``only_b``, ``state``: of another state,
        ``moved``: more than a metre away, ``same``), of each run ``state``, ``cost_yuan``,
        ``lon`` and ``lat``, ``metres_apart``, ``name_b`` where the runs call it differently, and
        for a site of one run the nearest one of the other within 500 m that is in that run alone:
        ``near_id``, ``near_name``, ``near_metres``.
    changes
        One row per township that changes sides: ``layer``, ``unit_code``, ``unit_name``,
        ``criterion`` (``has_one`` or ``goal``), ``direction`` (``gains`` or ``loses``),
        ``minutes``, ``goal_percent``, ``people``, and of each run ``holds``, ``reached`` and
        ``share_percent``.
    problems
        Warnings: what could not be compared, and what is not as it was written.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> care = county.layers[0]
    >>> one = replace(county, layers=(replace(care, siting=replace(care.siting, sites=1)),))
    >>> two = replace(county, layers=(care,))
    >>> found = cp.compare_runs(cp.assess(one), cp.assess(two))
    >>> found.layers[["layer", "reached_a", "reached_b", "change"]]
              layer  reached_a  reached_b  change
    0  elderly_care        647        757     110
    >>> found.sites.loc[found.sites["difference"] != "same", ["site_id", "difference"]]
      site_id difference
    0  new:C4     only_b
    >>> found.same
    False
    """

    a: RunTables
    b: RunTables
    question: tuple[Difference, ...]
    compared: dict[str, LayerCompared]
    layers: pd.DataFrame
    units: pd.DataFrame
    sites: pd.DataFrame
    changes: pd.DataFrame
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        rows = self.layers[["layer", "reached_a", "reached_b"]].itertuples(index=False)
        said = "; ".join(f"{key} {_count(a)} and {_count(b)} people reached" for key, a, b in rows)
        return f"<Comparison of {self.a.name} and {self.b.name}: {said}>"

    @property
    def same(self) -> bool:
        """Whether nothing differs: neither what was asked, nor any figure or site.

        Nobody knows it of a layer of a run that could not be compared.
        """
        apart = any(
            _apart(table[f"{name}_a"], table[f"{name}_b"])
            for table, names in ((self.units, _FIGURES), (self.sites, ("cost_yuan",)))
            for name in names
        )
        moved = bool((self.sites["difference"] != "same").any())
        return not (self.question or self.left_out or apart or moved or self.sites["name_b"].any())

    @property
    def left_out(self) -> tuple[str, ...]:
        """Ids of layers of both runs that could not be compared; `problems` says why."""
        ours, theirs = self.a.record.layers, self.b.record.layers
        return tuple(key for key in ours if key in theirs and key not in self.compared)

    @property
    def language(self) -> Language:
        """What the first run speaks."""
        return self.a.record.language

    @property
    def shapes(self) -> gpd.GeoDataFrame | None:
        """The units in metres with column ``code``, of the first run that has them."""
        return self.a.units if self.a.units is not None else self.b.units


def _apart(ours: pd.Series, theirs: pd.Series) -> bool:
    """Return whether some figure differs, or is known on one side alone."""
    return bool(((ours != theirs).fillna(False) | (ours.isna() != theirs.isna())).any())


def _count(people: object) -> str:
    return "?" if pd.isna(people) else f"{people:,}"
