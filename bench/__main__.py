"""`python -m bench [NAME …] [--short] [--write]`: measures, and prints a table that names the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.measures import MEASURES, ROOT, Measured

RESULTS = Path(__file__).parent / "results"
NOTES = Path(__file__).parent / "notes.md"
"""What was measured by hand, and why budgets are missed; part of docs/benchmarks.md."""
LIBRARIES = ("duckdb", "pyarrow", "streamlit", "selectolax", "pandas", "polars")


def machine() -> dict[str, str]:
    """What it was measured on."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "cpu": cpu or platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def shown(value: float) -> str:
    """Three figures that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: list[Measured]) -> str:
    """Rows as Markdown."""
    lines = ["| what | measured | must |", "|---|---:|---|"]
    lines += [f"| {row.what} | {shown(row.value)} {row.unit} | {row.must} |" for row in rows]
    return "\n".join(lines)


def main() -> int:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)}; all when none is given")
    parser.add_argument("--short", action="store_true", help="small sizes, a few minutes altogether")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md from all results there are")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(MEASURES)):
        parser.error(f"There is no measurement “{unknown[0]}”.")
    RESULTS.mkdir(exist_ok=True)
    for name in options.names or MEASURES:
        rows = MEASURES[name](options.short)
        print(f"{table(rows)}\n", flush=True)
        facts = {"machine": machine(), "at": datetime.now(UTC).date().isoformat(), "short": options.short}
        result = {**facts, "rows": [asdict(row) for row in rows]}
        (RESULTS / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))
    if options.write:
        write()
    return 0


def write() -> None:
    """docs/benchmarks.md from the last result of each measurement."""
    parts = [
        "# Benchmarks",
        "",
        "Written by `python -m bench --write`; sizes are in each line, DESIGN's budgets beside.",
        "",
    ]
    told: list[str] = []
    for name in MEASURES:
        path = RESULTS / f"{name}.json"
        if not path.exists():
            continue
        result = json.loads(path.read_text())
        what = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
        told += [what] if what not in told else []
        size = " (short form)" if result["short"] else ""
        parts += [f"## {name}{size}, {result['at']}", "", table([Measured(**row) for row in result["rows"]]), ""]
    parts += [NOTES.read_text("utf-8")]
    parts += ["## Machine", "", *(f"* {one}" for one in told), ""]
    (ROOT / "docs" / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
