"""What groups of people are called."""

from ..core.text import Text

_GROUPS = {
    "all": Text("全部人口", "everybody"),
    "elderly": Text("60 岁及以上", "aged 60 and over"),
    "children": Text("0–14 岁", "aged 0-14"),
}


def group_label(group: str) -> Text:
    """Return what a group is called; a group of the study's own keeps its name.

    Examples
    --------
    >>> group_label("elderly").en
    'aged 60 and over'
    """
    return _GROUPS.get(group, Text.same(group))
