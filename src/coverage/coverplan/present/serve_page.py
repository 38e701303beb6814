"""The map page of `coverplan serve`: the same page, and a panel that asks its own server."""

import re
from collections.abc import Mapping
from typing import Any

from ..core.text import Language
from ..identity import run_id
from ..results import Study
from .page import (
    asset,
    check_payload,
    csp_hash,
    data_blocks,
    leaflet_script,
    page_parts,
    page_script,
    page_style,
    skeleton,
)
from .page_static import static_part
from .payload import map_payload

_MARKER = re.compile("@@([A-Z]+)@@")
_SCRIPT = "<script>@@SCRIPT@@</script>"


def serve_html(study: Study, serve: Mapping[str, Any], language: Language) -> str:
    """Return the map page of a study with a panel that asks the server it came from.

    Apart from the panel, its style and leave to ask that one server it is the page of
    `coverplan.map_html`.

    Parameters
    ----------
    study
        The computed study.
    serve
        What the panel begins with: token, models, the plan shown.
    language
        Language the page opens in.
    """
    payload = map_payload(study, run_id(study), language)
    payload["meta"] = {**payload["meta"], "serve": dict(serve)}
    check_payload(payload)
    data, bulk = data_blocks(payload)
    parts = {
        **page_parts(payload),
        "POLICY": serve_policy(page_parts(payload)["POLICY"]),
        "STYLE": page_style() + asset("solve.css"),
        "STATIC": static_part(payload, language),
        "DATA": data,
        "BULK": bulk,
        "LEAFLET": leaflet_script(),
        "SOLVE": asset("solve.js"),
        "SCRIPT": page_script(),
    }
    page = skeleton(payload)
    if page.count(_SCRIPT) != 1:
        raise RuntimeError("page.html has changed: its script does not stand there exactly once")
    # Before the page's own script, which makes the map: the panel is told of it.
    page = page.replace(_SCRIPT, f"<script>@@SOLVE@@</script>\n{_SCRIPT}")
    return _MARKER.sub(lambda found: parts[found[1]], page)


def serve_policy(policy: str) -> str:
    """Return the policy of a page with leave for the panel: its script, its style, its server.

    Parameters
    ----------
    policy
        That of the page without it.
    """
    styles = csp_hash(page_style() + asset("solve.css"))
    with_script = policy.replace("script-src ", f"script-src {csp_hash(asset('solve.js'))} ", 1)
    with_style = re.sub("style-src [^;]*", f"style-src {styles}", with_script, count=1)
    return f"{with_style}; connect-src 'self'"


def page_policy(page: str) -> str:
    """Return the policy a page states in its head, to be sent with it as a header too.

    Parameters
    ----------
    page
        A page of `serve_html`: its first policy is ours, text of a planner comes later, escaped.
    """
    found = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    if found is None:
        raise RuntimeError("the page states no policy")
    return found[1]
