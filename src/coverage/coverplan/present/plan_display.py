"""Plans to read in a notebook: what one is worth, its sites with reasons, several side by side."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..core.arguments import expect_choice, refused
from ..core.text import Language, Text
from ..results import LayerResult, Study, computed
from ..siting.proposal import Proposal
from ..siting.scenarios import TODAY, Scenario, compare_plans
from .plans import impossible_table, plan_notes, plan_rows, plan_table, plan_text
from .speaking import spoken

_ASK = Text(
    "要新址：coverplan.propose(inputs, 图层, sites=5)",
    "ask for sites: coverplan.propose(inputs, layer, sites=5)",
)

__all__ = ["plan_summary", "show_plan", "show_plans"]


def plan_summary(study: Study, layer: str, *, language: Language | None = None) -> str:
    """Return what a plan brings and how good it is known to be, in a few lines.

    Parameters
    ----------
    study
        A computed study, or what `coverplan.propose` answered.
    layer
        Id of a layer for which sites were asked.
    language
        Of the words; the study's own where it is None.

    Raises
    ------
    InputError
        When the study has no such layer.
    ValueError
        When no sites were asked for this layer.

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> print(cp.plan_summary(study, "elderly_care", language="en"))  # doctest: +ELLIPSIS
    2 new sites, 1,300,000 yuan; aged 60 and over within 15 minutes go from 314 to 757, ...
    proven optimal
    Objective: people newly reached
    Value: 443 people
    No plan has more than: 443 people
    Gap: 0.00 %
    6 candidates, 1 may not be used: 1 no usable road near
    """
    speak, proposal = spoken(study, language), proposal_of(study, layer)
    colon = "：" if speak == "zh" else ": "
    lines = [plan_text(study.layers[layer]).of(speak)]
    if proposal.has_plan:
        lines += [proposal.status_text.of(speak)]
    lines += [f"{name.of(speak)}{colon}{value.of(speak)}" for name, value in plan_rows(proposal)]
    lines += [note.of(speak) for note in plan_notes(proposal)]
    return "\n".join(lines)


def show_plan(
    study: Study,
    layer: str,
    *,
    columns: Sequence[str] | None = None,
    language: Language | None = None,
) -> pd.DataFrame:
    """Return the sites a plan opens or closes, each with its reason, to read in a notebook.

    Parameters
    ----------
    study
        A computed study, or what `coverplan.propose` answered.
    layer
        Id of a layer for which sites were asked.
    columns
        Which columns, in this order, by their ids: ``what``, ``name``, ``unit_name``, ``year``,
        ``kind``, ``class_name``, ``capacity``, ``cost_yuan``, ``newly_reached``, ``newly_alone``,
        ``lost_without``, ``backs_up``, ``minutes_saved_mean``, ``rival``, ``rival_loss``,
        ``near_ties``, ``chosen_in_draws_percent``, ``reason``. All that say something where None.
    language
        Of headings and reasons; the study's own where it is None.

    Returns
    -------
    DataFrame
        One row per site, in the order of the plan; columns nothing stands in are left out. Where
        there is no plan: one row per rule that cannot be kept, with the least that would have to
        give.

    Raises
    ------
    InputError
        When the study has no such layer, no sites were asked for it, or there is no such column.

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> wanted = ["name", "newly_reached", "lost_without", "rival"]
    >>> cp.show_plan(study, "elderly_care", columns=wanted, language="en")
    ... # doctest: +NORMALIZE_WHITESPACE
           site  people newly reached  people lost without it best rival
    order
    1      石桥桥头                   333                     333     东桥小学旧址
    2      云岭集市                   110                     110       上湾路口
    """
    speak, proposal = spoken(study, language), proposal_of(study, layer)
    only = Study(
        inputs=study.inputs,
        layers={layer: study.layers[layer]},
        coverage=study.coverage,
        problems=study.problems,
        seconds=study.seconds,
    )
    if not proposal.has_plan:
        rules = impossible_table(only, speak)
        wanted = {name: words.of(speak) for name, words in _RULE.items() if name in rules}
        return rules[list(wanted)].rename(columns=wanted)
    table = plan_table(only, speak)
    if proposal.plan.objective.scale == 1:
        table["rival_loss"] = table["rival_loss"].astype("Int64")
    said = [name for name in _SITE if name in table and _says(table[name])]
    if not proposal.plan.closed and "what" in said:
        said.remove("what")
    said = _asked(columns, _SITE, table) or said
    order = pd.Index(table["rank"].astype(object).where(table["rank"].notna(), "—"))
    shown = table[said].rename(columns={name: _heading(name, proposal, speak) for name in said})
    return shown.set_index(order.rename(Text("次序", "order").of(speak)))


_SITE = {
    "what": Text("做法", "what"),
    "name": Text("站点", "site"),
    "unit_name": Text("乡镇", "unit"),
    "year": Text("年份", "year"),
    "kind": Text("方式", "how"),
    "class_name": Text("档次", "size"),
    "capacity": Text("容量", "capacity"),
    "cost_yuan": Text("造价（元）", "cost, yuan"),
    "newly_reached": Text("新增可达（人）", "people newly reached"),
    "newly_alone": Text("只建这处（人）", "people, if built alone"),
    "lost_without": Text("去掉则失去（人）", "people lost without it"),
    "backs_up": Text("兼作备份（人）", "people it backs up"),
    "minutes_saved_mean": Text("人均省时（分钟）", "minutes saved, mean"),
    "rival": Text("最好的替代点", "best rival"),
    "rival_loss": Text("换成它差", "worse with it"),
    "near_ties": Text("几乎一样好的（个）", "near-ties"),
    "chosen_in_draws_percent": Text("抽样入选（%）", "chosen in draws, %"),
    "reason": Text("理由", "reason"),
}

_RULE = {
    "constraint": Text("做不到的要求", "what cannot be kept"),
    "concerns": Text("涉及", "it concerns"),
    "people": Text("人数", "people"),
    "relaxation": Text("最小的让步", "the least that would have to give"),
}


def _heading(name: str, proposal: Proposal, language: Language) -> str:
    """Return a heading; that of a loss says what is lost."""
    head = _SITE[name].of(language)
    if name != "rival_loss":
        return head
    unit = proposal.plan.objective.unit.of(language)
    return f"{head}（{unit}）" if language == "zh" else f"{head}, {unit}"


def _says(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())


def show_plans(
    studies: Mapping[str, Study],
    layer: str,
    *,
    against: str | None = None,
    columns: Sequence[str] | None = None,
    language: Language | None = None,
) -> pd.DataFrame:
    """Return several answers for one layer side by side, after what stands today.

    Parameters
    ----------
    studies
        Answers of `coverplan.propose`, or studies, by the name of their row. They may differ in
        candidates and rules, but not in people and units.
    layer
        Id of the layer.
    against
        Name of an answer: a column then says how many more people each reaches than that one.
    columns
        Which columns, in this order, by their ids: ``model``, ``status``, ``sites``, ``closed``,
        ``cost_yuan``, ``reached``, ``against``, ``share_percent``, ``least_unit``,
        ``least_share_percent``, ``mean_minutes``, ``farthest_minutes``, ``beyond_cutoff``. All
        that say something where None.
    language
        Of the headings; that of the first study where it is None.

    Returns
    -------
    DataFrame
        One row per answer: model, proof, new sites, cost, people reached and their share, the
        unit worst off, minutes on average and of the farthest (of those within the cutoff), people
        farther than that. An answer without a plan has its verdict alone.

    Raises
    ------
    InputError
        When there is none, people differ, no sites were asked for this layer in one of them, or
        there is no such column.
    KeyError
        When none of them is called as ``against`` says.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> plans = {f"{n} sites": cp.propose(county, "elderly_care", sites=n) for n in (1, 2, 3)}
    >>> wanted = ["status", "sites", "reached", "share_percent"]
    >>> cp.show_plans(plans, "elderly_care", columns=wanted, language="en")
    ... # doctest: +NORMALIZE_WHITESPACE
                    verdict  new sites  people reached  reached, %
    plan
    today                            0             314        33.7
    1 sites  proven optimal          1             647        69.3
    2 sites  proven optimal          2             757        81.1
    3 sites  proven optimal          3             850        91.1
    """
    found = {name: proposal_of(study, layer) for name, study in studies.items()}
    table = compare_plans({name: Scenario(one.problem, one.plan) for name, one in found.items()})
    first = next(iter(studies.values()))
    speak = language or first.inputs.language
    table["model"] = ["", *(one.model.of(speak) for one in found.values())]
    table["status"] = ["", *(one.status_text.of(speak) for one in found.values())]
    if against is not None:
        table["against"] = table["reached"] - int(found[against].plan.facts.reached_after)
    table = table.rename(index={TODAY: Text("现状", "today").of(speak)})
    tenths = ["share_percent", "least_share_percent", "mean_minutes", "farthest_minutes"]
    table[tenths] = table[tenths].astype("Float64").round(1)
    said = [n for n in _PLAN if n in table and (n in _ALWAYS or table[n].fillna(0).ne(0).any())]
    said = _asked(columns, _PLAN, table) or said
    shown = table[said].rename(columns={name: _PLAN[name].of(speak) for name in said})
    shown.index.name = Text("方案", "plan").of(speak)
    return shown


_PLAN = {
    "model": Text("模型", "model"),
    "status": Text("结论", "verdict"),
    "sites": Text("新增（处）", "new sites"),
    "closed": Text("关闭（处）", "closed"),
    "cost_yuan": Text("造价（元）", "cost, yuan"),
    "reached": Text("可达（人）", "people reached"),
    "against": Text("相差（人）", "people more"),
    "share_percent": Text("可达（%）", "reached, %"),
    "least_unit": Text("最低的乡镇", "unit worst off"),
    "least_share_percent": Text("该乡镇可达（%）", "reached there, %"),
    "mean_minutes": Text("平均（分钟）", "mean minutes"),
    "farthest_minutes": Text("最远（分钟）", "farthest, minutes"),
    "beyond_cutoff": Text("更远的（人）", "people farther still"),
}
_ALWAYS = frozenset({"model", "status", "least_unit", "against"})


def _asked(
    columns: Sequence[str] | None, known: Mapping[str, Text], table: pd.DataFrame
) -> list[str]:
    """Return the columns that were asked for, all of them known and there."""
    there = [name for name in known if name in table]
    for name in columns or ():
        expect_choice("columns", name, there)
    return list(columns or ())


def proposal_of(study: Study, layer: str) -> Proposal:
    """Return what was proposed for a layer.

    Parameters
    ----------
    study, layer
        The study, and the id of the layer.

    Raises
    ------
    InputError
        When the study has no such layer, or no sites were asked for it.
    """
    result: LayerResult = computed(study).layer(layer)
    if result.proposal is None:
        found = Text(f"{layer}：没有问过新址", f"{layer}: no sites were asked for it")
        expected = Text("问过新址的图层", "a layer that sites were asked for")
        raise refused("no_plan", "layer", found, expected=expected, mend=_ASK)
    return result.proposal
