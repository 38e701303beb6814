"""Staff per unit, tiers, ratios, by hand."""

from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.staffing import (
    capacity_ratio,
    population_tiered_staffing,
    staff_per_unit,
    staff_ratio,
)

REAL = "township: type=street|town|township"
COUNTY = {"code": "330624", "type": "county"}


def towns(*rows: dict[str, object]) -> list[dict[str, object]]:
    made = [{"code": f"33062410{i}", "name": f"镇{i}", **r} for i, r in enumerate(rows, 1)]
    return [COUNTY, *made]


def clause(**given: object):
    plain = {"layers": "civil_affairs_office", "condition": "fact=staff", "denominator": REAL}
    return target(**{**plain, **given})


def test_three_for_each_township_and_how_many_are_wanting():
    """Z20-39: at least three."""
    row = clause(value="3")
    lists = ledger(towns({"staff": 3}, {"staff": 1}, {"staff": 0, "population": 0}, {"staff": 5}))
    found = staff_per_unit(row, lists)
    assert (found.numerator, found.denominator, found.against) == (2, 4, (">=", Fraction(1)))
    # 2 + 3 wanting; the two too many elsewhere do not make up for them.
    assert found.shortfall == 5
    assert [(m.name, m.note.en) for m in found.missing] == [
        ("镇3", "has 0, needs 3"),
        ("镇2", "has 1, needs 3"),
    ]
    finding = judge(row, found, lists)
    assert (finding.verdict, finding.gap) == ("not_met", 5)


@pytest.mark.parametrize(
    ("operator", "value", "high", "fulfilled", "shortfall"),
    [
        (">=", "2", None, 2, 3),  # 2 and 3; wanting 2 + 1
        ("==", "2", None, 1, 3),  # 2; one too many is no shortfall
        ("in_range", "1", "2", 2, 1),  # 1 and 2; 3 is too many, 0 wants 1
        (">", "1", None, 2, 1),
        ("<=", "1", None, 2, 0),
        ("<", "1", None, 1, 0),
    ],
)
def test_operators_of_a_rule_on_each_unit(
    operator: str, value: str, high: str | None, fulfilled: int, shortfall: int
):
    row = clause(operator=operator, value=value, value_high=high)
    lists = ledger(towns({"staff": 0}, {"staff": 1}, {"staff": 2}, {"staff": 3}))
    found = staff_per_unit(row, lists)
    assert (found.numerator, found.denominator) == (fulfilled, 4)
    if operator not in {">", "<=", "<"}:
        assert found.shortfall == shortfall


def test_a_range_names_both_its_ends():
    row = clause(operator="in_range", value="1", value_high="2")
    found = staff_per_unit(row, ledger(towns({"staff": 0}, {"staff": 4})))
    assert [m.note.en for m in found.missing] == ["has 0, needs 1-2", "has 4, needs 1-2"]


def test_a_unit_whose_staff_is_not_known_decides_nothing():
    row = clause(value="1")
    stop = staff_per_unit(row, ledger(towns({"staff": 1}, {})))
    assert isinstance(stop, Cannot)
    assert "1 of 2 units" in stop.reason.en
    assert (stop.figure.numerator, stop.figure.denominator) == (1, 1)
    short = staff_per_unit(row, ledger(towns({"staff": 0}, {})))
    assert (short.numerator, short.denominator) == (0, 1)
    assert any("1 of 2 units" in note.en for note in short.notes)
    assert isinstance(staff_per_unit(row, ledger(towns({}, {}))), Cannot)
    assert isinstance(staff_per_unit(row, ledger([COUNTY])), Cannot)


def test_ordinary_townships_are_those_the_planner_says():
    """XC-29: ordinary is neither large nor with many clients."""
    row = clause(value="3", denominator=REAL + "; area_km2<=@large_area_km2")
    lists = towns({"staff": 3, "area_km2": 100}, {"staff": 1, "area_km2": 101})
    stop = staff_per_unit(row, ledger(lists))
    assert isinstance(stop, Cannot)
    assert stop.settings == ("targets.settings.large_area_km2",)
    found = staff_per_unit(row, ledger(lists, settings={"large_area_km2": 100}))
    assert (found.numerator, found.denominator) == (1, 1)


def test_a_number_the_clause_lost_is_the_planners_to_give():
    row = clause(value=None)
    stop = staff_per_unit(row, ledger(towns({"staff": 3})))
    assert isinstance(stop, Cannot)
    assert stop.settings == ('targets.thresholds."T-01"',)
    found = staff_per_unit(row, ledger(towns({"staff": 3}), thresholds={"T-01": 2}))
    assert isinstance(found, Measured)


TIERS = (
    ("population<30000", "1", 1),
    ("population>=30000; population<=60000", "2", 2),
    ("population>60000", "3", 1),
)
BOUNDS = (29_999, 30_000, 60_000, 60_001)


@pytest.mark.parametrize(("tier", "posts", "units"), TIERS)
def test_the_middle_tier_has_both_its_bounds(tier: str, posts: str, units: int):
    """XA-12..14: 1, 2, 3 posts for less than 30,000, up to 60,000, and more."""
    row = clause(condition="fact=posts", value=posts, denominator=f"{REAL}; {tier}")
    lists = ledger(towns(*({"population": n, "posts": 1} for n in BOUNDS)))
    found = population_tiered_staffing(row, lists)
    assert found.denominator == units
    # One post each: enough in the first tier, one wanting for both of the second, two in the last.
    assert found.shortfall == {"1": 0, "2": 2, "3": 2}[posts]


def test_a_tier_without_units_is_not_judged():
    row = clause(condition="fact=posts", denominator=f"{REAL}; population>60000")
    stop = population_tiered_staffing(row, ledger(towns({"population": 500, "posts": 1})))
    assert isinstance(stop, Cannot)
    assert "denominator is zero" in stop.reason.en
    unknown = population_tiered_staffing(row, ledger(towns({"posts": 1})))
    assert isinstance(unknown, Cannot)
    assert "residents" in unknown.reason.en


RATIO = target(
    layers="social_work_station",
    value="20",
    condition="fact=social_workers_certified; per=population; scale=10000",
)


def test_certified_workers_per_ten_thousand():
    """Z21-23: 20 per 10,000 people. 420,000 people and 798 workers: 19 per 10,000."""
    county = {**COUNTY, "population": 420_000, "social_workers_certified": 798}
    found = staff_ratio(RATIO, ledger([county]))
    assert (found.numerator, found.denominator, found.scale) == (798, 420_000, 10_000)
    assert found.value == 19
    finding = judge(RATIO, found, ledger([county]))
    # 20 per 10,000 of 420,000 are 840: 42 more.
    assert (finding.verdict, finding.need, finding.gap) == ("not_met", 840, 42)


def test_people_of_the_county_may_come_from_its_townships():
    units = [
        {**COUNTY, "social_workers_certified": 3},
        {"code": "330624101", "population": 700},
        {"code": "330624102", "population": 300},
    ]
    assert staff_ratio(RATIO, ledger(units)).value == 30


def test_a_ratio_that_nobody_can_tell():
    assert isinstance(staff_ratio(RATIO, ledger([{**COUNTY, "population": 9}])), Cannot)
    empty = {**COUNTY, "population": 0, "social_workers_certified": 1}
    assert "zero" in staff_ratio(RATIO, ledger([empty])).reason.en


BEDS = target(
    layers="elderly_care_home", value="38", condition="part=beds; per=elderly; scale=1000"
)


def test_beds_per_thousand_older_people():
    """JJ-03. 300 beds and 10,000 older people: 30 per 1,000."""
    homes = [
        {"layer": "elderly_care_home", "unit": "330624101", "beds": beds, "status": status}
        for beds, status in ((200, "operating"), (100, "operating"), (None, "operating"),
                             (900, "closed"), (900, "planned"))
    ]  # fmt: skip
    county = {**COUNTY, "elderly": 10_000}
    found = capacity_ratio(BEDS, ledger([county], homes))
    assert (found.numerator, found.denominator, found.value) == (300, 10_000, 30)
    assert any("1 of 3 records" in note.en for note in found.notes)
    assert isinstance(capacity_ratio(BEDS, ledger([COUNTY], homes)), Cannot)
    assert isinstance(capacity_ratio(BEDS, ledger([county], homes[2:])), Cannot)
    assert isinstance(capacity_ratio(BEDS, ledger([{**COUNTY, "elderly": 0}], homes)), Cannot)
    assert isinstance(capacity_ratio(BEDS, ledger([county])), Cannot)


def test_facts_no_table_can_have_are_not_known():
    row = target(condition="fact=nonsense; per=population; scale=10000")
    assert isinstance(staff_ratio(row, ledger([COUNTY])), Cannot)
    bare = clause(denominator="", value="1")
    assert staff_per_unit(bare, ledger(towns({"staff": 1}))).denominator == 1
    nowhere = clause(denominator="", level="person")
    assert isinstance(staff_per_unit(nowhere, ledger(towns({"staff": 1}))), Cannot)
