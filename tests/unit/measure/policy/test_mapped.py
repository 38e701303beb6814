"""One map, one set of data, five levels, and boundaries that move."""

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.boundaries import boundary_changes
from coverplan.measure.policy.found import Cannot, Measured, NoTarget
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.mapped import (
    counted_types,
    geocoded_share,
    known_groups,
    levels_known,
    map_layers,
)

HOME = {"code": "330624", "name": "新昌县"}
A, B, C = "330624001000", "330624002000", "330624003000"
TOWNS = [HOME, *({"code": code, "name": f"{i}镇"} for i, code in enumerate((A, B, C), 1))]


def rule(**row):
    return target(**{"operator": "rule", "value": None, **row})


def test_facilities_with_a_place():
    sites = [
        {"layer": "day_care", "unit": A, "x": 1.0, "y": 2.0},
        {"layer": "day_care", "unit": A, "x": 1.0},
        {"layer": "columbarium", "address": "某路 1 号"},
        {"layer": "day_care", "unit": A, "status": "closed"},
        {"layer": "residential_area", "unit": A},
    ]  # fmt: skip
    figure = geocoded_share(rule(layers="all_layers"), ledger(TOWNS, sites))
    assert (figure.numerator, figure.denominator) == (1, 3)
    assert [n.code for n in figure.missing] == ["f2", "f3"]
    assert figure.parts[0].numerator == 1
    assert isinstance(geocoded_share(rule(layers="all_layers"), ledger(TOWNS, [sites[4]])), Cannot)
    empty = ledger(TOWNS, [sites[3]])
    assert "分母为零" in geocoded_share(rule(layers="all_layers"), empty).reason.zh


def test_one_map_shows_every_list():
    row = target(layers="all_elderly_layers", operator=">=", value="1")
    lists = ["day_care", "meal_service"]
    one = ledger(TOWNS, layers=lists, on_map=lists)
    assert judge(row, map_layers(row, one), one).verdict == "met"
    figure = map_layers(row, ledger(TOWNS, layers=lists, on_map=lists[:1]))
    assert figure.numerator == 0
    assert [n.code for n in figure.missing] == ["meal_service"]
    assert (figure.parts[0].numerator, figure.parts[0].denominator) == (1, 2)
    assert isinstance(map_layers(row, ledger(TOWNS, layers=["columbarium"])), Cannot)


@pytest.mark.parametrize(
    ("project", "maps"),
    [
        ({}, 1),
        ({"status": "building"}, 0),
        ({"year": 2026}, 0),
        ({"kind": "plan"}, 0),
        ({"layer": "day_care"}, 0),
        ({"layer": "", "target": "T-01"}, 1),
        ({"layer": "all_layers"}, 1),
    ],
)
def test_a_finished_map_in_the_register_is_one(project, maps):
    row = target(layers="all_elderly_layers", operator=">=", value="1")
    done = {"kind": "map", "layer": "all_elderly_layers", "status": "done", "year": 2023, **project}
    known = ledger(TOWNS, projects=[done], layers=["day_care", "meal_service"], on_map=["day_care"])
    figure = map_layers(row, known)
    assert figure.numerator == maps
    assert len(figure.missing) == 1 - maps


def test_kinds_of_burial_that_count():
    sites = [
        {"layer": "eco_burial_site", "unit": A, "burial_type": "tree lawn"},
        {"layer": "eco_burial_site", "unit": A, "burial_type": "grave"},
        {"layer": "eco_burial_site", "unit": A},
        {"layer": "eco_burial_site", "unit": A, "burial_type": "tree", "status": "closed"},
    ]
    row = rule(layers="eco_burial_site", condition="burial_type=columbarium|tree")
    found = counted_types(row, ledger(TOWNS, sites))
    assert isinstance(found, NoTarget)
    assert (found.figure.numerator, found.figure.denominator) == (1, 2)
    assert [p.numerator for p in found.figure.parts] == [0, 1]
    assert counted_types(row, ledger(TOWNS, [sites[2]])).figure is None
    assert "名录" in counted_types(row, ledger(TOWNS)).reason.zh


def test_units_whose_groups_are_known():
    units = [
        HOME,
        {"code": "330624001201", "elderly": 30, "disabled": 2, "population": 90},
        {"code": "330624001202", "elderly": 0, "disabled": None, "population": 80},
        {"code": "330624001001", "elderly": 5, "disabled": 1, "type": "community"},
    ]
    row = rule(layers="social_work_station", condition="facts=elderly|disabled",
               denominator="village: type=village|community")  # fmt: skip
    found = known_groups(row, ledger(units))
    assert isinstance(found, NoTarget)
    figure = found.figure
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert [(n.code, n.people) for n in figure.missing] == [("330624001202", 80)]
    assert [p.numerator for p in figure.parts] == [3, 35, 2, 3]
    assert known_groups(row, ledger([HOME])).figure is None


def test_levels_that_roll_up():
    units = [*TOWNS, {"code": "330624001201"}, {"code": "330624009201"}]
    figure = levels_known(rule(), ledger(units))
    assert (figure.numerator, figure.denominator) == (3, None)
    assert [n.code for n in figure.missing] == ["province", "prefecture"]
    assert [p.numerator for p in figure.parts] == [0, 0, 1, 3, 2]
    # Its township is not in the table, but it lies in the county.
    assert figure.notes == ()
    loose = [{**HOME}, {"code": "330625001"}]
    assert "1 个单元" in levels_known(rule(), ledger(loose)).notes[0].zh
    five = [{"code": "33"}, {"code": "3306"}, *units]
    assert levels_known(rule(), ledger(five)).numerator == 5


def changed(units, *, layers="admin_unit", sites=(), clauses=(), lists=None, **row):
    given = {"id": "JJ-37", "year": 2020, "layers": layers, "indicator": "boundary_changes",
             "denominator": "township", "operator": "rule", "value": None, **row}  # fmt: skip
    one = ledger(units, sites, targets=clauses, layers=lists)
    clause = target(**given)
    return clause, one, boundary_changes(clause, one)


def test_units_that_changed_since_the_document():
    units = [
        HOME,
        {"code": A, "name": "甲镇", "merged": True},
        {"code": B, "name": "乙镇", "valid_from": 2020},
        {"code": C, "name": "丙镇", "merged": False, "valid_from": 2019},
        {"code": "330624004", "name": "丁镇", "valid_to": 2021},
        {"code": "330624005", "name": "戊镇"},
    ]
    _, _, figure = changed(units)
    assert (figure.numerator, figure.denominator) == (2, None)
    # The unit given up in 2021 is no unit of the day.
    assert [(p.numerator, p.denominator) for p in figure.parts] == [(2, 4), (1, None)]
    assert "甲镇、乙镇" in figure.notes[0].zh
    assert any("1 个单元是否调整过未知" in note.zh for note in figure.notes)


def test_nobody_says_what_changed():
    assert "撤并调整" in changed(TOWNS)[2].reason.zh
    assert isinstance(changed([HOME])[2], Cannot)


CLAUSE = target(id="Z21-25", indicator="unit_coverage_share", regions="330000",
                denominator="township: type=town")  # fmt: skip


def laid_out(units, sites=(), clauses=(CLAUSE,), lists=("social_work_station",)):
    return changed(units, layers="all_layers", sites=sites, clauses=clauses, lists=lists,
                   operator="==", value="0")  # fmt: skip


def test_changed_units_that_lack_what_every_unit_should_have():
    units = [HOME, {"code": A, "merged": True, "population": 50}, {"code": B, "merged": True},
             {"code": C, "merged": False}]  # fmt: skip
    clause, one, figure = laid_out(units, [{"layer": "social_work_station", "unit": B}])
    # A and C lack a station, A and B changed.
    assert isinstance(figure, Measured)
    assert (figure.numerator, figure.better) == (1, "low")
    assert [(n.code, n.people) for n in figure.missing] == [(A, 50)]
    assert "Z21-25" in figure.missing[0].note.zh
    assert judge(clause, figure, one).verdict == "not_met"


def test_no_change_asks_for_nothing():
    units = [HOME, {"code": A, "merged": False}, {"code": B, "merged": False}]
    clause, one, figure = laid_out(units)
    assert judge(clause, figure, one).verdict == "met"


def test_a_change_not_known_may_decide():
    units = [HOME, {"code": A}, {"code": B, "merged": False}]
    assert isinstance(laid_out(units)[2], Cannot)
    # It has what is asked: no matter whether it changed.
    station = [{"layer": "social_work_station", "unit": A}]
    assert isinstance(laid_out(units, station)[2], Measured)


@pytest.mark.parametrize(
    "clauses",
    [
        (),
        (target(id="X", regions="421202", denominator="township"),),
        (target(id="X", indicator="new_count", denominator="township"),),
        (target(id="X", layers="day_care", denominator="township"),),
    ],
)
def test_no_clause_says_what_every_unit_should_have(clauses):
    units = [HOME, {"code": A, "merged": True}]
    figure = laid_out(units, clauses=clauses)[2]
    assert isinstance(figure, Cannot)
    assert "没有条文" in figure.reason.zh


def test_a_yardstick_asks_nothing_of_the_study():
    other = target(id="X", regions="421202", denominator="township: type=town")
    units = [HOME, {"code": A, "merged": True}]
    row = target(layers="all_layers", indicator="boundary_changes", denominator="township",
                 operator="==", value="0", year=2020)  # fmt: skip
    one = ledger(units, layers=["social_work_station"], targets=[other], reference=["421202"])
    assert isinstance(boundary_changes(row, one), Cannot)
    one = ledger(units, layers=["social_work_station"], targets=[other], as_if=["421202"])
    assert boundary_changes(row, one).numerator == 1


def test_a_facility_of_two_kinds_is_one_place_on_the_map():
    both = {"id": "A", "name": "甲", "unit": "330624100", "x": 1.0, "y": 2.0}
    lost = {"id": "B", "name": "乙", "unit": "330624100"}
    sites = [{**row, "layer": key} for row in (both, lost) for key in ("day_care", "meal_service")]
    figure = geocoded_share(target(layers="all_elderly_layers"), ledger(TOWNS, sites))
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert [one.code for one in figure.missing] == ["B"]
