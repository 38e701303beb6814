"""Sharing jobs out to threads, so that an error or Ctrl-C stops all of them within one job."""

import os
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from queue import Empty, SimpleQueue
from typing import TypeVar

_Desk = TypeVar("_Desk")


def cores() -> int:
    """Return how many threads can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_out(n_jobs: int, desk: Callable[[], _Desk], work: Callable[[_Desk, int], None]) -> None:
    """Do jobs ``0`` to ``n_jobs - 1`` in as many threads as there are cores.

    Parameters
    ----------
    n_jobs
        Number of jobs; each should be short.
    desk
        Called once in each thread for its work space.
    work
        Called with the thread's work space and the number of a job.

    Raises
    ------
    BaseException
        Whatever a job raised, or `KeyboardInterrupt`; no thread is left running.
    """
    jobs: SimpleQueue[int] = SimpleQueue()
    for job in range(n_jobs):
        jobs.put(job)

    def labour() -> None:
        mine = desk()
        while True:
            try:
                job = jobs.get_nowait()
            except Empty:
                return
            work(mine, job)

    n_threads = min(cores(), n_jobs)
    if n_threads <= 1:
        labour()
        return
    with ThreadPoolExecutor(max_workers=n_threads) as pool:
        try:
            waiting = {pool.submit(labour) for _ in range(n_threads)}
            while waiting:
                # A wait without end could not be interrupted everywhere.
                done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_EXCEPTION)
                for finished in done:
                    finished.result()
        finally:
            _empty(jobs)


def _empty(jobs: "SimpleQueue[int]") -> None:
    while True:
        try:
            jobs.get_nowait()
        except Empty:
            return
