"""Everything measured of one layer and one group of people, as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .capacityshare import ONE_EACH, UNIT_COLUMNS, share_places
from .core.text import Text
from .domain import Facilities, Layer
from .measure.coverage import TOTAL
from .measure.floating import (
    COLUMNS,
    PER,
    FloatingAccess,
    access_table,
    two_step_floating_catchment,
    usual_methods,
)
from .measure.inequality_table import Shared
from .measure.measures import TOWNSHIP, MeasureSettings
from .measure.nearest_minutes import nearest_minutes
from .measure.own_unit import own_unit_ratio
from .measure.residents import Residents, joined, missing_people, unknown_units
from .measure.supply_units import SupplyUnit
from .travel import KNearest, TravelTimes
from .travel.graph import MS_PER_MINUTE
from .travel.nearest import NEVER
from .travel.reach import within

CHOSEN = "e2sfca"
"""The method inequality and the map are of."""

OWN_UNIT = "own_unit"

NO_SUPPLY = Text(
    "没有一处运营设施写明床位或容量，不能计算",
    "no working site states its beds or capacity: cannot be computed",
)

_NO_TIMES = Text("没有设施可达，不计入", "those who reach no site are left out")


@dataclass(frozen=True, slots=True)
class LayerToday:
    """One layer today: to what people travel, and how long it takes them.

    Parameters
    ----------
    layer, working
        The layer, and the sites that serve.
    near
        Everybody's two nearest sites.
    times
        Times between everybody and the sites, up to the layer's minutes and the catchment.
    supply
        Supply of each site, NaN where not known, shape ``(n_sites,)``.
    unit
        What supply is counted in.
    catchment
        Minutes of floating catchment areas.
    groups
        The layer's group, and those measured beside it.
    """

    layer: Layer
    working: Facilities
    near: KNearest
    times: TravelTimes
    supply: NDArray[np.float64]
    unit: SupplyUnit
    catchment: float
    groups: tuple[str, ...]

    @property
    def has_supply(self) -> bool:
        """Whether anything is known of supply: no site at all is known to be none."""
        return bool(len(self.supply) == 0 or (~np.isnan(self.supply)).any())

    @property
    def unknown(self) -> list[str]:
        """Names of the sites whose supply is not known."""
        named = self.working.sites["name"].astype(str)
        return [
            name or str(key)
            for key, name, supply in zip(named.index, named, self.supply, strict=True)
            if np.isnan(supply)
        ]

    @property
    def site_units(self) -> NDArray[np.object_]:
        """Unit of each site, "" outside the study."""
        found: NDArray[np.object_] = self.working.sites["unit"].to_numpy(dtype=object)
        return found

    def reached(self) -> NDArray[np.bool_]:
        """Return who is within the layer's minutes of a site, shape ``(n,)``."""
        return within(self.near.ms[:, 0], self.layer.minutes)


@dataclass(frozen=True, slots=True)
class GroupMeasures:
    """One layer and one group of people, measured.

    Parameters
    ----------
    today, who
        The layer and the people.
    settings
        What the planner set.
    partitions
        Group of each unit in every partition.
    found
        Access by method; empty where no site states its supply.
    """

    today: LayerToday
    who: Residents
    settings: MeasureSettings
    partitions: Mapping[str, NDArray[np.object_]]
    found: Mapping[str, FloatingAccess]

    @classmethod
    def of(
        cls,
        today: LayerToday,
        who: Residents,
        settings: MeasureSettings,
        partitions: Mapping[str, NDArray[np.object_]],
    ) -> "GroupMeasures":
        """Return the measures of a layer and a group; parameters as the fields."""
        methods = usual_methods(today.catchment, settings.zone_weights, settings.edge_weight)
        found = {
            key: two_step_floating_catchment(
                today.times, who.people, today.supply, decay, selection=selection
            )
            for key, (decay, selection) in methods.items()
            if today.has_supply
        }
        return cls(today, who, settings, partitions, found)

    def nearest(self) -> pd.DataFrame:
        """Return `nearest_minutes`."""
        profile = self.today.layer.profile
        return nearest_minutes(self.today.near, self.who).assign(profile=profile)

    def access(self) -> pd.DataFrame:
        """Return access by method and unit; one row with the reason where there is none."""
        parts = [own_unit_access(self.today, self.who)]
        for key, found in self.found.items():
            said = {"decay_zh": found.decay.label.zh, "decay_en": found.decay.label.en}
            parts.append(_with_note(access_table(found, self.who), self._left_out()).assign(
                method=key, **said
            ))  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def supply(self) -> pd.DataFrame:
        """Return every site by method, and what became of its supply."""
        sites = self.today.working.sites
        parts = [
            found.sites.reset_index(names="site_id").assign(
                method=key, name=sites["name"].to_numpy(), unit_code=sites["unit"].to_numpy()
            )
            for key, found in self.found.items()
        ]
        columns = [
            "method",
            "site_id",
            "name",
            "unit_code",
            "supply",
            "competing",
            "ratio",
            "state",
        ]
        if not parts:
            return pd.DataFrame(columns=columns)
        return pd.concat(parts, ignore_index=True)[columns]

    def places(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return who gets a place by unit, and the load of each site.

        Supply that is no places (social workers) is shared out only where it is said how many
        people one serves.
        """
        key = self.today.layer.id
        need, each = self.settings.need_share.get(key), self.settings.people_per_place.get(key)
        shared = share_places(
            self.today.times,
            self.who,
            self.today.supply,
            minutes=self.today.layer.minutes,
            need_share=need,
            people_per_place=each,
        )
        units, loads = shared.by_unit(), shared.by_site()
        sites = self.today.working.sites
        loads.insert(1, "name", sites["name"].to_numpy())
        loads.insert(2, "unit_code", sites["unit"].to_numpy())
        loads.insert(3, "supply", pd.array(self.today.supply, dtype="Float64"))
        if not self.today.has_supply:
            return _with_note(_unshared(units, _SHARED), NO_SUPPLY), loads
        if not self.today.unit.places and each is None:
            # Without a rate of need it is not even said who asks.
            units = _unshared(units, _SHARED if need else ("asking", *_SHARED))
            loads = _unshared(loads, ("capacity", "served", "minutes"))
            return _with_note(units, no_places(self.today.unit)), loads
        units = _with_note(units, self._left_out())
        return (_with_note(units, ONE_EACH) if need is None else units), loads

    def _left_out(self) -> Text:
        unknown = self.today.unknown
        if not unknown:
            return Text("", "")
        shown = 3
        few, more = unknown[:shown], len(unknown) - shown
        zh = "、".join(few) + (f" 等 {len(unknown)} 处" if more > 0 else "")
        en = ", ".join(few) + (f" and {more} more" if more > 0 else "")
        label = self.today.unit.label
        return Text(f"{label.zh}未知、未计入：{zh}", f"{label.en} not known, left out: {en}")

    def shared(self) -> Iterator[Shared]:
        """Yield what is more or less unequal: access, minutes; of units, places and reach."""
        yield from self._over_people()
        yield from self._over_units()

    def _over_people(self) -> Iterator[Shared]:
        who, ms = self.who, self.today.near.ms[:, 0]
        groups = {name: of[who.unit] for name, of in self.partitions.items()}
        if CHOSEN in self.found:
            each = self.found[CHOSEN].per_person * PER
            every = np.ones(len(each), dtype=bool)
            note = self._left_out()
            note = joined(note, missing_people(who))
            yield Shared("access", "people", each, every, who.people, groups, note,
                         nowhere=int(who.unplaced.sum()))  # fmt: skip
        far = _NO_TIMES if (who.people[ms == NEVER] > 0).any() else Text("", "")
        yield Shared(
            "minutes",
            "people",
            ms,
            ms != NEVER,
            who.people,
            groups,
            joined(far, missing_people(who)),
            scale=1 / MS_PER_MINUTE,
            nowhere=int(who.unplaced.sum()),
        )

    def _over_units(self) -> Iterator[Shared]:
        who = self.who
        yield from places_by_unit(self.today, who, self.partitions)
        reached = who.sums(np.where(self.today.reached(), who.people, 0))
        people = _known_people(who)
        share = np.divide(reached, people, out=np.full(len(people), np.nan), where=people > 0)
        groups, note = _over_units(self.partitions), _unknown_units(who)
        yield Shared("reached_share", "units", share, people > 0, people, groups, note)


def own_unit_access(today: LayerToday, who: Residents) -> pd.DataFrame:
    """Return `own_unit_ratio` of a layer; the reason instead where no site states its supply.

    Parameters
    ----------
    today, who
        The layer, and people who need no point.
    """
    ratio = own_unit_ratio(who, today.supply, today.site_units)
    ratio = ratio.assign(method=OWN_UNIT, decay_zh="", decay_en="")
    if today.has_supply:
        return ratio
    return ratio.assign(note_zh=NO_SUPPLY.zh, note_en=NO_SUPPLY.en)


def places_by_unit(
    today: LayerToday, who: Residents, partitions: Mapping[str, NDArray[np.object_]]
) -> Iterator[Shared]:
    """Yield the supply per 1,000 people of each unit's own sites; nothing where none is known.

    Parameters
    ----------
    today, who
        The layer, and people who need no point.
    partitions
        Group of each unit in every partition.
    """
    if not today.has_supply:
        return
    ratio = own_unit_ratio(who, today.supply, today.site_units)
    each = ratio.loc[ratio["unit_code"] != TOTAL, "per_1000"].to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    people, groups = _known_people(who), _over_units(partitions)
    note = _unknown_units(who)
    yield Shared("places_per_1000", "units", each, ~np.isnan(each), people, groups, note)


def _known_people(who: Residents) -> NDArray[np.int64]:
    """Return people by unit; a unit of unknown people takes no weight."""
    people: NDArray[np.int64] = who.totals.fillna(0).to_numpy(dtype=np.int64)
    return people


def _over_units(
    partitions: Mapping[str, NDArray[np.object_]],
) -> dict[str, NDArray[np.object_]]:
    return {name: of for name, of in partitions.items() if name != TOWNSHIP}


def _unknown_units(who: Residents) -> Text:
    return unknown_units(int(who.totals.isna().sum()))


def _with_note(frame: pd.DataFrame, note: Text) -> pd.DataFrame:
    """Return a table whose total also says something; what was said stays."""
    if not note.zh:
        return frame
    total = frame["unit_code"] == TOTAL
    marks = {"note_zh": (note.zh, "；"), "note_en": (note.en, "; ")}
    changed = {
        name: [
            (f"{old}{mark}{said}" if old else said) if here else old
            for old, here in zip(frame[name], total, strict=True)
        ]
        for name, (said, mark) in marks.items()
    }
    return frame.assign(**changed)


def no_places(unit: SupplyUnit) -> Text:
    """Return why supply in a unit is not shared out to people, and what would have to be said."""
    return Text(
        f"供给按“{unit.column}”计，不是一人一个的名额；用 --people-per-place 说明一个服务多少人，"
        "才能分配",
        f"supply is counted in {unit.label.en}, which are no places for one person each; say with "
        "--people-per-place how many people one serves",
    )


_SHARED = tuple(name for name in UNIT_COLUMNS[4:] if not name.startswith("note_"))
"""What is known only where places are shared out."""


def _unshared(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table where nothing is known of some columns."""
    return frame.assign(**{name: frame[name].where(np.zeros(len(frame), bool)) for name in columns})


ACCESS_COLUMNS = ["method", *COLUMNS[:-2], "decay_zh", "decay_en", *COLUMNS[-2:]]
