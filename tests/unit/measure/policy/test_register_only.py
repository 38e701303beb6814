"""What no layout of facilities tells, and quotas."""

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.core.text import Text
from coverplan.measure.policy.found import Cannot
from coverplan.measure.policy.register_only import quotas_set, register_only

COUNTY = {"code": "330624", "type": "county"}


def test_a_register_is_named_and_a_list_gives_its_number_beside():
    row = target(layers="social_organisation", unit="家社会组织", computability="C")
    stop = register_only(row, ledger([COUNTY]))
    assert isinstance(stop, Cannot)
    assert "家社会组织" in stop.reason.zh
    assert stop.figure is None
    sites = [{"layer": "social_organisation", "unit": "330624"}] * 2
    assert register_only(row, ledger([COUNTY], sites)).figure.numerator == 2
    wordless = target(layers="social_organisation", unit=Text("", ""))
    assert "social organisations" in register_only(wordless, ledger([COUNTY])).reason.en


def number(key: str, **given: object):
    plain = {"id": key, "regions": "330000", "indicator": "new_count", "value": "300"}
    return target(**{**plain, **given})


@pytest.mark.parametrize(
    ("row", "owed"),
    [
        (number("P-1"), True),
        (number("P-1", indicator="unit_coverage_share", value="1"), False),  # a share is a share
        (number("P-1", regions="330624"), False),  # the county's own number
        (number("P-1", regions="350000"), False),  # another province
        (number("P-1", strength="baseline"), False),
        (number("P-1", operator="increase", value=None), False),
        (number("P-1", computability="C"), False),
    ],
)
def test_numbers_of_a_wider_place_are_to_be_broken_down(row: object, *, owed: bool):
    asks = target(indicator="quotas_set", operator="rule", value=None, strength="context")
    found = quotas_set(asks, ledger([COUNTY], targets=[row, number("P-2")], quotas={"P-2": 4}))
    assert (found.numerator, found.denominator) == (1, 2 if owed else 1)
    assert [m.code for m in found.missing] == (["P-1"] if owed else [])


def test_nothing_to_break_down():
    assert isinstance(quotas_set(target(), ledger([COUNTY])), Cannot)
