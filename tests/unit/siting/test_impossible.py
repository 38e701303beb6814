"""Why there is no plan: the rule, who makes it so, and the least change, in both languages."""

import numpy as np
import pandas as pd
import pytest

from coverplan import Reach
from coverplan.core.text import Text
from coverplan.siting import Limits, Rules, Sites, SitingProblem, solve_mclp
from coverplan.siting.impossible import listed, share_words, why_impossible
from coverplan.siting.needs import Need


def problem_of(*, rules, n=4, n_units=2, **sites):
    """Each site reaches a place of its own; units alternate."""
    ids = pd.Index([f"s{j}" for j in range(n)], dtype=object)
    ptr, who = np.arange(n + 1), np.arange(n, dtype=np.int32)
    sites = {"unit": np.arange(n) % n_units, "xy": np.arange(n)[:, None] * [100.0, 0.0], **sites}
    return SitingProblem(
        Sites.make(ids, **sites),
        Reach(pd.RangeIndex(n), ids, ptr, who, 15.0),
        np.arange(1, n + 1) * 10,
        rules=rules,
        unit=(np.arange(n) % n_units).astype(np.int32),
        unit_codes=tuple(f"u{u}" for u in range(n_units)),
        unit_names=tuple(f"{'甲乙丙丁戊己庚辛'[u]}镇" for u in range(n_units)),
    )


def test_a_unit_without_a_usable_site():
    problem = problem_of(rules=Rules(unit_least=1), n_units=3, n=3, unit=[0, 0, 1])
    (why,) = why_impossible(problem)
    assert why.constraint == Text("丙镇至少有 1 处", "丙镇 has at least 1")
    assert why.who == Text("丙镇（可用地点 0 个）", "丙镇 (0 usable sites)")
    assert why.relaxation == Text("丙镇少要求 1 处", "ask for 1 fewer in 丙镇")


def test_the_right_unit_is_named_where_only_some_are_asked():
    rules = Rules(unit_least=1, units_asked=(1, 2))
    problem = problem_of(rules=rules, n_units=3, n=3, unit=[0, 0, 1])
    (why,) = why_impossible(problem)
    assert "丙镇" in why.who.zh


def test_fewer_sites_than_units():
    problem = problem_of(rules=Rules(unit_least=1, sites=1))
    number, units = why_impossible(problem)
    assert number.relaxation == Text(
        "多允许新增 1 处（共 2 处）", "allow 1 more new site (2 in all)"
    )
    assert "各单元最少处数" in number.who.zh
    assert "少要求 1 处" in units.relaxation.zh


def test_required_sites_too_near():
    problem = problem_of(
        rules=Rules(spacing_metres=300.0), must=[True, False, True, False], unit=-1
    )
    (why,) = why_impossible(problem)
    assert why.constraint.zh == "站点间距不小于 300 米"
    assert why.who == Text("s0与s2", "s0 and s2")
    assert why.relaxation == Text("间距降到 200 米", "lower the spacing to 200 m")


def test_required_sites_at_one_place_cannot_be_allowed():
    problem = problem_of(rules=Rules(), must=[True, True, False, False], place=[0, 0, 1, 2])
    (why,) = why_impossible(problem)
    assert why.who.zh == "s0、s1"
    assert "require only one" in why.relaxation.en


def test_a_budget():
    costs = [10_000, 40_000, 50_000, 60_000]
    rules = Rules(budget_yuan=45_000, unit_least=1)
    problem = problem_of(rules=rules, cost_yuan=costs)
    budget, units = why_impossible(problem)
    assert budget.constraint.zh == "总造价不超过 45,000 元"
    assert budget.relaxation == Text(
        "预算增加 5,000 元（共 50,000 元）", "raise the budget by 5,000 yuan (to 50,000)"
    )
    assert "各单元最少处数" in budget.who.zh
    assert units.relaxation.zh.endswith("少要求 1 处")


def test_exactly_so_many_is_too_many():
    """Only one site fits, four are asked for: fewer would do, and so would less spacing."""
    problem = problem_of(rules=Rules(sites=2, exactly=True, spacing_metres=1000.0))
    number, spacing = why_impossible(problem)
    assert number.relaxation == Text("少要求新增 1 处（共 1 处）", "ask for 1 fewer (1 in all)")
    assert spacing.relaxation.zh == "间距降到 300 米"


def test_closing():
    rules = Rules(close_least=2, unit_least=1)
    problem = problem_of(rules=rules, n=2, existing=True, must=False)
    closing, units = (why.relaxation for why in reversed(why_impossible(problem)))
    assert closing == Text("少要求关闭 2 处", "ask for 2 closures fewer")
    assert "甲镇少要求 1 处、乙镇少要求 1 处" in units.zh
    rules = Rules(close_most=0, spacing_metres=150.0, unit_least=1)
    problem = problem_of(rules=rules, n=3, n_units=3, existing=[1, 0, 0], must=[0, 1, 0])
    found = {why.constraint.en: why.relaxation for why in why_impossible(problem)}
    assert found["sites are at least 150 m apart"].en == "lower the spacing to 100 m"


def test_a_cap_in_a_unit():
    rules = Rules(unit_most=1)
    problem = problem_of(rules=rules)
    need = Need(problem.people, 60, Text("至少 60 人可达", "at least 60 people reached"), 100)
    assert need.reached(np.array([True, False, False, True])) == 50
    unit, people = why_impossible(problem, needs=[Need(problem.people, 80, need.name, 100)])
    assert unit.constraint.zh in {"甲镇新增至多 1 处", "乙镇新增至多 1 处"}
    assert "多允许 1 处" in unit.relaxation.zh
    assert people.people == 30
    assert "最好的方案也达不到" in people.who.zh
    assert "70 人（70.0 %）" in people.relaxation.zh


def test_nothing_by_itself_is_enough():
    """Two rules must give together, and say so."""
    rules = Rules(unit_least=1, sites=1, budget_yuan=15_000)
    problem = problem_of(rules=rules, n=2, cost_yuan=10_000, existing=False)
    rows = why_impossible(problem)
    assert len(rows) == 1
    assert "少要求 1 处" in rows[0].relaxation.zh
    needs = [Need(problem.people, 30, Text("全部可达", "all reached"))]
    rows = why_impossible(problem, needs=needs)
    assert len(rows) == 2
    assert all("须与其他各条一起改" in why.relaxation.zh for why in rows)
    assert all("together with the other changes" in why.relaxation.en for why in rows)


def test_out_of_time_says_so():
    problem = problem_of(rules=Rules(unit_least=1, sites=1))
    (why,) = why_impossible(problem, limits=Limits(time_limit_seconds=0.0))
    assert why.constraint.zh == "所有规则合在一起"
    assert "新增处数、各单元最少处数" in why.who.zh
    assert "time" in why.relaxation.en


def test_models_use_it():
    plan = solve_mclp(problem_of(rules=Rules(unit_least=1, sites=1)))
    assert plan.status == "impossible"
    assert plan.impossible[0].relaxation.zh == "多允许新增 1 处（共 2 处）"


def test_long_lists_are_cut_and_counted():
    names = [Text(f"甲{i}", f"a{i}") for i in range(9)]
    text = listed(names, Text("个单元", "units"))
    assert text.zh == "甲0、甲1、甲2、甲3、甲4、甲5 等共 9 个单元"
    assert text.en.endswith("9 units in all")


@pytest.mark.parametrize(("people", "words"), [(999, "99.9 %"), (1000, "100.0 %"), (0, "0.0 %")])
def test_shares_are_rounded_down(people, words):
    assert words in share_words(people, 1000).zh
    assert share_words(people, 0).en == f"{people:,} people"
