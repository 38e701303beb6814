"""What must hold for every place: more sites and more minutes never reach fewer people."""

import itertools
from dataclasses import replace

import geopandas as gpd
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tiny import CRS, X0, Y0, demand, facilities, inputs, network, profile, region

from coverplan import assess
from coverplan.travel import mode_graph, nearest_site, snap, travel_times


@st.composite
def places(draw):
    """A random network in a square kilometre with people and sites."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = rng.integers(0, 1000, (12, 2))
    ends = [(a, b) for a, b in rng.integers(0, 12, (18, 2)) if (nodes[a] != nodes[b]).any()]
    lines = [[tuple(map(float, nodes[a])), tuple(map(float, nodes[b]))] for a, b in ends]
    oneway = rng.choice([0, 0, 1], len(lines)).tolist()
    people = [
        (float(x), float(y), "a" if x < 500 else "b", int(n))
        for (x, y), n in zip(rng.integers(0, 1000, (20, 2)), rng.integers(0, 90, 20), strict=True)
    ]
    sites = [
        (float(x), float(y), "a" if x < 500 else "b") for x, y in rng.integers(0, 1000, (6, 2))
    ]
    return lines, oneway, people, sites, rng


def measured(lines, oneway, people, sites, *limits, **kwargs):
    """People reached within each of some limits, by unit."""
    units = region((-10, -10, 500, 1010), (500, -10, 1010, 1010))
    given = inputs(
        units,
        demand(units, people),
        network(lines, oneway=oneway, **kwargs),
        facilities(sites),
        minutes=limits[0],
        prof=profile(oneway=True, cap=150),
    )
    study = assess(replace(given, thresholds=limits))
    facts = study.coverage.select(indicator="people_reached").set_index("unit_code")
    return [facts[facts["minutes"] == t]["value"] for t in limits]


def reached(lines, oneway, people, sites, minutes):
    return measured(lines, oneway, people, sites, minutes)[0]


@settings(max_examples=25, deadline=None)
@given(places())
def test_more_sites_never_reach_fewer(place):
    lines, oneway, people, sites, _ = place
    counts = [reached(lines, oneway, people, sites[:n], 7) for n in (0, 1, 3, 6)]
    for fewer, more in itertools.pairwise(counts):
        assert (fewer <= more).all()
    assert counts[0]["total"] == 0


@settings(max_examples=25, deadline=None)
@given(places())
def test_more_minutes_never_reach_fewer(place):
    lines, oneway, people, sites, _ = place
    counts = measured(lines, oneway, people, sites, 1, 4, 9, 30)
    for fewer, more in itertools.pairwise(counts):
        assert (fewer <= more).all()


@settings(max_examples=25, deadline=None)
@given(places())
def test_the_order_of_rows_changes_nothing(place):
    lines, oneway, people, sites, rng = place
    plain = reached(lines, oneway, people, sites, 7)
    roads = rng.permutation(len(lines))
    shuffled = reached(
        [lines[i] for i in roads],
        [oneway[i] for i in roads],
        [people[i] for i in rng.permutation(len(people))],
        [sites[i] for i in rng.permutation(len(sites))],
        7,
    )
    assert (plain == shuffled).all()


@settings(max_examples=25, deadline=None)
@given(places(), st.sampled_from([32651, 32650, 4548]))
def test_the_projection_changes_no_time_by_more_than_it_must(place, other):
    """Lengths are measured on the ellipsoid; only the way to the road sees the projection."""
    lines, oneway, people, sites, _ = place

    def times(crs):
        net = network(lines, oneway=oneway, work_crs=crs)
        graph = mode_graph(net, profile(oneway=True, cap=150))

        def moved(rows):
            points = gpd.GeoSeries(
                gpd.points_from_xy([X0 + r[0] for r in rows], [Y0 + r[1] for r in rows]), crs=CRS
            ).to_crs(crs)
            return snap(graph, np.column_stack([points.x, points.y]))

        def foot(places):
            """Where each place meets its road, in one system for both."""
            on = [
                net.lines[e].interpolate(f, normalized=True) if e >= 0 else None
                for e, f in zip(places.edge, places.fraction, strict=True)
            ]
            back = gpd.GeoSeries(on, crs=crs).to_crs(CRS)
            return np.nan_to_num(np.column_stack([back.x, back.y]), nan=-1.0)

        who, where = moved(people), moved(sites)
        return who, foot(who), foot(where), nearest_site(graph, who, where).ms

    here, feet, site_feet, ms = times(CRS)
    there, feet_too, site_feet_too, again = times(other)
    np.testing.assert_allclose(here.access_metres, there.access_metres, rtol=2e-3, atol=1e-3)
    # A place as near to one road as to another may be joined to either; that is no error of the
    # projection, so only places that stay on their road are compared.
    on_a_junction = np.isin(here.fraction, [0, 1]) | np.isin(there.fraction, [0, 1])
    same = (np.abs(feet - feet_too).max(axis=1) < 0.5) & ~on_a_junction
    assume(np.abs(site_feet - site_feet_too).max() < 0.5)
    np.testing.assert_allclose(ms[same], again[same], rtol=2e-3, atol=300)


@settings(max_examples=25, deadline=None)
@given(places(), st.floats(0.5, 20))
def test_the_matrix_and_the_nearest_agree(place, minutes):
    lines, oneway, people, sites, _ = place
    graph = mode_graph(network(lines, oneway=oneway), profile(oneway=True, cap=150))
    who = snap(graph, np.array([[X0 + p[0], Y0 + p[1]] for p in people]))
    where = snap(graph, np.array([[X0 + s[0], Y0 + s[1]] for s in sites]))
    reach = travel_times(graph, who, where, cutoff_minutes=20).within(minutes)
    nearest = nearest_site(graph, who, where)
    np.testing.assert_array_equal(reach.covered(), nearest.within(minutes))
