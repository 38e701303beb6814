"""Tables of targets: order, exact figures, what is wanting; the terminal word by word."""

import dataclasses
import io
import json
from fractions import Fraction
from pathlib import Path

import made_up_report as made
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from coverplan.core.text import Text
from coverplan.io.write import write_csv
from coverplan.measure.policy.found import Measured, Named, Part
from coverplan.measure.policy.registry import INDICATOR_TYPES
from coverplan.present import target_words as words
from coverplan.present.target_sheets import target_rows, target_sheets, verdict_fills
from coverplan.present.targets import (
    missing_table,
    ordered,
    parts_table,
    summary_table,
    targets_table,
    to_build_first,
)
from coverplan.present.targets_terminal import print_targets

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
HOSTILE = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "一\n二\r\n三", "长" * 10_000, "[/x]"]


@pytest.fixture(autouse=True)
def _indicators(monkeypatch):
    """Only the made-up indicators: other tests may have registered the real ones."""
    for key, kind in made.INDICATORS.items():
        monkeypatch.setitem(INDICATOR_TYPES, key, kind)


@pytest.fixture
def table():
    """The made-up report as a table, by target."""
    return targets_table(made.findings(), made.known(), "zh").set_index("target_id")


def changed(finding, **changes):
    return dataclasses.replace(finding, **changes)


def with_target(finding, **changes):
    return changed(finding, target=dataclasses.replace(finding.target, **changes))


def test_what_is_to_be_done_first_stands_first(table):
    # S-1 before B-2: sites can close it. T-1 after both: "should". R-1: binds nobody here.
    assert list(table.index) == [
        "S-1", "B-2", "T-1", "R-1", "C-1", "C-2", "C-3", "C-4", "B-1", "N-1", "E-1",
    ]  # fmt: skip
    assert table["order"].tolist() == list(range(1, 12))


def test_order_within_the_unmet():
    base = next(f for f in made.findings() if f.target.id == "S-1")

    def one(key, *, course="behind", rank=0, deadline=2025, people=100, strength="must"):
        missing = (Named("1", "甲", people=people), Named("2", "乙"))
        figure = dataclasses.replace(base.figure, missing=missing)
        return changed(
            with_target(base, id=key, deadline=deadline, strength=strength),
            figure=figure, course=course, rank=rank,
        )  # fmt: skip

    expected = [
        one("due", course="overdue", people=1),
        one("past", course="unknown", deadline=2023, people=0),
        one("first", rank=1, people=5),
        one("many", people=50),
        one("few", people=10, deadline=2024),  # its year is not over
        one("second", rank=2, people=99),
        one("should", course="overdue", strength="should"),
    ]
    # First and due differ in rank 1 and none: both are the strictest there is.
    expected[2:5] = [expected[3], expected[4], expected[2]]
    found = ordered(expected[::-1], made.known("2024-12-31"))
    assert [f.target.id for f in found] == [f.target.id for f in expected]


def test_figures_are_exact_and_carry_their_denominator(table):
    row = table.loc["S-1"]
    assert (row["numerator"], row["denominator"], row["value"], row["value_unit"]) == (
        9, 12, 75, "%",
    )  # fmt: skip
    assert (row["asked"], row["need"], row["gap"], row["gap_unit"]) == (
        100, 12, 3, "个乡镇（街道）",
    )  # fmt: skip
    assert (row["coverage_kind"], row["coverage_label"]) == ("has_one", "单元内有设施")
    assert (row["operator"], row["deadline"]) == ("不低于", 2025)
    assert isinstance(row["need"], int)
    ratio = table.loc["R-1"]
    assert (ratio["value"], ratio["asked"], ratio["value_unit"]) == (33, 38, "每千")
    count = table.loc["N-1"]
    assert (count["value"], count["denominator"], count["value_unit"]) == (3, None, "")


def test_rounding_never_hides_a_gap(table):
    # 69,999 of 100,000 is not 70.00 %.
    assert table.loc["T-1", "value"] == 69.999
    rows = target_rows(made.findings(), made.known(), "en")
    have = next(row["have"] for row in rows if row["id"] == "T-1")
    assert have == "69.999 % (69,999 / 100,000 older people)"


@pytest.mark.parametrize(
    ("value", "others", "shown"),
    [
        ("2/3", (), 0.67), ("0.005", (), 0.01), ("0.0049", (), 0), ("7", (), 7),
        ("99.9999", (100,), 99.9999), ("0.0001", (0,), 0.0001), ("70", (70,), 70),
        ("70.001", (70,), 70.001), ("-0.5", (), -0.5), ("99.99999999", (100,), 99.99999999),
    ],
)  # fmt: skip
def test_rounding(value, others, shown):
    assert words.rounded_beside(Fraction(value), *map(Fraction, others)) == shown


@given(st.fractions(0, 100), st.fractions(0, 100))
def test_a_shown_share_stands_on_its_own_side(value, asked):
    shown = Fraction(str(words.rounded_beside(value, asked)))
    assert (shown > asked) - (shown < asked) == (value > asked) - (value < asked) or (
        abs(value - asked) < Fraction(1, 10**6)
    )
    assert abs(shown - value) <= Fraction(1, 200)


def test_deadlines_that_are_not_stated_say_so(table):
    assert table.loc["B-2", "deadline_label"] == "2022"
    assert table.loc["S-1", "deadline_label"] == "2025（规划期末，条文未写明）"
    assert table.loc["T-1", "deadline_label"] == "2030（文件年份，条文未写明）"
    assert table.loc["C-4", "deadline_label"] == "条文没有期限"
    assert table.loc["C-4", "deadline"] is None


def test_drafts_are_marked_on_every_row_and_in_every_citation():
    for language, word in (("zh", "征求意见稿"), ("en", "draft")):
        table = targets_table(made.findings(), made.known(), language)
        drafts = table[table["standing"] == "draft"]
        assert set(drafts["target_id"]) == {"B-2", "E-1"}
        assert set(drafts["standing_label"]) == {word}
        rows = {row["id"]: row for row in target_rows(made.findings(), made.known(), language)}
        assert word in rows["B-2"]["citation"].removeprefix(made.DRAFT)
        assert rows["B-2"]["draft"]
        assert "draft" not in rows["S-1"]["citation"]


def test_unknown_is_empty_and_never_nought(table):
    row = table.loc["C-4"]
    for key in ("value", "asked", "numerator", "denominator", "need", "gap", "missing_count"):
        assert row[key] is None, key
    assert table.loc["C-1", "asked"] is None
    assert table.loc["C-1", "value"] == 75
    # One township's people are not known, and so their sum is not.
    assert table.loc["S-1", "missing_people"] is None
    assert table.loc["S-1", "missing_count"] == 3


def test_missing_units_are_named_most_pressing_first(table):
    assert table.loc["S-1", "missing"] == "丙街道、甲镇、乙乡"
    missing = missing_table(made.findings(), made.known(), "zh")
    mine = missing[missing["target_id"] == "S-1"]
    assert mine["code"].tolist() == ["330999003000", "330999001000", "330999002000"]
    assert mine["people"].tolist() == [5200, 4100, None]
    assert mine["note"].tolist() == ["", "", "站点停用"]
    assert set(mine["order"]) == {1}
    assert set(missing["verdict"]) == {"not_met", "cannot_judge"}


def test_people_of_a_village_in_a_missing_township_count_once():
    missing = (
        Named("330999003000", "丙街道", people=500),
        Named("330999003201", "丙一村", people=200),
        Named("330999004201", "丁一村", people=30),
        Named("f7", "无代码的设施", people=4),
    )
    finding = changed(
        made.findings()[2], figure=dataclasses.replace(made.stations(), missing=missing)
    )
    assert words.people_wanting(finding) == 534
    assert targets_table([finding], made.known()).loc[0, "missing_people"] == 534
    assert targets_table([finding], made.known()).loc[0, "missing_count"] == 4


def test_a_long_list_of_names_is_cut_and_counted():
    names = [f"村{i}" for i in range(45)]
    assert words.listed(names, "zh") == "、".join(names[:30]) + "…等 45 个"
    assert words.listed(names, "en").endswith("村29 … 45 in all")
    assert words.listed(names[:30], "zh") == "、".join(names[:30])
    figure = dataclasses.replace(made.stations(), missing=tuple(Named(n, n) for n in names))
    finding = changed(made.findings()[2], figure=figure)
    assert len(missing_table([finding], made.known())) == 45


def test_parts_keep_what_is_not_known():
    parts = parts_table(made.findings(), made.known(), "en")
    mine = parts[parts["target_id"] == "S-1"].set_index("part")
    assert mine.loc["streets", ["value", "value_unit", "numerator", "denominator"]].tolist() == [
        66.67, "%", 2, 3,
    ]  # fmt: skip
    assert mine.loc["unknown", "value"] is None
    assert mine.loc["empty", "value"] is None
    assert mine.loc["empty", "numerator"] == 0


def test_summary_counts_every_row_once():
    table = summary_table(made.findings(), "en").set_index("document")
    assert table.loc[made.PLAN, ["met", "not_met", "cannot_judge", "no_target"]].tolist() == [
        1, 2, 4, 1,
    ]  # fmt: skip
    assert table.loc["total", "total"] == len(made.findings())
    assert table.loc[made.DRAFT, "standing_label"] == "draft"
    assert table["total"].drop("total").sum() == len(made.findings())


def test_what_to_build_first_is_what_binds_and_sites_can_close():
    first = to_build_first(made.findings(), made.known())
    assert [f.target.id for f in first] == ["S-1", "T-1"]
    twice = [*made.findings(), with_target(made.findings()[2], id="S-2")]
    assert [f.target.id for f in to_build_first(twice, made.known())] == ["S-1", "T-1"]
    assert len(to_build_first(made.findings(), made.known(), most=1)) == 1


def test_a_yardstick_from_elsewhere_is_never_built_first():
    other = with_target(made.findings()[2], id="R-2", layers=("eco_burial_site",))
    findings = [changed(other, applies="reference"), *made.findings()]
    assert "R-2" not in {f.target.id for f in to_build_first(findings, made.known())}


def test_a_share_short_of_the_whole_never_reads_as_the_whole():
    figure = dataclasses.replace(made.stations(), numerator=99_999, denominator=100_000)
    finding = changed(made.findings()[2], figure=figure, asked=(">=", Fraction("0.5")))
    assert targets_table([finding], made.known()).loc[0, "value"] == 99.999
    none = changed(finding, figure=dataclasses.replace(figure, numerator=1, denominator=10**5))
    assert targets_table([none], made.known()).loc[0, "value"] == 0.001


def test_the_ceiling_is_printed_as_one():
    finding = made.findings()[2]
    over = changed(
        finding, asked=("<=", Fraction("0.5")), need=Fraction(6), gap=Fraction(3),
        gap_unit=Text("个", "units"),
    )  # fmt: skip
    shown = printed([over], "en")
    assert "at most 6 townships; 3 units over" in shown


def test_report_rows_are_plain_and_complete():
    rows = target_rows(made.findings(), made.known(), "en")
    assert json.loads(json.dumps(rows)) == rows
    assert len(rows) == len(made.findings())
    first = rows[0]
    assert first["have"] == "75 % (9 / 12 townships)"
    assert (first["need"], first["gap"]) == ("12 townships", "3 townships")
    assert first["citation"] == f"{made.PLAN} (省民政厅, 2021), clause 五(三)"
    assert first["deadline"] == "2025 (end of the plan, not stated)"
    assert [one["people"] for one in first["missing"]] == [5200, 4100, None]
    assert rows[4]["need"] == ""


def test_sheets_have_headings_in_words_and_colours_beside_them():
    for language in ("zh", "en"):
        sheets = target_sheets(made.findings(), made.known(), language)
        targets = list(sheets.values())[1]
        fills = verdict_fills(language)
        for heading, cells in fills.items():
            assert heading in targets.columns
            assert set(targets[heading]) & set(cells)
        assert set(fills[next(iter(fills))]) == {w.of(language) for w in words.VERDICTS.values()}
        assert not [c for frame in sheets.values() for c in frame.columns if "_" in c]
        assert all(frame.columns.is_unique for frame in sheets.values())


def test_an_indicator_nobody_registered_keeps_its_name():
    finding = with_target(made.findings()[2], indicator="of_my_own", layers=("mine",))
    row = targets_table([finding], made.known(), "en").iloc[0]
    assert (row["indicator_label"], row["layer_label"], row["formula"]) == ("of_my_own", "mine", "")
    assert row["sites_help"] == "no"


def test_nothing_found_is_no_error():
    for language in ("zh", "en"):
        assert targets_table([], made.known(), language).empty
        assert list(targets_table([], made.known(), language).columns)[:2] == ["order", "verdict"]
        assert summary_table([], language)["total"].tolist() == [0]
        assert printed([], language)


def printed(findings, language, width=100):
    console = Console(file=io.StringIO(), width=width, highlight=False, _environ={})
    print_targets(console, "云溪县", findings, made.known(), language)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_terminal_golden(language):
    golden = (GOLDEN / f"targets-{language}.txt").read_text(encoding="utf-8")
    assert printed(made.findings(), language) == golden


def hostile_findings(text):
    """Findings with the text in every field a planner's file can fill."""
    both = Text(text, text)
    named = Named(text, text, both, people=5)
    figure = Measured(
        numerator=1, denominator=2, unit=both, of=both, kind="has_one", missing=(named,),
        parts=(Part(both, 1, 2, unit=both),), notes=(both,),
    )  # fmt: skip
    base = made.findings()[2]
    mine = dataclasses.replace(
        base.target, id=text, document=text, issuer=text, clause=text, layers=(text,),
        regions=(text,), words=both, unit=both, note=both,
    )  # fmt: skip
    unmet = dataclasses.replace(
        base, target=mine, figure=figure, reason=both, gap_unit=both, course_text=both
    )
    return [
        unmet,
        dataclasses.replace(unmet, verdict="cannot_judge", settings=(text,)),
        dataclasses.replace(unmet, verdict="cannot_judge"),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_tables(text, tmp_path):
    findings = hostile_findings(text)
    for make in (targets_table, missing_table, parts_table):
        frame = make(findings, made.known(), "en")
        write_csv(frame, tmp_path / "t.csv")
        back = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
        assert len(back) == len(frame)
        assert list(back.columns) == list(frame.columns)
        for column in back.columns:
            assert not back[column].str.startswith(("=", "+", "-", "@", "\n")).any(), column
    assert len(summary_table(findings)) == 2
    assert json.loads(json.dumps(target_rows(findings, made.known(), "en")))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_neither_breaks_nor_floods_the_terminal(text):
    shown = printed(hostile_findings(text), "en", width=300)
    lines = shown.splitlines()
    assert len(shown) < 20_000
    assert max(len(line) for line in lines) <= 410
    if text == "[/x]":
        assert "[/x]" in shown
    if "\n" in text:
        assert "二" not in {line.strip() for line in lines}
