"""Several processes: the same table, a lost worker costs a retry, and Ctrl-C leaves nothing."""

import os
import signal
import subprocess
import sys
import textwrap
import time
import types
from pathlib import Path

import pandas as pd
import pytest
from small_province import province

from coverplan import InputError, MissingExtraError, assess
from coverplan.cluster import _Running, assess_by_county
from coverplan.province import assess_in_pieces

distributed = pytest.importorskip("distributed")
psutil = pytest.importorskip("psutil")

SUPPORT = Path(__file__).resolve().parents[1] / "support"


def processes():
    """The worker processes of this one."""
    here = psutil.Process().children(recursive=True)
    return [p for p in here if "spawn_main" in " ".join(p.cmdline())]


def test_the_table_of_the_whole_from_two_processes_one_of_which_is_killed():
    given = province(2)
    heard, pids, lost = [], {}, []

    def kill_one_at_work():
        for pid in pids.values():
            os.kill(pid, signal.SIGSTOP)  # what they were given stays unfinished
        time.sleep(0.3)
        under_way = distributed.default_client().processing()
        victim = max(under_way, key=lambda worker: len(under_way[worker]))
        lost.extend(under_way[victim])
        os.kill(pids[victim], signal.SIGKILL)
        for worker in set(pids) - {victim}:
            os.kill(pids[worker], signal.SIGCONT)

    def progress(done, total):
        heard.append((done, total))
        if done == 1:
            pids.update(distributed.default_client().run(os.getpid))
            for one in (psutil.Process(), *map(psutil.Process, pids.values())):
                listening = {c.laddr.ip for c in one.net_connections() if c.status == "LISTEN"}
                assert listening == {"127.0.0.1"}
        if done == 3:
            kill_one_at_work()

    result = assess_by_county(given, county_of=lambda unit: unit, progress=progress)
    whole = assess(given).coverage.frame
    pd.testing.assert_frame_equal(result.coverage.frame, whole, check_exact=True)
    alone = assess_in_pieces(given, county_of=lambda unit: unit).counties
    same = ["county", "profile", "minutes", "points", "people", "nodes", "edges", "sites"]
    pd.testing.assert_frame_equal(result.counties[same], alone[same])
    assert heard == [(i + 1, 22) for i in range(22)]
    assert len(pids) == 2
    assert lost  # a piece was under way where the worker was killed
    assert (result.counties["peak_mb"] > 0).all()
    assert processes() == []


def test_ctrl_c_stops_at_once_and_leaves_no_process():
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        sys.path.insert(0, {str(SUPPORT)!r})
        import psutil
        from small_province import province
        from coverplan.cluster import assess_by_county

        def progress(done, total):
            if done == 2:
                os.killpg(os.getpgrp(), signal.SIGINT)  # as a terminal does

        if __name__ == "__main__":
            try:
                assess_by_county(province(2), county_of=lambda unit: unit, progress=progress)
            except KeyboardInterrupt:
                words = [" ".join(p.cmdline()) for p in psutil.Process().children(recursive=True)]
                print([w for w in words if "spawn_main" in w])
                sys.exit(130)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (130, "[]\n"), done.stderr
    assert "Traceback" not in done.stderr


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("coverplan.cluster._CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError) as caught:
        assess_by_county(province(2), scheduler="tcp://127.0.0.1:9")
    assert [p.code for p in caught.value.problems] == ["cluster.no_scheduler"]
    assert caught.value.problems[0].found == "tcp://127.0.0.1:9"
    with pytest.raises(InputError) as caught:
        assess_by_county(province(2), scheduler="no such place")
    assert [p.code for p in caught.value.problems] == ["cluster.no_scheduler"]


def test_a_scheduler_that_is_given_is_used_and_left_running(monkeypatch):
    given = province(6)
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0", host="127.0.0.1", protocol="tcp"
    ) as cluster:
        monkeypatch.setattr("coverplan.cluster._WORKER_SECONDS", 0.5)
        with pytest.raises(InputError) as caught:
            assess_by_county(given, scheduler=cluster.scheduler_address)
        assert [p.code for p in caught.value.problems] == ["cluster.no_workers"]
        cluster.scale(1)
        monkeypatch.setattr("coverplan.cluster._WORKER_SECONDS", 10)
        found = assess_by_county(given, scheduler=cluster.scheduler_address).coverage.frame
        assert cluster.status.name == "running"
    pd.testing.assert_frame_equal(found, assess(given).coverage.frame, check_exact=True)


def test_a_piece_that_kills_every_worker_is_named():
    class Dying(list):
        def __iter__(self):
            raise distributed.KilledWorker("330101-walk-60000-7f", "worker", 3)

    library = types.SimpleNamespace(
        KilledWorker=distributed.KilledWorker, as_completed=lambda **_: Dying()
    )
    idle = types.SimpleNamespace(nthreads=dict)
    nothing = types.SimpleNamespace(next=lambda: None)
    with pytest.raises(InputError) as caught:
        _Running(library, idle).solve(nothing)
    assert caught.value.problems[0].code == "cluster.lost_workers"
    assert caught.value.problems[0].found == "330101-walk"


def test_without_the_extra_the_command_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError) as caught:
        assess_by_county(province(2))
    assert "coverplan[cluster]" in caught.value.text.en
