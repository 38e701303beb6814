"""A folder without a road file, of other faults than `test_messy_folder`, becomes a right study.

Units of two times in one file and two of one name, points of a second web map, eastings whose
system nobody states, people known by township alone, settlements of every shape: nothing has to be
mended by hand, and the run gives the figures of right files on each of two days, to the person.
"""

import csv
from pathlib import Path

import pytest
from two_counties import (
    CENSUS,
    HOMES,
    NOW,
    SETTLEMENTS,
    STATIONS,
    THEN,
    UNITS,
    handed_over,
    in_force,
    right,
)
from typer.testing import CliRunner

from coverplan import cli

Row = dict[str, str]

NAMED = {
    # Code, file, row and column. That two townships have one name is settled by the county beside
    # it, and UTF-16, tabulators and semicolons can be read in one way: nothing is said of them.
    ("crs.zone_found", STATIONS, "", "横坐标 / 纵坐标"),
    ("roads.straight", "", "", "roads.detour"),
    ("region.in_force", UNITS, "", ""),
    ("census.not_in_force", CENSUS, "3", "乡镇名称"),
    ("census.not_in_force", CENSUS, "4", "乡镇名称"),
    ("file.notes", HOMES, "123", ""),
    ("people.no_area", SETTLEMENTS, "", ""),
}


def command(*arguments: object) -> None:
    done = CliRunner().invoke(cli.app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.stdout + done.stderr


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it came, with the study file that was drafted from it."""
    folder = tmp_path_factory.mktemp("counties") / "handed_over"
    handed_over(folder)
    command("init", folder, "--yes", "--quiet")
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Path:
    command("check", folder / "study.toml", "--out", folder.parent / "report", "--quiet")
    return folder.parent / "report"


def test_what_cannot_be_known_is_assumed_aloud(folder):
    lines = (folder / "study.toml").read_text(encoding="utf-8").splitlines()
    detour, kmh = (next(i for i, s in enumerate(lines) if s.startswith(k)) for k in
                   ("detour = 1.4", "straight_kmh = { ebike = 15 }"))  # fmt: skip
    assert lines[detour - 1].startswith("# ！没有道路文件：这是假定值")
    assert lines[kmh - 1].startswith("# ！假定的直线速度")
    datum = lines.index('crs = "BD-09"')
    assert lines[datum - 1].startswith("# 像是 BD-09：换算后 38 个点落进所登记的单元、0 个相反")
    assert f'areas = {{ source = "{SETTLEMENTS}" }}' in lines


def test_the_report_names_every_fault_and_nothing_stops(report):
    faults = rows_of(report / "faults.csv")
    assert {(f["code"], f["file"], f["row"], f["column"]) for f in faults} == NAMED
    assert {f["severity"] for f in faults} == {"warning"}
    words = {f["code"]: f["what"] for f in faults}
    assert "20 条记录的东坐标都带带号 40，按 EPSG:4528" in words["crs.zone_found"]
    assert words["region.in_force"] == "文件有 6 个单元，2025-12-31 有效的 4 个：只用这些"
    assert words["people.no_area"].startswith("1 个图形没有面积")


def test_who_says_in_which_system_each_file_is(report):
    files = {row["file"]: (row["encoding"], row["crs"], row["crs_from"]) for row in
             rows_of(report / "files.csv")}  # fmt: skip
    assert files[CENSUS] == ("UTF-16", "", "")
    assert files[HOMES] == ("GB18030", "BD-09", "研究文件")
    assert files[STATIONS] == ("UTF-8 (BOM)", "EPSG:4528", "无人说明，按东坐标的带号")
    assert files[UNITS] == ("", "EPSG:4549", "文件")


def by_place(rows: list[Row], *values: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    keys = ("layer", "indicator", "phase", "unit_code", "unit", "minutes", "group", "site_id")
    return {
        tuple(row.get(key, "") for key in keys): tuple(row[value] for value in values)
        for row in rows
    }


@pytest.mark.parametrize("day", [NOW, THEN])
def test_figures_are_those_of_right_files_on_that_day(folder, day, tmp_path):
    command("run", folder / "study.toml", "--date", day, "--out", tmp_path / "mine", "--quiet")
    right(tmp_path / "right", day, "straight_kmh = { ebike = 15 }")
    command("run", tmp_path / "right/study.toml", "--out", tmp_path / "as_right", "--quiet")
    tables = {
        "coverage.csv": ("value", "denominator", "share_percent"),
        "people.csv": ("given", "placed", "unplaced"),
        # Which of the two townships of one name is known by the county, in right files by place.
        "sites.csv": ("unit_code", "opened", "people_within"),
    }
    for name, values in tables.items():
        mine, as_right = (
            by_place(rows_of(tmp_path / each / name), *values) for each in ("mine", "as_right")
        )
        assert len(as_right) >= 10  # four townships and all, two groups
        assert mine == as_right
    placed = {
        (row["unit"], row["group"]): row["placed"] for row in rows_of(tmp_path / "mine/people.csv")
    }
    for code, _, _, _, _, _, _, everybody, old in in_force(day):
        assert placed[code, "all"] == str(everybody)
        assert placed[code, "elderly"] == str(old)
