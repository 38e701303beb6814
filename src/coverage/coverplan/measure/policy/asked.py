"""By what a figure is judged: the clause's number, or the one the planner set in its place."""

import datetime
from fractions import Fraction

from ...core.text import Text
from ...domain.policy import Operator, Target
from .applies import Bearing
from .course import Baseline
from .facts import number_asked
from .figures import number_words
from .filters import setting
from .found import Cannot, Measured
from .ledger import Ledger
from .registry import INDICATOR_TYPES, IndicatorType

Asked = tuple[Operator, Fraction]


def asked_of(
    target: Target, figure: Measured, ledger: Ledger, bears: Bearing, baseline: Baseline | None
) -> Asked | Cannot:
    """Return operator and value a figure is judged by; `Cannot` where nobody gives a number.

    Parameters
    ----------
    target, figure, ledger
        The clause, the figure, and what the planner set.
    bears
        How the clause bears on the study.
    baseline
        Where the figure stood.
    """
    if figure.against is not None:
        return figure.against
    kind = INDICATOR_TYPES.get(target.indicator)
    if kind is not None and kind.transfer == "named" and bears.scope == "other":
        return Cannot(
            Text("条文点名的是外地的地方，与本地无从比较", "the clause names places elsewhere")
        )
    if target.operator == "increase":
        return _increase(target, figure, baseline, ledger.date)
    value = _possible(target, _number(target, ledger), figure, ledger)
    if not isinstance(value, Cannot):
        value = _of_the_study(target, value, kind, ledger, bears)
    return value if isinstance(value, Cannot) else (_operator(target, figure), value)


def _operator(target: Target, figure: Measured) -> Operator:
    """Return how a figure is compared: "equal to" a number is to have come as far as that."""
    if target.operator == "exists":
        return ">="
    if target.operator in {"==", "rule"}:
        return ">=" if figure.better == "high" else "<="
    return target.operator


def _number(target: Target, ledger: Ledger) -> Fraction | Cannot:
    """Return the number asked for; of what is only to exist, one."""
    if target.operator == "exists" and target.value is None and not target.value_setting:
        return Fraction(1)
    return number_asked(target, ledger)


def _possible(
    target: Target, value: Fraction | Cannot, figure: Measured, ledger: Ledger
) -> Fraction | Cannot:
    """Return a number asked for; `Cannot` where the planner gave one nobody can mean."""
    share = figure.denominator is not None and figure.scale == 1
    own = target.id in ledger.config.thresholds and target.operator == "rule"
    if isinstance(value, Cannot) or not own:
        return value
    key, shown = f'targets.thresholds."{target.id}"', number_words(value)
    if value < 0 or (value == 0 and _operator(target, figure) == ">="):
        always = Text(
            f"{key} 写的是 {shown}，这样的要求什么时候都算达到：要写大于 0 的数",
            f"{key} is {shown}, which is always met: a number above 0 is wanted",
        )
        never = Text(
            f"{key} 写的是 {shown}，没有什么能低于 0：要写 0 或更大的数",
            f"{key} is {shown}, and nothing is below 0: a number of 0 or more is wanted",
        )
        return Cannot(always if _operator(target, figure) == ">=" else never, settings=(key,))
    if not share or value <= 1:
        return value
    return Cannot(
        Text(
            f"{key} 写的是 {shown}，占比只能在 0 与 1 之间（50 % 写作 0.5）",
            f"{key} is {shown}, and a share lies between 0 and 1 (write 50 % as 0.5)",
        ),
        settings=(key,),
    )


def _of_the_study(
    target: Target, value: Fraction, kind: IndicatorType | None, ledger: Ledger, bears: Bearing
) -> Fraction | Cannot:
    """Return what of a number for a wider place falls to the study: its quota."""
    if not _owes_a_part(target, kind, ledger, bears) or value == 0:
        return value
    quota = ledger.config.quotas.get(target.id)
    return Fraction(str(quota)) if quota is not None else _no_quota(target, bears, value)


def _owes_a_part(
    target: Target, kind: IndicatorType | None, ledger: Ledger, bears: Bearing
) -> bool:
    summed = kind is not None and kind.transfer == "sum"
    return summed and bears.scope != "same" and target.id not in ledger.config.thresholds


def quota_of(target: Target, ledger: Ledger, bears: Bearing) -> Fraction | None:
    """Return the study's part of a number for another place it is judged by, None without one.

    Parameters
    ----------
    target, ledger, bears
        The clause, what the planner set, and how the clause bears on the study.
    """
    quota = ledger.config.quotas.get(target.id)
    kind = INDICATOR_TYPES.get(target.indicator)
    if quota is None or not target.value or target.operator in {"rule", "increase"}:
        return None
    return Fraction(str(quota)) if _owes_a_part(target, kind, ledger, bears) else None


def _increase(
    target: Target, figure: Measured, baseline: Baseline | None, date: datetime.date
) -> Asked | Cannot:
    key = f'targets.baselines."{target.id}"'
    if baseline is not None and datetime.date(baseline.year, 12, 31) > date:
        return Cannot(
            Text(
                f"条文只要求提高，而基期（{baseline.year} 年底）晚于研究日期；{key} 须写更早的年份",
                f"the clause asks for more only, and the baseline (end of {baseline.year}) is "
                f"after the day of the study: {key} must be of an earlier year",
            ),
            settings=(key,),
        )
    if baseline is None:
        return Cannot(
            Text(
                f"条文只要求提高；在研究文件中写明 {key} 之前无法判断",
                f"the clause asks for more only; cannot be judged until you set {key}",
            ),
            settings=(key,),
        )
    return (">" if figure.better == "high" else "<"), baseline.value


def _no_quota(target: Target, bears: Bearing, value: Fraction) -> Cannot:
    key = f'targets.quotas."{target.id}"'
    whole = number_words(value)
    zh = "全部范围" if bears.scope == "wider" else "另一地方"
    en = "the whole of a wider place" if bears.scope == "wider" else "another place"
    return Cannot(
        Text(
            f"{whole} 是{zh}的数，本研究区承担多少没有写明；设置 {key} 之前无法判断",
            f"{whole} is a number for {en}; what of it falls to the study is not said: cannot be "
            f"judged until you set {key}",
        ),
        settings=(key,),
    )


def upper_of(
    target: Target, ledger: Ledger, operator: Operator, value: Fraction
) -> Fraction | Cannot | None:
    """Return the upper end of what is asked, None where there is none.

    Parameters
    ----------
    target, ledger
        The clause, and what the planner set.
    operator, value
        What it is judged by.
    """
    if operator == "in_range":
        return target.value_high if target.value_high is not None else value
    if operator == "~=":
        about = setting(ledger.config, "about")
        return about if isinstance(about, Cannot) else value * (1 + about)
    return None
