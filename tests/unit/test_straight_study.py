"""A county without roads from file to file: every command runs, and every figure says so."""

import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from bulk_parts import parts_of
from tiny import at, demand, facilities, inputs, profile, region

import coverplan
from coverplan import InputError, Network, cli
from coverplan.siting.ground import GroundLimits
from coverplan.travel import mode_graph, nearest_site, snap

SAYS = ("直线距离×1.3", "straight line × 1.3", "straight-line distance × 1.3")
NEVER_SAID = ("路网", "沿路", "路段", "road network", "by road", "road edges", "along roads")
STRAIGHT = "[roads]\ndetour = 1.3\nstraight_kmh = { driving = 30, ebike = 15, cycling = 12 }\n"


def without_roads(text: str, result: str) -> str:
    """Turn a study of the sample county into one without roads."""
    text = re.sub(r"\[roads\]\n.*?\n(?=\n[\[#])", STRAIGHT, text, count=1, flags=re.DOTALL)
    text = text.replace('spread = "streets"', 'spread = "points"')
    text = text.replace('candidates = "roads"', 'candidates = "people"')
    text = re.sub(r"candidate_spacing_metres = .*\n", "", text)
    # Villages are where people live: all would be too near to homes.
    text = text.replace(', { source = "homes", metres = 300 }', "")
    return re.sub("folder = .*", f'folder = "{result}"', text)


@pytest.fixture(scope="module")
def county(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample county, its roads and hills gone."""
    folder = tmp_path_factory.mktemp("straight") / "yunxi"
    shutil.copytree(root / "data" / "geo" / "yunxi", folder)
    (folder / "roads.gpkg").unlink()
    (folder / "dem.tif").unlink()
    for name in ("study", "targets", "questions"):
        path = folder / f"{name}.toml"
        text = without_roads(path.read_text(encoding="utf-8"), name)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def results(county: Path) -> Path:
    """Every command run on it, in both languages between them."""
    study, targets = str(county / "study.toml"), str(county / "targets.toml")
    out = county / "out"
    for arguments in (
        ["run", study, "--out", str(out / "run")],
        ["run", str(county / "questions.toml"), "--lang", "en", "--out", str(out / "questions")],
        ["measures", study, "--lang", "en", "--out", str(out / "measures")],
        ["targets", targets, "--out", str(out / "targets")],
        ["areas", study, "--out", str(out / "areas.gpkg"), "--minutes", "15"],
    ):
        assert cli.execute([*arguments, "-q"]) == 0, arguments
    return out


def words_of(path: Path) -> dict[str, str]:
    """Everything a reader of a file sees, by table or sheet."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        return {
            sheet.title: "\n".join(
                str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell
            )
            for sheet in book
        }
    if path.suffix == ".gpkg":
        return {
            layer: pyogrio.read_dataframe(path, layer=layer, read_geometry=False).to_csv()
            for layer in pyogrio.list_layers(path)[:, 0]
            if layer != "layer_styles"
        }
    return {"": path.read_text(encoding="utf-8-sig")}


def test_every_output_says_so_and_none_speaks_of_a_road_network(results):
    files = sorted(path for path in results.rglob("*") if path.is_file())
    assert len(files) > 40
    for path in files:
        # Faults have a file of their own; what is missing of a target is no figure of travel.
        for part, words in words_of(path).items():
            where = f"{path.relative_to(results)} {part}"
            if path.name != "faults.csv":
                assert any(say in words for say in SAYS), where
            assert not [word for word in NEVER_SAID if word in words], where


def test_every_row_of_the_tables_says_so(results):
    for path in sorted(results.rglob("*.csv")):
        if path.name == "faults.csv":
            continue
        table = pd.read_csv(path, dtype=str)
        said = np.zeros(len(table), dtype=bool)
        for column in ("notice", "travel"):
            if column in table:
                said |= table[column].str.contains("1.3", regex=False).fillna(value=False)
        assert said.all(), path.name


def test_the_record_and_the_map_say_so(results):
    record = json.loads((results / "run" / "run.json").read_text(encoding="utf-8"))
    assert "roads.straight" in [w["code"] for w in record["warnings"]]
    assert record["config"]["roads"]["detour"] == 1.3
    line = record["network"]["elderly_care"]["straight_line"]
    assert (line["detour"], line["kmh"]) == (1.3, 3.2)
    assert record["network"]["eco_burial"]["straight_line"]["kmh"] == 30.0
    page = (results / "run" / "map.html").read_text(encoding="utf-8")
    data = json.loads(
        re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", page, re.DOTALL)[1]
    )
    packed = re.search(r'id="coverplan-bulk">([^<]+)<', page)[1]
    assert parts_of(data["bulk"] | {"data": packed})["geometry"]["roads"] == []
    assert data["base"]["no_roads"] is True
    assert 'name="roads"' not in page
    assert "直线距离×1.3" in data["meta"]["notice"]
    assert all("直线距离×1.3" in layer["profile"]["zh"] for layer in data["layers"])
    assert any("椭球面上的直线距离×绕行系数 1.3" in m["zh"] for m in data["meta"]["method"])
    assert any("研究者给定的直线速度" in m["zh"] for m in data["meta"]["method"])


def test_everybody_is_counted_once_and_no_distance_to_a_road_is_made_up(results):
    network = pd.read_csv(results / "run" / "network.csv")
    assert set(network["kind"]) == {"straight", "unplaced"}
    assert network["kilometres"].isna().all()
    care = network[network["layer"] == "elderly_care"]
    facts = pd.read_csv(results / "run" / "coverage.csv")
    assert care["people"].sum() == 109_199
    total = facts.query(
        "layer == 'elderly_care' and indicator == 'people_reached' and minutes == 15 "
        "and unit_code == 'total' and phase == 'before'"
    )
    assert care["reached"].sum() == total["value"].item()
    assert not facts["indicator"].isin(["not_reached_no_road", "not_reached_no_way"]).any()
    sites = pd.read_csv(results / "run" / "sites.csv")
    assert sites["road_metres"].isna().all()


def test_there_are_no_roads_in_the_geopackages(results):
    layers = set(pyogrio.list_layers(results / "run" / "study.gpkg")[:, 0])
    assert layers == {"units", "sites", "people", "candidates", "layer_styles"}
    areas = pyogrio.list_layers(results / "areas.gpkg")[:, 0]
    assert list(areas) == ["isochrones"]
    use = pyogrio.read_dataframe(results / "areas.gpkg", layer="isochrones")["use"]
    assert set(use) == {"drawing only: straight line × 1.3, no roads"}


def test_a_province_is_refused_in_words(county):
    with pytest.raises(InputError) as caught:
        coverplan.assess_in_pieces(coverplan.load(county / "study.toml"))
    assert [p.code for p in caught.value.problems] == ["province.no_roads"]
    assert "run" in caught.value.problems[0].mend.en


def test_a_sited_question_of_another_model_works_too(county):
    found = coverplan.propose(county / "study.toml", "elderly_care", model="pmedian", sites=2)
    assert found.layers["elderly_care"].plan.status == "optimal"
    drawn = coverplan.propose(
        county / "study.toml",
        "elderly_care",
        sites=2,
        uncertainty={"draws": 3, "speed_percent": 10.0},
    )
    assert drawn.layers["elderly_care"].proposal.firmness is not None


def speeds(profiles):
    """The fastest each profile goes anywhere, on or off the road."""
    return {key: max(*one.speeds_kmh.values(), one.access_kmh) for key, one in profiles.items()}


@pytest.mark.parametrize("key", ["walking_older", "walking", "walking_child", "ebike", "driving"])
def test_times_over_straight_lines_are_never_longer_than_over_roads(yunxi, key):
    """At the profile's greatest speed, without a detour, nobody's way is shorter than the line."""
    study = yunxi.inputs
    flat = study.network.with_relief(None)
    one = study.profiles[key]
    kmh = speeds(study.profiles)[key]
    roads = mode_graph(flat, one)
    ground = mode_graph(Network.without_roads(flat.crs), one.straight_line(1.0, kmh))
    layer = study.layers[0]
    sites = layer.facilities.working(study.date).xy
    over, across = (
        nearest_site(graph, snap(graph, study.demand.xy), snap(graph, sites)).ms
        for graph in (roads, ground)
    )
    reached = over >= 0
    assert reached.sum() > 1000
    # Each edge is rounded to a millisecond, and ways to the road by the mean scale of the map.
    assert (across[reached] <= over[reached] + 100).all()
    assert np.median(over[reached] / np.maximum(across[reached], 1)) > 1.1


def test_people_reached_fall_with_the_factor(yunxi):
    study = yunxi.inputs
    sites = study.layers[0].facilities.working(study.date).xy
    reached = []
    for detour in (1.0, 1.2, 1.4, 2.0):
        ground = Network.without_roads(study.network.crs)
        graph = mode_graph(ground, study.profiles["walking"].straight_line(detour))
        near = nearest_site(graph, snap(graph, study.demand.xy), snap(graph, sites))
        reached.append(int(study.demand.people("all")[near.within(15)].sum()))
    assert reached == sorted(reached, reverse=True)
    assert len(set(reached)) == 4


UNITS = region((0, -2000, 4000, 2000))


def in_a_notebook(way, **given):
    ground = Network.without_roads(UNITS.crs)
    people = demand(UNITS, [(0, 0, "a", 3), (900, 0, "a", 4), (901, 0, "a", 5)])
    return inputs(UNITS, people, ground, facilities([(0, 0, "a")]), prof=way, **given)


def test_a_study_made_in_code_says_so_without_being_told():
    # 3.6 km/h is a metre a second; a way of 450 m takes 900 s.
    study = coverplan.assess(in_a_notebook(profile().straight_line(2.0), minutes=30))
    facts = study.coverage
    assert facts.value(indicator="people_reached", unit_code="total", minutes=30) == 7
    assert "直线距离×2" in study.inputs.notice
    assert coverplan.show_table(study, "test")["说明"].str.contains("直线距离×2").all()
    again = coverplan.Inputs(**{f: getattr(study.inputs, f) for f in study.inputs.__slots__})
    assert again.notice == study.inputs.notice
    with pytest.raises(InputError, match="straight_kmh"):
        coverplan.assess(in_a_notebook(builtin := coverplan.builtin_profiles()["driving"]))
    assert builtin.straight is None


def test_a_study_on_roads_says_nothing_of_the_kind(yunxi):
    assert yunxi.inputs.has_roads
    assert "直线" not in yunxi.inputs.notice
    frame = pd.DataFrame({"a": [1]})
    assert yunxi.inputs.marked(frame) is frame
    record = yunxi.inputs.config.model_dump(mode="json")
    assert not {"detour", "straight_kmh"} & set(record["roads"])


def test_nobody_far_away_is_lost():
    """A site a thousand kilometres off takes weeks to reach, and people still add up."""
    ground = Network.without_roads(UNITS.crs)
    people = demand(UNITS, [(0, 0, "a", 3)])
    far = facilities([(0, 1_000_000, "")])
    study = coverplan.assess(inputs(UNITS, people, ground, far, prof=profile().straight_line(1.4)))
    facts = study.coverage
    assert facts.value(indicator="not_reached_too_far", unit_code="total") == 3


def test_candidates_cannot_be_kept_near_a_road_that_nobody_knows():
    ground = Network.without_roads(UNITS.crs)
    graph = mode_graph(ground, profile().straight_line(1.4))
    places = gpd.GeoDataFrame(
        {"name": ["甲"], "unit": ["a"]}, geometry=gpd.points_from_xy(*at((5, 5)).T), crs=UNITS.crs
    )
    assert coverplan.check_candidates(places, graph).joined.joined.all()
    with pytest.raises(ValueError, match="no roads"):
        coverplan.check_candidates(places, graph, limits=GroundLimits(most_road_metres=50.0))
