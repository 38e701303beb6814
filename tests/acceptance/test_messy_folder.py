"""A folder as a bureau hands it over, every file with three faults or more, becomes a right study.

`coverplan init` drafts the study file, `coverplan check` says what is wrong, a planner mends the
cells the report names, and the run gives the figures of the same county in right files: to the
person. Right and spoilt points differ by millimetres: degrees are rounded to 7 decimals, and the
inverse of GCJ-02 is good to far less; nobody of the county lives at such an edge of 5, 10, 15 or
30 minutes.
"""

import csv
import html
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely
from messy_county import (
    ALL,
    CENSUS,
    FORMER,
    FORMULA,
    HOMES,
    NO_POINT,
    OLD,
    ROADS,
    SWAPPED,
    UNITS,
    VILLAGES,
    YOUNG,
    ZERO,
    Truth,
    clean,
    gcj02,
    spoil,
)
from typer.testing import CliRunner

from coverplan import cli

Row = dict[str, str]
LON, LAT = "E", "F"
"""The columns of the facility list with its coordinates."""


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def command(*arguments: object) -> tuple[int, str]:
    """Run the command line in this process; return its exit code and what it says."""
    done = CliRunner().invoke(cli.app, [str(each) for each in arguments])
    said = done.stdout + done.stderr
    assert done.exit_code in {0, 2}, said
    assert "Traceback" not in said
    return done.exit_code, said


@dataclass(frozen=True)
class Handover:
    """What came of the folder, step by step.

    ``planted`` are the faults of each file, counted in the files as they came.
    """

    planted: dict[str, set[str]]
    drafted: str
    first: list[Row]
    first_code: int
    first_said: str
    first_page: str
    second: list[Row]
    second_code: int
    result: Path
    right: Path
    truth: Truth


@pytest.fixture(scope="module")
def handover(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Handover:
    here = tmp_path_factory.mktemp("handover")
    folder, right = here / "spoilt", here / "right"
    truth = clean(root, right)
    spoil(root, folder, truth)
    planted = {name: look(folder / name) for name, look in LOOKS.items()}
    study = folder / "study.toml"

    assert command("init", folder, "--yes")[0] == 0
    drafted = study.read_text(encoding="utf-8")
    code, said = command("check", study, "--out", here / "first")
    first = rows_of(here / "first" / "faults.csv")
    page = (here / "first" / "faults.html").read_text(encoding="utf-8")
    mend(folder, first, truth)
    again, _ = command("check", study, "--out", here / "second", "--quiet")
    second = rows_of(here / "second" / "faults.csv")
    assert command("run", study, "--out", here / "result", "--quiet")[0] == 0

    # The same county in right files; that its people are spread along streets and that roads are
    # mended is what the drafted file says, and a planner may leave so.
    text = (right / "study.toml").read_text(encoding="utf-8")
    text = text.replace("totals = ", 'spread = "streets"\ntotals = ')
    text = text.replace('"roads.gpkg"', '"roads.gpkg"\nrepair = true')
    (right / "study.toml").write_text(text, encoding="utf-8")
    assert command("run", right / "study.toml", "--out", here / "as_right", "--quiet")[0] == 0
    return Handover(
        planted, drafted, first, code, said, page, second, again, here / "result",
        here / "as_right", truth,
    )  # fmt: skip


def mend(folder: Path, faults: list[Row], truth: Truth) -> None:
    """Mend the cells that the report calls errors, as a planner would who knows the places.

    What is wrong, in which file and row, is known from the report alone. Missing points are looked
    up on the web map the others are from.
    """
    homes = truth.homes.set_index("编号")
    for fault in faults:
        if fault["severity"] != "error":
            continue
        book = openpyxl.load_workbook(folder / fault["file"])
        sheet, row = book.active, fault["row"]
        record = homes.loc[sheet[f"A{row}"].value]
        if fault["code"] == "file.formula":
            sheet[f"{fault['column']}{row}"] = record["床位数"]
        elif fault["code"] == "point.swapped":
            lon, lat = sheet[f"{LON}{row}"], sheet[f"{LAT}{row}"]
            lon.value, lat.value = lat.value, lon.value
        elif fault["code"] == "point.zero":
            place = gcj02(float(record["经度"]), float(record["纬度"]))
            sheet[f"{LON}{row}"], sheet[f"{LAT}{row}"] = place
        else:
            pytest.fail(f"an error nobody planted: {fault}")
        book.save(folder / fault["file"])


# What is wrong with each file, seen without the package.


def cells_of(path: Path) -> list[list[str]]:
    rows = openpyxl.load_workbook(path).active.values
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def wide(cell: str) -> bool:
    return any("０" <= mark <= "９" for mark in cell)


def faults_of_cells(cells: list[list[str]]) -> set[str]:
    every = [cell for row in cells for cell in row]
    marks = {
        "title": sum(bool(cell) for cell in cells[0]) == 1,
        "empty row": any(not any(row) for row in cells),
        "total": any(row[0] in {"合计", "小计"} for row in cells),
        "note": cells[-1][0].startswith("注"),
        "two levels": any("人口（人）" in row for row in cells),
        "full width": any(map(wide, every)),
        "thousands": any(cell.replace(",", "").isdigit() and "," in cell for cell in every),
        "degrees, minutes": any("°" in cell for cell in every),
        "spaces": any(cell != cell.strip() for cell in every),
        "formula": any(cell.startswith("=") for cell in every),
        "at zero": any(row.count("0") > 1 for row in cells),
        "former unit": any(row[0] in {"白石乡", "石渡镇"} for row in cells),
    }
    return {name for name, there in marks.items() if there}


def faults_of_homes(path: Path) -> set[str]:
    cells = cells_of(path)
    homes = [row for row in cells if row[0].startswith("YL")]
    degrees = [(float(row[4]), float(row[5])) for row in homes if row[4]]
    marks = {
        "no point": any(not row[4] for row in homes),
        "swapped": any(lat > 100 > lon for lon, lat in degrees),
    }
    return faults_of_cells(cells) | {name for name, there in marks.items() if there}


def faults_of_census(path: Path) -> set[str]:
    raw = path.read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    return faults_of_cells(list(csv.reader(raw.decode("gbk").splitlines()))) | {"not UTF-8"}


def faults_of_units(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    units = pyogrio.read_dataframe(f"/vsizip/{path}", encoding="GBK")
    assert "澄江街道" in set(units["乡镇名称"])
    marks = {
        "zipped": True,
        "encoding not said": not any(name.endswith(".cpg") for name in names),
        "heights": bool(units.has_z.all()),
        "crosses itself": int((~units.is_valid).sum()) == 1,
    }
    return {name for name, there in marks.items() if there}


def faults_of_roads(path: Path) -> set[str]:
    shapes = gpd.read_file(path).geometry.set_crs(None, allow_override=True)
    lines = shapes[shapes.length > 0].explode().normalize()
    ends = shapely.get_point(lines.to_numpy(), 0).tolist()
    vertices = {xy for line in lines for xy in line.coords[1:-1]}
    marks = {
        "multi": set(shapes.geom_type) == {"MultiLineString"},
        "no length": int((shapes.length == 0).sum()) == 3,
        "twice": int(lines.to_wkb().duplicated().sum()) >= 30,
        "not cut": sum((end.x, end.y) in vertices for end in ends) > 1000,
    }
    return {name for name, there in marks.items() if there}


LOOKS: dict[str, Callable[[Path], set[str]]] = {
    UNITS: faults_of_units,
    VILLAGES: lambda path: faults_of_cells(cells_of(path)),
    CENSUS: faults_of_census,
    FORMER: lambda path: faults_of_cells(cells_of(path)),
    HOMES: faults_of_homes,
    ROADS: faults_of_roads,
}

PLANTED = {
    UNITS: {"zipped", "encoding not said", "heights", "crosses itself"},
    VILLAGES: {"title", "two levels", "total", "thousands", "full width", "degrees, minutes"},
    CENSUS: {"title", "total", "note", "thousands", "former unit", "not UTF-8"},
    FORMER: {"title", "spaces", "full width"},
    HOMES: {"title", "empty row", "full width", "no point", "swapped", "at zero", "formula"},
    ROADS: {"multi", "no length", "twice", "not cut"},
}

NAMED = {
    # A fault of the report: its code, file, row and column. Heights, archives, full-width digits,
    # separators and spaces can be read in one way only: nothing is said of them.
    ("region.repaired", UNITS, "5", ""),
    ("vector.encoding", UNITS, "", ""),
    ("file.header", VILLAGES, "2", ""),
    ("file.header_levels", VILLAGES, "2", ""),
    ("file.totals", VILLAGES, "21", ""),
    ("point.sexagesimal", VILLAGES, "10", "坐标/经度 / 坐标/纬度"),
    ("file.header", CENSUS, "2", ""),
    ("file.totals", CENSUS, "16", ""),
    ("file.notes", CENSUS, "17", ""),
    ("unit.former", CENSUS, "", "乡镇名称"),
    ("file.header", FORMER, "2", ""),
    ("file.header", HOMES, "3", ""),
    ("file.formula", HOMES, "14", "I"),
    ("point.swapped", HOMES, "7", ""),
    ("point.zero", HOMES, "17", ""),
    ("facility.at_village", HOMES, "11", ""),
    ("facility.at_village", HOMES, "15", ""),
    ("roads.not_lines", ROADS, "", ""),
    ("roads.repaired", ROADS, "", ""),
}


def test_every_file_came_with_three_faults_or_more(handover):
    assert handover.planted == PLANTED
    assert min(map(len, handover.planted.values())) >= 3


def test_the_drafted_study_says_what_the_files_need_and_why(handover):
    lines = [line for line in handover.drafted.splitlines() if line.strip()]
    for said in (
        f'units = "{UNITS}"', "repair = true", f'crosswalk = "{FORMER}"', f'source = "{VILLAGES}"',
        f'totals = "{CENSUS}"', f'source = "{ROADS}"', "[layers.elderly_care]",
        f'source = "{HOMES}"', 'place_missing = "village"', 'crs = "GCJ-02"',
    ):  # fmt: skip
        assert said in lines, said
    assert lines.count("repair = true") == 2  # boundaries and roads
    above = lines[lines.index('crs = "GCJ-02"') - 1]
    assert above.startswith("# 像是 GCJ-02：换算后")


def test_every_fault_is_named_with_its_place_and_errors_stop(handover):
    named = {(f["code"], f["file"], f["row"], f["column"]) for f in handover.first}
    assert named >= NAMED, NAMED - named
    errors = {f["code"] for f in handover.first if f["severity"] == "error"}
    assert errors == {"file.formula", "point.swapped", "point.zero"}
    assert handover.first_code == 2
    for words in (
        f"{HOMES} · 第 14 行 · 列“I”：公式没有保存结果",
        f"{HOMES} · 第 7 行：经度和纬度写反了",
        f"{HOMES} · 第 17 行：坐标为 (0, 0)，即没有坐标",
    ):
        assert words in handover.first_said
    # The page shows every fault, the terminal all errors.
    for fault in handover.first:
        assert html.escape(fault["what"], quote=False) in handover.first_page


def test_the_report_says_what_was_done_to_the_roads(handover):
    (mended,) = [f["what"] for f in handover.first if f["code"] == "roads.repaired"]
    assert "40 条重复的线未使用" in mended
    (lost,) = [f["what"] for f in handover.first if f["code"] == "roads.not_lines"]
    assert lost.startswith("3 条记录不是有长度的线")


def test_the_mended_files_have_no_error(handover):
    assert [f for f in handover.second if f["severity"] == "error"] == []
    assert handover.second_code == 0


def by_place(rows: list[Row], *values: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    keys = ("layer", "indicator", "phase", "unit_code", "unit", "minutes", "group")
    return {
        tuple(row.get(key, "") for key in keys): tuple(row[value] for value in values)
        for row in rows
    }


def test_everybody_is_reached_as_in_the_right_files(handover):
    values = ("value", "denominator", "share_percent")
    mine = by_place(rows_of(handover.result / "coverage.csv"), *values)
    right = by_place(rows_of(handover.right / "coverage.csv"), *values)
    assert len(right) >= 13 * 4  # twelve townships and all, four thresholds
    assert mine == right
    reached = {
        key[3]: int(value) for key, (value, *_) in mine.items() if key[1] == "people_reached"
    }
    assert reached["total"] > 0


def test_everybody_counted_is_placed(handover, root):
    mine = by_place(rows_of(handover.result / "people.csv"), "given", "read", "placed", "unplaced")
    right = rows_of(handover.right / "people.csv")
    assert mine == by_place(right, "given", "read", "placed", "unplaced")
    counted = rows_of(root / "data/geo/yunxi/census.csv")
    groups = {"all": ALL, "elderly": OLD, "children": YOUNG}
    for row in counted:
        for group, column in groups.items():
            given, _, placed, unplaced = mine["", "", "", "", row["乡镇代码"], "", group]
            assert (given, placed, unplaced) == (row[column], row[column], "0")


def test_facilities_are_those_of_the_right_list(handover):
    same = ("name", "unit_code", "status", "opened", "capacity", "state", "people_within")
    mine, right = (
        {row["site_id"]: row for row in rows_of(folder / "sites.csv")}
        for folder in (handover.result, handover.right)
    )
    assert set(mine) == set(handover.truth.homes["编号"])
    for key, row in right.items():
        assert [mine[key][column] for column in same] == [row[column] for column in same]
        off = [abs(float(mine[key][d]) - float(row[d])) for d in ("lon", "lat")]
        assert max(off) <= 2e-6  # 0.2 m
        assert mine[key]["precision"] == ("village" if key in NO_POINT else "point")
    assert {SWAPPED, ZERO, FORMULA} <= set(mine)


def test_the_run_repeats_what_was_mended_for_it(handover):
    told = {(f["code"], f["file"]) for f in rows_of(handover.result / "faults.csv")}
    mended = {(code, file) for code, file, *_ in NAMED}
    errors = {"file.formula", "point.swapped", "point.zero"}
    assert told >= {(code, file) for code, file in mended if code not in errors}
