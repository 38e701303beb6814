"""Rows of results as a table, and whether the engines agree."""

from typing import Any

Row = dict[str, Any]

ROUNDED = {"pandana": 2e-3}
"""Engines that compute in float32 may lose a few pairs: how large a share is let pass."""

QUESTIONS = {
    "nearest": "Nearest site of every node",
    "k_nearest": "Three nearest sites of every node",
    "reach": "Reach matrix: every pair of candidate and node within 15 minutes",
    "sums": "People within 15 minutes of each candidate, no pair kept",
    "many": "Reach matrix of 50,000 candidates",
    "province": "A province, from prepared network to coverage table",
}


COLUMNS = (
    "nodes",
    "sites",
    "engine",
    "seconds",
    "CPU s",
    "ratio",
    "CPU ratio",
    "first call",
    "preparation",
    "peak MB",
    "note",
)


def line(row: Row) -> str:
    """Return one result in words, for whoever watches."""
    begin = f"{row['place']} {row['task']} {row['engine']}:"
    if row["task"] == "prepare":
        return f"{begin} {_steps(row)}"
    if row.get("failed"):
        return f"{begin} {row['failed']}"
    return f"{begin} {row['seconds']:.3f} s, {row['peak_mb']:.0f} MB {row['note']}"


def disagreements(rows: list[Row]) -> list[str]:
    """Return where two engines answered differently, in words."""
    wrong = []
    truth: dict[tuple[str, str, str], tuple[str, int]] = {}
    for row in sorted(rows, key=lambda row: row["engine"] in ROUNDED):
        for name, value in row.get("checks", {}).items():
            engine, right = truth.setdefault(
                (row["place"], row["task"], name), (row["engine"], value)
            )
            if abs(value - right) > ROUNDED.get(row["engine"], 0.0) * abs(right):
                wrong.append(
                    f"{row['place']} {row['task']} {name}: {engine} {right:,}, "
                    f"{row['engine']} {value:,}"
                )
    return wrong


def markdown(rows: list[Row], machine: str) -> str:
    """Return the whole table as Markdown."""
    parts = [f"Machine: {machine}.", ""]
    for task, question in QUESTIONS.items():
        mine = [row for row in rows if row["task"] == task]
        if not mine:
            continue
        parts += [f"## {question}", ""]
        parts += [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
        own = {r["place"]: r for r in mine if r["engine"] == "coverplan"}
        parts += [_cells(row, own.get(row["place"])) for row in mine]
        parts.append("")
    prepared = [row for row in rows if row["task"] == "prepare"]
    if prepared:
        parts += ["## Preparation by coverplan", "", "| place | nodes / edges | steps | peak MB |"]
        parts.append("|---|---|---|---|")
        for row in prepared:
            size = f"{row['nodes']:,} / {row['edges']:,}"
            peak = f"{row['peak_mb']:,.0f}"
            parts.append(f"| {_place(row)} | {size} | {_steps(row)} | {peak} |")
    return "\n".join(parts)


def _cells(row: Row, own: Row | None) -> str:
    if row.get("failed"):
        return f"| {_place(row)} | | {row['engine']} | | | | | | | | {row['failed']} |"
    notes = [f"extrapolated from {row['sample']:,} sites"] if row["sample"] else []
    notes += [words for words in (row["note"], _pairs(row)) if words]
    cells = (
        _place(row),
        f"{row['sites']:,}" if row.get("sites") else "",
        row["engine"],
        _seconds(row["seconds"]),
        _seconds(row["cpu_seconds"]),
        _ratio(row, own, "seconds"),
        _ratio(row, own, "cpu_seconds"),
        _seconds(row["first_seconds"]) if row["engine"].startswith("coverplan") else "",
        _seconds(row["prepare_seconds"]) if row["prepare_seconds"] else "",
        f"{row['peak_mb']:,.0f}",
        "; ".join(notes),
    )
    return f"| {' | '.join(cells)} |"


def _ratio(row: Row, own: Row | None, key: str) -> str:
    return f"{row[key] / own[key]:.1f}" if own and own.get(key) else ""


def _pairs(row: Row) -> str:
    """Return how long a pair takes, where all pairs of all candidates were found."""
    pairs = row["checks"].get(f"found_{row.get('sites')}")
    if not pairs:
        return ""
    return f"{pairs / 1e6:.1f} M pairs, {row['seconds'] / pairs * 1e9:.0f} ns each"


def _place(row: Row) -> str:
    return f"{int(row['place']):,}" if row["place"].isdigit() else str(row["place"])


def _seconds(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def _steps(row: Row) -> str:
    steps = ", ".join(f"{name} {took:.1f} s" for name, took in row["seconds"].items())
    return f"{steps}; {row['peak_mb']:,.0f} MB" if row["task"] != "prepare" else steps
