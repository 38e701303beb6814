"""What policy targets are judged by: further facilities, ledgers, unit facts, projects."""

from __future__ import annotations

import pandas as pd

from . import circumstances, output, projects, standing
from .own_targets import own_targets
from .services_community import add_community_services
from .services_elderly import Setting, add_elderly_services
from .services_other import add_other_services


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
    }
    for name, table in tables.items():
        output.write_csv(table, name, "utf-8-sig")
