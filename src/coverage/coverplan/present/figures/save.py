"""Writing figures: every character drawn, the same bytes twice."""

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.text import Text as Drawn
from PIL import Image

from ...core.errors import InputError, Problem
from ...core.text import Text
from .fonts import check_glyphs

_METADATA: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}
SUFFIXES = tuple(_METADATA)
"""What a figure can be written as."""

_STYLE: Any = {"svg.hashsalt": "coverplan", "svg.fonttype": "path", "pdf.fonttype": 42}

PNG_DPI = 200
_COLOURS = 256
"""Of a PNG: a map has few, and a file of them is a third as large."""


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG, SVG or PDF, by the end of the file's name.

    The same figure gives the same bytes. Letters of an SVG are outlines: it looks the same where
    the font is not installed.

    Raises
    ------
    InputError
        When the name ends otherwise, or the font lacks a character that is shown.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> figure = figures.coverage_figure(cp.assess(cp.small_county()), "elderly_care", paper="a5")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("map.png", "map.svg"):
    ...         print(figures.save_figure(figure, f"{folder}/{name}").name)
    map.png
    map.svg
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in _METADATA:
        raise InputError([_suffix(path)])
    _check_words(figure)
    with mpl.rc_context(_STYLE):
        if suffix == ".png":
            _save_png(figure, path)
        else:
            figure.savefig(path, format=suffix[1:], dpi=PNG_DPI, metadata=_METADATA[suffix])
    return path


def _save_png(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=PNG_DPI, pil_kwargs={"compress_level": 1})
    with Image.open(drawn) as picture:
        few = picture.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    few.save(path, format="png", dpi=(PNG_DPI, PNG_DPI), optimize=True)


def _check_words(figure: Figure) -> None:
    by_font: dict[Path, list[str]] = {}
    for drawn in figure.findobj(Drawn):
        file = drawn.get_fontproperties().get_file()
        if file is not None and drawn.get_visible():
            by_font.setdefault(Path(str(file)), []).append(drawn.get_text())
    for font, words in by_font.items():
        check_glyphs(words, font)


def _suffix(path: Path) -> Problem:
    return Problem(
        code="figure.suffix",
        what=Text("图只能写成这几种文件", "a figure cannot be written as this"),
        file=path.name,
        found=path.suffix,
        expected=Text("、".join(SUFFIXES), ", ".join(SUFFIXES)),
        mend=Text("改文件名的结尾", "give a file name that ends in one of these"),
    )
