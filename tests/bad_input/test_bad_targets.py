"""Tables of targets of a planner's own, and what a study says of targets."""

from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from coverplan.core.errors import InputError, Problems, render_problems
from coverplan.core.text import Text
from coverplan.domain.targets_config import PlaceTable, TargetsConfig
from coverplan.io import read_register, read_targets
from coverplan.io.paths import Folder
from coverplan.io.studyfaults import StudyText
from coverplan.io.targetschecks import check_target_ids

INDICATORS = {
    "unit_coverage_share": Text("有设施的单元占比", "units that have one"),
    "new_count": Text("新增数量", "new ones"),
    "staff_per_unit": Text("每单元人员", "staff per unit"),
    "bed_share": Text("床位占比", "share of beds"),
}
GOOD = {
    "编号": "云溪-01", "文件": "《云溪县养老服务三年行动》", "发文机关": "云溪县民政局",
    "年份": "2024", "效力": "现行", "条款": "二(一)", "地区代码": "330624", "层级": "乡镇",
    "设施类别": "日间照料中心", "指标": "有设施的单元占比", "关系": "不低于", "数值": "70%",
    "单位": "占乡镇的比例", "期限": "2026年", "期限依据": "条文写明", "条件": "ownership=公办",
    "分母": "township: type=街道|town", "力度": "必须", "可算性": "A", "内容": "七成乡镇有日间照料",
}  # fmt: skip


STAFF = {"指标": "staff_per_unit", "关系": "区间"}


def write(folder: Path, *rows: dict, name: str = "targets.csv") -> PlaceTable:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns, *([row.get(key, "") for key in columns] for row in rows)]
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in cells:
            book.active.append(row)
        book.save(folder / name)
    else:
        lines = (",".join(f'"{cell}"' for cell in row) for row in cells)
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return PlaceTable(source=Path(name))


def read(folder: Path, *rows: dict, name: str = "targets.csv", taken=(), indicators=INDICATORS):
    table, problems = write(folder, *rows, name=name), Problems()
    targets = read_targets(
        Folder(folder), table, "targets.documents[0]", problems, indicators=indicators, taken=taken
    )
    return targets, list(problems)


@pytest.mark.parametrize("name", ["targets.csv", "targets.xlsx"])
def test_a_table_in_chinese(tmp_path, name):
    (target,), problems = read(tmp_path, GOOD, name=name)
    assert problems == []
    assert (target.id, target.year, target.standing, target.level, target.strength) == (
        "云溪-01", 2024, "in_force", "township", "must",
    )  # fmt: skip
    assert (target.layers, target.indicator) == (("day_care",), "unit_coverage_share")
    assert (target.operator, target.value) == (">=", Fraction(7, 10))
    assert (target.deadline, target.deadline_basis) == (2026, "stated")
    assert target.condition[0].words == ("public",)
    assert target.denominator[0].conditions[0].words == ("street", "town")
    assert target.words == Text("七成乡镇有日间照料", "七成乡镇有日间照料")
    assert (target.source, target.row) == (name, 2)


def test_the_built_in_table_reads_the_same_as_a_planner_s(tmp_path, root):
    path = root / "src/coverage/coverplan/domain/targets.csv"
    (tmp_path / "targets.csv").write_bytes(path.read_bytes())
    problems = Problems()
    known = {target.indicator for target in read_register()}
    table = PlaceTable(source=Path("targets.csv"))
    targets = read_targets(Folder(tmp_path), table, "x", problems, indicators=known)
    assert list(problems) == []
    assert targets == read_register()


def test_names_of_sets_stand_for_their_codes(tmp_path):
    (target,), _ = read(tmp_path, GOOD | {"地区代码": "zj26、330624"})
    assert len(target.regions) == 27
    (named,), _ = read(tmp_path, GOOD | {"地区代码": "浙江 26 个加快发展县（山区海岛 26 县）"})
    assert len(named.regions) == 26


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        ("不低于", "1/3", (Fraction(1, 3), None, "")),
        (">=", "０.7", (Fraction(7, 10), None, "")),
        (">=", "", (None, None, "")),
        ("≥", "@basically", (None, None, "basically")),
        ("超过", "0", (Fraction(0), None, "")),
    ],
)
def test_values(tmp_path, operator, value, found):
    (target,), problems = read(tmp_path, GOOD | {"关系": operator, "数值": value})
    assert problems == []
    assert (target.value, target.value_high, target.value_setting) == found


@pytest.mark.parametrize("text", ["1-2", "1—2", "1～2", "1至2"])
def test_ranges(tmp_path, text):
    row = GOOD | {"指标": "staff_per_unit", "关系": "区间", "数值": text}
    (target,), problems = read(tmp_path, row)
    assert problems == []
    assert (target.operator, target.value, target.value_high) == ("in_range", 1, 2)


FAULTS = [
    ("编号", "", "target.id", "空"),
    ("编号", "a b", "target.id", "40"),
    ("编号", "Z21-25", "target.id", "编号已有"),
    ("文件", "", "target.document", "没有写明出处"),
    ("发文机关", "", "target.issuer", "没有写明出处"),
    ("条款", "", "target.clause", "没有写明出处"),
    ("年份", "二〇二四", "target.year", "不是年份"),
    ("年份", "", "target.year", "不是年份"),
    ("效力", "", "target.standing", "现行、征求意见稿"),
    ("效力", "生效", "target.standing", "是否指 有效"),
    ("地区代码", "33062", "target.region", "6、9 或 12 位"),
    ("地区代码", "", "target.region", "6、9 或 12 位"),
    ("地区代码", "zj27", "target.region", "是否指 zj26"),
    ("层级", "乡里", "target.level", "是否指 乡镇"),
    ("设施类别", "日间照料站", "target.layer", "是否指"),
    ("设施类别", "日间照料中心、学校", "target.layer", "不认识"),
    ("设施类别", "", "target.layer", "为空"),
    ("指标", "unit_coverage_shar", "target.indicator", "是否指 unit_coverage_share"),
    ("指标", "", "target.indicator", "unit_coverage_share"),
    ("关系", "大约不少于", "target.operator", ">="),
    ("数值", "70", "target.value", "比例大于 1"),
    ("数值", "120%", "target.value", "比例大于 1"),
    ("数值", "-1", "target.value", "0 或更大的数"),
    ("数值", "1/0", "target.value", "0 或更大的数"),
    ("数值", "七成", "target.value", "0 或更大的数"),
    ("数值", "0", "target.value", "“不低于 0”什么都没有要求"),
    ("数值", "0 %", "target.value", "大于 0 的数"),
    ("数值", "0.1-0.2", "target.value", "0 或更大的数"),
    ("数值", "@basicaly", "target.value", "是否指 basically"),
    ("期限", "2023", "target.deadline", "早于文件的年份"),
    ("期限", "尽快", "target.deadline", "不是年份"),
    ("期限", "", "target.deadline_basis", "不一致"),
    ("期限依据", "", "target.deadline_basis", "不一致"),
    ("期限依据", "估计", "target.deadline_basis", "不认识"),
    ("条件", "beds>=many", "target.condition", "beds>=many"),
    ("条件", "bedz>=3", "target.condition", "是否指 beds"),
    ("条件", "ownership=国营", "target.condition", "没有“国营”这个值"),
    ("条件", "beds>=@few_beds", "target.condition", "没有 @few_beds"),
    ("条件", "part=bed", "target.condition", "是否指 beds"),
    ("条件", "anchor=school", "target.condition", "anchor="),
    ("条件", "scale=千", "target.condition", "scale="),
    ("条件", "part>3", "target.condition", "part="),
    ("分母", "乡镇", "target.denominator", "看不懂"),
    ("分母", "towns: type=town", "target.denominator", "没有 towns 这一级"),
    ("分母", "township: type=大镇", "target.denominator", "没有“大镇”这个值"),
    ("力度", "尽量", "target.strength", "必须、应当"),
    ("可算性", "D", "target.computability", "A、B、C"),
    ("内容", "", "target.zh", "没有写明内容"),
]


@pytest.mark.parametrize(("column", "cell", "code", "words"), FAULTS)
def test_one_faulty_row_is_named_and_the_rest_read(tmp_path, column, cell, code, words):
    second = GOOD | {"编号": "云溪-02"}
    targets, problems = read(tmp_path, GOOD | {column: cell}, second, taken=read_register())
    assert [target.id for target in targets] == ["云溪-02"]
    (problem,) = problems
    assert (problem.code, problem.file, problem.row) == (code, "targets.csv", 2)
    assert problem.severity == "warning"
    assert problem.expected
    shown = problem.render("zh")
    assert words in shown
    assert "这一行不参与判断" in shown
    assert cell in shown or cell == "０.7"
    assert "row 2" in problem.render("en")
    if code != "target.deadline_basis":
        assert problem.column == column


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        (STAFF | {"数值": "3-2"}, "target.value", "下限大于上限"),
        (STAFF | {"数值": "3"}, "target.value", "下限-上限"),
        (STAFF | {"数值": ""}, "target.value", "没有上下限"),
        ({"关系": "原则", "数值": "0.5"}, "target.value", "没有数值"),
        ({"关系": "提高", "数值": "0.5"}, "target.value", "没有数值"),
        ({"基期值": "0.4"}, "target.baseline_year", "只写了一个"),
        ({"基期年份": "2023"}, "target.baseline_year", "只写了一个"),
        ({"基期值": "40", "基期年份": "2023"}, "target.baseline", "比例大于 1"),
        ({"基期值": "很少", "基期年份": "2023"}, "target.baseline", "不能使用"),
    ],
)
def test_cells_that_do_not_agree(tmp_path, changes, code, words):
    targets, (problem,) = read(tmp_path, GOOD | changes)
    assert targets == ()
    assert problem.code == code
    assert words in problem.render("zh")


def test_all_faults_of_a_row_are_told_at_once(tmp_path):
    row = GOOD | {"指标": "x", "关系": "y", "层级": "z", "数值": "w", "期限": "2020"}
    _, problems = read(tmp_path, row)
    assert {p.code for p in problems} == {
        "target.indicator", "target.operator", "target.level", "target.value", "target.deadline",
    }  # fmt: skip


def test_a_result_reported_for_the_year_before_is_no_deadline(tmp_path):
    targets, problems = read(tmp_path, GOOD | {"期限": "2023", "力度": "通报"})
    assert (len(targets), problems) == (1, [])


def test_an_id_comes_once_in_a_table(tmp_path):
    targets, (problem,) = read(tmp_path, GOOD, GOOD)
    assert len(targets) == 1
    assert (problem.code, problem.row) == ("target.id", 3)


def test_a_count_may_be_above_1(tmp_path):
    (target,), problems = read(tmp_path, GOOD | {"指标": "新增数量", "数值": "1,200"})
    assert (target.value, problems) == (1200, [])


def test_words_of_a_table_are_data(tmp_path):
    row = GOOD | {"内容": "[red]<b>七成</b>\x1b[31m", "指标": "<script>"}
    targets, (problem,) = read(tmp_path, row)
    assert targets == ()
    assert "<script>" in problem.render("zh")
    (target,), _ = read(tmp_path, row | {"指标": "bed_share"})
    assert target.words.zh == "[red]<b>七成</b> [31m"


def test_columns_that_are_needed(tmp_path):
    row = {key: cell for key, cell in GOOD.items() if key not in {"效力", "内容", "单位"}}
    with pytest.raises(InputError) as caught:
        read(tmp_path, row)
    assert {p.column for p in caught.value.problems} == {"效力", "内容"}
    assert "targets.documents[0].columns" in caught.value.render("zh")


def test_a_column_comes_once(tmp_path):
    (tmp_path / "t.csv").write_text("编号,编号\n1,2\n", encoding="utf-8")
    table = PlaceTable(source=Path("t.csv"))
    with pytest.raises(InputError) as caught:
        read_targets(Folder(tmp_path), table, "x", Problems(), indicators=INDICATORS)
    assert "column.repeated" in {p.code for p in caught.value.problems}


def test_columns_can_be_named(tmp_path):
    write(tmp_path, {("字号" if key == "文件" else key): cell for key, cell in GOOD.items()})
    table = PlaceTable(source=Path("targets.csv"), columns={"document": "字号"})
    problems = Problems()
    (target,) = read_targets(Folder(tmp_path), table, "x", problems, indicators=INDICATORS)
    assert target.document == GOOD["文件"]


def test_a_file_that_is_not_there(tmp_path):
    table = PlaceTable(source=Path("no.csv"))
    with pytest.raises(InputError) as caught:
        read_targets(Folder(tmp_path), table, "targets.documents[0]", Problems(), indicators=())
    assert "targets.documents[0]" in caught.value.render("zh")


def test_the_file_is_recorded(tmp_path):
    table, folder = write(tmp_path, GOOD, GOOD), Folder(tmp_path)
    read_targets(folder, table, "x", Problems(), indicators=INDICATORS)
    assert [(file.label, file.rows) for file in folder.read] == [("targets.csv", 2)]


STUDY_IDS = """\
[targets.thresholds]
"Z21-99" = 0.5
[targets.quotas]
"Z21-06" = 3
[targets.weights]
"Z21-2" = 1
"""


def test_ids_no_table_has():
    config = TargetsConfig.model_validate(
        {
            "thresholds": {"Z21-99": 0.5},
            "quotas": {"Z21-06": 3},
            "weights": {"Z21-2": 1},
            "baselines": {"nobody": {"value": 0.5, "year": 2020}},
            "programme": {"targets": ["XC-01", "XC-99"], "years": [{"year": 2026}]},
        }
    )
    problems = Problems()
    check_target_ids(config, read_register(), StudyText("study.toml", STUDY_IDS), problems)
    found = {p.column: p for p in problems}
    assert set(found) == {
        "targets.thresholds.Z21-99", "targets.weights.Z21-2", "targets.baselines.nobody",
        "targets.programme.targets",
    }  # fmt: skip
    assert found["targets.thresholds.Z21-99"].row == 2
    assert "是否指 Z21-" in found["targets.weights.Z21-2"].render("zh")
    assert found["targets.programme.targets"].found == "XC-99"


STUDY_FAULTS = [
    ('[targets.circle]\nprofile = "walk"\nshare = 0.9\n', "targets.circle.profile"),
    (
        '[targets.circle]\nprofile = "walking"\nshare = 0.9\nalso = ["horse"]\n',
        "targets.circle.also",
    ),
    ('[targets.circle]\nprofile = "walking"\nshare = 0.9\ngroup = "old"\n', "targets.circle.group"),
    (
        '[targets.circle]\nprofile = "walking"\nshare = 0.9\nlayers = ["schools"]\n',
        "targets.circle.layers",
    ),
    ('[[targets.facilities]]\nsource = "f.csv"\nlayer = "school"\n', "targets.facilities.0.layer"),
    (
        '[[targets.facilities]]\nsource = "f.csv"\ncolumns = { bedz = "床" }\n',
        "targets.facilities.0.columns.bedz",
    ),
    (
        '[[targets.units]]\nsource = "u.csv"\ncolumns = { peple = "人" }\n',
        "targets.units.0.columns.peple",
    ),
    (
        '[[targets.projects]]\nsource = "p.csv"\ncolumns = { yun = "元" }\n',
        "targets.projects.0.columns.yun",
    ),
    (
        '[[targets.documents]]\nsource = "d.csv"\ncolumns = { claus = "条" }\n',
        "targets.documents.0.columns.claus",
    ),
    ('[targets.settings]\nservice_profile = "horse"\n', "targets.settings.service_profile"),
    (
        "[targets.programme]\nyears = [{ year = 2026 }, { year = 2026 }]\n",
        "targets.programme.years",
    ),
]


@pytest.mark.parametrize(("lines", "column"), STUDY_FAULTS)
def test_names_in_the_targets_table_of_a_study(county, lines, column):
    county.edit("[output]", f"{lines}\n[output]")
    problems = county.refused().problems
    assert [p.column for p in problems] == [column]
    shown = "\n".join(render_problems(problems, "zh"))
    assert "改法" in shown
    assert problems[0].row > 1
