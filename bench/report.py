"""report.py: prints tables of what was measured as they come, and keeps them for JSON."""

import json
import pathlib

results = []


def table(title, *columns):
    """Begins a table; row() adds to it."""
    results.append({"title": title, "columns": columns, "rows": []})
    print(f"\n### {title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}", flush=True)


def row(*cells):
    results[-1]["rows"].append(cells)
    print(f"| {' | '.join(shown(cell) for cell in cells)} |", flush=True)


def shown(cell):
    """Returns a number of any size in as many digits as it is worth."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.3g}" if abs(cell) < 10 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def ratio(value, floor):
    return value / floor if floor else None


def write(path, machine):
    pathlib.Path(path).write_text(json.dumps({"machine": machine, "tables": results}, indent=1) + "\n", encoding="utf-8")
