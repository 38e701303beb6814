"""Set covering: whom nobody can reach is counted and named, not a reason to give up."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from coverplan import InternalError, Reach, Text
from coverplan.siting import Limits, Rules, Sites, SitingProblem
from coverplan.siting.lscp import solve_lscp


def problem_of(cover, people, *, rules=None, unit=None, totals=None, **sites):
    cover = np.asarray(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    ids = pd.Index([f"s{j}" for j in range(len(cover))], dtype=object)
    n_units = 1 if unit is None else int(max(unit)) + 1
    return SitingProblem(
        Sites.make(ids, **sites),
        Reach(pd.RangeIndex(len(people)), ids, ptr, who, 15.0),
        np.asarray(people, dtype=np.int64),
        rules=rules or Rules(),
        unit=None if unit is None else np.asarray(unit, dtype=np.int32),
        unit_codes=tuple(f"u{u}" for u in range(n_units)),
        unit_names=tuple(f"{'甲乙丙丁'[u]}镇" for u in range(n_units)),
        unit_people=totals,
        name=Text("养老服务", "Elderly care"),
    )


LINE = [[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]


def test_people_nobody_can_reach_are_named():
    totals = np.array([20, 25])
    problem = problem_of(LINE, [10, 10, 10, 7, 5], unit=[0, 0, 1, 1, 1], totals=totals)
    plan = solve_lscp(problem)
    assert (plan.value, plan.bound, plan.status) == (2, 2, "optimal")
    assert plan.facts.reached_after == 37
    assert "5 人没有任何地点可达" in plan.proof[0].zh
    assert "乙镇 5 人" in plan.proof[0].zh
    assert "5 people are out of reach" in plan.proof[0].en
    assert "3 人没有落点" in plan.proof[1].zh
    assert "3 people have no place" in plan.proof[1].en


def test_or_are_refused():
    problem = problem_of(LINE, [10, 10, 10, 7, 5], unit=[0, 0, 1, 1, 1])
    plan = solve_lscp(problem, unreachable="refuse")
    assert (plan.status, plan.value, plan.chosen) == ("impossible", None, ())
    (why,) = plan.impossible
    assert why.people == 5
    assert why.who.zh == "乙镇 5 人"
    assert "leave" in why.relaxation.en
    assert solve_lscp(problem_of(LINE, [1, 1, 1, 1, 0]), unreachable="refuse").value == 2


def test_empty_places_ask_for_nothing():
    assert solve_lscp(problem_of(LINE, [10, 10, 0, 0, 0])).value == 1


def test_existing_sites_are_free_and_count():
    plan = solve_lscp(problem_of(LINE, [10, 10, 10, 7, 0], existing=[True, False, False]))
    assert (plan.value, plan.chosen) == (1, (2,))


def test_barred_sites_reach_nobody():
    plan = solve_lscp(problem_of(LINE, [10, 10, 10, 7, 0], barred=[False, False, True]))
    assert plan.value == 2
    assert plan.facts.reached_after == 30
    assert "7 人没有任何地点可达" in plan.proof[0].zh


@pytest.mark.parametrize("people", [[0, 0], [0, 9]])
def test_nobody_to_reach(people):
    plan = solve_lscp(problem_of([[1, 0]], people))
    assert (plan.value, plan.status) == (0, "optimal")
    assert plan.proof[-1].zh == "没有需要覆盖的人"
    assert plan.proof[-1].en == "there is nobody to reach"


def test_too_few_sites_allowed():
    plan = solve_lscp(problem_of(np.eye(3), [10, 20, 30], rules=Rules(sites=1)))
    assert plan.status == "impossible"
    more, fewer = plan.impossible
    assert more.relaxation.zh == "多允许新增 2 处（共 3 处）"
    assert more.relaxation.en == "allow 2 more new sites (3 in all)"
    assert fewer.people == 30
    assert "30 人（50.0 %）" in fewer.relaxation.zh


def test_a_plan_that_leaves_somebody_out_is_an_internal_error(monkeypatch):
    import coverplan.siting.lscp as module  # noqa: PLC0415

    real = module.min_cover

    def lying(*args, **kwargs):
        answer = real(*args, **kwargs)
        return dataclasses.replace(answer, open=answer.open & False, value=0, bound=0)

    monkeypatch.setattr(module, "min_cover", lying)
    with pytest.raises(InternalError, match="leaves people out"):
        solve_lscp(problem_of(np.eye(3), [10, 20, 30]))


def test_a_time_limit_is_never_called_optimal():
    rng = np.random.default_rng(3)
    problem = problem_of(rng.random((200, 1500)) < 0.03, rng.integers(1, 1000, 1500))
    plan = solve_lscp(problem, Limits(time_limit_seconds=0.01))
    assert plan.status == "feasible"
    assert plan.bound < plan.value
