"""The crosswalk of former units: read, followed to its end, and every fault of it named."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.errors import Problems
from coverplan.domain.former import Former, FormerUnits, Naming, OtherTime
from coverplan.domain.targets_config import PlaceTable
from coverplan.io.crosswalk import read_crosswalk
from coverplan.io.paths import Folder
from coverplan.io.unitnames import UnitNames

TODAY = {"330624001": "羽林街道", "330624004": "澄潭街道", "330624112": "沃洲镇"}
DAY = datetime.date(2025, 12, 31)


@pytest.fixture
def read(tmp_path):
    def crosswalk(text, *, date=DAY, naming=None, units=TODAY):
        (tmp_path / "former.csv").write_text(text, encoding="utf-8")
        problems = Problems()
        names = UnitNames(units, naming or Naming())
        source = PlaceTable(source="former.csv")
        return read_crosswalk(Folder(tmp_path), source, names, date, problems), problems

    return crosswalk


def parts(former, name):
    (key,) = [one.id for one in former.by_id.values() if one.name == name]
    return former.parts(key)


def test_codes_names_shares_and_dates(read):
    former, problems = read(
        "原代码,原名称,现代码,现名称,比例,变更日期\n"
        "330624101,澄潭镇,330624004,澄潭街道,,2019-12-31\n"
        ",新林乡,,沃洲镇,75%,2019\n"
        ",新林乡,,羽林,0.25,2019\n"
        "330624103000,大市聚镇,330624112000,,,\n"
    )
    assert not list(problems)
    assert parts(former, "澄潭镇") == {"330624004": 1.0}
    assert parts(former, "大市聚镇") == {"330624112": 1.0}
    assert parts(former, "新林乡") == {"330624112": 0.75, "330624001": 0.25}
    assert former.file == "former.csv"


def test_english_headers_and_a_row_without_code_joins_the_one_that_has_it(read):
    former, problems = read(
        "former_code,former_name,name,share\n330624101,甲镇,澄潭街道,0.5\n,甲镇,沃洲镇,0.5\n"
    )
    assert not list(problems)
    assert parts(former, "甲镇") == {"330624004": 0.5, "330624112": 0.5}


def test_a_chain_is_followed_to_its_end(read):
    former, problems = read(
        "原名称,现名称,比例\n西山乡,大市聚镇,\n大市聚镇,沃洲镇,0.9\n大市聚镇,羽林街道,0.1\n"
    )
    assert not list(problems)
    assert parts(former, "西山乡") == {"330624112": 0.9, "330624001": 0.1}
    assert former.all_before("330624112") == set(former.by_id)
    assert former.together(["330624001"]) == {*former.by_id, "330624001", "330624112"}


@pytest.mark.parametrize(
    ("rows", "code", "row", "words"),
    [
        ("甲镇,沃州镇,", "crosswalk.unknown", 2, "沃洲镇"),
        ("甲镇,,", "crosswalk.half", 2, "complete"),
        (",沃洲镇,", "crosswalk.half", 2, "complete"),
        ("甲镇,沃洲镇,0.5\n甲镇,羽林街道,0.4", "crosswalk.share", 2, "shares"),
        ("甲镇,沃洲镇,0.5\n甲镇,羽林街道,", "crosswalk.share", 2, "shares"),
        ("甲镇,沃洲镇,\n甲镇,沃洲镇,", "crosswalk.twice", 2, "keep one"),
        ("甲镇,沃洲镇,很多", "crosswalk.value", 2, "leave it empty"),
        ("羽林街道,沃洲镇,", "crosswalk.still_there", 2, "itself"),
        ("甲镇,乙镇,\n乙镇,甲镇,", "crosswalk.circle", 3, "correct one of the rows"),
    ],
)
def test_every_fault_of_the_table_is_named(read, rows, code, row, words):
    former, problems = read(f"原名称,现名称,比例\n{rows}\n")
    found = [p for p in problems if p.code == code]
    assert found, [p.render("en") for p in problems]
    assert (found[0].file, found[0].row) == ("former.csv", row)
    assert found[0].severity == "error"
    assert words in found[0].mend.en
    assert not former.by_id


def test_a_longer_circle_is_shown_as_it_goes_round(read):
    former, problems = read(
        "原名称,现名称\n甲镇,乙镇\n乙镇,丙镇\n丙镇,甲镇\n丁镇,沃洲镇\n戊镇,甲镇\n"
    )
    (problem,) = problems
    assert problem.code == "crosswalk.circle"
    assert problem.found == "甲镇 → 乙镇 → 丙镇 → 甲镇"
    assert [one.name for one in former.by_id.values()] == ["丁镇"]


def test_code_and_name_of_two_units(read):
    _, problems = read("原名称,现代码,现名称\n甲镇,330624001,沃洲镇\n")
    (problem,) = problems
    assert (problem.code, problem.found) == ("crosswalk.differ", "330624001 / 沃洲镇")


def test_codes_that_lost_their_digits(read):
    _, problems = read("原代码,现名称\n3.30624E+11,沃洲镇\n")
    assert [(p.code, p.row) for p in problems] == [("unit.scientific", 2)]


def test_a_table_without_a_side_is_refused(read):
    with pytest.raises(ValueError, match="现名称") as caught:
        read("原名称,备注\n甲镇,x\n")
    assert caught.value.problems[0].code == "column.missing"


def test_what_had_not_happened_on_the_day_is_left_out_and_said(read):
    text = "原名称,现名称,变更日期\n大市聚镇,沃洲镇,2019-12-31\n乙镇,大市聚镇,2003\n"
    then = {"330624103": "大市聚镇"}
    later = Naming(elsewhen=(OtherTime("330624112", "沃洲镇", "2020 – …"),))
    former, problems = read(text, date=datetime.date(2019, 12, 30), units=then, naming=later)
    assert [one.name for one in former.by_id.values()] == ["乙镇"]
    (problem,) = problems
    assert (problem.code, problem.severity) == ("crosswalk.later", "warning")
    assert "大市聚镇 → 沃洲镇" in problem.found.en
    former, problems = read(text, date=datetime.date(2019, 12, 31))
    assert len(former) == 2
    assert not list(problems)


def test_boundaries_that_are_newer_than_the_study_are_gone_by_and_said(read):
    text = "原名称,现名称,变更日期\n大市聚镇,沃洲镇,2019-12-31\n"
    former, problems = read(text, date=datetime.date(2018, 12, 31))
    assert parts(former, "大市聚镇") == {"330624112": 1.0}
    (problem,) = problems
    assert (problem.code, problem.severity) == ("crosswalk.newer", "warning")
    assert problem.what.zh.startswith("1 行变更在研究日期之后")


def test_a_change_to_a_unit_of_a_later_time_has_not_happened(read):
    later = Naming(elsewhen=(OtherTime("330624112", "沃洲镇", "2020 – …"),))
    former, problems = read(
        "原名称,现名称\n大市聚镇,沃洲镇\n", units={"330624103": "大市聚镇"}, naming=later
    )
    assert not former.by_id
    assert [p.code for p in problems] == ["crosswalk.later"]


def test_a_unit_that_gave_a_part_away_and_stays(read):
    former, problems = read("原名称,现名称,比例\n羽林街道,羽林街道,0.8\n羽林街道,沃洲镇,0.2\n")
    assert not list(problems)
    assert parts(former, "羽林街道") == {"330624001": 0.8, "330624112": 0.2}


def test_dates_tell_a_unit_from_what_it_was_before(read):
    # 甲镇 went into 羽林街道 before that unit gave a part away.
    former, problems = read(
        "原名称,现名称,比例,变更日期\n甲镇,羽林街道,,2003\n"
        "羽林街道,羽林街道,0.8,2019\n羽林街道,沃洲镇,0.2,2019\n"
    )
    assert not list(problems)
    assert parts(former, "甲镇") == {"330624001": 0.8, "330624112": 0.2}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.data())
def test_shares_of_a_chain_add_up_to_one(goes_to, data):
    # Former unit i goes to units of today or to former units with a larger number.
    n = len(goes_to)
    by_id = {}
    for i in range(n):
        targets = data.draw(
            st.lists(
                st.sampled_from([f"former:{j}" for j in range(i + 1, n)] + ["a", "b", "c"]),
                min_size=1, max_size=4, unique=True,
            )
        )  # fmt: skip
        weights = data.draw(
            st.lists(st.integers(1, 9), min_size=len(targets), max_size=len(targets))
        )
        steps = tuple((t, w / sum(weights)) for t, w in zip(targets, weights, strict=True))
        by_id[f"former:{i}"] = Former(f"former:{i}", "", f"{i}", steps)
    units = FormerUnits(by_id)
    for key in by_id:
        assert sum(units.parts(key).values()) == pytest.approx(1)
        assert set(units.parts(key)) <= {"a", "b", "c"}
