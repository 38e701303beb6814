"""Rendered messages, word for word, in both languages, for a reviewer to read.

The files stand in ``golden/``. After an intended change set the environment variable
``COVERPLAN_GOLDEN=write``, run this file once, and read the difference.
"""

import os
from pathlib import Path

import pytest

from coverplan.core.errors import render_problems

GOLDEN = Path(__file__).parent / "golden"


def _study(county):
    county.edit('title = "小县"', 'titel = "小县"')
    county.edit("[layers.social_work]", "[layers.social_wrk]")
    county.edit("sites = 1", 'sites = "five"')
    county.edit('"homes.csv"', '"homes.csv"\nprofil = "walking"')


def _reference(county):
    county.edit('"homes.csv"', '"homes.csv"\ngroup = "elders"\nprofile = "walk"')
    county.edit("[layers.social_work]", "[layers.social_wrk]")
    county.edit('"roads.geojson"', '"roads.geojson"\nclasses = { "县道" = "teriary" }')


def _syntax(county):
    county.edit('"villages.csv"', "“villages.csv”")


def _files(county):
    county.edit("homes.csv", "home.csv")
    county.path("roads.geojson").write_bytes(b"")
    county.path("census.csv").write_bytes(county.path("stations.xlsx").read_bytes())


def _people(county):
    for row, value in ((2, "约300"), (3, "-5"), (4, ""), (5, "1.2E+03")):
        county.cell("villages.csv", row, "常住人口", value)
    county.cell("census.csv", 3, "乡镇代码", "330001")
    county.cell("villages.csv", 6, "乡镇代码", "330020")


def _places(county):
    rows = county.rows("homes.csv")
    rows[0] |= {"经度": rows[0]["纬度"], "纬度": rows[0]["经度"]}
    rows[1] |= {"经度": "", "状态": "装修中"}
    rows[2] |= {"经度": "0", "纬度": "0", "开业年份": "二〇一九"}
    county.table("homes.csv", rows)


def _boundaries(county):
    features = county.read_features("towns.geojson")
    features[1]["properties"]["code"] = "330001"
    ring = features[0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    county.features("towns.geojson", features)


def _metres(county):
    county.column("homes.csv", "经度", lambda _: "500000")
    county.column("homes.csv", "纬度", lambda _: "3320000")
    county.edit('"stations.xlsx"', '"stations.xlsx"\ncrs = "EPSG:4549"')


def _output(county):
    county.result.mkdir()
    (county.result / "thesis.docx").write_text("x", encoding="utf-8")


CASES = {
    "study": _study,
    "reference": _reference,
    "syntax": _syntax,
    "files": _files,
    "people": _people,
    "places": _places,
    "boundaries": _boundaries,
    "metres": _metres,
    "output": _output,
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_messages_read_as_reviewed(county, case):
    CASES[case](county)
    problems = county.refused().problems
    for language in ("zh", "en"):
        text = "\n\n".join(render_problems(problems, language)) + "\n"
        text = text.replace(str(county.folder), "COUNTY")
        path = GOLDEN / f"{case}.{language}.txt"
        if os.environ.get("COVERPLAN_GOLDEN") == "write":
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs"
