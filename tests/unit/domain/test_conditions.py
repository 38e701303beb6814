"""The language of conditions and denominators."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan.domain.conditions import (
    Condition,
    UnitsOf,
    parse_conditions,
    parse_denominator,
    settings_of,
)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("eligible", Condition("eligible")),
        ("grade=示范型|示范", Condition("grade", "=", ("示范型", "示范"))),
        ("status!=closed", Condition("status", "!=", ("closed",))),
        ("population<30000", Condition("population", "<", number=Fraction(30000))),
        ("population <= 60000", Condition("population", "<=", number=Fraction(60000))),
        ("beds>0.5", Condition("beds", ">", number=Fraction(1, 2))),
        ("share>=1/3", Condition("share", ">=", number=Fraction(1, 3))),
        ("clients<=@many_clients", Condition("clients", "<=", setting="many_clients")),
    ],
)  # fmt: skip
def test_one_condition(text, condition):
    assert parse_conditions(text) == (condition,)


def test_all_of_several_must_hold_in_their_order():
    found = parse_conditions(" ownership=public ;at_level=prefecture|county; ")
    assert [c.key for c in found] == ["ownership", "at_level"]
    assert parse_conditions("") == parse_conditions(" ; ") == ()


@pytest.mark.parametrize(
    "text", ["=x", "beds>", "beds>=many", "beds>=1/0", "grade=a||b", "床位>3", "3beds=1", "a b"]
)
def test_what_cannot_be_read_is_said(text):
    with pytest.raises(ValueError, match=re.escape(text)) as caught:
        parse_conditions(f"eligible; {text}")
    assert str(caught.value) == text


def test_a_denominator_pools_levels():
    found = parse_denominator("prefecture + county: type=county|county_city")
    assert found == (
        UnitsOf("prefecture"),
        UnitsOf("county", (Condition("type", "=", ("county", "county_city")),)),
    )
    assert parse_denominator("") == ()
    assert parse_denominator("people") == (UnitsOf("people"),)


@pytest.mark.parametrize("text", ["乡镇", "township, village", "township: 3beds"])
def test_a_denominator_that_cannot_be_read(text):
    with pytest.raises(ValueError, match=text.rpartition(": ")[2]):
        parse_denominator(text)


def test_settings_are_found_once_in_their_order():
    text = "area_km2<=@large_area_km2; clients<=@many_clients; x>@large_area_km2"
    assert settings_of(text) == ("large_area_km2", "many_clients")
    assert settings_of("beds>=3") == ()


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from([">=", ">", "<=", "<"]))
def test_numbers_are_exact(top, bottom, op):
    (found,) = parse_conditions(f"beds{op}{top}/{bottom}")
    assert (found.op, found.number) == (op, Fraction(top, bottom))
