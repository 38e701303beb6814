"""A font that has every character a figure shows: Chinese words never become empty boxes."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

from ...core.errors import InputError, Problem
from ...core.text import Text
from .lettering import seen

FAMILIES = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei",
    "PingFang SC", "Hiragino Sans GB", "SimHei", "DengXian", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Noto Sans SC", "Droid Sans Fallback", "SimSun",
)  # fmt: skip
"""Fonts of simplified Chinese in the order they are liked."""

_PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "/System/Library/Fonts/PingFang.ttc",
)
"""Where such fonts lie: the list matplotlib keeps is stale where one was installed later."""

_SAMPLE = "县乡镇街道覆盖"
_SHOWN, _LETTERED = 12, 8


def find_font(given: Path | None = None) -> Path:
    """Return a font file with Chinese characters.

    Parameters
    ----------
    given
        A font somebody names; it is taken if it can be read.

    Raises
    ------
    InputError
        When the font named cannot be read, or none is found: with how to get one.

    Examples
    --------
    >>> from coverplan.figures import find_font
    >>> font = find_font()
    >>> font.is_file()
    True
    """
    if given is not None:
        try:
            FT2Font(str(given))
        except (OSError, RuntimeError) as error:
            raise InputError([_unreadable(given)]) from error
        return given
    path = _with_all(_SAMPLE)
    if path is None:
        raise InputError([_none()])
    return path


def use_chinese_font(given: Path | None = None) -> str:
    """Let every chart drawn with matplotlib from now on show Chinese; return the font's name.

    Figures of coverplan have their own font anyway; this is for charts of your own.

    Parameters
    ----------
    given
        A font file, where the one found on this machine is not wanted.

    Raises
    ------
    InputError
        When the font named cannot be read, or none is found: with how to get one.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> from coverplan.figures import use_chinese_font
    >>> with mpl.rc_context():  # so that only this chart is changed
    ...     name = use_chinese_font()
    ...     mpl.rcParams["font.family"] == [name, "sans-serif"]
    True
    """
    path = find_font(given)
    fontManager.addfont(str(path))
    family = str(FontProperties(fname=str(path)).get_name())
    mpl.rcParams["font.family"] = [family, "sans-serif"]
    mpl.rcParams["axes.unicode_minus"] = False
    return family


def _with_all(characters: str) -> Path | None:
    """Return the font liked best of those here that have some characters."""
    known = {entry.name: Path(entry.fname) for entry in fontManager.ttflist}
    liked = [known[name] for name in FAMILIES if name in known]
    return next(
        (
            path
            for path in [*liked, *map(Path, _PLACES)]
            if path.is_file() and not missing_glyphs([characters], path)
        ),
        None,
    )


def missing_glyphs(words: Iterable[str], font: Path) -> list[str]:
    """Return the characters of some words that a font cannot draw, each once, in order."""
    drawn = FT2Font(str(font)).get_charmap()
    characters = sorted({c for word in words for c in word if not c.isspace()})
    return [c for c in characters if ord(c) not in drawn]


def check_glyphs(words: Iterable[str], font: Path) -> None:
    """Raise `InputError` where a font cannot draw a character of some words."""
    missing = missing_glyphs(words, font)
    if missing:
        raise InputError([_missing(missing, font)])


def check_names(names: Iterable[str], font: Path) -> None:
    """Raise `InputError` where names could not be drawn, however short they are cut.

    Parameters
    ----------
    names, font
        Names that figures will show, and the font file.
    """
    check_glyphs([seen(name)[:_LETTERED] for name in names], font)


def properties(font: Path, size: float, *, bold: bool = False) -> FontProperties:
    """Return a font in a size; bold where its file has no bold face is drawn plain."""
    return FontProperties(fname=str(font), size=size, weight="bold" if bold else "normal")


def _unreadable(font: Path) -> Problem:
    return Problem(
        code="figure.font_unreadable",
        what=Text("字体文件无法读取", "the font file cannot be read"),
        file=font.name,
        expected=Text(".ttf、.otf 或 .ttc 字体文件", "a .ttf, .otf or .ttc font file"),
        mend=Text("换一个字体文件，或不指定字体", "name another, or none"),
    )


def _none() -> Problem:
    return Problem(
        code="figure.no_font",
        what=Text(
            "没有找到中文字体，图上的汉字画不出来",
            "no font with Chinese characters was found: names could not be drawn",
        ),
        expected=Text("、".join(FAMILIES[:5]), ", ".join(FAMILIES[:5])),
        mend=Text(
            "安装一种中文字体（Debian、Ubuntu：apt install fonts-noto-cjk 或 fonts-wqy-microhei；"
            "Windows 自带微软雅黑），或用 font 指定字体文件",
            "install one (Debian, Ubuntu: apt install fonts-noto-cjk or fonts-wqy-microhei; "
            "Windows has Microsoft YaHei), or name a font file with font",
        ),
    )


def _missing(characters: list[str], font: Path) -> Problem:
    shown = characters[:_SHOWN]
    codes = ", ".join(
        f"{c} U+{ord(c):04X}" if c.isprintable() else f"U+{ord(c):04X}" for c in shown
    )
    other = _with_all(_SAMPLE + "".join(characters))
    here = Text(f"（本机的 {other} 有）", f" ({other} here has them)") if other else Text("", "")
    return Problem(
        code="figure.glyph",
        what=Text(
            f"字体里没有 {len(characters)} 个要画的字",
            f"the font lacks {len(characters)} characters",
        ),
        file=font.name,
        found=Text.same(codes + (" …" if len(characters) > _SHOWN else "")),
        mend=Text(
            f"用 --font 指定字库更全的字体文件{here.zh}，如 Noto Sans CJK"
            "（Debian、Ubuntu：apt install fonts-noto-cjk），或改写这些名称",
            f"name a font file with more characters with --font{here.en}, such as Noto Sans CJK "
            "(Debian, Ubuntu: apt install fonts-noto-cjk), or change these names",
        ),
    )
