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


def figure_text(figure: Measured) -> Text:
    """Return a figure in words, its denominator beside it."""
    if figure.denominator is None:
        count = number_words(figure.numerator)
        return Text(f"{count} {figure.unit.zh}".strip(), f"{count} {figure.unit.en}".strip())
    of = f"{number_words(figure.numerator)} / {number_words(figure.denominator)}"
    shown = value_words(figure, figure.value)
    zh = f"{shown.zh}（{of} {figure.of.zh}".rstrip() + "）"
    en = f"{shown.en} ({of} {figure.of.en}".rstrip() + ")"
    return Text(zh, en)


def value_words(figure: Measured, value: Fraction) -> Text:
    """Return a value as figures of this kind are written: percent, per 1,000, or a count."""
    if figure.denominator is None:
        return Text.same(number_words(value))
    if figure.scale == 1:
        return Text.same(percent_words(value))
    shown = number_words(value)
    return Text(f"每{_SCALES[figure.scale].zh} {shown}", f"{shown} per {_SCALES[figure.scale].en}")


_SCALES = {
    1000: Text("千", "1,000"),
    10_000: Text("万", "10,000"),
    100: Text("百", "100"),
    100_000: Text("十万", "100,000"),
}
