"""`coverplan check` on a county with many faults: what it says, of whom, and what it writes."""

import csv
import html.parser
import io
import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coverplan import checkcommand, load
from coverplan.checking import check_study
from coverplan.checkoutput import write_report
from coverplan.core.datum import from_wgs84
from coverplan.core.errors import Problem
from coverplan.core.text import Text
from coverplan.guarding import EXIT_INPUT, EXIT_INTERRUPTED, EXIT_OK
from coverplan.present.fault_page import faults_html
from coverplan.present.faults import CheckReport

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A0",
    "\u202etxt.exe\u2066",
    "a\x1b[31mred\x07",
    '"><img src=x onerror=alert(1)>',
    "长" * 10_000,
]


def at(x_km: float, y_km: float) -> tuple[float, float]:
    """Longitude and latitude in kilometres from the south-west corner, as the county has them."""
    return 118.0 + x_km * 0.01037, 30.0 + y_km * 0.00902


def check(county, *arguments: str) -> tuple[int, str, Path]:
    """Run the command; its exit code, its words and its folder."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(checkcommand.check)
    out = county.folder.parent / "faults"
    done = CliRunner(env={"COLUMNS": "200"}).invoke(
        app, [str(county.study), "--out", str(out), *arguments]
    )
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    return done.exit_code, text, out


def rows_of(out: Path, name: str = "faults.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / name).read_text(encoding="utf-8-sig"))))


def spoil(county) -> None:
    """A fault in each file, in some several; the boundaries stay right."""
    county.cell("villages.csv", 3, "常住人口", "约300")
    county.cell("villages.csv", 5, "经度", "0")
    county.cell("villages.csv", 5, "纬度", "0")
    county.cell("villages.csv", 7, "乡镇代码", "330001")
    county.cell("census.csv", 4, "常住人口", "-5")
    county.cell("homes.csv", 2, "状态", "不清楚")
    county.cell("homes.csv", 3, "床位数", "很多")
    county.cell("homes.csv", 4, "开业年份", "")
    features = county.read_features("roads.geojson")
    features[0]["properties"]["highway"] = "泥路"
    county.features("roads.geojson", features)
    (county.path("stations.xlsx")).write_bytes(b"PK no workbook")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_a_county_with_many_faults(county, language):
    spoil(county)
    code, text, out = check(county, "--lang", language)
    assert code == EXIT_INPUT
    told = text.split("已写入：" if language == "zh" else "written: ")[0]
    golden = GOLDEN / f"check-{language}.txt"
    if os.environ.get("COVERPLAN_GOLDEN") == "write":
        golden.write_text(told, encoding="utf-8", newline="\n")
    assert told == golden.read_text(encoding="utf-8")
    assert (out / "faults.html").is_file()


def test_each_fault_says_whom_it_touches(county):
    spoil(county)
    _, _, out = check(county)
    rows = {(r["code"], r["file"], r["row"]): r for r in rows_of(out)}
    # Nobody knows how many live where the number is none; never 0.
    assert rows["people.value", "villages.csv", "3"]["people"] == ""
    assert rows["point.zero", "villages.csv", "5"]["people"] == "100"
    assert rows["people.unit_differs", "villages.csv", "7"]["people"] == "120"
    assert rows["facility.status", "homes.csv", "2"]["sites"] == "1"
    assert rows["facility.capacity", "homes.csv", "3"]["sites"] == "1"
    assert rows["facility.no_year", "homes.csv", ""]["sites"] == "1"
    assert rows["file.unreadable", "stations.xlsx", ""]["sites"] == ""
    for row in rows.values():
        assert row["why"]
        assert row["mend"]
        assert row["what"]


def test_a_unit_is_touched_by_its_people(county):
    features = county.read_features("towns.geojson")
    features[1]["properties"]["name"] = ""
    county.features("towns.geojson", features)
    (fault,) = check_study(county.study).problems
    # The units could not be read, and so nobody's number: it is not known.
    assert (fault.code, fault.row, fault.people) == ("region.no_name", 3, None)
    county.fill()
    rows = county.rows("census.csv")
    county.table("census.csv", [*rows[:2], {**rows[2], "乡镇代码": "999999"}])
    found = {p.code: p for p in check_study(county.study).problems}
    # 丙乡 has no total: its points are counted.
    assert found["census.missing_unit"].people == 100 + 110 + 120
    assert found["census.unknown_unit"].people is None


def test_warnings_alone_stop_nothing_and_the_run_repeats_them(county):
    county.cell("homes.csv", 2, "状态", "不清楚")
    # Only measuring finds that there is no road near.
    county.cell("homes.csv", 3, "纬度", at(5, -3)[1])
    code, text, out = check(county)
    assert code == EXIT_OK
    assert "没有错误" in text
    done = county.accepted()
    assert {p.code for p in done.problems} == {r["code"] for r in rows_of(out)}
    assert "facility.no_road" in {p.code for p in done.problems}
    repeated = rows_of(county.result)
    assert repeated == rows_of(out)
    record = json.loads((county.result / "run.json").read_text(encoding="utf-8"))
    assert {w["sites"] for w in record["warnings"]} == {1}
    taken = {(c["file"], c["key"]): (c["column"], c["how"]) for c in record["columns"]}
    assert taken["homes.csv", "name"] == ("名称", "usual")
    assert taken["villages.csv", "all"] == ("常住人口", "stated")


def test_nothing_wrong(county):
    code, text, out = check(county, "--lang", "en")
    assert code == EXIT_OK
    assert "nothing found: the study can run" in text
    assert rows_of(out) == []
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["stops"] is False


def test_a_study_file_that_cannot_be_read_gives_a_report_too(county):
    county.study.write_text("title = [", encoding="utf-8")
    code, _, out = check(county)
    assert code == EXIT_INPUT
    (row,) = rows_of(out)
    assert row["code"] == "study.not_toml"
    assert row["file"] == "study.toml"
    county.study.unlink()
    code, _, out = check(county)
    assert code == EXIT_INPUT
    assert [r["code"] for r in rows_of(out)] == ["study.no_file"]


def test_a_question_that_cannot_be_asked_is_found(county):
    county.edit("sites = 1", "sites = 5000")
    refused = {p.code for p in county.refused().problems}
    assert refused <= {p.code for p in check_study(county.study).problems}


def test_tables_of_targets_are_read_too(county):
    text = county.study.read_text(encoding="utf-8")
    county.path("units.csv").write_text("代码,级别\n330001,没有这一级\n", encoding="utf-8")
    text += '\n[[targets.units]]\nsource = "units.csv"\n[[targets.projects]]\nsource = "no.csv"\n'
    county.study.write_text(text, encoding="utf-8")
    code, _, out = check(county)
    assert code == EXIT_INPUT
    found = {(r["code"], r["file"]) for r in rows_of(out)}
    assert ("file.missing", "no.csv") in found
    assert {file for _, file in found} == {"no.csv", "units.csv"}
    assert "units.csv" in {r["file"] for r in rows_of(out, "files.csv")}


def test_the_columns_are_shown_before_they_are_used(county):
    county.edit('source = "homes.csv"', 'source = "homes.csv"\ncolumns = { name = "编号" }')
    _, text, out = check(county)
    uses = {(r["part"], r["key"]): r for r in rows_of(out, "columns.csv")}
    assert uses["layers.elderly_care", "name"]["column"] == "编号"
    assert uses["layers.elderly_care", "name"]["how"] == "研究文件写明"
    assert uses["layers.elderly_care", "name"]["sample"] == "养老院1 | 养老院2 | 养老院3"
    assert uses["layers.elderly_care", "capacity"]["how"] == "按常用名找到"
    assert uses["layers.elderly_care", "closed"]["column"] == ""
    assert uses["people.groups", "all"]["sample"] == "100 | 110 | 120"
    assert "名称 ← 编号" in text


def test_what_shows_when_files_meet(county):
    lon, lat = at(13.0, 1)
    county.cell("homes.csv", 2, "经度", lon)
    county.cell("homes.csv", 2, "纬度", lat)
    county.cell("homes.csv", 2, "乡镇", "")
    rows = [r for r in county.rows("villages.csv") if r["乡镇代码"] != "330003"]
    county.table("villages.csv", rows)
    _, _, out = check(county, "--lang", "en")
    found = {(r["what"], r["where"]): r for r in rows_of(out, "meeting.csv")}
    outside = found["facilities in no unit (they still serve)", "Elderly care"]
    assert (outside["number"], outside["names"]) == ("1", "甲镇养老院")
    bare = found["units without any place", "the whole study"]
    assert (bare["number"], bare["of"], bare["names"]) == ("1", "3", "丙乡 (330003)")
    people = {(r["unit"], r["group"]): r for r in rows_of(out, "people.csv")}
    assert people["330003", "all"]["unplaced"] == "402"
    assert people["330003", "all"]["read"] == ""
    assert people["330001", "all"]["given"] == "400"


def test_the_encoding_of_each_file_is_told(county):
    path = county.path("homes.csv")
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    _, _, out = check(county)
    files = {r["file"]: r for r in rows_of(out, "files.csv")}
    assert files["homes.csv"]["encoding"] == "GB18030"
    assert files["villages.csv"]["encoding"] == "UTF-8"
    assert files["towns.geojson"]["crs_from"] == "文件"
    assert files["homes.csv"]["crs_from"] == "无人说明，按 WGS 84"


def test_a_shift_is_measured_in_metres_and_in_people(county):
    rows = []
    for i in range(40):
        lon, lat = at(0.3 + 0.28 * i, 0.02 + (i % 4))
        lon, lat = (float(v) for v in from_wgs84(lon, lat, "GCJ-02"))
        rows.append(
            {
                "编号": f"H{i}",
                "名称": f"养老院{i}",
                "经度": f"{lon:.6f}",
                "纬度": f"{lat:.6f}",
                "状态": "运营",
                "开业年份": "2019",
            }
        )
    county.table("homes.csv", rows)
    code, _, out = check(county, "--lang", "en")
    assert code == EXIT_OK
    assert "datum.shifted" in {r["code"] for r in rows_of(out)}
    row = next(r for r in rows_of(out, "datum.csv") if r["file"] == "homes.csv")
    assert 400 < float(row["shift_metres"]) < 700
    now = load(county.study)
    assert len(now.layers) == 2
    county.edit('source = "homes.csv"', 'source = "homes.csv"\ncrs = "GCJ-02"')
    _, _, out = check(county, "--lang", "en")
    then = next(r for r in rows_of(out, "network.csv") if r["layer"] == "elderly_care")["reached"]
    assert f"{int(then):,} when converted" in row["effect"]


def test_the_report_is_whole_or_unchanged(county, monkeypatch):
    out = county.folder.parent / "faults"
    out.mkdir()
    (out / "mine.txt").write_text("kept", encoding="utf-8")
    code, text, _ = check(county)
    assert code == EXIT_INPUT
    assert "不是 coverplan 的结果" in text
    assert [p.name for p in out.iterdir()] == ["mine.txt"]
    (out / "mine.txt").unlink()

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checkcommand, "check_study", stop)
    code, text, _ = check(county)
    assert code == EXIT_INTERRUPTED
    assert list(out.iterdir()) == []


def test_the_same_files_give_the_same_bytes(county, tmp_path):
    spoil(county)
    for name in ("one", "two"):
        write_report(check_study(county.study), tmp_path / name)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    del one["run.json"], two["run.json"]
    assert one == two


def test_a_county_without_roads_says_so_and_speaks_of_none(county):
    county.edit('source = "roads.geojson"', "detour = 1.4\nstraight_kmh = { ebike = 20 }")
    code, text, out = check(county, "--lang", "en")
    assert code == EXIT_OK
    assert "straight-line distance" in text
    page = (out / "faults.html").read_text(encoding="utf-8")
    assert "straight-line distance" in page.split("</header>")[0]
    assert not (out / "network.csv").exists()
    assert not any("road" in row["what"] for row in rows_of(out, "meeting.csv"))


class Elements(html.parser.HTMLParser):
    """The elements, attributes and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def hostile_report() -> CheckReport:
    same = Text("数值不能使用", "a value cannot be used")
    problems = [
        Problem(
            code="people.value", what=same, mend=same, file=name, row=i, column=name, found=name
        )
        for i, name in enumerate(HOSTILE, 2)
    ]
    said = [
        Problem(code="region.no_name", what=Text(name, name), mend=Text(name, name), found=name)
        for name in HOSTILE
    ]
    return CheckReport(HOSTILE[0], HOSTILE[2], tuple(problems + said), notice=HOSTILE[4])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_files_stay_words(language, tmp_path):
    text = faults_html(hostile_report(), language)
    page = Elements()
    page.feed(text)
    page.close()
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not {name for name in page.attributes if name.startswith("on")}
    assert all(target.startswith("#fault-") for target in page.targets)
    words = "".join(page.words)
    for name in HOSTILE[:2]:
        assert name in words
    assert not {c for c in text if ord(c) < 32 and c != "\n"}
    assert not {"\u202e", "\u2066", "\x7f"} & set(text)
    assert len(text) < 60_000
    written = write_report(hostile_report(), tmp_path / "out", language=language)
    table = next(path for path in written if path.name == "faults.csv")
    for row in csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))):
        assert not {cell[0] for cell in row if cell} & set("=+-@\t\r")
        assert max(map(len, row)) <= 2001
