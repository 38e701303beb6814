"""Outlines for a page: thinned where there are more pieces than anybody sees or a browser draws."""

import geopandas as gpd
import numpy as np
import shapely

from coverplan.present import shapes

CRS = "EPSG:4549"


def squares(count: int, side: float) -> np.ndarray:
    x, y = np.divmod(np.arange(count), 60)
    return shapely.box(
        500_000 + 200 * x, 3.1e6 + 200 * y, 500_000 + 200 * x + side, 3.1e6 + 200 * y + side
    )


def test_of_too_many_pieces_the_smallest_are_left_out_and_every_row_keeps_its_largest(monkeypatch):
    monkeypatch.setattr(shapes, "MOST_PARTS", 100)
    islets = squares(400, 30.0)
    main = shapely.box(480_000, 3.1e6, 490_000, 3.11e6)
    tiny = shapely.box(470_000, 3.1e6, 470_010, 3.1e6 + 10)
    frame = gpd.GeoDataFrame(
        {"name": ["a", "b", "c"]},
        geometry=[shapely.MultiPolygon([main, *islets]), tiny, shapely.MultiPolygon()],
        crs=CRS,
    )
    drawn, left = shapes.drawn_parts(frame)
    assert left == 402 - 100
    assert [len(shapely.get_parts(shape)) for shape in drawn] == [99, 1, 0]
    assert drawn[0].area > main.area
    assert drawn[1].equals(tiny)
    assert [len(rings) for rings in shapes.unit_shapes(frame)] == [99, 1, 0]


def test_few_pieces_are_all_drawn():
    frame = gpd.GeoDataFrame(geometry=list(squares(50, 80.0)), crs=CRS)
    drawn, left = shapes.drawn_parts(frame)
    assert left == 0
    assert list(drawn) == list(frame.geometry)


def test_of_too_many_areas_the_largest_are_drawn_in_their_places(monkeypatch):
    monkeypatch.setattr(shapes, "MOST_PARTS", 5)
    sides = np.array([20.0, 90.0, 30.0, 80.0, 70.0, 25.0, 100.0, 60.0])
    areas = [
        shapely.box(5e5 + 200 * i, 3.1e6, 5e5 + 200 * i + s, 3.1e6 + s) for i, s in enumerate(sides)
    ]
    found = shapes.area_shapes(gpd.GeoDataFrame(geometry=areas, crs=CRS))
    assert [bool(rings) for rings in found] == [s >= 60 for s in sides]
