"""What a layer of folium says, as text: popups, tooltips, labels. Never as markup."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["children_of", "fields_text", "name_of", "popup_text", "tooltip_text"]


def name_of(layer: object) -> str:
    """Return the name of the class of folium an object is of; with its package where of none.

    A planner's class made from one of folium's is taken for that one. A marker of another package
    is none of folium's: what it says would be lost.
    """
    for one in type(layer).__mro__:
        if one.__module__.partition(".")[0] in {"folium", "branca"}:
            return one.__name__
    kind = type(layer)
    package = kind.__module__.partition(".")[0]
    return kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}"


def children_of(layer: object) -> list[Any]:
    """Return what was put into an object of folium, in its order."""
    children = getattr(layer, "_children", None)
    return list(children.values()) if isinstance(children, Mapping) else []


def tooltip_text(layer: object) -> str | None:
    """Return the text of the tooltip of an object, None where it has none."""
    for child in children_of(layer):
        if name_of(child) == "Tooltip":
            return str(child.text)
    return None


def popup_text(layer: object) -> str | None:
    """Return the text of the popup of an object, its HTML as it was written; None without one.

    Raises
    ------
    TypeError
        When the popup holds a chart or a frame instead of text.
    """
    for child in children_of(layer):
        if name_of(child) == "Popup":
            return _words_of(child)
    return None


def _words_of(popup: Any) -> str:
    words = []
    for part in (*children_of(popup.html), *children_of(popup)):
        if name_of(part) != "Html":
            raise TypeError(f"a popup with {name_of(part)} in it: only text is supported")
        # folium writes a backslash before each backtick, for its own template.
        words.append(re.sub(r"\\`", "`", str(part.data)))
    return "\n".join(words)


def fields_text(detail: Any, properties: Mapping[str, Any]) -> str:
    """Return what a `GeoJsonTooltip` or `GeoJsonPopup` says of one feature, a line a field."""
    fields: Sequence[Any] = detail.fields
    aliases: Iterable[Any] = detail.aliases
    lines = []
    for field, alias in zip(fields, aliases, strict=True):
        value = properties.get(field)
        shown = "" if value is None else str(value)
        lines.append(f"{alias}: {shown}" if detail.labels else shown)
    return "\n".join(lines)
