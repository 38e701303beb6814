"""The small county: its figures by hand, alike in memory and from its files."""

import csv

import numpy as np
import pytest

import coverplan as cp
from coverplan.smallcounty import VILLAGES


@pytest.fixture(scope="module")
def study():
    return cp.assess(cp.small_county())


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    return cp.run(cp.write_small_county(tmp_path_factory.mktemp("small") / "county"))


def test_its_people_add_up():
    demand = cp.small_county().demand
    assert demand.people("all").sum() == 3560
    assert demand.people("elderly").sum() == 933
    assert demand.totals["all"].to_list() == [1770, 1230, 560]
    assert (demand.people("elderly") < demand.people("all")).all()


def test_a_metre_takes_a_second(study):
    by_hand = {"V1": 300, "V2": 300, "V3": 1000, "V4": 1500, "V5": 2700, "V6": 2700, "V7": 3900}
    nearest = study.layers["elderly_care"].before
    seconds = {k: int(ms) // 1000 for k, ms in zip(nearest.demand, nearest.ms, strict=True)}
    assert {k: v for k, v in seconds.items() if v >= 0} == by_hand
    assert nearest.minutes.index[nearest.minutes.isna()].to_list() == ["V8", "V9"]


def test_one_village_has_its_own_road_and_one_none(study):
    places = study.layers["elderly_care"].places
    assert dict(zip([v[0] for v in VILLAGES], places.joined, strict=True))["V8"]
    assert not places.joined[8]
    counts = {
        reason: study.coverage.value(
            layer="elderly_care",
            indicator=f"not_reached_{reason}",
            minutes=15,
            unit_code="total",
            phase="before",
        )
        for reason in ("too_far", "no_way", "no_road")
    }
    assert counts == {"too_far": 933 - 314 - 52 - 31, "no_way": 52, "no_road": 31}


def test_the_plan_is_the_best_of_all_pairs():
    """What each candidate newly reaches, counted on paper, and every pair of them."""
    newly = {"C1": {93}, "C2": {140, 88, 105}, "C3": {105}, "C4": {110}, "C5": {52}}
    pairs = {(a, b): sum(newly[a] | newly[b]) for a in newly for b in newly if a < b}
    best = max(pairs, key=pairs.get)
    plan = cp.assess(cp.small_county()).layers["elderly_care"].proposal
    assert [i.removeprefix("new:") for i in plan.plan.chosen_ids(plan.problem.sites.ids)] == [*best]
    assert (plan.plan.value, plan.plan.bound) == (pairs[best], pairs[best]) == (443, 443)


def test_the_problem_is_the_one_of_the_study(study):
    problem, asked = cp.small_problem(), study.layers["elderly_care"].proposal.problem
    assert list(problem.sites.ids) == list(asked.sites.ids)
    assert problem.times.to_frame().equals(asked.times.to_frame())
    assert problem.rules.sites is None
    stations = cp.small_problem("social_work", closable=True).sites
    assert stations.existing.sum() == 3
    assert not stations.must.any()
    assert cp.small_problem("social_work").sites.must.sum() == 3


def test_it_is_the_same_each_time():
    one, other = cp.small_county(), cp.small_county()
    assert one.demand.points.equals(other.demand.points)
    assert np.array_equal(one.network.metres, other.network.metres)


def test_its_files_say_what_it_says_in_memory(study, read):
    assert read.coverage.frame.equals(study.coverage.frame)
    assert read.sites.drop(columns="geometry").equals(study.sites.drop(columns="geometry"))
    assert [p.code for p in read.problems] == [p.code for p in study.problems]
    for key, layer in study.layers.items():
        assert np.array_equal(read.layers[key].before.ms, layer.before.ms)
    moved = read.sites.geometry.distance(study.sites.geometry)
    assert moved.max() < 0.001, "a millimetre"


def test_its_files_are_the_same_bytes_and_say_they_are_made_up(tmp_path):
    one, other = (cp.write_small_county(tmp_path / name) for name in ("one", "other"))
    files = sorted(p.name for p in one.parent.iterdir())
    assert files == sorted(p.name for p in other.parent.iterdir())
    assert all((one.parent / n).read_bytes() == (other.parent / n).read_bytes() for n in files)
    text = one.read_text(encoding="utf-8")
    assert "虚构" in text
    assert "made up" in text
    with (one.parent / "villages.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(int(row["常住人口"]) for row in rows) == 3560


def test_its_files_may_be_written_again(tmp_path):
    cp.write_small_county(tmp_path)
    (tmp_path / "villages.csv").write_text("spoilt", encoding="utf-8")
    assert len(cp.load(cp.write_small_county(str(tmp_path))).demand) == 9
