"""Steps are timed, and long ones say how far they are."""

from concurrent.futures import ThreadPoolExecutor

from coverplan.clock import Clock
from coverplan.core.text import Text


def test_steps_of_one_name_add_up():
    names = []
    clock = Clock(lambda step: names.append(step.zh))
    for _ in range(2):
        with clock.step(Text("一步", "step")):
            pass
    assert names == ["一步", "一步"]
    assert list(clock.seconds) == ["step"]


def test_progress_from_threads_reaches_the_total_and_never_falls():
    told = []
    tell = Clock(on_progress=lambda done, total: told.append((done, total))).progress(200)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, [2] * 100))
    assert told == [(2 * i, 200) for i in range(1, 101)]


def test_nobody_asks():
    assert Clock().progress(3) is None
