"""Every figure of a reason equals what plain matrices say."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import CUTOFF_MINUTES, allowed_plans, cover_of, matrix_of, random_problem

from coverplan.core.errors import InternalError
from coverplan.siting import Rules
from coverplan.siting.finish import Found, finish
from coverplan.siting.plan import NEWLY, PERSON_MS
from coverplan.siting.reasons import MOST_TOLD, site_reasons
from coverplan.siting.rivals import single_exchanges

CAP = int(CUTOFF_MINUTES * 60_000)


@st.composite
def plans(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    closable = draw(st.booleans())
    problem = random_problem(
        rng,
        n_sites=draw(st.integers(5, 9)),
        n_places=draw(st.integers(1, 14)),
        closable=closable,
        rules=Rules(sites=3, close_most=1 if closable else None),
    )
    every = [np.flatnonzero(mask).tolist() for mask in allowed_plans(problem)]
    opened = every[int(rng.integers(len(every)))]
    objective = draw(st.sampled_from([NEWLY, PERSON_MS]))
    return problem, finish(problem, Found("any", objective, opened, None, None), 0.0), rng


def nearest(problem, opened):
    ms = matrix_of(problem.times)[opened]
    return np.where(ms < 0, CAP + 1, ms).min(axis=0, initial=CAP + 1)


@settings(max_examples=150, deadline=None)
@given(plans())
def test_every_figure(case):
    problem, plan, rng = case
    cover, people = cover_of(problem), problem.people
    old = rng.integers(0, people + 1)
    names = np.array([f"村{i // 3}" for i in range(len(people))], dtype=object)
    cards = site_reasons(problem, plan, {"all": people, "old": old}, names)
    assert [card.site for card in cards] == list(plan.chosen)
    stays = [i for i in np.flatnonzero(problem.sites.existing) if i not in plan.closed]
    before = list(stays)
    for rank, card in enumerate(cards, 1):
        others = stays + [j for j in plan.chosen if j != card.site]
        new = cover[card.site] & ~cover[before].any(axis=0)
        alone = cover[card.site] & ~cover[stays].any(axis=0)
        backed = cover[card.site] & cover[others].any(axis=0)
        lost = cover[card.site] & ~cover[others].any(axis=0)
        assert card.rank == rank
        assert (card.newly, card.alone) == (people[new].sum(), people[alone].sum())
        assert (card.backs_up, card.lost) == (people[backed].sum(), people[lost].sum())
        assert [(g.key, g.newly, g.alone) for g in card.groups] == [
            ("all", people[new].sum(), people[alone].sum()),
            ("old", old[new].sum(), old[alone].sum()),
        ]
        by_unit = {u.key: (u.newly, u.alone) for u in card.units}
        for u, code in enumerate(problem.unit_codes):
            inside = problem.of_unit == u
            expected = (people[new & inside].sum(), people[alone & inside].sum())
            assert by_unit.pop(code, (0, 0)) == expected
        assert not by_unit
        expected = {}
        for i in np.flatnonzero(new & (people > 0)):
            expected.setdefault((names[i], problem.of_unit[i]), []).append(i)
        assert {(v.name, v.people, v.places, v.place) for v in card.villages} == {
            (name, people[where].sum(), len(where), where[int(np.argmax(people[where]))])
            for (name, _), where in expected.items()
        }
        assert [v.people for v in card.villages] == sorted(
            (v.people for v in card.villages), reverse=True
        )
        was, now = nearest(problem, before), nearest(problem, [*before, card.site])
        saved = np.minimum(was, CAP) - np.minimum(now, CAP)
        minutes = card.minutes
        assert minutes.saved_person_ms == (people * saved).sum()
        assert minutes.nearer == people[now < was].sum()
        assert minutes.first == people[(now < was) & (was > CAP)].sum()
        without, whole = nearest(problem, others), nearest(problem, [*others, card.site])
        more = np.minimum(without, CAP) - np.minimum(whole, CAP)
        assert minutes.lost_person_ms == (people * more).sum()
        before.append(card.site)
    assert sum(card.newly for card in cards) == people[cover[before].any(axis=0)].sum() - (
        people[cover[stays].any(axis=0)].sum()
    )


@settings(max_examples=80, deadline=None)
@given(plans())
def test_rivals_are_in_order_and_near(case):
    problem, plan, _ = case
    for card in site_reasons(problem, plan):
        losses = [r.loss for r in card.near_ties]
        assert losses == sorted(losses)
        assert all(loss * 100 <= abs(card.value) for loss in losses)
        assert [r for r in card.near_ties if r.loss <= 0] == list(card.alternatives)
        assert (card.n_near_ties, card.n_alternatives) == (
            len(card.near_ties),
            len(card.alternatives),
        )
        if card.near_ties:
            assert card.rival == card.near_ties[0]
        elif card.rival:
            assert card.rival.loss * 100 > abs(card.value)


def test_of_many_near_ties_the_first_are_named():
    problem = random_problem(np.random.default_rng(1), n_sites=90, n_places=3, n_existing=1)
    plan = finish(problem, Found("any", NEWLY, [0, 1], None, None), 0.0)
    exchanges = single_exchanges(problem, plan)
    (card,) = site_reasons(problem, plan)
    near = exchanges.loss[0] * 100 <= plan.value
    assert card.n_near_ties == near.sum() > MOST_TOLD == len(card.near_ties)
    assert card.n_alternatives == (exchanges.loss[0] <= 0).sum()
    assert [r.site for r in card.near_ties] == exchanges.into[
        exchanges.best(0)[:MOST_TOLD]
    ].tolist()


def test_a_wrong_loss_is_an_internal_error(monkeypatch):
    problem = random_problem(np.random.default_rng(1), n_sites=9, n_places=20)
    plan = finish(problem, Found("any", NEWLY, [0, 1, 4, 6], None, None), time.perf_counter())
    assert site_reasons(problem, plan)
    monkeypatch.setattr(
        "coverplan.siting.exchange_values.PlanState._gain", lambda self, *_: self.into * 0
    )
    with pytest.raises(InternalError, match="counting again"):
        site_reasons(problem, plan)
