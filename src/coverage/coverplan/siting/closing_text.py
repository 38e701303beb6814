"""Closing sites in words and tables."""

import pandas as pd

from ..core.text import Text
from ..travel.graph import MS_PER_MINUTE
from .closing import ClosingOrder
from .consolidation import ClosedSite, ConsolidationReport
from .problem import UNLIMITED, SitingProblem

_TOLD = 2


def closed_text(problem: SitingProblem, closed: ClosedSite) -> Text:
    """Return what closing a site does, in a sentence or two.

    Parameters
    ----------
    problem, closed
        The question, and what is known of the site.
    """
    sites = problem.sites
    name = sites.name(closed.site)
    zh = f"{name}：关闭后 {closed.people:,} 人改去他处"
    en = f"{name}: when it closes {closed.people:,} people go elsewhere"
    named = [(sites.name(site), n) for site, n in closed.to[:_TOLD] if site >= 0]
    if named:
        zh += "，主要去" + "、".join(f"{where}（{n:,} 人）" for where, n in named)
        en += ", most of them to " + " and ".join(f"{where} ({n:,})" for where, n in named)
    if closed.mean_minutes_more is not None and closed.most_minutes_more is not None:
        mean, most = closed.mean_minutes_more, closed.most_minutes_more
        zh += f"；平均多 {mean:.1f} 分钟，最多 {most:.1f} 分钟"
        en += f"; {mean:.1f} minutes more on average, {most:.1f} at most"
    lost = (
        f"其中 {closed.lose_reach:,} 人不再在时限内" if closed.lose_reach else "没有人因此超出时限"
    )
    zh += f"；{lost}"
    en += f"; {closed.lose_reach:,} are no longer within the limit"
    capacity = int(sites.capacity[closed.site])
    if capacity < UNLIMITED:
        zh += f"；减少容量 {capacity:,}"
        en += f"; a capacity of {capacity:,} is given up"
    return Text(zh + "。", en + ".")


def consolidation_text(report: ConsolidationReport) -> Text:
    """Return what a consolidation means for everybody, in a sentence.

    Parameters
    ----------
    report
        As from `coverplan.siting.consolidation.consolidation_report`.
    """
    before, after = report.mean_minutes_before, report.mean_minutes_after
    if before is None or after is None:
        return Text("没有人受影响", "nobody is concerned")
    return Text(
        f"{report.moved:,} 人改去他处；人均 {before:.1f} 分钟变为 {after:.1f} 分钟；"
        f"超出时限的由 {report.over_limit_before:,} 人变为 {report.over_limit_after:,} 人",
        f"{report.moved:,} people go elsewhere; the mean goes from {before:.1f} to {after:.1f} "
        f"minutes; those beyond the limit from {report.over_limit_before:,} to "
        f"{report.over_limit_after:,}",
    )


def closing_frame(problem: SitingProblem, order: ClosingOrder) -> pd.DataFrame:
    """Return the order of closing, one row per step.

    Parameters
    ----------
    problem, order
        The question and the order.

    Returns
    -------
    pandas.DataFrame
        ``step``, ``site_id``, ``name``, ``person_minutes`` (of everybody then),
        ``person_minutes_more`` (by this step), ``person_minutes_best`` (of the best choice of as
        many sites) and ``price_person_minutes`` (what the order costs against it).
    """
    sites = problem.sites

    def minutes(ms: int | None) -> float:
        return float("nan") if ms is None else round(ms / MS_PER_MINUTE, 1)

    return pd.DataFrame(
        {
            "step": range(1, len(order.steps) + 1),
            "site_id": [str(sites.ids[step.site]) for step in order.steps],
            "name": [sites.name(step.site) for step in order.steps],
            "person_minutes": [minutes(step.value) for step in order.steps],
            "person_minutes_more": [minutes(step.harm) for step in order.steps],
            "person_minutes_best": [minutes(step.best) for step in order.steps],
            "price_person_minutes": [minutes(step.price) for step in order.steps],
        }
    )
