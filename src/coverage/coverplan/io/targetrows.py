"""One row of a table of targets: every cell understood, or every fault of the row named."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.text import Text
from ..domain.policy import Target, unit_sets
from .targetcells import NOT_READ, Row, choice_of, fraction_of, value_of, year_of
from .targetconditions import conditions_of, denominator_of
from .targetwords import (
    BASES,
    COMPUTABILITIES,
    LEVEL_WORDS,
    OPERATOR_WORDS,
    STANDINGS,
    STRENGTHS,
    Words,
    folded,
    is_share,
    layer_words,
    nearest,
    nearest_word,
    parts_of,
)

_ID = re.compile(r"\w[\w.-]{0,39}")
_REGION = re.compile(r"[1-8]\d{5}(\d{3}(\d{3})?)?", re.ASCII)


def target_of(row: Row, indicators: Words | None, taken: Iterable[str]) -> Target | None:
    """Return the target a row states, None where a fault was noted in ``row.faults``.

    Parameters
    ----------
    row
        The row.
    indicators
        What a cell may call an indicator type, folded, and the type; None: any name.
    taken
        Ids of rows read before.
    """
    parts: dict[str, Any] = {
        **_cited(row, taken),
        **_asked(row, indicators),
        **_dated(row),
        "regions": _regions(row),
        "level": choice_of(row, "level", LEVEL_WORDS),
        "layers": _layers(row),
        "condition": conditions_of(row, row.text("condition")),
        "denominator": denominator_of(row, row.text("denominator")),
        "strength": choice_of(row, "strength", STRENGTHS),
        "computability": choice_of(row, "computability", COMPUTABILITIES, otherwise="B"),
        **_worded(row),
    }
    _check_deadline(row, parts)
    _check_share(row, parts)
    if list(row.faults):
        return None
    return Target(**parts, source=row.file, row=row.number)


def _cited(row: Row, taken: Iterable[str]) -> dict[str, Any]:
    key = row.text("id")
    if not _ID.fullmatch(key):
        row.fault(
            "id",
            Text("编号为空或不能使用", "the id is empty or cannot be used"),
            Text("文字、数字、_、. 和 -，不超过 40 个字", "letters, digits, _ . and -, at most 40"),
        )
    elif key in set(taken):
        row.fault(
            "id",
            Text(
                "编号已有：内置目标或前面的行用了它",
                "the id is taken, by a built-in target or a row above",
            ),
            Text("没有用过的编号", "an id nobody has"),
        )
    for name in ("document", "issuer", "clause"):
        if not row.text(name):
            row.fault(
                name,
                Text("没有写明出处", "what is cited is not said"),
                Text("文件名、发文机关和条款号", "document, issuer and clause"),
            )
    return {
        "id": key,
        "document": row.text("document"),
        "issuer": row.text("issuer"),
        "clause": row.text("clause"),
        "standing": choice_of(row, "standing", STANDINGS),
    }


def _asked(row: Row, indicators: Words | None) -> dict[str, Any]:
    indicator: str | None = row.text("indicator")
    if indicators is not None:
        indicator = choice_of(row, "indicator", indicators)
    operator = choice_of(row, "operator", OPERATOR_WORDS)
    low, high, setting = value_of(row, operator)
    return {
        "indicator": indicator,
        "operator": operator,
        "value": low,
        "value_high": high,
        "value_setting": setting,
    }


def _dated(row: Row) -> dict[str, Any]:
    baseline = row.text("baseline")
    value = fraction_of(baseline) if baseline else None
    if baseline and value is None:
        row.fault("baseline", NOT_READ, Text("0 或更大的数，或留空", "a number, or nothing"))
    year, when = year_of(row, "year", needed=True), year_of(row, "baseline_year")
    if bool(baseline) != bool(row.text("baseline_year")):
        row.fault(
            "baseline_year",
            Text("基期值和基期年份只写了一个", "one of baseline and its year is missing"),
            Text("两个都写，或都留空", "both, or neither"),
        )
    deadline = year_of(row, "deadline")
    basis = choice_of(row, "deadline_basis", BASES, otherwise="none")
    if basis is not None and (basis == "none") != (not row.text("deadline")):
        row.fault(
            "deadline_basis",
            Text("期限和期限依据不一致", "deadline and its basis do not agree"),
            Text(
                "有期限：stated、document_year 或 plan_end；没有期限：none",
                "with a deadline: stated, document_year or plan_end; without: none",
            ),
        )
    return {
        "year": year,
        "deadline": deadline,
        "deadline_basis": basis,
        "baseline": value,
        "baseline_year": when,
    }


def _regions(row: Row) -> tuple[str, ...]:
    sets = {folded(w): s for s in unit_sets().values() for w in (s.id, s.label.zh, s.label.en)}
    codes: dict[str, None] = {}
    named = sets.get(folded(row.text("region")))
    tokens = [] if named else [t for part in parts_of(row.text("region")) for t in part.split()]
    bad = [t for t in tokens if folded(t) not in sets and not _REGION.fullmatch(t)]
    if bad or not (tokens or named):
        row.fault(
            "region",
            Text("地区代码不能使用", "the region code cannot be used"),
            Text(
                f"6、9 或 12 位行政区划代码，或 {'、'.join(unit_sets())}",
                f"a code of 6, 9 or 12 digits, or {', '.join(unit_sets())}",
            ),
            near=nearest(bad[0], unit_sets()) if bad else Text("", ""),
        )
        return ()
    if named:
        return tuple(sorted(named.codes))
    for token in tokens:
        inside = sets.get(folded(token))
        codes |= dict.fromkeys(sorted(inside.codes) if inside else [token])
    return tuple(codes)


def _layers(row: Row) -> tuple[str, ...]:
    words, found = layer_words(), list[str]()
    whole = words.get(folded(row.text("layer")))
    if whole:
        return (whole,)
    parts = parts_of(row.text("layer"))
    for part in parts:
        layer = words.get(folded(part))
        if layer is not None:
            found.append(layer)
    if not parts or len(found) < len(parts):
        bad = next((part for part in parts if folded(part) not in words), "")
        row.fault(
            "layer",
            Text("设施类别为空或不认识", "the layer is empty or not known"),
            Text(
                "内置的设施类别，如 elderly_care_home 或 养老机构",
                "a built-in policy layer such as elderly_care_home",
            ),
            near=nearest_word(bad, words) if bad else Text("", ""),
        )
    return tuple(dict.fromkeys(found))


def _worded(row: Row) -> dict[str, Any]:
    zh, en = row.text("zh"), row.text("en")
    if not zh and not en:
        row.fault(
            "zh",
            Text("没有写明内容", "what the clause asks is not said"),
            Text("用自己的话写一句", "a sentence in your own words"),
        )
    return {
        "words": Text(zh or en, en or zh),
        "unit": _pair(row, "unit"),
        "note": _pair(row, "note"),
    }


def _pair(row: Row, stem: str) -> Text:
    zh, en = row.text(f"{stem}_zh"), row.text(f"{stem}_en")
    return Text(zh or en, en or zh)


def _check_deadline(row: Row, parts: Mapping[str, Any]) -> None:
    """Note a deadline before its document, unless the document reports what was reached."""
    deadline, year = parts["deadline"], parts["year"]
    if deadline and year and deadline < year and parts["strength"] != "baseline":
        row.fault(
            "deadline",
            Text("期限早于文件的年份", "the deadline is before the year of its document"),
            Text(
                f"{year} 年或以后；通报的结果，力度写“通报”",
                f"{year} or later; a result that is reported has the strength baseline",
            ),
        )


def _check_share(row: Row, parts: Mapping[str, Any]) -> None:
    if not parts["indicator"] or not is_share(parts["indicator"]):
        return
    for key, value in (("value", parts["value"]), ("baseline", parts["baseline"])):
        if value is not None and value > 1:
            row.fault(
                key,
                Text("比例大于 1", "a share above 1"),
                Text(
                    "0 到 1 的数或百分数，如 0.7 或 70%", "a number from 0 to 1, or per cent: 70%"
                ),
            )
