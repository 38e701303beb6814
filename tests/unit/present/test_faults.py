"""The fault report as data and pictures of it: folded, in order, counted without guessing."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from coverplan.core.errors import Problem
from coverplan.core.text import Text
from coverplan.present.fault_page import faults_html
from coverplan.present.fault_tables import FAULT_COLUMNS, faults_table, plain_table
from coverplan.present.fault_terminal import cell_words, print_report
from coverplan.present.faults import (
    Amount,
    CheckReport,
    FaultTable,
    by_file,
    count_words,
    counted,
    fold,
    touched,
)
from coverplan.present.visible import escaped, visible

SAME = Text("数值不能使用", "a value cannot be used")


def problem(code="people.value", *, row=None, file="a.csv", severity="error", **more) -> Problem:
    return Problem(
        code=code,
        what=more.pop("what", SAME),
        mend=SAME,
        file=file,
        row=row,
        severity=severity,
        **more,
    )


def test_rows_of_one_kind_are_folded_and_their_people_added():
    (fault,) = fold([problem(row=9, people=5), problem(row=3, people=7)])
    assert fault.rows == (3, 9)
    assert fault.people == Amount(12)
    assert touched(fault) == Text("12 人", "12 people")


def test_two_faults_of_one_row_touch_the_same_people():
    (fault,) = fold([problem(row=3, people=7, found="a"), problem(row=3, people=7, found="b")])
    assert fault.people == Amount(7)


def test_what_is_not_known_is_not_nothing():
    (fault,) = fold([problem(row=3, people=7), problem(row=4)])
    assert fault.people == Amount(7, least=True)
    assert touched(fault) == Text("至少 7 人", "at least 7 people")
    (fault,) = fold([problem(row=3)])
    assert fault.people == Amount(None)
    assert "未知" in touched(fault).zh
    assert "0" not in touched(fault).zh
    (fault,) = fold([problem(row=3, people=0, sites=1)])
    assert touched(fault) == Text("0 人，1 处设施", "0 people, 1 facility")


def test_the_order_to_mend_in():
    problems = [
        problem("roads.oneway", severity="warning"),
        problem("facility.year", severity="warning", sites=2),
        problem("people.outside", severity="warning", people=9),
        problem("facility.id", file="b.csv", row=2, sites=1),
        problem("people.value", row=2, people=3),
        problem("people.value", file="c.csv", row=2, people=30),
        problem("file.unreadable", file="d.csv"),
    ]
    for _ in range(3):
        assert [(f.first.code, f.first.file) for f in fold(problems)] == [
            ("file.unreadable", "d.csv"),
            ("people.value", "c.csv"),
            ("people.value", "a.csv"),
            ("facility.id", "b.csv"),
            ("people.outside", "a.csv"),
            ("facility.year", "a.csv"),
            ("roads.oneway", "a.csv"),
        ]
        np.random.default_rng(7).shuffle(problems)


@given(
    st.lists(
        st.builds(
            problem,
            st.sampled_from(["people.value", "facility.id", "file.missing"]),
            row=st.none() | st.integers(2, 5),
            file=st.sampled_from([None, "a.csv", "b.csv"]),
            severity=st.sampled_from(["error", "warning"]),
            people=st.none() | st.integers(0, 9),
        )
    )
)
def test_nothing_is_lost_in_folding(problems):
    faults = fold(problems)
    assert sorted(map(repr, problems)) == sorted(repr(p) for f in faults for p in f.problems)
    assert len(faults_table(problems, "zh")) == len(problems)
    errors, warnings = counted(faults)
    assert errors + warnings == len(faults)
    listed = by_file(faults).values()
    assert (sum(e for e, _ in listed), sum(w for _, w in listed)) == (errors, warnings)
    severities = [fault.error for fault in faults]
    assert severities == sorted(severities, reverse=True)


def test_faults_that_name_places_are_folded_too():
    says = [Text(f"{n}镇没有总数", f"no total for {n}") for n in "甲乙丙"]
    (fault,) = fold([problem(what=what, people=i) for i, what in enumerate(says)])
    assert fault.title.en == "no total for 甲 (2 more)"
    page = faults_html(CheckReport("x", "y", tuple(fault.problems)), "zh")
    assert all(what.zh in page for what in says)


def test_the_verdict():
    assert "先改正错误" in count_words(fold([problem()])).zh
    assert count_words(fold([problem()])).en.startswith("1 kind of error, 0 kinds of warnings")
    assert "可以运行" in count_words(fold([problem(severity="warning")])).zh
    assert count_words([]) == Text("没有发现问题：可以运行", "nothing found: the study can run")


def test_the_table_keeps_its_columns_without_a_fault():
    assert tuple(faults_table([], "zh").columns) == FAULT_COLUMNS
    row = faults_table([problem(row=3, people=7, found="")], "en").iloc[0]
    assert (row["row"], row["people"]) == (3, 7)
    assert row["severity_label"] == "error"
    assert row["why"]


def test_a_table_for_a_file_and_for_people():
    heads = {"key": Text("键", "key"), "people": Text("人数", "people")}
    table = FaultTable("t", SAME, SAME, heads, (("a", 1234), (Text("乙", "b"), None)), ("key",))
    assert list(table.shown().heads) == ["people"]
    assert plain_table(table, "en").to_dict("list") == {"key": ["a", "b"], "people": [1234, None]}
    page = faults_html(CheckReport("x", "y", (), (table,)), "zh")
    assert "1,234" in page
    assert '<td class="number unknown">未知</td>' in page


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("平常的 words, 100%", "平常的 words, 100%"),
        ("a\tb\r\nc", "a b  c"),
        ("\u202eabc\u200b\x1b\x00", "\ufffdabc\ufffd\ufffd\ufffd"),
        ("\ud800\ufffe", "\ufffd\ufffd"),
        ("𠮷野家 🏠", "𠮷野家 🏠"),
    ],
)
def test_only_what_can_be_seen_is_shown(words, shown):
    assert visible(words) == shown


def test_the_page_holds_no_script_and_asks_for_nothing():
    page = faults_html(CheckReport("<b>", "y", (problem(found='"><script>'),)), "en")
    assert "<script" not in page
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "http://" not in page
    assert "https://" not in page
    assert escaped("<b>") in page


def test_a_long_list_is_cut_on_the_screen_only():
    problems = [problem("study.value", column=f"k{i}", file="s.toml") for i in range(40)]
    out = io.StringIO()
    console = Console(file=out, width=200, highlight=False, _environ={})
    print_report(console, CheckReport("题", "s.toml", tuple(problems)), "zh")
    assert "其余 10 类见 faults.html" in out.getvalue()
    assert faults_html(CheckReport("题", "s.toml", tuple(problems)), "zh").count("<article") == 40


def test_cells():
    assert cell_words(Text("甲", "a"), "zh") == "甲"
    assert cell_words(0, "en") == "0"
    assert cell_words("[bold]x", "en") == "[bold]x"
