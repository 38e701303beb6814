"""GCJ-02 and BD-09: published pairs, there and back, nothing moved outside China."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from coverplan.core.datum import (
    DATUMS,
    TOLERANCE_METRES,
    datum_named,
    from_wgs84,
    shift_metres,
    to_wgs84,
)

GEOD = Geod(ellps="WGS84")

PUBLISHED = [
    # AutoNavi's own conversion service, the example of its reference.
    ("GCJ-02", (116.481499, 39.990475), (116.487585177952, 39.991754014757), 0.1),
    ("GCJ-02", (116.481499, 39.990375), (116.487585177952, 39.991653917101), 0.1),
    # The same service at Shenzhen, quoted by a third party.
    ("GCJ-02", (114.07, 22.62), (114.07513075, 22.61731092), 0.2),
    # Test pairs of eviltransform: Shanghai, Shenzhen, Beijing.
    ("GCJ-02", (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), 0.1),
    ("GCJ-02", (113.912316, 22.543847), (113.9171764808363, 22.540796131694766), 0.1),
    ("GCJ-02", (116.377817, 39.911954), (116.38404722455657, 39.91334545536069), 0.1),
    # Test pair of coordtransform.
    ("GCJ-02", (116.404, 39.915), (116.41024449916938, 39.91640428150164), 0.1),
    # Alibaba Cloud's address service, the example of its reference, which inverts in one step.
    ("GCJ-02", (120.021519, 30.281543), (120.026268, 30.279164), 2.0),
    # Baidu's own conversion service, as quoted by two of its users.
    ("BD-09", (114.21892734521, 29.575429778924), (114.2307519546763, 29.57908428837437), 1.0),
    ("BD-09", (119.52466, 35.39238), (119.53650015688909, 35.39838957047481), 1.0),
]


def metres(a, b):
    return float(GEOD.inv(a[0], a[1], b[0], b[1])[2])


def one(function, place, datum):
    lon, lat = function(np.array([place[0]]), np.array([place[1]]), datum)
    return float(lon[0]), float(lat[0])


@pytest.mark.parametrize(("datum", "wgs", "image", "within"), PUBLISHED)
def test_published_pairs(datum, wgs, image, within):
    assert metres(one(from_wgs84, wgs, datum), image) < within
    assert metres(one(to_wgs84, image, datum), wgs) < within


def test_baidu_on_top_of_gcj():
    """Test pair of coordtransform: BD-09 of a place given in GCJ-02."""
    wgs = one(to_wgs84, (116.404, 39.915), "GCJ-02")
    there = one(from_wgs84, wgs, "BD-09")
    assert metres(there, (116.41036949371029, 39.92133699351021)) < 0.01


@given(st.floats(73.5, 135.0), st.floats(18.0, 53.5), st.sampled_from(DATUMS))
def test_there_and_back(lon, lat, datum):
    image = one(from_wgs84, (lon, lat), datum)
    back = one(to_wgs84, image, datum)
    assert metres(back, (lon, lat)) < TOLERANCE_METRES
    assert metres(one(from_wgs84, back, datum), image) < TOLERANCE_METRES


def test_many_at_once_as_one_by_one():
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(73.5, 135.0, 500), rng.uniform(18.0, 53.5, 500)
    for datum in DATUMS:
        all_lon, all_lat = to_wgs84(lon, lat, datum)
        for i in (0, 250, 499):
            assert metres(one(to_wgs84, (lon[i], lat[i]), datum), (all_lon[i], all_lat[i])) < 1e-3


@pytest.mark.parametrize(
    "place", [(-15.43, 28.12), (2.35, 48.86), (151.2, -33.9), (0.0, 0.0), (100.0, 90.0)]
)
@pytest.mark.parametrize("datum", DATUMS)
def test_outside_china_nothing_moves(place, datum):
    assert one(from_wgs84, place, datum) == place
    assert one(to_wgs84, place, datum) == place


def test_what_is_no_number_stays_none():
    lon, lat = to_wgs84(np.array([np.nan, 120.0]), np.array([30.0, 30.0]), "BD-09")
    assert np.isnan(lon[0])
    assert np.isfinite([lon[1], lat[1]]).all()


def test_no_places_at_all():
    assert to_wgs84(np.array([]), np.array([]), "GCJ-02")[0].shape == (0,)


def test_how_far_the_services_move_places():
    lon, lat = np.array([120.5]), np.array([29.5])
    assert 450 < shift_metres(lon, lat, "GCJ-02")[0] < 620
    assert 900 < shift_metres(lon, lat, "BD-09")[0] < 1400


@pytest.mark.parametrize(
    ("words", "datum"),
    [
        ("GCJ-02", "GCJ-02"), ("gcj02", "GCJ-02"), ("ＧＣＪ－０２", "GCJ-02"), ("GCJ 02", "GCJ-02"),
        ("火星坐标", "GCJ-02"), ("高德", "GCJ-02"), ("腾讯地图", "GCJ-02"), ("BD09", "BD-09"),
        ("bd-09", "BD-09"), ("百度坐标系", "BD-09"), ("EPSG:4490", None), ("", None), (4490, None),
        (None, None), ("高", None),
    ],
)  # fmt: skip
def test_names_people_use(words, datum):
    assert datum_named(words) == datum
