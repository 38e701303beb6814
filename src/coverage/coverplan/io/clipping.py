"""Leaving out roads far from the study: asked for in the study file, and always said."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from ..core.crs import LONLAT
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.region import Region

_SPARE = 0.01
"""Of the margin, for lengths in the projection that differ from true ones."""

_Flags = NDArray[np.bool_]
_METRES_PER_MINUTE = 2000.0
"""120 km/h, as fast as anybody is taken to travel."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Roads are kept so far around a study and no farther.

    Parameters
    ----------
    metres
        How far beyond the box of the units.
    box
        West, south, east and north of what is kept, in degrees.

    Notes
    -----
    What stays exact. Let nobody travel faster than v, nor walk to the road faster than v / 2, and
    let the margin be v T at least. A way of at most T minutes that begins within the units does
    not leave the box: each of its points is at most v T from its beginning. So all of its edges
    touch the box and are kept, and whoever has a site within T minutes has it still, after the
    same time. Nor is anything nearer than before: a site that has lost the road next to it, and is
    joined to another one within T minutes, would have had that road within v T as well. Longer
    ways may leave the box, and sites beyond it may be cut off: their minutes can only be more, or
    unknown, and `note` says so.
    """

    metres: float
    box: tuple[float, float, float, float]

    @classmethod
    def around(cls, region: Region, metres: float) -> "Clip":
        """Return what is kept around the units of a study and so many metres beyond."""
        west, south, east, north = region.units.total_bounds
        more = metres * (1 + _SPARE)
        transform = Transformer.from_crs(region.crs, LONLAT, always_xy=True)
        box = transform.transform_bounds(west - more, south - more, east + more, north + more)
        return cls(metres, (float(box[0]), float(box[1]), float(box[2]), float(box[3])))

    def touches(self, low: NDArray[Any], high: NDArray[Any], scale: float = 1.0) -> _Flags:
        """Return which boxes touch what is kept.

        Parameters
        ----------
        low, high
            South-west and north-east corners, shape ``(n, 2)``, in degrees times ``scale``.
        scale
            10,000,000 for coordinates as OpenStreetMap keeps them.
        """
        west, south, east, north = (degrees * scale for degrees in self.box)
        with np.errstate(invalid="ignore"):
            touches = ((low <= (east, north)) & (high >= (west, south))).all(axis=1)
        # What has no place is for others to speak of.
        return np.asarray(touches | np.isnan(low).any(axis=1), dtype=np.bool_)

    def applied(self, edges: gpd.GeoDataFrame, file: str, problems: Problems) -> gpd.GeoDataFrame:
        """Return the records whose own box touches what is kept; say how many do not."""
        around = edges.geometry
        if edges.crs is not None and not edges.crs.equals(LONLAT, ignore_axis_order=True):
            around = around.to_crs(LONLAT)
        bounds = shapely.bounds(around.to_numpy())
        near = self.touches(bounds[:, :2], bounds[:, 2:])
        self.note(file, int(near.sum()), int((~near).sum()), problems)
        return edges if near.all() else edges[near].reset_index(drop=True)

    def note(self, file: str, kept: int, left_out: int, problems: Problems) -> None:
        """Say how many roads are left out, and what that means; nothing where none is.

        Raises
        ------
        InputError
            When no road is left.
        """
        if not left_out:
            return
        minutes = self.metres / _METRES_PER_MINUTE
        note = Problem(
            code="roads.clipped",
            what=Text(
                f"按 clip_metres 略去研究区外 {self.metres:,.0f} 米以远的 {left_out:,} 条道路，"
                f"保留 {kept:,} 条：时速不超过 120 公里时，{minutes:g} 分钟以内的覆盖不变；"
                "更长的时间可能偏大",
                f"clip_metres leaves out {left_out:,} edges farther than {self.metres:,.0f} m from "
                f"the study, {kept:,} stay: at up to 120 km/h coverage within {minutes:g} minutes "
                "is unchanged; longer times may come out too long",
            ),
            file=file,
            mend=Text(
                "取最长的时间标准乘以最快的车速，或更大；删去 clip_metres 则全部使用",
                "make it the longest limit times the fastest speed, or more; without clip_metres "
                "all roads are used",
            ),
            severity="warning" if kept else "error",
        )
        if not kept:
            raise InputError([note])
        problems.add(note)
