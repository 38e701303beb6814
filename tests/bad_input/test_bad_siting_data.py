"""Siting tables that fit the study and not its data; and one that uses every key and fits."""

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from coverplan import load
from coverplan.domain.siting_config import SitingConfig

SITING = "layers.elderly_care.siting"


def at(x_km, y_km):
    """Longitude and latitude of a place, in kilometres from the county's south-west corner."""
    return round(118 + x_km * 0.01037, 6), round(30 + y_km * 0.00902, 6)


def square(x_km, y_km, side_km):
    ring = [(0, 0), (side_km, 0), (side_km, side_km), (0, side_km), (0, 0)]
    return {"type": "Polygon", "coordinates": [[at(x_km + x, y_km + y) for x, y in ring]]}


def siting(county, lines):
    """Put a siting table in place of the one that works."""
    county.edit("sites = 1\n", lines + "\n")


def area(x, y, side, name="保护区"):
    return {"properties": {"name": name}, "geometry": square(x, y, side)}


def candidates(county, *rows, **columns):
    """Write candidates ``(id, x_km, y_km)`` with further columns, one value each."""
    whole = []
    for i, (name, x, y) in enumerate(rows):
        lon, lat = at(x, y)
        more = {key: values[i] for key, values in columns.items()}
        whole.append({"编号": name, "名称": f"点{name}", "经度": lon, "纬度": lat, **more})
    county.table("c.csv", whole)


def request_of(county, layer="elderly_care"):
    (found,) = [item.siting for item in load(county.study).layers if item.layer.id == layer]
    return found


def test_unknown_ids_with_the_nearest(county):
    siting(county, 'sites = 1\nrequired = ["V001"]\nexcluded = ["V01", "养老院1"]')
    faults = county.refused().of("siting.unknown_id")
    assert {(p.column, p.found) for p in faults} == {
        (f"{SITING}.required", "V001"), (f"{SITING}.excluded", "养老院1"),
    }  # fmt: skip
    assert "V0" in faults[0].mend.en


def test_a_required_site_inside_a_forbidden_area_is_named_with_the_reason(county):
    county.features("no.geojson", [area(0.5, 0.6, 1)])
    siting(county, 'sites = 2\nrequired = ["V00", "V01"]\nforbidden = [{ source = "no.geojson" }]')
    problem = county.refused().the("siting.required_forbidden")
    assert problem.found.zh == "V00：位于保护区内"
    assert problem.found.en == "V00: inside 保护区"


def test_more_required_than_sites(county):
    siting(county, 'sites = 1\nrequired = ["V00", "V01"]')
    assert county.refused().the("siting.required").found == "2 > 1"


def test_required_with_classes_says_which(county):
    classes = 'classes = [{ name = "大", cost_yuan = 2 }, { name = "小", cost_yuan = 1 }]'
    siting(county, f'sites = 3\nrequired = ["V00", "V01#大", "V01#小", "V02#中"]\n{classes}')
    done = county.refused()
    assert "V00#大" in done.the("siting.required_class").expected.zh
    assert done.the("siting.unknown_id").found == "V02#中"
    assert done.the("siting.required_place").found == "V01#小"


def test_excluding_a_place_excludes_its_classes(county):
    classes = 'classes = [{ name = "大", cost_yuan = 2 }, { name = "小", cost_yuan = 1 }]'
    siting(county, f'sites = 3\nexcluded = ["V00", "V01#大"]\nrequired = ["V01#小"]\n{classes}')
    found = request_of(county)
    assert found.excluded == ("V00#大", "V00#小", "V01#大")
    assert found.required == ("V01#小",)


def test_budget_below_the_cheapest_and_the_required(county):
    siting(county, 'budget_yuan = 10\nmodel = "budget"\ncost_yuan = 11')
    problem = county.refused().the("siting.budget")
    assert (problem.column, problem.found) == (f"{SITING}.budget_yuan", "10 < 11")
    county.edit("cost_yuan = 11", 'cost_yuan = 10\nrequired = ["V00", "V01"]')
    problem = county.refused().the("siting.budget")
    assert "required" in problem.what.en
    assert problem.found == "10 < 20"
    county.edit("budget_yuan = 10", "budget_yuan = 20")
    county.understood()


def test_a_budget_and_no_costs(county):
    siting(county, "sites = 1\nbudget_yuan = 10")
    problem = county.refused().the("siting.cost_unknown")
    assert "9" in problem.what.en
    county.edit("budget_yuan = 10", 'model = "phases"\nyears = [{ year = 2026, budget_yuan = 10 }]')
    county.edit("sites = 1\n", "")
    county.refused().the("siting.cost_unknown")


def test_costs_in_the_file_of_candidates(county):
    rows = [("1", 1, 1), ("2", 2, 2), ("3", 3, 3)]
    candidates(county, *rows, **{"造价（元）": ["500", "", "x"], "床位数": ["10", "20", "-1"]})
    siting(county, 'sites = 1\ncandidates = { source = "c.csv", cost_yuan = 7 }')
    done = county.refused()
    assert done.the("candidate.cost_yuan").found == "x"
    assert done.the("candidate.capacity").found == "-1"
    candidates(county, *rows, **{"造价（元）": ["500", "", "9"], "床位数": ["10", "20", ""]})
    found = request_of(county)
    assert found.candidates["cost_yuan"].tolist() == [500, 7, 9]
    assert found.candidates["capacity"].isna().tolist() == [False, False, True]
    assert found.costs(found.candidates).tolist() == [500, 7, 9]


def test_a_column_in_ten_thousands_is_not_taken_for_yuan(county):
    candidates(county, ("1", 1, 1), **{"造价（万元）": ["500"]})
    siting(county, 'budget_yuan = 100\nmodel = "budget"\ncandidates = { source = "c.csv" }')
    county.refused().the("siting.cost_unknown")


def test_weights_of_units(county):
    siting(county, "sites = 1\nunit_weights = { 330001 = 0, 330002 = 0, 330003 = 0, 330009 = 2 }")
    done = county.refused()
    assert done.the("siting.unknown_unit").found == "330009"
    done.the("siting.no_weight")
    county.edit(", 330009 = 2", "")
    county.edit("330003 = 0", '"丙乡" = 2')
    assert request_of(county).unit_weights == {"330001": 0, "330002": 0, "330003": 2}


def test_two_sources_with_one_id(county):
    candidates(county, ("V00", 1, 1), ("x", 2, 2))
    siting(county, 'sites = 1\ncandidates = ["people", { source = "c.csv" }]')
    assert county.refused().the("candidate.id").found == "V00"


def test_each_reason_is_counted_where_nothing_is_left(county):
    county.features("no.geojson", [area(-0.5, -0.5, 2)])
    siting(county, 'sites = 7\nforbidden = [{ source = "no.geojson" }]\nspacing_metres = 500')
    problem = county.refused().the("siting.too_many")
    assert "9 个" in problem.found.zh
    assert "不足 500 米 2 个" in problem.found.zh
    assert "位于保护区内 1 个" in problem.found.zh
    county.edit("spacing_metres = 500", 'spacing_metres = 500\nexisting = "close"')
    county.understood()


def test_keep_and_shut_existing_sites(county):
    siting(county, 'sites = 1\nclose = 1\nrequired = ["养老院1"]\nexcluded = ["养老院2", "V00"]')
    found = request_of(county)
    assert (found.keep_ids, found.shut_ids, found.excluded) == (
        ("养老院1",),
        ("养老院2",),
        ("V00",),
    )
    assert found.closable
    (item,) = [i for i in load(county.study).layers if i.layer.id == "elderly_care"]
    assert found.kept(item.facilities).sites.index.tolist() == ["养老院1"]


def test_capacity_models_say_who_has_none(county):
    siting(county, 'sites = 1\nmodel = "cap_mclp"')
    problem = county.understood().the("siting.no_capacity")
    assert problem.severity == "warning"
    county.edit('"cap_mclp"', '"cap_mclp"\ncapacity = 100')
    assert "siting.no_capacity" not in county.understood().codes


def test_what_the_ground_rules_also_ask_is_said(county):
    county.features("no.geojson", [area(0, 0, 0.1)])
    siting(
        county,
        'sites = 1\nground_rules = "burial_shandong"\n'
        'forbidden = [{ kind = "scenic", source = "no.geojson" }]',
    )
    problem = county.understood().the("siting.ground_missing")
    assert "铁路 500 米" in problem.found.zh
    assert "homes distance unknown" in problem.found.en
    assert "风景" not in problem.found.zh
    ((_, metres, name),) = request_of(county).forbidden
    assert (metres, name.zh, name.en) == (2000.0, "风景名胜区", "scenic areas")


def test_areas_that_are_missing_files(county):
    siting(county, 'sites = 1\nrequired_areas = [{ source = "a.geojson" }]')
    assert "required_areas" in county.refused().the("file.missing").what.en


def test_nothing_inside_the_required_area(county):
    county.features("in.geojson", [area(0, 0, 0.1)])
    siting(county, 'sites = 1\nrequired_areas = [{ source = "in.geojson" }]')
    assert "不在in内 9 个" in county.refused().the("siting.no_candidate").found.zh


def test_parcels_are_points_within_without_a_word(county):
    county.features("lots.geojson", [area(1, 1, 0.2, "地块甲"), area(5, 1, 0.2, "地块乙")])
    siting(county, 'sites = 1\ncandidates = { source = "lots.geojson", kind = "reuse" }')
    assert "point.not_points" not in county.understood().codes
    found = request_of(county).candidates
    assert found["name"].tolist() == ["地块甲", "地块乙"]
    assert set(found["kind"]) == {"reuse"}
    assert found["unit"].tolist() == ["330001", "330002"]


def test_buildings_of_another_layer(county):
    county.cell("stations.xlsx", 2, "状态", "停用")
    county.cell("stations.xlsx", 3, "状态", "规划")
    siting(county, 'sites = 1\ncandidates = "layer:social_work"')
    assert request_of(county).candidates.index.tolist() == [
        "social_work:社工站1", "social_work:社工站3",
    ]  # fmt: skip


def test_road_nodes_thinned_inside_the_study(county):
    siting(county, 'sites = 1\ncandidates = "roads"\ncandidate_spacing_metres = 1900')
    found = request_of(county).candidates
    xy = np.column_stack([found.geometry.x, found.geometry.y])
    away = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    assert away[~np.eye(len(xy), dtype=bool)].min() >= 1900
    assert 10 < len(found) < 40
    assert set(found["unit"]) == {"330001", "330002", "330003"}
    assert found.index.is_unique
    assert found.equals(request_of(county).candidates)


def dem(county, heights):
    """Write heights on a grid of 0.001 degrees that covers the county."""
    with rasterio.open(
        county.path("dem.tif"), "w", driver="GTiff", width=heights.shape[1],
        height=heights.shape[0], count=1, dtype="float32", crs="EPSG:4326", nodata=-9999,
        transform=Affine(0.001, 0, 117.98, 0, -0.001, 30.06),
    ) as raster:  # fmt: skip
        raster.write(heights.astype("float32"), 1)


def test_slope_of_the_ground(county):
    column = np.arange(180, dtype=float)
    # Flat in the west, then 30 m up for each cell of about 96 m; nothing known in the east.
    heights = np.tile(np.where(column < 60, 100.0, 100 + (column - 60) * 30), (80, 1))
    heights[:, 110:] = -9999
    dem(county, heights)
    county.edit('source = "roads.geojson"\n', 'source = "roads.geojson"\nelevation = "dem.tif"\n')
    siting(county, "sites = 9\nmost_slope_percent = 25")
    problem = county.refused().the("siting.too_many")
    assert "坡度超过 25 % 3 个" in problem.found.zh
    assert "坡度未知 3 个" in problem.found.zh
    county.edit("sites = 9", "sites = 3")
    slopes = request_of(county).candidates["slope_percent"].to_numpy()
    assert slopes[:3] == pytest.approx(0, abs=1e-6)
    assert slopes[3:6] == pytest.approx(30 / 96.4 * 100, rel=0.02)
    assert np.isnan(slopes[6:]).all()


EVERY = """\
model = "{model}"
existing = "close"
close = 1
moves = 1
budget_yuan = 50_000_000
sites = 2
{more}
cutoff_minutes = 45
candidates = [
    "people",
    "layer:social_work",
    "roads",
    {{ source = "c.csv", kind = "reuse", cost_yuan = 1000, columns = {{ capacity = "可用面积" }} }},
]
candidate_spacing_metres = 1500
classes = [
    {{ name = "小型", capacity = 30, cost_yuan = 2_000_000, reuse_cost_yuan = 900_000 }},
    {{ name = "大型", cost_yuan = 5_000_000 }},
]
required = ["V11#小型", "养老院1"]
excluded = ["V22"]
ground_rules = "burial_shandong"
forbidden = [
    {{ source = "no.geojson" }},
    {{ kind = "scenic", source = "no.geojson", metres = 10 }},
    {{ source = "homes", metres = 0 }},
]
required_areas = [{{ source = "in.geojson" }}]
most_slope_percent = 25
most_road_metres = 800
spacing_metres = 100
unit_most = 3
unit_least = 0
unit_weights = {{ 330001 = 2 }}
group_weights = {{ elderly = 2, all = 1 }}
time_limit_seconds = 5
gap_percent = 1
uncertainty = {{ draws = 10, seed = 3, speed_percent = 10, people_percent = 5, \
missing_links_percent = 1 }}"""

OWN = {
    "mclp": "", "floor": "share_percent = 60", "bacop": "theta = 0.5",
    "fewest": 'share_percent = 80\nwithin = "every_unit"', "lscp": 'unreachable = "refuse"',
}  # fmt: skip


@pytest.mark.parametrize("model", OWN)
def test_every_key_at_once(county, model):
    dem(county, np.full((80, 180), 50.0))
    county.edit('source = "roads.geojson"\n', 'source = "roads.geojson"\nelevation = "dem.tif"\n')
    candidates(county, ("闲1", 1.5, 1.5), ("闲2", 6, 2), 可用面积=["20", ""])
    county.features("no.geojson", [area(3.6, 3.6, 0.2)])
    county.features("in.geojson", [area(-1, -1, 20)])
    siting(county, EVERY.format(model=model, more=OWN[model]))
    own = {"years", "cost_yuan", "capacity", "every", "otherwise", "use_capacity"}
    own |= {"frontier", "frontier_yuan"}
    used = set(SitingConfig.model_fields) - own
    text = county.study.read_text(encoding="utf-8")
    missing = {key for key in used if key not in text} - {"share_percent", "within", "theta"}
    assert not missing - {"unreachable"}
    found = request_of(county)
    frame = found.candidates
    assert frame.columns.tolist() == [
        "name", "unit", "geometry", "source", "kind", "cost_yuan", "capacity", "slope_percent",
        "place", "class_name",
    ]  # fmt: skip
    assert frame.loc["闲1#小型", ["cost_yuan", "capacity", "kind"]].tolist() == [
        901_000, 20, "reuse",
    ]  # fmt: skip
    assert frame.loc["闲2#小型", "capacity"] == 30
    assert frame.loc["闲1#大型", ["cost_yuan", "capacity"]].tolist() == [5_001_000, 20]
    assert frame.loc["V11#大型", "cost_yuan"] == 5_000_000
    assert frame["capacity"].isna()["V11#大型"]
    assert frame.loc["闲1#小型", "place"] == frame.loc["闲1#大型", "place"]
    assert frame["place"].value_counts().eq(2).all()
    assert set(frame["source"]) == {"people", "layer:social_work", "roads", "c"}
    rules = found.rules
    assert (rules.sites, rules.budget_yuan, rules.close_most, rules.moves) == (2, 50_000_000, 1, 1)
    assert (rules.unit_most, rules.spacing_metres, rules.close_least) == (3, 100.0, 0)
    assert found.required == ("V11#小型",)
    assert found.keep_ids == ("养老院1",)
    assert found.homes_metres == 0
    assert [metres for _, metres, _ in found.forbidden] == [0.0, 10.0]
    assert found.group_weights == {"elderly": 2, "all": 1}
    assert found.uncertainty.draws == 10


def test_the_plainest_table_is_what_it_was(county):
    found = request_of(county)
    assert found.candidates.index.tolist() == [f"V{i}{j}" for i in range(3) for j in range(3)]
    assert found.rules.sites == 1
    assert not found.closable
    assert found.forbidden == ()
    assert found.model == "mclp"


def test_years(county):
    siting(
        county,
        'model = "phases"\ncost_yuan = 5\n'
        "years = [{ year = 2026, sites = 1 }, { year = 2027, sites = 0, budget_yuan = 9 }]",
    )
    found = request_of(county)
    assert [(y.year, y.sites, y.budget_yuan) for y in found.years] == [
        (2026, 1, None),
        (2027, 0, 9),
    ]
    assert found.rules.sites is None


def test_consolidation_asks_for_no_candidate(county):
    county.features("no.geojson", [area(-1, -1, 20)])
    siting(county, 'model = "consolidate"\nclose = 2\nforbidden = [{ source = "no.geojson" }]')
    rules = request_of(county).rules
    assert (rules.close_least, rules.close_most, rules.sites) == (2, 2, None)


def test_only_moving(county):
    siting(county, "moves = 1")
    rules = request_of(county).rules
    assert (rules.sites, rules.moves, rules.close_most) == (0, 1, 1)
