"""What policy targets are judged by: further facilities, ledgers, unit facts, projects."""

from __future__ import annotations

import pandas as pd

from . import circumstances, output, projects, standing
from .own_targets import own_targets
from .services_community import add_community_services
from .services_elderly import Setting, add_elderly_services
from .services_other import add_other_services

RESETTLEMENTS = (("澄江街道", 3), ("桐口镇", 5), ("岱源乡", 7))
"""Township of each block of resettled people, and the row of its village in the village table."""


def resettlements(villages: pd.DataFrame) -> pd.DataFrame:
    """Return blocks for people a reservoir moved: in town, in a market town, in the hills."""
    rows = []
    for number, (town, row) in enumerate(RESETTLEMENTS, 1):
        home = villages[villages["所属乡镇"] == town].iloc[row]
        place = (float(home["经度"]), float(home["纬度"]))
        rows.append(
            (f"YM{number:02d}", f"{home['村名']}移民安置点", town, home["村名"], *place, "运营")
        )
    columns = ["编号", "名称", "所属乡镇", "所在村", "经度", "纬度", "状态"]
    return pd.DataFrame(rows, columns=columns)


def write_civil_affairs(at: Setting, villages: pd.DataFrame, institutions: pd.DataFrame) -> None:
    """Write all of it; nothing written before is touched."""
    add_elderly_services(at)
    add_community_services(at)
    add_other_services(at, institutions)
    homes = standing.home_ledger(at)
    children = standing.institution_ledger(at, institutions)
    facts = circumstances.village_facts(villages)
    deaths = round(float(villages["60岁及以上"].sum()) * 0.029)
    units = circumstances.unit_facts(villages, deaths)
    tables = {
        "民政设施.csv": at.book.table(),
        "养老机构台账.csv": homes,
        "儿童福利机构台账.csv": children,
        "单元情况.csv": units,
        "村情况.csv": facts,
        "项目库.csv": projects.project_register(facts),
        "本县目标.csv": own_targets(),
        "移民安置点.csv": resettlements(villages),
    }
    for name, table in tables.items():
        output.write_csv(table, name, "utf-8-sig")
