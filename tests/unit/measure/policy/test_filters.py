"""Which records conditions choose, and what is said when none can be told."""

from fractions import Fraction

from ledgers import ledger

from coverplan.domain.conditions import parse_conditions
from coverplan.measure.policy.filters import choose
from coverplan.measure.policy.found import Cannot

TOWN = {"code": "330624100", "area_km2": 80, "clients": 900}


def test_every_setting_that_is_wanting_is_named_at_once():
    conditions = parse_conditions("area_km2<=@large_area_km2; clients<=@many_clients")
    stop = choose(ledger([TOWN]).units, conditions, ledger().config)
    assert isinstance(stop, Cannot)
    assert stop.settings == ("targets.settings.large_area_km2", "targets.settings.many_clients")
    assert "large_area_km2、targets.settings.many_clients" in stop.reason.zh
    one = choose(ledger([TOWN]).units, conditions, ledger(settings={"large_area_km2": 90}).config)
    assert one.settings == ("targets.settings.many_clients",)
    both = ledger(settings={"large_area_km2": 90, "many_clients": 900})
    assert len(choose(both.units, conditions, both.config).rows) == 0
    assert len(choose(ledger([TOWN]).units, conditions, both.config).rows) == 1


def test_a_setting_of_zero_is_set():
    zero = ledger(settings={"large_area_km2": 0})
    conditions = parse_conditions("area_km2>=@large_area_km2")
    assert len(choose(ledger([TOWN]).units, conditions, zero.config).rows) == 1


def test_a_fact_nobody_has_is_named_and_one_that_some_have_is_counted():
    units = ledger([TOWN, {"code": "330624101"}]).units
    stop = choose(units, parse_conditions("staff>=3"), ledger().config)
    assert isinstance(stop, Cannot)
    assert "条文涉及的记录都没有“民政经办人员”的数据" in stop.reason.zh
    some = choose(units, parse_conditions("clients>=3"), ledger().config)
    assert len(some.rows) == 1
    assert "2 条记录中有 1 条没有" in some.notes[0].zh
    assert Fraction(str(some.rows["clients"].iloc[0])) == 900
