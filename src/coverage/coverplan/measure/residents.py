"""The people of one group: where they live, and what is known of every unit's number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.demand import Demand
from ..domain.region import Region
from .coverage import TOTAL


@dataclass(frozen=True, slots=True)
class Slice:
    """One unit, or all of them together.

    Parameters
    ----------
    code, name
        Of the unit; `TOTAL` and "" for all of them.
    at
        Positions of its points, shape ``(k,)``.
    people
        Its people by the census, those without a point included; None where not known.
    unplaced
        Of them, those no point is known for.
    note
        What keeps its figures from being whole, empty where nothing does.
    """

    code: str
    name: str
    at: NDArray[np.intp]
    people: int | None
    unplaced: int
    note: Text

    @property
    def known(self) -> bool:
        """Whether anybody said how many people live there."""
        return self.people is not None


@dataclass(frozen=True, slots=True)
class Residents:
    """The people of one group at their points, and the totals of their units.

    Parameters
    ----------
    group
        Name of the group.
    codes, names
        Of all units, those of nobody included, shape ``(n_units,)``.
    unit
        Position of each point's unit, shape ``(n,)``.
    people
        Whole people at each point, shape ``(n,)``.
    totals
        People of each unit, <NA> where not known, shape ``(n_units,)``.
    unplaced
        People of each unit no point is known for, shape ``(n_units,)``.
    """

    group: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    unit: NDArray[np.intp]
    people: NDArray[np.int64]
    totals: pd.Series
    unplaced: NDArray[np.int64]

    @classmethod
    def of(cls, demand: Demand, region: Region, group: str) -> "Residents":
        """Return the people of a group of a demand, by the units of a region."""
        codes = region.codes
        unit = pd.Index(codes).get_indexer(demand.points["unit"])
        return cls(
            group=group,
            codes=tuple(codes),
            names=tuple(region.names),
            unit=frozen(unit, np.intp),
            people=frozen(demand.people(group), np.int64),
            totals=demand.totals[group].reindex(codes).astype("Int64"),
            unplaced=frozen(demand.unplaced[group].reindex(codes).fillna(0), np.int64),
        )

    @classmethod
    def by_unit_only(cls, region: Region, group: str, people: Mapping[str, int]) -> "Residents":
        """Return people known by unit, with no point at all; units left out are not known."""
        totals = pd.Series([people.get(code) for code in region.codes], dtype="Int64")
        return cls(
            group=group,
            codes=tuple(region.codes),
            names=tuple(region.names),
            unit=frozen([], np.intp),
            people=frozen([], np.int64),
            totals=totals,
            unplaced=frozen(np.zeros(len(totals)), np.int64),
        )

    @property
    def placed(self) -> int:
        """People with a point."""
        return int(self.people.sum())

    def sums(self, counted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sums over units of whole numbers at the points, shape ``(n_units,)``."""
        total = np.zeros(len(self.codes), dtype=np.int64)
        np.add.at(total, self.unit, counted)
        return total

    def slices(self) -> Iterator[Slice]:
        """Yield every unit in order, then all of them together."""
        order = np.argsort(self.unit, kind="stable")
        cuts = np.searchsorted(self.unit[order], np.arange(len(self.codes) + 1))
        for i, (code, name) in enumerate(zip(self.codes, self.names, strict=True)):
            total = None if pd.isna(self.totals.iloc[i]) else int(self.totals.iloc[i])
            gone = int(self.unplaced[i])
            yield Slice(code, name, order[cuts[i] : cuts[i + 1]], total, gone, _note(total, gone))
        yield self.whole()

    def whole(self) -> Slice:
        """Return all units together; units of unknown people are left out of its total."""
        known = self.totals.dropna()
        total = int(known.sum()) if len(known) else None
        gone = int(self.unplaced.sum())
        note = _note(total, gone)
        if total is not None:
            note = joined(unknown_units(int(self.totals.isna().sum())), note)
        return Slice(TOTAL, "", np.arange(len(self.people)), total, gone, note)


def _note(total: int | None, unplaced: int) -> Text:
    if total is None:
        return Text("人口未知", "people not known")
    if total == 0:
        return Text("没有这类人口", "nobody of this group")
    if unplaced:
        return Text(f"{unplaced:,} 人没有点位", f"{unplaced:,} people without a point")
    return Text("", "")


def unknown_units(number: int) -> Text:
    """Return that so many units are left out because their people are not known; "" for none."""
    if not number:
        return Text("", "")
    en = "1 unit" if number == 1 else f"{number} units"
    return Text(f"{number} 个单元人口未知，未计入", f"{en} of unknown people left out")


def missing_people(who: Residents) -> Text:
    """Return who is not among the people at points: units not known, people without a point."""
    gone = int(who.unplaced.sum())
    nowhere = _note(gone, gone) if gone else Text("", "")
    return joined(unknown_units(int(who.totals.isna().sum())), nowhere)


def joined(*notes: Text) -> Text:
    """Return notes one after the other, those that say nothing left out."""
    said = [note for note in notes if note.zh]
    return Text("；".join(n.zh for n in said), "; ".join(n.en for n in said))
