"""Random damage to the files of the tiny county: nothing but exit 0 or a clean exit 2 comes out."""

import random
import shutil
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EXAMPLES = 60
FILES = [
    "study.toml", "towns.geojson", "roads.geojson", "villages.csv", "census.csv", "homes.csv",
    "stations.xlsx",
]  # fmt: skip
TABLES = ["villages.csv", "census.csv", "homes.csv", "stations.xlsx"]
ODD = [
    "", "0", "-1", "1e999", "NaN", "约3", "９", "2019年", "\u0000", "'", '"', ",", "\n", "true",
    "118.05", "30.01", "330001", "x" * 5000, "=1+1", "<b>", "[x]", "{", "-0", "😀", "9" * 40,
]  # fmt: skip


def _bytes(county, name, dice):
    data = bytearray(county.path(name).read_bytes())
    for _ in range(dice.randint(1, 8)):
        start = dice.randrange(len(data) + 1)
        stop = min(len(data), start + dice.choice([0, 1, 1, 5, 200]))
        data[start:stop] = dice.choice([b"", dice.randbytes(3), b"\n", b'"', b"0", data[:20]])
    county.path(name).write_bytes(bytes(data))


def _cells(county, name, dice):
    rows = county.rows(name)
    for _ in range(dice.randint(1, 6)):
        row = dice.choice(rows)
        other = dice.choice(list(dice.choice(rows).values()))
        row[dice.choice(list(row))] = dice.choice([dice.choice(ODD), other])
    if name.endswith(".xlsx"):
        rows = [{k: str(v).replace("\u0000", "") for k, v in row.items()} for row in rows]
    county.table(name, rows)


def _columns(county, name, dice):
    rows = county.rows(name)
    names = list(rows[0])
    for _ in range(dice.randint(1, 2)):
        i, j = dice.randrange(len(names)), dice.randrange(len(names))
        names[i] = dice.choice([names[j], f"{names[i]} ", "", names[i][:2]])
    lines = [names, *(list(row.values()) for row in rows)]
    dice.choice([lines.reverse, lambda: dice.shuffle(lines), lambda: None, lines.pop])()
    if name.endswith(".csv"):
        text = "\n".join(",".join(str(c) for c in line) for line in lines)
        county.path(name).write_text(text, encoding="utf-8")


def _words(county, name, dice):
    if name.endswith(".xlsx"):
        return
    text = county.path(name).read_text(encoding="utf-8")
    for _ in range(dice.randint(1, 3)):
        pieces = text.split(dice.choice([" ", ",", "\n", ":", "=", '"']))
        i, j = dice.randrange(len(pieces)), dice.randrange(len(pieces))
        pieces[i] = dice.choice([pieces[j], dice.choice(ODD)])
        text = (
            dice.choice([" ", ",", "\n"]).join(pieces)
            if dice.random() < 0.2
            else text.replace(pieces[j] or " ", pieces[i], 1)
        )
    county.path(name).write_text(text, encoding="utf-8", newline="")


def _rows(county, name, dice):
    rows = county.rows(name)
    county.table(name, dice.choices(rows, k=dice.randint(1, 12)))


DAMAGE = {"bytes": _bytes, "words": _words, "cells": _cells, "columns": _columns, "rows": _rows}


def error_logs():
    """What internal errors have left behind on this machine."""
    return sorted(Path(tempfile.gettempdir()).glob("coverplan-error-*"))


@pytest.mark.filterwarnings("default")
def test_damaged_files_never_break_the_program(county):
    logs = error_logs()
    whole = county.folder.with_name("whole")
    shutil.copytree(county.folder, whole)
    done = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(sorted(DAMAGE)), st.sampled_from(FILES)),
            min_size=1,
            max_size=3,
        ),
        st.integers(0, 2**32),
    )
    def damage(steps, seed):
        shutil.rmtree(county.folder)
        shutil.copytree(whole, county.folder)
        dice = random.Random(seed)  # noqa: S311 - damage, not secrets
        for kind, name in steps:
            table = name in TABLES
            try:
                DAMAGE[kind if table or kind in {"bytes", "words"} else "words"](county, name, dice)
            except Exception:  # noqa: BLE001 - damaged before, it cannot be opened again
                DAMAGE["bytes"](county, name, dice)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = county.run()
        if outcome.code == 2:
            assert outcome.problems, outcome.text
            assert not county.result.exists()
        done.append(outcome.code)

    damage()
    assert len(done) == EXAMPLES
    assert {0, 2} == set(done)
    assert error_logs() == logs
