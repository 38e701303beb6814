"""What a register of projects says, by hand."""

import dataclasses
from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.domain.targets_config import TargetsConfig
from coverplan.measure.policy.budget import budget_share
from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.named import named_project
from coverplan.measure.policy.projects import (
    phased_share,
    plan_exists,
    plans_per_unit,
    project_count,
    project_units,
)

COUNTY = {"code": "330624", "type": "county", "population": 430_000}
TOWN, OTHER = "330624101", "330624102"
UNITS = (COUNTY, {"code": TOWN, "name": "甲镇"}, {"code": OTHER, "name": "乙镇"})


def plan(**more: object) -> dict[str, object]:
    return {"kind": "plan", "status": "done", "layer": "all_elderly_layers", **more}


PLAN = target(
    indicator="plan_exists", operator="exists", value="1", layers="all_elderly_layers", id="XC-17"
)


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (plan(), True),
        (plan(layer="all_layers"), True),  # a plan of all layers is one of these too
        (plan(layer="elderly_care_home"), False),  # one of homes alone is not
        (plan(layer="", target="XC-17"), True),  # unless it names the clause
        (plan(layer="", target="Z21-10、XC-17"), True),
        (plan(layer="", target="XC-170"), False),
        (plan(layer=""), False),
        (plan(status="building"), False),
        (plan(status="stopped"), False),
        (plan(kind="project"), False),
        (plan(year=2026), False),  # finished after the day
        (plan(year=2025), True),
    ],
)
def test_a_finished_plan_for_the_layers_or_the_clause(row: dict[str, object], *, counts: bool):
    found = plan_exists(PLAN, ledger(UNITS, projects=[row], date="2025-12-31"))
    assert (found.numerator, found.denominator) == (int(counts), None)


def test_a_plan_that_has_begun_where_that_is_all_that_is_asked():
    """Z20-34: under way."""
    row = target(layers="public_cemetery", condition="status=started|building|done")
    rows = [plan(layer="public_cemetery", status="building"), plan(status="planned")]
    assert plan_exists(row, ledger(UNITS, projects=rows)).numerator == 1


def test_without_a_register_plans_are_not_known():
    stop = plan_exists(PLAN, ledger(UNITS))
    assert isinstance(stop, Cannot)
    assert "targets.projects" in stop.reason.en
    # A register without a plan in it says that there is none.
    other = ledger(UNITS, projects=[{"kind": "map", "status": "done"}])
    assert plan_exists(PLAN, other).numerator == 0
    # So does an empty one, once the study names it.
    empty = dataclasses.replace(ledger(UNITS), config=TargetsConfig(projects=[{"source": "p.csv"}]))
    assert plan_exists(PLAN, empty).numerator == 0


PER_UNIT = target(
    regions="330000",
    layers="all_elderly_layers",
    operator="==",
    denominator="county: type=county|county_city; population>500000",
)


def test_a_plan_for_each_large_county():
    """Z21-10: more than 500,000 people, districts not."""
    units = [
        {"code": "330681", "type": "county_city", "population": 1_200_000, "name": "甲市"},
        {"code": "330624", "type": "county", "population": 600_000, "name": "乙县"},
        {"code": "330683", "type": "county_city", "population": 500_000},
        {"code": "330602", "type": "district", "population": 900_000},
    ]
    province = {"home": "330600"}
    rows = [plan(unit="330681000000"), plan(unit="330602000000")]
    found = plans_per_unit(PER_UNIT, ledger(units, projects=rows, **province))
    assert (found.numerator, found.denominator) == (1, 2)
    assert [(m.name, m.people) for m in found.missing] == [("乙县", 600_000)]


def test_a_plan_without_a_unit_is_the_studys_own():
    units = [{**COUNTY, "population": 500_001}]
    assert plans_per_unit(PER_UNIT, ledger(units, projects=[plan()])).value == 1
    # 430,000 people: no county here is asked for a plan.
    stop = plans_per_unit(PER_UNIT, ledger(UNITS, projects=[plan()]))
    assert isinstance(stop, Cannot)
    assert "denominator is zero" in stop.reason.en
    assert isinstance(plans_per_unit(PER_UNIT, ledger(units)), Cannot)


def test_projects_that_have_started_in_the_period():
    """Z20-28: 30 started in 2020."""
    row = target(
        layers="elderly_care_home", year=2020, deadline=2020, regions="330624",
        condition="status=started|building|done",
    )  # fmt: skip
    project = {"kind": "project", "layer": "elderly_care_home", "status": "started", "year": 2020}
    rows = [
        project,
        {**project, "status": "done"},
        {**project, "status": "planned"},
        {**project, "status": "stopped"},
        {**project, "year": 2019},
        {**project, "year": None},
        {**project, "layer": "day_care"},
        {**project, "kind": "plan"},
    ]
    found = project_count(row, ledger(UNITS, projects=rows))
    assert found.numerator == 2
    assert any("1 of 4 projects give no year" in note.en for note in found.notes)
    assert isinstance(project_count(row, ledger(UNITS)), Cannot)


def test_villages_with_a_project_and_the_projects_beside():
    """JJ-36: 90 projects in 72 old-base villages."""
    row = target(
        layers="all_layers", value="72", year=2020, deadline=2020,
        denominator="village: set=old_area",
    )  # fmt: skip
    villages = [
        {"code": TOWN + "201", "name": "一村", "set": "old_area"},
        {"code": TOWN + "202", "name": "二村", "set": "old_area", "population": 10},
        {"code": OTHER + "201", "name": "一村", "set": "old_area", "population": 900},
        {"code": OTHER + "202", "name": "四村", "set": ""},
    ]
    done = {"kind": "project", "status": "done", "year": 2020}
    rows = [
        {**done, "village": TOWN + "201"},
        {**done, "village": "一村", "unit": TOWN + "000"},  # told apart by its township
        {**done, "village": "一村"},  # two of that name: nowhere
        {**done, "village": "四村"},  # not an old-base village
        {**done, "village": "二村", "status": "building"},
    ]
    found = project_units(row, ledger([*UNITS, *villages], projects=rows))
    assert (found.numerator, found.parts[0].numerator) == (1, 2)
    assert [m.code for m in found.missing] == [OTHER + "201", TOWN + "202"]
    assert any("1 of 4 projects name no unit" in note.en for note in found.notes)
    assert isinstance(project_units(row, ledger(UNITS, projects=rows)), Cannot)


FUND = target(layers="all_elderly_layers", value="0.55", condition="fund=lottery")


def money(yuan: int | None, layer: str = "day_care", **more: object) -> dict[str, object]:
    return {"fund": "lottery", "yuan": yuan, "layer": layer, "status": "done", **more}


def test_the_share_of_lottery_money():
    rows = [
        money(300_000, year=2025),
        money(200_000, "all_elderly_layers", year=2025),
        money(400_000, "childrens_home", year=2025),
        money(100_000, "all_layers", year=2025),  # for all layers, not for these
        money(800_000, year=2024),  # a good year makes up for no bad one
        money(200_000, "childrens_home", year=2024),
        money(500_000, year=2019),  # before the document
        money(900_000, "", year=2024),  # for what is not known
        money(None, year=2025),
        money(900_000, year=2026),  # after the day
        money(900_000, status="stopped"),
        money(900_000, fund="budget"),
    ]
    found = budget_share(FUND, ledger(UNITS, projects=rows, date="2025-12-31"))
    assert (found.numerator, found.denominator) == (500_000, 1_000_000)
    assert found.value == Fraction(1, 2)
    assert [(p.label.en, p.numerator, p.denominator) for p in found.parts] == [
        ("in 2024", 800_000, 1_000_000), ("in 2025", 500_000, 1_000_000),
    ]  # fmt: skip
    assert any("2 projects" in n.en and "900,000 yuan" in n.en for n in found.notes)


def test_money_nobody_knows():
    assert isinstance(budget_share(FUND, ledger(UNITS)), Cannot)
    assert isinstance(budget_share(FUND, ledger(UNITS, projects=[money(None)])), Cannot)
    other = ledger(UNITS, projects=[money(5, fund="budget")])
    assert isinstance(budget_share(FUND, other), Cannot)
    unnamed = ledger(UNITS, projects=[money(5, fund=None)])
    assert isinstance(budget_share(FUND, unnamed), Cannot)


def test_what_is_still_to_come_has_its_year():
    """Z21-49: a list year by year."""
    row = target(layers="all_layers")
    rows = [
        {"status": "planned", "year": 2026},
        {"status": "building"},
        {"status": "done"},
        {"status": "stopped"},
    ]
    sites = [
        {"layer": "day_care", "unit": TOWN, "status": "planned", "planned": 2027, "id": "d1"},
        {"layer": "day_care", "unit": TOWN, "status": "building", "id": "d2"},
        {"layer": "day_care", "unit": TOWN, "opened": 2030, "id": "d3"},
        {"layer": "day_care", "unit": TOWN, "id": "d4"},
    ]
    found = phased_share(row, ledger(UNITS, sites, rows, date="2025-12-31"))
    # To come: two projects and d1, d2, d3; p2 and d2 have no year.
    assert (found.numerator, found.denominator) == (3, 5)
    assert [m.code for m in found.missing] == ["p2", "d2"]
    assert isinstance(phased_share(row, ledger(UNITS)), Cannot)


def home(unit: str = TOWN, **more: object) -> dict[str, object]:
    return {"layer": "elderly_care_home", "unit": unit, **more}


NAMED = target(
    id="JJ-16", indicator="named_project", layers="elderly_care_home", operator="==", value="2",
    regions=f"{TOWN} {OTHER}", year=2020, deadline=2020,
)  # fmt: skip


def test_places_named_count_once_and_older_homes_are_not_the_ones_to_be_built():
    sites = [home(opened=2020), home(opened=2021), home(OTHER, opened=2010)]
    found = named_project(NAMED, ledger(UNITS, sites))
    assert (found.numerator, found.denominator) == (1, None)
    assert [m.name for m in found.missing] == ["乙镇"]
    upgraded = [home(opened=2020), home(OTHER, opened=2010, upgraded=2021)]
    assert named_project(NAMED, ledger(UNITS, upgraded)).numerator == 2
    closed = [home(opened=2020, status="closed"), home(OTHER, opened=2020, status="planned")]
    assert named_project(NAMED, ledger(UNITS, closed)).numerator == 0


def test_a_home_of_unknown_year_may_or_may_not_be_the_one():
    stop = named_project(NAMED, ledger(UNITS, [home(opened=2020), home(OTHER, name="丙院")]))
    assert isinstance(stop, Cannot)
    assert "丙院" in stop.reason.en
    assert stop.figure.numerator == 1


def test_the_register_decides_where_it_names_the_clause():
    one = target(id="XA-17", layers="elderly_care_home", operator="exists", value="1", year=2021)
    sites = [home(opened=2022)]
    row = {"target": "XA-17", "status": "building"}
    assert named_project(one, ledger(UNITS, sites, [row])).numerator == 0
    done = {"target": "XA-17", "status": "done", "year": 2023}
    assert named_project(one, ledger(UNITS, sites, [row, done])).numerator == 1
    late = ledger(UNITS, sites, [done], date="2022-12-31")
    assert named_project(one, late).numerator == 0
    # No list is needed where the register names it.
    assert named_project(one, ledger(UNITS, projects=[done])).numerator == 1
    stop = named_project(one, ledger(UNITS))
    assert isinstance(stop, Cannot)
    assert "XA-17" in stop.reason.en


def test_a_place_of_the_register_is_told_by_its_unit():
    rows = [{"target": "JJ-16", "status": "done", "unit": TOWN + "000"}]
    found = named_project(NAMED, ledger(UNITS, [home(OTHER, opened=2020)], rows))
    assert found.numerator == 2


def test_the_condition_says_which_one_where_it_is_old():
    """JJ-15: the home of a town becomes a regional centre."""
    one = target(
        layers="elderly_care_home", regions=TOWN, operator="exists", condition="at_level=regional"
    )
    sites = [home(opened=2001, at_level="regional"), home(OTHER, at_level="regional")]
    assert named_project(one, ledger(UNITS, sites)).numerator == 1
    sites = [home(opened=2001, at_level="township"), home(OTHER, at_level="regional")]
    assert named_project(one, ledger(UNITS, sites)).numerator == 0


def test_places_elsewhere_are_not_judged():
    elsewhere = target(layers="elderly_care_home", regions="350582003 350582005")
    assert isinstance(named_project(elsewhere, ledger(UNITS, [home(opened=2022)])), Cannot)
    as_if = ledger(UNITS, [home(opened=2022)], as_if=["421202"])
    county = target(layers="elderly_care_home", regions="421202", year=2021)
    assert isinstance(named_project(county, as_if), Measured)
    several = target(layers="elderly_care_home", regions="330500 330600")
    assert isinstance(named_project(several, ledger(UNITS, [home(opened=2022)])), Cannot)


def test_lists_of_facilities_alone_are_no_list_of_tasks():
    row = target(indicator="phased_share", layers="day_care", operator="==", value="1")
    sites = [{"layer": "day_care", "unit": "330624100", "status": "planned", "planned": 2027}]
    towns = [{"code": "330624100"}]
    stop = phased_share(row, ledger(towns, sites))
    assert isinstance(stop, Cannot)
    assert (stop.figure.numerator, stop.figure.denominator) == (1, 1)
    one = [{"layer": "day_care", "status": "building", "year": 2026, "kind": "project"}]
    found = phased_share(row, ledger(towns, sites, one))
    assert (found.numerator, found.denominator) == (2, 2)


@pytest.mark.parametrize(
    ("layer", "asked", "counts"),
    [
        ("day_care", "all_elderly_layers", 1),
        ("all_elderly_layers", "day_care", 0),
        ("social_work_station", "all_elderly_layers", 0),
        ("", "all_layers", 1),
    ],
)
def test_a_project_counts_for_its_own_kind_and_the_family_of_it(layer, asked, counts):
    row = target(indicator="project_count", layers=asked, year=2020, deadline=2020, value="30")
    one = {"layer": layer, "status": "done", "year": 2020, "kind": "project"}
    assert project_count(row, ledger([{"code": "330624100"}], projects=[one])).numerator == counts
