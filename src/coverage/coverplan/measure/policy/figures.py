"""Figures in words: shares beside their numerator and denominator, counts with their unit."""

from fractions import Fraction

from ...core.text import Text
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
    of = f"{number_words(figure.numerator)} / {number_words(figure.denominator)}"
    shown = value_words(figure, figure.value, digits)
    zh = f"{shown.zh}（{of} {figure.of.zh}".rstrip() + "）"
    en = f"{shown.en} ({of} {figure.of.en}".rstrip() + ")"
    return Text(zh, en)


_MEASURES = (
    ("床位", "张"),
    ("户数", "户"),
    ("员", "名"), ("社工", "名"), ("儿童", "名"), ("主任", "名"), ("人数", "名"), ("人口", "名"),
    ("岁", "名"), ("老人", "名"), ("对象", "名"),
    ("火化", "台"),
    ("乡镇", "个"), ("村", "个"), ("社区", "个"), ("县", "个"), ("市", "个"), ("单元", "个"),
    ("岗", "个"), ("小区", "个"),
)  # fmt: skip
"""Measure words by what is counted, the first that fits; a facility is counted by 处."""

_MEASURED = "处个张人家项户名元台条所平百分种层栋间例对座"
"""What a unit begins with that has its measure word already."""


def counted(number: Fraction | int, unit: Text) -> Text:
    """Return a number of things, in Chinese with their measure word.

    Examples
    --------
    >>> counted(10, Text("护理型床位数", "nursing beds")).zh
    '10 张护理型床位'
    >>> counted(3, Text("乡镇（街道）", "townships")).zh, counted(1, Text("处", "townships")).en
    ('3 个乡镇（街道）', '1 township')
    """
    shown, zh = number_words(number), unit.zh
    if zh and zh[0] not in _MEASURED:
        facility = any(
            word in zh for word in ("站", "中心", "机构", "食堂", "助餐点", "院", "设施")
        )
        measure = next((m for word, m in _MEASURES if word in zh and not facility), "处")
        if zh.endswith(("数", "户数")):
            zh = zh.removesuffix("数").removesuffix("户")
        zh = f"{measure}{zh}"
    en = _singular(unit.en) if number == 1 else unit.en
    return Text(f"{shown} {zh}".strip(), f"{shown} {en}".strip())


_UNCHANGED = ("people", "premises", "staff", "ss")


def _singular(words: str) -> str:
    """Return plain plural words for one thing."""
    if not words.endswith("s") or words.endswith(_UNCHANGED) or " of " in words:
        return words
    return f"{words[:-3]}y" if words.endswith("ies") else words[:-1]


def value_words(figure: Measured, value: Fraction, digits: int = 2) -> Text:
    """Return a value as figures of this kind are written: percent, per 1,000, or a count."""
    if figure.denominator is None:
        return Text.same(number_words(value, digits))
    if figure.scale == 1:
        return Text.same(percent_words(value, digits))
    shown = number_words(value, digits)
    scale = _SCALES.get(figure.scale, Text.same(number_words(figure.scale)))
    return Text(f"每{scale.zh} {shown}", f"{shown} per {scale.en}")


_SCALES = {
    1000: Text("千", "1,000"),
    10_000: Text("万", "10,000"),
    100: Text("百", "100"),
    100_000: Text("十万", "100,000"),
}
