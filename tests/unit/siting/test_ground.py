"""Every reason a place may not be used, at the distance, a hair less and a hair more."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box
from tiny import CRS, X0, Y0, at, network, profile

from coverplan import Text
from coverplan.siting import check_candidates
from coverplan.siting.candidates import NO_ROAD
from coverplan.siting.ground import (
    ALLOWED,
    EXCLUDED,
    NO_LIMITS,
    OUTSIDE,
    SLOPE_UNKNOWN,
    GroundLimits,
    ground_reasons,
)
from coverplan.travel import mode_graph

GRAPH = mode_graph(network([[(0, 0), (2000, 0)]]), profile(cap=400))


def places(*rows, **columns):
    return gpd.GeoDataFrame(
        {"name": "", "unit": [r[2] for r in rows], **columns},
        index=[f"c{i}" for i in range(len(rows))],
        geometry=gpd.points_from_xy(*at(*[r[:2] for r in rows]).T),
        crs=CRS,
    )


def areas(*shapes, name=""):
    moved = [box(X0 + a, Y0 + b, X0 + c, Y0 + d) for a, b, c, d in shapes]
    return gpd.GeoDataFrame({"name": [name] * len(moved)}, geometry=moved, crs=CRS)


HERE = places((0, 0, "a"))


def only(frame=HERE, forbidden=(), **limits):
    (reason,) = ground_reasons(frame, forbidden, GroundLimits(**limits))
    return reason


@pytest.mark.parametrize(("away", "allowed"), [(299.9, False), (300, True), (300.1, True)])
def test_exactly_at_the_distance_from_homes_is_enough(away, allowed):
    reason = only(homes_xy=at((away, 0), (5000, 0)), homes_metres=300.0)
    assert (reason == ALLOWED) == allowed
    if not allowed:
        assert (reason.zh, reason.en) == ("距居民点不足 300 米", "less than 300 m from homes")


@pytest.mark.parametrize(("away", "allowed"), [(299.9, False), (300, False), (300.1, True)])
def test_exactly_at_the_distance_from_an_area_is_too_near(away, allowed):
    reason = only(forbidden=[(areas((away, -9, away + 50, 9), name="水库"), 300.0, "x")])
    assert (reason == ALLOWED) == allowed
    if not allowed:
        assert (reason.zh, reason.en) == ("距水库不超过 300 米", "within 300 m of 水库")


@pytest.mark.parametrize(("away", "allowed"), [(499, False), (500, True), (501, True)])
def test_exactly_at_the_spacing_from_a_site_that_stays_is_enough(away, allowed):
    reason = only(kept_xy=at((0, away)), spacing_metres=500.0)
    assert (reason == ALLOWED) == allowed
    if not allowed:
        assert "500" in reason.zh
        assert "stays" in reason.en


@pytest.mark.parametrize(("percent", "allowed"), [(24.9, True), (25, True), (25.1, False)])
def test_slope(percent, allowed):
    reason = only(places((0, 0, "a"), slope_percent=[percent]), most_slope_percent=25.0)
    assert (reason == ALLOWED) == allowed
    if not allowed:
        assert (reason.zh, reason.en) == ("坡度超过 25 %", "steeper than 25 %")


def test_a_slope_nobody_knows_is_not_flat():
    frame = places((0, 0, "a"), slope_percent=[np.nan])
    assert only(frame, most_slope_percent=25.0) == SLOPE_UNKNOWN
    assert only(frame) == ALLOWED


def test_every_required_area_counts_and_its_edge_is_inside():
    frame = places((0, 0, "a"), (10, 0, "a"), (20, 0, "a"), (30, 0, "a"))
    first, second = areas((-5, -5, 5, 5), (15, -5, 40, 5)), areas((-5, -5, 20, 5))
    limits = GroundLimits(required=((first, "建设用地"), (second, "镇区")))
    words = [r.zh for r in ground_reasons(frame, (), limits)]
    assert words == ["", "不在建设用地内", "", "不在镇区内"]
    none = GroundLimits(required=((areas(), "无"),))
    assert {r.en for r in ground_reasons(frame, (), none)} == {"not inside 无"}


@pytest.mark.parametrize(("away", "allowed"), [(99, True), (100, True), (100.5, False)])
def test_road_distance(away, allowed):
    limits = GroundLimits(most_road_metres=100.0)
    # The road is drawn true to about 2 parts in 10,000 there.
    frame = places((500, away / GRAPH.network.scale, "a"))
    found = check_candidates(frame, GRAPH, (), limits)
    assert (found.reasons[0] == ALLOWED) == allowed
    if not allowed:
        assert (found.reasons[0].zh, found.reasons[0].en) == (
            "距可用道路超过 100 米", "more than 100 m from a usable road",
        )  # fmt: skip


def test_no_road_at_all_is_another_reason():
    found = check_candidates(
        places((500, 401, "a")), GRAPH, (), GroundLimits(most_road_metres=100.0)
    )
    assert found.reasons == (NO_ROAD,)


def test_the_first_reason_counts_and_reasons_are_counted():
    home, stays = at((1000, 0)), at((1200, 0))
    frame = places(
        (0, 0, ""), (100, 0, "a"), (200, 0, "a"), (1000, 10, "a"), (1200, 10, "a"), (1500, 0, "a"),
        (1200, 20, "a"), (1900, 300, "a"), (1800, 0, "a"),
        slope_percent=[0.0] * 5 + [30.0] + [0.0] * 3,
    )  # fmt: skip
    limits = GroundLimits(
        required=((areas((0, -500, 1700, 500)), "r"),),
        homes_xy=home,
        homes_metres=50.0,
        most_slope_percent=25.0,
        kept_xy=stays,
        spacing_metres=50.0,
        most_road_metres=10.0,
        excluded=frozenset({"c0", "c1", "c6"}),
    )
    everything = areas((150, -5, 250, 5), (150, -5, 250, 5), name="甲")
    found = check_candidates(frame, GRAPH, [(everything, 0.0, "f"), (everything, 9.0, "g")], limits)
    assert [r.en for r in found.reasons] == [
        "outside the study", "excluded by the list", "inside 甲", "less than 50 m from homes",
        "less than 50 m from a site that stays", "steeper than 25 %", "excluded by the list",
        "not inside r", "not inside r",
    ]  # fmt: skip
    assert found.reasons[1] == EXCLUDED
    assert found.reasons[0] == OUTSIDE
    counts = list(found.counts.items())
    assert sum(n for _, n in counts) == 9
    assert counts[0][1] == 2
    assert len(found.allowed) == len(found.joined) == 0


def test_lines_and_points_keep_their_distance_too():
    railway = gpd.GeoDataFrame(
        {"name": [""]}, geometry=[LineString([(X0 - 900, Y0 + 40), (X0 + 900, Y0 + 40)])], crs=CRS
    )
    assert only(forbidden=[(railway, 39.9, "铁路")]) == ALLOWED
    assert only(forbidden=[(railway, 40.0, "铁路")]).zh == "距铁路不超过 40 米"
    assert (
        only(forbidden=[(railway, 40.0, Text("铁路", "railways"))]).en == "within 40 m of railways"
    )


def test_nobody_at_home_and_no_places():
    assert only(homes_xy=at(), homes_metres=300.0) == ALLOWED
    assert ground_reasons(HERE.iloc[:0], [(areas((0, 0, 1, 1)), 5.0, "x")], NO_LIMITS) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=0, max_size=5),
    st.integers(1, 12),
)
def test_homes_against_every_pair(spots, homes, metres):
    frame = places(*[(x, y, "a") for x, y in spots])
    limits = GroundLimits(homes_xy=at(*homes), homes_metres=float(metres))
    got = [r == ALLOWED for r in ground_reasons(frame, (), limits)]
    squares = [
        min([(x - a) ** 2 + (y - b) ** 2 for a, b in homes], default=10**6) for x, y in spots
    ]
    assert got == [square >= metres**2 for square in squares]
