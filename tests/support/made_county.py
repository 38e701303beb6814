"""A made-up county for the map page: townships, roads, people, sites, and its exact figures."""

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely

from coverplan.present.bulk import pack

NAMES = (
    "城关镇",
    "青石镇",
    "云溪镇",
    "白鹤乡",
    "龙潭镇",
    "竹林乡",
    "石门镇",
    "柳河乡",
    "大坪乡",
    "杨家坝镇",
    "枫香乡",
    "九里畲族乡",
)
ENGLISH = "abcdefghijklmnopqrstuvwxyz"
LAYERS = (
    # id, label, group, profile, minutes, colour, shape, metres a minute
    (
        "elderly_care",
        ("养老服务", "Elderly care"),
        "elderly",
        ("老年人步行 0.89 m/s", "older person walking, 0.89 m/s"),
        15,
        "#b5482a",
        "circle",
        53.4,
    ),
    (
        "social_work",
        ("社工站", "Social-work stations"),
        "all",
        ("驾车", "driving"),
        15,
        "#31559c",
        "square",
        500.0,
    ),
    (
        "children",
        ("儿童之家", "Children's homes"),
        "children",
        ("步行 1.2 m/s", "walking, 1.2 m/s"),
        15,
        "#8a4fa3",
        "triangle",
        72.0,
    ),
    (
        "eco_burial",
        ("节地生态安葬", "Eco-burial"),
        "all",
        ("驾车", "driving"),
        30,
        "#2f6d4f",
        "diamond",
        500.0,
    ),
)
GROUPS = {
    "all": ("常住人口", "Residents"),
    "elderly": ("60 岁及以上", "Aged 60 and over"),
    "children": ("0–14 岁", "Aged 0–14"),
}
THRESHOLDS = [5, 10, 15, 30]
MAX_MINUTES = 60
CENTRE = np.array([119.62, 28.31])
METRES = np.array([98_000.0, 110_900.0])  # a degree, east and north


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def broken_line(
    start: np.ndarray, end: np.ndarray, rough: float, rng: np.random.Generator
) -> np.ndarray:
    """A line bent again and again at its middles."""
    line = np.array([start, end])
    for _ in range(5):
        step = np.diff(line, axis=0)
        side = np.column_stack((-step[:, 1], step[:, 0])) * rng.uniform(
            -rough, rough, (len(step), 1)
        )
        both = np.empty((2 * len(line) - 1, 2))
        both[::2], both[1::2] = line, line[:-1] + step / 2 + side
        line = both
    return line


def flat(line: np.ndarray) -> list[int]:
    """Metres to delta-coded 1e-5 degrees."""
    grid = np.rint((np.asarray(line) / METRES + CENTRE) * 1e5).astype(int)
    grid = grid[np.r_[True, np.any(np.diff(grid, axis=0) != 0, axis=1)]]
    return np.diff(grid, axis=0, prepend=0).ravel().tolist()


def rings_of(polygon: Any) -> list[list[int]]:
    return [flat(np.array(ring.coords)[:-1]) for ring in (polygon.exterior, *polygon.interiors)]


def townships(count: int, rng: np.random.Generator) -> tuple[np.ndarray, list[Any]]:
    """Seats of townships and their ground, borders bent the same way from both sides."""
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    waves = sum(
        rng.normal(0, 0.5 / k) * np.sin(k * angle + rng.uniform(0, 6)) for k in range(2, 14)
    )
    county = shapely.Polygon(
        np.column_stack((np.cos(angle) * 1.22, np.sin(angle)))
        * (17_000 * (1 + 0.22 * waves))[:, None]
    )
    county = county.buffer(0)
    if county.geom_type != "Polygon":
        county = max(county.geoms, key=lambda part: part.area)
    if count == 1:
        return np.array([[0.0, 0.0]]), [county]
    spots: list[np.ndarray] = []
    left, low, right, top = county.bounds
    near = 0.62 * math.sqrt(county.area / count)
    while len(spots) < count:
        spot = rng.uniform((left, low), (right, top))
        if county.buffer(-near / 2).contains(shapely.Point(spot)) and all(
            np.hypot(*(spot - other)) > near for other in spots
        ):
            spots.append(spot)
        near *= 0.9997
    seats = np.array(spots)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.MultiPoint(seats), extend_to=county.envelope.buffer(30_000)
        )
    )
    borders: dict[tuple[float, ...], np.ndarray] = {}

    def bend(a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
        first, last = sorted((tuple(np.round(a, 3)), tuple(np.round(b, 3))))
        key = (*first, *last)
        if key not in borders:
            borders[key] = broken_line(
                np.array(first), np.array(last), 0.16, np.random.default_rng(len(borders))
            )
        line = borders[key]
        return line if tuple(np.round(a, 3)) == first else line[::-1]

    grounds = []
    for seat in seats:
        cell = next(part for part in cells if part.contains(shapely.Point(seat)))
        corners = list(cell.exterior.coords)
        bent = np.vstack([bend(a, b)[:-1] for a, b in itertools.pairwise(corners)])
        ground = shapely.intersection(shapely.Polygon(bent).buffer(0), county)
        if ground.geom_type != "Polygon":
            ground = max(ground.geoms, key=lambda part: part.area)
        grounds.append(ground)
    return seats, grounds


def road_lines(seats: np.ndarray, rng: np.random.Generator) -> dict[int, list[np.ndarray]]:
    """A tree of main roads between the seats, and lanes branching off."""
    roads: dict[int, list[np.ndarray]] = {1: [], 2: [], 3: []}
    joined, open_ = [0], list(range(1, len(seats)))
    while open_:
        i, j = min(
            itertools.product(joined, open_),
            key=lambda pair: np.hypot(*(seats[pair[0]] - seats[pair[1]])),
        )
        roads[1 if len(joined) % 2 else 2].append(broken_line(seats[i], seats[j], 0.22, rng))
        joined.append(j)
        open_.remove(j)
    for _ in range(max(1, len(seats) // 3)):
        i, j = rng.choice(len(seats), 2, replace=len(seats) < 2)
        if i != j and np.hypot(*(seats[i] - seats[j])) < 16_000:
            roads[2].append(broken_line(seats[i], seats[j], 0.22, rng))
    trunk = [*roads[1], *roads[2]] or [
        broken_line(np.array([-9e3, -3e3]), np.array([9e3, 4e3]), 0.2, rng)
    ]
    if not roads[1]:
        roads[1] = trunk
    for _ in range(18 * len(seats)):
        line = trunk[rng.integers(len(trunk))]
        start = line[rng.integers(len(line))]
        heading = rng.uniform(0, 2 * np.pi)
        end = start + np.array([np.cos(heading), np.sin(heading)]) * rng.gamma(3, 700)
        roads[3].append(broken_line(start, end, 0.25, rng))
    return roads


def people_at(
    count: int,
    grounds: list[Any],
    seats: np.ndarray,
    roads: dict[int, list[np.ndarray]],
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Places along the roads, denser near the seats, and the township of each."""
    spots: list[np.ndarray] = []
    owner: list[int] = []
    shapely.prepare(grounds)
    lines = [line for rank in roads for line in roads[rank]]
    spread = rng.uniform(300, 1100, len(seats))
    while len(spots) < count:
        if rng.random() < 0.72:
            at = rng.integers(len(seats))
            spot = seats[at] + rng.normal(0, spread[at], 2)
        else:
            line = lines[rng.integers(len(lines))]
            at = rng.integers(len(line) - 1)
            spot = line[at] + rng.random() * (line[at + 1] - line[at]) + rng.normal(0, 60, 2)
        home = np.flatnonzero(shapely.contains_xy(grounds, *spot))
        if len(home):
            spots.append(spot)
            owner.append(int(home[0]))
    order = np.lexsort((np.array(spots)[:, 0], owner))
    return np.array(spots)[order], np.array(owner)[order]


def minutes_to(
    spots: np.ndarray, sites: np.ndarray, speed: float, blocked: np.ndarray, detour: np.ndarray
) -> np.ndarray:
    """Whole minutes to the nearest site, 255 where there is none within the limit."""
    if not len(sites):
        return np.full(len(spots), 255)
    away = np.min(np.hypot(*(spots[:, None, :] - sites[None, :, :]).transpose(2, 0, 1)), axis=1)
    minutes = np.ceil(away * detour / speed)
    return np.where((minutes > MAX_MINUTES) | blocked, 255, minutes).astype(int)


def site(
    number: int, name: str, spot: np.ndarray, state: str, home: tuple[int, str], **more: Any
) -> dict[str, Any]:
    longitude, latitude = spot / METRES + CENTRE
    return {
        "id": f"s{number}",
        "name": name,
        "lon": round(float(longitude), 6),
        "lat": round(float(latitude), 6),
        "state": state,
        "unit": home[1],
        "home": home[0],
        "status": {"existing": "operating", "proposed": "proposed"}.get(state, "closed"),
        "before": state == "existing",
        "after": state in {"existing", "proposed"},
        "reason": None,
        "people": None,
        "newly": None,
        "details": [],
        **more,
    }


def counted(
    layer: dict[str, Any],
    payload: dict[str, Any],
    phase: str | list[bool],
    minutes: int,
    group: str | None = None,
) -> list[int]:
    """People reached per township: the figures the page has to find again.

    Parameters
    ----------
    layer, payload
        A layer of a loose payload.
    phase
        ``before``, ``after``, or which sites are open.
    minutes, group
        The limit; the people, the layer's own where None.
    """
    points = payload["points"]
    open_ = [s[phase] for s in layer["sites"]] if isinstance(phase, str) else phase
    people = np.array(points["people"][group or layer["group"]], dtype=np.int64)
    rows = np.asarray(points["minutes"][layer["id"]]).reshape(len(open_), len(people))
    reached = (rows[np.array(open_, dtype=bool)] <= minutes).any(axis=0)
    unit = np.array(points["unit"], dtype=np.int64)
    size = len(payload["units"])
    return np.bincount(unit[reached], weights=people[reached], minlength=size).astype(int).tolist()


def packed(payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the page reads: the long lists of a loose payload in one block."""
    points, base = payload["points"], payload["base"]
    keys = [layer["id"] for layer in payload["layers"]]
    parts: dict[str, Any] = {
        "x": np.array(points["x"], dtype=np.int32),
        "y": np.array(points["y"], dtype=np.int32),
        "unit": np.array(points["unit"], dtype=np.uint16),
        "place": np.array(points["place"], dtype=np.uint16),
    }
    for i, group in enumerate(payload["groups"]):
        parts[f"people.{i}"] = np.array(points["people"][group], dtype=np.uint32)
    for i, key in enumerate(keys):
        parts[f"never.{i}"] = np.array(points["never"][key], dtype=np.uint8)
        parts[f"minutes.{i}"] = np.array(points["minutes"][key], dtype=np.uint8)
    parts["geometry"] = {
        "units": [unit["rings"] for unit in payload["units"]],
        "roads": base["roads"],
        "water": base["water"],
        "protected": [item["rings"] for item in base["protected"]],
    }
    units = [{k: v for k, v in unit.items() if k != "rings"} for unit in payload["units"]]
    light = {key: item for key, item in payload.items() if key != "points"}
    return light | {
        "units": units,
        "base": {"protected": [item["name"] for item in base["protected"]]},
        "bulk": pack(parts),
    }


def county(seed: int = 7, units: int = 12, points: int = 5000, layers: int = 4) -> dict[str, Any]:
    """Payload of a made-up county; the same arguments give the same county."""
    rng = np.random.default_rng(seed)
    seats, grounds = townships(units, rng)
    roads = road_lines(seats, rng)
    spots, owner = people_at(points, grounds, seats, roads, rng)
    everybody = rng.gamma(2.0, 28, points).astype(int) + 1
    people = {
        "all": everybody,
        "elderly": rng.binomial(everybody, 0.23),
        "children": rng.binomial(everybody, 0.15),
    }
    blocked = rng.random(points) < 0.012
    detour = rng.uniform(1.15, 1.45, points)
    codes = [f"3311220{i:02d}" for i in range(units)]
    names = [NAMES[i % len(NAMES)] + ("" if i < len(NAMES) else str(i)) for i in range(units)]
    unplaced = {group: rng.integers(0, 40, units) for group in people}
    grid = np.rint((spots / METRES + CENTRE) * 1e5).astype(int)
    payload: dict[str, Any] = {
        "version": 2,
        "meta": {
            "title": "云溪县民政设施十五分钟覆盖",
            "notice": "虚构示例县 fictional",
            "date": "2025-12-31",
            "language": "zh",
            "crs": "CGCS2000 / EPSG:4490",
            "run_id": "20251231-7f3a9c",
            "approval": None,
            "sources": [
                {
                    "label": "乡镇界线",
                    "file": "townships.gpkg",
                    "rows": units,
                    "sha256": "9f" * 32,
                    "crs": text("EPSG:4490（文件声明）", "EPSG:4490 (stated in the file)"),
                },
                {
                    "label": "养老机构名录",
                    "file": "养老机构.xlsx",
                    "rows": 21,
                    "sha256": "3b" * 32,
                    "crs": None,
                },
                {
                    "label": "道路",
                    "file": "roads.gpkg",
                    "rows": 3120,
                    "sha256": "c4" * 32,
                    "crs": text("EPSG:4326（假定）", "EPSG:4326 (assumed)"),
                },
            ],
            "method": [
                text(
                    "时间按道路网计算，从住处的上路点到设施的上路点。",
                    "Times run along the road network, from the door to the site.",
                ),
                text(
                    "界限含等号：恰好 15.000 分钟算可达。",
                    "The limit is inclusive: exactly 15.000 minutes counts as reached.",
                ),
            ],
            "warnings": [
                text(
                    "3 处设施没有启用年份，按在用计。",
                    "3 sites have no opening year and are taken as working.",
                )
            ],
            "thresholds": THRESHOLDS,
            "max_minutes": MAX_MINUTES,
            "limits": None,
        },
        "groups": {key: text(*GROUPS[key]) for key in people},
        "units": [
            {
                "code": codes[i],
                "name": names[i],
                "kind": "镇" if names[i].endswith("镇") else "乡",
                "people": {
                    group: int(people[group][owner == i].sum() + unplaced[group][i])
                    for group in people
                },
                "unplaced": {group: int(unplaced[group][i]) for group in people},
                "rings": [rings_of(shapely.simplify(grounds[i], 25))],
            }
            for i in range(units)
        ],
        "layers": [],
        "points": {
            "x": np.diff(grid[:, 0], prepend=0).tolist(),
            "y": np.diff(grid[:, 1], prepend=0).tolist(),
            "unit": owner.tolist(),
            "place": (1 + np.arange(points) * 3 // max(1, points)).tolist(),
            "people": {group: people[group].tolist() for group in people},
            "minutes": {},
            "never": {},
        },
        "places": ["", "上村", "中村", "下村"],
        "reasons": [
            text("", ""),
            text("附近没有道路", "no road within reach"),
            text("与任何设施不连通", "no connection to any site"),
            text("没有运营设施", "no working facility"),
        ],
        "base": {"roads": [], "water": [], "protected": []},
        "table": {},
    }
    payload["base"]["roads"] = [
        {"rank": rank, "lines": [flat(line) for line in roads[rank]]} for rank in (1, 2, 3)
    ]
    river = broken_line(np.array([-24e3, 9e3]), np.array([23e3, -8e3]), 0.2, rng)
    whole = shapely.union_all(grounds).buffer(50)
    water = shapely.union(
        shapely.LineString(river).buffer(140), shapely.Point(river[17]).buffer(900).buffer(1)
    )
    water = shapely.intersection(water, whole)
    payload["base"]["water"] = [
        rings_of(shapely.simplify(part, 20)) for part in shapely.get_parts(water)
    ]
    wild = shapely.intersection(
        shapely.Point(seats.mean(axis=0) + np.array([5e3, 6e3])).buffer(3200, quad_segs=5), whole
    )
    payload["base"]["protected"] = [
        {"name": "九里山自然保护区", "rings": [rings_of(part) for part in shapely.get_parts(wild)]}
    ]
    land = SimpleNamespace(
        seats=seats,
        spots=spots,
        owner=owner,
        blocked=blocked,
        detour=detour,
        codes=codes,
        names=names,
    )
    for order in range(layers):
        add_layer(payload, order, land, rng)
    return payload


def add_layer(
    payload: dict[str, Any], order: int, land: SimpleNamespace, rng: np.random.Generator
) -> None:
    """Add a layer's sites, minutes and figures to the county."""
    key, label, group, profile, minutes, colour, shape, speed = LAYERS[order]
    seats, spots, owner, codes, names = land.seats, land.spots, land.owner, land.codes, land.names
    blocked, detour = land.blocked, land.detour
    count = len(seats)
    people = np.array(payload["points"]["people"][group])
    holders = [i for i in range(count) if i % 4 != order % 4] or [0]
    if key == "eco_burial":
        holders = holders[:3]
    sites: list[dict[str, Any]] = []
    rows: list[np.ndarray] = []
    old: list[np.ndarray] = []
    for i in holders:
        spot = seats[i] + rng.normal(0, 250, 2)
        old.append(spot)
        near = minutes_to(spots, spot[None], speed, blocked, detour) <= minutes
        rows.append(minutes_to(spots, spot[None], speed, blocked, detour))
        sites.append(
            site(
                len(sites) + 1,
                names[i] + label[0],
                spot,
                "existing",
                (i, codes[i]),
                people=int(people[near].sum()),
                details=[
                    [text("床位", "Beds"), str(rng.integers(20, 160))],
                    [text("启用年份", "Opened"), str(rng.integers(2006, 2024))],
                ],
            )
        )
    spot = seats[0] + rng.normal(0, 2500, 2)
    sites.append(
        site(
            len(sites) + 1,
            "原" + label[0] + "点",
            spot,
            "not_counted",
            (0, codes[0]),
            reason=text("2023 年起停用", "closed since 2023"),
        )
    )
    rows.append(minutes_to(spots, spot[None], speed, blocked, detour))
    before = minutes_to(spots, np.array(old), speed, blocked, detour)
    new: list[np.ndarray] = []
    now = before.copy()
    for number in range(min(4, count)):
        missed = np.flatnonzero((now > minutes) & ~blocked)
        if not len(missed):
            break
        tries = spots[rng.choice(missed, min(60, len(missed)), replace=False)]
        gains = [
            people[
                (minutes_to(spots, spot[None], speed, blocked, detour) <= minutes) & (now > minutes)
            ].sum()
            for spot in tries
        ]
        spot = tries[int(np.argmax(gains))]
        new.append(spot)
        reach = minutes_to(spots, spot[None], speed, blocked, detour)
        rows.append(reach)
        home = int(owner[np.argmin(np.hypot(*(spots - spot).T))])
        sites.append(
            site(
                len(sites) + 1,
                f"拟建{label[0]}点 {number + 1}",
                spot,
                "proposed",
                (home, codes[home]),
                reason=text(
                    "新增可达人数最多的候选点", "the candidate that newly reaches most people"
                ),
                people=int(people[reach <= minutes].sum()),
                newly=int(max(gains)),
            )
        )
        now = np.minimum(now, reach)
    has_before = [int(i in holders) for i in range(count)]
    has_after = [
        int(
            any(s["unit"] == codes[i] and s["state"] != "not_counted" for s in sites)
            or has_before[i]
        )
        for i in range(count)
    ]
    value = int(people[now <= minutes].sum())
    layer = {
        "id": key,
        "label": text(*label),
        "group": group,
        "profile": text(*profile),
        "minutes": minutes,
        "colour": colour,
        "shape": shape,
        "has_one": {"before": has_before, "after": has_after},
        "goals": [],
        "sites": sites,
        "plan": {
            "status": text("已证明最优", "optimal, proven"),
            "model": text("最大覆盖（MCLP）", "Maximal covering (MCLP)"),
            "built": True,
            "rows": [[text("新增站点", "New sites"), text(f"{len(new)} 处", f"{len(new)}")]],
            "notes": [text("已逐一复核", "counted again")],
            "text": text(
                f"新增 {len(new)} 处，可达人数增至 {value} 人。",
                f"{len(new)} new sites, {value} people reached.",
            ),
        },
    }
    payload["layers"].append(layer)
    payload["points"]["minutes"][key] = np.array(rows).tolist()
    payload["points"]["never"][key] = (7 * blocked.astype(int)).tolist()
    payload["table"][key] = {
        str(limit): {phase: counted(layer, payload, phase, limit) for phase in ("before", "after")}
        for limit in payload["meta"]["thresholds"]
    }


def wide_county(
    sites: int,
    points: int,
    *,
    units: int = 100,
    limits: list[int] | None = None,
    speed: float = 500,
) -> dict[str, Any]:
    """Return a loose payload of squares, one layer, and as many sites and points as asked.

    ``speed`` is in metres a minute; the county is a square of 60 km.

    With ``limits`` the minutes are rounded up to these, as in a page too heavy for every minute.
    """
    rng = np.random.default_rng(11)
    side = math.ceil(math.sqrt(units))
    cell = 60_000 / side
    spots = rng.uniform(0, 60_000, (points, 2))
    owner = np.minimum(units - 1, (spots // cell).astype(int) @ np.array([1, side]))
    order = np.lexsort((spots[:, 0], owner))
    spots, owner = spots[order], owner[order]
    people = rng.integers(0, 60, points)
    places = rng.uniform(0, 60_000, (sites, 2))
    minutes = np.full((sites, points), 255, dtype=np.uint8)
    detour = rng.uniform(1.15, 1.45, points)
    steps = np.array([*(limits or range(MAX_MINUTES + 1)), 255], dtype=np.uint8)
    for row, place in zip(minutes, places, strict=True):
        taken = np.ceil(np.hypot(*(spots - place).T) * detour / speed)
        row[:] = steps[np.searchsorted(steps[:-1], taken)]
    grid = np.rint((spots / METRES + CENTRE) * 1e5).astype(int)
    codes = [f"{i:012d}" for i in range(units)]
    corner = np.array([[0, 0], [cell, 0], [cell, cell], [0, cell]])
    home = np.minimum(units - 1, (places // cell).astype(int) @ np.array([1, side]))
    plan = np.arange(sites) >= sites // 5  # the rest is proposed
    listed = [
        site(i, f"站{i}", places[i], "existing" if plan[i] else "proposed", (int(home[i]), ""))
        for i in range(sites)
    ]
    has = {
        phase: np.isin(np.arange(units), home[[s[phase] for s in listed]]).astype(int).tolist()
        for phase in ("before", "after")
    }
    sums = np.bincount(owner, weights=people, minlength=units).astype(int)
    payload = county(units=1, points=1, layers=1)
    layer = payload["layers"][0] | {"sites": listed, "has_one": has, "group": "all"}
    payload["meta"] |= {"max_minutes": limits[-1] if limits else MAX_MINUTES, "limits": limits}
    payload |= {
        "groups": {"all": payload["groups"]["all"]},
        "units": [
            {
                "code": codes[i],
                "name": f"乡{i}",
                "kind": "乡",
                "people": {"all": int(sums[i])},
                "unplaced": {"all": 0},
                "rings": [[flat(corner + np.array([i % side, i // side]) * cell)]],
            }
            for i in range(units)
        ],
        "layers": [layer],
        "points": {
            "x": np.diff(grid[:, 0], prepend=0),
            "y": np.diff(grid[:, 1], prepend=0),
            "unit": owner,
            "place": np.zeros(points, dtype=int),
            "people": {"all": people},
            "never": {layer["id"]: np.zeros(points, dtype=int)},
            "minutes": {layer["id"]: minutes},
        },
        "base": {"roads": [], "water": [], "protected": []},
    }
    payload["table"] = {
        layer["id"]: {
            str(limit): {
                phase: counted(layer, payload, phase, limit) for phase in ("before", "after")
            }
            for limit in THRESHOLDS
        }
    }
    return payload
