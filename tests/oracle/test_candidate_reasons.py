"""Reasons of candidates against rectangles and distances worked out by hand, pair by pair."""

import geopandas as gpd
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box
from tiny import CRS, X0, Y0, at, network, profile

from coverplan.siting import check_candidates
from coverplan.siting.ground import GroundLimits
from coverplan.travel import mode_graph

GRAPH = mode_graph(network([[(-500, 0), (500, 0)]]), profile(cap=30.1))
NEAR = st.integers(-6, 6)
SPOT = st.tuples(NEAR, st.one_of(NEAR, NEAR, NEAR, st.sampled_from([25, 26, 30, 31])))
BOX = st.tuples(NEAR, NEAR, st.integers(1, 5), st.integers(1, 5))
LAYER = st.tuples(st.lists(BOX, min_size=1, max_size=2), st.integers(0, 3))


def frame(boxes):
    return gpd.GeoDataFrame(
        {"name": [f"n{i}" for i in range(len(boxes))]},
        geometry=[box(X0 + x, Y0 + y, X0 + x + w, Y0 + y + h) for x, y, w, h in boxes],
        crs=CRS,
    )


def square_away(spot, rectangle):
    """The square of the distance from a spot to a rectangle, in whole metres."""
    (px, py), (x, y, w, h) = spot, rectangle
    dx = max(x - px, 0, px - (x + w))
    dy = max(y - py, 0, py - (y + h))
    return dx * dx + dy * dy


def square(a, b):
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def plainly(spot, inside, forbidden, homes, required, kept, metres, *, excluded):
    """The first reason that holds, rule by rule in their order."""
    found = [(not inside, "outside the study"), (excluded, "excluded by the list")]
    for boxes, away in forbidden:
        for i, rectangle in enumerate(boxes):
            word = f"within {away} m of n{i}" if away else f"inside n{i}"
            found.append((square_away(spot, rectangle) <= away**2, word))
    near = any(square(spot, home) < metres**2 for home in homes)
    found.append((metres and near, f"less than {metres} m from homes"))
    for boxes in required:
        without = all(square_away(spot, rectangle) > 0 for rectangle in boxes)
        found.append((without, "not inside need"))
    beside = any(square(spot, site) < metres**2 for site in kept)
    found.append((metres and beside, f"less than {metres} m from a site that stays"))
    found.append((abs(spot[1]) > 30, "no usable road near"))
    found.append((abs(spot[1]) > 25, "more than 25 m from a usable road"))
    return next((word for holds, word in found if holds), "")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(SPOT, st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.lists(LAYER, max_size=2),
    st.lists(SPOT, max_size=3),
    st.lists(st.lists(BOX, min_size=1, max_size=4), max_size=1),
    st.lists(SPOT, max_size=2),
    st.integers(0, 5),
)
def test_reasons(rows, forbidden, homes, required, kept, metres):
    # Limits of the road lie between whole metres: roads are true to about 2 parts in 10,000.
    places = gpd.GeoDataFrame(
        {"name": "", "unit": ["a" if inside else "" for _, inside, _ in rows]},
        index=[f"c{i}" for i in range(len(rows))],
        geometry=gpd.points_from_xy(*at(*[spot for spot, _, _ in rows]).T),
        crs=CRS,
    )
    limits = GroundLimits(
        required=tuple((frame(boxes), "need") for boxes in required),
        homes_xy=at(*homes),
        homes_metres=float(metres),
        most_road_metres=25.1,
        kept_xy=at(*kept),
        spacing_metres=float(metres),
        excluded=frozenset(f"c{i}" for i, (_, _, out) in enumerate(rows) if out),
    )
    areas = [(frame(boxes), float(away), "area") for boxes, away in forbidden]
    found = check_candidates(places, GRAPH, areas, limits)
    expected = [
        plainly(spot, inside, forbidden, homes, required, kept, metres, excluded=out)
        for spot, inside, out in rows
    ]
    assert [r.en.replace("25.1", "25") for r in found.reasons] == expected
    assert list(found.allowed.index) == [f"c{i}" for i, word in enumerate(expected) if not word]
    assert sum(found.counts.values()) == sum(bool(word) for word in expected)
