"""Set covering on published instances: San Francisco, Swain, and the graphs of the OR-Library."""

import json

import numpy as np
import pandas as pd
import pytest
from orlib import problem_of_matrix, read_pmed

from coverplan.siting import Rules
from coverplan.siting.fewest import solve_fewest
from coverplan.siting.lscp import solve_lscp


def swain(test_data):
    text = (test_data / "benchmarks/swain55/swain.txt").read_text(encoding="ascii")
    rows = [line.split() for line in text.splitlines()]
    rows = np.array([[float(v) for v in row] for row in rows if len(row) == 4])
    xy = rows[:, 1:3]
    return np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)), rows[:, 3].astype(int)


def san_francisco(test_data):
    name = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    table = pd.read_csv(test_data / "benchmarks/spopt_sf" / name)
    distance = table.pivot_table(index="name", columns="DestinationName", values="distance")
    people = table.groupby("DestinationName")["demand"].first()[distance.columns]
    return distance.to_numpy(), people.to_numpy(int)


def within(distance, people, limit):
    # The reader counts in whole units: what is within the limit is at 0, all else beyond.
    return problem_of_matrix(np.where(distance <= limit, 0, 2), people, Rules(), cutoff=1)


def published(test_data):
    return json.loads((test_data / "benchmarks/reference_results.json").read_text("utf-8"))


def test_swain(test_data):
    distance, people = swain(test_data)
    values = published(test_data)["swain55"]["lscp"]
    assert {k: values[k] for k in ("5", "8", "10", "12", "15", "20", "30")} == {
        "5": 30,
        "8": 13,
        "10": 9,
        "12": 7,
        "15": 5,
        "20": 3,
        "30": 1,
    }
    for limit, value in values.items():
        plan = solve_lscp(within(distance, people, float(limit)))
        assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
        assert plan.facts.reached_after == people.sum()


def test_san_francisco(test_data):
    distance, people = san_francisco(test_data)
    for limit, value in {5000: 8, 8000: 3}.items():
        plan = solve_lscp(within(distance, people, limit))
        assert (plan.value, plan.bound) == (value, value)


@pytest.mark.parametrize("number", range(1, 21))
def test_graphs_of_the_or_library(test_data, number):
    """As many sites as the centre problem has at its optimum, and more one unit below it."""
    pmed = read_pmed(test_data / "benchmarks/orlib_pmed", number)
    known = published(test_data)["orlib_pmed"][f"pmed{number}"]
    people = np.ones(len(pmed.distance), dtype=int)
    for less, value in ((0, known["lscp_at_r"]), (1, known["lscp_at_r_minus_1"])):
        plan = solve_lscp(within(pmed.distance, people, known["p_center_opt"] - less))
        assert (plan.value, plan.bound) == (value, value)


def test_shares_of_san_francisco(test_data):
    """Fewest for a share of the people: one fewer than greedy search finds."""
    distance, people = san_francisco(test_data)
    cases = {4000: {80: 5, 90: 6, 95: 7}, 5000: {80: 3, 90: 4, 95: 5, 100: 8}}
    for limit, shares in cases.items():
        for share, value in shares.items():
            plan = solve_fewest(within(distance, people, limit), share_percent=share)
            assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
            assert plan.facts.reached_after * 100 >= share * people.sum()
            assert plan.one_less.fails
            assert plan.one_less.value == plan.one_less.bound
            assert plan.one_less.bound * 100 < share * people.sum()


def test_shares_of_swain(test_data):
    distance, people = swain(test_data)
    for limit, share, value in ((10, 90, 4), (10, 95, 5), (10, 100, 9), (15, 90, 2), (15, 100, 5)):
        plan = solve_fewest(within(distance, people, limit), share_percent=share)
        assert (plan.value, plan.bound) == (value, value)
    # What one less reaches at most is the maximal covering optimum.
    plan = solve_fewest(within(distance, people, 10), share_percent=95)
    assert (plan.one_less.sites, plan.one_less.bound, plan.one_less.need) == (4, 581, 608)
