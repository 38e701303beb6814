"""Tables of targets as people read them: headings in words, for a workbook and for reports."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from ..core.text import Language, Text
from ..measure.policy.figures import counted
from ..measure.policy.found import Finding
from ..measure.policy.ledger import Ledger
from . import target_words as words
from .targets import missing_table, ordered, parts_table, summary_table, targets_table

_HEADS: Mapping[str, Text] = MappingProxyType(
    {
        "order": Text("序号", "order"),
        "verdict_label": Text("结论", "verdict"),
        "target_id": Text("目标编号", "target"),
        "layer_label": Text("设施或服务", "facility or service"),
        "requirement": Text("要求（转述）", "what is asked (paraphrase)"),
        "operator": Text("关系", "relation"),
        "asked": Text("要求数值", "asked"),
        "value": Text("现状数值", "value"),
        "value_unit": Text("数值单位", "unit of value"),
        "numerator": Text("现有", "have"),
        "unit": Text("现有单位", "unit"),
        "denominator": Text("分母", "denominator"),
        "of": Text("分母是什么", "of what"),
        "need": Text("应达", "need"),
        "gap": Text("缺口", "gap"),
        "gap_unit": Text("缺口单位", "unit of gap"),
        "missing_count": Text("缺少的个数", "how many are missing"),
        "missing_people": Text("涉及人数", "people concerned"),
        "missing": Text("缺少的单元或设施", "missing units or facilities"),
        "deadline_label": Text("期限", "deadline"),
        "course_label": Text("进度", "course"),
        "course_note": Text("进度说明", "on the course"),
        "sites_help": Text("增设站点可补", "new sites close it"),
        "document": Text("文件", "document"),
        "clause": Text("条款", "clause"),
        "standing_label": Text("效力", "standing"),
        "issuer": Text("发文机关", "issuer"),
        "year": Text("年份", "year"),
        "applies_label": Text("是否适用", "applies"),
        "strength_label": Text("力度", "strength"),
        "indicator_label": Text("指标", "indicator"),
        "coverage_label": Text("覆盖的含义", "meaning of coverage"),
        "reason": Text("理由", "reason"),
        "settings": Text("需要的设置", "settings wanted"),
        "rank": Text("严格程度名次", "rank by strictness"),
        "notes": Text("说明", "notes"),
        "formula": Text("算法", "how it is measured"),
        "number": Text("次序", "number"),
        "code": Text("代码", "code"),
        "name": Text("名称", "name"),
        "people": Text("人数", "people"),
        "note": Text("缺什么", "what is missing"),
        "part": Text("附带数值", "figure beside"),
        "total": Text("合计", "total"),
        "term": Text("用语", "term"),
        "meaning": Text("含义", "meaning"),
        **{str(key): word for key, word in words.VERDICTS.items()},
    }
)
"""Columns people read, in their order; the others are for machines and stand in the CSV files."""

_SHEETS = {
    "summary": Text("汇总", "summary"),
    "targets": Text("目标", "targets"),
    "missing": Text("缺口名单", "missing"),
    "parts": Text("附带数值", "figures beside"),
    "terms": Text("用语", "terms"),
}

_TERMS: tuple[tuple[Text, Text], ...] = (
    (
        words.VERDICTS["not_met"],
        Text("有数值，低于条文的要求", "there is a figure, and it falls short of the clause"),
    ),
    (
        words.VERDICTS["cannot_judge"],
        Text(
            "缺数据或缺设置，理由写明缺什么；不等于 0",
            "data or a setting is wanting, and the reason says which; it does not mean 0",
        ),
    ),
    (words.VERDICTS["met"], Text("有数值，达到条文的要求", "there is a figure, and it is enough")),
    (
        words.VERDICTS["no_target"],
        Text(
            "定义、背景或已通报的结果，没有提出要求",
            "a definition, a context or a reported result: nothing is asked",
        ),
    ),
    (words.VERDICTS["elsewhere"], Text("条文针对别的地方", "the clause speaks of another place")),
    (
        words.APPLIES["reference"],
        Text("外地文件，只作比较，不约束本地", "a yardstick from elsewhere that binds nobody here"),
    ),
    (
        words.STANDINGS["draft"],
        Text("征求意见的草案，不是有效文件", "a draft put out for comment, no document in force"),
    ),
    (
        words.KINDS["has_one"],
        Text(
            "范围内至少有一处运营设施的单元所占比例",
            "share of units with at least one working facility",
        ),
    ),
    (
        words.KINDS["reached"],
        Text(
            "按本研究的出行方式在时限内到达设施的人所占比例",
            "share of people within the minutes, travelling as the study says",
        ),
    ),
    (
        words.KINDS["served"],
        Text("由别处设施服务到的单元所占比例", "share of units served from a site elsewhere"),
    ),
    (
        Text("条文未写明", "not stated"),
        Text(
            "期限取自文件年份或规划期末，条文本身没有写年份",
            "a year taken from the document or the end of the plan; the clause names none",
        ),
    ),
)


def target_sheets(
    findings: Sequence[Finding], ledger: Ledger, language: Language = "zh"
) -> dict[str, pd.DataFrame]:
    """Return the sheets of ``targets.xlsx``: summary, targets, missing, figures beside, terms.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.

    Returns
    -------
    dict
        Title of the sheet -> table with headings in words.
    """
    tables = {
        "summary": summary_table(findings, language),
        "targets": targets_table(findings, ledger, language),
        "missing": missing_table(findings, ledger, language),
        "parts": parts_table(findings, ledger, language),
        "terms": pd.DataFrame(
            [(term.of(language), meaning.of(language)) for term, meaning in _TERMS],
            columns=["term", "meaning"],
        ),
    }
    return {_SHEETS[key].of(language): for_people(table, language) for key, table in tables.items()}


def for_people(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table of targets with headings in words, without what is for machines.

    Parameters
    ----------
    table, language
        As its CSV file has it, and in which words.
    """
    keys = [key for key in _HEADS if key in table.columns]
    # The summary is read from the left: document before counts.
    if "target_id" not in table.columns:
        keys = [key for key in table.columns if key in _HEADS]
    return table[keys].rename(columns={key: _HEADS[key].of(language) for key in keys})


def verdict_fills(language: Language) -> dict[str, dict[str, str]]:
    """Return the grounds of verdicts and drafts in a workbook, by heading and word."""
    draft = words.STANDINGS["draft"].of(language)
    return {
        _HEADS["verdict_label"].of(language): {
            words.VERDICTS[key].of(language): colour for key, colour in words.VERDICT_FILLS.items()
        },
        _HEADS["standing_label"].of(language): {draft: "FFD966"},
    }


def target_rows(
    findings: Sequence[Finding], ledger: Ledger, language: Language = "zh"
) -> list[dict[str, Any]]:
    """Return one dictionary per target, its words ready to print: for a report.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.

    Returns
    -------
    list of dict
        In the order of `ordered`; plain text and numbers only. ``missing`` holds every unit or
        facility that is wanting, with code, name, people and note.
    """
    return [
        _report_row(order, finding, language)
        for order, finding in enumerate(ordered(findings, ledger), 1)
    ]


def _report_row(order: int, finding: Finding, language: Language) -> dict[str, Any]:
    target, figure = finding.target, finding.figure
    asked = finding.need is not None and finding.verdict in {"met", "not_met"}
    unit = Text("", "") if figure is None else figure.unit
    return {
        "order": order,
        "id": target.id,
        "verdict": finding.verdict,
        "verdict_words": words.VERDICTS[finding.verdict].of(language),
        "applies": finding.applies,
        "applies_words": words.APPLIES[finding.applies].of(language),
        "requirement": target.words.of(language),
        "layers": words.layer_text(target).of(language),
        "indicator": words.indicator_text(target).of(language),
        "coverage": words.KINDS["" if figure is None else figure.kind].of(language),
        "citation": words.citation(target).of(language),
        "draft": target.draft,
        "have": words.figure_words(finding).of(language),
        "need": _amount(finding.need, unit, language) if asked else "",
        "gap": _amount(finding.gap, finding.gap_unit, language) if asked else "",
        "deadline": words.deadline_text(target).of(language),
        "deadline_implied": target.implied,
        "course": words.COURSES[finding.course].of(language),
        "course_note": finding.course_text.of(language),
        "strength": words.STRENGTHS[target.strength].of(language),
        "sites_help": words.sites_help(target),
        "missing_names": words.missing_names(figure, language),
        "missing": [
            {"code": n.code, "name": n.name, "people": n.people, "note": n.note.of(language)}
            for n in (() if figure is None else figure.missing or ())
        ],
        "reason": finding.reason.of(language),
        "settings": list(finding.settings),
        "notes": words.joined((*(() if figure is None else figure.notes), target.note), language),
        "formula": words.formula_text(target).of(language),
    }


def _amount(value: Any, unit: Text, language: Language) -> str:
    return "" if value is None else counted(value, unit).of(language)
