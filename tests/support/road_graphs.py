"""Road graphs as osmnx makes them, from the features of a road file."""

import networkx as nx


def county_graph(features):
    """A directed graph, an edge each way for every straight line."""
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    node = {}
    for feature in features:
        ends = [tuple(xy) for xy in feature["geometry"]["coordinates"]]
        for x, y in ends:
            graph.add_node(node.setdefault((x, y), len(node)), x=x, y=y)
        u, v = (node[end] for end in ends)
        tags = {"highway": feature["properties"]["highway"], "oneway": False, "length": 1.0}
        graph.add_edge(u, v, reversed=False, **tags)
        graph.add_edge(v, u, reversed=True, **tags)
    return graph
