"""Layers of folium on the page: drawn, switched, and every text of theirs shown as text."""

import branca.colormap as cm
import folium
import folium.plugins
import numpy as np
import pytest

import coverplan
from coverplan.present.overlays import merged, overlays_of
from coverplan.present.page import render_page

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`alert(1)`",
    r"C:\xampp\new\u0041",
    "{{7777*3}}",
    "A{%B",
    "A{#B",
    "javascript:alert(1)",
    "\"'><b onmouseover=alert(1)>",
]
SPY = "window.alerts = []; window.alert = (text) => window.alerts.push(text);"
PIN = "document.querySelectorAll('.leaflet-marker-pane .added')"


@pytest.fixture(scope="module")
def with_layers(make_county):
    """The made-up county's page with layers on it."""

    def _with(*layers, **meta):
        payload = make_county()
        payload["meta"] |= meta
        payload["overlays"] = merged(one for layer in layers for one in overlays_of(layer))
        return render_page(payload)

    return _with


def middle(payload):
    site = payload["layers"][0]["sites"][0]
    return [site["lat"], site["lon"]]


@pytest.fixture(scope="module")
def here(make_county):
    return middle(make_county())


def switches(page):
    return page.evaluate(
        "[...document.querySelectorAll('#overlays .overlay label')].map((one) => one.textContent)"
    )


def inked(page):
    """How many pixels of the layers' canvas have ink."""
    return page.evaluate(
        """(() => {
          const canvas = document.querySelector('.leaflet-overlay-paths-pane canvas');
          if (!canvas) return 0;
          const copy = document.createElement('canvas');
          [copy.width, copy.height] = [canvas.width, canvas.height];
          copy.getContext('2d').drawImage(canvas, 0, 0);
          const { data } = copy.getContext('2d').getImageData(0, 0, copy.width, copy.height);
          let count = 0;
          for (let i = 3; i < data.length; i += 4) if (data[i]) count += 1;
          return count;
        })()"""
    )


def test_layers_are_drawn_and_switched(show, with_layers, here):
    lat, lon = here
    group = folium.FeatureGroup("调研路线")
    folium.PolyLine([here, [lat + 0.05, lon + 0.05]], weight=8).add_to(group)
    folium.Circle(here, radius=2000, fill=True).add_to(group)
    hidden = folium.FeatureGroup("先不看", show=False)
    folium.Marker([lat + 0.02, lon], tooltip="藏着的").add_to(hidden)
    pin = folium.Marker(here, tooltip="提示", popup="第一行\n第二行")
    image = folium.raster_layers.ImageOverlay(
        np.eye(3), [[lat, lon], [lat + 0.1, lon + 0.1]], name="影像"
    )
    page = show(with_layers(group, hidden, pin, image))
    assert switches(page) == ["调研路线", "先不看", "添加的内容", "影像"]
    drawn = inked(page)
    assert drawn > 1000
    assert page.evaluate(f"{PIN}.length") == 1
    assert (
        page.evaluate("document.querySelectorAll('.leaflet-overlay-images-pane img').length") == 1
    )
    boxes = "document.querySelectorAll('#overlays input')"
    assert page.evaluate(f"[...{boxes}].map((one) => one.checked)") == [True, False, True, True]
    page.evaluate(f"{boxes}[0].click(); {boxes}[1].click()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    assert inked(page) == 0
    assert page.evaluate(f"{PIN}.length") == 2
    assert "先不看" in page.evaluate("document.getElementById('overlay-key').textContent")
    assert "调研路线" not in page.evaluate("document.getElementById('overlay-key').textContent")
    page.evaluate("window.coverplan.set({language: 'en'})")
    assert switches(page)[2] == "Added"
    assert page.evaluate("document.querySelector('#overlays legend').textContent") == "Added layers"
    assert [one for one in page.requests if not one.startswith("data:")] == [page.address]
    assert (page.errors, page.dialogs) == ([], [])


def test_layers_are_as_sharp_as_paper_is(show, with_layers, here):
    page = show(with_layers(folium.PolyLine([here, [here[0] + 0.1, here[1]]])))
    ratio = """(() => {
      const canvas = document.querySelector('.leaflet-overlay-paths-pane canvas');
      return Math.round(canvas.width / parseFloat(canvas.style.width));
    })()"""
    assert page.evaluate(ratio) == 1
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(ratio) == 3
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ratio) == 1
    assert inked(page) > 100


def test_a_pin_is_reached_and_opened_with_keys(show, with_layers, here):
    page = show(with_layers(folium.Marker(here, tooltip="提示", popup="第一行\n第二行")))
    pin = f"{PIN}[0]"
    assert page.evaluate(f"{pin}.getAttribute('aria-label')") == "提示"
    page.evaluate(f"{pin}.focus()")
    page.key("Enter", 13)
    said = page.evaluate("document.querySelector('.leaflet-popup .added-text').textContent")
    assert said == "第一行\n第二行"
    assert page.evaluate(
        "document.querySelector('.leaflet-popup-close-button').getAttribute('aria-label')"
    )
    # Looking at a pin does not choose a township behind it.
    assert page.evaluate("document.getElementById('card').hidden")


def test_the_key_of_colours_stands_by_its_switch(show, with_layers, here):
    lat, lon = here
    colours = cm.LinearColormap(["#ffff00", "#00ff00", "#0000ff"], index=[1, 3, 9], vmin=1, vmax=9)
    area = folium.Rectangle([[lat, lon], [lat + 0.1, lon + 0.1]], fill_color=colours(3))
    page = show(with_layers(area, colours))
    key = "document.querySelector('.overlay-colours')"
    assert page.evaluate(f"[...{key}.querySelectorAll('li')].map((one) => one.textContent)") == [
        "1", "3", "9",
    ]  # fmt: skip
    assert inked(page) > 1000
    assert page.errors == []


def test_many_pins_become_dots(show, with_layers, here):
    rng = np.random.default_rng(5)
    places = (np.array(here) + rng.normal(0, 0.05, (3000, 2))).tolist()
    page = show(with_layers(folium.plugins.MarkerCluster(places, name="很多")))
    assert page.evaluate(f"{PIN}.length") == 0
    assert inked(page) > 3000
    assert page.errors == []


def test_every_text_of_a_layer_is_shown_as_text(show, with_layers, here):
    """Five places times ten payloads, all on one page."""
    lat, lon = here
    layers = []
    for i, text in enumerate(HOSTILE):
        at = [lat, lon + i / 100]
        icon = folium.DivIcon(html=text)
        group = folium.FeatureGroup(text)
        folium.Marker(at, popup=text, tooltip=text, icon=icon).add_to(group)
        point = {"type": "Point", "coordinates": [lon + i / 100, lat + 0.03]}
        data = {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "geometry": point, "properties": {"name": text}}],
        }
        detail = folium.GeoJsonTooltip(["name"], aliases=[text])
        folium.GeoJson(data, tooltip=detail, popup=folium.GeoJsonPopup(["name"])).add_to(group)
        layers.append(group)
    page = show(with_layers(*layers), before=SPY)
    assert switches(page) == HOSTILE
    labels = page.evaluate(
        "[...document.querySelectorAll('.added-label')].map((one) => one.textContent)"
    )
    assert labels == HOSTILE
    said = page.evaluate(
        f"""(() => [...{PIN}].map((pin) => {{
          pin.dispatchEvent(new MouseEvent('mouseover', {{ bubbles: true }}));
          pin.dispatchEvent(new MouseEvent('click', {{ bubbles: true }}));
          // The last: those before it are fading.
          const words = ['.added-tip', '.added-text'].map(
            (name) => [...document.querySelectorAll(name)].at(-1).textContent);
          pin.dispatchEvent(new MouseEvent('mouseout', {{ bubbles: true }}));
          return words;
        }}))()"""
    )
    expected = []
    for text in HOSTILE:
        expected += [[text, text], [f"{text}: {text}", f"name: {text}"]]
    assert sorted(said) == sorted(expected)
    assert page.evaluate("window.alerts") == []
    assert (page.errors, page.dialogs) == ([], [])
    assert page.evaluate("document.querySelectorAll('img, #map script, #map b b').length") == 0


def test_tiles_are_said_and_the_ground_lets_them_through(show, make_county):
    payload = make_county()
    host = "https://tiles.example"
    payload["tiles"] = {
        "url": f"{host}/{{z}}/{{x}}/{{y}}.png",
        "credit": "<b>某局</b>",
        "hosts": [host],
    }
    page = show(render_page(payload))
    asked = [one for one in page.requests if one.startswith(host)]
    assert asked
    said = page.evaluate("document.getElementById('calls').textContent")
    assert "tiles.example" in said
    assert "<b>某局</b>" in said
    assert page.evaluate("document.querySelector('.tile-credit').textContent") == "<b>某局</b>"
    assert page.evaluate("document.querySelector('.leaflet-ground-pane').style.opacity") == "0.7"
    page.evaluate("window.coverplan.set({language: 'en'})")
    assert "goes online" in page.evaluate("document.getElementById('calls').textContent")
    assert page.evaluate("window.coverplan.figures().total.people") > 0


def test_tiles_of_another_host_are_stopped_by_the_policy(show, make_county):
    payload = make_county()
    payload["tiles"] = {
        "url": "https://other.example/{z}/{x}/{y}.png",
        "credit": "x",
        "hosts": ["https://tiles.example"],
    }
    page = show(render_page(payload))
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert any("Content Security Policy" in error for error in page.errors)
    payload["tiles"]["hosts"] = ["https://x.example; script-src 'unsafe-inline'"]
    with pytest.raises(ValueError, match="is not the scheme and name of a host"):
        render_page(payload)


def test_a_page_without_layers_has_no_list_of_them(show, make_county):
    page = show(render_page(make_county()))
    assert page.evaluate("document.getElementById('overlays')") is None
    assert page.evaluate("document.getElementById('calls')") is None
    assert page.requests == [page.address]


def test_the_whole_way_from_folium_to_the_page(show, yunxi):
    view = coverplan.show_map(yunxi, layer="eco_burial", minutes=20)
    folium.Marker([28.7, 119.85], tooltip="甲").add_to(view)
    page = show(view.page)
    state = page.evaluate("window.coverplan.state()")
    assert (state["layer"], state["minutes"]) == ("eco_burial", 20)
    assert page.evaluate(f"{PIN}.length") == 1
    assert page.errors == []
