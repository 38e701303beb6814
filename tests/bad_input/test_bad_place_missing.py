"""Facilities without coordinates: at their village or township only where the study says so."""

import pytest

from coverplan.core.errors import Problems
from coverplan.io import read_facilities, read_people, read_region, read_study
from coverplan.io.paths import Folder

H = "homes.csv"


def place(county, *, known=True):
    """Read the homes as a run does; the facilities and what was said."""
    config, folder, problems = read_study(county.study), Folder(county.folder), Problems()
    region = read_region(folder, config.region, config.crs)
    people = read_people(folder, config.people, region, Problems())
    layer = config.layers["elderly_care"]
    villages = people.places if known else None
    found = read_facilities(folder, "elderly_care", layer, region, problems, villages)
    return found.sites, people.places, list(problems)


def codes(problems):
    return [p.code for p in problems]


@pytest.fixture
def asked(county):
    """Homes that name their village, and a study that places those without coordinates."""
    county.edit('"homes.csv"', '"homes.csv"\nplace_missing = "village"')
    homes = county.rows(H)
    for i, row in enumerate(homes):
        row["所在村"] = f"{row['乡镇']}第{i + 1}村"
    county.table(H, homes)
    return county


def test_nothing_changes_where_all_have_coordinates(asked):
    sites, _, problems = place(asked)
    assert problems == []
    assert "precision" not in sites


def test_at_the_village_it_names(asked):
    asked.cell(H, 3, "经度", "")
    asked.cell(H, 3, "纬度", "")
    sites, villages, problems = place(asked)
    assert sites["precision"].tolist() == ["point", "village", "point"]
    assert sites.geometry.iloc[1].equals(villages.geometry.loc["V11"])
    assert codes(problems) == ["facility.at_village", "facility.placed"]
    assert (problems[0].row, problems[0].found) == (3, "乙乡第2村")
    assert "3 处设施中有 1 处没有坐标，1 处放在村，0 处放在乡镇" in problems[1].what.zh


def test_at_the_largest_village_of_its_township(asked):
    for column in ("经度", "纬度", "所在村"):
        asked.cell(H, 4, column, "")
    sites, villages, problems = place(asked)
    assert sites["precision"].tolist() == ["point", "point", "township"]
    assert sites.geometry.iloc[2].equals(villages.geometry.loc["V22"])
    assert codes(problems) == ["facility.at_township", "facility.placed"]
    asked.cell("villages.csv", 9, "常住人口", "500")
    assert place(asked)[0].geometry.iloc[2].equals(villages.geometry.loc["V21"])


def test_a_village_nobody_knows_is_said_to_be_at_the_township(asked):
    asked.cell(H, 2, "经度", "")
    asked.cell(H, 2, "纬度", "")
    asked.cell(H, 2, "所在村", "不存在村")
    _, _, problems = place(asked)
    assert codes(problems) == ["facility.at_township", "facility.placed"]


def test_without_columns_of_coordinates_at_all(asked):
    drop = {"经度", "纬度"}
    asked.table(H, [{k: v for k, v in r.items() if k not in drop} for r in asked.rows(H)])
    sites, villages, problems = place(asked)
    assert sites["precision"].tolist() == ["village"] * 3
    expected = villages.geometry.loc[["V00", "V11", "V22"]]
    assert [a.equals(b) for a, b in zip(sites.geometry, expected, strict=True)] == [True] * 3
    assert codes(problems).count("facility.at_village") == 3


def test_features_without_geometry(asked):
    homes = asked.rows(H)
    shapes = [
        {"type": "Point", "coordinates": [float(row.pop("经度")), float(row.pop("纬度"))]}
        for row in homes
    ]
    shapes[1] = None
    pairs = zip(homes, shapes, strict=True)
    asked.features("homes.geojson", [{"properties": p, "geometry": g} for p, g in pairs])
    asked.edit("homes.csv", "homes.geojson")
    sites, villages, problems = place(asked)
    assert codes(problems) == ["facility.at_village", "facility.placed"]
    assert sites["precision"].tolist() == ["point", "village", "point"]
    assert sites.geometry.iloc[1].equals(villages.geometry.loc["V11"])


def test_who_names_no_place_that_is_known_stays_a_fault(asked):
    for column in ("经度", "纬度"):
        asked.column(H, column, lambda _: "")
    asked.column(H, "乡镇", lambda _: "外县某镇")
    asked.column(H, "所在村", lambda _: "某村")
    _, _, problems = place(asked)
    faults = [p for p in problems if p.severity == "error"]
    assert [(p.code, p.row, p.found) for p in faults] == [
        ("point.none", row, "外县某镇 某村") for row in (2, 3, 4)
    ]


def test_a_village_of_that_name_in_another_township_is_another(asked):
    for column in ("经度", "纬度"):
        asked.cell(H, 2, column, "")
    asked.cell(H, 2, "乡镇", "邻县镇")
    assert [p.code for p in place(asked)[2] if p.severity == "error"] == ["point.none"]
    asked.cell(H, 2, "乡镇", "")
    assert codes(place(asked)[2]) == ["facility.at_village", "facility.placed"]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [("0", "0", "point.zero"), ("", "30.01", "point.none"), ("318", "30", "point.lon")],
)
def test_wrong_coordinates_are_not_replaced(asked, lon, lat, code):
    asked.cell(H, 3, "经度", lon)
    asked.cell(H, 3, "纬度", lat)
    _, _, problems = place(asked)
    assert [(p.code, p.row) for p in problems if p.severity == "error"] == [(code, 3)]
    assert "facility.placed" not in codes(problems)


def test_longitudes_without_latitudes_are_a_fault(asked):
    asked.table(H, [{k: v for k, v in r.items() if k != "纬度"} for r in asked.rows(H)])
    _, _, problems = place(asked)
    assert [p.row for p in problems if p.code == "point.none"] == [2, 3, 4]


def test_the_default_refuses(county):
    county.column(H, "经度", lambda _: "")
    county.column(H, "纬度", lambda _: "")
    assert codes(place(county)[2]) == ["point.none"] * 3
    assert {p.severity for p in place(county)[2]} == {"error"}
    county.edit('"homes.csv"', '"homes.csv"\nplace_missing = "village"')
    assert codes(place(county, known=False)[2]) == ["point.none"] * 3


def test_a_word_that_is_no_way_to_place(county):
    county.edit('"homes.csv"', '"homes.csv"\nplace_missing = "guess"')
    problem = county.refused().problems[0]
    assert (problem.file, problem.found) == ("study.toml", "guess")
