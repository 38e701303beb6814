"""An assignment is counted again, and every fault of it is found."""

import dataclasses
import time

import numpy as np
import pytest
from siting_cases import times_of

from coverplan import InputError, InternalError, Text
from coverplan.siting import Assignment, Rules, Sites, SitingProblem
from coverplan.siting.assigned import (
    assigned_ms,
    check_assignment,
    cutoff_ms,
    pair_ms,
    served_weight,
    unserved_by_unit,
    weight_per_person,
)
from coverplan.siting.assignment import assign
from coverplan.siting.finish import Found, finish
from coverplan.siting.plan import ASSIGNED, NEWLY, SERVED

MINUTE = 60_000


@pytest.fixture
def problem():
    """Two sites and three places: the last one is near no site, the second near both."""
    ms = np.array([[5, 10, -1], [-1, 20, -1]]) * MINUTE
    times = times_of(np.where(ms < 0, -1, ms))
    return SitingProblem(
        Sites.make(times.sites, capacity=[10, 3]),
        times.within(15),
        np.array([6, 7, 2]),
        rules=Rules(sites=2),
        times=times,
        unit=np.array([0, 0, 1]),
        unit_codes=("a", "b"),
        unit_people=np.array([14, 2]),
    )


def rows(*triples):
    return Assignment(*(np.array(column, dtype=np.int64) for column in zip(*triples, strict=True)))


def test_values(problem):
    found = rows((0, 0, 6), (1, 0, 4))
    assert check_assignment(problem, [0], found) == []
    assert served_weight(problem, found) == 10
    # 6 at 5 minutes, 4 at 10, and 5 people at the cutoff of 40.
    assert assigned_ms(problem, found) == (30 + 40 + 200) * MINUTE
    np.testing.assert_array_equal(unserved_by_unit(problem, found), [4, 2])
    assert cutoff_ms(problem) == 40 * MINUTE
    ms = pair_ms(problem, np.array([0, 1, 1]), np.array([1, 0, 1]))
    np.testing.assert_array_equal(ms, [10 * MINUTE, -1, 20 * MINUTE])


@pytest.mark.parametrize(
    ("triples", "word"),
    [
        ([(0, 0, 0)], "without people"),
        ([(0, 0, 3), (0, 0, 3)], "twice"),
        ([(1, 1, 1)], "not open"),
        ([(0, 0, 7)], "than live"),
        ([(0, 0, 6), (1, 0, 5)], "than it can"),
        ([(2, 0, 1)], "beyond the limit"),
        ([(3, 0, 1)], "does not exist"),
        ([(0, 2, 1)], "does not exist"),
        ([(0, -1, 1)], "does not exist"),
    ],
)
def test_every_fault_is_found(problem, triples, word):
    faults = check_assignment(problem, [0], rows(*triples))
    assert any(word in fault for fault in faults)


def test_beyond_the_limit_is_allowed_where_only_minutes_count(problem):
    found = rows((1, 1, 3), (2, 1, 0))
    assert "somebody is served beyond the limit" in check_assignment(problem, [1], found)
    far = rows((1, 1, 3))
    assert check_assignment(problem, [1], far, within_limit=False) == []


def test_a_wrong_assignment_is_an_internal_error(problem):
    good = rows((0, 0, 6), (1, 0, 4))
    plan = finish(problem, Found("x", SERVED, [0], 10, 10, assignment=good), time.perf_counter())
    assert plan.value == 10
    over = rows((0, 0, 6), (1, 0, 5))
    with pytest.raises(InternalError, match="than it can"):
        finish(problem, Found("x", SERVED, [0], 11, 11, assignment=over), time.perf_counter())
    with pytest.raises(InternalError, match="claims 11"):
        finish(problem, Found("x", SERVED, [0], 11, 11, assignment=good), time.perf_counter())


def test_weights_are_whole_per_person(problem):
    double = dataclasses.replace(problem, weights=problem.people * 2)
    np.testing.assert_array_equal(weight_per_person(double), [2, 2, 2])
    odd = dataclasses.replace(
        problem, weights=np.array([6, 8, 2]), name=Text("养老服务", "Elderly care")
    )
    with pytest.raises(InputError) as caught:
        weight_per_person(odd)
    assert caught.value.problems[0].code == "siting.weight_per_person"
    assert "8 / 7" in caught.value.render("zh")
    assert "养老服务：权重不是人数的整数倍" in caught.value.render("zh")
    assert "no whole multiple" in caught.value.render("en")
    with pytest.raises(InternalError, match="no whole weight"):
        assigned_ms(odd, rows((1, 0, 3)))
    # All of a place has its whole weight.
    assert assigned_ms(odd, rows((1, 0, 7))) == (80 + 40 * 8) * MINUTE


def test_no_times_and_no_such_objective(problem):
    bare = dataclasses.replace(problem, times=None)
    with pytest.raises(InputError, match="times"):
        cutoff_ms(bare)
    with pytest.raises(InputError, match="times"):
        pair_ms(bare, np.array([0]), np.array([0]))
    with pytest.raises(InputError, match="times"):
        assign(bare, [0], objective=ASSIGNED)
    with pytest.raises(InternalError, match="newly_reached"):
        assign(problem, [0], objective=NEWLY)


def test_everybody_has_a_place_or_nobody_is_placed(problem):
    assert assign(problem, [0, 1], objective=ASSIGNED, everybody=True) is None
    roomy = dataclasses.replace(problem, sites=Sites.make(problem.sites.ids, capacity=[10, 5]))
    found = assign(roomy, [0, 1], objective=ASSIGNED, everybody=True)
    assert found.people.sum() == 15
    np.testing.assert_array_equal(found.loads(2), [10, 5])
    # The last place is beyond the cutoff of both sites and goes where there is room.
    assert (found.site[found.demand == 2] == 1).all()


def test_sites_without_a_limit_do_not_overflow(problem):
    many = 40
    times = times_of(np.full((many, 2), MINUTE))
    roomy = SitingProblem(Sites.make(times.sites), times.within(15), np.array([3, 4]), times=times)
    found = assign(roomy, range(many), objective=ASSIGNED, everybody=True)
    assert found.people.sum() == 7
