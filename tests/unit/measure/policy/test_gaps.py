"""Gaps against priority units, beds against older people, residents against registered."""

from fractions import Fraction

import pytest
from ledgers import ledger
from plain_travel import PlainTravel
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured, NoTarget
from coverplan.measure.policy.gaps import (
    priority_gap,
    registered_ratio,
    supply_demand_mismatch,
    unit_gap,
)
from coverplan.measure.policy.ledger import LayerReach

HOME = {"code": "330624", "name": "新昌县"}
A, B, C = "330624001000", "330624002000", "330624003000"
V = ["330624001201", "330624001202", "330624002201"]
PEOPLE = [
    (0.0, A, V[0], {"all": 30, "elderly": 10}),
    (2000.0, A, V[1], {"all": 10, "elderly": 10}),
    (5000.0, B, V[2], {"all": 50, "elderly": 20}),
]
SITES = [
    {"layer": "social_work_station", "unit": A, "x": 0.0, "y": 0.0},
    {"layer": "elderly_care_home", "unit": B, "x": 5000.0, "y": 0.0},
]
REACH = {
    "social_work_station": LayerReach("walk", 15, "all"),
    "elderly_care_home": LayerReach("walk", 15, "elderly"),
}
ROW = {"id": "Z21-15", "layers": "all_layers", "indicator": "priority_gap", "operator": "rule",
       "value": None, "condition": "set=mountain|island"}  # fmt: skip


def townships(a, b):
    """Two townships with the words of their sets."""
    return [HOME, {"code": A, "name": "甲镇", **a}, {"code": B, "name": "乙镇", **b}]


def gap(units, *, sites=SITES, reach=REACH, people=PEOPLE, roads=True, date="2025-12-31", **row):
    """What the clause comes to."""
    one = ledger(
        units, sites, reach_of=reach, date=date,
        travel=PlainTravel(people, {"walk": 60}) if roads else None,
    )  # fmt: skip
    return priority_gap(target(**{**ROW, **row}), one)


def test_the_widest_gap_against_priority_units():
    # Stations within 900 m: 30 of 40 in A, 0 of 50 in B: B, the priority unit, is 75 points behind.
    # Homes: 0 of 20 older people in A, 20 of 20 in B: B is 100 points ahead.
    figure = gap(townships({"set": ""}, {"set": "mountain"}))
    assert isinstance(figure, Measured)
    assert (figure.value, figure.denominator, figure.better) == (75, None, "low")
    assert figure.kind == "reached"
    parts = {p.label.zh: (p.numerator, p.denominator) for p in figure.parts}
    assert parts == {
        "社会工作站：差距": (75, None),
        "社会工作站：重点单元": (0, 50),
        "社会工作站：其余单元": (30, 40),
        "养老机构：差距": (-100, None),
        "养老机构：重点单元": (20, 20),
        "养老机构：其余单元": (0, 20),
    }
    assert [(n.code, n.name) for n in figure.missing] == [(B, "乙镇")]
    assert "社会工作站" in figure.notes[0].zh


def test_villages_tell_priority_where_townships_do_not():
    units = [*townships({}, {}), {"code": V[0], "is_rural": False},
             {"code": V[1], "is_rural": True}, {"code": V[2], "is_rural": True}]  # fmt: skip
    figure = gap(units, condition="is_rural", layers="social_work_station")
    # 30 of 30 in V1; none of the 60 in the two rural villages.
    assert figure.value == 100
    assert [n.code for n in figure.missing] == [V[2], V[1]]


def test_a_unit_not_told_is_on_no_side():
    units = [*townships({"set": ""}, {"set": "island"}), {"code": C, "name": "丙镇"}]
    people = [*PEOPLE, (0.0, C, "", {"all": 70, "elderly": 70})]
    figure = gap(units, people=people)
    assert figure.value == 75
    assert any("1 个" in note.zh for note in figure.notes)


def test_a_unit_is_in_the_sets_of_the_units_it_lies_in():
    units = [{"code": "330624", "set": "mountain"}, *townships({}, {})[1:]]
    figure = gap(units)
    assert isinstance(figure, Cannot)
    assert "全部属于重点范围" in figure.reason.zh


def test_named_sets_go_by_code_and_are_dated():
    # Chun'an (330127) is one of the 26 counties, Xinchang is none.
    units = [{"code": "330127001", "name": "山镇"}, {"code": B, "name": "乙镇"}]
    people = [(0.0, "330127001000", "", {"all": 10}), (5000.0, B, "", {"all": 10})]
    given = {"people": people, "layers": "social_work_station", "condition": "set=zj26"}
    figure = gap(units, **given)
    assert figure.value == -100
    assert any("2024" in note.zh for note in figure.notes)
    assert not any("2024" in note.zh for note in gap(units, date="2024-12-31", **given).notes)


def test_a_county_wholly_outside_the_26_has_no_two_sides():
    figure = gap(townships({}, {}), condition="set=zj26")
    assert isinstance(figure, Cannot)
    assert "没有属于重点范围" in figure.reason.zh


def test_another_word_beside_the_26_is_not_known():
    figure = gap(townships({}, {}), condition="set=zj26|old_area")
    assert isinstance(figure, Cannot)
    assert "重点范围" in figure.reason.zh


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reach": {}}, "不是本研究的图层"),
        ({"roads": False}, "路网"),
        ({"sites": []}, "名录"),
        ({"people": PEOPLE[:2]}, "分母为零"),
    ],
)
def test_no_gap_without(given, says):
    figure = gap(townships({"set": ""}, {"set": "island"}), **given)
    assert isinstance(figure, Cannot)
    assert says in figure.reason.zh


UNIT_ROW = {"id": "Z21-24", "layers": "community_service_centre", "indicator": "unit_gap",
            "operator": "rule", "value": None, "condition": "is_rural", "level": "village",
            "denominator": "village: type=village|community"}  # fmt: skip


def unit_figure(sites, units=None, **row):
    """Three villages, two of them rural."""
    units = units or [
        {"code": V[0], "name": "一", "is_rural": False},
        {"code": V[1], "name": "二", "is_rural": True},
        {"code": V[2], "name": "三", "is_rural": True},
    ]
    one = ledger(units, sites, layers=["community_service_centre"])
    return unit_gap(target(**{**UNIT_ROW, **row}), one)


def centre(code, **more):
    return {"layer": "community_service_centre", "unit": code, **more}


def test_fewer_rural_villages_have_one():
    # 1 of 1 town community, 1 of 2 villages: 50 points.
    figure = unit_figure([centre(V[0]), centre(V[1]), centre(V[2], status="closed")])
    assert (figure.value, figure.kind) == (50, "has_one")
    assert [n.code for n in figure.missing] == [V[2]]


def test_no_facility_at_all_is_no_gap():
    assert unit_figure([]).value == 0


def test_facilities_of_no_known_village():
    figure = unit_figure([centre(A)])
    assert isinstance(figure, Cannot)


def test_nobody_says_what_is_rural():
    assert isinstance(unit_figure([centre(V[0])], [{"code": V[0]}]), Cannot)


BEDS_ROW = {"id": "Z21-08", "layers": "elderly_care_home", "operator": "rule", "value": None,
            "indicator": "supply_demand_mismatch", "condition": "part=beds; per=elderly",
            "denominator": "township"}  # fmt: skip


def mismatch(elderly, homes, **more):
    """Townships with older people, homes ``(township, beds)``."""
    units = [
        {"code": code, "name": f"{i}镇", "elderly": n}
        for i, (code, n) in enumerate(zip((A, B, C), elderly, strict=True), 1)
    ]
    sites = [{"layer": "elderly_care_home", "unit": t, "beds": n} for t, n in homes]
    return supply_demand_mismatch(target(**BEDS_ROW), ledger([HOME, *units], sites, **more))


def test_beds_that_would_have_to_be_elsewhere():
    # Older people 50, 30, 20 %; beds 60 + 20 = 80, 20, 0 of 100: half of 30 + 10 + 20 points.
    figure = mismatch((500, 300, 200), [(A, 60), (A, 20), (B, 20)])
    assert isinstance(figure, Measured)
    assert figure.value == Fraction(3, 10)
    assert (figure.numerator, figure.denominator, figure.better) == (30, 100, "low")
    # 0 and 66.67 per 1,000 against 100 over all; A has 160.
    assert [(n.code, n.people) for n in figure.missing] == [(C, 200), (B, 300)]
    assert "66.67" in figure.missing[1].note.zh


def test_beds_where_people_are():
    figure = mismatch((500, 300, 200), [(A, 50), (B, 30), (C, 20)])
    assert figure.value == 0
    assert figure.missing == ()


def test_a_township_with_unknown_beds_or_people_is_in_neither_sum():
    # B left out for its home, C for its people: A alone.
    figure = mismatch((500, 300, None), [(A, 50), (B, 30), (B, None), (C, 10)])
    assert (figure.value, figure.denominator) == (0, 50)
    assert any("2 个乡镇" in note.zh for note in figure.notes)


def test_a_township_of_nobody_holds_beds_that_are_elsewhere():
    # All 10 beds in C, where nobody lives: all would have to move.
    assert mismatch((500, 300, 0), [(C, 10)]).value == 1


@pytest.mark.parametrize(
    ("elderly", "homes"),
    [
        ((500, 300, 200), [(A, 0)]),
        ((0, 0, 0), [(A, 10)]),
        ((None, None, None), [(A, 10)]),
        ((500, 300, 200), [(A, None), (B, None), (C, None)]),
    ],
)
def test_nothing_to_compare(elderly, homes):
    assert isinstance(mismatch(elderly, homes), Cannot)


def test_residents_beside_registered():
    units = [{**HOME}, {"code": A, "elderly": 90, "elderly_registered": 100},
             {"code": B, "elderly": 60, "elderly_registered": 20}]  # fmt: skip
    row = target(id="Z21-16", indicator="registered_ratio", operator="rule", value=None)
    found = registered_ratio(row, ledger(units))
    assert isinstance(found, NoTarget)
    assert (found.figure.numerator, found.figure.denominator) == (150, 120)
    assert registered_ratio(row, ledger([{**HOME, "elderly": 5}])).figure is None
