"""Being reached by two sites: who can be, and the rows that demand or count it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from ..core.text import Text
from .impossible import people_by_unit
from .linear import Linear
from .maxcover import CoverAnswer
from .merged import TWICE as TWO
from .merged import Merged, merged
from .mincover import min_cover
from .needs import Need
from .plan import TWICE, WEIGHTED, Limits, Objective
from .problem import SitingProblem
from .rows import SiteRows


@dataclass(frozen=True, slots=True)
class Backup:
    """Places by how often they can be reached.

    Parameters
    ----------
    problem, rows, places
        The question, what every plan keeps to, and its places, merged.
    can
        How often each merged place can be reached at most, 2 standing for more; the classes of
        one place count once.
    """

    problem: SitingProblem
    rows: SiteRows
    places: Merged
    can: NDArray[np.int64]

    @classmethod
    def of(cls, problem: SitingProblem, rows: SiteRows) -> "Backup":
        """Return the places of a problem.

        Parameters
        ----------
        problem, rows
            The question, and what every plan keeps to.
        """
        places = merged(problem, rows)
        _, spot = np.unique(problem.sites.place, return_inverse=True)
        spots = csr_matrix((np.ones(len(spot)), (np.arange(len(spot)), spot)))
        number = np.diff(csr_matrix(places.cover @ spots).indptr) + places.sure
        return cls(problem, rows, places, np.minimum(number, TWO).astype(np.int64))

    @property
    def objective(self) -> Objective:
        """What is counted of who is reached twice: people, or weights."""
        if not self.problem.weighted:
            return TWICE
        label = Text(f"{TWICE.label.zh}（加权）", f"{TWICE.label.en}, weighted")
        return replace(TWICE, label=label, unit=WEIGHTED.unit)

    def at(self, number: int) -> NDArray[np.bool_]:
        """Return which places can be reached so often and no oftener, shape ``(n_demand,)``.

        Parameters
        ----------
        number
            0, 1, or 2 for two or more.
        """
        row = self.places.row
        mask = row >= 0
        mask[mask] = self.can[row[mask]] == number
        return mask

    def times(self, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many open sites reach each merged place, shape ``(n_rows,)``."""
        return self.places.times(open_)

    def twice(self, open_: NDArray[np.bool_]) -> int:
        """Return the weight that two or more open sites reach."""
        return int(self.places.weight[self.times(open_) >= TWO].sum())

    def once(self, open_: NDArray[np.bool_]) -> int:
        """Return the weight that open sites reach."""
        return int(self.places.weight[self.times(open_) >= 1].sum())

    def most(self, number: int) -> int:
        """Return the weight that can be reached so often or oftener, were every site open."""
        return int(self.places.weight[self.can >= number].sum())

    def everybody_once(self) -> Need:
        """Return the need that every place some site can reach is reached."""
        mask = (~self.at(0) & (self.places.row >= 0)).astype(np.int64)
        name = Text("可达的人都至少有一处", "everybody whom a site can reach is reached")
        return Need(mask, int(mask.sum()), name)

    def fewest_once(self, limits: Limits, begin: float) -> CoverAnswer:
        """Return the plan of fewest new sites that reaches every place some site can reach.

        Parameters
        ----------
        limits, begin
            When to stop, and when the search began (`time.perf_counter`).
        """
        new = (~self.problem.sites.existing).astype(np.int64)
        return min_cover(self.problem, self.rows, new, [self.everybody_once()], limits, begin)

    def often(self, asked: NDArray[np.int64]) -> tuple[Linear, slice]:
        """Return a model of the sites in which each merged place is reached so often at least.

        Parameters
        ----------
        asked
            How often, shape ``(n_rows,)``.
        """
        linear, x = Linear.of_sites(self.rows)
        ask = np.flatnonzero(asked > self.places.sure)
        least = (asked - self.places.sure)[ask].astype(float)
        linear.rows([(x, self.places.cover[ask])], least, np.inf)
        return linear, x

    def count_twice(self, linear: Linear, x: slice) -> slice:
        """Add columns that may be 1 where two sites reach a place that is reached in any case.

        Parameters
        ----------
        linear, x
            A model in which every place that can be is reached once, and its sites.
        """
        places = self.places
        sure = (places.sure >= TWO).astype(float)
        w = linear.columns(len(places), sure, (self.can >= TWO).astype(float), whole=False)
        ask = np.flatnonzero((self.can >= TWO) & (places.sure < TWO))
        most = (places.sure[ask] - 1).astype(float)
        linear.rows([(w, eye(len(places)).tocsr()[ask]), (x, -places.cover[ask])], -np.inf, most)
        return w

    def left_once(self) -> tuple[Text, ...]:
        """Say who can be reached by nobody, and who by one site only."""
        texts = []
        for number, zh, en in (
            (0, "没有任何地点可达", "out of reach of every site"),
            (1, "只有一处地点可达", "within reach of one site only"),
        ):
            mask = self.at(number)
            people = int(self.problem.people[mask].sum())
            if people:
                who = people_by_unit(self.problem, mask)
                texts.append(
                    Text(f"{zh}：{people:,} 人（{who.zh}）", f"{en}: {people:,} ({who.en})")
                )
        return tuple(texts)
