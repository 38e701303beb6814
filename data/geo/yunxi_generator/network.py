"""The whole road network: rural roads, expressway, streets, webs, ferry, as noded edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyproj
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from . import motorway, roads, seat, webs
from .county import Ground
from .grid import Floats, Ints
from .noding import Drawn, Tag, connected, cut_by, merged, noded, without_stubs
from .settings import DEGREES, METRIC, ROADS_BEYOND, TOWNSHIPS, rng
from .villages import Villages
from .water import Water, main_river

TO_DEGREES = pyproj.Transformer.from_crs(METRIC, DEGREES, always_xy=True)


def degrees(xy: Floats) -> Floats:
    """Return metres on EPSG:4549 as CGCS2000 degrees."""
    lon, lat = TO_DEGREES.transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def road_name(xy: Floats, cls: int, villages: Villages) -> str:
    """Return a road's name: numbered along the valley, by the seats it lies between otherwise."""
    if cls == roads.PRIMARY:
        return "云江线"
    if cls > roads.TERTIARY:
        return ""
    seats = villages.xy[villages.seat]
    middle = xy[len(xy) // 2]
    a, b = np.argsort(np.hypot(*(seats - middle).T))[:2]
    a, b = sorted((int(a), int(b)))
    return f"{TOWNSHIPS[a].name[0]}{TOWNSHIPS[b].name[0]}线"


def village_sites(villages: Villages, people: Ints, urban: BaseGeometry) -> list[webs.Site]:
    """Return what to lay out: the number of lanes grows with the people."""
    out = []
    for k, xy in enumerate(villages.xy):
        if k == villages.remote or urban.buffer(-60.0).contains(Point(xy)):
            continue
        town = bool(villages.seat[k]) and villages.township[k] >= 3
        lanes = float(np.clip(13.0 + people[k] / 27.0, 12.0, 100.0))
        if town:
            lanes = float(np.clip(people[k] / 17.0, 90.0, 330.0))
        spacing = 68.0 if town else 52.0
        out.append(webs.Site(xy, int(lanes), spacing, town, k == villages.island))
    return out


def lay_webs(
    sites: list[webs.Site], ground: Ground, lines: list[tuple[Floats, int]], bad: BaseGeometry
) -> list[webs.Lane]:
    """Return the lanes of all villages."""
    random = rng("webs")
    shapes = [LineString(xy) for xy, _ in lines]
    tree = shapely.STRtree(shapes)
    barred = shapely.STRtree(shapely.get_parts(bad))
    parts = shapely.get_parts(bad)
    out: list[webs.Lane] = []
    taken: list[BaseGeometry] = []
    for site in sites:
        reach = Point(site.xy).buffer(2.4 * np.sqrt(site.lanes) * site.spacing)
        near = [shapes[k] for k in sorted(tree.query(reach, predicate="intersects"))]
        box = reach.bounds
        around = [shapely.clip_by_rect(parts[k], *box) for k in barred.query(reach)]
        local = shapely.union_all(around + [t for t in taken if t.intersects(reach)])
        lanes = webs.lay_out(site, ground, near, local, random)
        out += lanes
        if lanes:
            hull = shapely.union_all([LineString(xy) for xy, _ in lanes]).convex_hull
            taken.append(hull.buffer(12.0))
    return out


def ferry(water: Water, lanes: list[webs.Lane], landing: Floats) -> Floats:
    """Return the ferry's line from the island's nearest lane end to the mainland landing."""
    isle = np.vstack([xy[[0, -1]] for xy, _ in lanes if water.island.contains(Point(xy[0]))])
    near = isle[np.argmin(np.hypot(*(isle - landing).T))]
    side = np.array([-(landing - near)[1], (landing - near)[0]])
    return np.array([near, 0.5 * (near + landing) + 0.08 * side, landing])


def main_lines(
    ways: list[Floats], ramps: list[Floats], ground: Ground, river: BaseGeometry
) -> list[Drawn]:
    """Return the expressway with its bridges and tunnels, and the ramps."""
    tag = Tag("motorway", "云江高速", 1)
    spurs: list[Point] = []
    for xy in ways:
        along = LineString(xy)
        steps = np.arange(0.0, along.length, 50.0)
        at = shapely.get_coordinates(shapely.line_interpolate_point(along, steps))
        high = ground.z.ravel()[ground.grid.index(at)]
        # The road bed is the ground smoothed over some kilometres: what rises above is pierced.
        bed = np.convolve(np.pad(high, 30, mode="edge"), np.ones(61) / 61, mode="valid")
        spurs += shapely.points(at[high > bed + 30.0]).tolist()
    # Both carriageways pierce a spur that rises above either.
    spur = shapely.union_all([p.buffer(90.0) for p in spurs])
    out = []
    for xy in ways:
        for part in cut_by(Drawn(xy, tag), spur, replace(tag, tunnel=1)):
            if part.tag.tunnel:
                out.append(part)
            else:
                out += cut_by(part, river.buffer(25.0), replace(tag, bridge=1))
    return out + [Drawn(xy, Tag("motorway_link", "", 1)) for xy in ramps]


def within(lines: list[Drawn], county: Polygon) -> list[Drawn]:
    """Return the parts of lines no further beyond the county line than roads are kept."""
    limit = county.buffer(ROADS_BEYOND)
    out = []
    shapely.prepare(limit)
    for line in lines:
        whole = LineString(line.xy)
        if limit.contains(whole):
            out.append(line)
            continue
        for part in shapely.get_parts(whole.intersection(limit)):
            xy = np.array(part.coords)
            if len(xy) > 1 and part.length > 5.0:
                out.append(Drawn(xy, line.tag))
    return out


def make_network(
    ground: Ground, water: Water, villages: Villages, county: Polygon, urban: BaseGeometry,
    people: Ints,
) -> list[Drawn]:  # fmt: skip
    """Return all edges in degrees."""
    builder, landing = roads.build(ground, water, villages, county, people)
    roads.fields_and_forests(builder)
    roads.footpaths(builder, villages)
    rural = roads.draw(builder, water)
    river = shapely.union_all([g for _, kind, g in water.rivers if kind == "river"])
    line = main_river(ground.grid)
    mid = line.project(urban.centroid)
    a, b = line.interpolate(mid - 1500.0), line.interpolate(mid + 1500.0)
    town = seat.Seat(urban, river, float(np.arctan2(b.y - a.y, b.x - a.x)))
    rural, joins = seat.join_town(rural, urban, town, villages.xy[0])
    centre = motorway.centre_line(builder, villages, urban)
    crossings = motorway.interchanges(centre, rural, urban)
    rural = motorway.opened(rural, crossings)
    ways, ramps = motorway.carriageways(centre, crossings)
    zone = shapely.union_all([LineString(r) for r in ramps]).buffer(25.0)
    rural = [(xy, c) for xy, c in rural if c < roads.TRACK or not LineString(xy).intersects(zone)]
    corridor = shapely.union_all(ways).buffer(45.0)
    wet = shapely.union_all([g for _, _, g in water.rivers]).buffer(4.0)
    bad = shapely.union_all([wet, water.reservoir, corridor, zone.buffer(60.0), urban.buffer(5.0)])
    lanes = lay_webs(village_sites(villages, people, urban), ground, rural, bad)
    boat = ferry(water, lanes, builder.place[landing])
    drawn = [
        Drawn(xy, Tag(roads.HIGHWAY[c], road_name(xy, c, villages))) for xy, c in rural + joins
    ]
    drawn += [Drawn(xy, Tag(kind, name, one)) for xy, kind, name, one in town.streets()]
    drawn = [part for d in drawn for part in _bridged(d, river, corridor.buffer(-10.0))]
    drawn += [Drawn(xy, Tag(kind)) for xy, kind in lanes]
    drawn.append(Drawn(boat, Tag("ferry", "湖心屿渡")))
    fast = within(main_lines([np.array(w.coords) for w in ways], ramps, ground, river), county)
    slow = within(drawn, county)
    groups = [noded([Drawn(degrees(d.xy), d.tag) for d in g]) for g in (slow, fast)]
    return merged(connected(without_stubs(groups[0] + groups[1], 9.0)))


def _bridged(line: Drawn, river: BaseGeometry, corridor: BaseGeometry) -> list[Drawn]:
    """Mark what runs over the river or over the expressway as bridges."""
    over = replace(line.tag, bridge=1)
    return [
        q
        for p in cut_by(line, river, over)
        for q in (cut_by(p, corridor, over) if not p.tag.bridge else [p])
    ]
