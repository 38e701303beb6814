"""A province computed county by county by several processes or machines: the ``cluster`` extra.

Pieces are cut as workers ask for them and travel inside their task, so that neither this process
nor the scheduler piles them up, and a lost worker's pieces are computed again by another. Processes
of one machine listen on its loopback address only; there is no dashboard.
"""

from contextlib import ExitStack
from itertools import count
from typing import Any

from .core.errors import InputError, MissingExtraError, Problem
from .core.text import Text
from .pieces import Piece, solve_piece
from .province import CountyOf, Progress, ProvinceResult, Work, county_of_code
from .results import Inputs

_LOOPBACK = "127.0.0.1"
_RETRIES = 1
_IN_FLIGHT = 2
"""Pieces under way for each worker: one computed, one ready."""

_SETTINGS = {
    # Pieces are meant to travel in their tasks: a warning that they are large says nothing.
    "distributed.admin.large-graph-warning-threshold": "1 TB",
    # Where a scheduler listens for browsers there is nothing to be had.
    "distributed.scheduler.http.routes": [],
}

_CONNECT_SECONDS = 10
_WORKER_SECONDS = 60


def assess_by_county(
    inputs: Inputs,
    *,
    county_of: CountyOf | None = None,
    scheduler: str | None = None,
    workers: int = 2,
    threads_per_worker: int = 1,
    progress: Progress | None = None,
) -> ProvinceResult:
    """Compute the coverage of a province county by county with several workers.

    Parameters
    ----------
    inputs
        The whole province. New sites asked for are not proposed.
    county_of
        The county of a unit by its code; default the first six digits.
    scheduler
        Address of a running ``dask`` scheduler such as ``tcp://10.0.0.5:8786``, whose workers
        have coverplan installed; None starts a cluster on this machine and stops it again.
    workers, threads_per_worker
        How many processes a cluster on this machine has, and threads in each.
    progress
        Called as a county is done for a profile.

    Raises
    ------
    MissingExtraError
        When dask.distributed is not installed.
    InputError
        When the scheduler does not answer or has no worker, or a piece costs one worker after
        another.
    InternalError
        When people do not add up.

    Notes
    -----
    A script that calls this must do so under ``if __name__ == "__main__":``, because each worker
    process imports it.

    References
    ----------
    Rocklin, M. (2015). Dask: parallel computation with blocked algorithms and task scheduling.
    Proceedings of the 14th Python in Science Conference, 126-132.

    Examples
    --------
    >>> import coverplan as cp
    >>> province = cp.load("province/study.toml")  # doctest: +SKIP
    >>> found = cp.assess_by_county(province, workers=8)  # doctest: +SKIP

    Without workers the same comes out of `assess_in_pieces`:

    >>> alone = cp.assess_in_pieces(cp.small_county())
    >>> len(alone.counties)
    2
    """
    dask, distributed = _libraries()
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_SETTINGS))
        client = stack.enter_context(
            _client(distributed, stack, scheduler, workers, threads_per_worker)
        )
        running = _Running(distributed, client)
        # Whatever ends the run, no piece is computed in vain after it.
        stack.callback(running.cancel)
        work = Work(inputs, county_of or county_of_code, progress)
        running.solve(work)
        return work.result()


class _Running:
    """The pieces under way on a cluster."""

    def __init__(self, distributed: Any, client: Any) -> None:
        self._distributed = distributed
        self._client = client
        self._futures: set[Any] = set()
        self._number = count()

    def solve(self, work: Work) -> None:
        """Do all the work, with as many pieces under way as keep every worker busy."""
        most = _IN_FLIGHT * max(1, sum(self._client.nthreads().values()))
        done = self._distributed.as_completed(with_results=True)
        self._fill(work, done, most)
        try:
            for future, result in done:
                self._futures.discard(future)
                future.release()
                work.done(result)
                self._fill(work, done, most)
        except self._distributed.KilledWorker as error:
            raise InputError([_lost(str(error.task))]) from error

    def _fill(self, work: Work, done: Any, most: int) -> None:
        while len(self._futures) < most and (piece := work.next()) is not None:
            done.add(self._submit(piece))

    def cancel(self) -> None:
        """Give up what is still under way."""
        if self._futures:
            self._client.cancel(list(self._futures))

    def _submit(self, piece: Piece) -> Any:
        future = self._client.submit(
            solve_piece,
            piece,
            key=f"{piece.county}-{piece.profile}-{next(self._number)}-{id(self):x}",
            pure=False,
            retries=_RETRIES,
        )
        self._futures.add(future)
        return future


def _libraries() -> tuple[Any, Any]:
    try:
        import dask  # noqa: PLC0415 - optional extra
        import distributed  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("按县分片并行计算", "computing county by county in parallel")
        raise MissingExtraError("dask.distributed", "cluster", purpose) from error
    return dask, distributed


def _client(
    distributed: Any,
    stack: ExitStack,
    scheduler: str | None,
    workers: int,
    threads_per_worker: int,
) -> Any:
    """Return a client of the scheduler given, or of a cluster started on this machine."""
    if scheduler is None:
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=threads_per_worker,
                processes=True,
                host=_LOOPBACK,
                dashboard_address=f"{_LOOPBACK}:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs="CRITICAL",
                preload=[solve_piece.__module__],
            )
        )
        return distributed.Client(cluster)
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError([_no_scheduler(scheduler)]) from error
    try:
        client.wait_for_workers(1, timeout=_WORKER_SECONDS)
    except TimeoutError as error:
        client.close()
        raise InputError([_no_workers(scheduler)]) from error
    return client


def _no_scheduler(address: str) -> Problem:
    return Problem(
        code="cluster.no_scheduler",
        what=Text("调度器没有应答", "the scheduler does not answer"),
        found=address,
        expected=Text("如 tcp://地址:8786", "such as tcp://address:8786"),
        mend=Text(
            "先启动 dask scheduler，或不给 --scheduler 在本机计算",
            "start dask scheduler first, or leave --scheduler out to compute on this machine",
        ),
    )


def _no_workers(address: str) -> Problem:
    return Problem(
        code="cluster.no_workers",
        what=Text(
            f"调度器 {_WORKER_SECONDS} 秒内没有任何工作进程",
            f"the scheduler has no worker within {_WORKER_SECONDS} seconds",
        ),
        found=address,
        mend=Text("在各机器上启动 dask worker", "start dask worker on the machines"),
    )


def _lost(key: str) -> Problem:
    return Problem(
        code="cluster.lost_workers",
        what=Text(
            "同一分片先后使多个工作进程退出，多半是内存不足",
            "one piece cost one worker after another, most likely for want of memory",
        ),
        found=key.rsplit("-", 2)[0],
        mend=Text(
            "减少 --workers 使每个进程内存更多，或缩短时限",
            "use fewer --workers so that each has more memory, or shorten the limits",
        ),
    )
