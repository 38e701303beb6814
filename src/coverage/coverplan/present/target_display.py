"""Tables of targets, of a programme and of a breakdown to read in a notebook."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from ..core.text import Language, Text
from .target_programme import programme_words
from .target_sheets import for_people

__all__ = ["in_words"]

_BREAKDOWN: Mapping[str, Text] = MappingProxyType(
    {
        "target_id": Text("目标编号", "target"),
        "total": Text("总数", "total"),
        "name": Text("单元", "unit"),
        "have": Text("已有", "have"),
        "weight": Text("按什么分：数量", "need"),
        "weighed_by": Text("按什么分", "need is"),
        "quota": Text("应分（准确值）", "exact share"),
        "most": Text("最多还能增", "most that can be added"),
        "add": Text("新增", "add"),
        "part": Text("合计", "part"),
        "notes": Text("说明", "notes"),
    }
)

_OF_BREAKDOWN = frozenset({"weighed_by", "quota", "add"})
_OF_PROGRAMME = frozenset({"action_label", "cost_unknown", "sites_most", "met_by", "targets_met"})
"""Columns that tell what a table is of."""


def in_words(table: pd.DataFrame, language: Language = "zh") -> pd.DataFrame:
    """Return a table of targets with headings in words, without the columns for machines.

    A dash stands where there is no figure; to compute, take the table as it was.

    Parameters
    ----------
    table
        What `TargetReport.table`, ``summary``, ``missing``, ``parts`` or ``breakdown`` returned,
        or one of `Programme.tables`, or some of their rows and columns.
    language
        Of the headings; take the one the table was made in.

    Examples
    --------
    >>> import coverplan as cp
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"unit": ["330999201"], "name": ["柳溪镇"], "have": [9], "add": [1], "part": [10]}
    ... )
    >>> cp.in_words(table, "en")
      unit  have  add  part
    0  柳溪镇     9    1    10
    """
    said = _said(table, language)
    return said.astype(object).where(said.notna(), "—") if said.isna().any(axis=None) else said


def _said(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    if _OF_BREAKDOWN & set(table.columns):
        keys = [key for key in _BREAKDOWN if key in table]
        return table[keys].rename(columns={key: _BREAKDOWN[key].of(language) for key in keys})
    if _OF_PROGRAMME & set(table.columns):
        return programme_words(table, language)
    return for_people(table, language)
