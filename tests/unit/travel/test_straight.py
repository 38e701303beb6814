"""Travel without roads: exact geodesics times a factor, against PROJ asked pair by pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from tiny import network, profile

from coverplan import InputError, Network
from coverplan.domain import builtin_profiles
from coverplan.travel import (
    isochrones,
    k_nearest_sites,
    mode_graph,
    nearest_site,
    reach_sums,
    road_kilometres,
    routes,
    service_area,
    snap,
    straighttimes,
    travel_time_blocks,
    travel_times,
)
from coverplan.travel import straight as straight_module
from coverplan.travel.missing import without_edges
from coverplan.travel.straight import GEOD, Spots, Ways, _arc
from coverplan.travel.straighttimes import _rows

CHINA = CRS.from_epsg(4549)
GROUND = Network.without_roads(CHINA)
WGS84 = Geod(ellps="WGS84")


def straight(kmh=3.2, detour=1.4, ground=GROUND):
    return mode_graph(ground, profile(kmh).straight_line(detour))


def plain_ms(crs, people, sites, kmh, detour):
    """Milliseconds from everybody to every site, by PROJ alone; shape (people, sites)."""
    to = Transformer.from_crs(crs, 4326, always_xy=True)
    here, there = np.array(to.transform(*people.T)), np.array(to.transform(*sites.T))
    n, m = len(people), len(sites)
    pairs = (*np.repeat(here, m, axis=1), *np.tile(there, n))
    return np.rint(WGS84.inv(*pairs)[2] * detour * 3600 / kmh).astype(np.int64).reshape(n, m)


def some_places(seed, n, width=30_000.0):
    rng = np.random.default_rng(seed)
    return [500_000.0, 3_200_000.0] + rng.uniform(-width, width, (n, 2))


@pytest.fixture(scope="module")
def case():
    people, sites = some_places(1, 700), some_places(2, 40)
    # Sites on one spot, and people on the doorstep: ties, and zeros.
    sites = np.vstack([sites, sites[:5], people[:3]])
    graph = straight(3.2, 1.37)
    return graph, people, sites, plain_ms(CHINA, people, sites, 3.2, 1.37)


def test_nearest_is_the_brute_force_to_the_millisecond_ties_by_position(case):
    graph, people, sites, ms = case
    found = nearest_site(graph, snap(graph, people), snap(graph, sites))
    assert (found.ms == ms.min(axis=1)).all()
    assert (found.site == ms.argmin(axis=1)).all()
    assert (found.ms[:3] == 0).all()


@pytest.mark.parametrize("k", [1, 4, 48, 60])
def test_k_nearest_are_the_first_of_all_by_time_then_position(case, k):
    graph, people, sites, ms = case
    found = k_nearest_sites(graph, snap(graph, people), snap(graph, sites), k)
    order = np.argsort(ms, axis=1, kind="stable")[:, :k]
    n = order.shape[1]
    assert (found.site[:, :n] == order).all()
    assert (found.ms[:, :n] == np.take_along_axis(ms, order, axis=1)).all()
    assert (found.ms[:, n:] == -1).all()
    assert (found.site[:, n:] == -1).all()


def matrix(times, n):
    full = np.full((n, len(times.sites)), -1)
    for s in range(len(times.sites)):
        row = slice(times.ptr[s], times.ptr[s + 1])
        assert (np.diff(times.who[row]) > 0).all()
        full[times.who[row], s] = times.ms[row]
    return full


@pytest.mark.parametrize("minutes", [0, 15, 240, 3000])
def test_travel_times_are_all_pairs_within_the_limit_and_no_other(case, minutes):
    graph, people, sites, ms = case
    times = travel_times(graph, snap(graph, people), snap(graph, sites), cutoff_minutes=minutes)
    assert (matrix(times, len(people)) == np.where(ms <= minutes * 60_000, ms, -1)).all()
    pairs = travel_times(
        graph, snap(graph, people), snap(graph, sites), cutoff_minutes=minutes, keep_ms=False
    )
    assert (pairs.who == times.who).all()
    assert len(pairs.ms) == 0


def test_exactly_on_the_limit_is_within_and_a_millisecond_more_is_not():
    people, sites = some_places(3, 1), some_places(4, 1)
    graph = straight()
    ms = int(nearest_site(graph, snap(graph, people), snap(graph, sites)).ms[0])
    for limit, n in ((ms, 1), (ms - 1, 0)):
        found = travel_times(
            graph, snap(graph, people), snap(graph, sites), cutoff_minutes=limit / 60_000
        )
        assert len(found.who) == n
        sums = reach_sums(
            graph, snap(graph, people), snap(graph, sites), np.array([7]), minutes=[limit / 60_000]
        )
        assert sums.tolist() == [[7 * n]]


def test_blocks_are_the_rows_of_the_whole_in_the_memory_allowed(case):
    graph, people, sites, _ = case
    ends = snap(graph, people), snap(graph, sites)
    whole = travel_times(graph, *ends, cutoff_minutes=600)
    done = []
    blocks = list(
        travel_time_blocks(
            graph, *ends, cutoff_minutes=600, memory_limit_mb=0.05, progress=done.append
        )
    )
    assert len(blocks) > 2
    assert sum(done) == len(sites)
    assert (np.concatenate([b.who for b in blocks]) == whole.who).all()
    assert (np.concatenate([b.ms for b in blocks]) == whole.ms).all()
    assert list(np.concatenate([b.sites for b in blocks])) == list(whole.sites)
    assert max(len(b.who) for b in blocks) * 8 * 3 <= 50_000
    with pytest.raises(InputError, match="travel times"):
        travel_times(graph, *ends, cutoff_minutes=600, memory_limit_mb=0.05)
    with pytest.raises(InputError, match="travel times"):
        list(travel_time_blocks(graph, *ends, cutoff_minutes=600, memory_limit_mb=0.001))


def test_many_small_parts_are_one_table(case):
    graph, people, sites, ms = case
    ends = snap(graph, people), snap(graph, sites)
    parts = list(_rows(graph, *ends, 60_000 * 400, 500))
    assert len(parts) > 5
    assert np.concatenate([p.number for p in parts]).tolist() == (
        (ms <= 60_000 * 400).sum(axis=0).tolist()
    )


def test_what_is_found_does_not_depend_on_how_many_pairs_are_looked_at_together(case, monkeypatch):
    graph, people, sites, ms = case
    ends = snap(graph, people), snap(graph, sites)
    monkeypatch.setattr(straight_module, "_PAIRS_AT_ONCE", 70)
    monkeypatch.setattr(straighttimes, "_PAIRS_AT_ONCE", 300)
    near = k_nearest_sites(graph, *ends, 3)
    assert (near.site == np.argsort(ms, axis=1, kind="stable")[:, :3]).all()
    times = travel_times(graph, *ends, cutoff_minutes=400)
    assert (matrix(times, len(people)) == np.where(ms <= 400 * 60_000, ms, -1)).all()
    done = []
    weights = np.arange(len(people))
    sums = reach_sums(graph, *ends, weights, minutes=[400], progress=done.append)
    assert (sums[:, 0] == (ms <= 400 * 60_000).T.astype(np.int64) @ weights).all()
    assert len(done) > 10
    assert sum(done) == len(sites)


def test_people_within_reach_are_sums_of_whole_numbers(case):
    graph, people, sites, ms = case
    groups = np.random.default_rng(5).integers(0, 100, (len(people), 2))
    limits = [60, 5, 600]
    sums = reach_sums(graph, snap(graph, people), snap(graph, sites), groups, minutes=limits)
    for i, limit in enumerate(limits):
        assert (sums[:, i] == (ms <= limit * 60_000).T.astype(np.int64) @ groups).all()
    one = reach_sums(graph, snap(graph, people), snap(graph, sites), groups[:, 0], minutes=limits)
    assert (one == sums[:, :, 0]).all()


def test_both_directions_take_the_same_time(case):
    graph, people, sites, _ = case
    ends = snap(graph, people), snap(graph, sites)
    to, out = (nearest_site(graph, *ends, direction=d) for d in ("to_site", "from_site"))
    assert (to.ms == out.ms).all()


@pytest.mark.parametrize("lat", [0.01, 30.0, 53.0, 84.0])
@pytest.mark.parametrize("degrees", [1e-7, 1e-4, 0.03, 2.0, 9.0])
def test_geodesics_lie_between_the_two_arcs(lat, degrees):
    """What spares asking for a geodesic must hold for every direction, latitude and length."""
    rng = np.random.default_rng(round(lat * 1000))
    n = 3000
    bearing, metres = rng.uniform(0, 360, n), rng.uniform(0, degrees * 111_000, n)
    lon, lats = np.full(n, 120.0), np.full(n, lat)
    x, y, _ = WGS84.fwd(lon, lats, bearing, metres)
    lonlat = CRS.from_epsg(4326)
    here, there = (
        Spots.at(np.column_stack([lon, lats]), lonlat),
        Spots.at(np.column_stack([x, y]), lonlat),
    )
    chord = np.linalg.norm(here.space - there.space, axis=1)
    true = WGS84.inv(lon, lats, x, y)[2]
    assert (true <= _arc(chord, GEOD.b**2 / GEOD.a) + 1e-6).all()
    assert (true >= _arc(chord, GEOD.a**2 / GEOD.b) - 1e-6).all()
    # No tighter than need be: a bound that always left the question open would be none.
    assert np.median(_arc(chord, GEOD.b**2 / GEOD.a) - true) < 1e-6 + degrees**3


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.floats(1, 5), st.floats(0.5, 120), st.sampled_from([4549, 32651]))
def test_any_factor_speed_and_projection_gives_the_brute_force(seed, detour, kmh, code):
    crs = CRS.from_epsg(code)
    people, sites = some_places(seed, 12, 5000.0), some_places(seed + 1, 5, 5000.0)
    graph = straight(kmh, detour, Network.without_roads(crs))
    found = nearest_site(graph, snap(graph, people), snap(graph, sites))
    ms = plain_ms(crs, people, sites, kmh, detour)
    assert (found.ms == ms.min(axis=1)).all()
    assert (found.site == ms.argmin(axis=1)).all()


@settings(deadline=None, max_examples=25)
@given(st.floats(1, 4), st.floats(1, 4))
def test_a_greater_factor_brings_nobody_nearer(one, other):
    low, high = sorted((one, other))
    people, sites = some_places(8, 60), some_places(9, 6)
    times = []
    for detour in (low, high):
        graph = straight(4.0, detour)
        times.append(nearest_site(graph, snap(graph, people), snap(graph, sites)).ms)
    assert (times[0] <= times[1]).all()


def test_the_projection_does_not_stretch_anything():
    """The same two places, in a zone of their own and 200 km beside one."""
    lonlat = np.array([[118.0, 30.0], [118.02, 30.01]])
    found = []
    for code in (4548, 4550, 32650):
        crs = CRS.from_epsg(code)
        xy = np.column_stack(Transformer.from_crs(4326, crs, always_xy=True).transform(*lonlat.T))
        graph = straight(3.2, 1.0, Network.without_roads(crs))
        found.append(nearest_site(graph, snap(graph, xy[:1]), snap(graph, xy[1:])).ms[0])
    true = WGS84.inv(118.0, 30.0, 118.02, 30.01)[2]
    assert found == [round(true * 3600 / 3.2)] * 3


def test_routes_lead_straight_across_and_add_up(case):
    graph, people, sites, ms = case
    who, site = np.array([0, 5, 699]), np.array([45, 3, 0])
    for direction in ("to_site", "from_site"):
        found = routes(
            graph, snap(graph, people), snap(graph, sites), who, site, direction=direction
        )
        frame = found.to_frame()
        assert frame["straight"].all()
        assert (frame["legs"] == 0).all()
        assert [way.ms for way in found.ways] == ms[who, site].tolist()
        true = ms[who, site] * 3.2 / 3600  # metres, the factor included
        assert np.allclose(frame["metres"], true, atol=0.001)
        ends = (people[who], sites[site]) if direction == "to_site" else (sites[site], people[who])
        for line, start, end in zip(frame.geometry, *ends, strict=True):
            assert np.allclose(line.coords[0], start)
            assert np.allclose(line.coords[-1], end)
        assert len(found.legs_frame()) == 0
        assert frame.crs == CHINA


def test_areas_are_discs_that_say_so():
    sites = np.array([[500_000.0, 3_200_000.0], [500_300.0, 3_200_000.0]])
    graph = straight(3.6, 2.0)  # half a metre a second
    found = isochrones(graph, snap(graph, sites[:1]), [5, 15])
    assert found["minutes"].tolist() == [15.0, 5.0]
    assert set(found["use"]) == {"drawing only: straight line × 2, no roads"}
    assert found.geometry.is_valid.all()
    for minutes, area in zip(found["minutes"], found.geometry, strict=True):
        assert area.area == pytest.approx(np.pi * (30.0 * minutes) ** 2, rel=2e-3)
    assert found.geometry.iloc[0].contains(found.geometry.iloc[1])
    both = isochrones(graph, snap(graph, sites), [15])
    assert both.geometry.iloc[0].area < 2 * found.geometry.iloc[0].area
    wet = found.geometry.iloc[[1]].to_numpy()
    dry = isochrones(graph, snap(graph, sites[:1]), [15], water=wet)
    assert dry.geometry.iloc[0].area == pytest.approx(
        found.geometry.iloc[0].area - found.geometry.iloc[1].area
    )
    assert len(isochrones(graph, snap(graph, np.zeros((0, 2))), [15])) == 0


def test_there_is_no_road_in_a_service_area():
    graph = straight()
    sites = snap(graph, some_places(1, 3))
    for each in (False, True):
        area = service_area(graph, sites, [5, 15], each=each)
        assert len(area) == 0
        roads = mode_graph(network([[(0, 0), (10, 0)]]), profile())
        like = service_area(
            roads, snap(roads, np.array([[500_005.0, 3_200_000.0]])), [5], each=each
        )
        assert list(area.columns) == list(like.columns)
        assert road_kilometres(area, [5, 15]).tolist() == [0.0, 0.0]


def test_nobody_and_nothing():
    graph = straight()
    nobody, one = snap(graph, np.zeros((0, 2))), snap(graph, some_places(1, 1))
    assert nearest_site(graph, nobody, one).ms.shape == (0,)
    assert nearest_site(graph, one, nobody).ms.tolist() == [-1]
    assert k_nearest_sites(graph, one, nobody, 2).site.tolist() == [[-1, -1]]
    assert len(travel_times(graph, nobody, one, cutoff_minutes=5).who) == 0
    assert len(travel_times(graph, one, nobody, cutoff_minutes=5).sites) == 0
    assert reach_sums(graph, nobody, one, np.zeros(0, int), minutes=[5]).tolist() == [[0]]
    assert reach_sums(graph, one, nobody, np.ones(1, int), minutes=[5]).shape == (0, 1)
    assert (
        list(travel_time_blocks(graph, one, nobody, cutoff_minutes=5, memory_limit_mb=1))[1:] == []
    )


def test_everybody_is_where_they_are_and_no_road_is_so_many_metres_away():
    graph = straight()
    places = snap(graph, some_places(1, 4))
    assert places.joined.all()
    assert np.isnan(places.access_metres).all()
    assert (places.access_ms == 0).all()
    assert (places.take(np.array([2, 0])).xy == some_places(1, 4)[[2, 0]]).all()


def test_a_profile_with_several_speeds_needs_one_for_straight_lines():
    driving = builtin_profiles()["driving"]
    with pytest.raises(InputError, match="driving") as caught:
        mode_graph(GROUND, driving)
    assert caught.value.problems[0].code == "roads.straight_kmh"
    assert mode_graph(GROUND, driving.straight_line(1.4, 30.0)).straight.kmh == 30.0
    walking = builtin_profiles()["walking_older"]
    with pytest.raises(InputError, match="walking_older"):
        mode_graph(GROUND, walking)
    assert mode_graph(GROUND, walking.straight_line(1.4)).straight.kmh == 3.2


def test_roads_and_straight_lines_are_never_mixed():
    roads = network([[(0, 0), (10, 0)]])
    with pytest.raises(InputError, match=r"take coverplan.Network.without_roads\(network.crs\)"):
        mode_graph(roads, profile().straight_line(1.4))
    on_roads = mode_graph(roads, profile())
    assert on_roads.straight is None
    with pytest.raises(ValueError, match="has roads"):
        Ways.between(on_roads, *(snap(on_roads, np.zeros((0, 2))),) * 2)
    with pytest.raises(ValueError, match="no roads"):
        without_edges(straight(), np.zeros(0, dtype=bool))
    with pytest.raises(ValueError, match="detour"):
        profile().straight_line(0.9)
    with pytest.raises(InputError, match="metres"):
        Network.without_roads(CRS.from_epsg(4326))
