"""Units in groups to compare: streets and the rest, or any other partition."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..domain.region import Region
from .measures import RURAL, TOWNSHIP, URBAN, URBAN_RURAL

UNKNOWN = ""
"""Group of a unit of which it is not known."""

_STREETS = ("街道", "street", "subdistrict")
_NAMES = {"街道": URBAN, "镇": RURAL, "乡": RURAL}


def urban_rural(region: Region, urban: Mapping[str, bool]) -> NDArray[np.object_]:
    """Return whether each unit is urban or rural, shape ``(n_units,)``.

    Parameters
    ----------
    region
        The units: a street is urban, any other kind rural; a unit without a kind goes by the
        last character of its name, and is `UNKNOWN` where that says nothing.
    urban
        What is known better, by code.
    """
    kinds = zip(region.codes, region.units["kind"], region.names, strict=True)
    return np.array([_of(code, str(k), str(n), urban) for code, k, n in kinds], dtype=object)


def _of(code: str, kind: str, name: str, urban: Mapping[str, bool]) -> str:
    if code in urban:
        return URBAN if urban[code] else RURAL
    if kind:
        return URBAN if kind.lower() in _STREETS else RURAL
    return next((found for end, found in _NAMES.items() if name.endswith(end)), UNKNOWN)


def partitions_of(
    region: Region, urban: Mapping[str, bool], further: Mapping[str, Mapping[str, str]]
) -> dict[str, NDArray[np.object_]]:
    """Return the group of each unit in every partition, by name of the partition.

    Parameters
    ----------
    region, urban
        As in `urban_rural`.
    further
        Further partitions: name -> code -> group; a unit left out is `UNKNOWN`.
    """
    codes = region.codes
    own = {name: [by.get(code, UNKNOWN) for code in codes] for name, by in further.items()}
    return {
        URBAN_RURAL: urban_rural(region, urban),
        TOWNSHIP: np.array(codes, dtype=object),
        **{name: np.array(groups, dtype=object) for name, groups in own.items()},
    }
