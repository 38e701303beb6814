"""A study whose roads are a graph in memory: what its table of roads says then."""

from typing import Any

from ...domain.config import RoadsConfig, StudyConfig
from ..studyfile import Change
from .reading import GRAPH_IN_MEMORY

_STILL_SAID = ("classes", "barriers", "elevation", "ignore_fragments_metres")
"""Keys of ``[roads]`` that speak of any roads, not of a file of them."""


def with_graph(change: Change | None) -> Change:
    """Return what alters a study file so that its roads are a graph.

    Parameters
    ----------
    change
        What alters it beside that.
    """

    def alter(data: dict[str, Any]) -> None:
        if change is not None:
            change(data)
        said = data.get("roads", {})
        if isinstance(said, dict):
            kept = {key: said[key] for key in _STILL_SAID if key in said}
            data["roads"] = {"source": GRAPH_IN_MEMORY.as_posix(), **kept}

    return alter


def graph_roads(config: StudyConfig) -> StudyConfig:
    """Return a study with a graph for its roads."""
    kept: dict[str, Any] = {key: getattr(config.roads, key) for key in _STILL_SAID}
    roads = RoadsConfig(source=GRAPH_IN_MEMORY, **kept)
    return config.model_copy(update={"roads": roads})
