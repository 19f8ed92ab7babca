"""What each stage of a cluster's work costs an event, on one core: the figures of `scale.md`.

    python -m bench.scale export.jsonl [--part 100000] [--whole]

The tasks are those that Spark runs, one after another in this process; Spark's own work is not in
it. CPU seconds of the process, so threads of libraries count.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from pathlib import Path
from time import process_time
from typing import TypeVar

import click
import pyarrow as pa

import ticketledger
from tests.spark.apart import Apart
from ticketledger.ingest.load import Cut, Request
from ticketledger.ingest.load import ingest as load
from ticketledger.ingest.sources import find
from ticketledger.models.store import open_store
from ticketledger.spark import giants
from ticketledger.spark.duplicates import ids, joined, spans, stored_ids, stored_in
from ticketledger.spark.question import Question
from ticketledger.spark.reading import commits, grouped, take, taken

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


T = TypeVar("T")


def _packed(batches: Iterable[pa.RecordBatch]) -> int:
    """Return the size of packets."""
    return sum(len(packet.as_buffer()) for batch in batches for packet in batch["packet"])


def _ids(ledger: ticketledger.Ledger, packets: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the ids that a load compares, of what was read and of what the ledger has."""
    span = joined(
        (row["since"], row["until"]) for each in spans(packets) for row in each.to_pylist()
    )
    assert span is not None
    yield from ids(
        pa.RecordBatch.from_pylist([row | {"task": 0, "cut": row["part"]}])
        for each in packets
        for row in each.to_pylist()
    )
    yield from stored_ids(span, stored_in(open_store(ledger.root), span))


def _handed_over(packets: list[pa.RecordBatch], *told: object) -> Generator[Cut, None, None]:
    """Yield what the driver commits."""
    names = (packet["name"][0].as_py() for packet in packets)
    contents = (packet["packet"][0].as_py() for packet in packets)
    yield from commits(taken(zip(names, contents, strict=True)))


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--part", default=100_000, show_default=True, help="Events of a part.")
@click.option("--whole", is_flag=True, help="Divide no group, however large.")
def main(export: Path, part: int, *, whole: bool) -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = ticketledger.open(Path(folder) / "ledger")
        request = Request(find([str(export)]), ticketledger.__version__)
        groups = grouped(request.found.sources)
        began = process_time()
        packets = list(take(request.limits, None, request.memory, groups))
        read_s = process_time() - began
        began = process_time()
        loaded = load(ledger.root, request, partial(_handed_over, packets))
        commit_s = process_time() - began
        events = loaded.accepted
        stored = sum(path.stat().st_size for path in (ledger.root / "events").iterdir())
        rows = [
            ("load, tasks: validate, identify", read_s, _packed(packets)),
            ("load, driver: deduplicate, sort, store", commit_s, stored),
        ]
        began = process_time()
        compared = sum(each.nbytes for each in _ids(ledger, packets))
        rows.append(("load, tasks: ids, read and stored", process_time() - began, compared))
        if whole:
            giants.GIANT_EVENTS = events
        longest: list[float] = []
        plan = Apart(ledger.root, Question(), max(1, events // part))

        def timed(name: str, stage: Callable[[], T], size: Callable[[T], int]) -> None:
            began = process_time()
            made = stage()
            rows.append((name, process_time() - began, size(made)))
            longest.append(plan.longest_s)

        def routed(_: None) -> int:
            return sum(map(_packed, plan.arrived.values()))

        timed("places: where each thing was seen", plan.places, lambda _: plan.told.nbytes)
        timed("route: read, divide, pack", plan.route, routed)
        timed("learn: habits of the senders", plan.learn, lambda _: 0)
        timed("fold: tickets, chats, messages", lambda: plan.views(VIEWS), _packed)
        every = (*VIEWS, "ticket_metrics")
        timed("fold: with `ticket_metrics`", lambda: plan.views(every), _packed)
        timed("fold: the marts of a feed, instead", plan.marts, _packed)
        largest = ledger.sql(LARGEST).item()
    click.echo(f"{loaded.lines} lines, {events} events, {stored / events:.0f} B stored an event")
    click.echo(f"{len(plan.arrived)} parts; {len(plan.groups)} things with a group of their own")
    click.echo(f"largest chat: {largest} events; peak memory ", nl=False)
    click.echo(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    click.echo(f"longest task of the last folds: {', '.join(f'{s:.1f} s' for s in longest[-3:])}")
    click.echo("\n| stage | us an event | B an event leaving it |\n| --- | --- | --- |")
    for name, seconds, size in rows:
        out = f"{size / events:.0f}" if size else ""
        click.echo(f"| {name} | {seconds / events * 1e6:.1f} | {out} |")


if __name__ == "__main__":
    main()
