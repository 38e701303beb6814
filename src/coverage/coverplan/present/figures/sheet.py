"""A sheet to draw on: A5, A4 or A3 across, with its title, its headline and its source line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...core.text import Language, Text
from ...results import Study
from ..looks import INK, SOFT
from .fonts import properties
from .lettering import fitted, wrapped

Paper = Literal["a5", "a4", "a3"]
Box = tuple[float, float, float, float]
"""Left, bottom, width, height of a place on a sheet, each from 0 to 1."""

_SIZES: dict[Paper, tuple[float, float, float]] = {
    "a5": (8.27, 5.83, 0.95),
    "a4": (11.69, 8.27, 1.0),
    "a3": (16.54, 11.69, 1.2),
}
"""Width and height across, inches, and how much larger letters and signs are."""

POINTS = 72.0
"""In an inch."""

_NO_APPROVAL = Text("未经地图审核，不得公开发布", "Not an approved map: not for publication")
_LEFT, _RIGHT = 0.04, 0.96
_LOWEST, _STEP, _LINES = 0.02, 0.0195, 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure under way.

    Parameters
    ----------
    figure, font, language
        What is drawn on, with what, in which language.
    study
        Whose figures are drawn.
    larger
        How much larger letters and signs are than on A4.
    """

    figure: Figure
    font: Path
    language: Language
    study: Study
    larger: float = 1.0

    @classmethod
    def of(
        cls,
        study: Study,
        title: Text,
        subtitle: Text,
        font: Path,
        language: Language,
        paper: Paper = "a4",
    ) -> "Sheet":
        """Return a sheet with its head and its source line.

        Parameters
        ----------
        study, title, subtitle
            Whose sheet it is, and what stands at its head.
        font, language, paper
            Font file, language and size.
        """
        wide, high, larger = _SIZES[paper]
        figure = Figure(figsize=(wide, high), facecolor="#ffffff")
        sheet = cls(figure, font, language, study, larger)
        room = sheet.room(_RIGHT - _LEFT)
        head = fitted(title.of(language), 17 * larger, font, room)
        sheet.write(_LEFT, 0.945, head, 17, colour=INK)
        for i, line in enumerate(wrapped(subtitle.of(language), 10.5 * larger, font, room, 2)):
            sheet.write(_LEFT, 0.912 - 0.026 * i, line, 10.5, colour=SOFT)
        for i, line in enumerate(reversed(sheet._foot(room))):
            sheet.write(_LEFT, _LOWEST + _STEP * i, line, 7.5, colour=SOFT)
        return sheet

    @property
    def floor(self) -> float:
        """Where the source line ends: what is drawn stands above it."""
        return _LOWEST + _STEP * len(self._foot(self.room(_RIGHT - _LEFT))) + 0.01

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height."""
        wide, high = self.figure.get_size_inches()
        return float(wide), float(high)

    def room(self, part: float) -> float:
        """Return how many points a part of the sheet's width is."""
        return part * self.inches[0] * POINTS

    def write(self, x: float, y: float, words: str, size: float, **more: Any) -> None:
        """Write words at a place of the sheet, both from 0 to 1; no sign in them has a meaning."""
        colour = more.pop("colour", INK)
        self.figure.text(
            x, y, words, fontproperties=properties(self.font, size * self.larger), color=colour,
            parse_math=False, **more,
        )  # fmt: skip

    def axes(self, box: Box) -> Axes:
        """Return an empty place to draw in: left, bottom, width, height."""
        return self.figure.add_axes(box)

    def label(self, axes: Axes, x: float, y: float, words: str, size: float, **more: Any) -> None:
        """Write words at a place of a drawing, in its own units."""
        looks: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "zorder": 12}
        letters = properties(self.font, size * self.larger)
        axes.text(x, y, words, fontproperties=letters, parse_math=False, **(looks | more))

    def tidy(self, axes: Axes, size: float = 9) -> None:
        """Give the numbers along the axes of a chart the sheet's font, and take its frame off."""
        for drawn in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
            drawn.set_fontproperties(properties(self.font, size * self.larger))
            drawn.set_color(SOFT)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)

    def _foot(self, room: float) -> list[str]:
        inputs, language = self.study.inputs, self.language
        known = inputs.region.crs.to_authority()
        system = ":".join(known) if known is not None else str(inputs.region.crs.name)
        approval = inputs.approval_number
        parts = [
            Text(f"{inputs.title}，截至 {inputs.date}", f"{inputs.title}, as of {inputs.date}"),
            Text(f"投影：{system}", f"projection: {system}"),
            Text(f"审图号：{approval}", f"map approval: {approval}") if approval else _NO_APPROVAL,
        ]
        files = ", ".join(f.label for f in inputs.files)
        # What must stand on every figure comes last, where a long title cannot push it out.
        lines = [part.of(language) for part in parts[:1]]
        lines += [Text(f"数据：{files}", f"Data: {files}").of(language)] if files else []
        lines += [inputs.notice] if inputs.notice else []
        lines += [" · ".join(part.of(language) for part in parts[1:])]
        size = 7.5 * self.larger
        return [part for line in lines for part in wrapped(line, size, self.font, room, _LINES)]
