"""Compare the process view with pm4py: variants, directly-follows pairs, times between them.

    pip install pm4py
    python -m bench.generate 600000 --seed 5 > export.jsonl
    python -m bench.process export.jsonl

Both see the same log, one case per ticket that is not deleted: the statuses it went through, and
when. Prints what was compared and how many numbers differ; exits 1 when one does.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import ticketledger

LOG = """
SELECT m.org_id, m.ticket_id, coalesce(m.status, '(none)') AS status, m.moved_at
FROM ticket_moves AS m
JOIN tickets AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
WHERE m.version = 1 OR m.status_before IS DISTINCT FROM m.status
ORDER BY m.org_id, m.ticket_id, m.version
"""
TIMES = {"mean_s": "mean", "p50_s": "median", "total_wait_s": "sum"}


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
def main(export: Path) -> None:
    """Load EXPORT into a new ledger and compare."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = ticketledger.open(Path(folder) / "ledger")
        ledger.ingest([export])
        log = ledger.sql(LOG)
        variants = ledger.report("process_variants", to="arrow").to_pylist()
        pairs = ledger.report("process_dfg", to="arrow").to_pylist()
    compared: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for (org_id,), events in log.group_by("org_id"):
        told = _pm4py(events)
        ours = {row["variant"]: row["cases"] for row in variants if row["org_id"] == org_id}
        _count("variants", ours, told["variants"], compared, differ)
        mine = {(r["source"], r["target"]): r for r in pairs if r["org_id"] == org_id}
        numbers = {pair: row["events"] for pair, row in mine.items()}
        _count("directly-follows pairs", numbers, told["pairs"], compared, differ)
        for column, name in TIMES.items():
            numbers = {pair: row[column] for pair, row in mine.items()}
            theirs = {pair: times[name] for pair, times in told["times"].items()}
            _count(f"{name} time between them", numbers, theirs, compared, differ)
    cases = log.select("org_id", "ticket_id").unique().height
    click.echo(f"{cases:,} cases, {log.height:,} events")
    for name, number in compared.items():
        click.echo(f"{name}: {number} compared, {differ[name]} differ")
    sys.exit(1 if differ.total() else 0)


def _pm4py(events: Any) -> dict[str, Any]:
    pm4py = import_module("pm4py")  # not a dependency: see the head
    frame = pm4py.format_dataframe(
        events.to_pandas(), case_id="ticket_id", activity_key="status", timestamp_key="moved_at"
    )
    pairs, _, _ = pm4py.discover_dfg(frame)
    times, _, _ = pm4py.discover_performance_dfg(frame)
    variants = {" > ".join(way): cases for way, cases in pm4py.get_variants(frame).items()}
    return {"variants": variants, "pairs": dict(pairs), "times": times}


def _count(
    name: str,
    ours: dict[Any, float],
    theirs: dict[Any, float],
    compared: Counter[str],
    differ: Counter[str],
) -> None:
    for key in ours.keys() | theirs.keys():
        compared[name] += 1
        mine, other = ours.get(key, math.nan), theirs.get(key, math.nan)
        differ[name] += not math.isclose(mine, other, rel_tol=1e-9, abs_tol=1e-6)


if __name__ == "__main__":
    main()
