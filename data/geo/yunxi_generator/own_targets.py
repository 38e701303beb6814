"""A document of the county's own, as a planner would add it to the register; made up too."""

from __future__ import annotations

import pandas as pd

from .settings import COUNTY, COUNTY_CODE

DOCUMENT = f"《{COUNTY}民政事业五年行动计划（2024—2028年）》（虚构）"
COLUMNS = (
    "编号", "条款", "层级", "设施类别", "指标", "关系", "数值", "单位", "期限", "期限依据", "条件",
    "分母", "力度", "内容", "说明",
)  # fmt: skip
ROWS: tuple[tuple[object, ...], ...] = (
    ("YX-01", "二(一)", "县", "社会福利中心", "named_project", "有", 1, "个", 2025, "条文写明", "",
     "", "必须", "县社会福利院二期建成使用", ""),
    ("YX-02", "二(二)", "乡镇", "乡镇（街道）居家养老服务中心", "unit_coverage_share", ">=", "100%",
     "乡镇（街道）", 2026, "条文写明", "", "township: type=street|town|township", "必须",
     "各乡镇（街道）都有一处居家养老服务中心", ""),
    ("YX-03", "二(三)", "县", "养老机构", "capacity_ratio", ">=", 20, "每千名老年人床位", 2026,
     "条文写明", "part=beds; per=elderly; scale=1000", "", "必须", "每千名老年人有养老床位 20 张",
     "按 60 岁及以上常住人口计"),
    ("YX-04", "二(四)", "村", "老年助餐点", "total_count", ">=", 60, "处", 2026, "条文写明", "", "",
     "应当", "老年食堂达到 60 处", ""),
    ("YX-05", "三(一)", "村", "儿童之家", "unit_coverage_share", ">=", "95%", "村（社区）", 2028,
     "规划期末", "", "village: type=village|community; children>=@should_have_children", "必须",
     "儿童较多的村（社区）95% 建成儿童之家", "儿童多少人算较多，由设置定"),
    ("YX-06", "四(二)", "县", "殡仪馆", "named_project", "有", 1, "个", 2027, "条文写明", "", "",
     "必须", "县殡仪馆迁到新址", "规划选址未定"),
    ("YX-07", "五(一)", "县", "全部养老服务设施", "plans_per_unit", ">=", "100%", "县", 2025,
     "条文写明", "", "county: type=county|county_city; population>300000", "必须",
     "人口 30 万以上的县编有养老设施布局规划", ""),
)  # fmt: skip


def own_targets() -> pd.DataFrame:
    """Return the document's targets, columns by their Chinese names."""
    table = pd.DataFrame(ROWS, columns=list(COLUMNS))
    table.insert(1, "文件", DOCUMENT)
    table.insert(2, "发文机关", f"{COUNTY}民政局（虚构）")
    table.insert(3, "年份", 2024)
    table.insert(4, "效力", "现行")
    table.insert(6, "地区代码", COUNTY_CODE)
    return table
