"""A server on this machine that speaks Overpass and Nominatim of a small made-up county.

    with serving() as server:
        ... server.overpass, server.nominatim ...

`server.fail("interpreter", Fault(status=504))` makes the next answer of an end point fail;
`server.asked` lists what was asked for. `only_loopback` sees to it that nobody else is asked.
"""

import contextlib
import json
import re
import socket
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import shapely

WEST, SOUTH = 118.0, 30.0
KM_X, KM_Y = 0.01037, 0.00902
"""About a kilometre in degrees at this latitude."""

STAMP = "2026-01-02T03:04:05Z"
TOWNS = ["东桥镇", "西桥乡", "北桥街道"]
COUNTY = "云桥县"


def at(x_km, y_km):
    return round(WEST + x_km * KM_X, 7), round(SOUTH + y_km * KM_Y, 7)


class MadeUpMap:
    """Three townships of 4 km side by side and one of another county; roads each kilometre."""

    def __init__(self):
        self.nodes, self.ways, self.relations = {}, {}, {}
        self._at = {}
        self._streets()
        for i, name in enumerate(TOWNS):
            self.unit(9000 + i, name, 4 * i, 0, ref=f"33012310{i}000" if i else None)
        self.unit(9100, "邻县镇", 12, 0)
        self.unit(9200, COUNTY, 0, 0, width=12, admin_level="6")
        self._facilities()

    def node(self, x, y, **tags):
        """The node at a place; one with tags is its own."""
        key = (round(x, 4), round(y, 4), len(self.nodes) if tags else None)
        number = self._at.setdefault(key, 1000 + len(self._at))
        lon, lat = at(x, y)
        self.nodes[number] = {"type": "node", "id": number, "lon": lon, "lat": lat}
        if tags:
            self.nodes[number]["tags"] = _plain(tags)
        return number

    def way(self, places, **tags):
        number = 50_000 + len(self.ways)
        refs = [self.node(*place) if isinstance(place, tuple) else place for place in places]
        self.ways[number] = {"type": "way", "id": number, "nodes": refs, "tags": _plain(tags)}
        return number

    def unit(self, number, name, x, y, *, width=4, admin_level="8", ref=None):
        """A square unit, its outline of four ways."""
        corners = [(x, y), (x + width, y), (x + width, y + 4), (x, y + 4), (x, y)]
        sides = [self.way(corners[i : i + 2]) for i in range(4)]
        tags = {"type": "boundary", "boundary": "administrative", "name": name}
        tags |= {"admin_level": admin_level} | ({"ref": ref} if ref else {})
        members = [{"type": "way", "ref": side, "role": "outer"} for side in sides]
        self.relations[number] = {
            "type": "relation", "id": number, "members": members, "tags": tags,
        }  # fmt: skip

    def _streets(self):
        for y in range(5):
            self.way([(x, y) for x in range(13)], highway="residential", name="横街")
        for x in range(13):
            self.way([(x, y) for y in range(5)], highway="tertiary")
        bollard = self.node(5.5, 2.5, barrier="bollard")
        self.way([(5, 2), bollard, (6, 3)], highway="service", access="yes")
        self.way([(0, 4), (1, 5)], route="ferry", name="渡口")
        self.way([(1, 1), (2, 2)], highway="proposed")
        self.way([(20, 20), (21, 20)], highway="primary")

    def _facilities(self):
        self.node(1.2, 1.1, amenity="social_facility", social_facility__for="senior;disabled",
                  name="东桥敬老院", capacity="60")  # fmt: skip
        self.node(
            5.2, 1.1, amenity="social_facility", social_facility__for="homeless", name="救助站"
        )
        corners = [(9, 1), (9.1, 1), (9.1, 1.1), (9, 1.1), (9, 1)]
        self.way(corners, amenity="nursing_home", name="=北桥护理院", building="yes")
        self.node(2.1, 2.1, amenity="community_centre", name="东桥镇社工站")
        self.node(2.2, 2.1, amenity="community_centre", name="文化礼堂")
        self.way([(x, y + 2) for x, y in corners], landuse="cemetery", name="云桥生态公墓")
        self.node(30, 30, amenity="nursing_home", name="远处")

    def near(self, polygon):
        """Numbers of nodes within a polygon."""
        numbers = list(self.nodes)
        points = shapely.points([(self.nodes[n]["lon"], self.nodes[n]["lat"]) for n in numbers])
        return {
            n
            for n, inside in zip(numbers, shapely.intersects(polygon, points), strict=True)
            if inside
        }

    def nodes_of(self, element):
        if element["type"] == "node":
            return {element["id"]}
        if element["type"] == "way":
            return set(element["nodes"])
        return {n for m in element["members"] for n in self.ways[m["ref"]]["nodes"]}

    def whole(self, chosen):
        """Elements with all that they are made of."""
        kept = {(e["type"], e["id"]): e for e in chosen}
        for element in chosen:
            for member in element.get("members", []):
                way = self.ways[member["ref"]]
                kept["way", way["id"]] = way
        for element in list(kept.values()):
            for number in element.get("nodes", []):
                kept["node", number] = self.nodes[number]
        return [kept[key] for key in sorted(kept)]

    def answer(self, query):
        """What Overpass answers to a query as osmnx writes them."""
        found = {}
        for kind, filters, poly in re.findall(
            r"\b(node|way|relation)((?:\[[^\]]*\])+)\(poly:'([^']*)'\)", query
        ):
            numbers = [float(word) for word in poly.split()]
            inside = self.near(shapely.Polygon(list(zip(numbers[1::2], numbers[::2], strict=True))))
            for element in {"node": self.nodes, "way": self.ways, "relation": self.relations}[
                kind
            ].values():
                if _fits(element.get("tags", {}), filters) and self.nodes_of(element) & inside:
                    found[kind, element["id"]] = element
        return self.whole(list(found.values()))


def _plain(tags):
    return {key.replace("__", ":"): value for key, value in tags.items()}


def _fits(tags, filters):
    for key, sign, value in re.findall(
        r"\[[\"']([^\"']+)[\"'](?:(=|!=|~|!~)[\"']([^\"']*)[\"'])?\]", filters
    ):
        given = tags.get(key)
        fits = {
            "": given is not None,
            "=": given == value,
            "!=": given != value,
            "~": given is not None and re.search(value, given) is not None,
            "!~": given is None or re.search(value, given) is None,
        }[sign]
        if not fits:
            return False
    return True


def _place(number, name, *, osm_type="relation", kind="administrative", outline=None):
    west, south = at(0, 0)
    east, north = at(12, 4)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]} if outline is None else outline
    return {
        "place_id": number, "osm_type": osm_type, "osm_id": number, "display_name": name,
        "class": "boundary" if kind == "administrative" else "place", "type": kind,
        "importance": 0.4, "lat": str(south), "lon": str(west), "geojson": shape,
        "boundingbox": [str(south), str(north), str(west), str(east)], "licence": "made up",
    }  # fmt: skip


_POINT = {"type": "Point", "coordinates": [WEST, SOUTH]}
PLACES = {
    COUNTY: [
        _place(9200, f"{COUNTY}, 某市, 某省, 中国"),
        _place(77, f"{COUNTY}, 某市", osm_type="node", kind="county", outline=_POINT),
    ],
    "鼓楼区": [_place(1, "鼓楼区, 甲市"), _place(2, "鼓楼区, 乙市")],
    "小庄": [_place(78, "小庄, 东桥镇", osm_type="node", kind="village", outline=_POINT)],
    "海里": [
        _place(
            5,
            "海里",
            outline={
                "type": "Polygon",
                "coordinates": [[[118, 22], [118.1, 22], [118.1, 22.1], [118, 22]]],
            },
        )
    ],
}


@dataclass(frozen=True)
class Fault:
    """How an answer goes wrong.

    ``body`` in place of the right one; ``share`` of the bytes promised; ``seconds`` of waiting;
    ``close`` before any answer.
    """

    status: int = 200
    body: bytes | None = None
    headers: dict = field(default_factory=dict)
    share: float = 1.0
    cut: float = 1.0
    seconds: float = 0.0
    close: bool = False


FREE = """Connected as: 1
Current time: 2026-01-02T03:04:05Z
Announced endpoint: none
Rate limit: 2
2 slots available now.
Currently running queries (pid, space limit, time limit, start time):
"""


class Loopback:
    """The server and what it was asked."""

    def __init__(self):
        self.map = MadeUpMap()
        self.places = dict(PLACES)
        self.asked = []
        self.status = FREE
        self.remark = None
        self.faults = defaultdict(deque)
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._web.daemon_threads = True
        self.host = f"127.0.0.1:{self._web.server_address[1]}"
        self.overpass = f"http://{self.host}/api"
        self.nominatim = f"http://{self.host}/"

    def fail(self, end_point, *faults, after=0):
        """Let answers of an end point fail, one after the other, some right ones first."""
        self.faults[end_point].extend([None] * after + list(faults))

    def count(self, end_point):
        return sum(name == end_point for name, _, _ in self.asked)

    def start(self):
        threading.Thread(target=self._web.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self._web.shutdown()
        self._web.server_close()

    def answer(self, end_point, given):
        """The right answer of an end point."""
        if end_point == "status":
            return self.status.encode()
        if end_point == "search":
            return json.dumps(self.places.get(given.get("q", ""), [])).encode()
        if end_point == "lookup":
            known = [one for found in self.places.values() for one in found]
            number = given["osm_ids"]
            return json.dumps(
                [p for p in known if f"{p['osm_type'][0].upper()}{p['osm_id']}" == number]
            ).encode()
        found = {
            "version": 0.6, "generator": "made up", "osm3s": {"timestamp_osm_base": STAMP},
            "elements": self.map.answer(given["data"]),
        }  # fmt: skip
        return json.dumps(found | ({"remark": self.remark} if self.remark else {})).encode()

    def _handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                self._reply(parts.path.rsplit("/", 1)[-1], parts.query)

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                self._reply(self.path.rsplit("/", 1)[-1], self.rfile.read(length).decode())

            def _reply(self, end_point, text):
                given = {key: values[0] for key, values in parse_qs(text).items()}
                server.asked.append((end_point, given, dict(self.headers)))
                waiting = server.faults[end_point]
                fault = (waiting.popleft() if waiting else None) or Fault()
                if fault.close:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = server.answer(end_point, given) if fault.body is None else fault.body
                body = body[: int(len(body) * fault.cut)]
                time.sleep(fault.seconds)
                self.send_response(fault.status)
                for name, value in fault.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: int(len(body) * fault.share)])
                self.close_connection = True

            def log_message(self, *_):
                """Say nothing."""

        return Handler


@contextlib.contextmanager
def serving():
    """Run the server while the block runs, and let nobody else be asked."""
    server = Loopback()
    server.start()
    try:
        with only_loopback():
            yield server
    finally:
        server.stop()


@contextlib.contextmanager
def only_loopback():
    """Fail where anybody but this machine is connected to."""
    connect = socket.socket.connect

    def guarded(self, address):
        assert not isinstance(address, tuple) or address[0] in {"127.0.0.1", "::1"}, address
        return connect(self, address)

    socket.socket.connect = guarded
    try:
        yield
    finally:
        socket.socket.connect = connect
