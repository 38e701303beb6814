"""Points against roads and in their own units: what is believed, what is not, what is said."""

import datetime
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from coverplan.core.errors import Problems
from coverplan.domain import Network, Region
from coverplan.domain.config import StudyConfig
from coverplan.io.datumcheck import check_datums
from coverplan.io.datumevidence import Move, against_lines, against_units, moved
from coverplan.io.paths import Folder, Sighting

CHINA, ELSEWHERE = CRS.from_epsg(4549), CRS.from_epsg(32628)
ORIGIN = np.array([500_000.0, 3_300_000.0])
SIDE, EVERY = 12_000.0, 3_000.0
GCJ, BD = Move("GCJ-02", of_file=True), Move("BD-09", of_file=True)
OTHER_GCJ = Move("GCJ-02", of_file=False)


@cache
def region(crs=CHINA):
    """Sixteen square units, 3 km across."""
    steps = np.arange(0, SIDE, EVERY)
    shapes = [
        shapely.box(*(ORIGIN + (x, y)), *(ORIGIN + (x + EVERY, y + EVERY)))
        for x in steps
        for y in steps
    ]
    frame = gpd.GeoDataFrame(
        {"code": [f"u{i:02d}" for i in range(len(shapes))]}, geometry=shapes, crs=crs
    )
    frame["name"] = frame["code"]
    return Region.from_frame(frame, code="code", name="name")


@cache
def lines(seed=0):
    """Winding ways through the county, 700 to 1400 m apart, in both directions."""
    rng = np.random.default_rng(seed)
    found = []
    for turned in (False, True):
        for base in np.arange(0, SIDE, 1000.0) + rng.uniform(-200, 200, 12):
            along = np.arange(-1000, SIDE + 1000, 250.0)
            across = base + np.cumsum(rng.normal(0, 60, len(along)))
            xy = np.column_stack([across, along] if turned else [along, across]) + ORIGIN
            found.append(shapely.LineString(xy))
    return np.array(found)


@cache
def network(crs=CHINA):
    frame = gpd.GeoDataFrame({"highway": "residential"}, geometry=lines(), index=range(24), crs=crs)
    return Network.from_edges(frame, crs=crs, road_class="highway")


def at_roads(n, seed=1, off=20.0):
    """Places some metres off a road."""
    rng = np.random.default_rng(seed)
    ways = lines()
    along = shapely.line_interpolate_point(
        ways[rng.integers(0, len(ways), n)], rng.uniform(0.1, 0.9, n), normalized=True
    )
    return shapely.get_coordinates(along) + rng.normal(0, off, (n, 2))


def own_units(xy):
    shapes = region().units.geometry
    which = shapely.STRtree(shapes.to_numpy()).query_nearest(shapely.points(xy), all_matches=False)
    return tuple(region().codes[i] for i in which[1])


def given_in(xy, datum, crs=CHINA):
    """The coordinates a service would have given for places."""
    return moved(xy, crs)[Move(datum, of_file=False)]


def config(**crs):
    return StudyConfig.model_validate(
        {
            "title": "t",
            "date": datetime.date(2025, 1, 1),
            "region": {
                "units": "towns.gpkg",
                **({"crs": crs["region"]} if "region" in crs else {}),
            },
            "people": {"source": "villages.csv", "groups": {"all": "n"}},
            "roads": {"source": "roads.gpkg", "crs": crs.get("roads")},
            "layers": {"elderly_care": {"source": "homes.csv"}},
        }
    )


def checked(*seen, study=None, crs=CHINA):
    folder, problems = Folder(Path()), Problems()
    folder.seen.extend(seen)
    verdicts = check_datums(folder, study or config(), region(crs), network(crs), problems)
    return verdicts, problems.items


def file(name, xy, units=None, stated="", key="people"):
    return Sighting(name, key, stated, xy, units or ("",) * len(xy))


@pytest.mark.parametrize(("datum", "move"), [("GCJ-02", GCJ), ("BD-09", BD)])
@pytest.mark.parametrize("n", [25, 60, 400])
def test_a_shifted_file_is_told_by_the_roads(datum, move, n):
    xy = given_in(at_roads(n), datum)
    ((verdict,), (warning,)) = checked(file("homes.csv", xy, key="layers.elderly_care"))
    assert verdict.roads.move == move == verdict.file_move
    assert verdict.doubted == "file"
    evidence = verdict.roads.evidence
    assert evidence.points == n
    assert evidence.gain + evidence.loss <= n
    assert evidence.after < 40 < evidence.before
    assert (warning.code, warning.severity, warning.file) == (
        "datum.shifted",
        "warning",
        "homes.csv",
    )
    for language in ("zh", "en"):
        words = warning.render(language)
        assert datum in words
        assert str(evidence.gain) in words
        assert f"{evidence.shift_metres:.0f} " in words
        assert f'crs = "{datum}"' in words
        assert "layers.elderly_care" in words
    minutes = round(evidence.shift_metres / (4000 / 60))
    assert f"about {minutes} minutes" in warning.what.en


def test_the_evidence_counted_by_hand():
    """Two lines, three points: what is nearer, farther and in the middle is plain."""
    ways = shapely.STRtree([shapely.LineString([(0, y), (100, y)]) for y in (0, 1000)])
    xy = np.array([[10.0, 100], [20, 900], [30, 200]])
    there = xy + (0, -90)
    evidence = against_lines(xy, {GCJ: there}, ways).evidence
    assert (evidence.gain, evidence.loss, evidence.points) == (2, 1, 3)
    assert (evidence.before, evidence.after) == pytest.approx((100, 110))
    assert evidence.shift_metres == 90


@pytest.mark.parametrize(("step", "kind"), [(12.0, "shifted"), (6.0, "unclear")])
def test_a_little_nearer_is_not_enough(step, kind):
    """Forty points, each 100 m from a line: a tenth nearer is believed, and less is not."""
    ways = shapely.STRtree([shapely.LineString([(0, 0), (1000, 0)])])
    xy = np.column_stack([np.linspace(10, 990, 40), np.linspace(99, 101, 40)])
    assert against_lines(xy, {GCJ: xy - (0, step)}, ways).kind == kind


def test_most_points_must_gain():
    """Of 200, 110 come much nearer and 90 a little farther: sure, and still no shift."""
    ways = shapely.STRtree([shapely.LineString([(0, 0), (1000, 0)])])
    xy = np.column_stack([np.linspace(10, 990, 200), np.full(200, 100.0)])
    there = xy + np.where(np.arange(200) < 110, -80, 5)[:, None] * np.array([0, 1])
    verdict = against_lines(xy, {GCJ: there}, ways)
    assert (verdict.evidence.gain, verdict.evidence.loss) == (110, 90)
    assert verdict.kind == "unclear"


def test_units_counted_by_hand():
    xy = np.array([[100.0, 100], [2900, 100], [3100, 100], [50, 50]]) + ORIGIN
    there = xy + (200, 0)
    verdict = against_units(xy, {GCJ: there}, ("u00", "u00", "u00", ""), region())
    evidence = verdict.evidence
    # In: the first two, then only the first. Nobody knows where the fourth belongs.
    assert (evidence.before, evidence.after, evidence.points) == (2, 1, 3)
    assert (evidence.gain, evidence.loss) == (0, 1)
    assert verdict.kind == "unclear"


@pytest.mark.parametrize("n", [60, 400])
def test_a_file_that_stands_right_fits(n):
    xy = at_roads(n)
    ((verdict,), problems) = checked(file("villages.csv", xy, own_units(xy)))
    assert verdict.roads.kind == "fits"
    assert verdict.doubted is None
    assert problems == []
    assert "fits" in verdict.words.en


@pytest.mark.parametrize("n", [0, 1, 5, 13])
def test_too_few_points_tell_nothing(n):
    xy = given_in(at_roads(n), "GCJ-02") if n else np.zeros((0, 2))
    ((verdict,), problems) = checked(file("homes.csv", xy, own_units(xy)))
    assert verdict.doubted is None
    assert problems == []
    assert f"cannot tell ({n} points)" in verdict.words.en
    assert f"看不出（{n} 个点）" in verdict.words.zh


@pytest.mark.parametrize("seed", range(20))
def test_places_anywhere_raise_no_alarm(seed):
    xy = np.random.default_rng(seed).uniform(0, SIDE, (300, 2)) + ORIGIN
    _, problems = checked(file("points.csv", xy, own_units(xy)))
    assert problems == []


def test_outside_china_there_is_nothing_to_find():
    xy = np.random.default_rng(0).uniform(0, SIDE, (100, 2)) + ORIGIN
    assert moved(xy, ELSEWHERE) == {}
    ((verdict,), problems) = checked(file("points.csv", xy), crs=ELSEWHERE)
    assert verdict.roads.kind == verdict.units.kind == "unclear"
    assert problems == []


def test_villages_in_their_own_town_tell_without_roads():
    """Places anywhere: the roads say nothing, the towns they name do."""
    xy = np.random.default_rng(3).uniform(0, SIDE, (400, 2)) + ORIGIN
    seen = file("villages.csv", given_in(xy, "GCJ-02"), own_units(xy))
    ((verdict,), (warning,)) = checked(seen)
    assert verdict.roads.kind == "unclear"
    assert verdict.units.move == GCJ
    evidence = verdict.units.evidence
    assert evidence.after == 400 > evidence.before
    assert f"{evidence.before:.0f}" in warning.what.zh


def test_boundaries_that_are_shifted():
    """Villages lie at the roads, and not in their towns: the towns are off."""
    xy = at_roads(600)
    there = moved(xy, CHINA)[GCJ]
    seen = file("villages.csv", xy, own_units(there))
    ((verdict,), (warning,)) = checked(seen)
    assert verdict.roads.kind == "fits"
    assert verdict.units.move == GCJ
    # The towns are where the villages would be if they came from GCJ-02: villages and roads are.
    assert warning.code == "datum.shifted"
    assert "fits the roads" in warning.found.en
    seen = file("villages.csv", xy, own_units(given_in(xy, "GCJ-02")))
    ((verdict,), (warning,)) = checked(seen)
    assert verdict.units.move == OTHER_GCJ
    assert (warning.code, warning.file) == ("datum.region", "towns.gpkg")
    assert "[region]" in warning.mend.zh
    assert checked(seen, study=config(region="EPSG:4490"))[1] == []


def test_roads_that_are_shifted():
    xy = moved(at_roads(200), CHINA)[GCJ]
    few = moved(at_roads(5), CHINA)[GCJ]
    verdicts, (warning,) = checked(file("villages.csv", xy), file("homes.csv", few))
    assert [v.doubted for v in verdicts] == ["roads", None]
    assert (warning.code, warning.file) == ("datum.roads", "roads.gpkg")
    assert "villages.csv" in warning.what.en
    assert "homes.csv" not in warning.what.en
    assert checked(file("villages.csv", xy), study=config(roads="EPSG:4490"))[1] == []


def test_a_datum_stated_that_it_is_not_in():
    xy = moved(at_roads(200), CHINA)[GCJ]
    ((verdict,), (warning,)) = checked(file("homes.csv", xy, stated="高德", key="layers.x"))
    assert verdict.doubted == "stated"
    assert (warning.code, warning.found) == ("datum.stated_wrong", "高德")
    assert "[layers.x]" in warning.mend.en


def test_a_datum_stated_that_fits_the_roads_puts_the_boundaries_in_doubt():
    """Converted as stated it lies at the roads; in its towns it does not."""
    xy = at_roads(600)
    seen = file("homes.csv", xy, own_units(given_in(xy, "GCJ-02")), stated="GCJ-02")
    ((verdict,), (warning,)) = checked(seen)
    assert (verdict.roads.kind, verdict.units.move) == ("fits", OTHER_GCJ)
    assert verdict.doubted == "boundaries"
    assert warning.code == "datum.region"


def test_a_system_stated_is_taken_at_its_word():
    xy = given_in(at_roads(200), "GCJ-02")
    ((verdict,), problems) = checked(file("homes.csv", xy, stated="EPSG:4490"))
    assert verdict.doubted == "file"
    assert problems == []


def test_two_files_that_disagree_are_named_together():
    right, wrong = at_roads(200), given_in(at_roads(200, seed=5), "GCJ-02")
    _, (warning,) = checked(
        file("villages.csv", right), file("homes.csv", wrong), file("few.csv", right[:3])
    )
    assert warning.file == "homes.csv"
    assert "villages.csv fits as it is" in warning.found.en
    assert "few.csv: cannot tell (3 points)" in warning.found.en
    assert "villages.csv 与本研究吻合" in warning.found.zh


def test_many_files_are_not_all_listed():
    wrong, right = given_in(at_roads(100), "GCJ-02"), at_roads(100)
    more = [file(f"f{i}.csv", right) for i in range(8)]
    _, (warning,) = checked(file("homes.csv", wrong), *more)
    assert warning.found.en.endswith("…")
    assert "f7" not in warning.found.en


def test_layers_of_one_file_are_one_file():
    """Each part is too small to tell; records that two layers share count once."""
    xy = given_in(at_roads(24), "GCJ-02")
    parts = [file("all.csv", xy[i:j], key=f"layers.l{i}") for i, j in ((0, 9), (9, 18), (12, 24))]
    assert all(not checked(part)[1] for part in parts)
    ((verdict,), (warning,)) = checked(*parts)
    assert len(verdict.seen.xy) == 24
    assert "[layers.l0], [layers.l9], [layers.l12]" in warning.mend.en


def test_many_records_at_one_place_are_one_witness():
    xy = np.repeat(given_in(at_roads(5), "GCJ-02"), 20, axis=0)
    ((verdict,), problems) = checked(file("homes.csv", xy))
    assert len(verdict.seen.xy) == 5
    assert problems == []


def test_without_roads_the_units_still_speak():
    xy = np.random.default_rng(3).uniform(0, SIDE, (400, 2)) + ORIGIN
    folder, problems = Folder(Path()), Problems()
    folder.seen.append(file("villages.csv", given_in(xy, "GCJ-02"), own_units(xy)))
    check_datums(folder, config(), region(), None, problems)
    assert [p.code for p in problems] == ["datum.shifted"]


def test_moves_are_there_and_back():
    xy = at_roads(50)
    there = moved(given_in(xy, "BD-09"), CHINA)[BD]
    assert np.abs(there - xy).max() < 0.01
    assert pd.Series(np.hypot(*(moved(xy, CHINA)[GCJ] - xy).T)).between(300, 800).all()
