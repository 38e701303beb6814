"""Plans in words and tables: every figure beside its denominator, and nothing made up."""

import io
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console
from street import NEW_X, OLD_X, more_layers, new_places, reached, request, street, x_of

import coverplan
from coverplan import Text
from coverplan.domain.siting_config import JointConfig, Uncertainty, Year
from coverplan.present.payload import map_payload
from coverplan.present.plans import (
    candidates_table,
    plan_notes,
    plan_rows,
    plan_table,
    plan_tables,
    plan_text,
    reasons_table,
)
from coverplan.present.terminal import plan_lines, print_summary
from coverplan.siting.plan import YUAN, Stage


def assess(asked=None, **more):
    """The result of one request on the street."""
    return coverplan.assess(street(asked, **more))


def words(asked=None, **more):
    """The sentence of a plan."""
    return plan_text(assess(asked, **more).layers["test"])


def priced(yuan):
    """Candidates that cost this much each."""
    return new_places(cost_yuan=pd.array([yuan] * 7, dtype="Int64"))


# ---- the sentence --------------------------------------------------------------------------------


def test_no_plan_asked_for_is_no_sentence():
    assert words() == Text("", "")


def test_the_sentence_says_sites_people_and_share():
    study = assess(request(2), unplaced=(40, 0, 7))
    text = plan_text(study.layers["test"])
    facts = study.layers["test"].plan.facts
    share = f"{facts.reached_after / facts.people * 100:.1f} %"
    assert text.zh == (
        f"新增 2 处；5 分钟内可达的全部人口从 {facts.reached_before:,} 人变为 "
        f"{facts.reached_after:,} 人，占 {facts.people:,} 人的 {share}。"
    )
    assert text.en == (
        f"2 new sites; everybody within 5 minutes go from {facts.reached_before:,} to "
        f"{facts.reached_after:,}, {share} of {facts.people:,}."
    )


def test_one_site_is_one_site():
    assert words(request(1)).en.startswith("1 new site; ")
    assert words(request(2)).en.startswith("2 new sites; ")


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (100, "200 元", "200 yuan"),
        (5_000, "1 万元", "10,000 yuan"),
        (1_234_500, "246.9 万元", "2,469,000 yuan"),
        (12_345, "24,690 元", "24,690 yuan"),
        (60_000_000, "12,000 万元", "120,000,000 yuan"),
    ],
)
def test_money_is_never_rounded(yuan, zh, en):
    text = words(request(2, priced(yuan)))
    assert f"造价 {zh}；" in text.zh
    assert f", {en};" in text.en


def test_only_closing_says_nothing_of_new_sites():
    places = new_places()
    asked = request(
        None,
        places,
        model="lscp",
        closable=True,
        shut_ids=("s001",),
        keep_ids=("s000",),
        excluded=tuple(places.index),
    )
    text = words(asked)
    assert text.zh.startswith("关闭 1 处；")
    assert text.en.startswith("1 closed; ")
    both = words(request(1, closable=True, shut_ids=("s001",), keep_ids=("s000",)))
    assert both.zh.startswith("新增 1 处，关闭 1 处；")


def test_nothing_to_gain_is_a_plan_of_no_site():
    text = words(request(1, new_places().iloc[[0]]), old=(250.0, 500.0))
    assert text.zh.startswith("新增 0 处；")


def test_no_plan_is_said():
    assert words(request(2, unit_least=4)) == Text("没有方案：无法满足。", "No plan: impossible.")


def test_nobody_lives_there():
    the_study = street(request(1), group="elderly")
    points = the_study.demand.points.assign(elderly=0)
    demand = coverplan.Demand.from_points(points, the_study.region, groups=("all", "elderly"))
    study = coverplan.assess(replace(the_study, demand=demand))
    assert "占 0 人的 —" in plan_text(study.layers["test"]).zh


# ---- rows and notes ------------------------------------------------------------------------------


def test_rows_of_a_proven_plan():
    proposal = assess(request(2)).layers["test"].proposal
    gain = reached([*OLD_X, *(NEW_X[j - 2] for j in proposal.plan.chosen)]) - reached(OLD_X)
    assert [(k.en, v.en) for k, v in plan_rows(proposal)][:4] == [
        ("Objective", "people newly reached"),
        ("Value", f"{gain:,} people"),
        ("No plan has more than", f"{gain:,} people"),
        ("Gap", "0.00 %"),
    ]


def test_a_plan_that_counts_sites_has_a_bound_from_below():
    asked = request(None, model="fewest", share_percent=50.0)
    rows = {k.zh: v.zh for k, v in plan_rows(assess(asked).layers["test"].proposal)}
    assert rows["目标"] == "新增处数"
    assert rows["不可能少于"] == rows["目标值"]


def test_rows_of_no_plan_claim_no_value():
    proposal = assess(request(2, unit_least=4)).layers["test"].proposal
    heads = [k.en for k, _ in plan_rows(proposal)]
    assert "Value" not in heads
    assert "Gap" not in heads


@pytest.mark.parametrize(
    ("bound", "zh", "en"),
    [(7, "7 元（已证明最优）", "7 yuan (proven optimal)"),
     (5, "7 元（界 5 元）", "7 yuan (bound 5 yuan)"),
     (None, "7 元（未证明）", "7 yuan (not proven)")],
)  # fmt: skip
def test_what_was_decided_next_says_whether_it_is_proven(bound, zh, en):
    proposal = assess(request(2)).layers["test"].proposal
    plan = replace(proposal.plan, then=(Stage(YUAN, 7, bound),))
    label, value = plan_rows(replace(proposal, plan=plan))[-1]
    assert label == YUAN.label
    assert value == Text(zh, en)


def test_notes_name_why_it_cannot_be_done_and_what_would_help():
    proposal = assess(request(2, unit_least=4)).layers["test"].proposal
    notes = plan_notes(proposal)
    (why,) = [n for n in notes if n.zh.startswith("做不到")]
    for name in ("甲镇", "申镇"):
        assert name in why.zh
    assert "The least that would have to give" in why.en


def test_notes_count_the_candidates_that_may_not_be_used():
    asked = request(1, excluded=("c00", "c03"))
    notes = plan_notes(assess(asked).layers["test"].proposal)
    assert any(
        n == Text(
            "候选点 7 个，其中 2 个不可用：按名单排除 2 个",
            "7 candidates, 2 may not be used: 2 excluded by the list",
        )
        for n in notes
    )  # fmt: skip
    assert not any("不可用" in n.zh for n in plan_notes(assess(request(1)).layers["test"].proposal))


# ---- the terminal --------------------------------------------------------------------------------


def printed(study, language):
    """What the summary prints."""
    out = io.StringIO()
    print_summary(Console(width=140, file=out), study, language)
    return out.getvalue()


def test_the_terminal_names_each_site_that_opens_or_closes():
    study = assess(request(1, closable=True, shut_ids=("s001",), keep_ids=("s000",)))
    lines = plan_lines(study, "zh")
    assert any(line.startswith("  1. 站1：方案建议关闭") for line in lines)
    assert any("  2. 点" in line for line in lines)
    assert "新增 1 处，关闭 1 处" in printed(study, "zh")
    assert "1 new, 1 closed" in printed(study, "en")


def test_shares_in_the_terminal_are_rounded_once():
    # 152 of 802 are 18.953 %: 18.95 in the table, 19.0 everywhere for people.
    study = assess(request(1))
    assert "152 / 802" in printed(study, "en")
    assert "19.0 %" in printed(study, "en")
    assert "18.9 %" not in printed(study, "en")


def test_the_terminal_of_no_plan_shows_no_after():
    study = assess(request(2, unit_least=4))
    assert "impossible" in printed(study, "en")
    assert "—" in printed(study, "en")
    lines = "\n".join(plan_lines(study, "en"))
    assert "No plan: impossible." in lines
    assert "Impossible: " in lines


def test_a_layer_that_asks_for_nothing_has_no_lines():
    assert plan_lines(assess(), "zh") == []
    assert plan_tables(assess(), "zh") == {}


# ---- tables --------------------------------------------------------------------------------------


def test_the_plan_table_agrees_with_the_sites():
    asked = request(2, priced(70), closable=True, shut_ids=("s001",), keep_ids=("s000",))
    study = assess(asked)
    for language in ("zh", "en"):
        table = plan_table(study, language)
        changed = study.sites[study.sites["state"].isin(["proposed", "closing"])]
        assert table["site_id"].tolist() == changed["site_id"].tolist()
        assert table["name"].tolist() == changed["name"].tolist()
        assert table["reason"].tolist() == changed[f"reason_{language}"].tolist()
        assert table["rank"].tolist()[1:] == [1, 2]
        assert pd.isna(table["rank"].iloc[0])
        assert table["cost_yuan"].iloc[1:].tolist() == [70, 70]
        lonlat = changed.geometry.to_crs(4490)
        assert (table["lon"] - lonlat.x.to_numpy()).abs().max() < 1e-6
        assert table["year"].isna().all()
        assert table["chosen_in_draws_percent"].isna().all()
    assert plan_table(study, "zh")["what"].tolist() == ["关闭", "新增", "新增"]
    assert plan_table(study, "en")["what"].tolist() == ["close", "open", "open"]
    assert plan_table(study, "zh")["kind"].tolist() == ["", "新建", "新建"]


def test_the_best_rival_and_its_loss_are_those_of_trying_all():
    study = assess(request(1))
    (row,) = plan_table(study, "zh").itertuples()
    gains = sorted((reached([*OLD_X, x]) for x in NEW_X), reverse=True)
    assert row.rival_loss == gains[0] - gains[1]
    rival = NEW_X[int(row.rival.removeprefix("点"))]
    assert reached([*OLD_X, rival]) == gains[1]


def test_years_stand_in_the_plan_table():
    asked = request(
        None, model="phases", years=(Year(year=2026, sites=1), Year(year=2028, sites=1))
    )
    study = assess(asked)
    assert sorted(plan_table(study, "zh")["year"]) == [2026, 2028]
    tables = plan_tables(study, "zh")
    assert tables["phases.csv"]["year"].tolist() == [2026, 2028]
    assert "frontier.csv" not in tables


def test_draws_stand_in_the_plan_table():
    asked = request(2, uncertainty=Uncertainty(draws=5, seed=2, speed_percent=40.0))
    study = assess(asked)
    shares = plan_table(study, "zh")["chosen_in_draws_percent"]
    assert shares.between(0, 100).all()
    table = plan_tables(study, "zh")["robustness.csv"].set_index("site_id")
    assert (table.loc[plan_table(study, "zh")["site_id"], "share_of_draws"] * 100).round(
        1
    ).tolist() == shares.tolist()


def test_candidates_say_who_was_chosen_and_who_was_not():
    study = assess(request(1, excluded=("c00",)))
    table = candidates_table(study, "en").set_index("candidate_id")
    assert table.index.tolist() == [f"c{i:02d}" for i in range(7)]
    assert table.loc["c00", "rejected"] == "excluded by the list"
    assert table["chosen"].sum() == 1
    chosen = table.index[table["chosen"] == 1][0]
    assert plan_table(study, "en")["site_id"].tolist() == [f"new:{chosen}"]


def test_no_plan_has_candidates_and_no_sites():
    study = assess(request(2, unit_least=4))
    tables = plan_tables(study, "zh")
    assert "plan.csv" not in tables
    assert len(tables["candidates.csv"]) == 7
    assert not tables["candidates.csv"]["chosen"].any()


def test_reasons_of_each_site_add_up():
    study = assess(request(2))
    table = reasons_table(study, "zh")
    assert set(table["layer"]) == {"test"}
    new = study.sites[study.sites["state"] == "proposed"]
    total = reached([*OLD_X, *x_of(new)]) - reached(OLD_X)
    assert new["newly_reached"].sum() == total


def test_tables_of_several_layers_stand_below_each_other():
    found = more_layers(street(request(1, frontier=2)), request(2, frontier=3))
    study = coverplan.assess(found)
    tables = plan_tables(study, "en")
    assert tables["plan.csv"]["layer"].tolist() == ["test", "other", "other"]
    assert tables["frontier.csv"].groupby("layer").size().to_dict() == {"other": 3, "test": 2}


# ---- joint ---------------------------------------------------------------------------------------


def test_the_parts_of_the_whole_add_up_to_it():
    found = more_layers(street(request(2)), request(2))
    joint = JointConfig(layers=["test", "other"], buildings_most=2)
    study = coverplan.assess(replace(found, joint=joint))
    parts = []
    for result in study.layers.values():
        rows = {k.en: v.en for k, v in plan_rows(result.proposal)}
        parts.append(int(rows["This plan's part"].split()[0].replace(",", "")))
        assert rows["Value"].startswith(f"{study.joint.plan.proof.value:,} counts")
    assert sum(parts) == study.joint.plan.proof.value
    assert len(map_payload(study, "x")["layers"]) == 2
