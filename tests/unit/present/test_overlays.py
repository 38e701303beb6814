"""Layers of folium are read, never rendered: what they draw, what they say, what is refused."""

import json
import math
from importlib import resources

import branca.colormap as cm
import branca.element
import folium
import folium.plugins
import geopandas as gpd
import numpy as np
import pytest
import shapely

import coverplan
from coverplan.core.errors import InputError
from coverplan.present.overlay_shapes import colour_of, look_of, place_of
from coverplan.present.overlays import overlays_of
from coverplan.present.tiles import tile_source

HERE = [28.5, 119.5]
SQUARE = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`alert(1)`",
    r"C:\xampp",
    "{{7777*3}}",
    "A{%B",
    "A{#B",
    "javascript:alert(1)",
    "\"'><b onmouseover=alert(1)>",
]


def only(layer, name=None):
    """The one overlay of a layer, as JSON gives it back."""
    (overlay,) = json.loads(json.dumps(overlays_of(layer, name), allow_nan=False))
    return overlay


def item(layer):
    (found,) = only(layer)["items"]
    return found


@pytest.fixture(scope="module")
def carried(yunxi):
    """What the page of the sample county holds, made once."""
    return coverplan.show_map(yunxi).payload


@pytest.fixture
def shown(yunxi, carried):
    """The map of the sample county as `coverplan.show_map` returns it."""

    def _shown(**options):
        view = coverplan.show_map(yunxi, **options)
        view._base = carried
        return view

    return _shown


# ---- nothing of folium's templates runs ----------------------------------------------------------


def sinks(text):
    """The ten places of folium through which data is run as Python when folium writes a map."""
    point = {"type": "Point", "coordinates": [119.5, 28.5]}
    features = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": point, "properties": {"name": text}}],
    }
    group = folium.FeatureGroup(name=text)
    folium.Marker(HERE).add_to(group)
    tip = folium.GeoJsonTooltip(["name"], aliases=[text])
    return {
        "popup": folium.Marker(HERE, popup=text),
        "popup, parsed": folium.Marker(HERE, popup=folium.Popup(text, parse_html=True)),
        "tooltip": folium.Marker(HERE, tooltip=text),
        "property": folium.GeoJson(features),
        "property shown": folium.GeoJson(features, tooltip=tip),
        "property in a popup": folium.GeoJson(features, popup=folium.GeoJsonPopup(["name"])),
        "layer name": group,
        "DivIcon": folium.Marker(HERE, icon=folium.DivIcon(html=text)),
        "cluster": folium.plugins.FastMarkerCluster([[*HERE, text]], name=text),
        "markers": folium.plugins.MarkerCluster([HERE], popups=[text]),
    }


def bomb(folder):
    """A name that makes a folder where it is run as a template."""
    return "{{cycler.__init__.__globals__.os.mkdir('" + str(folder) + "')}}"


def test_the_bomb_is_one(tmp_path):
    """Folium's own writing does run it: the next test would notice."""
    there = folium.Map(HERE, tiles=None)
    folium.Marker(HERE, tooltip=bomb(tmp_path / "run")).add_to(there)
    there.get_root().render()
    assert (tmp_path / "run").is_dir()


def test_no_text_of_a_layer_is_run_as_python(tmp_path, shown):
    text = bomb(tmp_path / "run")
    view = shown()
    for layer in sinks(text).values():
        layer.add_to(view)
    view.add(folium.TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr=text))
    page = view.page
    assert not (tmp_path / "run").exists()
    assert page.count("{{cycler.__init__") >= 10


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_arrives_as_it_was_written(text):
    said = {place: json.dumps(overlays_of(layer)) for place, layer in sinks(text).items()}
    plain = json.dumps(text)[1:-1]
    silent = {place for place, found in said.items() if plain not in found}
    assert silent == {"property"}  # a property that nothing shows is not carried


def test_our_code_knows_no_template():
    for name in ("overlays", "overlay_texts", "overlay_geojson", "overlay_shapes", "mapview"):
        file = resources.files("coverplan.present") / f"{name}.py"
        text = file.read_text(encoding="utf-8")
        for word in ("import folium", "import branca", "jinja", "_template.", ".get_root("):
            assert word not in text


# ---- what is drawn -------------------------------------------------------------------------------


def test_markers_and_circles():
    icon = folium.Icon(color="darkred")
    assert item(folium.Marker(HERE, popup="a", tooltip="b", icon=icon)) == {
        "kind": "pin",
        "at": HERE,
        "color": "#a23336",
        "text": "a",
        "tip": "b",
    }
    dot = item(folium.CircleMarker(HERE, radius=7, color="#ff0000", fill=True, dash_array="5 3"))
    assert {key: dot[key] for key in ("kind", "radius", "color", "fill", "dashArray")} == {
        "kind": "dot",
        "radius": 7,
        "color": "#ff0000",
        "fill": True,
        "dashArray": "5 3",
    }
    circle = item(folium.Circle(HERE, radius=3000))
    assert (circle["kind"], circle["metres"]) == ("circle", 3000)
    assert "radius" not in circle
    label = item(folium.Marker(HERE, icon=folium.DivIcon(html="<b>甲</b>")))
    assert label["label"] == "<b>甲</b>"


def test_lines_and_areas():
    assert item(folium.PolyLine(SQUARE))["lines"] == [SQUARE]
    assert item(folium.PolyLine([SQUARE, SQUARE]))["lines"] == [SQUARE, SQUARE]
    assert item(folium.Polygon(SQUARE))["areas"] == [[SQUARE]]
    hole = [[0.2, 0.2], [0.2, 0.4], [0.4, 0.4]]
    assert item(folium.Polygon([SQUARE, hole]))["areas"] == [[SQUARE, hole]]
    box = item(folium.Rectangle([[1, 2], [3, 4]]))
    assert box["areas"] == [[[[1.0, 2.0], [3.0, 2.0], [3.0, 4.0], [1.0, 4.0]]]]


def test_geojson_of_every_kind():
    one = shapely.Polygon([(0, 0), (2, 0), (2, 2)], [[(0.5, 0.2), (1, 0.2), (1, 0.4)]])
    shapes = [
        shapely.Point(1, 2),
        shapely.MultiPoint([(1, 2), (3, 4)]),
        shapely.LineString([(0, 0), (1, 2)]),
        shapely.MultiLineString([[(0, 0), (1, 2)], [(3, 3), (4, 4)]]),
        one,
        shapely.MultiPolygon([one, shapely.box(5, 5, 6, 6)]),
        shapely.GeometryCollection([shapely.Point(7, 8), shapely.LineString([(0, 0), (1, 1)])]),
    ]
    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=4326)
    layer = folium.GeoJson(frame, tooltip=folium.GeoJsonTooltip(["n"], aliases=["编号"]))
    found = only(layer)["items"]
    assert [one["kind"] for one in found] == [
        "pin", "pin", "pin", "line", "line", "area", "area", "pin", "line",
    ]  # fmt: skip
    assert [one["tip"] for one in found[:3]] == ["编号: 0", "编号: 1", "编号: 1"]
    assert found[0]["at"] == [2, 1]  # latitude first
    assert found[5]["areas"][0][1][0] == [0.2, 0.5]
    assert len(found[6]["areas"]) == 2


def test_what_is_empty_is_nowhere_and_never_somewhere_else():
    shapes = [shapely.Point(), shapely.Polygon(), shapely.MultiPoint(), None, shapely.Point(1, 2)]
    frame = gpd.GeoDataFrame({"n": range(5)}, geometry=shapes, crs=4326)
    assert [one["at"] for one in only(folium.GeoJson(frame))["items"]] == [[2, 1]]
    for coordinates in ([None, 28.7, 5.0], [[None]], "abc"):
        with pytest.raises(ValueError, match=r"place|number"):
            only(folium.GeoJson({"type": "Point", "coordinates": coordinates}))
    with pytest.raises(ValueError, match="no list of places"):
        only(folium.GeoJson({"type": "Polygon", "coordinates": [None]}))


def test_style_functions_are_asked_here():
    frame = gpd.GeoDataFrame(
        {"v": [1, 5]}, geometry=[shapely.Point(1, 2), shapely.box(0, 0, 1, 1)], crs=4326
    )
    layer = folium.GeoJson(
        frame,
        name="值",
        marker=folium.CircleMarker(radius=3),
        style_function=lambda f: {
            "fillColor": "#00ff00" if f["properties"]["v"] > 2 else "red",
            "weight": 2,
            "color": "expression(alert(1))",
            "fillOpacity": 7,
            "evil": "x",
        },
        popup=folium.GeoJsonPopup(["v"], labels=False),
    )
    dot, area = only(layer)["items"]
    assert (dot["kind"], dot["fillColor"], dot["radius"], dot["text"]) == ("dot", "red", 3, "1")
    assert (area["fillColor"], area["weight"], area["fillOpacity"]) == ("#00ff00", 2, 1)
    assert area["color"] == "#3388ff"  # not what is no colour
    assert "evil" not in area


def test_groups_clusters_maps_and_choropleths():
    group = folium.FeatureGroup("路线", show=False)
    folium.Marker(HERE).add_to(folium.plugins.MarkerCluster().add_to(group))
    folium.LayerControl().add_to(group)
    overlay = only(group)
    assert (overlay["name"], overlay["show"], len(overlay["items"])) == ("路线", False, 1)
    frame = gpd.GeoDataFrame(
        {"name": ["a", "b"], "v": [1.0, 9.0]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        crs=4326,
    )
    explored = frame.explore("v", cmap="viridis")
    found = overlays_of(explored)
    assert [len(one["items"]) for one in found] == [2, 0]
    rows = found[1]["keys"][0]["rows"]
    assert (rows[0][1], rows[-1][1], len(rows)) == ("1", "9", 6)
    choropleth = folium.Choropleth(
        frame.to_json(),
        data=frame,
        columns=["name", "v"],
        key_on="feature.properties.name",
        bins=4,
        legend_name="率",
        name="分级",
    )
    overlay = only(choropleth)
    assert overlay["name"] == "分级"
    assert overlay["keys"][0]["caption"] == "率"
    assert [words for _, words in overlay["keys"][0]["rows"]] == [
        "1 – 3",
        "3 – 5",
        "5 – 7",
        "7 – 9",
    ]
    colours = [one["fillColor"] for one in overlay["items"]]
    assert len(set(colours)) == 2


def test_a_colormap_alone_and_names_of_foliums_making():
    steps = cm.StepColormap(["#ff0000", "#0000ff"], vmin=0, vmax=10, caption="甲")
    assert only(steps)["keys"] == [
        {"caption": "甲", "rows": [["#ff0000ff", "0 – 5"], ["#0000ffff", "5 – 10"]]}
    ]
    assert only(folium.FeatureGroup())["name"] == {"zh": "添加的图层", "en": "Added layer"}
    assert only(folium.Marker(HERE))["name"] == {"zh": "添加的内容", "en": "Added"}
    assert only(folium.Marker(HERE), "调研")["name"] == "调研"


def test_pictures_only_from_within():
    picture = folium.raster_layers.ImageOverlay(
        np.eye(4), [[28, 119], [29, 120]], opacity=0.5, alt="热力"
    )
    found = item(picture)
    assert found["data"].startswith("data:image/png;base64,")
    assert (found["opacity"], found["tip"]) == (0.5, "热力")
    assert found["bounds"] == [[28, 119], [29, 120]]
    for address in ("https://example.org/a.png", "data:image/svg+xml;base64,AAAA", "data:,x"):
        picture.url = address
        with pytest.raises(ValueError, match="the map calls no host"):
            overlays_of(picture)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (folium.plugins.Draw, "Draw cannot be put on the map of a study: its template"),
        (lambda: folium.plugins.HeatMap([HERE]), "HeatMap cannot"),
        (lambda: folium.plugins.Realtime("https://x.example"), "Realtime cannot"),
        (lambda: folium.WmsTileLayer("https://x.example", layers="a"), "WmsTileLayer cannot"),
        (lambda: branca.element.Element("x"), "Element cannot"),
        (lambda: 3, "int cannot"),
        (lambda: folium.Marker(HERE, popup=folium.Popup(folium.IFrame("x"))), "IFrame in it"),
        (
            lambda: folium.GeoJson(
                {"type": "Point", "coordinates": [1, 2]}, on_each_feature=folium.JsCode("alert(1)")
            ),
            "a layer's script never runs",
        ),
    ],
)
def test_what_cannot_be_shown_is_named_with_what_can(layer, words):
    with pytest.raises(TypeError, match=words):
        overlays_of(layer())


def test_a_marker_of_another_package_is_none_of_foliums():
    other = type("Marker", (), {"location": HERE, "popup": "lost", "__module__": "ipyleaflet.x"})
    with pytest.raises(TypeError, match=r"^ipyleaflet\.Marker cannot be put"):
        overlays_of(other())


def test_event_handlers_are_refused():
    group = folium.FeatureGroup("g")
    group.on(click=folium.JsCode("() => alert(1)"))
    with pytest.raises(TypeError, match="FeatureGroup with event handlers"):
        overlays_of(group)


@pytest.mark.parametrize(
    "place", [[math.nan, 1], [1, math.inf], ["x", 1], [91, 0], [0, 600], [1], "ab", None]
)
def test_a_place_is_a_place(place):
    with pytest.raises(ValueError, match=r"place|finite|degrees"):
        place_of(place)


@pytest.mark.parametrize(
    "words",
    ["url(x)", "red;background:url(x)", "#12345", "var(--x)", "rgb(1,2,url(x))", 5, "", "red\n}"],
)
def test_a_colour_is_a_colour(words):
    assert colour_of(words) is None
    assert look_of({"color": words, "dashArray": "5;x", "weight": "x", "fill": "yes"}) == {}


def test_colours_that_are():
    for words in ("#abc", "#AABBCC", "#aabbcc80", "red", "rgb(1, 2, 3)", "hsla(1, 20%, 3%, .5)"):
        assert colour_of(words) == words


# ---- the view ------------------------------------------------------------------------------------


def test_a_view_takes_layers_as_a_folium_map_does(shown):
    view = shown(layer="social_work", minutes=10)
    assert view.payload["meta"]["open"] == {"layer": "social_work", "minutes": 10}
    assert "overlays" not in view.payload
    group = folium.FeatureGroup("后加").add_to(view)
    folium.Marker(HERE).add_to(group)  # after the group was put on the map
    marker = folium.Marker(HERE).add_to(view)
    marker.add_child(folium.Tooltip("晚到"))
    assert view.add(folium.LayerControl()).add(folium.Marker(HERE, popup="b")) is view
    names = [one["name"] for one in view.payload["overlays"]]
    assert names == ["后加", {"zh": "添加的内容", "en": "Added"}]
    assert [len(one["items"]) for one in view.payload["overlays"]] == [1, 2]
    assert view.payload["overlays"][1]["items"][0]["tip"] == "晚到"
    with pytest.raises(TypeError):
        view.add(folium.plugins.Draw())
    assert len(view.payload["overlays"]) == 2
    assert view.page == view.page


def test_a_layer_that_is_added_again_is_there_once(shown):
    first, second = shown(), shown(language="en")
    marker = folium.Marker(HERE)
    for view in (first, first, second):
        marker.add_to(view)
    first.add(folium.Marker(HERE)).add(marker, "改名")
    assert [len(one["items"]) for one in first.payload["overlays"]] == [1, 1]
    assert first.payload["overlays"][1]["name"] == "改名"
    assert [len(one["items"]) for one in second.payload["overlays"]] == [1]


def test_tiles_of_a_folium_map_stay_out_and_are_said(shown):
    view = shown()
    there = folium.Map(HERE)
    folium.Marker(HERE).add_to(there)
    with pytest.warns(UserWarning, match="没有加入"):
        view.add(there)
    assert "tiles" not in view.payload
    assert len(view.payload["overlays"][0]["items"]) == 1
    assert "openstreetmap" not in view.page


def test_an_unknown_layer_to_open_with(shown):
    with pytest.raises(InputError) as caught:
        shown(layer="nothing")
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("map.layer", "nothing")
    assert "elderly_care" in problem.expected.zh


@pytest.mark.parametrize("minutes", [0, 31, 7.5, -3, "x"])
def test_minutes_the_map_does_not_have(shown, minutes):
    with pytest.raises(InputError) as caught:
        shown(minutes=minutes)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("map.minutes", str(minutes))
    assert problem.expected.zh == "1 至 30 的整分钟"


def test_saved_whole_or_not_at_all(shown, tmp_path):
    view = shown()
    there = view.save(tmp_path / "a" / "map.html")
    assert there.read_text(encoding="utf-8") == view.page
    with pytest.raises(InputError):
        view.save(tmp_path / "a")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["map.html"]


# ---- tiles ---------------------------------------------------------------------------------------


def code_of(url, credit="x", study=None):
    with pytest.raises(InputError) as caught:
        tile_source(url, credit, study)
    return [problem.code for problem in caught.value.problems], caught.value


def test_tiles_widen_the_policy_by_their_host_alone(shown):
    view = shown(
        tiles="https://{s}.tiles.example:8443/{z}/{x}/{y}.png?v=2", tiles_credit="某省测绘"
    )
    hosts = [f"https://{letter}.tiles.example:8443" for letter in "abc"]
    assert view.payload["tiles"]["hosts"] == hosts
    policy = view.page.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert f"img-src data: blob: {' '.join(hosts)};" in policy + ";"
    assert "default-src 'none'" in policy
    plain = shown().page
    assert "img-src data: blob:;" in plain
    assert "tiles.example" not in plain


@pytest.mark.parametrize(
    "host",
    [
        "webrd01.is.autonavi.com",
        "wprd04.amap.com",
        "rt0.map.gtimg.com",
        "p2.map.qq.com",
        "map.geoq.cn",
    ],
)
def test_shifted_tiles_are_refused_with_the_distance(yunxi, host):
    codes, error = code_of(f"https://{host}/{{z}}/{{x}}/{{y}}.png", study=yunxi)
    assert codes == ["tiles.datum"]
    assert "GCJ-02" in error.render("zh")
    metres = int(error.render("zh").split("偏移约 ")[1].split(" 米")[0])
    assert 300 < metres < 700


def test_baidu_and_the_distance_where_nobody_knows_the_county():
    codes, error = code_of("http://online1.map.bdimg.com/{z}/{x}/{y}.png")
    assert codes == ["tiles.datum"]
    assert "BD-09" in error.render("en")
    assert "some hundred metres" in error.render("en")


@pytest.mark.parametrize(
    "query",
    [
        "tk=1a2b",
        "key=x",
        "access_token=x",
        "ak=x",
        "token=x",
        "apikey=x",
        "subscription-key=x",
        "auth=x",
        "x=1&sign=x",
    ],
)
def test_an_address_with_a_key_is_refused_and_the_key_not_repeated(query):
    url = f"https://t0.tianditu.gov.cn/vec_w/wmts?z={{z}}&x={{x}}&y={{y}}&{query}SECRET"
    codes, error = code_of(url)
    assert codes == ["tiles.key"]
    assert "SECRET" not in error.render("zh") + error.render("en") + str(error)
    assert "泄露" in error.render("zh")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert({z}{x}{y})",
        "//host/{z}/{x}/{y}.png",
        "file:///{z}/{x}/{y}.png",
        "https://host/{z}/{x}.png",
        "https://user:SECRET@host/{z}/{x}/{y}.png",
        "https://host; script-src 'unsafe-inline'/{z}/{x}/{y}.png",
        'https://host"/{z}/{x}/{y}.png',
        "https://地图.cn/{z}/{x}/{y}.png",
        "https://host/{z}/{x}/{y}/<b>.png",
        "https://host/{z}/{x}/{y}/{evil}.png",
        "",
    ],
)
def test_what_is_no_address_of_tiles(url):
    codes, error = code_of(url)
    assert codes == ["tiles.address"]
    assert "SECRET" not in error.render("zh")


def test_everything_wrong_with_tiles_at_once():
    codes, _ = code_of("https://a.amap.com/{z}/{x}/{y}?key=1", credit=" ")
    assert codes == ["tiles.credit", "tiles.datum", "tiles.key"]
