"""Real roads broken on purpose and repaired: travel times are those of the roads as they were.

Wuhan's roads end at their junctions, joined by equal coordinates. Where an end lies within a metre
and a half of a road it does not join, or two roads cross without a node (flyovers; the file marks
none), nobody could tell what is joined: those roads are left out. The rest is joined into long
lines by class as a GIS does it, motorways apart, every end cut off by 30 cm, a tenth drawn twice.
Times are scipy's on either graph, and the bounds on them exact: no edge is longer or shorter than
it was by more than twice the report's largest shift at either end.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from broken_roads import METRES, repaired
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from shapely.ops import substring

APART = 1.5
SHORT = 0.3
HALF, LEAST = 6_000.0, 1_500


def ends_of(lines):
    return [shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)]


def unambiguous(roads):
    """Roads that come near others only at shared ends."""
    lines = roads.geometry.to_numpy()
    a, b = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=APART)
    a, b = a[a != b], b[a != b]
    shares = np.zeros(len(a), dtype=bool)
    for one in ends_of(lines):
        for other in ends_of(lines):
            shares |= (one[a] == other[b]).all(axis=1)
    crosses = shapely.crosses(lines[a], lines[b])
    bad = np.zeros(len(lines), dtype=bool)
    bad[a[~shares | crosses]] = True
    return roads[~bad & (shapely.length(lines) > 2 * APART)].reset_index(drop=True)


def graph(u, v, weight, n):
    """The least weight between nodes, both ways."""
    table = pd.DataFrame({"a": np.minimum(u, v), "b": np.maximum(u, v), "w": weight})
    least = table.groupby(["a", "b"]).w.min().reset_index()
    return coo_matrix((least.w, (least.a, least.b)), shape=(n, n)).tocsr()


def broken(roads, rng):
    """The roads of each class as long lines, ends cut off, some twice."""
    long = []
    for road_class, some in roads.groupby("highway"):
        merged = shapely.line_merge(shapely.MultiLineString(list(some.geometry)))
        if road_class.startswith("motorway"):
            merged = shapely.MultiLineString(list(some.geometry))
        long += [(road_class, line) for line in shapely.get_parts(merged)]
    lines = [substring(line, SHORT, line.length - SHORT) for _, line in long]
    classes = [road_class for road_class, _ in long]
    for i in rng.integers(0, len(lines), len(lines) // 10).tolist():
        lines.append(lines[i].reverse() if rng.random() < 0.5 else lines[i])
        classes.append(classes[i])
    order = rng.permutation(len(lines))
    frame = gpd.GeoDataFrame({"highway": classes}, geometry=lines, crs=METRES)
    return frame.assign(bridge="no").iloc[order].reset_index(drop=True)


def test_times_on_broken_roads_are_those_of_the_whole_ones(test_data):
    rng = np.random.default_rng(3)
    roads = gpd.read_parquet(test_data / "realdata" / "cn_wuhan" / "roads.parquet").to_crs(METRES)
    x, y = roads.geometry.iloc[0].coords[0]
    near = roads.cx[x - HALF : x + HALF, y - HALF : y + HALF].reset_index(drop=True)
    near["geometry"] = shapely.normalize(near.geometry.to_numpy())
    whole = unambiguous(near.drop_duplicates(["geometry"]).reset_index(drop=True))
    assert len(whole) > LEAST
    made = broken(whole, rng)
    assert len(made) < 0.8 * len(whole)
    edges, report = repaired(made)
    assert report.largest_metres <= 1.0
    check(whole, edges.frame, report.largest_metres, rng)


def check(whole, edges, shift, rng):
    """Compare times from some nodes to all that are still nodes."""
    kmh = {c: 20.0 + 5 * i for i, c in enumerate(sorted(whole["highway"].unique()))}
    start, stop = ends_of(whole.geometry.to_numpy())
    xy, ids = np.unique(np.vstack([start, stop]), axis=0, return_inverse=True)
    u, v = ids.ravel()[: len(whole)], ids.ravel()[len(whole) :]
    hours = whole["highway"].map(kmh).to_numpy() * 1000
    metres = whole.length.to_numpy()
    low = graph(u, v, np.maximum(metres - 4 * shift, 1e-6) / hours, len(xy))
    high = graph(u, v, (metres + 4 * shift) / hours, len(xy))
    mu, mv = edges["_u"].to_numpy(), edges["_v"].to_numpy()
    place = np.full((max(mu.max(), mv.max()) + 1, 2), 1e12)
    place[mu], place[mv] = ends_of(edges.geometry.to_numpy())
    found = graph(mu, mv, edges.length / edges["highway"].map(kmh) / 1000, len(place))
    far, node = cKDTree(place).query(xy)
    there = np.flatnonzero(far <= shift + 1e-6)
    assert len(there) > 0.2 * len(xy)
    some = rng.choice(there, 15, replace=False)
    mine = dijkstra(found, directed=False, indices=node[some])[:, node[there]]
    least = dijkstra(low, directed=False, indices=some)[:, there]
    most = dijkstra(high, directed=False, indices=some)[:, there]
    assert (np.isfinite(mine) == np.isfinite(least)).all()
    ends = np.isfinite(mine) & (least > 0)
    assert (mine[ends] >= least[ends] - 1e-9).all()
    assert (mine[ends] <= most[ends] + 1e-9).all()
    return mine, least, most, ends
