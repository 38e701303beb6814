"""Plans in words and tables: what was asked, what it brings, how good it is, and why."""

from collections.abc import Callable, Sequence

import pandas as pd

from ..core.crs import LONLAT
from ..core.text import Language, Text
from ..domain.groups import group_label
from ..results import LayerResult, Study
from ..siting.colocate import colocation_pairs, premises
from ..siting.moving_in import merges
from ..siting.plan import Impossible, Stage, gap_words
from ..siting.proposal import Proposal
from ..siting.reason_text import as_frame
from ..siting.reasons import SiteReason
from ..siting.recount import open_sites

KINDS = {
    "build": Text("新建", "build"),
    "reuse": Text("改造利用", "reuse"),
    "": Text("", ""),
}


def plan_text(result: LayerResult) -> Text:
    """Return what a plan brings, in one sentence with its denominators."""
    proposal = result.proposal
    if proposal is None:
        return Text("", "")
    plan, group = proposal.plan, group_label(result.layer.group)
    if not proposal.has_plan:
        status = proposal.status_text
        return Text(f"没有方案：{status.zh}。", f"No plan: {status.en}.")
    facts = plan.facts
    share = facts.share_percent
    percent = "—" if share is None else f"{share:.1f} %"
    zh = [f"新增 {facts.opened} 处"] if facts.opened or not facts.closed else []
    sites = "1 new site" if facts.opened == 1 else f"{facts.opened} new sites"
    en = [sites] if facts.opened or not facts.closed else []
    if facts.closed:
        zh.append(f"关闭 {facts.closed} 处")
        en.append(f"{facts.closed} closed")
    if facts.cost_yuan:
        zh.append(f"造价 {_yuan(facts.cost_yuan).zh}")
        en.append(_yuan(facts.cost_yuan).en)
    minutes = f"{result.layer.minutes:g}"
    return Text(
        f"{'，'.join(zh)}；{minutes} 分钟内可达的{_spaced(_people(group.zh))}"
        f"从 {facts.reached_before:,} 人变为 "
        f"{facts.reached_after:,} 人，占 {facts.people:,} 人的 {percent}。",
        f"{', '.join(en)}; {group.en} within {minutes} minutes go from "
        f"{facts.reached_before:,} to {facts.reached_after:,}, {percent} of {facts.people:,}.",
    )


def _people(words: str) -> str:
    """Return a group as people: a bracket of ages says no more than the ages."""
    return f"{words}人口" if words.endswith(("岁", "以上", "以下")) else words


def _spaced(words: str) -> str:
    """Return words with the space that parts a figure from the words before it."""
    return f" {words}" if words[:1].isdigit() else words


def _yuan(yuan: int) -> Text:
    """Return money as people say it, in ten thousands only where nothing is rounded off."""
    ten_thousands = f"{yuan / 10_000:,.1f}".removesuffix(".0")
    exact = f"{ten_thousands} 万元" if yuan % 1000 == 0 else f"{yuan:,} 元"
    return Text(exact, f"{yuan:,} yuan")


def plan_rows(proposal: Proposal) -> list[tuple[Text, Text]]:
    """Return what is known of a plan's quality: pairs of a label and a value, for people."""
    plan, whole = proposal.plan, proposal.overall
    objective = plan.objective
    rows = [(Text("目标", "Objective"), objective.label)]
    if whole is not None:
        if plan.value is not None:
            rows.append((Text("其中本方案", "This plan's part"), objective.words(plan.value)))
        rows.append((Text("合计范围", "Summed"), proposal.scope))
    objective = proposal.counted or objective
    value, bound = (plan.value, plan.bound) if whole is None else (whole.value, whole.bound)
    gap = plan.gap_percent if whole is None else whole.gap_percent
    if value is not None:
        rows.append((Text("目标值", "Value"), objective.words(value)))
    if bound is not None:
        least = Text("不可能少于", "No plan has less than")
        most = Text("不可能超过", "No plan has more than")
        rows.append((least if objective.sense == "min" else most, objective.words(bound)))
    if gap is not None:
        rows.append((Text("差距", "Gap"), Text.same(gap_words(gap))))
    rows += [(stage.objective.label, _staged(stage)) for stage in plan.then]
    return rows


def _staged(stage: Stage) -> Text:
    """Return what was decided next, and whether that is proven."""
    words = stage.objective.words(stage.value)
    if stage.value == stage.bound:
        return Text(f"{words.zh}（已证明最优）", f"{words.en} (proven optimal)")
    if stage.bound is None:
        return Text(f"{words.zh}（未证明）", f"{words.en} (not proven)")
    limit = stage.objective.words(stage.bound)
    return Text(f"{words.zh}（界 {limit.zh}）", f"{words.en} (bound {limit.en})")


def plan_notes(proposal: Proposal) -> list[Text]:
    """Return what else there is to say: what was proven besides, and what stands in the way."""
    plan = proposal.plan
    notes = [*plan.proof, *(_impossible(reason) for reason in plan.impossible)]
    counts = proposal.candidates.counts
    rejected = sum(counts.values())
    if rejected:
        few = list(counts.items())[:3]
        notes.append(
            Text(
                f"候选点 {len(proposal.candidates.places)} 个，其中 {rejected} 个不可用："
                + "；".join(f"{reason.zh} {n} 个" for reason, n in few)
                + ("等" if len(counts) > len(few) else ""),
                f"{len(proposal.candidates.places)} candidates, {rejected} may not be used: "
                + "; ".join(f"{n} {reason.en}" for reason, n in few)
                + (" and others" if len(counts) > len(few) else ""),
            )
        )
    notes += proposal.further_notes
    return notes


def _impossible(reason: Impossible) -> Text:
    people = reason.people
    return Text(
        f"做不到：{reason.constraint.zh}。涉及{_spaced(reason.who.zh)}"
        + (f"（{people:,} 人）" if people is not None else "")
        + f"。最小的让步：{reason.relaxation.zh}。",
        f"Impossible: {reason.constraint.en}. It concerns {reason.who.en}"
        + (f" ({people:,} people)" if people is not None else "")
        + f". The least that would have to give: {reason.relaxation.en}.",
    )


def plan_table(study: Study, language: Language) -> pd.DataFrame:
    """Return each site a plan opens or closes, with its reasons: what ``plan.csv`` holds."""
    parts = [
        _layer_table(study, result, language)
        for result in study.layers.values()
        if result.proposal is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _layer_table(study: Study, result: LayerResult, language: Language) -> pd.DataFrame:
    proposal = result.proposal
    if proposal is None:
        raise AssertionError
    changed = result.sites[result.sites["state"].isin(["proposed", "closing"])]
    lonlat = changed.geometry.to_crs(LONLAT)
    cards = {f"{card.id}": card for card in proposal.cards}
    mine = [cards.get(str(i)) for i in changed["site_id"]]
    n = len(changed)
    return pd.DataFrame(
        {
            "study": study.inputs.title,
            "notice": study.inputs.notice or "",
            "layer": result.layer.id,
            "layer_label": result.layer.label.of(language),
            "model": proposal.model.of(language),
            "status": proposal.status_text.of(language),
            "rank": pd.array([pd.NA if c is None else c.rank for c in mine], dtype="Int64"),
            "what": [
                Text("新增", "open").of(language)
                if state == "proposed"
                else Text("关闭", "close").of(language)
                for state in changed["state"]
            ],
            "site_id": changed["site_id"].to_numpy(),
            "name": changed["name"].to_numpy(),
            "unit_code": changed["unit"].to_numpy(),
            "unit_name": changed["unit_name"].to_numpy(),
            "lon": lonlat.x.round(6).to_numpy(),
            "lat": lonlat.y.round(6).to_numpy(),
            "kind": [KINDS.get(k, Text.same(k)).of(language) for k in changed["kind"]],
            "class_name": changed["class_name"].to_numpy(),
            "capacity": changed["capacity"].to_numpy(),
            "cost_yuan": changed["cost_yuan"].to_numpy(),
            "year": pd.array(_years(proposal, changed), dtype="Int64"),
            "newly_reached": changed["newly_reached"].to_numpy(),
            "newly_alone": changed["newly_alone"].to_numpy(),
            "lost_without": changed["lost_without"].to_numpy(),
            "backs_up": pd.array([_of(c, "backs_up") for c in mine], dtype="Int64"),
            "minutes_saved_mean": pd.array(
                [pd.NA if c is None or c.minutes is None else c.minutes.mean_minutes for c in mine],
                dtype="Float64",
            ).round(1),
            **_rival_columns(mine),
            "near_ties": pd.array(
                [pd.NA if c is None else c.n_near_ties for c in mine], dtype="Int64"
            ),
            "chosen_in_draws_percent": pd.array(
                proposal.chosen_shares([str(i) for i in changed["site_id"]]), dtype="Float64"
            ).round(1),
            "reason": changed[f"reason_{language}"].to_numpy(),
        },
        index=range(n),
    )


def _rival_columns(cards: Sequence[SiteReason | None]) -> dict[str, object]:
    """Return the best rival of each site, and how much worse the plan would be with it."""
    rivals = [None if c is None else c.rival for c in cards]
    scales = [1 if c is None else c.objective.scale for c in cards]
    loss = [pd.NA if r is None else r.loss / s for r, s in zip(rivals, scales, strict=True)]
    return {
        "rival": ["" if r is None else r.name for r in rivals],
        "rival_loss": pd.array(loss, dtype="Float64").round(2),
    }


def _of(card: object, name: str) -> object:
    return pd.NA if card is None else getattr(card, name)


def _years(proposal: Proposal, changed: pd.DataFrame) -> list[object]:
    years = proposal.opening_years
    if years is None:
        return [pd.NA] * len(changed)
    by_id = dict(zip(proposal.plan.chosen_ids(proposal.problem.sites.ids), years, strict=True))
    return [by_id.get(str(i), pd.NA) for i in changed["site_id"]]


def candidates_table(study: Study, language: Language) -> pd.DataFrame:
    """Return every candidate of every layer and why it was rejected: ``candidates.csv``."""
    parts = []
    for key, result in study.layers.items():
        found = result.candidates
        if found is None:
            continue
        frame = found.places
        lonlat = frame.geometry.to_crs(LONLAT)
        proposal = result.proposal
        chosen = set(proposal.chosen.index) if proposal is not None and proposal.has_plan else set()
        names = study.inputs.region.names
        parts.append(
            pd.DataFrame(
                {
                    "study": study.inputs.title,
                    "layer": key,
                    "layer_label": result.layer.label.of(language),
                    "candidate_id": frame.index.astype(str),
                    "name": frame["name"].to_numpy(),
                    "source": frame["source"].to_numpy(),
                    "kind": [KINDS.get(k, Text.same(k)).of(language) for k in frame["kind"]],
                    "class_name": frame["class_name"].to_numpy(),
                    "unit_code": frame["unit"].to_numpy(),
                    "unit_name": [str(names.get(code, "")) for code in frame["unit"]],
                    "lon": lonlat.x.round(6).to_numpy(),
                    "lat": lonlat.y.round(6).to_numpy(),
                    "cost_yuan": frame["cost_yuan"].to_numpy(),
                    "capacity": frame["capacity"].to_numpy(),
                    "slope_percent": frame["slope_percent"].round(1).to_numpy(),
                    "chosen": [int(i in chosen) for i in frame.index],
                    "rejected": [reason.of(language) for reason in found.reasons],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def plan_tables(study: Study, language: Language) -> dict[str, pd.DataFrame]:
    """Return the tables of all proposals by the name of their file; none without proposals."""
    tables = {
        "plan.csv": plan_table(study, language),
        "candidates.csv": candidates_table(study, language),
        "reasons.csv": reasons_table(study, language),
        "phases.csv": _of_layers(study, language, lambda p: p.phase_table),
        "moves.csv": _of_layers(study, language, lambda p: p.moves_table),
        "closing.csv": _of_layers(study, language, lambda p: p.closing_table),
        "frontier.csv": _of_layers(study, language, lambda p: p.frontier_table),
        "uncertainty.csv": _of_layers(study, language, lambda p: p.uncertainty_table),
        "robustness.csv": _of_layers(study, language, lambda p: p.robustness_table),
    }
    tables["impossible.csv"] = impossible_table(study, language)
    tables.update(joint_tables(study))
    return {name: _headed(study, table) for name, table in tables.items() if len(table)}


def _headed(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table that says which study it is of, and the study's note."""
    head = {"study": study.inputs.title, "notice": study.inputs.notice or ""}
    body = table.drop(columns=[name for name in head if name in table])
    for place, (name, words) in enumerate(head.items()):
        body.insert(place, name, words)
    decimals = {c: 4 for c in body.columns if body[c].dtype == float}
    return body.round(decimals)


def impossible_table(study: Study, language: Language) -> pd.DataFrame:
    """Return why there is no plan, one row per rule that cannot be kept; empty where there is."""
    rows = [
        {
            "layer": key,
            "layer_label": result.layer.label.of(language),
            "model": result.proposal.model.of(language),
            "constraint": reason.constraint.of(language),
            "concerns": reason.who.of(language),
            "people": reason.people,
            "relaxation": reason.relaxation.of(language),
        }
        for key, result in study.layers.items()
        if result.proposal is not None
        for reason in result.proposal.plan.impossible
    ]
    return pd.DataFrame(rows).astype({"people": "Int64"}) if rows else pd.DataFrame()


def joint_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return what layers sited together share, and which sites could move in with others.

    Ids alone, no words: ``joint.csv`` (every new site and its building), ``colocation.csv`` (sites
    of different layers on one premises or near, with the plan) and ``merges.csv`` (stand-alone
    sites of today that could move into a building of another layer, least harm first).
    """
    found = study.joint
    if found is None:
        return {}
    problems = dict(found.problem.problems)
    opened = {
        key: open_sites(problem, found.plan.plans[key].chosen, found.plan.plans[key].closed)
        for key, problem in problems.items()
    }
    moves = merges(problems, most_metres=_MOST_MOVED_METRES)
    return {
        "joint.csv": _plain(found.plan.to_frame(found.problem)),
        "colocation.csv": _plain(colocation_pairs(premises(problems, opened)).round({"metres": 1})),
        "merges.csv": _plain(moves.round({"metres": 1, "person_minutes_more": 1})),
    }


_MOST_MOVED_METRES = 5_000.0
"""Nobody calls it moving in when the service goes farther than this."""


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose lists are words."""
    lists = [c for c in table.columns if table[c].map(lambda v: isinstance(v, list | tuple)).any()]
    words = {c: [" ".join(map(str, v)) for v in table[c]] for c in lists}
    truths = [c for c in table.columns if table[c].dtype == bool]
    return table.assign(**words, **{c: table[c].astype(int) for c in truths})


def reasons_table(study: Study, language: Language) -> pd.DataFrame:
    """Return every fact about each new site, one a row: groups, units, villages and rivals."""
    parts = [
        as_frame(result.proposal.cards).assign(
            layer=key, layer_label=result.layer.label.of(language)
        )
        for key, result in study.layers.items()
        if result.proposal is not None and result.proposal.cards
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _of_layers(
    study: Study, language: Language, table: Callable[[Proposal], pd.DataFrame | None]
) -> pd.DataFrame:
    """Return a table of all proposals that have it, one below the other."""
    parts = []
    for key, result in study.layers.items():
        found = None if result.proposal is None else table(result.proposal)
        if found is not None:
            found = found.copy()
            found.insert(0, "layer_label", result.layer.label.of(language))
            found.insert(0, "layer", key)
            parts.append(found)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
