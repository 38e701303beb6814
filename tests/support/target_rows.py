"""Rows of a register for tests: what is said, and plain answers to everything else."""

from fractions import Fraction
from typing import Any

from coverplan.core.text import Text
from coverplan.domain.conditions import parse_conditions, parse_denominator
from coverplan.domain.policy import Target


def target(**given: Any) -> Target:
    """Return a target of Xinchang county; words are parsed as the register's are.

    Parameters
    ----------
    **given
        Fields of `Target`; ``value``, ``value_high`` and ``baseline`` as text or numbers,
        ``condition`` and ``denominator`` as text, ``layers`` and ``regions`` as text parted by
        spaces, ``unit`` and ``words`` as text.
    """
    plain: dict[str, Any] = {
        "id": "T-01", "document": "《示例文件》", "issuer": "示例机关", "year": 2021,
        "standing": "in_force", "clause": "一", "regions": "330624", "level": "township",
        "layers": "social_work_station", "indicator": "unit_coverage_share", "operator": ">=",
        "value": "1", "value_high": None, "value_setting": "", "unit": "乡镇", "deadline": 2025,
        "deadline_basis": "stated", "baseline": None, "baseline_year": None, "condition": "",
        "denominator": "", "strength": "must", "computability": "A", "words": "各乡镇都有",
    }  # fmt: skip
    row = {**plain, **given}
    for key in ("value", "value_high", "baseline"):
        row[key] = None if row[key] is None else Fraction(str(row[key]))
    for key in ("regions", "layers"):
        row[key] = tuple(row[key].split())
    for key in ("unit", "words", "note"):
        if isinstance(row.get(key), str):
            row[key] = Text.same(row[key])
    row["condition"] = parse_conditions(row["condition"])
    row["denominator"] = parse_denominator(row["denominator"])
    return Target(**row)
