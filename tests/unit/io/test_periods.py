"""When units are in force, as files say it, and a study on another day."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.errors import InputError, Problems
from coverplan.io.dated import dated, together
from coverplan.io.periods import periods_of, span_of, units_on

D = datetime.date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019-12-31", D(2019, 12, 31), D(2019, 12, 31)),
        ("2019/1/2", D(2019, 1, 2), D(2019, 1, 2)),
        ("2019.1.2", D(2019, 1, 2), D(2019, 1, 2)),
        ("２０１９年１２月３１日", D(2019, 12, 31), D(2019, 12, 31)),
        ("20191231", D(2019, 12, 31), D(2019, 12, 31)),
        ("2019-12-31 00:00:00", D(2019, 12, 31), D(2019, 12, 31)),
        ("2020年2月", D(2020, 2, 1), D(2020, 2, 29)),
        ("2019", D(2019, 1, 1), D(2019, 12, 31)),
        ("2019年", D(2019, 1, 1), D(2019, 12, 31)),
        ("2019.0", D(2019, 1, 1), D(2019, 12, 31)),
    ],
)
def test_days_months_and_years(text, first, last):
    span = span_of(text)
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "去年", "2019-13", "2019-02-30", "19", "2019-", "0000", "43830"]
)
def test_what_is_no_day(text):
    assert span_of(text) is None


def force(starts, ends, day, codes=None):
    problems = Problems()
    rows = list(range(2, 2 + len(starts)))
    periods = periods_of("t.gpkg", rows, ("有效自", starts), ("有效至", ends), problems)
    codes = codes or [f"c{i}" for i in rows]
    return units_on("t.gpkg", codes, rows, periods, day, problems).tolist(), problems


@pytest.mark.parametrize(
    ("day", "mask"),
    [
        (D(2019, 12, 30), [True, False]),
        (D(2019, 12, 31), [True, False]),
        (D(2020, 1, 1), [False, True]),
        (D(1949, 10, 1), [True, False]),
        (D(2099, 1, 1), [False, True]),
    ],
)
def test_the_last_day_is_in_force(day, mask):
    assert force(["", "2020-01-01"], ["2019-12-31", "至今"], day)[0] == mask


def test_one_day_in_both_columns_is_the_day_of_change():
    starts, ends = ["", "2020-01-01"], ["2020-01-01", ""]
    assert force(starts, ends, D(2019, 12, 31))[0] == [True, False]
    assert force(starts, ends, D(2020, 1, 1))[0] == [False, True]


def test_one_year_in_both_columns_is_the_year_of_change():
    starts, ends = ["1992", "2019"], ["2019", ""]
    assert force(starts, ends, D(2018, 12, 31))[0] == [True, False]
    assert force(starts, ends, D(2019, 1, 1))[0] == [False, True]


def test_no_unit_in_force_names_the_periods_there_are():
    with pytest.raises(InputError) as caught:
        force(["2001", "2001", "2010"], ["2005", "2005", "2015"], D(2007, 6, 1))
    (problem,) = caught.value.problems
    assert problem.code == "region.none_in_force"
    assert problem.found.en == "2001 – 2005, 2010 – 2015"
    assert "2007-06-01" in problem.what.zh
    assert "--date" in problem.mend.en


def test_two_versions_of_one_code_on_the_day_are_an_error_and_else_a_warning():
    starts, ends = ["2001", "2004", "2010"], ["2005", "2009", ""]
    _, problems = force(starts, ends, D(2004, 6, 1), codes=["a", "a", "a"])
    (problem,) = problems
    assert (problem.code, problem.row, problem.severity) == ("region.two_versions", 3, "error")
    assert problem.found == "a: 2001 – 2005 / 2004 – 2009"
    mask, problems = force(starts, ends, D(2012, 6, 1), codes=["a", "a", "a"])
    assert mask == [False, False, True]
    assert [(p.code, p.severity) for p in problems] == [("region.periods_overlap", "warning")]


def test_dates_that_are_none_and_ends_before_beginnings():
    problems = Problems()
    periods_of("t.gpkg", [2, 3], ("有效自", ["去年", "2019"]), ("有效至", ["", "2018"]), problems)
    date, period = problems.items
    assert (date.code, date.row, date.column, date.found) == ("region.date", 2, "有效自", "去年")
    assert (period.code, period.row, period.found) == ("region.period", 3, "2019 – 2018")
    assert {date.severity, period.severity} == {"error"}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.dates(D(1990, 1, 1), D(2030, 1, 1)), min_size=1, max_size=5, unique=True),
    st.dates(D(1985, 1, 1), D(2035, 1, 1)),
    st.booleans(),
)
def test_versions_that_follow_one_another_leave_one_for_every_day(changes, day, shared):
    """However the last day is written, exactly one version holds on any day."""
    changes.sort()
    starts = ["", *(c.isoformat() for c in changes)]
    one = datetime.timedelta(days=0 if shared else 1)
    ends = [*((c - one).isoformat() for c in changes), ""]
    mask, problems = force(starts, ends, day, codes=["a"] * len(starts))
    assert sum(mask) == 1
    assert mask.index(True) == sum(c <= day for c in changes)
    assert not list(problems)


@pytest.mark.parametrize("text", ["2019-12-31", "2019年12月31日", "20191231"])
def test_a_study_on_another_day(text):
    study = {"date": D(2025, 12, 31)}
    dated(text)(study)
    assert study["date"] == D(2019, 12, 31)


def test_several_changes_one_after_the_other():
    study = {"date": D(2025, 12, 31)}
    together(None, dated("2019-12-31"), lambda s: s.update(title=str(s["date"])))(study)
    assert study == {"date": D(2019, 12, 31), "title": "2019-12-31"}
    assert together(None, None) is None


@pytest.mark.parametrize("text", ["2019", "2019-12", "gestern", ""])
def test_an_option_that_is_no_day(text):
    with pytest.raises(InputError) as caught:
        dated(text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.found) == ("date.option", "--date", text)
    assert "2019-12-31" in problem.expected.zh
