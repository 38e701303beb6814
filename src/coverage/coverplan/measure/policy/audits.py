"""Audits of institutions: which should have closed, been converted, or be used again first."""

from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target, policy_layers
from .counted import facilities_of, layer_words
from .facts import condition_keys, exact, special, without
from .figures import number_words
from .filters import column_label, unknown_column
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .registry import measures
from .threefold import decided, fulfils

_SITES = Text("处", "facilities")


@measures(
    "facilities_left",
    zh="仍未撤并的机构",
    en="facilities left that meet the criteria for closing",
    formula=Text(
        "同时符合各项撤并条件的在运营机构数（阈值由规划者设定）",
        "working facilities that meet all criteria for moving their people elsewhere; thresholds "
        "are the planner's",
    ),
)
def facilities_left(target: Target, ledger: Ledger) -> Found:
    """Return how many facilities still meet all criteria for closing (Z20-20).

    Parameters
    ----------
    target, ledger
        The clause, its condition the criteria, and what is known.
    """
    sites = facilities_of(target, ledger, ())
    if isinstance(sites, Cannot):
        return sites
    flags = fulfils(sites.rows, target.condition, ledger.config)
    if isinstance(flags, Cannot):
        return flags
    left = sites.rows[flags.fillna(value=False).to_numpy(dtype=bool)]
    keys = condition_keys(target.condition)
    figure = Measured(
        numerator=len(left),
        denominator=None,
        unit=Text("处符合撤并条件的机构", "institutions that meet the criteria for closing"),
        better="low",
        missing=tuple(_named(left, [_facts(row, keys) for _, row in left.iterrows()])),
        parts=(Part(Text("在运营机构", "working facilities"), len(sites.rows), unit=_SITES),),
        notes=sites.notes,
    )
    return decided(target, figure, int(flags.isna().sum()), _NOT_TOLD, ledger.config)


_NOT_TOLD = Text(
    "处机构的评判数据不全，是否符合撤并条件未知",
    "facilities lack facts: whether they meet the criteria is not known",
)


def _facts(row: pd.Series, keys: tuple[str, ...]) -> Text:
    """Return the facts of a facility that the criteria speak of, numbers only."""
    zh, en = [], []
    for key in keys:
        if key in row.index and isinstance(row[key], int | float) and not pd.isna(row[key]):
            label, value = column_label(key), number_words(exact(row[key]))
            zh.append(f"{label.zh} {value}")
            en.append(f"{label.en} {value}")
    return Text("，".join(zh), ", ".join(en))


def _named(rows: pd.DataFrame, notes: list[Text]) -> list[Named]:
    return [
        Named(str(code), str(name), note)
        for code, name, note in zip(rows["id"], rows["name"], notes, strict=True)
    ]


@measures(
    "converted_share",
    zh="转型比例",
    en="share converted",
    formula=Text(
        "由该类转型而来的在运营机构 ÷（转型而来的 + 仍按原类运营的）",
        "working facilities that were converted from the layer / these and those still working as "
        "before",
    ),
)
def converted_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of institutions that have become another kind (XA-01).

    Parameters
    ----------
    target, ledger
        The clause (its layers what they were, ``to=`` what they become), and what is known.
    """
    to = special(target, "to")
    rest = without(target.condition, "to")
    old = facilities_of(target, ledger, rest)
    if isinstance(old, Cannot):
        return old
    new = facilities_of(target, ledger, rest, layers=(to,))
    if isinstance(new, Cannot):
        return new
    was = new.rows["converted_from"]
    if len(was) and was.isna().all():
        return unknown_column("converted_from")
    converted = int(was.isin(_names(target.layers)).sum())
    total = converted + len(old.rows)
    word, became = layer_words(target.layers), layer_words((to,))
    if not total:
        return Cannot(
            Text(
                f"研究区没有{word.zh}，也没有由其转型的{became.zh}（分母为零）",
                f"the study has no {word.en}, and no {became.en} that were (a denominator of zero)",
            )
        )
    return Measured(
        numerator=converted,
        denominator=total,
        unit=Text("处机构", "institutions"),
        of=Text("处机构", "institutions"),
        missing=tuple(_named(old.rows, [Text("", "")] * len(old.rows))),
        notes=(*old.notes, *new.notes),
    )


def _names(layers: tuple[str, ...]) -> set[str]:
    """Return what a list may call some layers."""
    found = set(layers)
    for layer in (policy_layers()[key] for key in layers if key in policy_layers()):
        found |= {layer.label.zh, layer.label.en, *layer.words}
    return found


@measures(
    "reuse_first",
    zh="应先盘活而未盘活的闲置设施",
    en="idle buildings passed over for new ones",
    formula=Text(
        "改造比新建便宜、而同一乡镇自文件年份起仍新开设同类设施的闲置设施数",
        "idle facilities that would cost less to use again than to build anew, in townships where "
        "a new one of the kind opened since the document's year",
    ),
)
def reuse_first(target: Target, ledger: Ledger) -> Found:
    """Return how many idle facilities were passed over for new ones (JJ-11).

    Parameters
    ----------
    target, ledger
        The clause, and what is known; costs of a facility in yuan.
    """
    sites = facilities_of(target, ledger, target.condition, any_status=True)
    if isinstance(sites, Cannot):
        return sites
    rows = sites.rows
    idle = rows["status"].astype("string") == "idle"
    cheaper = (rows["cost_reuse"] < rows["cost_new"]).astype("boolean")
    flags = idle & cheaper & _built_beside(rows, target.year)
    passed = rows[flags.fillna(value=False).to_numpy(dtype=bool)]
    figure = Measured(
        numerator=len(passed),
        denominator=None,
        unit=Text("处应先盘活的闲置设施", "idle buildings passed over"),
        better="low",
        missing=tuple(_named(passed, [_costs(row, ledger) for _, row in passed.iterrows()])),
        parts=(
            Part(Text("闲置设施", "idle facilities"), int(idle.sum()), unit=_SITES),
            Part(
                Text("改造比新建便宜的闲置设施", "idle, and cheaper to use again"),
                int((idle & cheaper).sum()),
                unit=_SITES,
            ),
        ),
        notes=sites.notes,
    )
    return decided(target, figure, int(flags.isna().sum()), _NO_COSTS, ledger.config)


_NO_COSTS = Text(
    "处设施的状态、造价、所在乡镇或同乡镇新设年份不明，是否应先盘活未知",
    "facilities of which status, costs, township or the years of others there are not known",
)


def _built_beside(rows: pd.DataFrame, year: int) -> pd.Series:
    """Return whether a new one opened in the township of each facility since a year."""
    working = rows[(rows["status"] == "operating").fillna(value=False).to_numpy(dtype=bool)]
    new = (working["opened"].astype("Int64") >= year).astype("boolean")
    at = working["township"].fillna("").astype(str)
    sure, perhaps = set(at[new.fillna(value=False)]), set(at[new.isna()])
    answers = [_answer(code, sure, perhaps) for code in rows["township"].fillna("").astype(str)]
    return pd.Series(pd.array(answers, dtype="boolean"), index=rows.index)


def _answer(code: str, sure: set[str], perhaps: set[str]) -> bool | None:
    if not code or (code in perhaps and code not in sure):
        return None
    return code in sure


def _costs(row: pd.Series, ledger: Ledger) -> Text:
    again, new = (Fraction(str(row[key])) for key in ("cost_reuse", "cost_new"))
    town = ledger.name(str(row["township"]))
    zh = f"{town}；改造 {number_words(again)} 元，新建 {number_words(new)} 元；其间已新开设一处"
    en = (
        f"{town}; {number_words(again)} yuan to use again, {number_words(new)} to build; a new "
        "one opened meanwhile"
    )
    return Text(zh, en)
