"""The sample county's programme, built: its sites join the lists and every target is judged again.

The judging knows nothing of siting: it counts facilities and walks the roads anew.
"""

from dataclasses import replace

import pandas as pd
import pytest

from coverplan.domain.targets_config import ProgrammeConfig
from coverplan.measure.policy import assess_targets
from coverplan.programming import target_programme

CHOSEN = ["Z20-03", "Z21-12", "Z21-13", "Z21-25", "Z21-29", "Z21-35", "XC-28"]
YEARS = [{"year": 2024, "sites": 60, "budget_yuan": 60_000_000}, {"year": 2025, "sites": 200}]


@pytest.fixture(scope="module")
def report(yunxi_targets):
    return yunxi_targets


@pytest.fixture(scope="module")
def programme(report):
    asked = ProgrammeConfig(targets=CHOSEN, years=YEARS)
    config = report.ledger.config.model_copy(update={"programme": asked})
    return target_programme(report.findings, replace(report.ledger, config=config), report.inputs)


def built(ledger, programme, targets, until):
    """The ledger with the programme's sites in its lists, open since the day's year."""
    rows = programme.tables("zh")["programme_sites"]
    asked = {t.id: t.condition for t in targets}
    made = []
    for r in rows[rows["year"] <= until].itertuples():
        new = dict.fromkeys(ledger.facilities.columns)
        new |= {
            "layer": r.layer, "id": f"new{r.order}", "name": r.name, "status": "operating",
            "opened": ledger.date.year, "x": r.x, "y": r.y,
            "province": "330000000000", "prefecture": "330900000000", "county": ledger.home,
            "township": r.unit, "village": r.village,
        }  # fmt: skip
        for key in r.targets.split("|") if r.targets else []:
            new |= {c.key: c.words[0] for c in asked[key] if c.op == "="}
        made.append(new)
    frame = pd.DataFrame(made, columns=ledger.facilities.columns)
    frame.index = [f"new{i}" for i in range(len(frame))]
    whole = pd.concat([ledger.facilities.astype(object), frame.astype(object)])
    return replace(ledger, facilities=whole.astype(ledger.facilities.dtypes.to_dict()), _kept={})


def test_every_target_is_met_by_the_year_the_programme_says(report, programme):
    targets = {f.target.id: f.target for f in report.findings if f.target.id in CHOSEN}
    table = programme.tables("zh")["programme_targets"].set_index("target_id")
    assert programme.plan.status in {"optimal", "feasible"}
    for year in (2024, 2025):
        later = built(report.ledger, programme, targets.values(), year)
        findings = {f.target.id: f for f in assess_targets(targets.values(), later)}
        for key in CHOSEN:
            met_by = table.loc[key, "met_by"]
            if pd.notna(met_by) and met_by <= year:
                assert findings[key].verdict == "met", key
            elif pd.notna(met_by):
                assert findings[key].verdict == "not_met", key


def test_what_is_met_in_part_comes_to_what_was_said(report, programme):
    targets = {f.target.id: f for f in report.findings if f.target.id in CHOSEN}
    later = built(report.ledger, programme, [f.target for f in targets.values()], 2025)
    parts = [item for item in programme.targets if item.why and item.chosen]
    assert parts
    for item in parts:
        (after,) = assess_targets([item.finding.target], later)
        gained = after.figure.numerator - item.finding.figure.numerator
        if item.need.kind == "units":
            assert gained == item.need.amount
        else:
            assert gained >= item.need.amount


def test_limits_and_sums(programme):
    tables = programme.tables("zh")
    years, sites = tables["programme_years"], tables["programme_sites"]
    assert (years["sites"] <= years["sites_most"]).all()
    assert (years["cost_yuan"] <= years["budget_yuan"]).dropna().all()
    assert years["sites"].sum() == len(sites) == programme.plan.facts.sites
    assert sites["order"].tolist() == list(range(1, len(sites) + 1))
    assert sites["year"].is_monotonic_increasing
    assert years["cost_yuan"].sum() == sites["cost_yuan"].sum()


def test_the_file_s_own_programme(report):
    found = target_programme(report.findings, report.ledger, report.inputs)
    again = target_programme(report.findings, report.ledger, report.inputs)
    assert found.plan.status == "optimal"
    assert found.plan.openings == again.plan.openings
    assert all(stage.value == stage.bound for stage in found.plan.stages)
