import geopandas as gpd
import pytest
from shapely.geometry import box
from tiny import CRS, X0, Y0, at, network, profile

from coverplan.siting import check_candidates
from coverplan.siting.candidates import ALLOWED
from coverplan.travel import mode_graph

GRAPH = mode_graph(network([[(0, 0), (2000, 0)]]), profile(cap=400))


def candidates(*rows):
    return gpd.GeoDataFrame(
        {"name": [f"c{i}" for i in range(len(rows))], "unit": [r[2] for r in rows]},
        index=[f"c{i}" for i in range(len(rows))],
        geometry=gpd.points_from_xy(*at(*[r[:2] for r in rows]).T),
        crs=CRS,
    )


def areas(*boxes, name="保护区"):
    shapes = [box(X0 + a, Y0 + b, X0 + c, Y0 + d) for a, b, c, d in boxes]
    return gpd.GeoDataFrame({"name": [name] * len(shapes)}, geometry=shapes, crs=CRS)


def test_each_rejected_candidate_keeps_its_reason():
    places = candidates((100, 0, "a"), (500, 0, ""), (900, 0, "a"), (1500, 401, "a"))
    found = check_candidates(places, GRAPH, [(areas((800, -50, 1000, 50)), 0.0, "protected")])
    assert [r.zh for r in found.reasons] == ["", "在研究区外", "位于保护区内", "附近没有可用道路"]
    assert list(found.allowed.index) == ["c0"]
    assert len(found.joined) == 1


@pytest.mark.parametrize(
    ("metres", "allowed"), [(0, True), (99.9, True), (100, False), (300, False)]
)
def test_the_distance_to_keep_is_inclusive(metres, allowed):
    """Exactly at the distance is too near: "within 300 m of homes" includes 300 m."""
    found = check_candidates(
        candidates((100, 0, "a")), GRAPH, [(areas((200, -50, 300, 50)), metres, "homes")]
    )
    assert (found.reasons[0] == ALLOWED) == allowed
    if not allowed:
        assert f"{metres:g}" in found.reasons[0].en


def test_an_area_without_a_name_is_called_by_its_file():
    found = check_candidates(
        candidates((100, 0, "a")), GRAPH, [(areas((0, -9, 200, 9), name=""), 0.0, "homes")]
    )
    assert found.reasons[0].en == "inside homes"
