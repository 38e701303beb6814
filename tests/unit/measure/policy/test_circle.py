"""The 15-minute circle, on a straight line: 60 metres a minute on foot, 200 by bicycle."""

from fractions import Fraction

import pytest
from ledgers import ledger
from plain_travel import PlainTravel
from target_rows import target

from coverplan.measure.policy.circle import travel_time
from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge

A, B, C = "330624001000", "330624002000", "330624003000"
UNITS = [
    {"code": "330624", "name": "新昌县"},
    {"code": A, "name": "甲镇", "elderly_registered": 200},
    {"code": B, "name": "乙镇", "elderly_registered": 100},
    {"code": C, "name": "丙镇", "elderly_registered": 0},
]
PEOPLE = [
    (0.0, A, "", {"elderly": 60, "all": 100}),
    (2000.0, A, "", {"elderly": 40, "all": 100}),
    (5000.0, B, "", {"elderly": 50, "all": 100}),
    (9000.0, C, "", {"elderly": 0, "all": 10}),
]
SITES = [
    {"layer": "home_care_centre", "unit": A, "x": 500.0, "y": 0.0},
    {"layer": "day_care", "unit": B, "x": 5900.0, "y": 0.0},
    {"layer": "day_care", "unit": A, "x": 2000.0, "y": 0.0, "opened": 2026},
    {"layer": "day_care", "unit": A, "x": 2000.0, "y": 0.0, "status": "planned"},
    {"layer": "day_care", "unit": A, "x": 2000.0, "y": 0.0, "closed": 2025},
]
SPEEDS = {"walk": 60, "bike": 200, "car": 500}
ROW = {
    "id": "Z21-12", "layers": "all_elderly_layers", "indicator": "travel_time",
    "operator": "<=", "value": "15", "denominator": "people",
}  # fmt: skip
WALK = {"profile": "walk", "share": 0.8}


def found(circle=WALK, *, sites=SITES, totals=None, people=PEOPLE, roads=True, **row):
    """What the circle comes to."""
    one = ledger(
        UNITS,
        sites,
        travel=PlainTravel(people, SPEEDS, totals) if roads else None,
        **({} if circle is None else {"circle": circle}),
    )
    clause = target(**{**ROW, **row})
    return clause, one, travel_time(clause, one)


def test_people_within_15_minutes_of_any_elderly_service():
    # On foot 900 m: 60 of A (500 m to the centre), 50 of B (900 m, exactly on the limit), not the
    # 40 at 2,000 m: the services there are planned, closed, or open next year. 110 of 150.
    clause, one, figure = found()
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.denominator, figure.kind) == (110, 150, "reached")
    assert figure.against == (">=", Fraction(4, 5))
    verdict = judge(clause, figure, one)
    # 80 % of 150 are 120: ten people short.
    assert (verdict.verdict, verdict.need, verdict.gap) == ("not_met", 120, 10)


def test_townships_below_the_share_are_named_with_people_not_reached():
    _, _, figure = found()
    # A: 60 of 100; B: all; C has nobody to reach and wants nothing.
    assert [(n.code, n.name, n.people) for n in figure.missing] == [(A, "甲镇", 40)]
    assert "60 %" in figure.missing[0].note.zh


def test_a_township_exactly_at_the_share_wants_nothing():
    # A reaches 60 of 100.
    assert found({**WALK, "share": 0.6})[2].missing == ()


def test_other_modes_each_layer_and_registered_people_stand_beside():
    _, _, figure = found({**WALK, "also": ["bike", "car", "walk"]})
    parts = {p.label.zh: (p.numerator, p.denominator) for p in figure.parts}
    # Bicycle 3,000 m: everybody but C, who counts nobody.
    assert parts["出行方式：bike"] == (150, 150)
    assert parts["出行方式：car"] == (150, 150)
    assert not any("walk" in label for label in parts)
    assert parts["仅乡镇（街道）居家养老服务中心"] == (60, 150)
    assert parts["仅日间照料中心"] == (50, 150)
    # Registered: 200 x 60/100 + 100 x 50/50 = 220 of 300.
    assert parts["按户籍人口（各乡镇比例同常住）"] == (220, 300)


def test_the_clause_names_neither_mode_nor_share():
    _, _, figure = found(None)
    assert isinstance(figure, Cannot)
    assert figure.settings == ("targets.circle",)
    assert "targets.circle" in figure.reason.zh


def test_minutes_of_the_planner_come_before_the_clauses():
    assert found({**WALK, "minutes": 10.0})[2].numerator == 60
    assert found(value=None)[2].settings == ("targets.circle.minutes",)


def test_layers_of_the_planner():
    assert found({**WALK, "layers": ["day_care"]})[2].numerator == 50
    figure = found({**WALK, "layers": ["elderly_care"]})[2]
    assert isinstance(figure, Cannot)
    assert "养老机构" in figure.reason.zh


def test_another_group():
    figure = found({**WALK, "group": "all"})[2]
    # 100 at 0 m and 100 at 5,000 m of 310.
    assert (figure.numerator, figure.denominator) == (200, 310)


def test_layers_without_a_list_are_said():
    _, _, figure = found()
    assert any("助餐" in note.zh for note in figure.notes)


def test_facilities_without_a_place_reach_nobody_and_are_counted():
    sites = [*SITES, {"layer": "day_care", "unit": A}]
    _, _, figure = found(sites=sites)
    assert figure.numerator == 110
    assert any("3 处中有 1 处没有坐标" in note.zh for note in figure.notes)
    none = found(sites=[{"layer": "day_care", "unit": A}])[2]
    assert isinstance(none, Cannot)


def test_a_list_without_a_working_facility_reaches_nobody():
    _, _, figure = found(sites=[SITES[3]])
    assert (figure.numerator, figure.denominator) == (0, 150)


def test_people_not_known_are_in_neither_figure():
    _, _, figure = found(totals={B: {"elderly": None}})
    assert (figure.numerator, figure.denominator) == (60, 100)
    assert any("1 个乡镇的人数未知" in note.zh for note in figure.notes)
    everybody = {code: {"elderly": None} for code in (A, B, C)}
    assert isinstance(found(totals=everybody)[2], Cannot)


def test_people_without_a_place_are_not_reached():
    assert found(totals={A: {"elderly": 110}})[2].denominator == 160


@pytest.mark.parametrize("people", [[], [(0.0, A, "", {"elderly": 0})]])
def test_nobody_to_reach(people):
    assert isinstance(found(people=people)[2], Cannot)


def test_no_roads_no_list():
    assert "路网" in found(roads=False)[2].reason.zh
    assert "名录" in found(sites=[])[2].reason.zh


def test_a_denominator_of_some_townships():
    units = [{**UNITS[1], "is_rural": True}, {**UNITS[2], "is_rural": False}]
    one = ledger(units, SITES, travel=PlainTravel(PEOPLE, SPEEDS), circle=WALK)
    figure = travel_time(target(**{**ROW, "denominator": "people: is_rural"}), one)
    assert (figure.numerator, figure.denominator) == (60, 100)
