"""What a fund is spent on, year by year."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.policy import Target
from .counted import no_projects
from .facts import total
from .figures import number_words
from .filters import choose
from .found import Cannot, Found, Measured, Part
from .ledger import Ledger
from .projects import part_of, registered
from .registry import measures

_YUAN = Text("元", "yuan")


@measures(
    "budget_share",
    zh="资金占比",
    en="share of money",
    formula=Text(
        "该资金当年用于这类设施的金额 ÷ 该资金当年总额（最近一个有金额的年份；各年另列）",
        "yuan of the fund spent on the layers / yuan of the fund in a year (the last with money; "
        "each year beside it)",
    ),
)
def budget_share(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of a fund spent on some layers (Z21-46, XA-26, XC-19: 55 % of lottery).

    .. math:: \frac{\sum_{j:\, l_j \in L,\, t_j = t} m_j}{\sum_{j:\, t_j = t} m_j}

    over the projects of the fund that are not stopped, in the last year :math:`t` up to the day
    that has money: a good year makes up for no bad one. The other years since the document are
    parts. A project without a year, a layer or an amount is counted nowhere, and noted.

    Parameters
    ----------
    target, ledger
        The clause with ``fund=``, and what is known.
    """
    if not registered(ledger):
        return no_projects()
    rows = ledger.projects
    rows = rows[~rows["status"].eq("stopped").fillna(value=False).to_numpy(dtype=bool)]
    rows = rows[~(rows["year"] > ledger.date.year).fillna(value=False).to_numpy(dtype=bool)]
    found = choose(rows, target.condition, ledger.config)
    if isinstance(found, Cannot):
        return found
    named = found.rows["layer"].fillna("").ne("").to_numpy(dtype=bool)
    clear = named & found.rows[["yuan", "year"]].notna().all(axis=1).to_numpy(dtype=bool)
    rows, left = found.rows[clear], found.rows[~clear]
    rows = rows[(rows["yuan"] > 0).to_numpy(dtype=bool)]
    if not len(rows):
        return _no_money()
    year = int(rows["year"].max())
    ours = np.array([part_of(layer, target.layers) for layer in rows["layer"]], dtype=bool)
    here = (rows["year"] == year).to_numpy(dtype=bool)
    return Measured(
        total(rows["yuan"][ours & here]),
        total(rows["yuan"][here]),
        _YUAN,
        of=Text(f"元（{year} 年该资金总额）", f"yuan of the fund in {year}"),
        parts=_years(rows, ours, target.year),
        notes=(*found.notes, *((_money_left(left),) if len(left) else ())),
    )


def _years(rows: pd.DataFrame, ours: NDArray[np.bool_], first: int) -> tuple[Part, ...]:
    """Return the same share for each year since the document."""
    parts = []
    for year in sorted({int(y) for y in rows["year"]}):
        here = (rows["year"] == year).to_numpy(dtype=bool)
        if year >= first:
            label = Text(f"{year} 年", f"in {year}")
            money = total(rows["yuan"][ours & here]), total(rows["yuan"][here])
            parts.append(Part(label, *money, unit=_YUAN))
    return tuple(parts)


def _no_money() -> Cannot:
    return Cannot(
        Text(
            "项目登记表中没有这一资金的金额（分母为零）",
            "the register of projects gives no money of this fund (the denominator is zero)",
        )
    )


def _money_left(left: pd.DataFrame) -> Text:
    money = number_words(total(left["yuan"]))
    return Text(
        f"{len(left)} 个项目没有写明设施类别、年份或金额（已知金额 {money} 元），分子分母都未计入",
        f"{len(left)} projects give no layer, no year or no amount ({money} yuan known): counted "
        "nowhere",
    )
