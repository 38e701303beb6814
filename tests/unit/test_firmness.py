"""How firm a proposal is on a study's own roads, speeds and people."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from street import (
    NEW_X,
    OLD_X,
    PEOPLE,
    PLACES_X,
    asked_of,
    new_places,
    reached,
    request,
    street,
)
from tiny import X0, network, plain_times

import coverplan
from coverplan.assessing import traveller
from coverplan.clock import Clock
from coverplan.domain.siting_config import Uncertainty, Year
from coverplan.firmness import draws_of, firmness
from coverplan.present.plans import plan_table
from coverplan.proposing import answer
from coverplan.travel import snap
from coverplan.travel.missing import without_edges


def noise(**numbers):
    """Seven draws of seed 11, and what varies."""
    return Uncertainty(**{"draws": 7, "seed": 11, **numbers})


def proposal(asked=None, found=None, **numbers):
    """The proposal of two sites on the street, with draws."""
    asked = request(2, uncertainty=noise(**numbers)) if asked is None else asked
    study = coverplan.assess(street(asked) if found is None else found)
    return study.layers["test"].proposal


class Watched:
    """Listens to the draws a proposal is assessed by."""

    def __init__(self, monkeypatch):
        self.draws = []
        real = coverplan.firmness.assess_draws

        def listen(problem, plan, draws, target=None, **more):
            self.draws = list(draws)
            return real(problem, plan, draws, target, **more)

        monkeypatch.setattr("coverplan.firmness.assess_draws", listen)


def test_one_seed_gives_one_answer_and_another_gives_another():
    first, again = (proposal(speed_percent=30.0, people_percent=20.0) for _ in range(2))
    for table in ("uncertainty_table", "robustness_table"):
        assert getattr(first, table).to_csv() == getattr(again, table).to_csv()
    other = proposal(speed_percent=30.0, people_percent=20.0, seed=12)
    assert other.uncertainty_table.to_csv() != first.uncertainty_table.to_csv()
    assert first.firmness.text == again.firmness.text


def test_one_seed_gives_the_same_files(tmp_path):
    asked = request(2, uncertainty=noise(speed_percent=30.0, missing_links_percent=20.0))
    for name in ("a", "b"):
        coverplan.write_run(coverplan.assess(street(asked)), tmp_path / name)
    for file in ("uncertainty.csv", "robustness.csv", "plan.csv", "map.html"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_nothing_uncertain_gives_the_nominal_figures():
    found = proposal()
    table = found.uncertainty_table
    for column in ("reached_p5", "reached_median", "reached_p95"):
        assert table[column].tolist() == table["reached"].tolist()
    facts = found.plan.facts
    assert table["reached"].tolist() == [*facts.unit_after.tolist(), facts.reached_after]
    assert table["people"].tolist() == [*facts.unit_people.tolist(), facts.people]
    robust = found.robustness_table
    assert robust["share_of_draws"].tolist() == [1.0] * len(found.plan.chosen)
    assert found.firmness.sites.worst_regret == 0
    ids = found.plan.chosen_ids(found.problem.sites.ids)
    assert found.chosen_shares([*ids, "s000"])[:-1] == [100.0] * len(ids)


def test_of_the_draws_figures_follow_from_their_own_times_and_people(monkeypatch):
    watched = Watched(monkeypatch)
    found = proposal(speed_percent=30.0, people_percent=20.0)
    xs = np.array([*OLD_X, *[NEW_X[j - 2] for j in found.plan.chosen]])
    away = np.abs(PLACES_X[:, None] - xs[None, :]).min(axis=1)
    counts, speeds = [], []
    for draw in watched.draws:
        speeds.append(draw.speed_factor)
        inside = away <= 300 * draw.speed_factor
        counts.append(int(draw.people[inside].sum()))
    assert len(set(speeds)) == 7
    assert 0.7 <= min(speeds) < max(speeds) <= 1.3
    row = found.uncertainty_table.iloc[-1]
    assert row["reached_p5"] == min(counts)
    assert row["reached_p95"] == max(counts)
    assert row["reached_median"] == sorted(counts)[3]


def test_people_of_the_draws_add_up(monkeypatch):
    watched = Watched(monkeypatch)
    asked = request(2, uncertainty=noise(people_percent=25.0))
    found = proposal(found=street(asked, unplaced=(40, 0, 7)))
    problem = found.problem
    for draw in watched.draws:
        sums = np.bincount(problem.of_unit, draw.people, minlength=3)
        drawn = draw.of(problem)
        extra = drawn.totals - sums
        assert (extra >= 0).all()
        assert extra[1] == 0
        # Within a unit people stay in proportion, in whole numbers.
        for unit in range(3):
            mine = problem.of_unit == unit
            factor = sums[unit] / problem.people[mine].sum()
            assert np.abs(draw.people[mine] - factor * problem.people[mine]).max() <= 1
    assert len({int(draw.people.sum()) for draw in watched.draws}) > 1


class Roads:
    """Keeps the roads of each draw."""

    def __init__(self, monkeypatch):
        self.graphs = []

        def listen(graph, missing, **options):
            self.graphs.append(without_edges(graph, missing, **options))
            return self.graphs[-1]

        monkeypatch.setattr("coverplan.firmness.without_edges", listen)


def test_everybody_is_cut_off_where_the_only_road_is_missing():
    asked = request(2, uncertainty=noise(missing_links_percent=99.0, draws=2))
    found = replace(street(asked, cap=50.0), network=network([[(0, 0), (6000, 0)]]))
    row = proposal(found=found).uncertainty_table.iloc[-1]
    assert row["reached"] > 0
    assert row["reached_p95"] == 0


def test_people_behind_a_missing_piece_are_not_reached(monkeypatch):
    """Each draw loses one of six pieces of street, and nobody may walk more than 50 m off it."""
    watched, roads = Watched(monkeypatch), Roads(monkeypatch)
    asked = request(1, uncertainty=noise(missing_links_percent=17.0, draws=6))
    found = proposal(found=street(asked, cap=50.0))
    xs = np.array([*OLD_X, *NEW_X])
    seen = set()
    for draw, cut in zip(watched.draws, roads.graphs, strict=True):
        gone = np.flatnonzero(cut.forward_ms < 0)
        (low,) = sorted(round(cut.network.node_xy[cut.network.u[e], 0] - X0) for e in gone)
        (high,) = sorted(round(cut.network.node_xy[cut.network.v[e], 0] - X0) for e in gone)
        low, high = min(low, high), max(low, high)
        seen.add(low)
        a, b = PLACES_X[None, :], xs[:, None]
        apart = (np.minimum(a, b) <= low) & (np.maximum(a, b) >= high)
        stranded = ((a > low) & (a < high)) | ((b > low) & (b < high))
        expected = (np.abs(a - b) <= 300) & ~apart & ~stranded
        reach = draw.of(found.problem).reach
        for site, row in enumerate(expected):
            inside = reach.who[reach.ptr[site] : reach.ptr[site + 1]]
            assert sorted(inside.tolist()) == np.flatnonzero(row).tolist()
    assert len(seen) > 1


def test_times_of_a_draw_are_searched_anew_on_its_own_roads(monkeypatch):
    """Times of every draw against a plain search on the roads that are left."""
    watched, roads = Watched(monkeypatch), Roads(monkeypatch)
    lines = [[(500 * i, 0), (500 * (i + 1), 0)] for i in range(12)]
    lines += [[(500 * i, 0), (500 * i, 200)] for i in range(13)]
    lines += [[(500 * i, 200), (500 * (i + 1), 200)] for i in range(12)]
    asked = request(2, uncertainty=noise(missing_links_percent=15.0, draws=4))
    inputs = replace(street(asked), network=network(lines))
    found = proposal(found=inputs)
    assert len(watched.draws) == 4
    edges = 37
    sites_xy = found.problem.sites.xy
    limit = 5 * 60_000
    for draw, cut in zip(watched.draws, roads.graphs, strict=True):
        closed = (cut.forward_ms < 0) & (cut.backward_ms < 0)
        assert closed.sum() == round(edges * 0.15)
        people, sites = snap(cut, inputs.demand.xy), snap(cut, sites_xy)
        expected = plain_times(cut, people, sites)
        reach = draw.of(found.problem).reach
        for site in range(len(sites_xy)):
            row = reach.who[reach.ptr[site] : reach.ptr[site + 1]]
            inside = np.zeros(len(PEOPLE), dtype=bool)
            inside[row] = True
            plain = (expected[site] >= 0) & (expected[site] <= limit)
            edgewise = np.abs(expected[site] - limit) <= 2
            np.testing.assert_array_equal(inside | edgewise, plain | edgewise)


def test_new_roads_are_made_once_for_each_draw(monkeypatch):
    roads = Roads(monkeypatch)
    proposal(missing_links_percent=20.0)
    assert len(roads.graphs) == 7


def test_a_target_that_flips_is_named():
    asked = request(
        None,
        model="fewest",
        share_percent=40.0,
        uncertainty=noise(speed_percent=90.0, draws=12),
    )
    found = proposal(asked)
    flips = found.uncertainty_table
    assert flips["flips"].any()
    assert found.firmness.flips_text in found.further_notes
    named = flips.loc[flips["flips"] & (flips["unit"] != ""), "name"]
    assert all(name in found.firmness.flips_text.zh for name in named[:3])


def test_progress_is_told_draw_by_draw():
    told = []
    inputs = street(request(2, uncertainty=noise(speed_percent=10.0)))
    asked, who = asked_of(inputs), traveller(inputs, "test")
    plan = answer(inputs, asked, Clock()).plan
    clock = Clock(on_progress=lambda done, total: told.append((done, total)))
    wanted = asked.request.uncertainty
    draws = draws_of(inputs, asked, wanted, who.graph, who.places)
    firmness(asked, wanted, draws, plan, clock)
    assert told == [(k + 1, 7) for k in range(7)]


def test_words_say_what_was_drawn():
    found = proposal(speed_percent=10.0, people_percent=5.0, missing_links_percent=20.0)
    text = found.firmness.text
    for part in ("7 次抽样", "速度 ±10 %", "各单元人口 ±5 %", "缺失 20 % 的路段"):
        assert part in text.zh
    for part in ("7 draws", "speeds ±10 %", "people of units ±5 %", "20 % of the road edges"):
        assert part in text.en


@pytest.mark.parametrize("model", ["fewest", "budget", "lscp", "phases", "bacop"])
def test_every_kind_of_model_can_be_drawn(model):
    own = {
        "fewest": {"share_percent": 30.0},
        "budget": {"budget_yuan": 3},
        "lscp": {},
        "phases": {"years": (Year(year=2026, sites=1), Year(year=2027, sites=1))},
        "bacop": {"sites": 2, "theta": 0.5},
    }[model]
    places = new_places(cost_yuan=[1] * 7)
    sites = own.pop("sites", None)
    asked = request(
        sites,
        places,
        model=model,
        uncertainty=noise(speed_percent=20.0, missing_links_percent=20.0, draws=3),
        **own,
    )
    found = proposal(asked)
    table = found.uncertainty_table
    assert table.iloc[-1]["reached"] == found.plan.facts.reached_after
    assert table.iloc[-1]["reached"] == reached(
        [*OLD_X, *(NEW_X[j - 2] for j in found.plan.chosen)]
    )
    assert len(found.firmness.sites.results) == 3


@pytest.mark.parametrize("criterion", ["worst", "mean", "regret"])
def test_a_robust_plan_is_the_best_of_all_over_its_draws(criterion, monkeypatch):
    watched = Watched(monkeypatch)
    wanted = noise(speed_percent=60.0, people_percent=40.0, seed=4, draws=5, robust=criterion)
    found = proposal(request(2, uncertainty=wanted))
    pairs = [pick for size in (0, 1, 2) for pick in itertools.combinations(range(7), size)]
    gain = []
    for pick in pairs:
        xs = np.array([*OLD_X, *(NEW_X[k] for k in pick)])
        away = np.abs(PLACES_X[:, None] - xs[None, :]).min(axis=1)
        of_draw = [int(d.people[away <= 300 * d.speed_factor].sum()) for d in watched.draws]
        gain.append(of_draw)
    gain = np.array(gain)
    score = {
        "worst": gain.min(axis=1),
        "mean": gain.sum(axis=1),
        "regret": -(gain.max(axis=0) - gain).max(axis=1),
    }[criterion]
    mine = pairs.index(tuple(sorted(j - 2 for j in found.plan.chosen)))
    assert score[mine] == score.max()
    assert found.plan.status == "optimal"
    assert abs(found.plan.value) == abs(score.max())
    facts = found.plan.facts
    assert facts.reached_after == reached([*OLD_X, *(NEW_X[k] for k in pairs[mine])])


def test_a_robust_plan_names_no_rival_by_other_figures_than_its_own():
    wanted = noise(speed_percent=40.0, people_percent=30.0, robust="mean")
    study = coverplan.assess(street(request(2, uncertainty=wanted)))
    table = plan_table(study, "zh")
    assert table["rival_loss"].isna().all()
    assert not any("替代" in words for words in table["reason"])
    assert study.layers["test"].proposal.model.en == "best on average over the draws"


def test_a_robust_plan_needs_no_luck_where_nothing_is_uncertain():
    plain = proposal(request(2))
    for criterion in ("worst", "mean", "regret"):
        robust = proposal(request(2, uncertainty=noise(robust=criterion, draws=2)))
        assert robust.plan.chosen == plain.plan.chosen
