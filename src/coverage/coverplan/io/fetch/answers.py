"""Whether an answer is what was asked for: nothing of a server is used unseen."""

import json
import math
import re
import time
from typing import Any

_TAIL_BYTES = 4096


def content_of(response: Any, most_bytes: int, most_seconds: float) -> bytes | None:
    """Return the content of an answer; None where there is no end to it.

    Parameters
    ----------
    response
        Of ``requests``, of which nothing was read yet.
    most_bytes
        Unpacked.
    most_seconds
        From its first byte to its last.
    """
    parts, size, end = [], 0, time.monotonic() + most_seconds
    for part in response.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > most_bytes or time.monotonic() > end:
            return None
    content = b"".join(parts)
    # Where requests keeps what was read, for whoever asks for it next.
    response._content = content  # noqa: SLF001
    return content


def remark_of(body: bytes) -> str:
    """Return what a server of Overpass remarks at the end of an answer; empty where nothing.

    It does so where a query ran out of time or memory, and what it sent is a part.
    """
    found = re.search(rb'"remark"\s*:\s*"((?:[^"\\]|\\.)*)', body[-_TAIL_BYTES:])
    return "" if found is None else found.group(1).decode("utf-8", "replace")


def parsed(body: bytes) -> Any:
    """Return an answer as data.

    Raises
    ------
    ValueError
        When it is no JSON, or is nested without end.
    """
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested without end") from error


def is_map(answer: Any) -> bool:
    """Return whether an answer is one of Overpass whose every element can be used."""
    elements = answer.get("elements") if isinstance(answer, dict) else None
    return isinstance(elements, list) and all(map(_is_element, elements))


def is_places(answer: Any) -> bool:
    """Return whether an answer is one of Nominatim: a list of objects."""
    return isinstance(answer, list) and all(isinstance(one, dict) for one in answer)


def _is_element(one: Any) -> bool:
    if not isinstance(one, dict) or type(one.get("id")) is not int:
        return False
    tags = one.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(v, str) for v in tags.values()):
        return False
    kind = one.get("type")
    if kind == "node":
        return _is_degree(one.get("lon"), 180.0) and _is_degree(one.get("lat"), 90.0)
    if kind == "way":
        nodes = one.get("nodes")
        return isinstance(nodes, list) and all(type(node) is int for node in nodes)
    members = one.get("members")
    return kind == "relation" and isinstance(members, list) and all(map(_is_member, members))


def _is_degree(value: Any, most: float) -> bool:
    return type(value) in {int, float} and math.isfinite(value) and abs(value) <= most


def _is_member(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("type"), str)
        and isinstance(one.get("role"), str)
        and type(one.get("ref")) is int
    )
