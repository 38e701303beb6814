"""How far the roads of a study go beyond its units: what lies farther can serve nobody in it."""

import shapely

from ..domain.network import Network
from ..domain.region import Region

__all__ = ["roads_beyond_metres"]

_GRAIN_METRES = 20.0


def roads_beyond_metres(region: Region, network: Network) -> float | None:
    """Return how far from the units the farthest end of a road lies; None without roads.

    Parameters
    ----------
    region, network
        The units and the roads, both in metres of one system.

    Returns
    -------
    float or None
        Metres to some tens of metres, 0 where every road ends inside.
    """
    if not network.has_roads or not network.n_edges:
        return None
    # Ends of lines, not their middles: a road that goes out and comes back is inside at its ends.
    ends = shapely.points(
        shapely.get_coordinates(
            [*shapely.get_point(network.lines, 0), *shapely.get_point(network.lines, -1)]
        )
    )
    # A coarser outline is as good for a sentence, and its distance is told soon.
    ground = shapely.simplify(shapely.union_all(region.units.geometry.to_numpy()), _GRAIN_METRES)
    shapely.prepare(ground)
    outside = ends[~shapely.intersects(ground, ends)]
    if not len(outside):
        return 0.0
    return float(shapely.distance(ground, outside).max())
