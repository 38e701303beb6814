"""The small language of a target's conditions and denominators.

A condition is one of ``key=word|word`` (one of these words), ``key!=word|word``, ``key>=number``
(also ``>``, ``<=``, ``<``), or ``key`` alone (a flag that is set). ``@name`` in place of a number
is a setting of the planner's, without a default. Conditions are parted by ``;`` and all must hold.

A denominator names levels of units with conditions: ``township: type=street|town|township``.
Several, parted by ``+``, are pooled: ``prefecture + county: type=county|county_city``.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_CLAUSE = re.compile(r"(?P<key>[a-z]\w*)\s*(?:(?P<op>>=|<=|!=|=|>|<)\s*(?P<rest>.+))?")
_ORDER = frozenset({">=", ">", "<=", "<"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a record.

    Parameters
    ----------
    key
        The column it speaks of.
    op
        ``=``, ``!=``, ``>=``, ``>``, ``<=``, ``<``, or "" for a flag.
    words
        The words of ``=`` and ``!=``.
    number
        The number of an order, None where a setting gives it.
    setting
        Name of that setting, "" without one.
    """

    key: str
    op: str = ""
    words: tuple[str, ...] = ()
    number: Fraction | None = None
    setting: str = ""


@dataclass(frozen=True, slots=True)
class UnitsOf:
    """The units of one level that fulfil conditions.

    Parameters
    ----------
    level
        A level of units, or ``people`` where people are the denominator.
    conditions
        All must hold.
    """

    level: str
    conditions: tuple[Condition, ...] = ()


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """Return the conditions a text states.

    Raises
    ------
    ValueError
        With the part that cannot be read.

    Examples
    --------
    >>> parse_conditions("ownership=public; level=prefecture|county")[1].words
    ('prefecture', 'county')
    >>> parse_conditions("density_per_km2>=@concentrated_density")[0].setting
    'concentrated_density'
    """
    return tuple(_condition(part.strip()) for part in text.split(";") if part.strip())


def _condition(part: str) -> Condition:
    found = _CLAUSE.fullmatch(part)
    if found is None:
        raise ValueError(part)
    key, op, rest = found["key"], found["op"] or "", (found["rest"] or "").strip()
    if not op:
        return Condition(key)
    if op not in _ORDER:
        words = tuple(word.strip() for word in rest.split("|"))
        if not all(words):
            raise ValueError(part)
        return Condition(key, op, words)
    if rest.startswith("@"):
        return Condition(key, op, setting=rest[1:])
    try:
        return Condition(key, op, number=Fraction(rest))
    except (ValueError, ZeroDivisionError):
        raise ValueError(part) from None


def parse_denominator(text: str) -> tuple[UnitsOf, ...]:
    """Return the units a denominator pools.

    Raises
    ------
    ValueError
        With the part that cannot be read.

    Examples
    --------
    >>> [part.level for part in parse_denominator("prefecture + county: type=county|county_city")]
    ['prefecture', 'county']
    """
    parts = []
    for part in (p.strip() for p in text.split("+")):
        if not part:
            continue
        level, _, rest = part.partition(":")
        if not re.fullmatch(r"[a-z]\w*", level.strip()):
            raise ValueError(part)
        parts.append(UnitsOf(level.strip(), parse_conditions(rest)))
    return tuple(parts)


def settings_of(text: str) -> tuple[str, ...]:
    """Return the names of settings a text refers to as ``@name``.

    Examples
    --------
    >>> settings_of("children>=@should_have_children")
    ('should_have_children',)
    """
    return tuple(dict.fromkeys(re.findall(r"@([a-z]\w*)", text)))
