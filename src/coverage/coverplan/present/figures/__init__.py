"""Static figures for paper and slides, drawn by matplotlib (extra ``figures``)."""

from .charts import equity_figure, frontier_figure
from .fonts import check_names, find_font, use_chinese_font
from .maps import before_after_figure, coverage_figure, plan_figure
from .peoplemaps import gap_figure, minutes_figure
from .save import save_figure
from .sheet import Paper
from .sidebyside import plans_figure

__all__ = [
    "Paper",
    "before_after_figure",
    "check_names",
    "coverage_figure",
    "equity_figure",
    "find_font",
    "frontier_figure",
    "gap_figure",
    "minutes_figure",
    "plan_figure",
    "plans_figure",
    "save_figure",
    "use_chinese_font",
]
