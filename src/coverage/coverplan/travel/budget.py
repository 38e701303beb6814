"""Memory for pairs, and the words for when there is not enough of it."""

from dataclasses import dataclass, field
from threading import Lock

from ..core.errors import InputError, Problem
from ..core.text import Text

_MB = 1_000_000


@dataclass(slots=True)
class Budget:
    """Counts pairs while they are found, and stops when they would not fit.

    Parameters
    ----------
    limit_mb
        Memory for the pairs in megabytes; None for any amount.
    n_sites
        Number of sites in all.
    keep_ms
        Whether a pair takes its milliseconds along: 8 bytes, not 4.
    """

    limit_mb: float | None
    n_sites: int
    keep_ms: bool = field(kw_only=True)
    pairs: int = 0
    sites: int = 0
    parts: int = 0
    _lock: Lock = field(default_factory=Lock)

    def spend(self, pairs: int, sites: int) -> None:
        """Count the pairs of some sites.

        Raises
        ------
        InputError
            When all pairs so far, and a second copy of those not yet joined to the result, take
            more than the limit.
        """
        with self._lock:
            self.pairs += pairs
            self.parts += pairs
            self.sites += sites
            if self.limit_mb is None:
                return
            if (self.pairs + self.parts) * self._bytes > self.limit_mb * _MB:
                raise InputError([self._problem()])

    @property
    def share(self) -> float:
        """What all pairs so far take, each held twice for a moment, as a share of the limit."""
        return 2 * self.pairs * self._bytes / _MB / self.limit_mb if self.limit_mb else 0.0

    @property
    def _bytes(self) -> int:
        return 8 if self.keep_ms else 4

    def join(self) -> None:
        """Note that all pairs so far have been joined to the result."""
        self.parts = 0

    def _problem(self) -> Problem:
        ahead = self.pairs * self.n_sites // max(self.sites, 1)
        megabytes = ahead * self._bytes / _MB
        return Problem(
            code="travel.too_many_pairs",
            what=Text(
                f"出行时间表放不进 {self.limit_mb:,.0f} MB 内存：{self.n_sites:,} 个点中"
                f"算到第 {self.sites:,} 个时已有 {self.pairs:,} 对，"
                f"全部约 {ahead:,} 对，需 {megabytes:,.0f} MB",
                f"the table of travel times does not fit into {self.limit_mb:,.0f} MB: "
                f"{self.pairs:,} pairs after {self.sites:,} of {self.n_sites:,} sites, "
                f"about {ahead:,} pairs or {megabytes:,.0f} MB in all",
            ),
            mend=Text(
                "缩短时间上限，减少候选点，或用 travel_time_blocks 分块计算；"
                "只要人数时用 reach_sums，不必保存各对",
                "use a smaller cutoff or fewer candidates, or take the table in blocks with "
                "travel_time_blocks; reach_sums counts people without keeping pairs",
            ),
        )
