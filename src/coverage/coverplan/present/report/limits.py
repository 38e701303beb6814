"""What cannot be concluded: each sentence is derived from what this study knows and does not."""

from collections.abc import Callable

from ...core.text import Text
from .blocks import Block, Bullets, Paragraph, Section
from .limitsdata import (
    edge_of_study,
    facility_facts,
    labels_words,
    no_roads,
    places_of_people,
    stated_systems,
    travel_facts,
)
from .sentences import colon
from .sources import LayerStory, Sources

__all__ = ["limits_section"]

_TITLE = Text("不能据此得出的结论", "What cannot be concluded")


def limits_section(sources: Sources) -> Section:
    """Return what the figures do not say, as far as it is true of this study.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    told = [text for part in _PARTS for text in part(sources)]
    lead = Text(
        "使用本报告的数字时，须注意以下各点：",
        "Whoever uses the figures of this report should bear in mind:",
    )
    blocks: tuple[Block, ...] = (Paragraph(lead), Bullets(tuple(told), numbered=True))
    return Section("limits", _TITLE, blocks)


def _capacity(sources: Sources) -> list[Text]:
    del sources
    return [
        Text(
            "“可达”只看时间，不看床位是否够用、服务是否合格、费用是否负担得起；可达不等于得到服务。",
            '"Reached" is of time alone: whether there is a place free, whether the service is '
            "good and can be paid for is no part of it. To be reached is not to be served.",
        )
    ]


def _drawings(sources: Sources) -> list[Text]:
    del sources
    return [
        Text(
            "图上按时间着色的范围和等时圈只供示意，人数一律按居住点计算，不能用图上面积推算人数。",
            "Areas coloured by time, and isochrones, are drawings. People are counted at the "
            "points where they live; no number of people follows from an area on a map.",
        )
    ]


def _plans(sources: Sources) -> list[Text]:
    asked, told = sources.proposing, list[Text]()
    if not asked:
        return [
            Text(
                "没有要求选址，本报告不回答应在哪里增设、增设多少。",
                "No new sites were asked for: the report does not say where and how many to build.",
            )
        ]
    without = [s for s in asked if s.result.proposal and not s.result.proposal.has_plan]
    loose = [s for s in asked if not _proven(s) and s not in without]
    if without:
        parts = [colon(s.label, _status(s)) for s in without]
        zh, en = "；".join(p.zh for p in parts), "; ".join(p.en for p in parts)
        told.append(Text(f"没有得到选址方案：{zh}。", f"There is no plan for: {en}."))
    if loose:
        parts = [colon(s.label, _status(s)) for s in loose]
        zh, en = "；".join(p.zh for p in parts), "; ".join(p.en for p in parts)
        told.append(
            Text(
                f"以下方案没有证明为最优，可能还有更好的方案：{zh}。",
                f"These plans are not proven optimal, and there may be better ones: {en}.",
            )
        )
    free = [
        s
        for s in asked
        if s.result.proposal and not s.result.proposal.problem.sites.cost_yuan.any()
    ]
    if free:
        names = labels_words(free)
        told.append(
            Text(
                f"{names.zh}的候选点没有给出造价，方案没有比较投资。",
                f"No costs are given for the candidates of {names.en}: money played no part.",
            )
        )
    if any(len(s.result.proposal.chosen) for s in asked if s.result.proposal):
        told.append(_candidates_only())
    return told


def _candidates_only() -> Text:
    return Text(
        "建议站点是候选点，没有核实用地、产权和施工条件；“最优”只就所给候选点和规则而言。",
        "Sites proposed are candidates: land, title and building conditions were not looked at, "
        'and "optimal" is among the candidates and rules given.',
    )


def _proven(story: LayerStory) -> bool:
    proposal = story.result.proposal
    if proposal is None:
        return True
    status = proposal.plan.status if proposal.overall is None else proposal.overall.status
    return status in {"optimal", "nothing_to_gain"}


def _status(story: LayerStory) -> Text:
    proposal = story.result.proposal
    return Text("", "") if proposal is None else proposal.status_text


def _targets(sources: Sources) -> list[Text]:
    judged = sources.judged
    if judged is None:
        return [_no_targets(sources)]
    n = judged.counts["binding"].get("cannot_judge", 0)
    if not n:
        return []
    return [
        Text(
            f"有约束力的目标中有 {n} 条无法判断，既不算达到也不算未达到，"
            "所缺的数据或设置见“政策目标”一节。",
            f"{n} of the targets that bind cannot be judged: they are neither met nor missed, and "
            "the section on policy targets says what is wanting.",
        )
    ]


def _no_targets(sources: Sources) -> Text:
    config = sources.study.inputs.config
    how = Text("", "")
    if config is not None and config.targets is None:
        how = Text(
            "（研究文件写明 [targets] 一节后可以核对）",
            " (a [targets] table in the study file would have them judged)",
        )
    return Text(
        f"没有核对政策目标{how.zh}，不能据此判断是否达标。",
        f"No policy target was judged{how.en}: whether any is met does not follow.",
    )


def _publication(sources: Sources) -> list[Text]:
    if sources.study.inputs.approval_number:
        return []
    return [
        Text(
            "图件没有审图号，仅供内部工作使用，未经审核不得公开。",
            "The maps have no approval number: for internal work, not for publication.",
        )
    ]


_PARTS: tuple[Callable[[Sources], list[Text]], ...] = (
    no_roads, edge_of_study, places_of_people, _capacity, travel_facts, facility_facts,
    stated_systems, _plans, _targets, _drawings, _publication,
)  # fmt: skip
