"""Styles in the XML of QGIS: whatever is called what, the XML stays XML and text stays text."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from coverplan.present.qml import Label, Looks, Rule, column, fill, hatch, marker, qml_text, quoted

SEEN = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))


def parsed(looks):
    text = qml_text(looks)
    assert text == qml_text(looks)
    head, body = text.split("\n", 1)
    assert head.startswith("<!DOCTYPE qgis")
    return ET.fromstring(body)  # noqa: S314 - we wrote it


@given(SEEN, SEEN)
def test_text_is_read_back_as_it_is(words, name):
    where = f"{column(name)} = {quoted(words)}"
    root = parsed(
        Looks([Rule(words, where, fill("#ffffff", "#000000"))], Label(where), {name: words})
    )
    rule = root.find("renderer-v2/rules/rule")
    assert (rule.get("label"), rule.get("filter", "")) == (words, where)
    alias = root.find("aliases/alias")
    assert (alias.get("field"), alias.get("name")) == (name, words)
    assert len(root.findall(".//rule")) == 1


def test_expressions_quote():
    assert column('a" OR "1') == '"a"" OR ""1"'
    assert quoted("' || eval('x') || '") == "''' || eval(''x'') || '''"
    assert quoted("\\'") == "'\\\\'''"


def test_symbols_are_written_for_old_and_new_versions():
    root = parsed(Looks([Rule("", "", fill("#fff6cf", "#5b6670", hatch(45, "#544a28")))]))
    layers = root.findall("renderer-v2/symbols/symbol/layer")
    assert [layer.get("class") for layer in layers] == ["SimpleFill", "LinePatternFill"]
    for layer in layers:
        old = {p.get("k"): p.get("v") for p in layer.findall("prop")}
        new = {o.get("name"): o.get("value") for o in layer.findall("Option/Option")}
        assert old == new
    assert layers[0].find("prop[@k='color']").get("v") == "255,246,207,255"
    assert layers[1].find("symbol/layer").get("class") == "SimpleLine"
    # A rule without a filter takes everything; without a label none is drawn.
    assert root.find("renderer-v2/rules/rule").get("filter") is None
    assert root.get("labelsEnabled") == "0"
    sign = parsed(Looks([Rule("", "", marker("star", "#ffffff", "#000000", 3))]))
    assert sign.find(".//prop[@k='name']").get("v") == "star"
