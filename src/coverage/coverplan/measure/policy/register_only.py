"""What needs a register beyond facilities, and whether quotas are broken down."""

from ...core.text import Text
from ...domain.policy import Target
from .applies import bearing
from .counted import layer_words
from .found import Cannot, Found, Measured, Named
from .ledger import Ledger
from .registry import INDICATOR_TYPES, measures

_COUNTED = frozenset({">=", ">", "==", "~="})
_NO_DEMAND = frozenset({"baseline", "context"})


@measures(
    "register_only",
    zh="须查专门登记",
    en="needs a register",
    formula=Text("不由设施、道路和人口得出，须查专门登记", "not from places, roads or people"),
    transfer="sum",
)
def register_only(target: Target, ledger: Ledger) -> Found:
    """Return that a clause asks for what no layout of facilities holds (Z20-07, Z21-32, XC-30).

    Parameters
    ----------
    target, ledger
        The clause, and what is known: where there is a list of its layers, their number stands
        beside the reason.
    """
    what = Text(
        target.unit.zh or layer_words(target.layers).zh,
        target.unit.en or layer_words(target.layers).en,
    )
    figure = None
    if ledger.known_layers(target.layers):
        count = len(ledger.working(target.layers))
        figure = Measured(count, None, layer_words(target.layers))
    return Cannot(
        Text(
            f"须查专门登记（{what.zh}），不能由设施位置、道路和人口得出",
            f"needs a register of its own ({what.en}): places, roads and people do not tell it",
        ),
        figure=figure,
    )


@measures(
    "quotas_set",
    zh="指标分解落实",
    en="quotas set",
    formula=Text(
        "已写明本研究区承担数的上级指标 ÷ 上级提出总数的指标",
        "numbers set for a wider place of which the study's part is stated / all such numbers",
    ),
)
def quotas_set(target: Target, ledger: Ledger) -> Found:
    """Return how many numbers set for a wider place are broken down to the study (Z20-41).

    Parameters
    ----------
    target, ledger
        The clause, and what is known: the register and ``targets.quotas``.
    """
    wider = [row for row in ledger.targets if _owes_a_part(row, ledger)]
    if not wider:
        return Cannot(
            Text(
                "没有一条适用的条文为更大的范围提出总数，无须分解",
                "no clause that binds here sets a number for a wider place: nothing to break down",
            )
        )
    bare = [row for row in wider if row.id not in ledger.config.quotas]
    unit = Text("项指标", "numbers")
    del target
    return Measured(
        len(wider) - len(bare),
        len(wider),
        unit,
        of=unit,
        missing=tuple(_named(row) for row in bare),
    )


def _owes_a_part(row: Target, ledger: Ledger) -> bool:
    kind = INDICATOR_TYPES.get(row.indicator)
    if kind is None or kind.transfer != "sum" or not row.value or row.computability == "C":
        return False
    if row.operator not in _COUNTED or row.strength in _NO_DEMAND:
        return False
    bears = bearing(row, ledger)
    return bears.applies == "binding" and bears.scope == "wider"


def _named(row: Target) -> Named:
    return Named(row.id, f"{row.document} {row.clause}".strip(), row.words)
