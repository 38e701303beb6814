"""Roads far from the study left out: said, and nothing near changed."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from coverplan import InputError
from coverplan.core.errors import Problems
from coverplan.domain.region import Region
from coverplan.io.clipping import Clip

CRS = 4549


def region(side):
    unit = shapely.box(500_000, 3_300_000, 500_000 + side, 3_300_000 + side)
    frame = gpd.GeoDataFrame({"code": ["1"], "name": ["甲镇"]}, geometry=[unit], crs=CRS)
    return Region.from_frame(frame)


def line(*xy):
    return shapely.LineString([(500_000 + x, 3_300_000 + y) for x, y in xy])


def test_what_comes_near_is_kept_whole_and_the_rest_is_said():
    clip = Clip.around(region(4_000), 1_000)
    lines = [
        line((0, 0), (100, 0)),
        line((-900, 0), (-50_000, 0)),
        line((-1_100, 0), (-50_000, 0)),
        line((-9_000, 5_500), (9_000, 5_500)),
        line((-9_000, 4_900), (9_000, 4_900)),
    ]
    edges = gpd.GeoDataFrame({"n": range(5)}, geometry=lines, crs=CRS)
    problems = Problems()
    assert clip.applied(edges, "roads.gpkg", problems)["n"].tolist() == [0, 1, 4]
    (note,) = problems
    assert (note.code, note.file, note.severity) == ("roads.clipped", "roads.gpkg", "warning")
    assert note.what.en == (
        "clip_metres leaves out 2 edges farther than 1,000 m from the study, 3 stay: at up to "
        "120 km/h coverage within 0.5 minutes is unchanged; longer times may come out too long"
    )
    assert "略去研究区外 1,000 米以远的 2 条道路" in note.what.zh


def test_nothing_left_out_is_not_spoken_of_and_nothing_left_is_an_error():
    clip, problems = Clip.around(region(4_000), 1_000), Problems()
    near = gpd.GeoDataFrame(geometry=[line((0, 0), (9, 9))], crs=CRS)
    assert clip.applied(near, "roads.gpkg", problems) is near
    assert not list(problems)
    far = gpd.GeoDataFrame(geometry=[line((90_000, 0), (90_009, 9))], crs=CRS)
    with pytest.raises(InputError, match="leaves out 1 edges") as caught:
        clip.applied(far, "roads.gpkg", problems)
    assert [p.code for p in caught.value.problems] == ["roads.clipped"]


@pytest.mark.parametrize("seed", range(5))
def test_whoever_is_reached_in_time_still_is_after_the_same_time(seed):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-10_000, 14_000, (600, 2))
    near = shapely.STRtree(shapely.points(xy)).query(
        shapely.points(xy), predicate="dwithin", distance=1_500
    )
    u, v = near[:, near[0] < near[1]]
    lines = [line(xy[a], xy[b]) for a, b in zip(u, v, strict=True)]
    # Nobody is faster than the straight line at 120 km/h; many are slower.
    minutes = shapely.length(lines) / 2_000 * rng.uniform(1, 1.5, len(lines))
    edges = gpd.GeoDataFrame({"u": u, "v": v, "minutes": minutes}, geometry=lines, crs=CRS)
    clip = Clip.around(region(4_000), 4_000)
    kept = clip.applied(edges, "roads.gpkg", Problems())
    assert 0.2 < len(kept) / len(edges) < 0.7
    graphs = [nx.from_pandas_edgelist(e, "u", "v", "minutes") for e in (edges, kept)]
    inside = np.flatnonzero(((xy >= 0) & (xy <= 4_000)).all(axis=1))
    assert len(inside) > 5
    for person in inside.tolist():
        reached = [
            nx.single_source_dijkstra_path_length(g, person, cutoff=2, weight="minutes")
            if person in g
            else {person: 0}
            for g in graphs
        ]
        assert reached[0] == reached[1]
