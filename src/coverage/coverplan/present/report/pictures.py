"""The figures of a report, drawn: bytes for every rendering, and files beside it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Drawing
from numpy.typing import NDArray
from PIL import Image

from ...core.text import Language, Text
from ...measure.measures import Measures
from ...results import Study
from ..figures import (
    Paper,
    before_after_figure,
    coverage_figure,
    equity_figure,
    find_font,
    frontier_figure,
    gap_figure,
    minutes_figure,
    plan_figure,
    save_figure,
)
from ..lorenz_curves import lorenz_curves
from .blocks import Figure, Report
from .picture import Picture
from .sources import Sources

__all__ = ["draw_pictures"]

SUFFIXES = ("png", "svg", "pdf")
_MM_PER_INCH = 25.4
_DPI, _COLOURS = 150, 128

_PAPER: Paper = "a5"
"""A figure stands between the margins of an upright sheet: drawn for one larger, its words would
shrink to half their size."""


class _How(TypedDict):
    """What every figure is told."""

    language: Language
    font: Path
    paper: Paper


def draw_pictures(
    study: Study,
    report: Report,
    *,
    measures: Measures | None = None,
    language: Language = "zh",
    font: Path | None = None,
    folder: Path | None = None,
    on_figure: Callable[[int], object] | None = None,
) -> dict[str, Picture]:
    """Return every figure of a report, drawn.

    Parameters
    ----------
    study, report, measures
        What is drawn, the report that names its figures, and the measures with their curves.
    language
        Of the words on the figures.
    font
        A font file, where the one found on this machine is not wanted.
    folder
        Where each is also written as PNG, SVG and PDF, by its id; the folder exists.
    on_figure
        Called with 1 after each figure.

    Raises
    ------
    InputError
        When no font with Chinese characters is found, or it lacks a character of a name.
    """
    face = find_font(font)
    sources = Sources.of(study, report.run_id, measures=measures)
    pictures = {}
    with TemporaryDirectory(prefix="coverplan-figures-") as scratch:
        place = folder or Path(scratch)
        kinds = SUFFIXES if folder is not None else ("svg",)
        for block in report.blocks():
            if not isinstance(block, Figure):
                continue
            drawing = _draw(sources, block, language, face)
            # Writing the files checks that the font has every character that is shown.
            files = {kind: save_figure(drawing, place / f"{block.id}.{kind}") for kind in kinds}
            width, height = drawing.get_size_inches()
            pictures[block.id] = Picture(
                _light(drawing),
                files["svg"].read_bytes(),
                float(width) * _MM_PER_INCH,
                float(height) * _MM_PER_INCH,
            )
            if on_figure is not None:
                on_figure(1)
    return pictures


def _light(drawing: Drawing) -> bytes:
    """Return a figure as a PNG for documents: fewer dots and colours than that of its file.

    A figure stands at three quarters of its width in a document. Its maps have few colours: the
    commonest stay exactly what they are, for a key must agree with its map, and the others, which
    lie between them at the edges, become the nearest of those.
    """
    full = BytesIO()
    drawing.savefig(full, format="png", dpi=_DPI, facecolor="#ffffff")
    full.seek(0)
    with Image.open(full) as picture:
        dots = np.asarray(picture.convert("RGB"))
    palette, places = in_palette(dots, _COLOURS)
    few = Image.fromarray(places, "P")
    few.putpalette(palette.tobytes())
    light = BytesIO()
    few.save(light, "PNG", optimize=True)
    return light.getvalue()


def in_palette(dots: NDArray[np.uint8], most: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a picture in its commonest colours, each other colour as the nearest of them.

    Parameters
    ----------
    dots
        Red, green and blue, shape ``(height, width, 3)``.
    most
        How many colours, at most 256.

    Returns
    -------
    tuple
        The colours, shape ``(n, 3)``, and the place of each dot's among them.
    """
    packed = dots.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    which, found = pd.factorize(packed.ravel())
    order = np.argsort(-np.bincount(which), kind="stable")[:most]
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1).astype(np.int64)
    chosen = colours[order]
    apart = ((colours[:, None, :] - chosen[None, :, :]) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1).astype(np.uint8)
    return chosen.astype(np.uint8), nearest[which].reshape(packed.shape)


def _draw(sources: Sources, block: Figure, language: Language, font: Path) -> Drawing:
    study, layer = sources.study, block.layer
    how: _How = {"language": language, "font": font, "paper": _PAPER}
    if block.kind == "coverage":
        return coverage_figure(study, layer, phase=block.phase, **how)
    if block.kind == "frontier":
        proposal = study.layers[layer].proposal
        if proposal is None or proposal.frontier is None:
            raise ValueError(f"{layer}: there is no frontier to draw")
        return frontier_figure(study, layer, proposal.frontier, **how)
    if block.kind == "equity":
        return _equity(sources, block, how)
    draw = {
        "before_after": before_after_figure,
        "gap": gap_figure,
        "minutes": minutes_figure,
        "plan": plan_figure,
    }[block.kind]
    return draw(study, layer, **how)


def _equity(sources: Sources, block: Figure, how: _How) -> Drawing:
    story = next(s for s in sources.layers if s.result.layer.id == block.layer)
    curves = (
        {}
        if sources.measures is None
        else lorenz_curves(sources.measures, block.layer, story.result.layer.group)
    )
    title = Text(f"{story.label.zh}：{story.group.zh}", f"{story.label.en}: {story.group.en}")
    return equity_figure(sources.study, curves, title, **how)
