"""Made-up squares for units with names of choice, and rows of a table of totals."""

from collections.abc import Sequence

import geopandas as gpd
from shapely.geometry import box

from coverplan import Region
from coverplan.domain.former import Naming

SIDE = 2000.0


def region_of(towns: Sequence[tuple[str, str]], naming: Naming | None = None) -> Region:
    """Squares of 2 km in a row."""
    frame = gpd.GeoDataFrame(
        {"code": [code for code, _ in towns], "name": [name for _, name in towns]},
        geometry=[box(i * SIDE, 0, (i + 1) * SIDE, SIDE) for i in range(len(towns))],
        crs=4549,
    )
    return Region.from_frame(frame, naming=naming)
