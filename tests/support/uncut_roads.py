"""The roads of the tiny county, drawn as files hold them that were never cut at junctions."""

import geopandas as gpd

R = "roads.geojson"
KM_X, KM_Y = 0.01037, 0.00902  # about a kilometre in degrees, as the county has it


def road(*points, **properties):
    """A road through places in kilometres, as a feature."""
    places = [(round(118 + x * KM_X, 6), round(30 + y * KM_Y, 6)) for x, y in points]
    line = {"type": "LineString", "coordinates": places}
    return {"properties": {"highway": "residential", "oneway": "no"} | properties, "geometry": line}


def uncut():
    """The grid of the county as nine long streets each way, with a vertex at every crossing."""
    along = [[(x, y) for x in range(13)] for y in range(5)]
    across = [[(x, y) for y in range(5)] for x in range(13)]
    return [road(*line) for line in along] + [road(*line) for line in across]


def merged(county):
    """The grid merged by class, as a GIS does it: one part between crossings of one class."""
    frame = gpd.read_file(county.path(R)).dissolve("highway").line_merge()
    lines = frame.explode(index_parts=False)
    return gpd.GeoDataFrame({"highway": lines.index}, geometry=lines.to_numpy(), crs=frame.crs)
