"""Units that have one, counted by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.unitshares import (
    at_least_one_per_unit,
    population_threshold_rule,
    unit_count,
    unit_coverage_share,
    units_with_one,
)

STREET, TOWN, TOWNSHIP, ZONE = "330624001", "330624101", "330624201", "330624401"
COUNTY = {"code": "330624", "type": "county"}
TOWNSHIPS = (
    {"code": STREET, "name": "甲街道", "type": "street", "population": 50_000, "area_km2": 10},
    {"code": TOWN, "name": "乙镇", "type": "town", "population": 20_000, "area_km2": 100},
    {"code": TOWNSHIP, "name": "丙乡", "type": "township", "population": 0, "area_km2": 50},
    {"code": ZONE, "name": "丁园区", "type": "zone", "population": 3_000, "area_km2": 5},
)
REAL = "township: type=street|town|township"


def station(unit: str, **more: object) -> dict[str, object]:
    return {"layer": "social_work_station", "unit": unit, "opened": 2015, **more}


def clause(**given: object):
    return target(denominator=REAL, **given)


def missing(found: object) -> list[str]:
    assert isinstance(found, Measured)
    return [named.name for named in found.missing or ()]


def test_pseudo_units_are_no_part_of_the_denominator_and_those_without_are_named():
    # Stations in 甲 (two) and in the zone: of the three real townships one has one.
    known = ledger([COUNTY, *TOWNSHIPS], [station(STREET), station(STREET), station(ZONE)])
    found = unit_coverage_share(clause(), known)
    assert isinstance(found, Measured)
    assert (found.numerator, found.denominator, found.kind) == (1, 3, "has_one")
    # 乙 has 20,000 people, 丙 nobody: 乙 is first, and 丙 is not dropped.
    assert [(m.name, m.people) for m in found.missing] == [("乙镇", 20_000), ("丙乡", 0)]
    assert found.dated


def test_units_of_unknown_people_come_last():
    units = [{"code": TOWN, "name": "乙镇"}, {"code": TOWNSHIP, "population": 0, "name": "丙乡"}]
    found = unit_coverage_share(clause(), ledger(units, layers=["social_work_station"]))
    assert missing(found) == ["丙乡", "乙镇"]
    assert found.missing[1].people is None


@pytest.mark.parametrize(
    "not_working",
    [
        {"status": "closed"},
        {"status": "planned"},
        {"status": "building"},
        {"status": "idle"},
        {"status": "unknown"},
        {"opened": 2026},
        {"closed": 2025},
    ],
)
def test_only_what_works_on_the_day_counts(not_working: dict[str, object]):
    known = ledger(TOWNSHIPS, [station(STREET), station(TOWN, **not_working)], date="2025-12-31")
    found = unit_coverage_share(clause(), known)
    assert (found.numerator, found.denominator) == (1, 3)


def test_one_that_closes_after_the_day_or_opened_in_its_year_still_counts():
    sites = [station(STREET, closed=2026), station(TOWN, opened=2025)]
    found = unit_coverage_share(clause(), ledger(TOWNSHIPS, sites, date="2025-12-31"))
    assert found.numerator == 2


def test_what_is_coming_is_told_beside_the_unit_that_lacks_it():
    sites = [station(TOWN, status="building"), station(TOWN, status="planned")]
    found = unit_coverage_share(clause(), ledger(TOWNSHIPS, [station(STREET), *sites]))
    assert found.missing[0].note.en == "2 being built or planned"
    assert found.missing[1].note.en == ""


def test_a_year_that_is_not_known_and_one_that_left_service_leave_no_figure_for_the_past():
    undated = ledger(TOWNSHIPS, [station(STREET, opened=None)])
    assert not unit_coverage_share(clause(), undated).dated
    # It closed in 2023, after the document of 2021: the lists do not say it worked in 2020.
    left = [station(STREET), station(TOWN, status="closed", closed=2023)]
    assert not unit_coverage_share(clause(), ledger(TOWNSHIPS, left)).dated
    # It closed in 2019: no matter.
    early = [station(STREET), station(TOWN, status="closed", closed=2019)]
    assert unit_coverage_share(clause(), ledger(TOWNSHIPS, early)).dated
    # A grade may have come later than the opening.
    graded = ledger(TOWNSHIPS, [station(STREET, grade="示范型")])
    assert not unit_coverage_share(clause(condition="grade=示范型"), graded).dated


def test_the_condition_is_asked_of_the_facility_and_unknown_grades_are_counted():
    sites = [station(STREET, grade="示范型"), station(TOWN), station(TOWNSHIP, grade="一般")]
    found = unit_coverage_share(clause(condition="grade=示范型|示范"), ledger(TOWNSHIPS, sites))
    assert found.numerator == 1
    assert any("1 of 3" in note.en for note in found.notes)
    unknown = ledger(TOWNSHIPS, [station(STREET), station(TOWN)])
    stop = unit_coverage_share(clause(condition="grade=示范型"), unknown)
    assert isinstance(stop, Cannot)
    assert "grade" in stop.reason.en


def test_a_layer_without_a_list_is_not_known_and_an_empty_list_is_nobody_has_one():
    stop = unit_coverage_share(clause(), ledger(TOWNSHIPS))
    assert isinstance(stop, Cannot)
    assert "no list of social-work stations (add it under targets.facilities)" in stop.reason.en
    empty = unit_coverage_share(clause(), ledger(TOWNSHIPS, layers=["social_work_station"]))
    assert (empty.numerator, empty.denominator) == (0, 3)


def test_one_of_two_lists_is_noted():
    row = clause(layers="public_cemetery columbarium")
    sites = [{"layer": "columbarium", "unit": TOWN}]
    found = unit_coverage_share(row, ledger(TOWNSHIPS, sites))
    assert found.numerator == 1
    assert any("no list of public cemeteries" in note.en for note in found.notes)


def test_villages_nobody_assigned_facilities_to_are_not_judged():
    row = target(layers="childrens_home", denominator="village: type=village|community")
    villages = [{"code": TOWN + "201"}, {"code": TOWN + "001", "type": "community"}]
    homes = [{"layer": "childrens_home", "unit": TOWN}] * 2
    stop = unit_coverage_share(row, ledger([*TOWNSHIPS, *villages], homes))
    assert isinstance(stop, Cannot)
    assert "none of the 2 facilities says which of the villages" in stop.reason.en
    some = [*homes, {"layer": "childrens_home", "unit": TOWN + "201"}]
    # One of the two that are lost may stand in the other village: all or half of them have one.
    stop = unit_coverage_share(row, ledger([*TOWNSHIPS, *villages], some))
    assert isinstance(stop, Cannot)
    assert "between 50 % and 100 %" in stop.reason.en
    found = stop.figure
    assert (found.numerator, found.denominator) == (1, 2)
    assert any("2 of 3 facilities name none" in note.en for note in found.notes)
    half = replace(row, value=Fraction(1, 2))
    assert unit_coverage_share(half, ledger([*TOWNSHIPS, *villages], some)) == found


def test_townships_and_villages_pool_each_with_the_layer_of_its_place():
    """Z21-11: a centre for each township, a station for each village or community."""
    row = target(
        layers="home_care_centre home_care_station",
        denominator=REAL + " + village: type=village|community",
    )
    villages = [
        {"code": TOWN + "201", "name": "一村", "population": 900},
        {"code": TOWN + "202", "name": "二村", "population": 1_200},
        {"code": STREET + "001", "name": "三社区", "type": "community", "population": 4_000},
    ]
    sites = [
        {"layer": "home_care_centre", "unit": STREET},
        # A station in 乙镇 gives the village one, and the town none.
        {"layer": "home_care_station", "unit": TOWN + "201"},
        # A centre that stands in a community is no station of the community.
        {"layer": "home_care_centre", "unit": STREET + "001"},
    ]
    found = unit_coverage_share(row, ledger([*TOWNSHIPS, *villages], sites))
    # Townships 1 of 3, villages 1 of 3: together 2 of 6.
    assert (found.numerator, found.denominator) == (2, 6)
    assert [(p.numerator, p.denominator) for p in found.parts] == [(1, 3), (1, 3)]
    assert missing(found) == ["乙镇", "三社区", "二村", "丙乡"]


def test_without_a_list_of_stations_villages_are_unknown_not_missing():
    row = target(
        layers="home_care_centre home_care_station",
        denominator=REAL + " + village: type=village|community",
    )
    villages = [{"code": TOWN + "201"}]
    sites = [{"layer": "home_care_centre", "unit": STREET}]
    stop = unit_coverage_share(row, ledger([*TOWNSHIPS, *villages], sites))
    assert isinstance(stop, Cannot)
    assert "village home-care stations" in stop.reason.en
    assert (stop.figure.numerator, stop.figure.denominator) == (1, 3)


def test_no_village_in_the_tables_is_no_judgement():
    row = target(denominator="village: type=village")
    stop = unit_coverage_share(row, ledger(TOWNSHIPS, [station(STREET)]))
    assert isinstance(stop, Cannot)
    assert "hold no villages" in stop.reason.en
    pooled = target(denominator=REAL + " + village: type=village")
    stop = unit_coverage_share(pooled, ledger(TOWNSHIPS, [station(STREET)]))
    assert isinstance(stop, Cannot)


def test_a_denominator_of_zero_is_not_judged():
    stop = unit_coverage_share(
        target(denominator="township: type=farm"), ledger(TOWNSHIPS, [station(STREET)])
    )
    assert isinstance(stop, Cannot)
    assert "denominator is zero" in stop.reason.en


def test_a_condition_without_a_number_waits_for_the_planner():
    row = target(layers="childrens_home", denominator="village: children>=@should_have_children")
    villages = [
        {"code": TOWN + "201", "name": "一村", "children": 60},
        {"code": TOWN + "202", "name": "二村", "children": 50},
        {"code": TOWN + "203", "name": "三村", "children": 49},
        {"code": TOWN + "204", "name": "四村"},
    ]
    homes = [{"layer": "childrens_home", "unit": TOWN + "201"}]
    stop = unit_coverage_share(row, ledger(villages, homes))
    assert isinstance(stop, Cannot)
    assert stop.settings == ("targets.settings.should_have_children",)
    found = unit_coverage_share(row, ledger(villages, homes, settings={"should_have_children": 50}))
    # From 50 on: 一村 and 二村; 四村 is not known and stays out.
    assert (found.numerator, found.denominator) == (1, 2)
    assert missing(found) == ["二村"]


def test_a_clause_on_some_places_of_the_study_counts_only_those():
    row = target(regions="330624001 330624101", denominator=REAL)
    found = unit_coverage_share(row, ledger([COUNTY, *TOWNSHIPS], [station(STREET)]))
    assert (found.numerator, found.denominator) == (1, 2)


def test_a_facility_outside_the_study_gives_no_unit_one():
    sites = [station(STREET), station("330682101"), station("")]
    found = unit_coverage_share(clause(), ledger(TOWNSHIPS, sites))
    assert found.numerator == 1
    assert any("not counted: 2 facilities" in note.en for note in found.notes)


def test_at_least_one_is_a_rule_on_every_unit():
    row = clause(indicator="at_least_one_per_unit", value="1")
    found = at_least_one_per_unit(row, ledger(TOWNSHIPS, [station(STREET), station(TOWN)]))
    assert found.against == (">=", Fraction(1))
    assert (found.numerator, found.denominator) == (2, 3)
    finding = judge(row, found, ledger([COUNTY, *TOWNSHIPS]))
    assert (finding.verdict, finding.need, finding.gap) == ("not_met", 3, 1)


def test_two_per_unit_says_what_each_has():
    row = clause(indicator="at_least_one_per_unit", value="2")
    sites = [station(STREET), station(STREET), station(TOWN)]
    found = at_least_one_per_unit(row, ledger(TOWNSHIPS, sites))
    assert found.numerator == 1
    assert [m.note.en for m in found.missing] == ["has 1, needs 2", "has 0, needs 2"]


def test_only_more_is_asked_where_the_clause_says_increase():
    row = clause(indicator="at_least_one_per_unit", operator="increase", value=None)
    found = at_least_one_per_unit(row, ledger(TOWNSHIPS, [station(STREET)]))
    assert found.against is None


def test_city_and_county_leave_out_districts_and_a_county_answers_for_itself():
    """市、县(市): 11 prefectures and 53 counties; a county's tables hold no prefecture."""
    row = target(
        indicator="at_least_one_per_unit",
        regions="330000",
        layers="elderly_care_home",
        condition="ownership=public",
        denominator="prefecture + county: type=county|county_city",
    )
    home = {"layer": "elderly_care_home", "unit": STREET, "ownership": "public", "opened": 2000}
    found = at_least_one_per_unit(row, ledger([COUNTY, *TOWNSHIPS], [home]))
    assert (found.numerator, found.denominator) == (1, 1)
    assert any("prefectures are wider" in note.en for note in found.notes)
    district = ledger([{"code": "330602", "type": "district"}], [home], home="330602")
    assert isinstance(at_least_one_per_unit(row, district), Cannot)


def test_a_countys_own_home_is_not_its_prefectures():
    row = target(
        indicator="at_least_one_per_unit",
        regions="330000",
        layers="elderly_care_home",
        condition="ownership=public",
        denominator="prefecture + county: type=county|county_city",
    )
    units = [{"code": "330600", "type": "prefecture"}, COUNTY]
    homes = [
        {
            "layer": "elderly_care_home",
            "unit": "330624",
            "ownership": "public",
            "at_level": "county",
        }
    ]
    found = at_least_one_per_unit(row, ledger(units, homes, home="330600"))
    assert [(p.numerator, p.denominator) for p in found.parts] == [(0, 1), (1, 1)]


def test_a_threshold_of_people_with_a_second_condition():
    """XC-07: over 10,000 people, and living close together (the planner says from when)."""
    row = target(
        indicator="population_threshold_rule",
        layers="disability_home",
        denominator=REAL + "; population>10000; density_per_km2>=@concentrated_density",
    )
    homes = [{"layer": "disability_home", "unit": TOWN}]
    stop = population_threshold_rule(row, ledger(TOWNSHIPS, homes))
    assert isinstance(stop, Cannot)
    assert stop.settings == ("targets.settings.concentrated_density",)
    # 甲 5,000 people per km2, 乙 200; 丙 has nobody. From 200 on: 甲 and 乙, of which 乙 has one.
    dense = ledger(TOWNSHIPS, homes, settings={"concentrated_density": 200})
    found = population_threshold_rule(row, dense)
    assert (found.numerator, found.denominator, missing(found)) == (1, 2, ["甲街道"])
    assert found.against == (">=", Fraction(1))
    # Exactly 10,000 people is not more than 10,000.
    just = ledger(
        [{"code": TOWN, "population": 10_000, "area_km2": 1}],
        homes,
        settings={"concentrated_density": 200},
    )
    assert isinstance(population_threshold_rule(row, just), Cannot)


def test_units_with_one_is_a_count_with_its_share_beside():
    row = clause(indicator="units_with_one", value="2")
    found = units_with_one(row, ledger(TOWNSHIPS, [station(STREET), station(STREET)]))
    assert (found.numerator, found.denominator, found.value) == (1, None, 1)
    assert (found.parts[0].numerator, found.parts[0].denominator) == (1, 3)
    assert missing(found) == ["乙镇", "丙乡"]
    assert isinstance(units_with_one(row, ledger(TOWNSHIPS)), Cannot)


def test_units_are_counted_that_exist_on_the_day():
    villages = [
        {"code": TOWN + "201"},
        {"code": TOWN + "202", "valid_to": 2019},
        {"code": TOWN + "203", "valid_from": 2027},
        {"code": TOWN + "001", "type": "community"},
    ]
    row = target(indicator="unit_count", denominator="village: type=village")
    found = unit_count(row, ledger(villages))
    assert (found.numerator, found.denominator) == (1, None)
    assert isinstance(unit_count(row, ledger(TOWNSHIPS)), Cannot)


def test_a_row_without_a_denominator_is_about_the_real_units_of_its_level():
    row = target(level="township", denominator="")
    found = unit_coverage_share(row, ledger(TOWNSHIPS, [station(STREET)]))
    assert (found.numerator, found.denominator) == (1, 3)
    nobody = target(level="household", denominator="")
    assert isinstance(unit_coverage_share(nobody, ledger(TOWNSHIPS, [station(STREET)])), Cannot)


def test_a_unit_that_may_be_eligible_decides_nothing_unless_it_does():
    # 甲 is eligible and has a station; of 乙 nobody says whether it is, and it has none.
    units = [{**TOWNSHIPS[0], "eligible": True}, TOWNSHIPS[1]]
    row = target(denominator="township: type=street|town|township; eligible")
    stop = unit_coverage_share(row, ledger(units, [station(STREET)]))
    assert isinstance(stop, Cannot)
    assert "1 个乡镇（街道）是否属于条文范围未知（没有“有条件”）" in stop.reason.zh
    assert "between 50 % and 100 %" in stop.reason.en
    assert (stop.figure.numerator, stop.figure.denominator) == (1, 1)
    # With a station there, it is met whatever 乙 is.
    both = unit_coverage_share(row, ledger(units, [station(STREET), station(TOWN)]))
    assert judge(row, both, ledger()).verdict == "met"
    # And with none anywhere it is not met, whatever 乙 is.
    none = unit_coverage_share(row, ledger(units, layers=["social_work_station"]))
    assert judge(row, none, ledger()).verdict == "not_met"


def test_a_station_of_unknown_grade_decides_nothing_unless_it_does():
    row = clause(condition="grade=示范", value="2/3", operator=">=")
    graded = [station(STREET, grade="示范"), station(TOWN)]
    stop = unit_coverage_share(row, ledger(TOWNSHIPS, graded))
    assert isinstance(stop, Cannot)
    assert "“等级”" in stop.reason.zh
    # All three are asked: two at most do not do.
    every = replace(row, value=Fraction(1))
    found = judge(every, unit_coverage_share(every, ledger(TOWNSHIPS, graded)), ledger())
    assert (found.verdict, found.gap) == ("not_met", 2)
