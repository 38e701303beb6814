"""Why each kind of fault matters, in one sentence, by its code or the family of its code."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ..core.text import Text


@cache
def fault_reasons() -> Mapping[str, Text]:
    """Return the reasons by code, such as ``"people.value"``, or family, such as ``"people"``."""
    text = files(__package__).joinpath("fault_reasons.toml").read_text(encoding="utf-8")
    return MappingProxyType({key: Text(**words) for key, words in tomllib.loads(text).items()})


def reason_of(code: str) -> Text | None:
    """Return why a fault matters: by its code, else by its family, else None.

    Examples
    --------
    >>> reason_of("file.of_a_new_kind") == reason_of("file")
    True
    >>> reason_of("nobody_knows") is None
    True
    """
    reasons = fault_reasons()
    return reasons.get(code) or reasons.get(code.split(".", maxsplit=1)[0])
