"""Living maps on their way into a report: where each stands, and what all of them share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...core.text import Language
from ..embedding import MapFrames
from .blocks import LivingMap, Report

__all__ = ["PlacedMaps", "place_maps"]


@dataclass(frozen=True, slots=True)
class PlacedMaps:
    """The living maps of a report.

    Parameters
    ----------
    frames
        One copy of what they share.
    places
        Id of a map's block -> the markup of the place it stands in.
    """

    frames: MapFrames
    places: Mapping[str, str]


def place_maps(report: Report, payload: Mapping[str, Any], language: Language) -> PlacedMaps | None:
    """Return the living maps of a report, all of one study; None where it has none.

    Parameters
    ----------
    report
        Its blocks name the layer that each map opens with.
    payload
        The study, as `coverplan.present.payload` makes it.
    language
        Of the maps.

    Raises
    ------
    ValueError
        When a block names a layer that the study does not have.
    """
    frames = MapFrames(language)
    places = {
        block.id: frames.add(payload, layer=block.layer or None, title=block.title.of(language))
        for block in report.blocks()
        if isinstance(block, LivingMap)
    }
    return PlacedMaps(frames, places) if places else None
