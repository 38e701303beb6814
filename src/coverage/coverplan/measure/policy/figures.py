"""Figures in words: shares beside their numerator and denominator, counts with their unit."""

from fractions import Fraction
from functools import cache

from ...core.text import Text
from ...domain.policy import policy_layers
from .found import Measured


def number_words(value: Fraction | int, digits: int = 2) -> str:
    """Return a number with separators, without needless decimals; rounded half up.

    Examples
    --------
    >>> number_words(Fraction(12345)), number_words(Fraction(1, 3)), number_words(Fraction(5, 2))
    ('12,345', '0.33', '2.5')
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return f"{int(exact):,}"
    ten = 10**digits
    sign = "-" if exact < 0 else ""
    rounded = int(abs(exact) * ten + Fraction(1, 2))
    whole, rest = divmod(rounded, ten)
    decimals = f"{rest:0{digits}d}".rstrip("0")
    return f"{sign}{whole:,}" + (f".{decimals}" if decimals else "")


def percent_words(share: Fraction, digits: int = 2) -> str:
    """Return a share in percent.

    A share short of the whole never reads 100 %, and one above nothing never 0 %.

    Examples
    --------
    >>> percent_words(Fraction(305, 399)), percent_words(Fraction(99999, 100000))
    ('76.44 %', '99.99 %')
    """
    least = Fraction(1, 10**digits)
    percent = share * 100
    if 0 < percent < least:
        return f"< {number_words(least, digits)} %"
    if 100 - least < percent < 100:  # noqa: PLR2004 - a whole in percent
        return f"{number_words(100 - least, digits)} %"
    return f"{number_words(percent, digits)} %"


def figure_text(figure: Measured, digits: int = 2) -> Text:
    """Return a figure in words, its denominator beside it; ``digits``: decimals at most."""
    if figure.denominator is None:
        return counted(figure.numerator, figure.unit)
    have, of = number_words(figure.numerator), counted(figure.denominator, figure.of, several=True)
    shown = value_words(figure, figure.value, digits)
    return Text(f"{shown.zh}（{have} / {of.zh}）", f"{shown.en} ({have} / {of.en})")


def spaced(text: Text) -> Text:
    """Return words to stand after a Chinese word: a blank before a figure, none before a word.

    Examples
    --------
    >>> spaced(Text("3 个", "3")).zh, spaced(Text("每千人 3", "")).zh
    (' 3 个', '每千人 3')
    """
    first = text.zh[:1]
    return Text(f" {text.zh}" if first.isascii() and first else text.zh, text.en)


_WHOLE_PHRASES = {
    "60岁及以上": "{n} 名 60 岁及以上老年人",
    "80岁及以上": "{n} 名 80 岁及以上老年人",
    "户籍60岁及以上": "{n} 名 60 岁及以上户籍老年人",
    "常住老年人": "{n} 名常住老年人",
    "户籍老年人": "{n} 名户籍老年人",
    "上门服务人数": "{n} 人（上门服务）",
    "年死亡人数": "{n} 人（一年死亡人数）",
    "年安葬数": "{n} 例安葬",
    "节地生态安葬数": "{n} 例节地生态安葬",
    "结婚登记数": "{n} 对（结婚登记）",
    "家庭养老床位": "{n} 张家庭养老床位",
    "适老化改造户数": "{n} 户（已适老化改造）",
    "已治理火化设备数": "{n} 台已治理火化设备",
    "权重合计": "权重合计 {n}",
}
"""Labels of columns that no measure word alone turns into an amount."""

_MEASURES = (
    ("床位", "张"),
    ("户数", "户"),
    ("员", "名"), ("社工", "名"), ("儿童", "名"), ("主任", "名"), ("人数", "名"), ("人口", "名"),
    ("老人", "名"), ("老年人", "名"), ("对象", "名"), ("残疾人", "名"),
    ("火化", "台"),
    ("乡镇", "个"), ("村", "个"), ("社区", "个"), ("县", "个"), ("市", "个"), ("单元", "个"),
    ("岗", "个"), ("小区", "个"), ("省", "个"),
)  # fmt: skip
"""Measure words by what is counted, the first that fits; a facility is counted by 处."""

_MEASURED = "处个张人家项户名元台条所平百分种层栋间例对座级"
"""What a unit begins with that has its measure word already."""


def counted(number: Fraction | int, unit: Text, *, several: bool = False) -> Text:
    """Return a number of things, in Chinese with their measure word.

    Parameters
    ----------
    number, unit
        How many of what.
    several
        Whether English keeps the plural for one: what a share is of.

    Examples
    --------
    >>> counted(10, Text("护理型床位数", "nursing beds")).zh
    '10 张护理型床位'
    >>> counted(3, Text("乡镇（街道）", "townships")).zh, counted(2, Text("处", "")).en
    ('3 个乡镇（街道）', '2')
    >>> counted(1, Text("乡镇（街道）", "townships and streets")).en
    '1 township or street'
    """
    shown, zh = number_words(number), unit.zh
    en = f"people {unit.en}" if unit.en.startswith("aged ") else unit.en
    en = en if several or number != 1 else singular(en)
    if zh in _WHOLE_PHRASES:
        return Text(_WHOLE_PHRASES[zh].format(n=shown), f"{shown} {en}".strip())
    if zh and (zh[0] not in _MEASURED or zh in _facility_labels()):
        measure = next((m for word, m in _MEASURES if word in zh), "处")
        if _is_facility(zh):
            measure = "处"
        if zh.endswith(("数", "户数")):
            zh = zh.removesuffix("数").removesuffix("户")
        zh = f"{measure}{zh}"
    return Text(f"{shown} {zh}".strip(), f"{shown} {en}".strip())


def _is_facility(zh: str) -> bool:
    """Return whether all that is named are kinds of facilities, counted by 处."""
    return all(part in _facility_labels() for part in zh.split("、"))


@cache
def _facility_labels() -> frozenset[str]:
    people = {"civil_affairs_office", "admin_unit", "residential_area"}
    return frozenset(one.label.zh for key, one in policy_layers().items() if key not in people)


_SAME_FOR_ONE = frozenset({"premises", "affairs", "civil-affairs", "yuan", "staff"})
_FOR_ONE = {"people": "person", "children": "child", "columbaria": "columbarium", "and": "or"}


def singular(words: str) -> str:
    """Return what one of some things is called.

    Examples
    --------
    >>> singular("villages and communities"), singular("children's homes")
    ('village or community', "children's home")
    >>> singular("civil servants for civil affairs"), singular("premises")
    ('civil servant for civil affairs', 'premises')
    """
    return " ".join(_one(word) for word in words.split())


def _one(word: str) -> str:
    if word in _FOR_ONE:
        return _FOR_ONE[word]
    if word.endswith(("ss", "'s", "s'")) or word in _SAME_FOR_ONE or not word.endswith("s"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def value_words(figure: Measured, value: Fraction, digits: int = 2) -> Text:
    """Return a value as figures of this kind are written: percent, per 1,000, or a count."""
    if figure.denominator is None:
        return Text.same(number_words(value, digits))
    if figure.scale == 1:
        return Text.same(percent_words(value, digits))
    shown = number_words(value, digits)
    scale = _SCALES.get(figure.scale, Text.same(number_words(figure.scale)))
    each = "户" if "户数" in figure.of.zh else "人"
    return Text(f"每{scale.zh}{each} {shown}", f"{shown} per {scale.en}")


_SCALES = {
    1000: Text("千", "1,000"),
    10_000: Text("万", "10,000"),
    100: Text("百", "100"),
    100_000: Text("十万", "100,000"),
}
