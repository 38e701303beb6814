"""Shares of facilities, of beds and of cases, by hand."""

from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.shares import (
    attribute_share,
    bed_share,
    grade_share,
    operation_share,
    service_rate,
    staffed_share,
    sum_share,
)

COUNTY = {"code": "330624", "type": "county"}
TOWN = "330624101"


def homes(*rows: dict[str, object], layer: str = "elderly_care_home") -> list[dict[str, object]]:
    return [{"layer": layer, "unit": TOWN, "id": f"h{i}", **r} for i, r in enumerate(rows, 1)]


def known(*rows: dict[str, object], **more: object):
    return ledger([COUNTY, {"code": TOWN}], homes(*rows), **more)


def clause(**given: object):
    plain = {"layers": "elderly_care_home", "denominator": "facility"}
    return target(**{**plain, **given})


NURSING = clause(indicator="bed_share", value="0.55", condition="part=beds_nursing; whole=beds")


def test_nursing_beds_of_all_beds_and_how_many_to_convert():
    lists = known(
        {"beds": 120, "beds_nursing": 60},
        {"beds": 80, "beds_nursing": 80},
        {"beds": 100, "beds_nursing": 10},
        {"beds": 50},  # nursing beds not known: in neither sum
        {"beds": 500, "beds_nursing": 500, "status": "closed"},
        {"beds": 500, "beds_nursing": 500, "opened": 2031},
    )
    found = bed_share(NURSING, lists)
    # 150 of 300; 55 % of 300 is 165: 15 beds to convert.
    assert (found.numerator, found.denominator, found.kind) == (150, 300, "")
    assert any("1 of 4 records" in note.en for note in found.notes)
    finding = judge(NURSING, found, lists)
    assert (finding.verdict, finding.need, finding.gap) == ("not_met", 165, 15)
    # h3 wants 55 - 10 = 45 beds, h1 66 - 60 = 6, h2 none.
    assert [(m.code, m.note.en) for m in found.missing] == [("h3", "10 / 100"), ("h1", "60 / 120")]


def test_a_home_that_has_the_share_exactly_is_not_named():
    found = bed_share(NURSING, known({"beds": 100, "beds_nursing": 55}))
    assert found.missing == ()


def test_beds_nobody_knows_and_homes_there_are_none_of():
    assert isinstance(bed_share(NURSING, known({"beds": 50})), Cannot)
    halves = known({"beds": 50}, {"beds_nursing": 20})
    assert isinstance(bed_share(NURSING, halves), Cannot)
    nothing = bed_share(NURSING, known({"beds": 0, "beds_nursing": 0}))
    assert isinstance(nothing, Cannot)
    assert "is zero" in nothing.reason.en
    none = bed_share(NURSING, known(layers=["elderly_care_home"]))
    assert isinstance(none, Cannot)
    assert "denominator is zero" in none.reason.en
    unlisted = bed_share(NURSING, known())
    assert isinstance(unlisted, Cannot)
    assert "no list of" in unlisted.reason.en


def test_dementia_beds_are_of_the_beds_of_public_homes():
    """XC-22: at least 5 % of the beds of public homes."""
    row = clause(
        value="0.05",
        condition="part=beds_dementia; whole=beds",
        denominator="facility: ownership=public",
    )
    lists = known(
        {"beds": 200, "beds_dementia": 9, "ownership": "public"},
        {"beds": 100, "beds_dementia": 100, "ownership": "private"},
        {"beds": 100, "beds_dementia": 100},
    )
    found = bed_share(row, lists)
    assert (found.numerator, found.denominator) == (9, 200)
    assert judge(row, found, lists).gap == 1


def test_the_part_is_of_those_that_fulfil_the_rest_of_the_condition():
    """Z20-19: children in care who are in regional institutions."""
    row = target(
        layers="child_welfare_institution",
        operator="rule",
        value=None,
        condition="part=children_in_care; whole=children_in_care; at_level=regional",
        denominator="facility",
    )
    rows = homes(
        {"children_in_care": 40, "at_level": "regional"},
        {"children_in_care": 10, "at_level": "county"},
        layer="child_welfare_institution",
    )
    found = sum_share(row, ledger([COUNTY], rows))
    assert (found.numerator, found.denominator, found.missing) == (40, 50, None)


def test_a_feature_and_whose_homes_lack_it():
    row = clause(value="1", condition="dementia_unit")
    lists = known({"dementia_unit": True}, {"dementia_unit": False}, {})
    found = attribute_share(row, lists)
    assert (found.numerator, found.denominator) == (1, 3)
    assert [(m.code, m.note.en) for m in found.missing] == [("h2", ""), ("h3", "not known")]


def test_what_is_not_known_decides_nothing():
    row = clause(value="1", condition="dementia_unit")
    # Two have one, of the third nothing is known: between 66.67 % and 100 %.
    stop = attribute_share(row, known({"dementia_unit": True}, {"dementia_unit": True}, {}))
    assert isinstance(stop, Cannot)
    assert "between 66.67 % and 100 %" in stop.reason.en
    assert stop.figure.numerator == 2
    # Half is asked, and two of three have one, whatever the third has.
    half = clause(value="0.5", condition="dementia_unit")
    found = attribute_share(half, known({"dementia_unit": True}, {"dementia_unit": True}, {}))
    assert isinstance(found, Measured)
    # More than two thirds is asked: as long as the third is unknown, nobody can say.
    more = clause(value="2/3", operator=">", condition="dementia_unit")
    assert isinstance(
        attribute_share(more, known({"dementia_unit": True}, {"dementia_unit": True}, {})), Cannot
    )
    nobody = attribute_share(row, known({}, {}))
    assert isinstance(nobody, Cannot)
    assert nobody.figure is None


def test_a_registry_of_3a_or_better():
    row = target(
        layers="marriage_registry", value="1", condition="grade=3A|4A|5A", denominator="facility"
    )
    rows = homes({"grade": "3A"}, {"grade": "2A"}, {"grade": "5A"}, layer="marriage_registry")
    found = grade_share(row, ledger([COUNTY], rows))
    assert (found.numerator, found.denominator) == (2, 3)
    assert [m.code for m in found.missing] == ["h2"]


def test_public_homes_that_private_operators_run():
    """XC-18: 80 % of the public homes."""
    row = clause(
        value="0.8", condition="operator=private", denominator="facility: ownership=public"
    )
    lists = known(
        *({"ownership": "public", "operator": "private"},) * 4,
        {"ownership": "public", "operator": "public"},
        {"ownership": "private", "operator": "private"},
    )
    found = operation_share(row, lists)
    assert (found.numerator, found.denominator) == (4, 5)
    assert judge(row, found, lists).verdict == "met"


def test_in_operation_of_those_that_are_not_closed():
    """Z21-28: every centre that is not closed is at work."""
    row = target(
        layers="minor_protection_centre",
        condition="status=operating",
        denominator="facility: status!=closed",
    )
    rows = homes(
        {"status": "operating"},
        {"status": "idle"},
        {"status": "closed"},
        {"status": "operating", "closed": 2020},  # closed on the day, whatever its status says
        {"status": "operating", "opened": 2031},  # not yet at work
        {"status": "unknown"},  # may be closed: in neither figure
        layer="minor_protection_centre",
    )
    found = operation_share(row, ledger([COUNTY], rows))
    assert (found.numerator, found.denominator) == (1, 3)
    assert [m.code for m in found.missing] == ["h2", "h5"]


STAFFED = clause(value="1/3", condition="beds_per_social_worker<=60")


def test_a_social_worker_for_sixty_beds():
    """Z20-05: in a third of the homes."""
    lists = known(
        {"beds": 120, "social_workers": 2},  # 60 each: fulfils it
        {"beds": 121, "social_workers": 2},  # 60.5
        {"beds": 10, "social_workers": 0},  # nobody
    )
    found = staffed_share(STAFFED, lists)
    assert (found.numerator, found.denominator) == (1, 3)
    assert [m.code for m in found.missing] == ["h2", "h3"]
    assert judge(STAFFED, found, lists).verdict == "met"


def test_homes_without_any_worker_are_known_to_fall_short():
    found = staffed_share(STAFFED, known({"beds": 10, "social_workers": 0}))
    assert (found.numerator, found.denominator) == (0, 1)


def test_workers_nobody_knows():
    assert isinstance(staffed_share(STAFFED, known({"beds": 10}, {"beds": 20})), Cannot)
    # One fulfils it, one does not, two are unknown: between 1/4 and 3/4, a third asked.
    rows = ({"beds": 60, "social_workers": 1}, {"beds": 61, "social_workers": 1}, {}, {})
    assert isinstance(staffed_share(STAFFED, known(*rows)), Cannot)


RATE = target(layers="eco_burial_site", value="0.65", condition="part=burials_eco; whole=burials")


def test_a_rate_is_read_from_the_register():
    county = {**COUNTY, "burials": 200, "burials_eco": 130}
    found = service_rate(RATE, ledger([county]))
    assert (found.numerator, found.denominator, found.value) == (130, 200, Fraction(13, 20))
    assert any("not from places" in note.en for note in found.notes)
    assert judge(RATE, found, ledger([county])).verdict == "met"


def test_a_rate_over_townships_leaves_out_of_both_who_gives_one_figure_only():
    units = [
        COUNTY,
        {"code": TOWN, "burials": 100, "burials_eco": 30},
        {"code": "330624102", "burials": 50},
    ]
    found = service_rate(RATE, ledger(units))
    assert (found.numerator, found.denominator) == (30, 100)
    assert any("1 of 2 units" in note.en for note in found.notes)


@pytest.mark.parametrize("facts", [{}, {"burials": 100}, {"burials_eco": 3}])
def test_a_rate_nobody_registered(facts: dict[str, int]):
    assert isinstance(service_rate(RATE, ledger([{**COUNTY, **facts}])), Cannot)


def test_a_rate_of_nothing():
    stop = service_rate(RATE, ledger([{**COUNTY, "burials": 0, "burials_eco": 0}]))
    assert isinstance(stop, Cannot)
    assert "zero" in stop.reason.en
