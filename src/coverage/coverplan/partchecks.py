"""Whether the parts of a study are what they should be, before anything is made of them."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from .core.errors import Problem, Problems
from .core.text import Language, Text
from .domain import Region
from .domain.frames import units_at

_MENDS = {
    "date": Text.same("datetime.date(2025, 12, 31)"),
    "region": Text.same("coverplan.Region.from_frame(...)"),
    "demand": Text.same("coverplan.Demand.from_points(...)"),
    "network": Text.same("coverplan.Network.from_edges(...) / coverplan.read_roads(...)"),
    "profiles": Text.same("coverplan.builtin_profiles()"),
    "layers": Text.same("(coverplan.LayerInput(layer, facilities),)"),
}


def check_kinds_of(parts: Mapping[str, tuple[object, Any]], language: str) -> Problems:
    """Return which parts of a study are of another type than they should be.

    Parameters
    ----------
    parts
        Each part by its name, with the type it should be of.
    language
        What the study speaks.
    """
    faults = [
        _fault(name, type(part).__name__, _MENDS[name])
        for name, (part, kind) in parts.items()
        if not isinstance(part, kind)
    ]
    if language not in get_args(Language):
        faults.append(_fault("language", str(language), Text.same("zh, en")))
    return Problems(faults)


def check_layers(given: Sequence[object]) -> Problems:
    """Return what is wrong with the layers of a study as a list.

    Parameters
    ----------
    given
        The id of each `LayerInput`, and whatever else stands among them.
    """
    ids = [name for name in given if isinstance(name, str)]
    problems = Problems()
    for other in given:
        if not isinstance(other, str):
            problems.add(_fault("layers", type(other).__name__, _MENDS["layers"]))
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        problems.add(
            Problem(
                code="inputs.duplicate_layer",
                what=Text("两个图层的编号相同", "two layers have one id"),
                column="layers",
                found=name,
                mend=Text(
                    "改一个的编号：dataclasses.replace(layer, id=...)",
                    "give one another id: dataclasses.replace(layer, id=...)",
                ),
            )
        )
    return problems


def with_units(places: gpd.GeoDataFrame, region: Region) -> gpd.GeoDataFrame:
    """Return places of which each says its unit: the one it lies in where nobody said one.

    Parameters
    ----------
    places
        Points; as they are where every unit is given, or their system is not the region's.
    region
        The units.
    """
    silent = places["unit"].isna().to_numpy() if "unit" in places else np.ones(len(places), bool)
    if places.crs != region.crs:
        # Said as a fault of its own.
        return places if "unit" in places else places.assign(unit="")
    if "unit" in places and not silent.any():
        return places
    said = places["unit"].to_numpy(dtype=object) if "unit" in places else np.full(len(places), "")
    found = np.where(silent, units_at(places.geometry, region.units), said)
    return places.assign(unit=pd.array(found, dtype="string"))


def _fault(name: str, found: str, expected: Text) -> Problem:
    return Problem(
        code="inputs.part",
        what=Text(f"{name} 不能使用", f"{name} cannot be used"),
        column=name,
        found=found,
        expected=expected,
        mend=Text("改为应有的写法", "give what is expected"),
    )
