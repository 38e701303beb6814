"""Which layer of facilities words speak of: names of files, sheets, kinds and facilities."""

import re
from collections.abc import Sequence

from ...domain.policy import policy_layers
from ..factcells import folded, parts_of
from ..policykinds import layer_words
from .roles import holds

LAYER_WORDS: dict[str, tuple[str, ...]] = {
    "eco_burial": (
        "生态安葬", "生态葬", "节地", "树葬", "花葬", "花坛葬", "草坪葬", "海葬", "生态公墓",
        "生态墓", "生态陵园", "eco burial", "eco-burial", "green burial", "natural burial",
    ),
    "childrens_home": (
        "儿童之家", "儿童驿站", "儿童关爱之家", "儿童活动", "children's home", "childrens home",
        "children home",
    ),
    "social_work": (
        "社会工作站", "社工站", "社会工作服务站", "社会工作", "社工", "social work", "social-work",
        "socialwork",
    ),
    "elderly_care": (
        "养老", "敬老", "颐养", "护理院", "老年公寓", "托老", "护老", "elderly", "senior",
        "nursing home", "nursing homes", "care home", "care homes", "aged care", "old age",
    ),
}  # fmt: skip
"""Words of each built-in layer, beside the words of policy layers; the most telling layer first."""

_ENDINGS = re.compile(
    r"(台账|名录|名单|一览表|清单|汇总表|汇总|统计表|情况表|基本情况|情况|信息表|信息|登记表|明细表"
    r"|明细|坐标|点位|分布|数据|列表|表|list|table|points|data|layer|sites|[\d_\-.()年月日\s]+)+$"
)
_LEDGERS = ("台账", "登记", "明细", "ledger")
_SHORTEST = 3


def stem_of(words: str) -> str:
    """Return what a list is of, without what makes it a list.

    Examples
    --------
    >>> stem_of("儿童福利机构台账"), stem_of("养老机构名录2024年")
    ('儿童福利机构', '养老机构')
    """
    return _ENDINGS.sub("", words) or words


def is_ledger(words: str) -> bool:
    """Return whether a name says that a list holds more than one needs to find a facility."""
    return bool(holds(words, _LEDGERS))


def policy_layer(words: str) -> str:
    """Return the policy layer words name: as they stand, else the longest name they hold.

    Examples
    --------
    >>> policy_layer("云溪县养老机构名录"), policy_layer("儿童福利机构台账"), policy_layer("名单")
    ('elderly_care_home', 'child_welfare_institution', '')
    """
    called = layer_words()
    single = {word: key for word, key in called.items() if not policy_layers()[key].members}
    stem = stem_of(folded(words))
    if stem in single:
        return single[stem]
    within = [word for word in single if len(word) >= _SHORTEST and holds(stem, (word,))]
    return single[max(within, key=lambda word: (len(word), word))] if within else ""


def study_layer(words: str) -> str:
    """Return the built-in layer that words speak of, "" where they speak of none.

    A kind that policy clauses know as something else is none: a home-care station is no home.

    Examples
    --------
    >>> study_layer("敬老院"), study_layer("居家养老服务站"), study_layer("elderly_social")
    ('elderly_care', '', 'elderly_care')
    """
    policy = policy_layer(words)
    own = policy_layers()[policy].study_layer if policy else ""
    plain = re.sub(r"[_\s]+", " ", words.casefold())
    if policy and not own:
        # Kinds of eco-burial are told by a word within the name of another: 公益性生态公墓.
        return "eco_burial" if holds(plain, LAYER_WORDS["eco_burial"]) else ""
    return own or next((key for key, has in LAYER_WORDS.items() if holds(plain, has)), "")


def layers_of_kinds(values: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return built-in layer -> the kinds that are of it, in the order they come."""
    found: dict[str, list[str]] = {}
    for value in dict.fromkeys(values):
        for part in [value, *parts_of(value)]:
            layer = study_layer(part)
            if layer:
                found.setdefault(layer, []).append(value)
                break
    return {layer: tuple(kinds) for layer, kinds in found.items()}


def most_named(names: Sequence[str]) -> tuple[str, float]:
    """Return the built-in layer most names speak of, and the share of names that do."""
    counts: dict[str, int] = {}
    for name in names:
        layer = study_layer(name)
        if layer:
            counts[layer] = counts.get(layer, 0) + 1
    if not counts:
        return "", 0.0
    best = max(counts, key=lambda layer: (counts[layer], layer))
    return best, counts[best] / len(names)
