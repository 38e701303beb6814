"""Institutions that should have closed, been converted, or be used again before building."""

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.audits import converted_share, facilities_left, reuse_first
from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge

HOME = {"code": "330624", "name": "新昌县"}
A, B, C = "330624001000", "330624002000", "330624003000"
TOWNS = [HOME, *({"code": code, "name": f"{i}镇"} for i, code in enumerate((A, B, C), 1))]

LEFT = {"id": "Z20-20", "layers": "child_welfare_institution", "indicator": "facilities_left",
        "operator": "==", "value": "0", "level": "county",
        "condition": "at_level=county; children_in_care<@few_children; "
                     "building_score<@poor_building; staff_score<@weak_staff"}  # fmt: skip
LIMITS = {"few_children": 10, "poor_building": 60, "weak_staff": 60}


def home(children, building, staff, level="county", **more):
    return {"layer": "child_welfare_institution", "unit": A, "children_in_care": children,
            "building_score": building, "staff_score": staff, "at_level": level,
            **more}  # fmt: skip


def left(homes, **settings):
    one = ledger(TOWNS, homes, layers=["child_welfare_institution"],
                 settings={**LIMITS, **settings})  # fmt: skip
    clause = target(**LEFT)
    return clause, one, facilities_left(clause, one)


def test_institutions_that_meet_all_three_criteria():
    clause, one, figure = left([
        home(9, 59, 59), home(10, 59, 59), home(9, 60, 59), home(9, 59, 60),
        home(9, 59, 59, level="regional"), home(9, 59, 59, status="closed"),
    ])  # fmt: skip
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.better) == (1, "low")
    assert [n.code for n in figure.missing] == ["f1"]
    assert figure.missing[0].note.zh == "在院儿童数 9，设施评分 59，专业力量评分 59"
    assert figure.parts[0].numerator == 5
    assert judge(clause, figure, one).verdict == "not_met"


def test_every_threshold_that_is_not_set_is_named():
    figure = left([home(9, 59, 59)], few_children=None, weak_staff=None)[2]
    assert isinstance(figure, Cannot)
    assert figure.settings == ("targets.settings.few_children", "targets.settings.weak_staff")
    assert "targets.settings.weak_staff" in figure.reason.zh


def test_a_score_not_given_may_decide():
    # Not known to meet all three, nor known not to.
    figure = left([home(9, None, 59)])[2]
    assert isinstance(figure, Cannot)
    assert figure.figure.numerator == 0
    # Too many children: whatever the building.
    clause, one, figure = left([home(10, None, 59)])
    assert judge(clause, figure, one).verdict == "met"
    # One is found: not met, whatever the other.
    clause, one, figure = left([home(9, 59, 59), home(9, None, 59)])
    assert judge(clause, figure, one).verdict == "not_met"


def test_no_list_of_institutions():
    one = ledger(TOWNS, [], settings=LIMITS)
    assert "儿童福利机构" in facilities_left(target(**LEFT), one).reason.zh


CONVERTED = {"id": "XA-01", "layers": "child_welfare_institution", "operator": "rule",
             "value": None, "indicator": "converted_share",
             "condition": "to=minor_protection_centre"}  # fmt: skip
BOTH = ["child_welfare_institution", "minor_protection_centre"]


def converted(sites, layers=BOTH):
    return converted_share(target(**CONVERTED), ledger(TOWNS, sites, layers=layers))


def centre(was, **more):
    return {"layer": "minor_protection_centre", "unit": A, "converted_from": was, **more}


def test_institutions_converted_and_still_as_before():
    # Two were children's institutions (by label and by another name), one was a rescue station;
    # one still works as before, one closed.
    figure = converted([
        centre("儿童福利机构"), centre("儿童福利院"), centre("救助站"), centre(None),
        centre("儿童福利机构", status="planned"), home(3, 1, 1), home(3, 1, 1, status="closed"),
    ])  # fmt: skip
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert [n.code for n in figure.missing] == ["f6"]


def test_conversion_that_cannot_be_told():
    assert "转型前类别" in converted([centre(None), home(3, 1, 1)]).reason.zh
    assert "分母为零" in converted([]).reason.zh
    assert converted([home(3, 1, 1)]).numerator == 0
    assert "名录" in converted([home(3, 1, 1)], layers=BOTH[:1]).reason.zh


REUSE = {"id": "JJ-11", "year": 2020, "layers": "rural_happiness_home", "operator": "==",
         "value": "0", "indicator": "reuse_first"}  # fmt: skip


def happy(unit, status="operating", opened=2010, reuse=None, new=None):
    return {"layer": "rural_happiness_home", "unit": unit, "status": status, "opened": opened,
            "cost_reuse": reuse, "cost_new": new}  # fmt: skip


def reuse(sites):
    one = ledger(TOWNS, sites, layers=["rural_happiness_home"])
    clause = target(**REUSE)
    return clause, one, reuse_first(clause, one)


def test_idle_homes_passed_over():
    clause, one, figure = reuse([
        happy(A, "idle", reuse=30, new=80), happy(A, opened=2020),  # passed over
        happy(B, "idle", reuse=30, new=80), happy(B, opened=2019),  # nothing new in B
        happy(A, "idle", reuse=80, new=80),  # no cheaper
        happy(C, "idle", reuse=1, new=2), happy(C, opened=2026),  # opens after the day
    ])  # fmt: skip
    assert (figure.numerator, figure.better) == (1, "low")
    assert [n.code for n in figure.missing] == ["f1"]
    assert "改造 30 元" in figure.missing[0].note.zh
    assert [p.numerator for p in figure.parts] == [4, 3]
    assert judge(clause, figure, one).gap == 1


@pytest.mark.parametrize(
    ("sites", "met"),
    [
        ([happy(A, "idle"), happy(A, opened=2019)], True),  # costs not known, nothing new
        ([happy(A, "idle"), happy(A, opened=2021)], None),
        ([happy(A, "idle", reuse=1, new=2), happy(A, opened=None)], None),
        ([happy("330624", "idle", reuse=1, new=2), happy(A, opened=2021)], None),
        ([happy("330624", "idle", reuse=2, new=2), happy(A, opened=2021)], True),
        ([], True),
    ],
)
def test_not_known_is_not_none(sites, met):
    clause, one, figure = reuse(sites)
    if met is None:
        assert isinstance(figure, Cannot)
    else:
        assert judge(clause, figure, one).verdict == "met"
