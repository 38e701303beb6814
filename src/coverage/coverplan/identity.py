"""What identifies a run: its version, configuration, inputs and facts."""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .results import Study


def version_of(package: str) -> str:
    """Return the version of an installed package, "unknown" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def config_record(study: Study) -> dict[str, Any] | None:
    """Return the configuration of a study as plain data, None for a study made in code."""
    config = study.inputs.config
    return None if config is None else config.model_dump(mode="json")


def run_id(study: Study) -> str:
    """Return twelve hexadecimal digits of version, configuration, inputs, facts and sites."""
    sites = study.sites[["layer", "site_id", "state"]]
    facts = (study.coverage.frame.to_csv(index=False) + sites.to_csv(index=False)).encode("utf-8")
    record = {
        "version": version_of("coverplan"),
        "config": _figures(config_record(study)),
        "inputs": [f.sha256 for f in study.inputs.files],
        "facts": hashlib.sha256(facts).hexdigest(),
    }
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _figures(config: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a configuration without what changes no figure: where roads are kept."""
    if config is None:
        return None
    return config | {"roads": {k: v for k, v in config["roads"].items() if k != "cache"}}
