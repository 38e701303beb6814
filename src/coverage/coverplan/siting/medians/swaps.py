"""Good plans for the p-median quickly: adding, then exchanging one site for another.

Whitaker, R. (1983): A fast algorithm for the greedy interchange for large-scale clustering and
median location problems. INFOR 21, 95-108. Resende, M. and Werneck, R. (2007): A fast swap-based
local search procedure for location problems. Annals of Operations Research 150, 205-230.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..rows import SiteRows
from .exchange import Desk, Lists, RuleColumns, improve, plan_value, turned, two_nearest
from .lists import NearLists

_MOST_CELLS = 50_000_000
"""Sites times open sites the exchange search keeps a number for."""


@dataclass(frozen=True, slots=True)
class Searcher:
    """An exchange search over one set of lists and rules.

    Parameters
    ----------
    lists
        Near sites by place and by site.
    rules
        Rules by site.
    usable
        Sites that may be opened or closed, shape ``(n_sites,)``.
    room
        Open sites there may be at most.
    """

    lists: Lists
    rules: RuleColumns
    usable: NDArray[np.bool_]
    room: int

    @classmethod
    def of(cls, near: NearLists, rows: SiteRows, most: int) -> "Searcher":
        """Return a search over these lists, with ``most`` open sites besides the fixed ones."""
        lists = Lists(
            near.ptr,
            near.site,
            near.ms,
            near.beyond,
            near.weight,
            *turned(near.ptr, near.site, near.ms, near.n_sites),
        )
        columns = rows.matrix.tocsc()
        rules = RuleColumns(
            columns.indptr.astype(np.int64),
            columns.indices.astype(np.int32),
            columns.data.astype(np.float64),
            rows.row_lower.astype(np.float64),
            rows.row_upper.astype(np.float64),
        )
        room = most + int((rows.lower > 0).sum())
        return cls(lists, rules, rows.lower < rows.upper, room)

    def improve(self, opened: NDArray[np.bool_], moves: int = 1_000_000) -> NDArray[np.bool_]:
        """Return a plan that no addition and no exchange the rules allow makes better.

        Parameters
        ----------
        opened
            Open sites to begin with, those open in every plan among them, shape ``(n_sites,)``.
        moves
            Moves at most.
        """
        n, m = len(self.lists.beyond), len(opened)
        now = int(opened.sum())
        room = max(now, min(self.room, m, _MOST_CELLS // max(m, 1)))
        desk = Desk(
            opened=opened.copy(),
            usable=self.usable,
            sums=np.zeros(len(self.rules.lower)),
            slot=np.full(m, -1, dtype=np.int64),
            at=np.full(room, -1, dtype=np.int64),
            near=np.full(n, -1, dtype=np.int64),
            first=np.zeros(n, dtype=np.int64),
            second=np.zeros(n, dtype=np.int64),
            gain=np.zeros(m, dtype=np.int64),
            loss=np.zeros(room, dtype=np.int64),
            extra=np.zeros((m, room), dtype=np.int64),
            touched=np.zeros(n, dtype=np.bool_),
        )
        improve(self.lists, self.rules, desk, moves)
        return desk.opened

    def value(self, opened: NDArray[np.bool_]) -> int:
        """Return weight times milliseconds to the nearest open site, as far as lists tell."""
        return int(plan_value(self.lists, opened))

    @staticmethod
    def two_nearest(
        near: NearLists, opened: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return everybody's milliseconds to the nearest two open sites of a list."""
        return two_nearest(near.ptr, near.site, near.ms, near.beyond, opened)
