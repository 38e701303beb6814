"""Styles of layers in the XML of QGIS (QML): rules, symbols, labels and names of fields.

Made by an XML writer from constants and from text that stays text; expressions quote what comes
from a study. Symbols are written both ways QGIS has had (``prop`` and ``Option``), so that old
and new versions read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree as ET

Geometry = Literal["fill", "marker", "line"]
_VERSION = "3.22.0"
_CATEGORIES = "Symbology|Labeling|Fields"
_POINT_LABEL, _POLYGON_LABEL = "6", "1"
"""Placements of QGIS: cartographic around a point, horizontal within an area."""


@dataclass(frozen=True, slots=True)
class SymbolLayer:
    """One stroke of a symbol: a class of QGIS such as ``SimpleFill``, and its properties."""

    kind: str
    properties: Mapping[str, str]
    within: "Symbol | None" = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a rule draws: strokes, the first at the bottom."""

    geometry: Geometry
    layers: tuple[SymbolLayer, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is drawn for which features, and what the legend calls it.

    ``where`` is an expression of QGIS; empty is every feature, ``ELSE`` what no other rule takes.
    """

    words: str
    where: str
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Label:
    """What is written beside or within features: an expression, and its size in points."""

    expression: str
    size: float = 8.0
    within: bool = False
    largest_scale: int | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """A style: its rules in order, its labels, and what fields are called."""

    rules: Sequence[Rule]
    label: Label | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


def column(name: str) -> str:
    """Return a field's name as an expression has it.

    Examples
    --------
    >>> column('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def quoted(words: str) -> str:
    r"""Return text as an expression has it; nothing in it is an escape.

    Examples
    --------
    >>> print(quoted("it's\\n"))
    'it''s\\n'
    """
    return "'" + words.replace("\\", "\\\\").replace("'", "''") + "'"


def fill(colour: str, edge: str, hatch: SymbolLayer | None = None, width: float = 0.3) -> Symbol:
    """Return an area with its outline, hatched where there is a hatch."""
    layer = SymbolLayer(
        "SimpleFill",
        {
            "color": rgba(colour), "style": "solid", "outline_color": rgba(edge),
            "outline_style": "solid", "outline_width": f"{width:g}", "outline_width_unit": "MM",
            "joinstyle": "round",
        },
    )  # fmt: skip
    return Symbol("fill", (layer,) if hatch is None else (layer, hatch))


def hatch(angle: float, colour: str, distance: float = 2.4) -> SymbolLayer:
    """Return strokes across an area, ``angle`` degrees against the clock from east."""
    stroke = Symbol("line", (_line(colour, 0.18),))
    return SymbolLayer(
        "LinePatternFill",
        {
            "angle": f"{angle:g}", "distance": f"{distance:g}", "distance_unit": "MM",
            "line_width": "0.18", "line_width_unit": "MM", "color": rgba(colour),
        },
        stroke,
    )  # fmt: skip


def marker(shape: str, colour: str, edge: str, size: float, width: float = 0.3) -> Symbol:
    """Return a sign of QGIS: ``circle``, ``square``, ``triangle``, ``diamond``, ``star``."""
    layer = SymbolLayer(
        "SimpleMarker",
        {
            "name": shape, "color": rgba(colour), "outline_color": rgba(edge),
            "outline_style": "solid" if width else "no", "outline_width": f"{width:g}",
            "outline_width_unit": "MM", "size": f"{size:g}", "size_unit": "MM", "angle": "0",
            "scale_method": "diameter", "joinstyle": "round",
        },
    )  # fmt: skip
    return Symbol("marker", (layer,))


def line(colour: str, width: float, *, dashed: bool = False) -> Symbol:
    """Return a line of so many millimetres."""
    return Symbol("line", (_line(colour, width, dashed=dashed),))


def _line(colour: str, width: float, *, dashed: bool = False) -> SymbolLayer:
    return SymbolLayer(
        "SimpleLine",
        {
            "line_color": rgba(colour), "line_width": f"{width:g}", "line_width_unit": "MM",
            "line_style": "dash" if dashed else "solid", "capstyle": "round",
            "joinstyle": "round",
        },
    )  # fmt: skip


def rgba(colour: str) -> str:
    """Return ``#rrggbb`` or ``#rrggbbaa`` as QGIS writes it.

    Examples
    --------
    >>> rgba("#ff0080")
    '255,0,128,255'
    """
    digits = colour.removeprefix("#").ljust(8, "f")
    return ",".join(str(int(digits[i : i + 2], 16)) for i in (0, 2, 4, 6))


def qml_text(looks: Looks) -> str:
    """Return a style as the text of a QML file, the same for the same style."""
    root = ET.Element(
        "qgis",
        version=_VERSION,
        styleCategories=_CATEGORIES,
        labelsEnabled="0" if looks.label is None else "1",
    )
    _renderer(root, looks.rules)
    if looks.label is not None:
        _labels(root, looks.label)
    _fields(root, looks.aliases)
    ET.indent(root, " ")
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(root, encoding="unicode") + "\n"


def _renderer(root: ET.Element, rules: Sequence[Rule]) -> None:
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0",
        enableorderby="0",
    )  # fmt: skip
    tree = ET.SubElement(renderer, "rules", key="coverplan")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        told = {"key": f"coverplan-{number}", "symbol": str(number), "label": rule.words}
        ET.SubElement(tree, "rule", told | ({"filter": rule.where} if rule.where else {}))
        _symbol(symbols, rule.symbol, str(number))


def _symbol(parent: ET.Element, symbol: Symbol, name: str) -> None:
    node = ET.SubElement(
        parent, "symbol", type=symbol.geometry, name=name, alpha="1", clip_to_extent="1",
        force_rhr="0",
    )  # fmt: skip
    for number, layer in enumerate(symbol.layers):
        part = ET.SubElement(
            node, "layer", {"class": layer.kind}, enabled="1", locked="0", **{"pass": "0"}
        )
        options = ET.SubElement(part, "Option", type="Map")
        for key, value in layer.properties.items():
            ET.SubElement(options, "Option", type="QString", name=key, value=value)
        for key, value in layer.properties.items():
            ET.SubElement(part, "prop", k=key, v=value)
        if layer.within is not None:
            _symbol(part, layer.within, f"@{name}@{number}")


def _labels(root: ET.Element, label: Label) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings, "text-style", fieldName=label.expression, isExpression="1",
        fontSize=f"{label.size:g}", fontSizeUnit="Point", textColor="27,39,51,255",
        textOpacity="1", fontWeight="50", namedStyle="Regular", multilineHeight="1", allowHtml="0",
    )  # fmt: skip
    ET.SubElement(
        style, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor="255,255,255,255", bufferOpacity="0.85", bufferNoFill="1",
        bufferJoinStyle="128",
    )  # fmt: skip
    ET.SubElement(settings, "text-format", multilineAlign="1", formatNumbers="0", wrapChar="")
    ET.SubElement(
        settings, "placement", placement=_POLYGON_LABEL if label.within else _POINT_LABEL,
        centroidWhole="1", centroidInside="1", dist="0.6", distUnits="MM",
        polygonPlacementFlags="2", predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR",
        priority="7",
    )  # fmt: skip
    ET.SubElement(
        settings, "rendering", drawLabels="1", obstacle="1", displayAll="0", labelPerPart="0",
        scaleVisibility="0" if label.largest_scale is None else "1",
        scaleMin=str(label.largest_scale or 0), scaleMax="0",
    )  # fmt: skip


def _fields(root: ET.Element, aliases: Mapping[str, str]) -> None:
    named = ET.SubElement(root, "aliases")
    for index, (name, words) in enumerate(aliases.items(), 1):
        # Field 0 is the row number every table of a GeoPackage has.
        ET.SubElement(named, "alias", index=str(index), field=name, name=words)
