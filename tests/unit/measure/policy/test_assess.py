"""Every target against one study: baselines from the lists, and the strictest of several."""

from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.core.errors import InternalError
from coverplan.core.text import Text
from coverplan.domain.policy import Target
from coverplan.measure.policy.assess import assess_targets
from coverplan.measure.policy.found import Measured
from coverplan.measure.policy.ledger import Ledger
from coverplan.measure.policy.registry import INDICATOR_TYPES, IndicatorType

TOWNS = Text("乡镇", "townships")


def opened_by_now(row: Target, known: Ledger) -> Measured:
    """Of four townships those whose facility had opened by the day."""
    del row
    return Measured(len(known.working(("social_work_station",))), 4, TOWNS, TOWNS, dated=True)


@pytest.fixture(autouse=True)
def _an_indicator(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = IndicatorType("by_now", Text.same("x"), Text("", ""), True, "as_is", opened_by_now)
    monkeypatch.setitem(INDICATOR_TYPES, "by_now", kind)


STATIONS = [
    {"layer": "social_work_station", "opened": 2018},
    {"layer": "social_work_station", "opened": 2022},
    {"layer": "social_work_station", "opened": 2030},
    {"layer": "social_work_station", "opened": 2019, "closed": 2021},
]


def test_the_opening_years_of_the_lists_tell_where_a_figure_stood() -> None:
    row = target(indicator="by_now", deadline=2025)
    known = ledger(facilities=STATIONS, date="2023-12-31")
    found = assess_targets([row], known)[0]
    # The end of 2020: those of 2018 and 2019; of 2023: those of 2018 and 2022.
    assert found.figure is not None
    assert found.figure.value == Fraction(1, 2)
    assert found.course == "behind"
    # 50 % in 2020, 100 % in 2025: 80 % is due at the end of 2023.
    assert "50 % at the end of 2020 (opening years in the lists)" in found.course_text.en
    assert "80 % now" in found.course_text.en


def test_what_the_planner_says_of_a_baseline_goes_before_the_lists() -> None:
    row = target(indicator="by_now", deadline=2025)
    known = ledger(
        facilities=STATIONS, date="2023-12-31", baselines={"T-01": {"value": 0.0, "year": 2022}}
    )
    # 0 % in 2022, 100 % in 2025: a third is due, and a half there.
    assert assess_targets([row], known)[0].course == "on_course"


def test_the_documents_baseline_is_of_its_own_place() -> None:
    given = {"indicator": "by_now", "baseline": "0.25", "baseline_year": 2019, "deadline": 2025}
    known = ledger(facilities=STATIONS, date="2022-12-31")
    own, wider = assess_targets([target(**given), target(**given, regions="330000")], known)
    assert "25 % at the end of 2019 (the document)" in own.course_text.en
    assert "opening years" in wider.course_text.en


def test_the_strictest_of_several_documents_comes_first() -> None:
    rows = [
        target(id="A", indicator="by_now", value="0.51", deadline=2020),
        target(id="B", indicator="by_now", value="0.58", deadline=2025),
        target(id="C", indicator="by_now", value="0.55", deadline=2022),
        target(id="D", indicator="by_now", value="0.60", deadline=2025, regions="421202"),
        target(id="E", indicator="by_now", value="0.58", deadline=2023),
        target(id="F", indicator="by_now", value="0.90", layers="childrens_home"),
    ]
    found = assess_targets(rows, ledger(facilities=STATIONS))
    # Of one value the earlier year is the stricter; other places and layers stand apart.
    assert {f.target.id: f.rank for f in found} == {
        "E": 1, "B": 2, "C": 3, "A": 4, "D": 0, "F": 0,
    }  # fmt: skip


def test_an_indicator_nobody_registered_is_an_error_of_ours() -> None:
    with pytest.raises(InternalError, match="T-01"):
        assess_targets([target(indicator="no_such")], ledger())


def test_progress_is_told_row_by_row() -> None:
    told: list[int] = []
    assess_targets([target(indicator="by_now")] * 3, ledger(), told.append)
    assert told == [1, 1, 1]
