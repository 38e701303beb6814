"""What else there is to say of a plan, to read in a notebook: rivals, the frontier, the draws."""

import pandas as pd

from ..core.text import Language, Text
from ..results import Study
from .plan_display import proposal_of
from .speaking import spoken

__all__ = ["show_draws", "show_frontier", "show_rivals"]


def show_rivals(study: Study, layer: str, *, language: Language | None = None) -> pd.DataFrame:
    """Return for each new site of a plan the candidates that could stand in its place.

    Parameters
    ----------
    study
        A computed study, or what `coverplan.propose` answered.
    layer
        Id of a layer for which sites were asked.
    language
        Of the headings; the study's own where it is None.

    Returns
    -------
    DataFrame
        One row per site and rival: the best one, however far, and all that lose no more than 1 %
        of the plan's value; what is lost with it in the unit of the objective, and in people.
        No row for models whose sites cannot be exchanged one by one.

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
    >>> cp.show_rivals(study, "elderly_care", language="en")
       site in its place  worse by (people)  people fewer  near-tie
    0  石桥桥头       东桥小学旧址                228           228     False
    1  云岭集市         上湾路口                 17            17     False
    """
    speak, proposal = spoken(study, language), proposal_of(study, layer)
    scale = proposal.plan.objective.scale
    rows = [
        (card.name, rival.name, rival.loss / scale if scale > 1 else rival.loss, rival.people, near)
        for card in proposal.cards
        for near, rivals in (
            (False, () if card.near_ties or card.rival is None else (card.rival,)),
            (True, card.near_ties),
        )
        for rival in rivals
    ]
    unit = proposal.plan.objective.unit
    heads = (
        Text("站点", "site"),
        Text("换成", "in its place"),
        Text(f"差多少（{unit.zh}）", f"worse by ({unit.en})"),
        Text("少覆盖（人）", "people fewer"),
        Text("几乎一样好", "near-tie"),
    )
    return pd.DataFrame(rows, columns=[head.of(speak) for head in heads])


def show_frontier(study: Study, layer: str, *, language: Language | None = None) -> pd.DataFrame:
    """Return what more and more sites, or more and more money, would reach.

    Parameters
    ----------
    study
        A study in which this was asked, as by ``coverplan.propose(..., frontier=10)``.
    layer
        Id of the layer.
    language
        Of the headings; the study's own where it is None.

    Returns
    -------
    DataFrame
        One row per point: sites, cost, people newly reached and the bound no plan beats, how many
        more than at the point before, the share of everybody, and whether the curve bends there.

    Raises
    ------
    InputError
        When the study has no such layer.
    ValueError
        When no frontier was asked for.

    Examples
    --------
    >>> import coverplan as cp
    >>> asked = cp.propose(cp.small_county(), "elderly_care", sites=2, frontier=3)
    >>> table = cp.show_frontier(asked, "elderly_care", language="en")
    >>> table[["new sites", "people newly reached", "bound", "more than before"]]
       new sites  people newly reached  bound  more than before
    0          1                   333    333               333
    1          2                   443    443               110
    2          3                   536    536                93
    """
    speak, table = (
        spoken(study, language),
        proposal_of(study, layer).frontier_table,
    )
    if table is None:
        raise ValueError(f"{layer}: no frontier was asked for")
    shown = table[list(_FRONTIER)].assign(share_percent=table["share_percent"].round(1))
    return shown.rename(columns={name: head.of(speak) for name, head in _FRONTIER.items()})


_FRONTIER = {
    "sites": Text("新增（处）", "new sites"),
    "cost_yuan": Text("造价（元）", "cost, yuan"),
    "newly": Text("新增可达（人）", "people newly reached"),
    "newly_at_most": Text("上界（人）", "bound"),
    "more": Text("比上一点多（人）", "more than before"),
    "share_percent": Text("可达（%）", "reached, %"),
    "elbow": Text("拐点", "elbow"),
}


def show_draws(study: Study, layer: str, *, language: Language | None = None) -> pd.DataFrame:
    """Return in how many draws each place is chosen, those of the plan first.

    Parameters
    ----------
    study
        A study in which draws were asked for, as by
        ``coverplan.propose(..., uncertainty={"draws": 50, "speed_percent": 20})``.
    layer
        Id of the layer.
    language
        Of the headings; the study's own where it is None.

    Returns
    -------
    DataFrame
        One row per place that is in the plan or chosen in some draw.

    Raises
    ------
    InputError
        When the study has no such layer.
    ValueError
        When no draws were asked for.

    Examples
    --------
    >>> import coverplan as cp
    >>> noise = {"draws": 20, "speed_percent": 10.0}
    >>> asked = cp.propose(cp.small_county(), "elderly_care", sites=2, uncertainty=noise)
    >>> cp.show_draws(asked, "elderly_care", language="en")
       site  in the plan  draws, of 20      %
    0  石桥桥头         True            20  100.0
    1  云岭集市         True            20  100.0
    """
    speak, proposal = spoken(study, language), proposal_of(study, layer)
    table, firmness = proposal.robustness_table, proposal.firmness
    if table is None or firmness is None:
        raise ValueError(f"{layer}: no draws were asked for")
    sites, draws = proposal.problem.sites, firmness.coverage.draws
    at = {str(site): place for place, site in enumerate(sites.ids)}
    return pd.DataFrame(
        {
            Text("站点", "site").of(speak): [sites.name(at[str(i)]) for i in table["site_id"]],
            Text("在方案中", "in the plan").of(speak): table["proposed"].to_numpy(),
            Text(f"入选（{draws} 次中）", f"draws, of {draws}").of(speak): table[
                "draws_chosen"
            ].to_numpy(),
            "%": (100 * table["share_of_draws"]).round(0).to_numpy(),
        }
    )
