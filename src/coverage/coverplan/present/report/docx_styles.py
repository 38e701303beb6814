"""The styles of a document as Word keeps them: named as Word's own, so that they can be changed."""

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ...core.text import Language
from .docx_look import ALTERNATIVES, Face, Look, look_of

__all__ = ["font_table", "settings", "styles"]

_W = nsdecls("w")


def styles(language: Language) -> object:
    """Return the element that replaces a document's styles."""
    look = look_of(language)
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_face(look.body)}{_size(look.body_pt)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
    )
    parts = (defaults, *_base(look), *_headings(look), *_contents(look), *_small(look), *_tables())
    return parse_xml(f"<w:styles {_W}>{''.join(parts)}</w:styles>")


def _style(
    key: str, name: str, *, ppr: str = "", rpr: str = "", based: str = "Normal", after: str = ""
) -> str:
    following = f'<w:next w:val="{after}"/>' if after else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/>{following}<w:qFormat/>'
        f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def _face(face: Face) -> str:
    return (
        f'<w:rFonts w:ascii="{face.west}" w:hAnsi="{face.west}" w:eastAsia="{face.east}" '
        f'w:cs="{face.west}"/>'
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _space(look: Look, before: float = 0, after: float | None = None, *, own: bool = True) -> str:
    line, rule = look.line if own else (240, "auto")
    below = look.after_pt if after is None else after
    return (
        f'<w:spacing w:before="{round(before * 20)}" w:after="{round(below * 20)}" '
        f'w:line="{line}" w:lineRule="{rule}"/>'
    )


def _first_line(look: Look, points: float) -> str:
    if not look.indent:
        return ""
    return (
        f'<w:ind w:firstLineChars="{look.indent * 100}" '
        f'w:firstLine="{round(look.indent * points * 20)}"/>'
    )


def _base(look: Look) -> tuple[str, ...]:
    side = '<w:jc w:val="both"/>' if look.justified else ""
    tight = _space(look, own=False, after=0)
    centre = '<w:jc w:val="center"/>'
    return (
        (
            '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
            f"<w:qFormat/><w:pPr>{_space(look)}</w:pPr></w:style>"
        ),
        (
            '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
            '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
        ),
        (
            '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
            "<w:semiHidden/></w:style>"
        ),
        _style("BodyText", "Body Text", ppr=_first_line(look, look.body_pt) + side),
        _style("ListParagraph", "List Paragraph"),
        _style(
            "Title",
            "Title",
            ppr=_space(look, 96, 8, own=False) + centre,
            rpr=_face(look.title) + _size(look.title_pt),
            after="Subtitle",
        ),
        _style(
            "Subtitle",
            "Subtitle",
            ppr=_space(look, 0, 4, own=False) + centre,
            rpr=_face(look.headings[1][0]) + _size(look.body_pt),
        ),
        _style("Date", "Date", ppr=_space(look, 0, 14, own=False) + centre),
        _style(
            "Footer",
            "footer",
            ppr=tight,
            rpr=_face(look.page) + _size(look.page_pt),
        ),
    )


def _headings(look: Look) -> tuple[str, ...]:
    made = []
    for level, (face, bold) in enumerate(look.headings, 1):
        larger = 0 if look.indent else max(0, 4 - 2 * (level - 1))
        points = look.body_pt + larger
        made.append(
            _style(
                f"Heading{level}",
                f"heading {level}",
                ppr="<w:keepNext/><w:keepLines/>"
                + _space(look, *((6, 0) if look.indent else (14, 5)))
                + _first_line(look, points)
                + f'<w:outlineLvl w:val="{level - 1}"/>',
                rpr=_face(face) + ("<w:b/><w:bCs/>" if bold else "") + _size(points),
                after="BodyText",
            )
        )
    return tuple(made)


def _contents(look: Look) -> tuple[str, ...]:
    centre = _space(look, 12, 8, own=False) + '<w:jc w:val="center"/>'
    inner = f'<w:ind w:left="{round(look.body_pt * 20)}"/>'
    points = _size(look.body_pt - 2)
    tight = _space(look, 0, 0, own=False)
    return (
        _style("TOCHeading", "TOC Heading", ppr=centre, rpr=_face(look.headings[0][0])),
        _style("TOC1", "toc 1", ppr=tight, rpr=points),
        _style("TOC2", "toc 2", ppr=tight + inner, rpr=points),
    )


def _small(look: Look) -> tuple[str, ...]:
    """Return what is set smaller than the text: captions, notes, cells, figures."""
    centre = '<w:jc w:val="center"/>'
    bar = (
        '<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="9A3412"/></w:pBdr>'
        '<w:shd w:val="clear" w:color="auto" w:fill="FFF4E8"/>'
    )
    box = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="4" w:color="B45309"/>'
        for side in ("top", "left", "bottom", "right")
    )
    note = _size(look.note_pt)
    return (
        _style(
            "Caption",
            "caption",
            ppr="<w:keepLines/>" + _space(look, 8, 4, own=False) + centre,
            rpr=_face(Face("黑体", look.headings[0][0].west)) + _size(look.note_pt + 0.5),
        ),
        _style("Note", "Note", ppr=_space(look, 2, 2, own=False), rpr=note),
        _style("Warning", "Warning", ppr=bar + _space(look, 4, 6)),
        _style("Notice", "Notice", ppr=f"<w:pBdr>{box}</w:pBdr>" + _space(look, 0, 12, own=False)),
        _style("Figure", "Figure", ppr="<w:keepNext/>" + _space(look, 8, 0, own=False) + centre),
        _style(
            "TableText",
            "Table Text",
            ppr=_space(look, 1, 1, own=False),
            rpr=_face(look.table) + note,
        ),
        _style(
            "Gap",
            "Gap",
            ppr='<w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/>',
            rpr=_size(2),
        ),
    )


def _tables() -> tuple[str, ...]:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (
            ("top", 8, "000000"),
            ("left", 4, "8C8C8C"),
            ("bottom", 8, "000000"),
            ("right", 4, "8C8C8C"),
            ("insideH", 4, "8C8C8C"),
            ("insideV", 4, "8C8C8C"),
        )
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 0), ("left", 85), ("bottom", 0), ("right", 85))
    )
    head = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>'
    return (
        (
            '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
            '<w:name w:val="Normal Table"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
            f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
        ),
        (
            '<w:style w:type="table" w:styleId="ReportTable"><w:name w:val="Report Table"/>'
            '<w:basedOn w:val="TableNormal"/><w:tblPr>'
            f"<w:tblBorders>{lines}</w:tblBorders></w:tblPr>"
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr>'
            f"<w:tcPr>{head}</w:tcPr></w:tblStylePr></w:style>"
        ),
    )


def settings() -> object:
    """Return the element that replaces a document's settings."""
    compatible = "".join(
        '<w:compatSetting w:uri="http://schemas.microsoft.com/office/word" '
        f'w:name="{name}" w:val="{value}"/>'
        for name, value in (("compatibilityMode", 15), ("enableOpenTypeFeatures", 1))
    )
    return parse_xml(
        f'<w:settings {_W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        "<w:evenAndOddHeaders/>"
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        f"<w:compat><w:useFELayout/>{compatible}</w:compat>"
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def font_table() -> bytes:
    """Return the part that says under which other names a computer may have a face."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, other in ALTERNATIVES.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<w:fonts {_W}>{fonts}</w:fonts>".encode()
