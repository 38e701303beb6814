"""Further facts on the homes and institutions of the plain lists, as a bureau's ledger has them."""

from __future__ import annotations

import pandas as pd

from .services_elderly import Setting

# number: level, ownership, operator, dementia beds, dementia unit, social workers, caregivers
HOMES: dict[str, tuple[object, ...]] = {
    "YL001": ("县级", "公办", "公建民营", 12, "是", 6, 74),
    "YL002": ("县级", "公办", "公营", 16, "是", 3, 46),
    "YL003": ("乡镇级", "民办", "民营", 18, "是", 2, 39),
    "YL004": ("乡镇级", "民办", "民营", 24, "是", 2, 41),
    "YL005": ("乡镇级", "民办", "民营", 0, "否", 1, 33),
    "YL006": ("乡镇级", "公办", "公建民营", 0, "否", 1, 9),
    "YL007": ("县级", "民办", "民营", 40, "是", None, None),
    "YL008": ("乡镇级", "公办", "公建民营", 0, "否", 1, 8),
    "YL009": ("乡镇级", "民办", "民营", 0, "否", 0, 9),
    "YL010": ("乡镇级", "公办", "公建民营", 6, "是", 2, 27),
    "YL011": ("乡镇级", "民办", "民营", 6, "是", 1, 22),
    "YL012": ("乡镇级", "公办", "公建民营", 4, "否", 1, 22),
    "YL013": ("乡镇级", "民办", "民营", 0, "否", 0, 8),
    "YL014": ("乡镇级", "公办", "公营", 0, "否", 1, 18),
    "YL015": ("乡镇级", "民办", "民营", 12, "是", None, None),
    "YL016": ("乡镇级", "公办", "公建民营", 0, "否", 0, 15),
    "YL017": ("乡镇级", "民办", "民营", 10, "是", 1, 21),
    "YL018": ("区域性", "公办", "公建民营", 4, "否", 2, 19),
    "YL019": ("村级", "民办", "民营", 0, "否", 0, 3),
    "YL020": ("乡镇级", "公办", "公营", 0, "否", 0, 7),
    "YL021": ("乡镇级", "公办", "公营", 0, "否", 0, 6),
    "YL022": ("村级", "公办", "自营", None, "否", 0, 2),
    "YL023": ("乡镇级", "公办", "公建民营", 0, "否", 0, 3),
    "YL024": ("乡镇级", "民办", "民营", None, "", None, None),
}
HOME_COLUMNS = (
    "级别", "性质", "运营方式", "认知障碍床位数", "失智照护专区", "社工人数", "护理员人数",
)  # fmt: skip
# number: level, upgraded, scores of the building and of the staff
INSTITUTIONS: dict[str, tuple[object, ...]] = {
    "FL01": ("区域性", 2020, 86, 82),
    "FL02": ("县级", None, 78, 71),
    "FL03": ("县级", None, 64, 58),
    "FL04": ("县级", None, 47, 41),
    "FL05": ("县级", 2016, 55, 63),
}


def _joined(
    table: pd.DataFrame, facts: dict[str, tuple[object, ...]], columns: tuple[str, ...]
) -> pd.DataFrame:
    """Return a list with further columns behind it."""
    more = pd.DataFrame([facts[number] for number in table["编号"]], columns=list(columns))
    more.index = table.index
    for column in columns:
        if pd.api.types.is_numeric_dtype(more[column]):
            more[column] = more[column].astype("Int64")
    return table.join(more)


def _premises(at: Setting, table: pd.DataFrame) -> list[str]:
    """Return the premises of a list's entries; those of a house known already are its own."""
    return [
        at.houses.at(float(lon), float(lat), at.seat(0)).number
        for lon, lat in zip(table["经度"], table["纬度"], strict=True)
    ]


def home_ledger(at: Setting) -> pd.DataFrame:
    """Return the elderly-care homes with who owns and runs them, and their staff."""
    table = _joined(at.homes, HOMES, HOME_COLUMNS)
    table.insert(4, "场所编号", _premises(at, table))
    return table


def institution_ledger(at: Setting, institutions: pd.DataFrame) -> pd.DataFrame:
    """Return the children's institutions with their level and scores."""
    table = _joined(institutions, INSTITUTIONS, ("级别", "改造年份", "设施评分", "专业力量评分"))
    table.insert(3, "场所编号", _premises(at, table))
    return table
