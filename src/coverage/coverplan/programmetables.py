"""The tables of a programme: by target, by site, by year."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from .core.text import Language, Text
from .measure.policy.figures import number_words
from .measure.policy.found import Finding
from .programmecandidates import BUILD, KINDS
from .programmeneeds import Wanted
from .programmesites import SiteList
from .siting.plan import Impossible, Stage
from .siting.programme import Opening, ProgrammeNeed, ProgrammePlan, ProgrammeProblem
from .siting.programme_recount import cost_of


class OfTarget(Protocol):
    """One target of a programme."""

    @property
    def finding(self) -> Finding:
        """The target and what is known of it."""

    @property
    def wanted(self) -> Wanted:
        """What sites must bring."""

    @property
    def problem(self) -> ProgrammeProblem | None:
        """The question for it alone."""

    @property
    def plan(self) -> ProgrammePlan | None:
        """The fewest sites for it alone."""

    @property
    def chosen(self) -> bool:
        """Whether the programme is to meet it."""

    @property
    def why(self) -> tuple[Impossible, ...]:
        """Why it cannot be met in full."""

    @property
    def need(self) -> ProgrammeNeed | None:
        """What is built for."""


class WithTables(Protocol):
    """A programme."""

    @property
    def targets(self) -> Sequence[OfTarget]:
        """Its targets."""

    @property
    def lists(self) -> dict[str, SiteList]:
        """Its sites by layer."""

    @property
    def problem(self) -> ProgrammeProblem | None:
        """Its question."""

    @property
    def plan(self) -> ProgrammePlan | None:
        """Its answer."""

    @property
    def impossible(self) -> tuple[Impossible, ...]:
        """Why it cannot be as it was asked."""

    @property
    def notes(self) -> tuple[Text, ...]:
        """What to know of it."""


_NAMES = 40

TARGET_COLUMNS = (
    "target_id", "document", "clause", "standing", "applies", "deadline", "deadline_basis",
    "layers", "gap", "gap_unit", "need", "sites", "status", "proof", "reuse", "build",
    "cost_yuan", "cost_unknown", "where", "in_programme", "met_by", "what_instead", "notes",
)  # fmt: skip
SITE_COLUMNS = (
    "order", "year", "layer", "layer_label", "site_id", "name", "unit", "unit_name", "village",
    "action", "action_label", "cost_yuan", "targets", "newly_reached", "group", "profile",
    "minutes", "x", "y",
)  # fmt: skip
YEAR_COLUMNS = (
    "year", "sites", "sites_most", "build", "reuse", "cost_yuan", "cost_unknown", "budget_yuan",
    "newly_reached", "targets_met", "status", "notes",
)  # fmt: skip


def target_rows(programme: WithTables, language: Language) -> pd.DataFrame:
    """Return one row per target: the fewest sites, the proof, and where; or what else it takes.

    Parameters
    ----------
    programme, language
        The programme, and the language of words.
    """
    rows = [_target_row(item, programme, language) for item in programme.targets]
    frame = pd.DataFrame(rows, columns=list(TARGET_COLUMNS))
    whole = ["deadline", "sites", "reuse", "build", "cost_yuan", "cost_unknown", "met_by"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _target_row(item: OfTarget, programme: WithTables, language: Language) -> dict[str, object]:
    target, finding = item.finding.target, item.finding
    row: dict[str, object] = {
        "target_id": target.id,
        "document": target.document,
        "clause": target.clause,
        "standing": target.standing,
        "applies": finding.applies,
        "deadline": target.deadline,
        "deadline_basis": target.deadline_basis,
        "layers": "|".join(target.layers),
        "gap": None if finding.gap is None else number_words(finding.gap),
        "gap_unit": finding.gap_unit.of(language),
        "need": "",
        "status": finding.verdict if finding.verdict != "not_met" else "not_sites",
        "in_programme": False,
        "what_instead": item.wanted.reason.of(language),
        "notes": _joined(item.wanted.notes, language),
    }
    need, plan = item.need or item.wanted.need, item.plan
    if need is None or plan is None:
        return row
    row |= {
        "need": need.name.of(language),
        "status": "in_part" if item.why else plan.status,
        "proof": _joined_words([_why(item.why, language), _proof(plan, language)]),
        "in_programme": item.chosen and _has(programme, need),
        "met_by": None if item.why else _met_by(programme, need),
    }
    if plan.facts is not None:
        row |= {
            "sites": plan.facts.sites,
            "build": plan.facts.buildings,
            "reuse": plan.facts.sites - plan.facts.buildings,
            "cost_yuan": plan.facts.cost_yuan if _priced(plan) else None,
            "cost_unknown": plan.facts.unpriced,
            "where": _where(plan.openings, programme.lists, language),
        }
    return row


def _priced(plan: ProgrammePlan) -> bool:
    """Return whether the cost of any site is known, or there is none."""
    return plan.facts is not None and (
        plan.facts.unpriced < plan.facts.sites or not plan.facts.sites
    )


def _proof(plan: ProgrammePlan, language: Language) -> str:
    if plan.impossible:
        return _why(plan.impossible, language)
    if plan.fewest is None:
        return plan.status_text.of(language)
    value, bound = plan.fewest.value, plan.fewest.bound
    if value != bound:
        least = "?" if bound is None else f"{bound:,}"
        words = Text(f"至少需要 {least} 处，未证明", f"at least {least} are needed; not proven")
        return words.of(language)
    words = Text(f"已证明最少 {value} 处", f"proven: {value} are the fewest")
    less = plan.one_less
    if less is None or less.bound is None:
        return words.of(language)
    more = Text(
        f"；少一处最多达到 {less.bound:,}，要求 {less.need:,}",
        f"; one less comes to {less.bound:,} at most, of {less.need:,} asked for",
    )
    return words.of(language) + more.of(language)


def _why(impossible: Sequence[Impossible], language: Language) -> str:
    said = [f"{why.who.of(language)}: {why.relaxation.of(language)}" for why in impossible]
    return _joined_words(said)


def _joined_words(words: Sequence[str]) -> str:
    return "; ".join(word for word in words if word)


def _where(openings: Sequence[Opening], lists: dict[str, SiteList], language: Language) -> str:
    names = []
    for opening in openings[:_NAMES]:
        sites = lists[opening.layer]
        unit = _unit_name(sites, opening.site)
        name = sites.problem.sites.name(opening.site)
        # A facility is often named after its township.
        called = name if name.startswith(unit) else f"{unit} {name}".strip()
        kind = str(sites.kinds[opening.site])
        how = "" if kind == BUILD else KINDS[kind].of(language)
        marks = Text(f"（{how}）", f" ({how})").of(language) if how else ""
        names.append(f"{called if language == 'en' else called.replace(' ', '', 1)}{marks}")
    joined = ("、" if language == "zh" else ", ").join(names)
    if len(openings) <= _NAMES:
        return joined
    more = Text(f" 等共 {len(openings)} 处", f" … {len(openings)} in all")
    return joined + more.of(language)


def _unit_name(sites: SiteList, site: int) -> str:
    unit = int(sites.problem.sites.unit[site])
    return str(sites.problem.unit_names[unit]) if unit >= 0 else ""


def _has(programme: WithTables, need: ProgrammeNeed) -> bool:
    return programme.problem is not None and any(
        need.id == mine.id for mine in programme.problem.needs
    )


def _met_by(programme: WithTables, need: ProgrammeNeed) -> int | None:
    """Return the year by whose end the programme meets a need."""
    plan, problem = programme.plan, programme.problem
    if plan is None or problem is None or plan.facts is None:
        return None
    for mine, amounts in zip(problem.needs, plan.facts.needs, strict=True):
        if mine.id == need.id:
            years = [
                phase.year
                for phase, amount in zip(problem.years, amounts[1:], strict=True)
                if amount >= mine.amount
            ]
            return min(years, default=None)
    return None


def site_rows(programme: WithTables, language: Language) -> pd.DataFrame:
    """Return one row per new site of the programme, in the order of building.

    Parameters
    ----------
    programme, language
        The programme, and the language of words.
    """
    plan, problem = programme.plan, programme.problem
    rows = []
    if plan is not None and problem is not None:
        for number, opening in enumerate(plan.openings, 1):
            rows.append(_site_row(number, opening, programme, problem, language))
    frame = pd.DataFrame(rows, columns=list(SITE_COLUMNS))
    whole = ["order", "year", "cost_yuan", "newly_reached"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _site_row(
    number: int,
    opening: Opening,
    programme: WithTables,
    problem: ProgrammeProblem,
    language: Language,
) -> dict[str, object]:
    sites = programme.lists[opening.layer]
    site, all_sites = opening.site, sites.problem.sites
    kind = str(sites.kinds[site])
    priced = bool(sites.layer.priced[site])
    return {
        "order": number,
        "year": opening.year,
        "layer": opening.layer,
        "layer_label": sites.label.of(language),
        "site_id": str(all_sites.ids[site]),
        "name": all_sites.name(site),
        "unit": str(sites.townships[site]),
        "unit_name": _unit_name(sites, site),
        "village": str(sites.villages[site]),
        "action": kind,
        "action_label": KINDS[kind].of(language),
        "cost_yuan": cost_of(problem, opening) if priced else None,
        "targets": "|".join(_served(opening, problem)),
        "newly_reached": opening.newly,
        "group": sites.way.reach.group,
        "profile": sites.way.reach.profile,
        "minutes": sites.way.reach.minutes,
        "x": round(float(all_sites.xy[site, 0]), 2),
        "y": round(float(all_sites.xy[site, 1]), 2),
    }


def _served(opening: Opening, problem: ProgrammeProblem) -> list[str]:
    """Return the targets towards which a site counts by itself."""
    found = []
    for need in problem.needs:
        if opening.layer not in need.reach:
            continue
        brought = need.reach[opening.layer].of(opening.site)
        if (need.weight[brought] > 0).any() and (~need.already[brought]).any():
            inside = need.group is None or bool((need.group[brought] >= 0).any())
            if inside:
                found.append(need.id)
    return found


def year_rows(programme: WithTables, language: Language) -> pd.DataFrame:
    """Return one row per year: sites, money, their limits, and what is met by its end.

    Parameters
    ----------
    programme, language
        The programme, and the language of words.
    """
    plan, problem = programme.plan, programme.problem
    rows: list[dict[str, object]] = []
    if problem is not None and plan is not None:
        part = {item.finding.target.id for item in programme.targets if item.why}
        rows = [_year_row(t, plan, problem, part) for t in range(len(problem.years))]
        if rows:
            rows[0]["notes"] = _programme_notes(programme, plan, language)
            rows[0]["status"] = plan.status
    frame = pd.DataFrame(rows, columns=list(YEAR_COLUMNS))
    whole = [c for c in YEAR_COLUMNS if c not in {"targets_met", "status", "notes"}]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    return frame.fillna({"status": "", "notes": ""})


def _year_row(
    t: int, plan: ProgrammePlan, problem: ProgrammeProblem, part: set[str]
) -> dict[str, object]:
    phase = problem.years[t]
    row: dict[str, object] = {
        "year": phase.year,
        "sites_most": phase.sites,
        "budget_yuan": phase.budget_yuan,
    }
    if plan.facts is None:
        return row
    mine = [o for o in plan.openings if o.year == phase.year]
    layers = problem.layers
    build = sum(1 for o in mine if not layers[o.layer].reuse[o.site])
    met = [
        need.id
        for need, amounts in zip(problem.needs, plan.facts.needs, strict=True)
        if amounts[1 + t] >= need.amount and need.id not in part
    ]
    return row | {
        "sites": len(mine),
        "build": build,
        "reuse": len(mine) - build,
        "cost_yuan": sum(cost_of(problem, o) for o in mine),
        "cost_unknown": sum(1 for o in mine if not layers[o.layer].priced[o.site]),
        "newly_reached": sum(o.newly for o in mine),
        "targets_met": "|".join(met),
    }


def _programme_notes(programme: WithTables, plan: ProgrammePlan, language: Language) -> str:
    parts = [
        f"{why.constraint.of(language)} ({why.who.of(language)}): {why.relaxation.of(language)}"
        for why in programme.impossible
    ]
    parts += [note.of(language) for note in programme.notes]
    parts += [_stage_words(stage, language) for stage in plan.stages]
    # Between notes, and nowhere else.
    return "; ".join(part.replace("; ", ", ") for part in parts)


def _stage_words(stage: Stage, language: Language) -> str:
    value = f"{stage.objective.label.of(language)} {_amount(stage, stage.value, language)}"
    if stage.value == stage.bound:
        return f"{value}{Text('（已证明）', ' (proven)').of(language)}"
    if stage.bound is None:
        return f"{value}{Text('（未证明）', ' (not proven)').of(language)}"
    bound = _amount(stage, stage.bound, language)
    return f"{value}{Text(f'（最好不过 {bound}）', f' (no better than {bound})').of(language)}"


def _amount(stage: Stage, value: int, language: Language) -> str:
    """Return a number, with its unit where the label does not say it already."""
    objective = stage.objective
    said = objective.unit.en in objective.label.en
    return f"{value:,}" if said else objective.words(value).of(language)


def _joined(texts: Sequence[Text], language: Language) -> str:
    return "; ".join(text.of(language) for text in texts)
