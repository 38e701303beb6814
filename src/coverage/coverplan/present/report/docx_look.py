"""How the document of an office looks: paper, faces, sizes, the styles made of them.

Chinese documents follow GB/T 9704-2012 as far as a report goes: A4 with 37, 35, 28 and 26 mm of
margin, text in 三号仿宋 with 22 lines of 28 points on a page, headings in 黑体, 楷体 and 仿宋, page
numbers in 四号 between dashes, to the right on odd pages and to the left on even ones.
"""

from dataclasses import dataclass

from ...core.text import Language

__all__ = ["MARGINS_MM", "PAPERS_MM", "Face", "Look", "look_of", "twips"]

PAPERS_MM = {"a4": (210, 297), "a3": (297, 420)}
"""Width and height of paper that stands upright."""

MARGINS_MM = (37, 26, 35, 28)
"""Top, right, bottom, left of paper that stands upright; turned a quarter where it lies across."""

_MM = 1440 / 25.4


def twips(mm: float) -> int:
    """Return millimetres in twentieths of a point, which Word counts in."""
    return round(mm * _MM)


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface for Chinese characters and one for Latin letters and digits."""

    east: str
    west: str


@dataclass(frozen=True, slots=True)
class Look:
    """Faces and sizes of a document.

    Parameters
    ----------
    title, body, table, page
        Faces of title, running text, tables and captions, and page numbers.
    headings
        Faces of the four levels; whether they are bold.
    title_pt, body_pt, note_pt, page_pt
        Sizes in points.
    line
        Line spacing of running text as Word has it: a height or a factor, and which of them.
    indent
        Chinese characters that the first line is set in by.
    after_pt
        Space after a paragraph, in points.
    justified
        Whether running text is set to both sides.
    """

    title: Face
    body: Face
    table: Face
    page: Face
    headings: tuple[tuple[Face, bool], ...]
    title_pt: float
    body_pt: float
    note_pt: float
    page_pt: float
    line: tuple[int, str]
    indent: int
    after_pt: float
    justified: bool


_SONG, _FANG = Face("宋体", "Times New Roman"), Face("仿宋", "Times New Roman")
_HEI, _KAI = Face("黑体", "Times New Roman"), Face("楷体", "Times New Roman")
_ARIAL, _TIMES = Face("黑体", "Arial"), Face("宋体", "Times New Roman")

ALTERNATIVES = {
    "方正小标宋简体": "小标宋",
    "仿宋": "仿宋_GB2312",
    "楷体": "楷体_GB2312",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
"""Other names under which a computer may have a face."""

_CHINESE = Look(
    title=Face("方正小标宋简体", "Times New Roman"),
    body=_FANG,
    table=_SONG,
    page=_SONG,
    headings=((_HEI, False), (_KAI, False), (_FANG, True), (_FANG, False)),
    title_pt=22,
    body_pt=16,
    note_pt=10.5,
    page_pt=14,
    line=(560, "exact"),
    indent=2,
    after_pt=0,
    justified=True,
)
_ENGLISH = Look(
    title=_ARIAL,
    body=_TIMES,
    table=_TIMES,
    page=_TIMES,
    headings=((_ARIAL, True), (_ARIAL, True), (_ARIAL, True), (_ARIAL, False)),
    title_pt=22,
    body_pt=12,
    note_pt=10,
    page_pt=11,
    line=(300, "auto"),
    indent=0,
    after_pt=7,
    justified=False,
)


def look_of(language: Language) -> Look:
    """Return the look of documents in a language."""
    return _CHINESE if language == "zh" else _ENGLISH
