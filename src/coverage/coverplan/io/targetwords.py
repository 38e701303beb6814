"""What a table of targets may say: its columns, and the words of each, Chinese and English."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import get_args

from ..core.text import Text
from ..domain.facilities import STATUSES
from ..domain.policy import LEVELS, Computability, policy_layers
from ..domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS, Fact
from ..domain.targets_config import SettingsConfig

Words = Mapping[str, str]
"""What a cell may say, folded, and the word of the register it means."""

Indicators = Collection[str] | Mapping[str, Text]
"""Names of the registered indicator types, with what they are called where that is known."""

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "目标编号", "id"),
        "document": ("文件", "文件名称", "文件标题", "document"),
        "issuer": ("发文机关", "发文单位", "issuer"),
        "year": ("年份", "发文年份", "year"),
        "standing": ("效力", "文件效力", "standing"),
        "clause": ("条款", "条目", "clause"),
        "region": ("地区代码", "适用地区", "region"),
        "level": ("层级", "level"),
        "layer": ("设施类别", "图层", "layer"),
        "indicator": ("指标", "指标类型", "indicator"),
        "operator": ("关系", "比较", "operator"),
        "value": ("数值", "目标值", "value"),
        "unit_zh": ("单位", "计量单位", "unit_zh"),
        "unit_en": ("单位（英文）", "unit_en", "unit"),
        "deadline": ("期限", "完成年份", "deadline"),
        "deadline_basis": ("期限依据", "deadline_basis"),
        "baseline": ("基期值", "baseline"),
        "baseline_year": ("基期年份", "baseline_year"),
        "condition": ("条件", "condition"),
        "denominator": ("分母", "denominator"),
        "strength": ("力度", "strength"),
        "computability": ("可算性", "computability"),
        "zh": ("内容", "目标内容", "zh"),
        "en": ("内容（英文）", "en"),
        "note_zh": ("说明", "备注", "note_zh"),
        "note_en": ("说明（英文）", "note_en"),
    }
)
"""Columns of a table of targets, by what they are usually called, the Chinese name first."""

OPTIONAL = frozenset(
    {
        "unit_zh", "unit_en", "deadline", "deadline_basis", "baseline", "baseline_year",
        "condition", "denominator", "computability", "en", "note_zh", "note_en",
    }
)  # fmt: skip
"""Columns a table need not have."""

DENOMINATOR_LEVELS = (*LEVELS, "people", "facility")
SETTINGS = tuple(key for key in SettingsConfig.model_fields if key != "service_profile")
SPECIAL_KEYS = frozenset(
    {
        "part", "whole", "fact", "facts", "per", "scale", "to", "anchor", "since", "before",
    }
)  # fmt: skip
"""Keys of a condition that tell the indicator what to take, and test nothing."""

_DERIVED = frozenset({"status", "density_per_km2", "beds_per_social_worker"})


def folded(text: str) -> str:
    """Return a word without what two people write differently: case, width, spaces.

    Examples
    --------
    >>> folded(" 乡镇（街道） "), folded("＞＝")
    ('乡镇(街道)', '>=')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _words(**meanings: str) -> Words:
    pairs = {folded(word): key for key, line in meanings.items() for word in (*line.split(), key)}
    return MappingProxyType(pairs)


STANDINGS = _words(in_force="现行 有效 已印发", draft="征求意见稿 草案 讨论稿")
STRENGTHS = _words(
    must="必须", should="应当 推进", conditional="有条件", explore="探索", context="背景 定义",
    baseline="通报 现状 基期",
)  # fmt: skip
BASES = _words(
    stated="条文写明 明确 明文", document_year="文件年度 发文年度", plan_end="规划期末 计划期末",
    none="无 无期限",
)  # fmt: skip
LEVEL_WORDS = _words(
    province="省 省级", prefecture="市 设区市 地级市 市级", county="县 县级 区县 县（市、区）",
    township="乡镇 乡镇级 乡镇街道 乡镇（街道）", village="村 村级 村社区 村（社区）",
    community="社区", household="户 家庭", residential_area="小区 住宅小区", person="人 个人",
)  # fmt: skip
OPERATOR_WORDS: Words = MappingProxyType(
    {
        folded(word): operator
        for operator, line in {
            ">=": ">= ≥ ⩾ 不低于 不少于 至少 不小于", ">": "> 高于 超过 大于 多于",
            "<=": "<= ≤ ⩽ 不高于 不超过 不多于 至多 不大于", "<": "< 低于 少于 小于",
            "==": "== = 等于 全部", "~=": "~= ≈ 约 约为 左右", "in_range": "in_range 区间 介于",
            "exists": "exists 有 建有 已有", "increase": "increase 提高 增加 扩大 提升",
            "rule": "rule 原则 规则 无数值",
        }.items()
        for word in line.split()
    }
)  # fmt: skip
COMPUTABILITIES: Words = MappingProxyType({folded(c): c for c in get_args(Computability)})


@cache
def layer_words() -> Words:
    """Return what a cell may call a policy layer, folded, and the layer."""
    layers = policy_layers().values()
    words = {folded(word): layer.id for layer in layers for word in layer.words}
    for layer in layers:
        words |= dict.fromkeys(map(folded, (layer.id, layer.label.zh, layer.label.en)), layer.id)
    return MappingProxyType(words)


def indicator_words(indicators: Indicators) -> Words:
    """Return what a cell may call an indicator type, folded, and the type."""
    words = {folded(key): key for key in indicators}
    if isinstance(indicators, Mapping):
        for key, label in indicators.items():
            words |= {folded(label.zh): key, folded(label.en): key}
    return words


def is_share(indicator: str) -> bool:
    """Return whether an indicator type measures a share, which is never above 1.

    Examples
    --------
    >>> is_share("bed_share"), is_share("service_rate"), is_share("new_count")
    (True, True, False)
    """
    return indicator.endswith("_share") or indicator in {"service_rate", "plans_per_unit"}


@cache
def fact_keys() -> frozenset[str]:
    """Return the names of all facts a condition may speak of."""
    facts = (*UNIT_FACTS, *FACILITY_FACTS, *PROJECT_FACTS)
    return frozenset(fact.key for fact in facts) | _DERIVED


@cache
def words_of_fact(key: str) -> Words | None:
    """Return the words of a fact, folded, and what each means; None where any text may stand.

    Parameters
    ----------
    key
        Name of the fact; it may be one of units, facilities and projects.
    """
    facts = [f for f in (*UNIT_FACTS, *FACILITY_FACTS, *PROJECT_FACTS) if f.key == key]
    if not facts or any(fact.words is None for fact in facts):
        return None
    words = {folded(word): meaning for fact in facts for word, meaning in _meanings(fact)}
    if key == "status":
        words |= {folded(status): status for status in STATUSES}
    return words


def _meanings(fact: Fact) -> Iterable[tuple[str, str]]:
    return fact.words.items() if fact.words is not None else ()


def nearest(word: str, known: Iterable[str]) -> Text:
    """Return which of some words was probably meant, empty where none is like it."""
    return nearest_word(word, {name: name for name in known})


def nearest_word(word: str, words: Words) -> Text:
    """Return the same for a cell: the word of a Chinese reader, and what it means in English.

    Examples
    --------
    >>> nearest_word("生效", {"有效": "in_force"}).en
    'did you mean in_force? '
    """
    near = difflib.get_close_matches(folded(word), list(words), n=1, cutoff=0.4)
    if not near:
        return Text("", "")
    return Text(f"是否指 {near[0]}？", f"did you mean {words[near[0]]}? ")


def choices(words: Words) -> Text:
    """Return what a cell may say: the first word of each meaning, and the meanings in English."""
    first: dict[str, str] = {}
    for word, meaning in words.items():
        first.setdefault(meaning, meaning if word == folded(meaning) else word)
    return Text("、".join(_some(first.values())), ", ".join(_some(first)))


_SHOWN = 16


def _some(words: Iterable[str]) -> list[str]:
    known = list(words)
    return known if len(known) <= _SHOWN else [*known[:_SHOWN], "…"]


def parts_of(text: str) -> list[str]:
    """Return the words of a cell that lists several.

    Examples
    --------
    >>> parts_of("day-care centres、330200； zj26")
    ['day-care centres', '330200', 'zj26']
    """
    return [part.strip() for part in re.split(r"[|,;、，；\n]", text) if part.strip()]
