"""Words that the drawing and the tables for readers without JavaScript share."""

from ..core.text import Text

__all__ = ["approval_words", "share_words"]

_TENTHS = 1000  # of a percent in the whole

_UNKNOWN = Text("未知", "unknown")
_APPROVAL = Text("审图号：{number}", "Map approval number: {number}")
_UNAPPROVED = Text(
    "内部工作用图，未经审核不得公开", "Internal working map, not approved for publication"
)


def approval_words(number: str | None, language: str) -> str:
    """Return the line every map carries: its approval number, or that it has none.

    Parameters
    ----------
    number
        Approval number of the map (审图号), None where there is none.
    language
        "zh" or "en".
    """
    text = _APPROVAL if number else _UNAPPROVED
    return (text.zh if language == "zh" else text.en).format(number=number)


def share_words(part: int | None, whole: int | None, language: str) -> str:
    r"""Write a share of people to one decimal; neither 0 nor 100 unless it is so.

    Parameters
    ----------
    part, whole
        People reached and people; None where they are not known.
    language
        "zh" or "en".

    Examples
    --------
    >>> share_words(1, 10_000, "en"), share_words(0, 5, "en"), share_words(3, 0, "en")
    ('<0.1\xa0%', '0.0\xa0%', '—')
    """
    if part is None or whole is None:
        return _UNKNOWN.zh if language == "zh" else _UNKNOWN.en
    if whole == 0:
        return "—"
    tenths = (2 * _TENTHS * part + whole) // (2 * whole)  # half up, in integers
    if tenths == 0 and part > 0:
        return "<0.1\u00a0%"
    if tenths == _TENTHS and part < whole:
        return ">99.9\u00a0%"
    return f"{tenths // 10}.{tenths % 10}\u00a0%"
