"""Counts and sums, by hand."""

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.counts import (
    facility_sum,
    fact_total,
    new_count,
    new_or_upgraded_count,
    total_count,
    upgrade_count,
)
from coverplan.measure.policy.found import Cannot, Measured

TOWN = "330624101"
UNITS = ({"code": "330624", "type": "county"}, {"code": TOWN}, {"code": "330624102"})


def sites(*rows: dict[str, object], layer: str = "home_care_station") -> list[dict[str, object]]:
    return [{"layer": layer, "unit": TOWN, **row} for row in rows]


def clause(**given: object):
    return target(layers="home_care_station", **given)


def test_new_ones_are_of_the_years_after_the_baseline_up_to_the_deadline():
    """JJ-02: 20 more after 305 at the end of 2019, by the end of 2020."""
    row = clause(year=2020, deadline=2020, baseline="305", baseline_year=2019)
    lists = sites(
        {"opened": 2019}, {"opened": 2020}, {"opened": 2020}, {"opened": 2021},
        {"opened": 2020, "status": "closed"}, {"opened": 2020, "status": "planned"}, {},
    )  # fmt: skip
    found = new_count(row, ledger(UNITS, lists))
    # The two of 2020 that work; the closed, the planned and the one without a year do not count.
    assert (found.numerator, found.denominator, found.missing) == (2, None, None)
    notes = [note.en for note in found.notes]
    assert notes[0] == "counted over 2020"
    assert "1 of 5 facilities give no opening year: not counted as new" in notes


def test_new_ones_run_from_the_document_to_the_day():
    row = clause(year=2021, deadline=2025)
    lists = sites({"opened": 2020}, {"opened": 2021}, {"opened": 2023}, {"opened": 2024})
    assert new_count(row, ledger(UNITS, lists, date="2023-06-30")).numerator == 2
    assert new_count(row, ledger(UNITS, lists, date="2030-06-30")).numerator == 3
    assert new_count(row, ledger(UNITS, lists, date="2020-06-30")).numerator == 0


def test_a_result_reported_for_the_year_before_is_counted_in_that_year():
    """JJ-20: 26 new in 2019, told by a document of 2020."""
    row = clause(year=2020, deadline=2019, strength="baseline")
    lists = sites({"opened": 2018}, {"opened": 2019}, {"opened": 2020})
    assert new_count(row, ledger(UNITS, lists)).numerator == 1


def test_without_any_year_nothing_is_new_or_old():
    stop = new_count(clause(), ledger(UNITS, sites({}, {})))
    assert isinstance(stop, Cannot)
    assert new_count(clause(), ledger(UNITS, layers=["home_care_station"])).numerator == 0
    assert isinstance(new_count(clause(), ledger(UNITS)), Cannot)


def test_where_building_counts_the_year_planned_stands_for_the_opening():
    """JJ-10: five village homes, being built or working."""
    row = clause(year=2020, deadline=2020, condition="status=operating|building")
    lists = sites(
        {"opened": 2020}, {"status": "building", "planned": 2020}, {"status": "building"},
        {"status": "planned", "planned": 2020}, {"status": "closed", "opened": 2020},
    )  # fmt: skip
    found = new_count(row, ledger(UNITS, lists))
    assert found.numerator == 2
    assert any("1 of 3 facilities give no opening year" in note.en for note in found.notes)


def test_levels_and_rural_places_are_conditions():
    """JJ-30: one columbarium of a town; Z20-23: rural centres."""
    lists = sites({"opened": 2021, "at_level": "township"}, {"opened": 2021, "at_level": "village"})
    assert new_count(clause(condition="at_level=township"), ledger(UNITS, lists)).numerator == 1
    rural = sites({"opened": 2021, "is_rural": True}, {"opened": 2021, "is_rural": False})
    assert new_or_upgraded_count(clause(condition="is_rural"), ledger(UNITS, rural)).numerator == 1


def test_new_or_upgraded_counts_each_once():
    row = clause(year=2021, deadline=2025)
    lists = sites(
        {"opened": 2021, "upgraded": 2023}, {"opened": 2010, "upgraded": 2022},
        {"opened": 2010}, {"opened": 2010, "upgraded": 2019}, {},
    )  # fmt: skip
    known = ledger(UNITS, lists)
    found = new_or_upgraded_count(row, known)
    assert found.numerator == 2
    assert any("1 of 5" in note.en for note in found.notes)
    # Upgraded from 2021 on: the first and the second.
    assert upgrade_count(row, known).numerator == 2


def test_years_of_upgrading_that_nobody_gives():
    known = ledger(UNITS, sites({"opened": 2022}))
    found = new_or_upgraded_count(clause(), known)
    assert found.numerator == 1
    assert any("only new ones" in note.en for note in found.notes)
    assert isinstance(upgrade_count(clause(), known), Cannot)
    assert isinstance(new_or_upgraded_count(clause(), ledger(UNITS, sites({}))), Cannot)
    assert upgrade_count(clause(), ledger(UNITS, layers=["home_care_station"])).numerator == 0


def test_all_there_are_that_work_or_of_the_status_named():
    lists = sites(
        {"opened": 2010}, {"status": "building"}, {"status": "planned"}, {"status": "closed"},
        {"opened": 2030}, {"status": "building", "closed": 2020}, {"status": "unknown"},
    )  # fmt: skip
    known = ledger(UNITS, lists)
    assert total_count(clause(), known).numerator == 1
    # JJ-06: being built or planned; one that opens after the day is planned, one given up is not.
    found = total_count(clause(condition="status=building|planned"), known)
    assert found.numerator == 3
    assert any("1 of 7" in note.en for note in found.notes)


def test_what_lies_outside_is_not_counted_and_that_is_said():
    lists = [*sites({}), {"layer": "home_care_station", "unit": "330602101"}]
    found = total_count(clause(), ledger(UNITS, lists))
    assert found.numerator == 1
    assert any("not counted: 1 facilities" in note.en for note in found.notes)
    stop = total_count(clause(), ledger(UNITS, lists[1:]))
    assert isinstance(stop, Cannot)


def test_a_total_can_be_told_for_an_earlier_day():
    known = ledger(UNITS, sites({"opened": 2010}, {"opened": 2023}))
    assert total_count(clause(), known).dated
    assert not total_count(clause(), ledger(UNITS, sites({}))).dated


def test_beds_are_summed_where_they_are_known():
    lists = sites({"beds": 100}, {"beds": 55}, {}, {"beds": 9, "status": "closed"})
    found = facility_sum(clause(condition="part=beds"), ledger(UNITS, lists))
    assert (found.numerator, found.denominator) == (155, None)
    assert any("1 of 3 records give no beds" in note.en for note in found.notes)
    stop = facility_sum(clause(condition="part=beds"), ledger(UNITS, sites({}, {})))
    assert isinstance(stop, Cannot)
    assert "beds" in stop.reason.en


def test_a_sum_of_decimals_is_exact():
    lists = sites({"floor_area_m2": 0.1}, {"floor_area_m2": 0.2})
    found = facility_sum(clause(condition="part=floor_area_m2"), ledger(UNITS, lists))
    assert str(found.numerator) == "3/10"


@pytest.mark.parametrize(
    ("county", "towns", "expected"),
    [
        (2_000, (700, 800), 2_000),  # the county's own figure stands
        (None, (700, 800), 1_500),  # else its townships', where all are known
        (None, (700, None), 700),  # else those that are known, and that is said
        (None, (None, None), None),
        (0, (None, None), 0),  # nobody is a figure
    ],
)
def test_a_fact_of_the_study(county: int | None, towns: tuple, expected: int | None):
    row = clause(condition="fact=served_at_home")
    units = [{**UNITS[0], "served_at_home": county}]
    units += [{**u, "served_at_home": n} for u, n in zip(UNITS[1:], towns, strict=True)]
    found = fact_total(row, ledger(units))
    if expected is None:
        assert isinstance(found, Cannot)
        return
    assert isinstance(found, Measured)
    assert found.numerator == expected
    assert bool(found.notes) == (expected == 700)


def test_a_fact_of_the_units_a_clause_names():
    """JJ-25: older people of the old-base villages."""
    row = clause(condition="fact=elderly", denominator="village: set=old_area")
    villages = [
        {"code": TOWN + "201", "set": "old_area", "elderly": 300},
        {"code": TOWN + "202", "set": "old_area island", "elderly": 11},
        {"code": TOWN + "203", "set": "", "elderly": 999},
        {"code": TOWN + "204", "set": "old_area"},
    ]
    found = fact_total(row, ledger([*UNITS, *villages]))
    assert found.numerator == 311
    assert any("1 of 3 records" in note.en for note in found.notes)
    assert isinstance(fact_total(row, ledger(UNITS)), Cannot)
    unknown = [{"code": TOWN + "201", "set": "old_area"}]
    assert isinstance(fact_total(row, ledger([*UNITS, *unknown])), Cannot)


def test_a_clause_on_one_town_counts_what_is_there():
    lists = [*sites({}, {}), {"layer": "home_care_station", "unit": "330624102"}]
    assert total_count(clause(regions=TOWN), ledger(UNITS, lists)).numerator == 2
    assert total_count(clause(regions="330624"), ledger(UNITS, lists)).numerator == 3
    # One within the study and one around it: the whole study.
    assert total_count(clause(regions=f"{TOWN} 330000"), ledger(UNITS, lists)).numerator == 3
