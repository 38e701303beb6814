"""What mending a road file did, as figures and as a note to the planner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ...core.errors import Problem
from ...core.text import Text
from .lines import Floats, Ints


@dataclass(frozen=True, slots=True)
class Connected:
    """How a network hangs together, whatever direction streets have.

    Parameters
    ----------
    pieces
        How many pieces there are that no road joins.
    largest_share
        Share of the length of all roads that is in the largest of them, 0 to 1.
    fragments
        How many of them are shorter in all than ``ignore_fragments_metres``.
    """

    pieces: int
    largest_share: float
    fragments: int

    @classmethod
    def of(cls, u: Ints, v: Ints, metres: Floats, fragment_metres: float) -> "Connected":
        """Return how edges hang together.

        Parameters
        ----------
        u, v, metres
            Nodes and length of each edge, shape ``(m,)``.
        fragment_metres
            Pieces shorter than this in all are fragments.
        """
        n = int(max(u.max(), v.max())) + 1
        links = coo_matrix((np.ones(len(u), dtype=np.int8), (u, v)), shape=(n, n))
        label = connected_components(links, directed=False)[1]
        piece = np.unique(label[u], return_inverse=True)[1]
        length = np.bincount(piece, weights=metres)
        total = float(length.sum())
        share = float(length.max()) / total if total > 0 else 1.0
        return cls(len(length), share, int((length < fragment_metres).sum()))

    def words(self) -> Text:
        """Return the figures in words."""
        share = f"{self.largest_share:.1%}"
        return Text(
            f"{self.pieces} 个互不相连的部分，最大的占总长 {share}，碎片 {self.fragments} 个",
            f"{self.pieces} unconnected piece{'s' * (self.pieces > 1)}, the largest with {share} "
            f"of the length, {self.fragments} fragments",
        )


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What mending a road file did.

    Parameters
    ----------
    file
        The road file as the study names it.
    lines_in, lines_out
        How many lines were read, parts of multi-part lines each, and how many edges came out.
    cut_at_crossings, cut_at_vertices, cut_at_ends
        Places where roads were cut: crossings without a vertex in either, vertices two roads share
        or that touch another, and ends of roads on another.
    kept_apart
        Places where roads cross at different levels and were left as they are.
    ends_moved, largest_metres, mean_metres
        How many line ends were moved to join others, how far at most and on average.
    doubles, overlaps
        Lines left out because another with the same facts was drawn on the same places, and
        stretches left out because a part of another was.
    short
        Pieces left out that would start and stop at one node within the tolerance.
    levels_known
        Whether the file tells bridges, tunnels or layers.
    before, after
        How the roads hung together as they were drawn, and how they do now.
    """

    file: str
    lines_in: int
    lines_out: int
    cut_at_crossings: int
    cut_at_vertices: int
    cut_at_ends: int
    kept_apart: int
    ends_moved: int
    largest_metres: float
    mean_metres: float
    doubles: int
    overlaps: int
    short: int
    levels_known: bool
    before: Connected
    after: Connected

    @property
    def nothing_done(self) -> bool:
        """Whether the roads were whole already."""
        done = (
            self.cut_at_crossings + self.cut_at_vertices + self.cut_at_ends
            + self.ends_moved + self.doubles + self.overlaps + self.short
        )  # fmt: skip
        return done == 0

    def problems(self) -> list[Problem]:
        """Return what is to be said of the repair."""
        said = [_nothing(self)] if self.nothing_done else [_repaired(self)]
        if not self.levels_known and self.cut_at_crossings:
            said.append(_no_levels(self))
        return said


def report_from(table: Mapping[str, Any]) -> RepairReport:
    """Return a report from its table, as `dataclasses.asdict` makes it."""
    states = {key: Connected(**table[key]) for key in ("before", "after")}
    return RepairReport(**{**table, **states})


def _repaired(report: RepairReport) -> Problem:
    zh, en = _deeds(report)
    before, after = report.before.words(), report.after.words()
    return Problem(
        code="roads.repaired",
        what=Text(
            f"道路已按 [roads] repair 修复：{report.lines_in} 条线变为 {report.lines_out} 条；"
            + "，".join(zh),
            f"roads were repaired as [roads] repair says: {report.lines_in} lines became "
            f"{report.lines_out}; " + ", ".join(en),
        ),
        file=report.file,
        found=Text(f"修复前 {before.zh}；修复后 {after.zh}", f"{before.en}; now {after.en}"),
        mend=Text(
            "在地图上核对立交桥和断头路；端点相差较大仍应相连时调大 join_metres",
            "check flyovers and dead ends on the map; raise join_metres if ends that belong "
            "together lie farther apart",
        ),
        severity="warning",
    )


def _deeds(report: RepairReport) -> tuple[list[str], list[str]]:
    far = f"{report.largest_metres:.2f}", f"{report.mean_metres:.2f}"
    counted = [
        (report.cut_at_crossings, "在 {n} 处交叉断开", "cut at {n} crossings"),
        (report.cut_at_vertices, "在 {n} 处共有折点断开", "cut at {n} shared vertices"),
        (report.cut_at_ends, "在 {n} 处别的道路的端点断开", "cut at {n} ends of other roads"),
        (
            report.ends_moved,
            f"移动 {{n}} 个端点使之相接（最多 {far[0]} 米，平均 {far[1]} 米）",
            f"{{n}} ends moved to join (by {far[0]} m at most, {far[1]} m on average)",
        ),
        (report.doubles, "{n} 条重复的线未使用", "{n} drawn twice not used"),
        (report.overlaps, "{n} 段与别的道路重合未使用", "{n} stretches drawn twice not used"),
        (report.short, "{n} 段短于容差的线未使用", "{n} shorter than the tolerance not used"),
        (
            report.kept_apart,
            "{n} 处不同层面的交叉保持不相连",
            "{n} crossings at different levels left unjoined",
        ),
    ]
    done = [(n, zh, en) for n, zh, en in counted if n]
    return [zh.format(n=n) for n, zh, _ in done], [en.format(n=n) for n, _, en in done]


def _nothing(report: RepairReport) -> Problem:
    words = report.after.words()
    return Problem(
        code="roads.repair_nothing",
        what=Text(
            "道路本来就在路口断开，repair 没有改动任何一条线",
            "roads are cut at junctions already: repair changed no line",
        ),
        file=report.file,
        found=words,
        mend=Text("可以删去 [roads] repair", "repair may be left out of [roads]"),
        severity="warning",
    )


def _no_levels(report: RepairReport) -> Problem:
    n = report.cut_at_crossings
    return Problem(
        code="roads.repair_levels",
        what=Text(
            f"没有桥梁、隧道、层级列，无法识别立交：{n} 处交叉全部作为平交路口",
            "no column for bridge, tunnel or layer: flyovers cannot be told, and all "
            f"{n} crossings became junctions",
        ),
        file=report.file,
        expected=Text("bridge、tunnel 或 layer 列", "a column bridge, tunnel or layer"),
        mend=Text(
            "在道路文件中加一列“桥梁”（yes 或 no），标出立交桥和高架路",
            "add a column bridge (yes or no) to the road file and mark flyovers and elevated roads",
        ),
        severity="warning",
    )
