"""All steps in order, and the command line."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import geopandas as gpd
import shapely

from . import county, facilities, output
from .civil_affairs import write_civil_affairs
from .houses import Houses
from .lines import rounded
from .network import degrees, make_network
from .people import census_table, village_table
from .protected import protected_areas
from .register import Register
from .services_elderly import Setting
from .settings import DEGREES, OUT, TOWNSHIPS
from .spots import Places
from .terrain import make_terrain
from .villages import declared_elsewhere, place_villages, urban_polygon
from .water import make_water


def generate() -> None:
    """Make the county and write its files."""
    OUT.mkdir(parents=True, exist_ok=True)
    land = make_terrain()
    ground = county.cut(land, county.county_mask(land))
    seats = county.seat_cells(ground)
    label = county.township_labels(ground, county.travel(ground), seats)
    towns = county.outlines(ground.grid, label, len(TOWNSHIPS))
    whole = shapely.union_all(towns)
    water = make_water(ground)
    urban = urban_polygon(ground, water, seats)
    villages = place_villages(ground, water, towns, seats, urban)
    villages = declared_elsewhere(villages, towns)
    heights = ground.z.ravel()[ground.grid.index(villages.xy)]
    table = village_table(villages, heights, rounded(degrees(villages.xy)))
    people = table["常住人口"].to_numpy()
    edges = make_network(ground, water, villages, whole, urban, people)
    exact = [output.to_degrees(t) for t in towns]
    frame = gpd.GeoDataFrame(
        {
            "code": [t.code for t in TOWNSHIPS],
            "name": [t.name for t in TOWNSHIPS],
            "kind": [t.kind for t in TOWNSHIPS],
        },
        geometry=exact,
        crs=DEGREES,
    )
    output.write_gpkg(frame, "townships.gpkg", "townships")
    output.write_roads(edges)
    output.write_shapes(
        [(n, k, g) for n, k, g in water.rivers] + [("青坞水库", "reservoir", water.reservoir)],
        "water.gpkg",
        "water",
    )
    areas = protected_areas(ground, villages, water, urban, whole)
    output.write_shapes(areas, "protected.gpkg", "protected")
    output.write_dem(ground)
    output.write_xlsx(table, "villages.xlsx", "村（社区）")
    output.write_csv(census_table(), "census.csv", "utf-8-sig")
    wet = shapely.union_all([g for _, _, g in water.rivers] + [water.reservoir])
    places = Places(edges, ground, villages, wet)
    homes = facilities.elderly(places, villages, people, whole, towns, exact)
    output.write_xlsx(homes, "养老机构.xlsx", "养老机构")
    stations = facilities.social_work(places, villages)
    output.write_csv(stations, "社工站.csv", "gb18030")
    output.write_xlsx(facilities.children(places, villages, people), "儿童之家.xlsx", "儿童之家")
    output.write_csv(facilities.burial(places, towns), "生态安葬点.csv", "utf-8-sig")
    institutions = facilities.institutions(places, villages)
    output.write_csv(institutions, "儿童福利机构.csv", "utf-8-sig")
    idle = facilities.idle_buildings(places, villages, people)
    output.write_csv(idle, "闲置建筑.csv", "utf-8-sig")
    houses = Houses(places, villages, towns)
    at = Setting(Register(), houses, villages, people, homes, stations)
    write_civil_affairs(at, table, institutions)
    output.write_manifest()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Generate the fictional county 云溪县 anew.")
    parser.add_argument("--picture", type=Path, help="also draw an overview into this PNG file")
    options = parser.parse_args()
    start = time.perf_counter()
    generate()
    print(f"{OUT.name}: written in {time.perf_counter() - start:.0f} s")
    if options.picture:
        # Drawing needs matplotlib, which generating does not.
        from .picture import overview  # noqa: PLC0415

        overview(options.picture)
