"""One index of several targets, with published weights and what hangs on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...core.text import Text
from ...domain.policy import Target
from .facts import exact, whole
from .figures import number_words, percent_words
from .found import Cannot, Finding, Found, Measured, Part
from .ledger import Ledger
from .registry import measures

_INDEX = Text("加权得分", "weighted score")


@measures(
    "composite_index",
    zh="综合指数",
    en="composite index",
    formula=Text(
        "Σ 权重 × min(1, 实际值 ÷ 要求值) ÷ Σ 权重；权重由规划者设定并公布，另列权重减半、加倍、"
        "相等时的指数",
        "sum of weight x min(1, value / value asked) / sum of weights; the weights are the "
        "planner's and published, with the index for each halved, doubled, and all equal",
    ),
)
def composite_index(target: Target, ledger: Ledger) -> Found:
    """Return that the index needs the other targets first (Z21-40); see `composite`.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    del target  # what it asks for is an index of the others
    if not ledger.config.weights:
        return _UNSET
    return Cannot(
        Text(
            "指数由其他目标的结果合成，须在它们判断之后计算",
            "the index is made of the findings on other targets, after these are judged",
        )
    )


_UNSET = Cannot(
    Text(
        "条文没有给出指数的构成；在研究文件中写明 targets.weights（各目标的权重）之前无法计算",
        "the clause does not say what the index is made of; cannot be computed until you set "
        "targets.weights (a weight for each target)",
    ),
    settings=("targets.weights",),
)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A judged target with its weight and how far it is fulfilled, from 0 to 1."""

    id: str
    weight: Fraction
    score: Fraction


def composite(findings: Iterable[Finding], weights: Mapping[str, float]) -> Measured | Cannot:
    r"""Return the composite index of judged targets (Z21-40).

    .. math:: \frac{\sum_i w_i \min(1, v_i / a_i)}{\sum_i w_i}

    with the value :math:`v_i` of target :math:`i`, the value :math:`a_i` it is judged by and its
    weight :math:`w_i`; the ratio is turned round where less is better. A target that is met counts
    1, whatever its figure.

    Parameters
    ----------
    findings
        What is found of the other targets.
    weights
        Weight of each target by id.

    Returns
    -------
    Measured or Cannot
        Parts are the score of each target, and the index with each weight halved and doubled, and
        with equal weights. A target that cannot be judged is left out and named.
    """
    if not weights:
        return _UNSET
    by_id = {one.target.id: one for one in findings}
    wanted = {key: exact(weight) for key, weight in weights.items() if weight > 0}
    scored = [
        _Scored(key, weight, _score(by_id[key]))
        for key, weight in wanted.items()
        if key in by_id and _judged(by_id[key])
    ]
    left = [key for key in wanted if key not in {one.id for one in scored}]
    if not scored:
        return Cannot(
            Text(
                "有权重的目标没有一个可以判断，指数无从计算",
                "none of the weighted targets can be judged: there is no index",
            )
        )
    have, of = _sums(scored)
    return Measured(
        numerator=whole(have),
        denominator=whole(of),
        unit=_INDEX,
        of=Text("权重合计", "sum of weights"),
        parts=(*_scores(scored), *_sensitivity(scored)),
        notes=(_published(scored), *_left(left)),
    )


def _judged(finding: Finding) -> bool:
    return (
        finding.verdict in {"met", "not_met"}
        and finding.figure is not None
        and finding.asked is not None
    )


def _score(finding: Finding) -> Fraction:
    """Return how far a target is fulfilled: 1 where it is met, else the ratio to what is asked."""
    if finding.verdict == "met" or finding.figure is None or finding.asked is None:
        return Fraction(1)
    operator, asked = finding.asked
    value = finding.figure.value
    low = operator in {"<=", "<"} or (operator in _BOTH and value > asked)
    part, of = (asked, value) if low else (value, asked)
    if of <= 0:
        return Fraction(0)
    return min(Fraction(1), max(Fraction(0), part / of))


_BOTH = frozenset({"in_range", "~="})


def _sums(scored: Iterable[_Scored]) -> tuple[Fraction, Fraction]:
    rows = tuple(scored)
    have = sum((one.weight * one.score for one in rows), Fraction(0))
    return have, sum((one.weight for one in rows), Fraction(0))


def _scores(scored: list[_Scored]) -> tuple[Part, ...]:
    return tuple(
        Part(
            Text(f"得分：{one.id}", f"score: {one.id}"),
            whole(one.weight * one.score),
            whole(one.weight),
            unit=_INDEX,
        )
        for one in scored
    )


def _sensitivity(scored: list[_Scored]) -> tuple[Part, ...]:
    parts = []
    for one in scored:
        for factor, zh, en in (
            (Fraction(1, 2), "减半", "halved"),
            (Fraction(2), "加倍", "doubled"),
        ):
            changed = [
                _Scored(x.id, x.weight * factor if x.id == one.id else x.weight, x.score)
                for x in scored
            ]
            label = Text(f"{one.id} 的权重{zh}", f"weight of {one.id} {en}")
            parts.append(_index(label, changed))
    equal = [_Scored(one.id, Fraction(1), one.score) for one in scored]
    return (*parts, _index(Text("权重相等", "equal weights"), equal))


def _index(label: Text, scored: list[_Scored]) -> Part:
    have, of = _sums(scored)
    return Part(label, whole(have), whole(of), unit=_INDEX)


def _published(scored: list[_Scored]) -> Text:
    total = sum((one.weight for one in scored), Fraction(0))
    words = "、".join(
        f"{one.id} {number_words(one.weight)}（{percent_words(one.weight / total)}）"
        for one in scored
    )
    en = ", ".join(
        f"{one.id} {number_words(one.weight)} ({percent_words(one.weight / total)})"
        for one in scored
    )
    return Text(f"权重：{words}", f"weights: {en}")


def _left(left: list[str]) -> tuple[Text, ...]:
    if not left:
        return ()
    ids = "、".join(left)
    return (Text(f"未能判断、没有计入的目标：{ids}", f"targets not judged, and left out: {ids}"),)
