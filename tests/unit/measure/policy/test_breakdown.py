"""Numbers broken down with the sum kept exact; figures worked out by hand."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import ledger
from target_rows import target

from coverplan.core.errors import InputError
from coverplan.measure.policy import assess_targets
from coverplan.measure.policy.breakdown import break_down, break_quotas, breakdown_table


def test_largest_remainders():
    # 350 * 5/11 = 159.09, * 4/11 = 127.27, * 2/11 = 63.64: one is left, for the last.
    assert break_down(350, {"甲": 5, "乙": 4, "丙": 2}) == {"甲": 159, "乙": 127, "丙": 64}


def test_equal_remainders_go_to_the_heavier_then_by_name():
    # 1.5 and 4.5: the heavier gets it. 1.5 and 1.5: the first by name.
    assert break_down(6, {"b": 1, "a": 3}) == {"b": 1, "a": 5}
    assert break_down(3, {"b": 1, "a": 1}) == {"b": 1, "a": 2}


def test_limits():
    # 10 by 8 : 1 : 1, the first 5 at most: 5, and the others share the other 5.
    assert break_down(10, {"a": 8, "b": 1, "c": 1}, most={"a": 5}) == {"a": 5, "b": 3, "c": 2}
    # The last at least 4: 6 by 8 : 1 is 5.33 and 0.67.
    assert break_down(10, {"a": 8, "b": 1, "c": 1}, least={"c": 4}) == {"a": 5, "b": 1, "c": 4}


def test_a_year_s_list():
    # 120 centres over three years, the first two with room for 30 and 50.
    years = {2026: 1, 2027: 1, 2028: 1}
    assert break_down(120, years, most={2026: 30, 2027: 50}) == {2026: 30, 2027: 45, 2028: 45}


@pytest.mark.parametrize(
    ("total", "weights", "limits", "found"),
    [
        (-1, {"a": 1}, {}, "-1"),
        (5, {}, {}, "5"),
        (5, {"a": -1, "b": 1}, {}, "-1, 0..5"),
        (5, {"a": 1, "b": 1}, {"most": {"a": 2, "b": 2}}, "0 ≤ 5 ≤ 4"),
        (5, {"a": 1, "b": 1}, {"least": {"a": 4, "b": 2}}, "6 ≤ 5"),
        (5, {"a": 1, "b": 1}, {"least": {"a": 3}, "most": {"a": 2}}, "3..2"),
    ],
)
def test_what_cannot_be_broken_down_is_refused(total, weights, limits, found):
    with pytest.raises(InputError, match=found.replace("..", r"\.\.")):
        break_down(total, weights, **limits)


@st.composite
def cases(draw):
    n = draw(st.integers(1, 8))
    weights = {f"u{i}": draw(st.integers(0, 50)) for i in range(n)}
    least = {u: draw(st.integers(0, 5)) for u in weights if draw(st.booleans())}
    most = {u: least.get(u, 0) + draw(st.integers(0, 20)) for u in weights if draw(st.booleans())}
    low = sum(least.get(u, 0) for u in weights)
    high = sum(most.get(u, low + 60) for u in weights)
    return draw(st.integers(low, min(high, low + 60))), weights, least, most


@given(cases())
def test_parts_add_up_within_their_limits_and_next_to_their_quotas(case):
    total, weights, least, most = case
    parts = break_down(total, weights, least=least, most=most)
    quotas = break_quotas(total, weights, least=least, most=most)
    assert sum(parts.values()) == sum(quotas.values()) == total
    for unit, part in parts.items():
        assert least.get(unit, 0) <= part <= most.get(unit, total)
        assert part in {floor(quotas[unit]), ceil(quotas[unit])}
    _are_fair(weights, quotas, least, most, total)


def _are_fair(weights, quotas, least, most, total):
    """Of those at no limit all have the same quota by weight; who is held down has less."""
    free = [
        u for u in weights if least.get(u, 0) < quotas[u] < most.get(u, total) and weights[u] > 0
    ]
    rates = {Fraction(quotas[u]) / weights[u] for u in free}
    assert len(rates) <= 1
    for rate in rates:
        for u in weights:
            if weights[u] and quotas[u] == most.get(u, total) and quotas[u] > least.get(u, 0):
                assert quotas[u] <= rate * weights[u]
            if weights[u] and quotas[u] == least.get(u, 0) and quotas[u] < most.get(u, total):
                assert quotas[u] >= rate * weights[u]


CENTRES = target(
    id="Z20-02", layers="home_care_centre", indicator="new_count", value="7", year=2020,
    deadline=2020, regions="330000",
)  # fmt: skip


def province(*, centres=(), **people):
    """Three counties of 3, 2 and 1 townships."""
    counties = {"330101": 3, "330102": 2, "330103": 1}
    units = [{"code": "33"}]
    units += [{"code": code, "name": f"县{code[-1]}", "elderly": 100} for code in counties]
    units += [
        {"code": f"{code}00{k + 1}", "elderly": people.get(f"t{code[-1]}{k}", 10)}
        for code, number in counties.items()
        for k in range(number)
    ]
    sites = [{"layer": "home_care_centre", "unit": unit, "opened": 2020} for unit in centres]
    return ledger(units, sites, home="33", layers=["home_care_centre"], date="2020-12-31")


def test_a_provincial_number_falls_to_the_townships_without_one():
    # 4 new ones are asked for. One stands already, in the first county; the 3 that are left go by
    # townships without one, 2 : 2 : 1 = 1.2, 1.2, 0.6: 1, 1 and 1.
    one = province(centres=["330101001"])
    asked = target(**{**_fields(CENTRES), "value": "4"})
    table = breakdown_table(assess_targets([asked], one), one, "en")
    assert table["name"].tolist() == ["县1", "县2", "县3"]
    assert table["have"].tolist() == [1, 0, 0]
    assert table["weight"].tolist() == [2, 2, 1]
    assert table["quota"].tolist() == ["1.2", "1.2", "0.6"]
    assert table["add"].tolist() == [1, 1, 1]
    assert table["part"].sum() == 4
    assert table["weighed_by"].unique().tolist() == ["units without one"]


def test_nobody_gets_more_than_it_has_room_for():
    # 6 of 6 townships: all of them, whatever the weights.
    one = province()
    asked = target(**{**_fields(CENTRES), "value": "6"})
    table = breakdown_table(assess_targets([asked], one), one, "zh")
    assert table["part"].tolist() == table["most"].tolist() == [3, 2, 1]


def test_more_than_there_are_units_has_no_limit():
    one = province()
    table = breakdown_table(assess_targets([CENTRES], one), one, "zh")
    assert table["most"].isna().all()
    assert table["part"].sum() == 7


def test_a_quota_falls_to_the_townships_by_the_people_without_one():
    # A county: 2 of its 3 townships, by older people where there is none, 30 : 10 = 1.5 : 0.5.
    units = [{"code": "330624"}]
    units += [
        {"code": f"33062400{i}", "elderly": n, "population": 100}
        for i, n in ((1, 30), (2, 10), (3, None))
    ]
    one = ledger(units, layers=["home_care_centre"])
    asked = target(layers="home_care_centre", indicator="total_count", value="2")
    table = breakdown_table(assess_targets([asked], one), one, "zh")
    assert table["unit"].str[:9].tolist() == ["330624001", "330624002", "330624003"]
    assert table["add"].tolist() == [1, 1, 0]
    assert "1 个单元人数未知" in table["notes"].iloc[0]


def test_shares_are_no_numbers_to_break_down():
    one = province()
    share = target(layers="home_care_centre", denominator="township: type=town", value="0.5")
    assert not len(breakdown_table(assess_targets([share], one), one, "zh"))


def _fields(row):
    """The fields of a target as `target` takes them."""
    return {
        "id": row.id, "layers": " ".join(row.layers), "indicator": row.indicator,
        "year": row.year, "deadline": row.deadline, "regions": " ".join(row.regions),
    }  # fmt: skip
