import time

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from coverplan import InputError, Text
from coverplan.siting import Bounds, Limits
from coverplan.siting.least_change import least_changes, least_slack
from coverplan.siting.plan import gap_of, status_words
from coverplan.siting.rows import SiteRows
from coverplan.siting.stages import Proof, less_before, listed, part_of, seconds_left


def rows_of(matrix, low, up, names=None):
    matrix = np.asarray(matrix, dtype=float)
    named = names or [f"row {i}" for i in range(len(matrix))]
    return SiteRows(
        csr_matrix(matrix),
        np.asarray(low, dtype=float),
        np.asarray(up, dtype=float),
        tuple(Text.same(name) for name in named),
        np.zeros(matrix.shape[1]),
        np.ones(matrix.shape[1]),
    )


INF = np.inf
# At least three of three sites, at most one, and 50 yuan for sites of 20 each.
TIGHT = rows_of(
    [[1, 1, 1], [1, 1, 1], [20, 20, 20]], [3, -INF, -INF], [INF, 1, 50], ["need", "number", "money"]
)


@pytest.mark.parametrize(
    ("soft", "slack"),
    [
        ([True, False, False], [2, 0, 0]),
        ([False, True, False], None),
        ([False, True, True], [0, 2, 10]),
        ([False, False, False], None),
    ],
)
def test_the_least_slack(soft, slack):
    given = least_slack(TIGHT, np.array(soft), Limits())
    assert (given is None) == (slack is None)
    assert slack is None or list(given) == slack


def test_rows_that_can_be_kept_need_no_slack():
    loose = rows_of([[1, 1]], [1], [INF])
    assert list(least_slack(loose, np.array([True]), Limits())) == [0]


def test_two_kinds_that_must_give_together():
    kinds = ["rule", "sites", "yuan"]
    soft = {"sites": Text("处", "sites"), "yuan": Text("元", "yuan")}
    (why,) = least_changes(TIGHT, kinds, soft, Text.same("all"), Limits())
    assert why.relaxation.en == "number: 2 sites more; money: 10 yuan more"
    assert why.constraint.zh == "number；money"
    assert why.who.en == "all"


def test_either_of_two_kinds_is_enough():
    """A number and a sum of money that say the same: one of them cannot be enough by itself."""
    rows = rows_of([[1, 1], [10, 10]], [2, -INF], [INF, 10])
    (why,) = least_changes(
        rows, ["need", "yuan"], {"yuan": Text.same("¥")}, Text.same(""), Limits()
    )
    assert why.relaxation.en == "row 1: 10 ¥ more"


def test_limits_that_are_not_to_blame():
    rows = rows_of([[1, 1], [1, 1], [1, 1]], [2, -INF, -INF], [INF, 1, 5])
    assert not least_changes(
        rows, ["rule", "rule", "sites"], {"sites": Text.same("")}, Text.same(""), Limits()
    )


def test_time_is_shared():
    limits = Limits(time_limit_seconds=10, on_bounds=print)
    part = part_of(limits, time.perf_counter(), 0.25)
    assert part.time_limit_seconds == pytest.approx(2.5, abs=0.01)
    assert part.on_bounds is None
    late = time.perf_counter() - 9
    assert part_of(limits, late, 0.25).time_limit_seconds == pytest.approx(1, abs=0.01)
    assert seconds_left(limits, time.perf_counter() - 11) == 0


def test_the_listener_is_told_what_is_new():
    told = []
    less_before(Limits(on_bounds=told.append), 100).on_bounds(Bounds(120, None, 1.5))
    assert told == [Bounds(20, None, 1.5)]
    assert less_before(Limits(), 100) == Limits()


@pytest.mark.parametrize(
    ("value", "bound", "nothing", "status", "gap"),
    [
        (10, 10, False, "optimal", 0.0),
        (10, 12, False, "feasible", 2 / 12 * 100),
        (0, 0, True, "nothing_to_gain", 0.0),
        (0, 0, False, "optimal", 0.0),
        (10, None, False, "feasible", None),
    ],
)
def test_the_word_for_a_proof(value, bound, nothing, status, gap):
    proof = Proof.of(value, bound, time.perf_counter(), nothing=nothing)
    assert proof.status == status
    assert proof.gap_percent == (None if gap is None else pytest.approx(gap))
    assert proof.status_text == status_words(status, gap_of(value, bound))
    assert ("proven optimal" in proof.status_text.en) == (status == "optimal")


def test_a_gap_is_never_said_to_be_smaller_than_it_is():
    for value, bound, said in [
        (199_999, 200_000, "0.01"),
        (9_899, 10_000, "1.01"),
        (3, 4, "25.00"),
    ]:
        words = status_words("feasible", gap_of(value, bound))
        assert words.en == f"within {said} % of the best"
        assert words.zh == f"与最优相差不超过 {said} %"


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "60", None])
@pytest.mark.parametrize("name", ["time_limit_seconds", "gap_percent"])
def test_limits_are_numbers_of_0_or_more(name, wrong):
    with pytest.raises(InputError) as caught:
        Limits(**{name: wrong})
    assert [(p.code, p.column) for p in caught.value.problems] == [("argument.number", name)]


def test_a_list_of_names():
    assert listed(["甲"]).zh == "甲"
    assert listed(list("abcdef")).zh == "a、b、c、d、e 等共 6 个"
    assert listed([]).en == ""
