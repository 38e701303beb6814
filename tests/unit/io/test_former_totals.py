"""Totals of former units added up and divided, and of a whole county shared out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.errors import Problems
from coverplan.domain.former import Former, FormerUnits, Naming
from coverplan.io.countytotals import CountyTotal, share_out, units_of_county
from coverplan.io.formertotals import FormerTotals, GivenTotal, PeopleRead
from coverplan.io.unitnames import UnitNames

NAMES = {"a": "甲镇", "b": "乙镇", "c": "丙街道"}


def former(**steps):
    """Former units by name: what each went into, with shares or without."""
    by_id = {}
    for name, to in steps.items():
        pairs = tuple(to.items()) if isinstance(to, dict) else ((to, None),)
        by_id[f"former:{name}"] = Former(
            f"former:{name}",
            "",
            NAMES.get(name, name),
            tuple((t if t in NAMES else f"former:{t}", share) for t, share in pairs),
        )
    return FormerUnits(by_id, "former.csv")


def totals(units, rows, read=None, beyond=()):
    problems = Problems()
    maker = FormerTotals(units, NAMES, "t.csv", "单元", read, beyond, problems)
    given_rows = [
        GivenTotal(
            key if key in NAMES else f"former:{key}",
            i,
            key,
            people if isinstance(people, dict) else {"all": float(people)},
        )
        for i, (key, people) in enumerate(rows, 2)
    ]
    found = maker.totals(given_rows)
    return {code: people["all"] for code, people in found.items()}, found, problems


def codes(problems):
    return [p.code for p in problems]


def test_former_totals_are_added_up():
    got, _, problems = totals(former(x="a", y="a"), [("x", 700), ("y", 301), ("b", 5)])
    assert got == {"a": 1001, "b": 5}
    assert not list(problems)


def test_a_former_total_is_divided_to_the_person():
    units = former(x={"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    got, _, problems = totals(units, [("x", 100)])
    assert sorted(got.values()) == [33, 33, 34]
    (problem,) = problems
    assert (problem.code, problem.severity, problem.row) == ("census.former_shared", "warning", 2)
    assert "甲镇 34" in problem.found.zh
    assert "对照表的比例" in problem.what.zh


def test_a_part_and_a_whole_make_one_unit():
    got, _, _ = totals(former(x={"a": 0.25, "b": 0.75}, y="a"), [("x", 100), ("y", 10)])
    assert got == {"a": 35, "b": 75}


def test_without_shares_the_villages_that_name_it_divide_it():
    read = PeopleRead(pd.DataFrame(), {"former:x": {"a": 30.0, "b": 10.0}})
    units = former(x={"a": None, "b": None})
    got, _, problems = totals(units, [("x", 1001)], read)
    assert got == {"a": 751, "b": 250}
    assert "places that name it" in problems.items[0].what.en


def test_without_shares_and_villages_nothing_is_guessed():
    got, _, problems = totals(former(x={"a": None, "b": None}), [("x", 1001), ("c", 4)])
    assert np.isnan(got["a"])
    assert np.isnan(got["b"])
    assert got["c"] == 4
    (problem,) = problems
    assert (problem.code, problem.severity, problem.found) == (
        "census.former_divided",
        "error",
        "x",
    )
    assert "crosswalk" in problem.mend.en


def test_a_unit_and_what_went_into_it_are_not_both_counted():
    _, _, problems = totals(former(x="a", y="a"), [("a", 1000), ("x", 700)])
    (problem,) = problems
    assert (problem.code, problem.severity) == ("census.former_and_present", "error")
    assert (problem.file, problem.row, problem.column, problem.found) == ("t.csv", 3, "单元", "x")
    assert "甲镇→甲镇" in problem.mend.zh


def test_so_along_a_chain():
    units = former(w="x", x="a")
    assert codes(totals(units, [("a", 9), ("w", 7)])[2]) == ["census.former_and_present"]
    assert codes(totals(units, [("x", 9), ("w", 7)])[2]) == ["census.former_and_present"]
    assert totals(units, [("w", 7)])[0] == {"a": 7}
    # What is older than the table is not missed.
    assert totals(former(w="x", x="a", y="a"), [("x", 9), ("y", 1)])[0] == {"a": 10}


def test_a_former_unit_that_is_missing_is_named():
    got, _, problems = totals(former(x="a", y="a", z="a"), [("x", 700)])
    assert got == {}
    (problem,) = problems
    assert (problem.code, problem.severity) == ("census.former_incomplete", "error")
    assert problem.found.en == "missing: y, z"
    assert "甲镇" in problem.what.zh


def test_a_unit_that_took_others_in_and_kept_its_name():
    units = former(a="a", x="a")
    # With the other one beside it the row is of the unit as it was, alone of the unit as it is.
    got, _, problems = totals(units, [("a", 900), ("x", 100)])
    assert got == {"a": 1000}
    (problem,) = problems
    assert (problem.code, problem.severity) == ("census.former_itself", "warning")
    assert problem.found.zh == "甲镇"
    got, _, problems = totals(units, [("a", 1000)])
    assert got == {"a": 1000}
    assert not list(problems)
    # A part that went over between two that both stay.
    units = former(a={"a": 0.8, "b": 0.2}, b="b")
    assert totals(units, [("a", 500), ("b", 100)])[0] == {"a": 500, "b": 100}
    units = former(a={"a": 0.8, "b": 0.2}, b="b", x="a")
    assert totals(units, [("a", 500), ("b", 100), ("x", 7)])[0] == {"a": 407, "b": 200}


def test_a_group_is_not_more_than_everybody_in_any_part():
    units = former(x={"a": 0.5, "b": 0.5})
    _, found, _ = totals(units, [("x", {"all": 3.0, "elderly": 3.0, "registered": 5.0})],
                         beyond=("registered",))  # fmt: skip
    assert found["a"] == {"all": 2, "elderly": 2, "registered": 3}
    assert found["b"] == {"all": 1, "elderly": 1, "registered": 2}


def test_totals_that_are_no_whole_numbers_are_divided_as_they_are():
    got, _, _ = totals(former(x={"a": 0.25, "b": 0.75}), [("x", 10.5)])
    assert got == {"a": 2.625, "b": 7.875}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_nobody_is_lost_or_made_up(data):
    """Whatever former units there were, in however many steps: the sum stays to the person."""
    n = data.draw(st.integers(1, 6))
    steps = {}
    for i in range(n):
        among = [f"f{j}" for j in range(i + 1, n)] + list(NAMES)
        targets = data.draw(st.lists(st.sampled_from(among), min_size=1, max_size=3, unique=True))
        weights = [data.draw(st.integers(1, 20)) for _ in targets]
        steps[f"f{i}"] = {t: w / sum(weights) for t, w in zip(targets, weights, strict=True)}
    units = former(**steps)
    # What nothing went into is what a table of the oldest units holds.
    oldest = [key for key in steps if not units.before(f"former:{key}")]
    reached = {code for key in oldest for code in units.parts(f"former:{key}")}
    rows = [
        (key, {"all": float(data.draw(st.integers(0, 100_000)))}) for key in oldest
    ] + [(code, {"all": 77.0}) for code in NAMES if code not in reached]  # fmt: skip
    rows = [(key, p | {"elderly": p["all"] // 3}) for key, p in rows]
    _, found, problems = totals(units, data.draw(st.permutations(rows)))
    assert not problems.errors
    assert set(found) == set(NAMES)
    for group in ("all", "elderly"):
        assert sum(p[group] for p in found.values()) == sum(p[group] for _, p in rows)
        assert all(float(p[group]).is_integer() for p in found.values())
    assert all(p["elderly"] <= p["all"] for p in found.values())


COUNTY = CountyTotal("t.csv", "单元", 9, "某县", tuple(NAMES), whole=True)


def shared(people, given_totals, read=None, county=COUNTY):
    problems = Problems()
    frame = pd.DataFrame(given_totals, index=list(NAMES), dtype=float)
    share_out(county, people, frame, read, NAMES, problems)
    return frame, problems


READ = PeopleRead(pd.DataFrame({"all": [10.0, 20.0, 70.0]}, index=list(NAMES)))


def test_a_county_total_goes_to_units_as_their_people_were_read():
    frame, problems = shared({"all": 1001.0}, {"all": [np.nan] * 3}, READ)
    assert frame["all"].tolist() == [100, 200, 701]
    (problem,) = problems
    assert (problem.code, problem.severity, problem.row) == ("census.county_shared", "warning", 9)
    assert "1,001" in problem.what.zh


def test_what_units_have_of_their_own_comes_off_first():
    frame, problems = shared({"all": 1000.0}, {"all": [400.0, np.nan, np.nan]}, READ)
    assert frame["all"].tolist() == [400, 133, 467]
    assert problems.items[-1].found.zh == "乙镇、丙街道"


@pytest.mark.parametrize(
    ("people", "given_totals", "read", "county", "code", "severity"),
    [
        (300.0, [400.0, np.nan, np.nan], READ, COUNTY, "census.county_less", "error"),
        (300.0, [np.nan] * 3, None, COUNTY, "census.county_alone", "error"),
        (300.0, [100.0, 100.0, 99.0], READ, COUNTY, "census.county_differs", "warning"),
        (
            300.0,
            [np.nan] * 3,
            READ,
            CountyTotal("t.csv", "单元", 9, "某县", tuple(NAMES), whole=False),
            "census.county_part",
            "warning",
        ),
    ],
)
def test_county_totals_that_cannot_be_used(people, given_totals, read, county, code, severity):
    frame, problems = shared({"all": people}, {"all": given_totals}, read, county)
    found = next(p for p in problems if p.code == code)
    assert (found.severity, found.file, found.row, found.column) == (severity, "t.csv", 9, "单元")
    assert "某县" in found.what.zh
    assert frame["all"].isna().tolist() == np.isnan(given_totals).tolist()


def test_a_county_total_that_agrees_says_nothing():
    assert not list(shared({"all": 299.0}, {"all": [100.0, 100.0, 99.0]})[1])


def test_which_units_lie_in_a_county():
    towns = {"330624001": "甲镇", "330624100": "乙镇"}
    parents = {"330624001": ("新昌县",), "330624100": ("新昌县",), "330681001": ("嵊州市",)}
    names = UnitNames(towns, Naming(parents=parents, others={"330681001": "丙镇"}))
    for text in ("330624", "330624000000", "330624.0", "新昌县", "绍兴市新昌县"):
        assert units_of_county(names, text) == tuple(towns)
    assert units_of_county(names, "嵊州市") == ("330681001",)
    for text in ("330600", "33", "浙江省", "诸暨市", "", "330624100"):
        assert units_of_county(names, text) == ()
