"""How a comparison is put into words: shares, changes, verdicts, in both languages."""

from typing import Any

import pandas as pd

from ..compared import Comparison, LayerCompared
from ..core.text import Text
from ..measure.coverage import TOTAL

MINUS, UNKNOWN = "\u2212", Text("未知", "unknown")
_NAMED = 4
_WHOLE = 1000


def count(value: Any) -> Text:
    """Return a whole number with separators, "unknown" for <NA>."""
    return UNKNOWN if pd.isna(value) else Text.same(f"{int(value):,}")


def signed(value: Any) -> Text:
    """Return a change of people: always with its sign, 0 without one."""
    if pd.isna(value):
        return UNKNOWN
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return Text.same(f"{sign}{abs(int(value)):,}")


def points(value: Any) -> Text:
    """Return a change in percentage points to one decimal, with its sign."""
    if pd.isna(value):
        return Text.same("—")
    if value == 0:
        return Text.same("0")
    sign = "+" if value > 0 else MINUS
    size = abs(float(value))
    return Text.same(f"{sign}{size:.1f}" if size >= _LEAST else f"{sign}<0.1")


_LEAST = 0.05


def percent(part: Any, whole: Any) -> Text:
    """Return a share to one decimal; neither 0 nor 100 unless it is so."""
    if pd.isna(part) or pd.isna(whole):
        return UNKNOWN
    part, whole = int(part), int(whole)
    if whole == 0:
        return Text.same("—")
    tenths = (2000 * part + whole) // (2 * whole)
    if tenths == 0 and part > 0:
        return Text.same("<0.1 %")
    if tenths == _WHOLE and part < whole:
        return Text.same(">99.9 %")
    return Text.same(f"{tenths // 10}.{tenths % 10} %")


def yuan(cost: Any, unknown: int, sites: int) -> Text:
    """Return what new sites cost, and of how many nobody said."""
    if not sites:
        return Text.same("—")
    if pd.isna(cost):
        return UNKNOWN
    more = Text(f"（另有 {unknown} 处未知）", f" ({unknown} more unknown)")
    known = Text(f"{int(cost):,} 元", f"{int(cost):,} yuan")
    return Text(known.zh + more.zh, known.en + more.en) if unknown else known


def is_digest(words: str) -> bool:
    """Return whether words are the SHA-256 of a file, of which people read the beginning."""
    return len(words) == _SHA and all(c in "0123456789abcdef" for c in words)


_SHA, DIGITS_READ = 64, 12


def verdict(comparison: Comparison) -> Text:
    """Return in one sentence what a comparison found.

    Parameters
    ----------
    comparison
        What was found.
    """
    if comparison.same:
        return Text(
            "两次计算没有任何不同：问题、数字和站点都一样。",
            "Nothing differs: question, figures and sites are the same in both runs.",
        )
    sites = comparison.sites["difference"] != "same"
    gains = comparison.changes["direction"] == "gains"
    reached = comparison.units["change"].fillna(0).ne(0)
    if not sites.any() and not reached.any() and not len(gains):
        if not comparison.question:
            return Text(
                "比较过的图层，可达人数和站点没有不同；有的数字未知或未比较，见下。",
                "In what was compared people reached and sites do not differ; some figures are "
                "unknown, or were not compared: see below.",
            )
        return Text(
            "问题有不同（见下），可达人数和站点没有不同。",
            "The questions differ (see below); people reached and sites do not.",
        )
    up, down = int(gains.sum()), int((~gains).sum())
    return Text(
        f"站点不同 {int(sites.sum())} 处；结果改变的乡镇：B 得到 {up} 项，失去 {down} 项。",
        f"Sites that differ: {int(sites.sum())}; townships that change sides: B gains {up}, "
        f"loses {down}.",
    )


def layer_sentence(layer: LayerCompared, row: dict[str, Any], units: pd.DataFrame) -> Text:
    """Return what differs in one layer: people, sites, and where most are gained and lost.

    Parameters
    ----------
    layer, row
        The layer, and its row of `Comparison.layers`.
    units
        Its rows of `Comparison.units` at the limit shown.
    """
    change, limit = row["change"], f"{layer.minutes:g}"
    a, b = (percent(row[f"reached_{s}"], row["people"]) for s in ("a", "b"))
    if pd.isna(change):
        return Text(
            "有乡镇人数未知，合计不能比较。", "Some people are unknown: no total to compare."
        )
    if change == 0:
        zh, en = (
            f"{limit} 分钟可达人数相同（{a.zh}）。",
            f"The same people within {limit} min ({a.en}).",
        )
    else:
        more = ("多", "more") if change > 0 else ("少", "fewer")
        size = f"{abs(int(change)):,}"
        zh = f"{limit} 分钟可达：B 比 A {more[0]} {size} 人（{a.zh} → {b.zh}）。"
        en = f"Within {limit} min B reaches {size} {more[1]} than A ({a.en} → {b.en})."
    some = units[units["unit_code"] != TOTAL].dropna(subset=["change"])
    for words, rows in (
        (("增加最多", "Most gained"), some[some["change"] > 0].nlargest(_NAMED, "change")),
        (("减少最多", "Most lost"), some[some["change"] < 0].nsmallest(_NAMED, "change")),
    ):
        if len(rows):
            named = [f"{r['unit_name']} {signed(r['change']).zh}" for r in rows.to_dict("records")]
            zh += f"{words[0]}：{'、'.join(named)}。"
            en += f" {words[1]}: {', '.join(named)}."
    return Text(zh, en)
