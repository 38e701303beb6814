"""The twelve promises of the program, each with a test that fails when it breaks."""

import json
import shutil
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from bulk_parts import parts_of
from shapely.geometry import LineString
from tiny import CRS, DATE, at, demand, facilities, inputs, network, profile, region

import coverplan
from coverplan import InputError, InternalError, SitingRequest, assess
from coverplan.domain.demand import Demand
from coverplan.measure.indicators import INDICATORS
from coverplan.present.payload import map_payload
from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.reach import within

ROAD = [[(0, 0), (2000, 0)]]


def candidates(*rows):
    return gpd.GeoDataFrame(
        {"name": [r[0] for r in rows], "unit": [r[1] for r in rows]},
        index=[r[0] for r in rows],
        geometry=gpd.points_from_xy(*at(*[r[2:] for r in rows]).T),
        crs=CRS,
    )


def two_units(*, people, sites, siting=None, **kwargs):
    units = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
    return assess(
        inputs(
            units, demand(units, people), network(ROAD), facilities(sites), siting=siting, **kwargs
        )
    )


def test_1_the_three_coverages_are_never_mixed(yunxi):
    facts = yunxi.coverage.frame
    kinds = facts.groupby("indicator")["coverage_kind"].agg(set)
    assert kinds["has_one"] == {"has_one"}
    assert kinds["people_reached"] == {"reached"}
    has_one = facts[facts["coverage_kind"] == "has_one"]
    reached = facts[facts["coverage_kind"] == "reached"]
    assert set(has_one["unit_of_measure"]) == {"units"}
    assert set(reached["unit_of_measure"]) == {"people"}
    assert (has_one.loc[has_one["unit_code"] == "total", "denominator"] == 12).all()
    assert (reached.loc[reached["unit_code"] == "total", "denominator"] > 12).all()
    # Reached without having one, and the other way round: the two are different questions.
    study = two_units(
        people=[(1005, 0, "b", 10), (1990, 0, "b", 7)], sites=[(990, 0, "a")], minutes=1
    )
    assert study.coverage.value(indicator="people_reached", unit_code="b", minutes=1) == 10
    assert study.coverage.value(indicator="has_one", unit_code="b") == 0


def test_2_exactly_on_the_limit_is_reached():
    limit = np.array([900_000, 900_001, 899_999, -1])
    assert within(limit, 15).tolist() == [True, False, True, False]
    # The same through the whole program: a speed at which somebody's time is the limit to the
    # millisecond, a hair less, and a hair more.
    metres = float(network(ROAD).metres[0])
    people, sites = [(2000, 0, "b", 3)], [(0, 0, "a")]
    for ms, reached in ((900_000, 3), (900_001, 0), (899_999, 3)):
        there = profile(metres * 3600 / ms)
        siting = SitingRequest(1, candidates(("c", "a", 0, 0)))
        study = two_units(people=people, sites=sites, minutes=15, prof=there)
        assert study.layers["test"].before.ms.tolist() == [ms]
        own = study.coverage.select(indicator="people_reached", unit_code="b", minutes=15)
        assert own["value"].item() == reached
        assert study.sites["people_within"].tolist() == [reached]
        # The page's whole minutes, and the siting model.
        minutes = parts_of(map_payload(study, "x")["bulk"])["minutes.0"]
        assert minutes.tolist() == [15 if reached else 16]
        planned = two_units(people=people, sites=[], siting=siting, minutes=15, prof=there)
        assert planned.layers["test"].plan.value == reached


def test_2_one_function_compares_with_a_limit(root):
    """No other module compares milliseconds with minutes of its own accord."""
    package = root / "src" / "coverage" / "coverplan"
    users = {
        path.name
        for path in package.rglob("*.py")
        if "limit_ms(" in path.read_text(encoding="utf-8")
    }
    searches = {"times.py", "sums.py", "service.py", "cutting.py", "straighttimes.py"}
    # These count whoever is beyond the cutoff as at it: a cap, no comparison.
    capped = {"assigned.py", "exchange_values.py", "lists.py", "pcenter.py", "recount.py"} | {
        "unit_median.py"
    }
    # This asks whether two limits are one and the same.
    assert users == {"limits.py", "reach.py", "sitetimes.py", "decay.py"} | searches | capped


def test_3_people_count_in_the_middle_of_an_edge():
    """One long edge crosses the limit: who lives before it is reached, who lives beyond is not."""
    study = two_units(
        people=[(100, 0, "a", 1), (590, 0, "a", 10), (610, 0, "a", 100), (1900, 0, "b", 1000)],
        sites=[(0, 0, "a")],
        minutes=10,
    )
    assert study.coverage.value(indicator="people_reached", unit_code="total", minutes=10) == 11


def test_4_sums_equal_the_census_to_the_person(yunxi, root):
    census = pd.read_csv(root / "data/geo/yunxi/census.csv", dtype={"乡镇代码": str})
    census = census.set_index("乡镇代码").sort_index()
    totals = yunxi.inputs.demand.placed() + yunxi.inputs.demand.unplaced
    for group, column in {"all": "常住人口", "elderly": "60岁及以上", "children": "0-14岁"}.items():
        assert totals[group].tolist() == census[column].tolist()
    assert int(totals["all"].sum()) == 420_000


def test_4_nobody_is_lost(yunxi):
    """Reached and not reached, with its reasons, add up to everybody in every unit and layer."""
    for key, result in yunxi.layers.items():
        own = yunxi.coverage.select(layer=key, minutes=result.layer.minutes)
        for _, rows in own.groupby(["phase", "unit_code"]):
            parts = rows[
                (rows["indicator"] == "people_reached")
                | rows["indicator"].str.startswith("not_reached")
            ]
            assert parts["value"].sum() == rows["denominator"].iloc[0]


def test_4_a_unit_without_places_stays_in_the_denominator():
    units = region((0, 0, 10, 10), (10, 0, 20, 10))
    points = demand(units, [(5, 5, "a", 4)])
    totals = points.totals.copy()
    totals.loc["b", "all"] = 9
    unplaced = totals - points.placed()
    whole = Demand(points.points, ("all",), totals, unplaced)
    study = assess(inputs(units, whole, network(ROAD), facilities([(5, 5, "a")])))
    total = study.coverage.select(indicator="people_reached", unit_code="total", minutes=15).iloc[0]
    assert (total["value"], total["denominator"]) == (4, 13)
    assert study.coverage.value(indicator="not_reached_unplaced", unit_code="b") == 9
    with pytest.raises(InternalError, match="does not add up"):
        Demand(points.points, ("all",), totals, unplaced * 0)


def test_5_unknown_stays_unknown():
    """A unit whose people nobody gave is not a unit of nobody."""
    study = two_units(people=[(5, 0, "a", 4)], sites=[(0, 0, "a")])
    row = study.coverage.select(indicator="people_reached", unit_code="b", minutes=15).iloc[0]
    assert pd.isna(row["value"])
    assert pd.isna(row["denominator"])
    assert pd.isna(row["share_percent"])
    assert row["note_zh"] == "人口未知"
    total = study.coverage.select(indicator="people_reached", unit_code="total", minutes=15).iloc[0]
    assert total["denominator"] == 4
    assert "1" in total["note_zh"]


def test_5_nobody_is_not_unknown():
    study = two_units(people=[(5, 0, "a", 4), (1500, 0, "b", 0)], sites=[(0, 0, "a")])
    row = study.coverage.select(indicator="people_reached", unit_code="b", minutes=15).iloc[0]
    assert (row["value"], row["denominator"]) == (0, 0)
    assert pd.isna(row["share_percent"])
    assert row["note_en"] == "nobody of this group"


def test_6_and_8_after_goes_through_the_same_measure(yunxi):
    """What the plan claims equals what measuring again with its sites finds, by plain counting."""
    for key, result in yunxi.layers.items():
        people = yunxi.inputs.demand.people(result.layer.group)
        t = result.layer.minutes
        gained = people[result.after.within(t)].sum() - people[result.before.within(t)].sum()
        assert gained == result.plan.value
        before = yunxi.coverage.value(
            layer=key, indicator="people_reached", unit_code="total", minutes=t, phase="before"
        )
        after = yunxi.coverage.value(
            layer=key, indicator="people_reached", unit_code="total", minutes=t, phase="after"
        )
        assert after - before == result.plan.value
        assert sum(result.plan.newly) == result.plan.value


def test_6_a_plan_that_claims_too_much_is_an_internal_error(monkeypatch):
    real = coverplan.siting.models.solve_mclp

    def lying(problem, limits):
        plan = real(problem, limits)
        more = replace(plan.facts, reached_after=plan.facts.reached_after + 1)
        return replace(plan, value=plan.value + 1, bound=plan.bound + 1, facts=more)

    monkeypatch.setattr("coverplan.siting.models.solve_mclp", lying)
    siting = SitingRequest(1, candidates(("c", "b", 1900, 0)))
    with pytest.raises(InternalError, match="measuring again"):
        two_units(people=[(1950, 0, "b", 9)], sites=[(0, 0, "a")], siting=siting, minutes=5)


def test_7_optimal_only_at_gap_zero(yunxi):
    for result in yunxi.layers.values():
        plan = result.plan
        assert plan.value <= plan.bound
        assert (plan.status == "optimal") == (plan.gap_percent == 0 and plan.value == plan.bound)
        assert plan.seconds >= 0
        assert plan.sizes["candidates"] > 0


def test_9_a_site_across_the_line_serves_and_is_shown(yunxi):
    study = two_units(
        people=[(995, 0, "a", 10), (5, 0, "a", 3)],
        sites=[(1005, 0, "b"), (-20, 0, "")],
        minutes=1,
    )
    coverage = study.coverage
    assert coverage.value(indicator="people_reached", unit_code="a", minutes=1) == 13
    assert coverage.value(indicator="reached_from_other_unit", unit_code="a") == 10
    assert coverage.value(indicator="reached_from_outside", unit_code="a") == 3
    assert coverage.value(indicator="has_one", unit_code="a") == 0
    # The sample county has such a facility too.
    outside = yunxi.coverage.value(
        layer="elderly_care",
        indicator="reached_from_outside",
        unit_code="total",
        phase="before",
    )
    assert outside > 0


def test_10_degrees_are_never_metres():
    square = region((0, 0, 10, 10)).units.to_crs(4326)
    with pytest.raises(InputError, match="degrees"):
        coverplan.Region(square)
    edges = gpd.GeoDataFrame(
        {"highway": ["residential"]}, geometry=[LineString([(0, 0), (1, 1)])], crs=4326
    )
    with pytest.raises(InputError, match="degrees"):
        coverplan.Network.from_edges(edges, crs=edges.crs)
    # Lengths come from the ellipsoid, whatever the working system is.
    line = gpd.GeoDataFrame(
        {"highway": ["residential"]}, geometry=[LineString([(120, 29), (120.01, 29)])], crs=4326
    )
    in_mercator = coverplan.Network.from_edges(line, crs=gpd.GeoSeries([], crs=3857).crs)
    in_zone = coverplan.Network.from_edges(line, crs=gpd.GeoSeries([], crs=4549).crs)
    assert in_mercator.metres[0] == in_zone.metres[0] == pytest.approx(974.1, abs=0.5)


def test_10_the_datum_of_every_file_is_reported(yunxi):
    said = {f.label: (f.crs, f.crs_from) for f in yunxi.inputs.files}
    assert said["townships.gpkg"] == ("EPSG:4490", "file")
    assert said["roads.gpkg"] == ("EPSG:4490", "file")
    # Longitude and latitude in a table: nobody said in which system.
    assert said["villages.xlsx"] == ("EPSG:4326", "assumed")
    assert said["census.csv"] == ("", "")
    sources = map_payload(yunxi, "x")["meta"]["sources"]
    assert {"zh": "EPSG:4490（文件声明）", "en": "EPSG:4490 (stated in the file)"} in [
        source["crs"] for source in sources
    ]


def test_11_same_inputs_same_bytes(root, yunxi_written, tmp_path):
    """Computed twice, from two copies in two folders."""
    shutil.copytree(root / "data/geo/yunxi", tmp_path / "yunxi")
    coverplan.write_run(coverplan.run(tmp_path / "yunxi" / "study.toml"), tmp_path / "run")
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == sorted(path.name for path in yunxi_written.iterdir())
    records = [
        json.loads((folder / "run.json").read_text(encoding="utf-8"))
        for folder in (yunxi_written, tmp_path / "run")
    ]
    files = ("map.html", "coverage.csv", "sites.csv", "network.csv", "not_reached.csv")
    assert set(names) > {*files, "study.gpkg"}
    for file in set(names) - {"run.json"}:
        assert (yunxi_written / file).read_bytes() == (tmp_path / "run" / file).read_bytes(), file
    first, second = ({**r, "written": 0, "seconds": 0} for r in records)
    assert first == second
    assert first["run_id"]
    assert {i["file"] for i in first["inputs"]} >= {"townships.gpkg", "villages.xlsx", "roads.gpkg"}
    assert all(len(i["sha256"]) == 64 for i in first["inputs"])
    assert {i["crs_from"] for i in first["inputs"]} == {"file", "assumed", None}
    assert first["config"]["title"].startswith("云溪县")


def test_12_text_of_files_is_data(tmp_path):
    evil = '=HYPERLINK("http://x")<script>alert(1)</script>{{7*7}}${1}'
    units = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
    units.units.loc["a", "name"] = evil
    sites = facilities([(0, 0, "a"), (10, 0, "a")], status=["operating", "planned"])
    sites.sites["name"] = evil
    study = assess(inputs(units, demand(units, [(5, 0, "a", 4)]), network(ROAD), sites))
    coverplan.write_run(study, tmp_path / "run")
    page = (tmp_path / "run" / "map.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "=HYPERLINK" in page  # shown as it is, as data
    for name in ("coverage.csv", "sites.csv", "network.csv", "not_reached.csv"):
        table = pd.read_csv(tmp_path / "run" / name, dtype=str).fillna("")
        for column in table:
            starts = table[column].str[:1].isin(["=", "+", "@"])
            assert not starts.any(), (name, column)
    assert "&lt;script&gt;" in coverplan.present.notebook.study_html(study)


def test_every_indicator_says_what_it_is():
    for key, item in INDICATORS.items():
        assert item.id == key
        assert item.label.zh
        assert item.label.en
        assert item.compute.__doc__
        assert (item.kind == "has_one") <= (item.measure == "units")


def test_date_decides_what_serves():
    sites = facilities(
        [(0, 0, "a")] * 6,
        status=["operating", "planned", "operating", "operating", "closed", "operating"],
        opened=[2010, 2020, 2027, 2000, 2001, pd.NA],
        closed=[pd.NA, pd.NA, pd.NA, 2022, pd.NA, pd.NA],
    )
    reasons = [r.zh if r else None for r in sites.why_not_counted(DATE)]
    assert reasons == [None, "状态为规划", "2027 年才开业", "2022 年已关闭", "状态为关闭", None]


def test_on_the_doorstep_is_reached_at_0_minutes_even_off_the_road():
    graph = mode_graph(network(ROAD), profile())
    sites = snap(graph, at((500, 300), (50, 5000)))
    people = snap(graph, at((500, 300), (50, 5000), (500, 310)))
    nearest = nearest_site(graph, people, sites)
    assert nearest.ms.tolist()[:2] == [0, 0]
    assert nearest.ms[2] == 10_000
    assert people.joined.tolist() == [True, False, True]
