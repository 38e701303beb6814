"""Classes and colours that every drawing of a study shares: pages, figures, layers of a GIS."""

from dataclasses import dataclass

from ..core.text import Text

SHARE_FILLS = ("#fff6cf", "#b2d6af", "#6eb2b7", "#3d84b0", "#22528a")
"""Colours of shares, below each break and above the last: told apart by all, and in grey."""

SHARE_BREAKS, HALF = (25, 50, 75, 90), 50
"""Per cent; what is below half is hatched, so that a grey print tells it too."""

NOBODY_FILL, UNKNOWN_FILL = "#dcdcd8", "#fbfbfa"
NOBODY, UNKNOWN = Text("无此人群", "nobody of the group"), Text("人数未知", "people unknown")

_NEAR = (
    ("#12375f",),
    ("#12375f", "#5a94bd"),
    ("#12375f", "#3a78a8", "#82b4d2"),
    ("#12375f", "#2f6c9d", "#5f9cc4", "#9cc6de"),
)
_FAR, _FARTHEST, NEVER_FILL = "#e4480b", "#7a0c2e", "#1c1c1c"
_MOST_NEAR = len(_NEAR[-1])

INK, SOFT, LAND, WATER = "#1b2733", "#55626f", "#eeece6", "#b9d9f2"


@dataclass(frozen=True, slots=True)
class ShareClass:
    """A class of shares: from ``low`` on, below ``high``; the last one with it."""

    low: int
    high: int
    fill: str

    @property
    def last(self) -> bool:
        """Whether it is the highest class."""
        return self.high == 100  # noqa: PLR2004 - everybody

    @property
    def hatched(self) -> bool:
        """Whether it lies below half."""
        return self.high <= HALF

    @property
    def words(self) -> Text:
        """What a key calls it."""
        return Text.same(f"{self.low}–{'' if self.last else '<'}{self.high} %")


def share_classes() -> list[ShareClass]:
    """Return the classes of shares, lowest first.

    Examples
    --------
    >>> [c.words.en for c in share_classes()][:2]
    ['0–<25 %', '25–<50 %']
    """
    edges = (0, *SHARE_BREAKS, 100)
    return [
        ShareClass(low, high, fill)
        for low, high, fill in zip(edges, edges[1:], SHARE_FILLS, strict=False)
    ]


def share_class(part: int, whole: int) -> ShareClass:
    """Return the class of a share, decided in whole numbers.

    Examples
    --------
    >>> share_class(1, 4).low, share_class(249_999, 1_000_000).low
    (25, 0)
    """
    return [c for c in share_classes() if 100 * part >= c.low * whole][-1]


@dataclass(frozen=True, slots=True)
class MinuteClass:
    """A class of travel times: more than ``over``, at most ``to``; None where there is no end."""

    over: int | None
    to: int | None
    fill: str

    @property
    def words(self) -> Text:
        """What a key calls it."""
        if self.over is None:
            return Text(f"{self.to} 分钟以内", f"within {self.to} minutes")
        if self.to is None:
            return Text(f"超过 {self.over} 分钟", f"more than {self.over} minutes")
        return Text(f"{self.over}–{self.to} 分钟", f"more than {self.over}, up to {self.to}")


NEVER = Text("没有路可到", "no way to any")


def minute_classes(limits: tuple[int, ...], own: int) -> list[MinuteClass]:
    """Return classes of travel time, shortest first: blues within a layer's minutes, reds beyond.

    Parameters
    ----------
    limits
        Minutes reported.
    own
        The minutes of the layer.

    Examples
    --------
    >>> [c.words.en for c in minute_classes((5, 15, 30), 15)][-2:]
    ['more than 15, up to 30', 'more than 30 minutes']
    """
    near = sorted({own, *(limit for limit in limits if limit < own)})[-_MOST_NEAR:]
    fills = _NEAR[len(near) - 1]
    starts: list[int | None] = [None, *near]
    found = [
        MinuteClass(over, to, fill) for over, to, fill in zip(starts, near, fills, strict=False)
    ]
    last = max([own, *limits])
    if last > own:
        found.append(MinuteClass(own, last, _FAR))
    return [*found, MinuteClass(last, None, _FARTHEST if last > own else _FAR)]
