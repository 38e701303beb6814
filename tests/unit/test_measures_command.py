"""`coverplan measures`: from a study file to tables, pictures and a GeoPackage."""

import json
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from street_files import STUDY, write_street

from coverplan import Text, cli
from coverplan.core.errors import InputError
from coverplan.io import read_study
from coverplan.measurescommand import settings_of
from coverplan.present.blindmap import blind_spot_svg
from coverplan.present.lorenz import lorenz_svg


def parsed(picture):
    """A picture we drew ourselves."""
    return ET.fromstring(picture)  # noqa: S314


SVG = "{http://www.w3.org/2000/svg}"


def measures(study, folder, *words):
    return cli.execute(["measures", str(study), "--out", str(folder), *words])


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    return write_street(folder)


def test_the_sample_county(root, tmp_path, capsys):
    """With its unit tables: priority units and registered people come from them."""
    file = root / "data" / "geo" / "yunxi" / "targets.toml"
    words = ["--need-share", "elderly_care=0.03", "--group", "registered"]
    assert measures(file, tmp_path / "out", *words) == cli.EXIT_OK
    printed = capsys.readouterr().out
    assert "盲区，全部人口（共 420,000 人）：都不缺 7,733 人" in printed
    assert "未给出需求率" in printed
    written = {path.name for path in (tmp_path / "out").iterdir()}
    tables = {"minutes", "blind_spots", "access", "supply", "assignment", "inequality"}
    assert written >= {f"{name}.csv" for name in tables} | {"blind_spots.svg", "measures.gpkg"}
    assert {f"lorenz-{key}.svg" for key in read_study(file).layers} <= written
    unequal = pd.read_csv(tmp_path / "out" / "inequality.csv")
    assert {"registered", "registered_elderly"} <= set(unequal["group"])
    assert {"urban_rural", "priority", "unit"} <= set(unequal["partition"].dropna())
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["measures"]["need_share"] == {"elderly_care": "3/100"}
    assert record["supply"]["social_work"] == {"column": "社工人数", "places": False}
    assert set(record["outputs"]) == written - {"run.json"}
    people = gpd.read_file(tmp_path / "out" / "measures.gpkg", layer="people")
    spots = pd.read_csv(tmp_path / "out" / "blind_spots.csv")
    total = spots.query("by == 'count' and scope == 'every' and group == 'all'")
    total = total[total["unit_code"] == "total"].dropna(subset=["missing"])
    drawn = people.groupby("missing")["all"].sum()
    assert total["value"].tolist() == drawn.reindex(range(5), fill_value=0).tolist()
    picture = (tmp_path / "out" / "blind_spots.svg").read_text(encoding="utf-8")
    shown = {element.text for element in parsed(picture).iter(f"{SVG}text")}
    assert {f"{n:,}" for n in total["value"]} <= shown


def test_the_same_bytes_twice_and_in_english(study, tmp_path, capsys):
    for name in ("one", "two"):
        assert measures(study, tmp_path / name, "--lang", "en") == cli.EXIT_OK
    assert "blind spots, everybody" in capsys.readouterr().out
    for path in (tmp_path / "one").iterdir():
        if path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    "words",
    [
        ["--need-share", "homes"],
        ["--need-share", "homes=2"],
        ["--need-share", "nothing=0.5"],
        ["--people-per-place", "homes=many"],
        ["--people-per-place", "homes=1/0"],
        ["--people-per-place", "homes=1e9999999999"],
        ["--people-per-place", "homes=999999999999"],
        ["--need-share", "homes=0"],
        ["--need-share", "homes=nan"],
        ["--need-share", "homes=0.1", "--need-share", "homes=0.2"],
        ["--catchment", "homes=1000"],
        ["--catchment", "homes=-5"],
        ["--zone-weights", "0.2,0.9"],
        ["--zone-weights", "a,b"],
        ["--group", "martians"],
        ["--lang", "fr"],
    ],
)
def test_what_cannot_be_meant_is_refused(study, tmp_path, words, capsys):
    assert measures(study, tmp_path / "out", *words) == cli.EXIT_INPUT
    assert capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_all_wrong_options_are_named_at_once():
    with pytest.raises(InputError) as caught:
        settings_of(["x"], ["y=z"], ["=3"], "one", None)
    assert [p.column for p in caught.value.problems] == [
        "--need-share",
        "--people-per-place",
        "--catchment",
        "--zone-weights",
    ]


def test_exact_numbers_are_taken_as_they_are_written():
    asked = settings_of(["a=0.1", "b=1/3"], None, ["a=20"], "1,0.42,0.09", ["all"])
    assert str(asked.need_share["a"]) == "1/10"
    assert str(asked.need_share["b"]) == "1/3"
    assert asked.zone_weights == (1.0, 0.42, 0.09)
    assert asked.groups == ("all",)


def picture(name="<b>甲</b>", missing=(0, 1, 2), people=(5, 0, 7)):
    square = gpd.GeoSeries.from_wkt(["POLYGON((0 0,9000 0,9000 9000,0 9000,0 0))"])
    units = gpd.GeoDataFrame({"name": [name]}, geometry=square)
    points = gpd.GeoDataFrame(
        {"missing": list(missing)},
        geometry=gpd.points_from_xy([1000, 4000, 8000], [1000, 4000, 8000]),
    )
    return blind_spot_svg(
        units,
        points,
        people=np.array(people),
        services=2,
        title=Text("<题>", "<title>"),
        notes=(Text("注&", "note&"),),
        language="zh",
    )


def test_the_map_counts_people_and_keeps_text_as_text():
    tree = parsed(picture())
    words = [element.text for element in tree.iter(f"{SVG}text")]
    assert "<b>甲</b>" in words
    assert "注&" in words
    assert tree.find(f"{SVG}b") is None
    assert [w for w in words if w in {"5", "0", "7"}] == ["5", "0", "7"]
    assert {"41.7 %", "0.0 %", "58.3 %"} <= set(words)
    # A place of nobody is not drawn: two classes of dots.
    dots = [p for p in tree.iter(f"{SVG}path") if p.get("stroke-linecap") == "round"]
    assert len(dots) == 2
    assert len({p.get("stroke") for p in dots}) == 2


def test_the_map_of_a_place_of_nobody():
    words = [e.text for e in parsed(picture(people=(0, 0, 0))).iter(f"{SVG}text")]
    assert words.count("—") == 3


def test_names_never_lie_on_each_other_and_the_largest_unit_keeps_its_own():
    """A hundred units of one size but for one: names that would touch are left out."""
    squares = [shapely.box(x, y, x + 90, y + 90) for x in range(0, 1000, 100)
               for y in range(0, 1000, 100)]  # fmt: skip
    squares[57] = shapely.box(500, 700, 595, 795)
    units = gpd.GeoDataFrame({"name": [f"第{i}号乡镇" for i in range(100)]}, geometry=squares)
    points = gpd.GeoDataFrame({"missing": [0]}, geometry=gpd.points_from_xy([5], [5]))
    title = Text("很长的题目" * 30, "title")
    tree = parsed(blind_spot_svg(units, points, people=np.array([5]), services=1, title=title,
                                 notes=(Text("注" * 200, "note"),), language="zh"))  # fmt: skip
    texts = list(tree.iter(f"{SVG}text"))
    names = [e for e in texts if (e.text or "").endswith("号乡镇")]
    spots = [(float(e.get("x")), float(e.get("y"))) for e in names]
    assert 1 < len(names) < 100
    assert "第57号乡镇" in [e.text for e in names]
    for i, (x, y) in enumerate(spots):
        assert all(abs(x - u) > 70 or abs(y - v) >= 15 for u, v in spots[i + 1 :])
    assert {"不缺", "缺"} <= {e.text for e in texts}
    # The title fits in one line, the note is broken.
    (head,) = [e for e in texts if e.text == title.zh]
    assert len(title.zh) * float(head.get("font-size")) <= 900
    assert sum(set(e.text or "") == {"注"} for e in texts) > 1


def test_the_scale_stays_clear_of_the_legend_of_a_flat_county():
    square = gpd.GeoSeries.from_wkt(["POLYGON((0 0,90000 0,90000 900,0 900,0 0))"])
    units = gpd.GeoDataFrame({"name": ["甲"]}, geometry=square)
    points = gpd.GeoDataFrame({"missing": [3]}, geometry=gpd.points_from_xy([5], [5]))
    tree = parsed(blind_spot_svg(units, points, people=np.array([5]), services=6,
                                 title=Text("题", "t"), notes=(), language="en"))  # fmt: skip
    texts = {e.text: float(e.get("y")) for e in tree.iter(f"{SVG}text")}
    assert texts["all 6"] + 15 < texts["10 km"]
    assert "services missing (of 5 people)" in texts


def test_lorenz_curves_are_drawn_from_corner_to_corner():
    curve = pd.DataFrame({"people_share": [0, 0.5, 1], "value_share": [0, 0.1, 1]})
    named = Text("<甲>", "<a>")
    tree = parsed(lorenz_svg({"a": (named, curve), "b": (named, curve)}, named, "zh"))
    lines = list(tree.iter(f"{SVG}polyline"))
    first = [tuple(map(float, pair.split(","))) for pair in lines[0].get("points").split()]
    (x0, y0), (x1, y1), (x2, y2) = first
    assert (x1 - x0) / (x2 - x0) == pytest.approx(0.5)
    assert (y0 - y1) / (y0 - y2) == pytest.approx(0.1)
    assert len({line.get("stroke-dasharray") for line in lines}) == 2
    assert "<甲>" in [e.text for e in tree.iter(f"{SVG}text")]
    noted = parsed(lorenz_svg({"a": (named, curve)}, named, "zh", notes=(Text("注<", "n<"),)))
    words = {e.text: float(e.get("y")) for e in noted.iter(f"{SVG}text")}
    assert words["注<"] < float(noted.get("height"))


def test_registered_people_at_points_stand_beside_the_residents(tmp_path):
    """Twice as many are registered as live there: the same roads, half the beds for each."""
    folder = tmp_path / "study"
    folder.mkdir()
    said = STUDY.replace(
        'elderly = "60岁及以上" }',
        'elderly = "60岁及以上", registered = { column = "户籍人口", registered = true } }',
    )
    study = write_street(folder, study=said)
    people = pd.read_csv(folder / "villages.csv", dtype=str)
    people["户籍人口"] = people["常住人口"].astype(int) * 2
    people.to_csv(folder / "villages.csv", index=False)
    for words in ([], ["--group", "registered"]):
        out = tmp_path / f"out{len(words)}"
        assert measures(study, out, *words) == cli.EXIT_OK
        access = pd.read_csv(out / "access.csv").query("layer == 'homes' and unit_code == 'total'")
        found = access[access["method"] == "e2sfca"].set_index("group")
        residents, registered = found.loc["all"], found.loc["registered"]
        assert registered["people"] == 2 * residents["people"]
        assert registered["per_1000"] == pytest.approx(residents["per_1000"] / 2, abs=1e-4)
        assert registered["group_label"] == "户籍人口"
