"""What must hold of every proposal, whatever the place, the model and the rules."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import X0, Y0, demand, facilities, inputs, network, profile, region

import coverplan
from coverplan import Demand, InputError, SitingRequest
from coverplan.domain.siting_config import Year
from coverplan.present.payload import map_payload
from coverplan.present.plans import plan_tables
from coverplan.present.tables import coverage_table, sites_table

MINUTES = 6


def _candidates(spots, rng):
    n = len(spots)
    return gpd.GeoDataFrame(
        {
            "name": [f"点{i}" for i in range(n)],
            "unit": ["a" if x < 500 else "b" for x, _ in spots],
            "cost_yuan": pd.array(rng.integers(1, 9, n), dtype="Int64"),
        },
        index=pd.Index([f"c{i}" for i in range(n)], dtype=object),
        geometry=gpd.points_from_xy(*(np.array(spots, dtype=float) + [X0, Y0]).T),
        crs=4549,
    )


MODELS = {
    "mclp": lambda rng: {"sites": int(rng.integers(1, 4))},
    "budget": lambda rng: {"sites": None, "budget_yuan": int(rng.integers(9, 20))},
    "fewest": lambda rng: {"sites": None, "share_percent": float(rng.integers(10, 90))},
    "floor": lambda rng: {"sites": 3, "share_percent": float(rng.integers(1, 50))},
    "maxmin": lambda rng: {"sites": 2},
    "lscp": lambda _: {"sites": None},
    "lscp_b": lambda _: {"sites": None},
    "bacop": lambda _: {"sites": 3, "theta": 0.5},
    "one_per_unit": lambda _: {"sites": None, "unreachable": "leave"},
    "phases": lambda _: {
        "sites": None,
        "years": (Year(year=2026, sites=1), Year(year=2027, sites=2)),
    },
}


@st.composite
def studies(draw):
    """A random network with people, some of them without a place, sites and a request."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = rng.integers(0, 1000, (10, 2))
    ends = [(a, b) for a, b in rng.integers(0, 10, (15, 2)) if (nodes[a] != nodes[b]).any()]
    lines = [[tuple(map(float, nodes[a])), tuple(map(float, nodes[b]))] for a, b in ends]
    units = region((-10, -10, 500, 1010), (500, -10, 1010, 1010))
    places = [
        (float(x), float(y), "a" if x < 500 else "b", int(n))
        for (x, y), n in zip(rng.integers(0, 1000, (20, 2)), rng.integers(0, 90, 20), strict=True)
    ]
    people = demand(units, places)
    known = people.totals.notna().all(axis=1)
    extra = pd.DataFrame({"all": rng.integers(0, 50, 2)}, index=people.totals.index, dtype="Int64")
    extra = extra.where(known, 0)
    people = Demand(people.points, people.groups, people.totals + extra, extra)
    old = [(float(x), float(y), "a" if x < 500 else "b") for x, y in rng.integers(0, 1000, (3, 2))]
    spots = [tuple(map(float, spot)) for spot in rng.integers(0, 1000, (6, 2))]
    model = draw(st.sampled_from(sorted(MODELS)))
    own = MODELS[model](rng)
    if model in {"mclp", "maxmin", "budget"} and draw(st.booleans()):
        own |= {"closable": True, "moves": 1}
    if draw(st.booleans()):
        own |= {"unit_most": 1}
    if draw(st.booleans()):
        own |= {"excluded": ("c0",)}
    asked = SitingRequest(
        candidates=_candidates(spots, rng), model=model, time_limit_seconds=20, **own
    )
    found = inputs(
        units,
        people,
        network(lines),
        facilities(old, status=["operating", "operating", "idle"]),
        siting=asked,
        minutes=MINUTES,
        prof=profile(cap=400),
    )
    return replace(found, thresholds=(3, 10))


def answered(found):
    """The study; None where too few candidates have a road, which is said."""
    try:
        return coverplan.assess(found)
    except InputError as error:
        for problem in error.problems:
            assert problem.code in {"siting.sites", "siting.no_candidate", "siting.moves"}, problem
            assert problem.mend.zh
        return None


def total(table, phase, minutes):
    """People reached in all by the table of facts."""
    rows = table[
        (table["indicator"] == "people_reached")
        & (table["phase"] == phase)
        & (table["minutes"] == minutes)
        & (table["unit_code"] == "total")
    ]
    return int(rows["value"].iloc[0])


def own_facts(result, study):
    """The plan's facts against a count on the tables."""
    plan, table = result.plan, coverage_table(study, "zh")
    facts = plan.facts
    assert facts.reached_before == total(table, "before", MINUTES)
    if result.after is None:
        assert plan.value is None
        assert set(table["phase"]) == {"before"}
        return
    assert facts.reached_after == total(table, "after", MINUTES)
    rows = table[(table["indicator"] == "people_reached") & (table["minutes"] == MINUTES)]
    for phase, by_unit in (("before", facts.unit_before), ("after", facts.unit_after)):
        of_phase = rows[rows["phase"] == phase].set_index("unit_code")["value"]
        known = of_phase.reindex(study.inputs.region.codes)
        for value, counted in zip(known, by_unit.tolist(), strict=True):
            assert pd.isna(value) or int(value) == counted
    with_denominator = rows[rows["denominator"].notna() & rows["value"].notna()]
    assert (with_denominator["value"] <= with_denominator["denominator"]).all()
    totals = study.inputs.demand.totals["all"].fillna(0)
    assert facts.people == totals.sum()
    assert (facts.unit_after <= totals.to_numpy(dtype=int)).all()


def consistent_states(result, study):
    """Each site is in one state, and the plan's sites are those of the table."""
    table = sites_table(study, "en").set_index("site_id")
    assert not table.index.duplicated().any()
    states = table["state"]
    proposal, plan = result.proposal, result.plan
    ids = proposal.problem.sites.ids
    assert states.index[states == "proposed"].tolist() == plan.chosen_ids(ids)
    assert set(states.index[states == "closing"]) == {str(ids[i]) for i in plan.closed}
    assert states["s002"] == "not_counted"
    assert (states != "not_counted").sum() == 2 + len(plan.chosen)
    assert table.loc[states == "proposed", "name"].str.startswith("点").all()
    chosen = table.loc[states == "proposed"]
    assert chosen["newly_reached"].sum() == sum(plan.newly)
    assert (table["people_within"].dropna() >= table["newly_reached"].dropna().reindex(
        table["people_within"].dropna().index, fill_value=0)).all()  # fmt: skip
    spent = chosen["cost_yuan"].sum()
    assert spent == plan.facts.cost_yuan
    request = study.inputs.layers[0].siting
    assert not {f"new:{i}" for i in request.excluded} & set(states.index)
    if request.unit_most is not None and result.after is not None:
        assert chosen["unit_code"].value_counts().max() in {1, np.nan} or chosen.empty
    if request.budget_yuan is not None and result.after is not None:
        assert spent <= request.budget_yuan


@settings(max_examples=20, deadline=None)
@given(studies())
def test_figures_of_a_proposal_are_those_of_the_tables(found):
    study = answered(found)
    if study is None:
        return
    result = study.layers["test"]
    own_facts(result, study)
    consistent_states(result, study)
    payload = map_payload(study, "x")
    layer = payload["layers"][0]
    assert layer["plan"]["built"] == (result.after is not None)
    assert [s["state"] for s in layer["sites"]] == study.sites["state"].tolist()
    tables = plan_tables(study, "zh")
    listed = tables.get("plan.csv", pd.DataFrame({"site_id": []}))["site_id"].tolist()
    changed = study.sites[study.sites["state"].isin(["proposed", "closing"])]
    assert listed == changed["site_id"].tolist()
    candidates = tables["candidates.csv"]
    assert candidates["chosen"].sum() == len(result.plan.chosen)
    assert not (candidates["chosen"].astype(bool) & (candidates["rejected"] != "")).any()


@settings(max_examples=4, deadline=None)
@given(studies())
def test_the_same_question_has_the_same_answer(found):
    first, again = (answered(found) for _ in range(2))
    if first is None:
        assert again is None
        return
    assert first.layers["test"].plan.chosen == again.layers["test"].plan.chosen
    a, b = (map_payload(study, "x") for study in (first, again))
    assert a == b
