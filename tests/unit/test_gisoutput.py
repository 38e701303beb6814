"""The GeoPackage a GIS opens: its styles name real fields, and their classes hold who they say."""

import dataclasses
import re
import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan import Demand, Text
from coverplan.gisoutput import gis_layers, write_study_gpkg
from coverplan.present.looks import SHARE_FILLS

TABLES = {"units", "sites", "people", "candidates", "roads"}


@pytest.fixture(scope="module")
def written(yunxi, tmp_path_factory):
    path = tmp_path_factory.mktemp("gis") / "study.gpkg"
    write_study_gpkg(yunxi, path)
    return path


def rows(path, statement, *values):
    with closing(sqlite3.connect(path)) as database:
        database.create_function("format_number", 3, lambda v, digits, _: f"{v:.{digits}f}")
        return database.execute(statement, values).fetchall()


def parsed(qml):
    return ET.fromstring(qml.split("\n", 1)[1])  # noqa: S314 - we wrote it


def select(path, what, table, where="1"):
    return rows(path, f"SELECT {what} FROM {table} WHERE {where}")  # noqa: S608 - our own files


def styles(path, table):
    found = rows(
        path,
        'SELECT "styleName", "styleQML", "useAsDefault" FROM layer_styles WHERE f_table_name = ? '
        "ORDER BY id",
        table,
    )
    return {name: (parsed(qml), default) for name, qml, default in found}


def rules(root):
    """What each rule of a style draws: its words, its filter, the colour it fills with."""
    symbols = {s.get("name"): s for s in root.iterfind("renderer-v2/symbols/symbol")}
    for rule in root.iterfind("renderer-v2/rules/rule"):
        symbol = symbols[rule.get("symbol")]
        colour = symbol.find("layer/prop[@k='color']")
        yield rule.get("label"), rule.get("filter"), None if colour is None else colour.get("v")


def test_every_table_opens_with_a_style(written):
    for table in TABLES:
        default = [d for _, d in styles(written, table).values()]
        assert default == [1] + [0] * (len(default) - 1), table
    assert list(styles(written, "units"))[:2] == ["养老服务 现状", "养老服务 建成后"]
    assert len(styles(written, "units")) == 8
    (times,) = {tuple(rows(written, "SELECT update_time FROM layer_styles ORDER BY id"))}
    # QGIS lists the styles of one time again for each of them, and the latest first.
    assert len(set(times)) == len(times)
    assert list(times) == sorted(times, reverse=True)
    assert all(re.fullmatch(r"2000-01-01T00:00:\d\d\.\d{3}Z", t) for (t,) in times)


def test_styles_name_fields_and_values_there_are(yunxi, written):
    layers = gis_layers(yunxi)
    for table in TABLES:
        columns = set(layers[table].columns)
        texts = {
            str(v)
            for c in columns - {"geometry"}
            if layers[table][c].dtype.kind not in "iuf"
            for v in layers[table][c].unique()
        }
        for name, (root, _) in styles(written, table).items():
            label = root.find("labeling/settings/text-style")
            said = [where for _, where, _ in rules(root)]
            said += [] if label is None else [label.get("fieldName")]
            assert set(re.findall(r'"([^"]+)"', " ".join(said))) <= columns, name
            values = re.findall(r"\"(?:layer|state)\" = '([^']+)'", " ".join(said))
            assert {v for v in values if v != "closing"} <= texts, name


def test_units_stand_in_the_class_of_their_share(yunxi, written):
    fills = ["{},{},{},255".format(*bytes.fromhex(f[1:])) for f in SHARE_FILLS]
    for key, result in yunxi.layers.items():
        for phase, when in (("before", "现状"), ("after", "建成后")):
            root, _ = styles(written, "units")[f"{result.layer.label.zh} {when}"]
            facts = yunxi.coverage.shares
            facts = facts[
                (facts["layer"] == key)
                & (facts["indicator"] == "people_reached")
                & (facts["minutes"] == result.layer.minutes)
                & (facts["phase"] == phase)
            ].set_index("unit_code")
            drawn = {}
            for _, where, colour in rules(root):
                for (code,) in select(written, "code", "units", where):
                    assert code not in drawn, "two classes"
                    drawn[code] = colour
            for code in yunxi.inputs.region.codes:
                share = facts.loc[code, "value"] / facts.loc[code, "denominator"]
                assert drawn[code] == fills[np.searchsorted([0.25, 0.5, 0.75, 0.9], share, "right")]


def test_people_of_the_near_classes_are_those_reached(yunxi, written):
    for key, result in yunxi.layers.items():
        root, _ = styles(written, "people")[f"{result.layer.label.zh} 建成后"]
        counted, reached = 0, 0
        for words, where, _ in rules(root):
            ((people,),) = select(written, f'sum("{result.layer.group}")', "people", where)
            counted += people or 0
            limit = re.search(r"(\d+) 分钟以内|–(\d+) 分钟", words)
            if limit and int(limit[1] or limit[2]) <= result.layer.minutes:
                reached += people or 0
        both = f"sum({key}_people), sum({key}_reached_after)"
        ((total, within),) = select(written, both, "units")
        assert (counted, reached) == (total, within), key


def test_a_millisecond_beyond_the_limit_is_beyond(yunxi):
    result = yunxi.layers["elderly_care"]
    ms = result.before.ms.copy()
    ms[:2] = [900_000, 900_001]
    late = dataclasses.replace(result.before, ms=ms)
    study = dataclasses.replace(
        yunxi, layers=yunxi.layers | {"elderly_care": dataclasses.replace(result, before=late)}
    )
    minutes = gis_layers(study)["people"]["elderly_care_minutes"]
    assert (minutes[:2] <= 15).tolist() == [True, False]


def test_candidates_and_roads_are_each_drawn_once(written):
    for name in styles(written, "candidates"):
        root, _ = styles(written, "candidates")[name]
        counts = [
            select(written, "count(*)", "candidates", where)[0][0] for _, where, _ in rules(root)
        ]
        layer = re.search(r"\"layer\" = '(\w+)'", next(iter(rules(root)))[1])[1]
        mine = rows(written, "SELECT count(*) FROM candidates WHERE layer = ?", layer)[0][0]
        assert sum(counts) == mine
        assert counts[0] >= 1
    ((root, _),) = styles(written, "roads").values()
    said = list(rules(root))
    assert [where for _, where, _ in said].count("ELSE") == 1
    assert any("'primary_link'" in where for _, where, _ in said)


def test_labels_say_name_and_share(yunxi, written):
    root, _ = styles(written, "units")["养老服务 现状"]
    expression = root.find("labeling/settings/text-style").get("fieldName")
    labels = [words for (words,) in select(written, expression, "units", "1 ORDER BY code")]
    assert labels[0] == "澄江街道\n13.3 %"
    assert len(labels) == len(yunxi.inputs.region)
    buffer = root.find("labeling/settings/text-style/text-buffer")
    assert buffer.get("bufferDraw") == "1"


def test_titles_and_names_of_fields(written):
    found = dict(rows(written, "SELECT table_name, identifier FROM gpkg_contents"))
    assert (found["units"], found["roads"]) == ("单元", "道路")
    about = rows(written, "SELECT description FROM gpkg_contents WHERE table_name = 'people'")
    assert "云溪县" in about[0][0]
    ((title, unit),) = rows(
        written,
        "SELECT title, description FROM gpkg_data_columns "
        "WHERE table_name = 'units' AND column_name = 'elderly_care_reached_before'",
    )
    assert (title, unit) == ("养老服务：15 分钟可达人数（现状）", "人")
    assert ("gpkg_data_columns", "gpkg_schema") in rows(
        written, "SELECT table_name, extension_name FROM gpkg_extensions"
    )
    assert rows(written, "PRAGMA integrity_check") == [("ok",)]
    for table in TABLES:
        columns = [name for _, name, *_ in rows(written, f"PRAGMA table_info({table})")]
        root, _ = next(iter(styles(written, table).values()))
        named = {a.get("field"): int(a.get("index")) for a in root.iterfind("aliases/alias")}
        assert set(named) == set(columns) - {"fid", "geom"}
        # QGIS counts fields without the geometry, the row number first.
        fields = [c for c in columns if c != "geom"]
        assert all(fields[index] == name for name, index in named.items())


def test_other_readers_and_the_same_bytes(yunxi, written, tmp_path):
    kinds = dict(pyogrio.list_layers(written))
    assert set(kinds) == TABLES | {"layer_styles"}
    assert kinds["layer_styles"] is None
    assert len(gpd.read_file(written, layer="units")) == len(yunxi.inputs.region)
    write_study_gpkg(yunxi, tmp_path / "b.gpkg")
    assert written.read_bytes() == (tmp_path / "b.gpkg").read_bytes()


HOSTILE = "<b>\"'&]]></rule>\\ {{1}} =1+1 \u202e\x07\ud800甲" + "长" * 10_000


def strange(name=HOSTILE):
    """One unit of people, one of nobody, one of unknown many; two layers of one hostile name."""
    units = region((0, 0, 1000, 1000), (1000, 0, 2000, 1000), (2000, 0, 3000, 1000))
    units.units["name"] = [name.replace("\ud800", ""), "空乡", "未知乡"]
    people = demand(units, [(500, 500, "a", 3000)])
    totals = people.totals.copy()
    totals.loc["b"], totals.loc["c"] = 0, pd.NA
    people = Demand(people.points, people.groups, totals, people.unplaced)
    given = inputs(units, people, network([[(0, 500), (3000, 500)]]), facilities([(0, 500, "a")]))
    label = Text(name.replace("\ud800", ""), "x")
    item = dataclasses.replace(
        given.layers[0], layer=dataclasses.replace(given.layers[0].layer, label=label)
    )
    other = dataclasses.replace(
        item, layer=dataclasses.replace(item.layer, id="o'\"x"), facilities=facilities([], "o'\"x")
    )
    return coverplan.assess(dataclasses.replace(given, layers=(item, other)))


def test_strange_names_unknown_and_nobody(tmp_path):
    path = tmp_path / "a.gpkg"
    write_study_gpkg(strange(), path)
    for table in ("units", "sites", "people", "roads"):
        assert styles(path, table)
    root, _ = next(iter(styles(path, "units").values()))
    for words, where, _ in rules(root):
        codes = [c for (c,) in select(path, "code", "units", where)]
        expected = {"无此人群": ["b"], "人数未知": ["c"], "90–100 %": ["a"]}
        assert codes == expected.get(words, []), words
    expression = root.find("labeling/settings/text-style").get("fieldName")
    labels = [words for (words,) in select(path, expression, "units", "1 ORDER BY code")]
    assert labels[1:] == ["空乡\n无此人群", "未知乡\n人数未知"]
    assert len(labels[0]) < 60
    assert labels[0].startswith("<b>\"'&]]></rule>\\ {{1}} =1+1")
    root, _ = styles(path, "sites")["全部图层"]
    assert "o''\"x" in " ".join(where for _, where, _ in rules(root))
    titles = rows(path, "SELECT title FROM gpkg_data_columns WHERE table_name = 'units'")
    assert len(set(titles)) == len(titles)
