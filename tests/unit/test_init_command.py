"""`coverplan init`: a folder of files becomes a study file that says why, and that loads."""

import datetime
import os
import pty
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import folder_county as made
import geopandas as gpd
import pytest
import shapely
import typer
from folder_county import FolderCounty
from rich.console import Console
from typer.testing import CliRunner

import coverplan
from coverplan.clock import Clock
from coverplan.core.errors import InputError
from coverplan.core.text import Text
from coverplan.domain.config import StudyConfig
from coverplan.drafting import Drafted, text_of
from coverplan.initcommand import Silent, Terminal, draft_folder, init
from coverplan.io import read_study
from coverplan.loading import gather

TODAY = datetime.date(2026, 3, 1)

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(init)


class Told:
    """Answers questions by a list, and keeps them."""

    def __init__(self, *answers: int | str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def choose(self, question: Text, options: Sequence[Text]) -> int:
        self.asked.append(question.zh)
        self.options = [option.zh for option in options]
        answer = self.answers.pop(0) if self.answers else 0
        assert isinstance(answer, int)
        return answer

    def say(self, question: Text, proposed: str, wrong: Callable[[str], Text | None]) -> str:
        self.asked.append(question.zh)
        answer = str(self.answers.pop(0)) if self.answers else proposed
        assert wrong(answer) is None
        return answer


@pytest.fixture
def county(tmp_path: Path) -> FolderCounty:
    folder = tmp_path / "小县"
    folder.mkdir()
    return FolderCounty(folder).usual()


def drafted(folder: Path, asker: object = None, **options: object) -> Drafted:
    asker = Silent() if asker is None else asker
    return draft_folder(folder, folder / "study.toml", asker, today=TODAY, **options)


def data_of(found: Drafted) -> dict:
    return tomllib.loads(text_of(found, "zh"))


def comments_of(found: Drafted) -> str:
    return "\n".join(x for x in text_of(found, "zh").splitlines() if x.startswith("#"))


def errors_of(found: Drafted) -> list[str]:
    assert found.problems is not None
    return [problem.code for problem in found.problems if problem.severity == "error"]


def run_init(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    return done.exit_code, done.output


def test_the_sample_county_gives_its_own_figures_back(
    root: Path, tmp_path: Path, yunxi: coverplan.Study
) -> None:
    here = tmp_path / "yunxi"
    ignored = shutil.ignore_patterns("*.toml")
    shutil.copytree(root / "data" / "geo" / "yunxi", here, ignore=ignored)
    found = drafted(here)
    assert errors_of(found) == []
    (here / "study.toml").write_text(text_of(found, "zh"), encoding="utf-8")
    mine = coverplan.run(here / "study.toml").coverage.frame
    theirs = yunxi.coverage.frame
    theirs = theirs[theirs["phase"] == "before"].reset_index(drop=True)
    assert mine["phase"].unique().tolist() == ["before"]
    assert mine.reset_index(drop=True).equals(theirs)
    data = data_of(found)
    assert data["targets"]["facilities"] == [
        {"source": "儿童福利机构台账.csv", "layer": "child_welfare_institution"},
        {"source": "养老机构台账.csv", "layer": "elderly_care_home"},
        {"source": "民政设施.csv"},
        {"source": "移民安置点.csv", "layer": "resettlement_village"},
    ]
    assert [t["source"] for t in data["targets"]["units"]] == [
        "villages.xlsx", "单元情况.csv", "村情况.csv",
    ]  # fmt: skip
    # New sites are nobody's to guess: they are offered, ready to be taken.
    assert not any("siting" in layer for layer in data["layers"].values())
    offer = next(x for x in text_of(found, "zh").splitlines() if x.startswith("# siting = { sites"))
    siting = tomllib.loads(offer.removeprefix("# "))["siting"]
    assert siting["candidates"][1]["source"] == "闲置建筑.csv"
    assert siting["forbidden"] == [{"source": "protected.gpkg"}]


def test_las_palmas_from_open_data(test_data: Path, tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    shutil.copytree(test_data / "realdata" / "es_las_palmas", tmp_path / "lp")
    here = tmp_path / "lp"
    here.chmod(0o755)
    found = drafted(here, language="en")
    data = data_of(found)
    assert data["region"]["columns"] == {"code": "Codigo", "name": "Denominaci"}
    assert data["layers"]["elderly_care"]["where"] == {"layer": "elderly_social"}
    assert data["layers"]["elderly_care"]["group"] == "all"
    # Places whose people nobody knows are a fault somebody must mend, and they are named.
    assert set(errors_of(found)) == {"people.value"}
    assert "people.value" not in text_of(found, "en")
    assert "places_osm.csv · row" in text_of(found, "en")
    whole = made.pd.read_csv(here / "places_osm.csv")
    whole[whole["population"].notna()].to_csv(here / "places.csv", index=False)
    mended = drafted(here, language="en")
    assert data_of(mended)["people"]["source"] == "places.csv"
    assert errors_of(mended) == []


def test_wuhan_with_a_list_of_facilities(test_data: Path, tmp_path: Path) -> None:
    shutil.copytree(test_data / "realdata" / "cn_wuhan", tmp_path / "wh")
    here = tmp_path / "wh"
    here.chmod(0o755)
    with pytest.raises(InputError) as error:
        drafted(here)
    assert error.value.problems[0].code == "init.no_layer"
    made.pd.DataFrame(
        {"名称": ["甲", "乙"], "经度": [114.30, 114.28], "纬度": [30.60, 30.62]}
    ).to_csv(here / "站点.csv", index=False, encoding="gb18030")
    # Nothing says what kind of places these are: that is asked, and somebody knows.
    with pytest.raises(InputError):
        drafted(here)
    asker = Told(2)
    found = drafted(here, asker)
    assert asker.asked[0].startswith("站点.csv 是哪一类设施？")
    assert errors_of(found) == []
    data = data_of(found)
    assert list(data["layers"]) == ["social_work"]
    assert data["people"]["groups"] == {"all": "pop", "elderly": "pop60plus"}
    assert data["roads"]["source"] == "roads.parquet"


def test_a_small_county(county: FolderCounty) -> None:
    found = drafted(county.path)
    assert errors_of(found) == []
    data = data_of(found)
    assert data["title"] == "小县"
    assert data["date"] == datetime.date(2025, 12, 31)
    assert data["region"] == {"units": "乡镇边界.gpkg"}
    assert data["people"]["groups"] == {
        "all": "常住人口", "elderly": "60岁及以上", "children": "0-14岁",
    }  # fmt: skip
    assert data["people"]["spread"] == "streets"
    assert list(data["layers"]) == ["elderly_care"]
    notes = comments_of(found)
    assert "3 个面，互不重叠，列“代码”“名称”" in notes
    assert "按列名认出：name = 村名，unit = 所属乡镇，lon = 经度，lat = 纬度" in notes
    assert "数据中今年以前最晚的年份是 2018" in notes
    assert text_of(found, "zh") == text_of(drafted(county.path), "zh")
    assert "polygons without overlap" in text_of(found, "en")


def test_faults_that_can_be_mended_by_a_key(county: FolderCounty) -> None:
    """Each file carries its faults; what reading met is the evidence for what is written."""
    for path in county.path.iterdir():
        path.unlink()
    towns = made.townships()
    corners = shapely.get_coordinates(towns.geometry.iloc[2])[:4]
    top, middle = corners[:, 1].max(), corners[:, 0].mean()
    # The northern side goes back on itself and crosses.
    loop = [(middle - 0.001, top), (middle, top + 0.0005), (middle, top - 0.0005)]
    east, west = (
        [tuple(c) for c in corners if c[0] > middle],
        [tuple(c) for c in corners if c[0] < middle],
    )
    ring = [*sorted(east, key=lambda c: c[1]), *loop, *sorted(west, key=lambda c: -c[1])]
    towns.loc[2, "geometry"] = shapely.Polygon(ring)
    assert not towns.geometry.iloc[2].is_valid
    county.shapes("边界.geojson", towns)
    county.shapes("道路.shp", made.streets(cut=False))
    county.messy("各村人口.xlsx", made.villages(), "小县各村人口一览表")
    homes = made.facilities("敬老院", 60, gcj02=True)
    county.table("养老机构.csv", homes, "gb18030")
    stations = made.facilities("社工站", 20).astype({"经度": object, "纬度": object})
    stations.loc[3, ["经度", "纬度"]] = ""
    county.messy("社工站.xlsx", stations, "社工站台账")
    found = drafted(county.path)
    assert errors_of(found) == []
    data = data_of(found)
    assert data["region"]["repair"] is True
    assert data["roads"]["repair"] is True
    assert data["layers"]["elderly_care"]["crs"] == "GCJ-02"
    assert data["layers"]["social_work"]["place_missing"] == "village"
    notes = comments_of(found)
    assert "像是 GCJ-02：换算后" in notes
    assert "道路没有在路口断开" in notes
    assert "1 条记录没有坐标：放在所登记的村或乡镇" in notes
    (county.path / "study.toml").write_text(text_of(found, "zh"), encoding="utf-8")
    again = gather(county.path / "study.toml", Clock())
    assert again.inputs is not None


def test_no_roads_is_an_assumption_said_aloud(county: FolderCounty) -> None:
    (county.path / "道路.gpkg").unlink()
    found = drafted(county.path)
    assert data_of(found)["roads"]["detour"] == 1.4
    assert "！没有道路文件：这是假定值" in comments_of(found)
    assert errors_of(found) == []
    assert data_of(found)["people"].get("spread", "points") == "points"


def test_speeds_along_straight_lines_are_said_too(county: FolderCounty) -> None:
    (county.path / "道路.gpkg").unlink()
    county.table("生态安葬点.csv", made.facilities("生态安葬园", 3))
    found = drafted(county.path)
    assert list(data_of(found)["roads"]["straight_kmh"]) == ["driving"]
    assert "！假定的直线速度" in comments_of(found)
    assert errors_of(found) == []


def test_layers_sheets_and_folders(county: FolderCounty) -> None:
    for path in county.path.iterdir():
        path.unlink()
    county.path.joinpath("矢量").mkdir()
    made.townships().to_file(county.path / "矢量" / "数据.gpkg", layer="边界")
    made.streets().to_file(county.path / "矢量" / "数据.gpkg", layer="道路")
    sums = made.villages().groupby("所属乡镇", as_index=False)[["常住人口", "60岁及以上"]].sum()
    sheets = {
        "说明": made.pd.DataFrame({"填表说明": ["各乡镇填报"]}),
        "村": made.villages(),
        "普查": sums,
        "敬老院": made.facilities("敬老院", 20),
    }
    with made.pd.ExcelWriter(county.path / "汇总.xlsx") as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False)
    found = drafted(county.path)
    assert errors_of(found) == []
    data = data_of(found)
    assert data["region"] == {"units": "矢量/数据.gpkg", "table": "边界"}
    assert data["roads"] == {"source": "矢量/数据.gpkg", "table": "道路"}
    assert (data["people"]["source"], data["people"]["table"]) == ("汇总.xlsx", "村")
    assert data["layers"] == {"elderly_care": {"source": "汇总.xlsx", "table": "敬老院"}}
    assert "totals 不能指明工作表，请另存为单独的文件" in comments_of(found)
    assert "汇总.xlsx [说明]：看不出是什么" in comments_of(found)


def test_totals_alone_are_spread(county: FolderCounty) -> None:
    table = made.villages().groupby("所属乡镇", as_index=False)[["常住人口", "60岁及以上"]].sum()
    (county.path / "村表.csv").unlink()
    county.table("普查.csv", table)
    found = drafted(county.path)
    assert data_of(found)["people"] == {
        "totals": "普查.csv",
        "groups": {"all": "常住人口", "elderly": "60岁及以上"},
        "spread": "streets",
    }
    assert errors_of(found) == []
    assert "住在哪里是估计的" in comments_of(found)


def test_totals_of_other_names_are_mapped_and_lacking_ones_left_out(county: FolderCounty) -> None:
    table = made.villages().groupby("所属乡镇", as_index=False)[["常住人口"]].sum()
    county.table("普查.csv", table)
    found = drafted(county.path)
    assert "totals" not in data_of(found)["people"]
    assert "没有用 普查.csv：缺少人群 elderly 的总数" in comments_of(found)
    both = table.assign(老年人口=3000, 儿童=2000).rename(columns={"常住人口": "总人口"})
    county.table("普查.csv", both)
    data = data_of(drafted(county.path))
    assert data["people"]["totals_columns"] == {
        "all": "总人口", "elderly": "老年人口", "children": "儿童",
    }  # fmt: skip


def test_ages_that_are_not_known_are_said(county: FolderCounty) -> None:
    county.table("村表.csv", made.villages().rename(columns={"60岁及以上": "65岁及以上"}))
    data = data_of(drafted(county.path))
    assert data["people"]["groups"]["65岁及以上"] == "65岁及以上"
    assert data["layers"]["elderly_care"]["group"] == "65岁及以上"
    county.table("村表.csv", made.villages().drop(columns="60岁及以上"))
    found = drafted(county.path)
    assert data_of(found)["layers"]["elderly_care"]["group"] == "all"
    assert "！人口数据中没有“elderly”一列：按全部人口计" in comments_of(found)


def test_two_files_of_boundaries_are_a_question(county: FolderCounty) -> None:
    # A little less sure: its columns have no usual names. Villages are no townships at all.
    county.shapes("镇街界线.geojson", made.townships().rename(columns={"代码": "A", "名称": "B"}))
    village = {"甲镇": "甲村", "乙乡": "乙村", "丙乡": "丙村"}
    county.shapes("村界.geojson", made.townships().replace({"名称": village}))
    asker = Told(1, "甲县研究", "2024-12-31")
    found = drafted(county.path, asker)
    assert asker.asked == ["“边界”用哪一个？", "研究的标题", "设施和边界截至哪一天"]
    assert data_of(found)["region"] == {
        "units": "镇街界线.geojson",
        "columns": {"code": "A", "name": "B"},
    }
    assert data_of(found)["date"] == datetime.date(2024, 12, 31)
    assert data_of(found)["title"] == "甲县研究"
    silent = drafted(county.path)
    assert data_of(silent)["region"]["units"] == "乡镇边界.gpkg"
    assert "也可用 镇街界线.geojson" in comments_of(silent)
    assert "镇街界线.geojson：也可作边界，已用 乡镇边界.gpkg" in comments_of(silent)
    assert "村界.geojson：也可作边界，已用 乡镇边界.gpkg" in comments_of(silent)
    assert "也可用 镇街界线.geojson、村界.geojson" not in comments_of(silent)


def test_a_file_without_a_system(county: FolderCounty) -> None:
    made.townships().to_file(county.path / "边界.shp", encoding="utf-8")
    (county.path / "边界.prj").unlink()
    (county.path / "乡镇边界.gpkg").unlink()
    found = drafted(county.path)
    assert data_of(found)["region"]["crs"] == "EPSG:4490"
    assert "假定为 CGCS2000，请核对" in comments_of(found)
    assert errors_of(found) == []


def test_metres_without_a_zone_number(county: FolderCounty) -> None:
    homes = made.facilities("敬老院", 20)
    points = gpd.points_from_xy(homes["经度"], homes["纬度"], crs=4490).to_crs(made.CRS)
    county.table("养老机构.csv", homes.assign(经度=points.x.round(2), 纬度=points.y.round(2)))
    found = drafted(county.path)
    assert data_of(found)["layers"]["elderly_care"]["crs"] == f"EPSG:{made.CRS}"
    assert errors_of(found) == []


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_whatever_files_and_columns_are_called(county: FolderCounty) -> None:
    homes = '养老"机构\n[x] = 1\\\U0001f600\x1b[31m.csv'
    (county.path / "养老机构.csv").rename(county.path / homes)
    odd = '=HYPERLINK("x")60岁及以上'
    county.table("村表.csv", made.villages().rename(columns={"60岁及以上": odd}))
    (county.path / os.fsdecode(b"\xff.csv")).write_text("x")
    strange = county.path.with_name("小'县\"<script>")
    county.path.rename(strange)
    found = drafted(strange)
    assert errors_of(found) == []
    data = data_of(found)
    assert data["layers"]["elderly_care"]["source"] == homes
    assert data["people"]["groups"]["elderly"] == odd
    assert data["title"] == strange.name
    assert "文件名不是有效的文字" in comments_of(found)
    text = text_of(found, "zh")
    assert not [c for c in text if not c.isprintable() and c != "\n"]
    code, said = run_init(strange, "--yes")
    assert code == 0
    assert "\x1b" not in said
    assert read_study(strange / "study.toml").layers["elderly_care"].source == Path(homes)


def test_broken_files_are_named_and_the_rest_is_used(county: FolderCounty) -> None:
    (county.path / "坏.xlsx").write_bytes(b"PK\x03\x04 cut")
    (county.path / "坏.gpkg").write_bytes(b"SQLite format 3\0 cut")
    found = drafted(county.path)
    assert errors_of(found) == []
    assert "坏.xlsx：无法读取" in comments_of(found)
    assert "坏.gpkg：无法读取" in comments_of(found)


@pytest.mark.parametrize(
    ("gone", "code", "words"),
    [
        ("乡镇边界.gpkg", "init.no_units", "文件夹里没有找到乡镇边界"),
        ("村表.csv", "init.no_people", "文件夹里没有找到人口"),
        ("养老机构.csv", "init.no_layer", "文件夹里没有找到设施名单"),
    ],
)
def test_what_a_study_needs_is_missing(county: FolderCounty, gone, code, words) -> None:
    (county.path / gone).unlink()
    with pytest.raises(InputError) as error:
        drafted(county.path)
    problem = error.value.problems[0]
    assert (problem.code, problem.file) == (code, str(county.path))
    assert words in problem.render("zh")
    assert "道路 道路.gpkg" in problem.render("zh")
    assert run_init(county.path, "--yes")[0] == 2
    assert not (county.path / "study.toml").exists()


def test_an_empty_folder(tmp_path: Path) -> None:
    code, said = run_init(tmp_path, "--yes")
    assert code == 2
    assert said.count("没有数据文件") == 3
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unasked(county: FolderCounty) -> None:
    study = county.path / "study.toml"
    study.write_text("# mine\n", encoding="utf-8")
    code, said = run_init(county.path, "--yes")
    assert code == 2
    assert "文件已经存在，没有覆盖" in said
    assert study.read_text(encoding="utf-8") == "# mine\n"
    code, said = run_init(county.path, "--yes", "--force")
    assert code == 0
    assert f"coverplan check {study}" in said
    text = study.read_text(encoding="utf-8")
    assert run_init(county.path, "--yes", "--force", "-q") == (0, "")
    assert study.read_text(encoding="utf-8") == text
    assert read_study(study).title == "小县"
    assert sorted(p.name for p in county.path.iterdir() if p.name.startswith(".")) == []


def test_a_study_file_elsewhere_names_files_from_there(county: FolderCounty, tmp_path) -> None:
    code, _ = run_init(county.path, "--yes", "--out", tmp_path / "a.toml", "--lang", "en", "-q")
    assert code == 0
    study = read_study(tmp_path / "a.toml")
    assert study.region.units.as_posix() == "小县/乡镇边界.gpkg"
    assert study.output.language == "en"
    assert gather(tmp_path / "a.toml", Clock()).inputs is not None
    assert run_init(county.path, "--yes", "--out", tmp_path / "no" / "a.toml")[0] == 2
    assert run_init(county.path, "--yes", "--out", tmp_path)[0] == 2


def test_without_a_terminal_it_says_so(county: FolderCounty) -> None:
    code, said = run_init(county.path)
    assert code == 2
    assert "没有可以提问的终端" in said
    assert "--yes" in said
    assert run_init()[0] == 2
    assert run_init(county.path, "--lang", "fr")[0] == 2


def test_the_schema_for_editors(tmp_path: Path) -> None:
    import json  # noqa: PLC0415

    assert run_init("--schema", tmp_path / "study.schema.json")[0] == 0
    schema = json.loads((tmp_path / "study.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(StudyConfig.model_fields)
    assert run_init("--schema", tmp_path / "study.schema.json")[0] == 2


def test_the_terminal_asks_again_until_it_understands() -> None:
    lines = iter(["7", "zwei", "2", "", "x", "2025-01-01"])
    console = Console(quiet=True)
    asker = Terminal(console, "zh", lambda: next(lines))
    both = [Text.same("a"), Text.same("b")]
    assert asker.choose(Text.same("?"), both) == 1
    assert asker.choose(Text.same("?"), both) == 0

    def wrong(answer: str) -> Text | None:
        return None if answer[0].isdigit() else Text.same("no")

    assert asker.say(Text.same("?"), "p", wrong) == "2025-01-01"


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminal")
@pytest.mark.parametrize(("typed", "code"), [("试算\n2024-06-30\n", 0), ("试算\n\x03", 130)])
def test_at_a_real_terminal(county: FolderCounty, typed: str, code: int) -> None:
    inside, outside = pty.openpty()
    script = (
        "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "import typer; from coverplan.initcommand import init; typer.run(init)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(county.path)],
        stdin=outside, stdout=outside, stderr=outside, start_new_session=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )  # fmt: skip
    os.close(outside)
    said, waiting = b"", typed.splitlines(keepends=True)
    while True:
        try:
            part = os.read(inside, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
        if waiting and said.rstrip().endswith(b"] >"):
            os.write(inside, waiting.pop(0).encode())
            said += b"\n"
    os.close(inside)
    assert process.wait(60) == code, said.decode(errors="replace")
    study = county.path / "study.toml"
    assert study.exists() == (code == 0)
    if code == 0:
        assert (read_study(study).title, str(read_study(study).date)) == ("试算", "2024-06-30")
