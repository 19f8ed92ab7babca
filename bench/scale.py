"""What each stage of a cluster's work costs an event, on one core: the figures of `scale.md`.

    python -m bench.scale export.jsonl [--part 100000]

The tasks are those that Spark runs, one after another in this process; Spark's own work is not in
it. CPU seconds of the process, so threads of libraries count.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import click

import ticketledger
from tests.spark.apart import Apart
from ticketledger.spark.question import Question

VIEWS = (
    "tickets_all",
    "ticket_history",
    "ticket_changes",
    "ticket_gaps",
    "chats",
    "chat_members",
    "messages",
)
LARGEST = """
    SELECT max(events) FROM (
        SELECT count(*) AS events FROM events WHERE chat_id IS NOT NULL GROUP BY org_id, chat_id
    )
"""


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--part", default=100_000, show_default=True, help="Events of a part.")
def main(export: Path, part: int) -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = ticketledger.open(Path(folder) / "ledger")
        began = process_time()
        loaded = ledger.ingest([export], refresh=False)
        rows = [("load: validate, identify, deduplicate, store", process_time() - began, 0)]
        events = loaded.accepted
        stored = sum(path.stat().st_size for path in (ledger.root / "events").iterdir())
        plan = Apart(ledger.root, Question(), max(1, events // part))

        def timed(name: str, stage: Callable[[], object]) -> object:
            began = process_time()
            made = stage()
            rows.append((name, process_time() - began, 0))
            return made

        timed("places: where each thing was seen", plan.places)
        rows[-1] = (*rows[-1][:2], plan.told.nbytes)
        timed("route: read, divide, pack", plan.route)
        packets = [b for part in plan.arrived.values() for batch in part for b in batch["packet"]]
        rows[-1] = (*rows[-1][:2], sum(len(packet.as_buffer()) for packet in packets))
        timed("learn: habits of the senders", plan.learn)
        timed("fold: tickets, chats, messages", lambda: plan.views(VIEWS))
        made = timed("fold: with `ticket_metrics`", lambda: plan.views((*VIEWS, "ticket_metrics")))
        assert isinstance(made, list)
        rows[-1] = (*rows[-1][:2], sum(len(p.as_buffer()) for b in made for p in b["packet"]))
        timed("fold: the marts of a feed, instead", plan.marts)
        largest = ledger.sql(LARGEST).item()
    click.echo(f"{loaded.lines} lines, {events} events, {stored / events:.0f} B stored an event")
    click.echo(f"{len(plan.arrived)} parts; {len(plan.groups)} things with a group of their own")
    click.echo(f"largest chat: {largest} events; peak memory ", nl=False)
    click.echo(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    click.echo("\n| stage | us an event | B an event leaving it |\n| --- | --- | --- |")
    for name, seconds, size in rows:
        out = f"{size / events:.0f}" if size else ""
        click.echo(f"| {name} | {seconds / events * 1e6:.1f} | {out} |")


if __name__ == "__main__":
    main()
