"""Compare ways of loading one export, side by side in one run, each in a process of its own.

    python -m bench.generate 1000000 > export.jsonl
    python -m bench.ingest export.jsonl [--rounds 5] [--only NAME …] [-o table.md]

The contenders take turns, so that a noisy machine is noisy for all; medians are reported, and
ratios against the raw DuckDB conversion of the same content. Nothing else should run meanwhile.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from .contenders import CONTENDERS, NEEDS_CLEAN, missing

BASE = "DuckDB, same content"


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds, seconds of CPU, bytes at its peak, bytes it left."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    stored_bytes: int


def run(name: str, export: Path) -> Run:
    """Run one contender in a fresh folder."""
    with tempfile.TemporaryDirectory(dir=export.parent) as made:
        folder = Path(made)
        command = [sys.executable, "-m", "bench.contenders"]
        if name == "ticketledger, again":
            subprocess.run([*command, "ticketledger", str(export), made], check=True)
        before = time.perf_counter()
        process = subprocess.Popen([*command, name, str(export), made])
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        if status:
            raise SystemExit(f"{name} failed")
        stored = sum(p.stat().st_size for p in folder.rglob("*.parquet"))
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, stored)


def clean_copy(export: Path) -> Path:
    """Return a copy without the lines that are no JSON object."""
    made = export.with_suffix(".clean.jsonl")
    with export.open("rb") as lines, made.open("wb") as sink:
        for line in lines:
            try:
                if isinstance(json.loads(line)["data"], dict):
                    sink.write(line)
            except (ValueError, TypeError, KeyError):
                continue
    return made


def table(runs: dict[str, list[Run]], size: int, events: int) -> str:
    """Return the medians as Markdown."""
    head = "| contender | wall s | CPU s | events/s | MB/s | speed | CPU | peak MB | B/event |"
    made = [head, "| --- " * 9 + "|"]
    base = runs.get(BASE)
    for name, taken in runs.items():
        wall = statistics.median(r.wall_s for r in taken)
        cpu = statistics.median(r.cpu_s for r in taken)
        peak = max(r.peak_bytes for r in taken) / 1e6
        stored = taken[0].stored_bytes / events
        speed = work = "-"
        if base:
            speed = f"{statistics.median(r.wall_s for r in base) / wall:.2f}"
            work = f"{statistics.median(r.cpu_s for r in base) / cpu:.2f}"
        made.append(
            f"| {name} | {wall:.2f} | {cpu:.2f} | {events / wall:,.0f} | {size / wall / 1e6:.0f}"
            f" | {speed}x | {work}x | {peak:,.0f} | {stored:.0f} |"
        )
    return "\n".join(made)


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--rounds", default=5, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(CONTENDERS)))
@click.option("-o", "--output", type=click.Path(path_type=Path))
def main(export: Path, rounds: int, only: tuple[str, ...], output: Path | None) -> None:
    """Load EXPORT in every way there is and print a table."""
    export = export.resolve()
    names = [name for name in only or CONTENDERS if not missing(name)]
    for name in only or CONTENDERS:
        if why := missing(name):
            click.echo(f"{name}: left out, {why}", err=True)
    clean = clean_copy(export) if NEEDS_CLEAN & set(names) else export
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            taken = run(name, clean if name in NEEDS_CLEAN else export)
            runs[name].append(taken)
            click.echo(f"{number + 1}/{rounds} {name}: {taken.wall_s:.2f} s", err=True)
    if clean != export:
        clean.unlink()
    with export.open("rb") as lines:
        events = sum(1 for _ in lines)
    size = export.stat().st_size
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    told = (
        f"{events:,} lines, {size / 1e6:,.0f} MB; median of {rounds}, taking turns;"
        f" {os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()},"
        f" Python {platform.python_version()}\n\n{table(runs, size, events)}\n"
    )
    click.echo(told)
    if output:
        output.write_text(told)


if __name__ == "__main__":
    main()
