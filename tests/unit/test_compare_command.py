"""`coverplan compare`: what it prints and writes, and how it ends on folders that are no run."""

import csv
import json
import shutil

import pytest
import typer
from tiny import demand, facilities, inputs, network, region
from typer.testing import CliRunner

import coverplan
from coverplan import comparecommand


@pytest.fixture
def run_compare(monkeypatch):
    """Run the command: exit code, what it printed, and its complaints."""
    app = typer.Typer()
    app.command()(comparecommand.compare)

    def run(*arguments):
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        assert not isinstance(result.exception, BaseException) or isinstance(
            result.exception, SystemExit
        )
        return result.exit_code, result.stdout, result.stderr

    monkeypatch.setattr(comparecommand._out, "_width", 200)
    monkeypatch.setattr(comparecommand._err, "_width", 200)
    return run


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Results of a small place with one site, and with two."""
    units = region((0, -500, 2000, 500), (2000, -500, 4000, 500))
    some = demand(units, [(5, 0, "a", 4), (1995, 0, "a", 6), (3900, 0, "b", 5)])
    folder = tmp_path_factory.mktemp("small")
    for name, sites in (("one", [(5, 0, "a")]), ("two", [(5, 0, "a"), (3905, 0, "b")])):
        given = inputs(units, some, network([[(0, 0), (4000, 0)]]), facilities(sites))
        coverplan.write_run(coverplan.assess(given), folder / name)
    return folder


@pytest.fixture
def runs(written, tmp_path):
    shutil.copytree(written, tmp_path / "runs")
    return tmp_path / "runs"


def test_it_prints_and_writes(run_compare, runs, tmp_path):
    code, out, err = run_compare(runs / "one", runs / "two", "-o", tmp_path / "cmp")
    assert code == 0, err
    assert "B 比 A 多 5 人" in out
    assert "▲ 申镇：有设施，B 得到" in out
    assert "▲ 申镇：可达率不低于 50 %，B 得到" in out
    assert {p.name for p in (tmp_path / "cmp").iterdir()} == {
        "compare.html", "compare.json", "compare_units.csv", "compare_sites.csv",
        "compare_changes.csv", "run.json",
    }  # fmt: skip
    code, out, _ = run_compare(runs / "two", runs / "one", "-o", tmp_path / "cmp", "--lang", "en")
    assert code == 0
    assert "B reaches 5 fewer than A" in out
    assert "▼ 申镇: has one, loses in B" in out


def test_quiet_says_nothing(run_compare, runs, tmp_path):
    assert run_compare(runs / "one", runs / "two", "-o", tmp_path / "c", "-q") == (0, "", "")


def other(what):
    def change(folder):
        record = json.loads((folder / "run.json").read_text("utf-8"))
        record.update(what)
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")

    return change


def text(name, words):
    return lambda folder: (folder / name).write_text(words, encoding="utf-8")


def table(name, change):
    """Alter the rows of a table: what makes them is given each, and answers with new ones."""

    def alter(folder):
        with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
            rows = [new for row in csv.DictReader(stream) for new in change(row)]
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    return alter


def gone(name):
    return lambda folder: (folder / name).unlink()


def without(column):
    return lambda row: [{k: v for k, v in row.items() if k != column}]


CASES = {
    "no folder": (shutil.rmtree, "compare.no_run", "这里没有 coverplan run 的结果", "不存在"),
    "no record": (gone("run.json"), "compare.no_run", "这里没有", "没有 run.json"),
    "a check": (other({"what": "check"}), "compare.other_record", "别的命令的结果", "check"),
    "old": (other({"format": 7}), "compare.format", "另一个版本", "7（coverplan "),
    "no json": (text("run.json", "{]"), "compare.damaged", "损坏", "Expecting"),
    "a list": (text("run.json", "[1]"), "compare.damaged", "损坏", "list"),
    "deep": (text("run.json", "[" * 100_000), "compare.damaged", "损坏", ""),
    "no layers": (other({"layers": {}}), "compare.damaged", "layers", "at least 1"),
    "no table": (gone("coverage.csv"), "compare.missing_file", "coverage.csv", ""),
    "no column": (table("coverage.csv", without("value")), "compare.damaged", "“value”", ""),
    "a word": (
        table("coverage.csv", lambda r: [r | {"value": "多"}]), "compare.damaged", "第 2 行", "多",
    ),
    "twice": (table("coverage.csv", lambda r: [r, r]), "compare.twice", "出现两次", "a"),
    "a site twice": (table("sites.csv", lambda r: [r, r]), "compare.twice", "sites.csv", "s000"),
    "a state": (
        table("sites.csv", lambda r: [r | {"state": "梦"}]), "compare.damaged", "“state”", "梦",
    ),
    "nowhere": (
        table("sites.csv", lambda r: [r | {"lon": "inf"}]), "compare.damaged", "“lon”", "inf",
    ),
    "no total": (
        table("coverage.csv", lambda r: [] if r["unit_code"] == "total" else [r]),
        "compare.lacks", "缺少几行", "people_reached before 5 total",
    ),
    "a figure gone": (
        table("coverage.csv", lambda r: [] if (r["unit_code"], r["indicator"], r["phase"]) == (
            "b", "has_one", "before") else [r]),
        "compare.lacks", "缺少几行", "has_one before b",
    ),
    "no has_one": (
        table("coverage.csv", lambda r: [] if r["indicator"] == "has_one" else [r]),
        "compare.damaged", "“indicator”", "test",
    ),
    "no rows": (
        text("coverage.csv", "layer,indicator,phase,unit_code,unit_name,minutes,group,value,"
             "denominator\n"), "compare.lacks", "缺少几行", "test",
    ),
    "an empty table": (text("coverage.csv", ""), "compare.damaged", "损坏", "空文件"),
    "of Excel": (
        lambda folder: (folder / "coverage.csv").write_bytes("图层".encode("gbk")),
        "compare.damaged", "损坏", "不是 UTF-8 编码",
    ),
    "fewer than none": (
        table("coverage.csv", lambda r: [r | {"value": "-1"}]),
        "compare.damaged", "“value”", "-1 /",
    ),
    "more than all": (
        table("coverage.csv", lambda r: [r | {"value": "99"}]),
        "compare.damaged", "“value”", "99 /",
    ),
    "a township gone": (
        table("coverage.csv", lambda r: [] if r["unit_code"] == "b" else [r]),
        "compare.units", "两次计算的乡镇不同", "申镇（b）",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_run_is_refused(run_compare, runs, tmp_path, case):
    spoil, code, words, found = CASES[case]
    spoil(runs / "two")
    with pytest.raises(coverplan.InputError) as refused:
        comparecommand.compare_runs(runs / "one", runs / "two")
    assert code in {p.code for p in refused.value.problems}
    assert all(p.mend.zh and p.mend.en for p in refused.value.problems)
    ended, _, err = run_compare(runs / "one", runs / "two", "-o", tmp_path / "cmp")
    assert ended == 2
    assert words in err
    assert found in err
    assert "two" in err
    assert not (tmp_path / "cmp").exists()


def test_what_was_asked_differently_is_told_first(run_compare, runs, tmp_path):
    table = {"model": "mclp", "sites": 3, "close": None, "required": []}
    config = {"title": "甲", "output": {"folder": "a"}, "roads": {"detour": 1.4, "crs": None}}
    other({"config": config | {"layers": {"test": {"siting": table, "minutes": 15}}}})(runs / "one")
    layers = {"test": {"siting": None, "minutes": 15}}
    other({"config": config | {"title": "乙", "roads": {"detour": 1.5}, "layers": layers}})(
        runs / "two"
    )
    other({"inputs": [{"file": "roads.gpkg", "sha256": "a" * 64}]})(runs / "two")
    _, out, _ = run_compare(runs / "one", runs / "two", "-o", tmp_path / "c", "--lang", "en")
    said = out[: out.index("┏")]
    assert "study file roads.detour: A 1.4 | B 1.5" in said
    assert 'layers.test.siting: A {"model": "mclp", "sites": 3} | B —' in said
    assert "input file roads.gpkg: A — | B sha256 aaaaaaaaaaaa…" in said
    assert said.count("study file") == 2
    assert "sha256 aaaaaaaaaaaa…" in (tmp_path / "c" / "compare.html").read_text("utf-8")


def test_every_fault_of_both_folders_is_told_at_once(run_compare, runs, tmp_path):
    (runs / "one" / "coverage.csv").unlink()
    (runs / "two" / "run.json").unlink()
    _, _, err = run_compare(runs / "one", runs / "two", "-o", tmp_path / "c", "--lang", "en")
    assert "the folder of results lacks this file" in err
    assert "there are no results of coverplan run here" in err


def test_a_table_saved_by_hand_is_named_and_compared(run_compare, runs, tmp_path):
    table("coverage.csv", lambda r: [r | {"note": "手改"}])(runs / "two")
    code, out, _ = run_compare(runs / "one", runs / "two", "-o", tmp_path / "c")
    assert code == 0
    assert "two/coverage.csv：文件与计算时写出的不同（校验值不符）" in out
    (problem,) = comparecommand.compare_runs(runs / "one", runs / "two").problems
    assert (problem.code, problem.severity) == ("compare.changed", "warning")
    assert "its checksum differs" in problem.what.en
    assert "校验值不符" in (tmp_path / "c" / "compare.html").read_text("utf-8")


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"SQLite fo")])
def test_without_borders_there_are_tables_and_no_maps(run_compare, runs, tmp_path, damage):
    for name in ("one", "two"):
        damage(runs / name / "study.gpkg")
    code, out, _ = run_compare(runs / "one", runs / "two", "-o", tmp_path / "c")
    assert code == 0
    assert "读不到单元边界" in out
    found = comparecommand.compare_runs(runs / "one", runs / "two")
    assert "compare.no_maps" in {p.code for p in found.problems}
    assert "no map is drawn" in found.problems[-1].render("en")
    page = (tmp_path / "c" / "compare.html").read_text("utf-8")
    assert '<svg class="map"' not in page
    assert "各乡镇可达人数" in page


def test_a_folder_of_other_things_is_not_written_into(run_compare, runs, tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "mine.txt").write_text("x")
    code, _, err = run_compare(runs / "one", runs / "two", "-o", tmp_path / "c")
    assert code == 2
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["mine.txt"]
    assert "别的文件" in err
    code, _, err = run_compare(runs / "one", runs / "two", "-o", runs / "one")
    assert code == 2
    assert "另一次计算的结果" in err
    assert run_compare(runs / "one", runs / "two", "--lang", "fr")[0] == 2
