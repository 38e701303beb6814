"""The programme that closes the gaps of targets, as people read it: lines and sheets."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from ..core.text import Language, Text
from . import target_words as words

_SITES_SHOWN = 20
_WORDS_SHOWN = 400
_PLACES_SHOWN = 160
_IDS_SHOWN = 12

_SHEETS: Mapping[str, Text] = MappingProxyType(
    {
        "programme_targets": Text("各目标所需站点", "sites by target"),
        "programme_sites": Text("建设清单", "sites to build"),
        "programme_years": Text("分年计划", "programme by year"),
        "breakdown": Text("指标分解", "breakdown"),
    }
)

_HEADS: Mapping[str, Text] = MappingProxyType(
    {
        "target_id": Text("目标编号", "target"),
        "document": Text("文件", "document"),
        "clause": Text("条款", "clause"),
        "standing": Text("效力", "standing"),
        "applies": Text("是否适用", "applies"),
        "deadline": Text("期限年份", "year due"),
        "deadline_basis": Text("期限依据", "year from"),
        "gap": Text("缺口", "gap"),
        "gap_unit": Text("缺口单位", "unit of gap"),
        "need": Text("需要什么", "what is needed"),
        "sites": Text("站点数", "sites"),
        "sites_most": Text("站点上限", "sites at most"),
        "proof": Text("证明", "proof"),
        "reuse": Text("利用现有", "reuse"),
        "build": Text("新建", "build"),
        "cost_yuan": Text("造价（元）", "cost, yuan"),
        "cost_unknown": Text("造价未知的处数", "sites of unknown cost"),
        "budget_yuan": Text("资金上限（元）", "budget, yuan"),
        "where": Text("地点", "where"),
        "in_programme": Text("在分年计划内", "in the programme"),
        "met_by": Text("计划达到年份", "met by the end of"),
        "what_instead": Text("非站点可补的，要补什么", "what else it takes"),
        "notes": Text("说明", "notes"),
        "order": Text("次序", "order"),
        "year": Text("年份", "year"),
        "layer_label": Text("设施", "facility"),
        "name": Text("站点", "place"),
        "unit_name": Text("乡镇（街道）", "township"),
        "action_label": Text("方式", "how"),
        "targets": Text("为哪些目标", "for targets"),
        "newly_reached": Text("新增可达人数", "people newly reached"),
        "targets_met": Text("至年底达到的目标", "targets met by its end"),
        "x": Text("X（米）", "x, metres"),
        "y": Text("Y（米）", "y, metres"),
    }
)
"""Columns of programme tables that people read; others keep to the CSV files."""

_CODES: Mapping[str, Mapping[Any, Text]] = MappingProxyType(
    {
        "standing": {str(key): word for key, word in words.STANDINGS.items()},
        "applies": {str(key): word for key, word in words.APPLIES.items()},
        "deadline_basis": {str(key): word for key, word in words.BASES.items()},
        "in_programme": dict(words.YES_NO),
    }
)
"""Codes that a workbook shows as words."""


def programme_sheets(
    tables: Mapping[str, pd.DataFrame], language: Language = "zh"
) -> dict[str, pd.DataFrame]:
    """Return the tables of a programme as sheets, titles and headings in words.

    Parameters
    ----------
    tables, language
        By the name of their file, and in which words. A table or column that has no name for
        people keeps its own.
    """
    return {
        _SHEETS[key].of(language) if key in _SHEETS else key: _sheet(key, table, language)
        for key, table in tables.items()
    }


def _sheet(key: str, table: pd.DataFrame, language: Language) -> pd.DataFrame:
    return programme_words(table, language) if key.startswith("programme_") else table


def programme_words(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table of a programme with headings and codes in words.

    Parameters
    ----------
    table, language
        As its CSV file has it, and in which words.
    """
    keys = [column for column in table.columns if column in _HEADS]
    shown = {}
    for column in keys:
        known = _CODES.get(column, {})
        cells = [known[v].of(language) if v in known else v for v in table[column].astype(object)]
        shown[_HEADS[column].of(language)] = pd.Series(cells, dtype=object)
    return pd.DataFrame(shown)


def programme_lines(tables: Mapping[str, pd.DataFrame], language: Language) -> list[str]:
    """Return what each unmet target takes, the programme by year, and the order of building.

    Parameters
    ----------
    tables, language
        ``programme_targets``, ``programme_sites`` and ``programme_years``, any of which may be
        missing, and in which words.
    """
    lines: list[str] = []
    for key, head, line in (
        ("programme_targets", Text("各需多少站点：", "Sites that close the gaps:"), _target_line),
        ("programme_years", Text("分年计划：", "Programme by year:"), _year_line),
        ("programme_sites", Text("建设次序：", "Order of building:"), _site_line),
    ):
        rows = _rows(tables.get(key))
        if not rows:
            continue
        lines += ["", head.of(language)]
        shown = rows[:_SITES_SHOWN] if key == "programme_sites" else rows
        for row in shown:
            told = line(row, language)
            lines += [words.indented(one, _WORDS_SHOWN) for one in told if one]
        if len(shown) < len(rows):
            rest = len(rows) - len(shown)
            more = Text(f"……其余 {rest} 处见 {key}.csv", f"... the other {rest} are in {key}.csv")
            lines.append(f"  {more.of(language)}")
    return lines


def programme_short(tables: Mapping[str, pd.DataFrame], language: Language) -> list[str]:
    """Return a line for each target that sites close and for each year, without the places.

    Parameters
    ----------
    tables, language
        As in `programme_lines`.
    """
    lines: list[str] = []
    rows = _rows(tables.get("programme_targets"))
    by_sites = [row for row in rows if row.get("sites") is not None]
    others = [words.one_line(str(row.get("target_id") or ""), 40) for row in rows]
    others = [key for key, row in zip(others, rows, strict=True) if row.get("sites") is None]
    if rows:
        lines += ["", Text("各需多少站点：", "Sites that close the gaps:").of(language)]
        lines += [words.indented(_target_line(row, language)[0], _WORDS_SHOWN) for row in by_sites]
    if others:
        shown, n = words.listed(others, language, _IDS_SHOWN), len(others)
        line = Text(
            f"增设站点补不上的 {n} 条：{shown}（要补什么见 programme_targets.csv）",
            f"sites do not close {n}: {shown} (what it takes: programme_targets.csv)",
        )
        lines.append(f"  {line.of(language)}")
    years = _rows(tables.get("programme_years"))
    if years:
        lines += ["", Text("分年计划：", "Programme by year:").of(language)]
        lines += [words.indented(_year_line(row, language)[0], _WORDS_SHOWN) for row in years]
    if sites := _rows(tables.get("programme_sites")):
        n = len(sites)
        line = Text(
            f"建设次序和地点（{n} 处）见 programme_sites.csv",
            f"order and places of building ({_sites(n)}): programme_sites.csv",
        )
        lines.append(f"  {line.of(language)}")
    return lines


def _rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    if table is None:
        return []
    empty = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in empty.to_dict("records")]


def _target_line(row: dict[str, Any], language: Language) -> list[str]:
    key = row.get("target_id") or ""
    draft = words.STANDINGS["draft"]
    marks = (
        Text(f"【{draft.zh}】", f" [{draft.en}]") if row.get("standing") == "draft" else _NOTHING
    )
    if row.get("sites") is None:
        why = row.get("proof") or row.get("what_instead") or ""
        return [f"{key}{marks.of(language)}{_colon(language)}{why}"]
    cost = _money(row, language)
    zh = f"{key}{marks.zh}：{row['sites']} 处（{row.get('proof') or ''}{cost}）"
    en = f"{key}{marks.en}: {_sites(row['sites'])} ({row.get('proof') or ''}{cost})"
    where = words.one_line(str(row.get("where") or ""), _PLACES_SHOWN)
    return [Text(zh, en).of(language), f"   {where}" if where else ""]


def _year_line(row: dict[str, Any], language: Language) -> list[str]:
    year = row.get("year")
    notes = [f"   · {note}" for note in (row.get("notes") or "").split("; ") if note]
    if row.get("sites") is None:
        return [f"{year}{_colon(language)}—", *notes]
    most, budget = row.get("sites_most"), row.get("budget_yuan")
    cap = Text("", "") if most is None else Text(f"（至多 {most} 处）", f" (at most {most})")
    money = "" if budget is None else f" / {budget:,}"
    spent = f"{row.get('cost_yuan') or 0:,}{money}"
    met = (row.get("targets_met") or "").replace("|", "、" if language == "zh" else ", ") or "—"
    line = Text(
        f"{year}：{row['sites']} 处{cap.zh}，造价 {spent} 元"
        f"{_unknown(row, 'zh')}；至年底达到：{met}",
        f"{year}: {_sites(row['sites'])}{cap.en}, {spent} yuan"
        f"{_unknown(row, 'en')}; met by its end: {met}",
    )
    return [line.of(language), *notes]


def _site_line(row: dict[str, Any], language: Language) -> list[str]:
    label, unit = row.get("layer_label") or "", row.get("unit_name") or ""
    name, how = row.get("name") or "", row.get("action_label") or ""
    people, cost = row.get("newly_reached"), row.get("cost_yuan")
    price = _NOTHING if cost is None else Text(f"，{cost:,} 元", f", {cost:,} yuan")
    more = _NOTHING
    if people is not None:
        more = Text(f"，新增可达 {people:,} 人", f", {people:,} people newly reached")
    line = Text(
        f"{row.get('order')}. {row.get('year')} {label}：{unit} {name}（{how}{price.zh}{more.zh}）",
        f"{row.get('order')}. {row.get('year')} {label}: {unit} {name} ({how}{price.en}{more.en})",
    )
    return [line.of(language)]


_NOTHING = Text("", "")


def _sites(number: int) -> str:
    return "1 site" if number == 1 else f"{number} sites"


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def _money(row: dict[str, Any], language: Language) -> str:
    cost = row.get("cost_yuan")
    if cost is None:
        return ""
    words_of = Text(f"；{cost:,} 元", f"; {cost:,} yuan")
    return words_of.of(language) + _unknown(row, language)


def _unknown(row: dict[str, Any], language: Language) -> str:
    number = row.get("cost_unknown")
    if not number:
        return ""
    return Text(f"，另 {number} 处造价未知", f", the cost of {number} not known").of(language)
