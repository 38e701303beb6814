"""Preparing real places: what a planner would do with open data before the first run."""

import geopandas as gpd
import numpy as np
import pandas as pd

RADIUS = {"city": 20_000, "suburb": 1200, "village": 1200, "hamlet": 800}
"""How far the streets of a kind of place may lie from its point, metres."""


def prepare_las_palmas(data, here):
    """The places that state a population, each with a radius by its kind."""
    places = pd.read_csv(data / "es_las_palmas" / "places_osm.csv")
    places = places[places["population"].notna()]
    places.assign(radius_metres=places["place"].map(RADIUS)).to_csv(
        here / "places.csv", index=False
    )


def prepare_wuhan(data, here):
    """Forty facilities drawn beside streets with a seed, and the census by district code."""
    roads = gpd.read_parquet(data / "cn_wuhan" / "roads.parquet")
    streets = roads[roads["highway"].isin(["residential", "tertiary"])].to_crs(4547)
    drawn = streets.sample(40, random_state=7).geometry
    rng = np.random.default_rng(7)
    points = drawn.interpolate(rng.uniform(0.1, 0.9, 40), normalized=True)
    points = points.translate(8, -5).to_crs(4326)
    table = pd.DataFrame(
        {
            "编号": [f"F{i:02d}" for i in range(40)],
            "名称": [f"抽样站{i:02d}" for i in range(40)],
            "经度": points.x.round(6).to_numpy(),
            "纬度": points.y.round(6).to_numpy(),
            "状态": "运营",
        }
    )
    table.to_csv(here / "facilities.csv", index=False, encoding="gb18030")
    districts = gpd.read_file(data / "cn_wuhan" / "districts.geojson")
    people = pd.read_csv(data / "cn_wuhan" / "population_points_MODELLED.csv")
    older = people.groupby("district_code")["pop60plus"].sum().round().astype(int)
    census = districts[["code", "pop_2020_census_area"]].dropna()
    census = census[census["code"].astype(int).isin(older.index)]
    census["pop_2020"] = census["pop_2020_census_area"].astype(int)
    census["pop60plus"] = census["code"].astype(int).map(older)
    census[["code", "pop_2020", "pop60plus"]].to_csv(here / "census.csv", index=False)


PREPARE = {"las_palmas": prepare_las_palmas, "wuhan": prepare_wuhan}
