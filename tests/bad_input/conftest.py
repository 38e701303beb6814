"""A tiny county that works, to be spoilt one fault at a time.

Three square townships of about 4 km, a road grid of 1 km, nine villages, two layers of
facilities. `county` writes it into a temporary folder; its methods change one file and run the
command line on it.
"""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from coverplan import cli, guarding, load
from coverplan.core.errors import InputError, Problem, render_problems
from coverplan.results import Study

WEST, SOUTH = 118.0, 30.0
KM_X, KM_Y = 0.01037, 0.00902  # about a kilometre in degrees at this latitude

STUDY = """\
title = "小县"
date = 2025-12-31

[region]
units = "towns.geojson"

[people]
source = "villages.csv"
totals = "census.csv"
groups = { all = "常住人口", elderly = "60岁及以上" }

[roads]
source = "roads.geojson"

[layers.elderly_care]
source = "homes.csv"

[layers.elderly_care.siting]
sites = 1

[layers.social_work]
source = "stations.xlsx"

[output]
folder = "result"
"""

TOWNS = [("330001", "甲镇"), ("330002", "乙乡"), ("330003", "丙乡")]


def at(x_km: float, y_km: float) -> tuple[float, float]:
    """Longitude and latitude of a place given in kilometres from the south-west corner."""
    return round(WEST + x_km * KM_X, 6), round(SOUTH + y_km * KM_Y, 6)


def square(x_km: float, y_km: float, side_km: float) -> dict:
    ring = [(0, 0), (side_km, 0), (side_km, side_km), (0, side_km), (0, 0)]
    return {"type": "Polygon", "coordinates": [[at(x_km + x, y_km + y) for x, y in ring]]}


def _towns() -> list[dict]:
    return [
        {"properties": {"code": code, "name": name}, "geometry": square(4 * i, 0, 4)}
        for i, (code, name) in enumerate(TOWNS)
    ]


def _roads() -> list[dict]:
    steps = [(x, y, x + 1, y) for y in range(5) for x in range(12)]
    steps += [(x, y, x, y + 1) for x in range(13) for y in range(4)]
    return [
        {
            "properties": {"highway": "residential" if y1 == y2 else "tertiary", "oneway": "no"},
            "geometry": {"type": "LineString", "coordinates": [at(x1, y1), at(x2, y2)]},
        }
        for x1, y1, x2, y2 in steps
    ]


def _villages() -> list[dict[str, str]]:
    rows = []
    for i, (code, name) in enumerate(TOWNS):
        for j, (x, y) in enumerate([(1, 1), (2, 3), (3, 2)]):
            lon, lat = at(4 * i + x, y + 0.1)
            rows.append(
                {
                    "村编码": f"V{i}{j}",
                    "村名": f"{name}第{j + 1}村",
                    "乡镇代码": code,
                    "经度": f"{lon}",
                    "纬度": f"{lat}",
                    "常住人口": str(100 + 10 * j),
                    "60岁及以上": str(20 + j),
                }
            )
    return rows


def _sites(kind: str) -> list[dict[str, str]]:
    rows = []
    for i in range(3):
        lon, lat = at(4 * i + 1.2, 1.1)
        rows.append(
            {
                "编号": f"{kind}{i + 1}",
                "名称": f"{TOWNS[i][1]}{kind}",
                "乡镇": TOWNS[i][1],
                "经度": f"{lon}",
                "纬度": f"{lat}",
                "状态": "运营",
                "开业年份": "2019",
                "床位数": "30",
            }
        )
    return rows


CENSUS = [
    {"乡镇代码": code, "常住人口": str(400 + i), "60岁及以上": str(80 + i)}
    for i, (code, _) in enumerate(TOWNS)
]


@dataclass
class Outcome:
    """What one run of the command line did."""

    code: int
    text: str
    problems: list[Problem]

    @property
    def codes(self) -> set[str]:
        return {p.code for p in self.problems}

    def of(self, code: str) -> list[Problem]:
        """The faults of one code, at least one."""
        found = [p for p in self.problems if p.code == code]
        assert found, f"no {code} among {sorted(self.codes)}:\n{self.text}"
        return found

    def the(self, code: str) -> Problem:
        """The only fault of one code."""
        found = self.of(code)
        assert len(found) == 1, [p.render("en") for p in found]
        return found[0]


@dataclass
class County:
    """The files of the tiny county, and the command line run on them."""

    folder: Path
    seen: list[Problem] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)

    @property
    def study(self) -> Path:
        return self.folder / "study.toml"

    @property
    def result(self) -> Path:
        return self.folder / "result"

    def path(self, name: str) -> Path:
        return self.folder / name

    def fill(self) -> None:
        """Write every file of the county that works."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.study.write_text(STUDY, encoding="utf-8")
        self.features("towns.geojson", _towns())
        self.features("roads.geojson", _roads())
        self.table("villages.csv", _villages())
        self.table("census.csv", CENSUS)
        self.table("homes.csv", _sites("养老院"))
        self.table("stations.xlsx", _sites("社工站"))

    def edit(self, old: str, new: str, name: str = "study.toml") -> None:
        """Replace words in a text file; they must stand there."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.path(name).write_text(text.replace(old, new), encoding="utf-8", newline="")

    def table(self, name: str, rows: list[dict]) -> None:
        """Write records as CSV or, by its name, as a workbook."""
        columns = list(dict.fromkeys(key for row in rows for key in row))
        lines = [columns, *([row.get(c, "") for c in columns] for row in rows)]
        if name.endswith(".xlsx"):
            book = openpyxl.Workbook()
            for line in lines:
                book.active.append(line)
            book.save(self.path(name))
        else:
            with self.path(name).open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(lines)

    def rows(self, name: str) -> list[dict]:
        """Read the records of a table as they stand."""
        if name.endswith(".xlsx"):
            head, *body = openpyxl.load_workbook(self.path(name)).active.values
            return [dict(zip(head, line, strict=True)) for line in body]
        text = self.path(name).read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text)))

    def cell(self, name: str, row: int, column: str, value: object) -> None:
        """Change one cell; the header is row 1."""
        rows = self.rows(name)
        assert column in rows[0]
        rows[row - 2][column] = value
        self.table(name, rows)

    def column(self, name: str, column: str, change: Callable[[str], object]) -> None:
        """Change every cell of a column."""
        self.table(name, [row | {column: change(row[column])} for row in self.rows(name)])

    def features(self, name: str, features: list[dict], **top: object) -> None:
        """Write GeoJSON features."""
        whole = [{"type": "Feature", **feature} for feature in features]
        data = {"type": "FeatureCollection", **top, "features": whole}
        self.path(name).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    def read_features(self, name: str) -> list[dict]:
        return json.loads(self.path(name).read_text(encoding="utf-8"))["features"]

    def run(self, *arguments: str) -> Outcome:
        """Run the command line in this process: quiet, into the study's own folder."""
        self.seen.clear()
        given = ["run", str(self.study), "-q", *arguments]
        done = CliRunner().invoke(cli.app, given)
        text = done.stdout + done.stderr
        if done.exit_code not in {0, 2}:
            logs = sorted(self.folder.parent.glob("coverplan-error-*.txt"))
            log = logs[-1].read_text(encoding="utf-8") if logs else ""
            pytest.fail(f"exit {done.exit_code}\n{text}\n{log}")
        assert "Traceback" not in text
        return Outcome(done.exit_code, text, list(self.seen))

    def refused(self, *arguments: str) -> Outcome:
        """Run, and insist on a clean refusal: exit 2, words in both languages, nothing written."""
        before = _tree(self.folder)
        done = self.run(*arguments)
        assert done.code == cli.EXIT_INPUT, f"exit {done.code}: accepted in silence\n{done.text}"
        assert _tree(self.folder) == before, "a refused run changed files"
        assert done.problems, done.text
        for problem in done.problems:
            check_words(problem)
        return done

    def understood(self) -> Outcome:
        """Read everything without computing: much faster, for what reading alone decides."""
        problems = list(load(self.study).problems)
        for problem in problems:
            check_words(problem)
        return Outcome(cli.EXIT_OK, "", problems)

    def accepted(self, *arguments: str) -> Outcome:
        """Run, and insist that it succeeds; the warnings of the study are its problems."""
        done = self.run(*arguments)
        assert done.code == cli.EXIT_OK, done.text
        done.problems = list(self.studies[-1].problems)
        for problem in done.problems:
            check_words(problem)
        return done


def check_words(problem: Problem) -> None:
    """Every fault speaks both languages, on short lines, without the words of a program."""
    for language in ("zh", "en"):
        words = problem.render(language)
        assert problem.what.of(language)
        assert problem.mend.of(language)
        assert max(len(line) for line in words.splitlines()) < 600, words
        for word in ("Traceback", "<class", "Errno", "KeyError", "object at 0x"):
            assert word not in words, words
    english = problem.render("en")
    for mark in ("（空）", "：", "，"):
        assert mark not in problem.what.en + problem.mend.en, english
    if problem.expected is not None and not _chinese(problem.expected.zh):
        assert " " not in problem.expected.zh, f"English for a Chinese reader: {problem.expected}"
    assert _chinese(problem.what.zh)
    assert _chinese(problem.mend.zh)


def _chinese(words: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in words)


def _tree(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns)
        for p in folder.rglob("*")
    }


@pytest.fixture(scope="session")
def whole_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that work, written once and copied for every test."""
    folder = tmp_path_factory.mktemp("whole") / "county"
    County(folder).fill()
    return folder


@pytest.fixture
def county(whole_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """The tiny county in a folder of its own, ready to run."""
    made = County(tmp_path / "county")
    shutil.copytree(whole_county, made.folder)
    listen(made, monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield made
    os.chdir(tmp_path)


def listen(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note the faults a run prints, and the studies it writes."""
    say, write = guarding.print_problems, cli.write_run

    def heard(error: InputError, language: str, err: object) -> None:
        county.seen.extend(error.problems)
        assert "\n".join(render_problems(error.problems, language)) == error.render(language)
        say(error, language, err)

    def wrote(study: Study, *args: object, **kwargs: object) -> object:
        county.studies.append(study)
        return write(study, *args, **kwargs)

    monkeypatch.setattr(guarding, "print_problems", heard)
    monkeypatch.setattr(cli, "write_run", wrote)
