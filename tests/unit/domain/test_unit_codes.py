"""What codes of administrative units say, against GB/T 2260 and the statistical code list."""

import pytest

from coverplan.domain.unit_codes import (
    above,
    full_code,
    home_of,
    level_by_name,
    level_of,
    stem,
    type_of,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("330624", "330624000000"),
        ("330624100", "330624100000"),
        (" 330624100201 ", "330624100201"),
        ("330624.0", "330624000000"),
        ("３３０６２４", "330624000000"),
        ("33", None), ("3306241", None), ("V01", None), ("", None), ("33062410020x", None),
    ],
)  # fmt: skip
def test_codes_of_6_9_and_12_digits_are_written_out(text, code):
    assert full_code(text) == code


@pytest.mark.parametrize(
    ("code", "level", "short"),
    [
        ("330000000000", "province", "33"),
        ("330100000000", "prefecture", "3301"),
        ("330624000000", "county", "330624"),
        ("330624100000", "township", "330624100"),
        ("330624100201", "village", "330624100201"),
        ("V01", "", "V01"),
    ],
)
def test_levels_by_the_zeros(code, level, short):
    assert level_of(code) == level
    assert stem(code) == short


# The last number of each type and the first of the next.
@pytest.mark.parametrize(
    ("code", "level", "name", "type_"),
    [
        ("330624001000", "township", "", "street"),
        ("330624099000", "township", "", "street"),
        ("330624100000", "township", "", "town"),
        ("330624199000", "township", "", "town"),
        ("330624200000", "township", "", "township"),
        ("330624399000", "township", "", "township"),
        ("330624400000", "township", "", "zone"),
        ("421202500000", "township", "向阳湖奶牛良种场", "farm"),
        ("421202501000", "township", "咸安经济开发区", "zone"),
        ("330624100001", "village", "", "community"),
        ("330624100199", "village", "", "community"),
        ("330624100200", "village", "", "village"),
        ("330624100399", "village", "", "village"),
        ("330624100400", "village", "", "zone"),
        # A residents' committee keeps its type whatever the place is called.
        ("330624100003", "village", "石溪村", "community"),
        ("330602000000", "county", "", "district"),
        ("330624000000", "county", "", "county"),
        ("330681000000", "county", "", "county_city"),
        ("330999000000", "county", "云溪县", "county"),
        ("330600000000", "prefecture", "", "prefecture"),
        ("甲", "township", "白石渡镇", "town"),
        ("甲", "township", "甲", None),
        ("V01", "village", "花园社区", "community"),
    ],
)
def test_types_by_number_and_name(code, level, name, type_):
    assert type_of(code, level, name) == type_


def test_what_a_unit_lies_in():
    assert above("330624100201", "township") == "330624100000"
    assert above("330624100201", "province") == "330000000000"
    assert above("330624000000", "township") == ""
    assert above("V01", "county") == ""


def test_home_is_the_smallest_unit_that_holds_all():
    assert home_of(["330624001000"]) == "330624000000"
    assert home_of(["330624001000", "330681001000"]) == "330600000000"
    assert home_of(["330624001000", "330122001000"]) == "330000000000"
    assert home_of(["330624000000", "330681000000"]) == "330600000000"
    assert home_of(["330624001000", "421202001000"]) == ""
    assert home_of(["甲", "乙"]) == ""
    assert home_of([]) == ""


def test_levels_by_name_only_where_it_is_sure():
    assert [level_by_name(n) for n in ("甲镇", "乙村", "丙市", "丁区", "甲")] == [
        "township", "village", "county", "", "",
    ]  # fmt: skip
