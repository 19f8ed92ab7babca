"""One commit: rows and rejects in, one immutable Parquet file out, all or nothing.

The steps are those of the design: deduplicate against the store, write aside, fsync, link under
the next number, fsync the folder. Losing the race for a number means starting over against the
winner's rows. The footer is the commit's record: who wrote what from where, and the hash of the
file before it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ticketledger.models import layout, schema
from ticketledger.models.disk import sync_file, sync_folder, workspace
from ticketledger.models.head import Head, acknowledged, write_head
from ticketledger.models.instants import parse_instant
from ticketledger.models.layout import CommitFile
from ticketledger.models.seal import read_seal
from ticketledger.models.store import Store

from .accounts import Counts, Part, fresh_rejects, whole_counts
from .batch import Batch
from .dedupe import footer_of, overlapping, span_of, stored_reject_ids
from .fresh import Comparing
from .reject_files import encoded_rejects, keep_rejects, publish_rejects
from .sealed import write_sealed


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number, or None when everything was known, and counts per source."""

    number: int | None
    counts: dict[str, Counts]


def commit(
    store: Store,
    batch: Batch,
    parts: list[Part],
    comparing: Comparing,
    *,
    version: str,
    now: datetime,
    options: dict[str, Any] | None = None,
    begun: str | None = None,
    earlier: Counts | None = None,
    replayed: list[str] | None = None,
) -> Committed:
    """Append what the ledger does not have yet; return only when it is on the disk.

    Args:
        store: an open store.
        batch: holds the events of the parts, by the part's place in the list.
        parts: at most one part a source.
        comparing: one will do for many commits.
        version: of ticketledger, for the footer.
        now: the load time; never earlier than the commit before (the clock may have gone back).
        options: what besides its bytes decides what becomes of a line, for the footer.
        begun: the source whose beginning the commit before holds.
        earlier: what became of the first part's source so far, if it continues.
        replayed: ids of the rejects that the records come from; they are recorded in any case.
    """
    rows = batch.rows()
    while True:
        covering = acknowledged(store)
        previous = covering[-1]
        number = previous.last + 1
        loaded_at = max(now.astimezone(UTC), _loaded_at(previous.path))
        counts = {
            part.source: Counts(lines=part.lines, blank=part.blank, duplicates=part.known)
            for part in parts
        }
        order, found = comparing.fresh(rows, overlapping(covering, span_of(rows)))
        for told in found:
            count = counts[parts[told["part"]].source]
            count.accepted = told["accepted"]
            count.duplicates += told["staged"] - told["accepted"]
            count.repeated_keys = told["repeated_keys"]
        known = stored_reject_ids(store, covering) if any(part.rejects for part in parts) else set()
        new_rejects = fresh_rejects(parts, known, counts)
        for count in counts.values():
            count.check()
        must_end = any(part.continues and part.source == begun for part in parts)
        if not (len(order) or new_rejects or must_end or replayed):
            return Committed(None, counts)
        stored = _stored(rows.take(order), [part.source for part in parts], number, loaded_at)
        stamp = {"batch": number, "loaded_at": loaded_at}
        rejects_name, rejects = encoded_rejects([row | stamp for row in new_rejects])
        sources = [
            {"source": part.source, "size_bytes": part.size_bytes, "sha256": part.sha256}
            | asdict(counts[part.source])
            | whole_counts(part, counts[part.source], earlier, options)
            for part in parts
        ]
        record = {
            "number": number,
            "version": version,
            "loaded_at": loaded_at.isoformat(timespec="microseconds"),
            "previous_seal": _seal_of_last(previous),
            "rows": len(order),
            "span": [at.isoformat(timespec="microseconds") for at in span_of(stored) or ()] or None,
            "rejects": rejects_name,
            "sources": sources,
            **store.place.mark(),
        }
        if replayed:
            record["replayed"] = replayed
        footer = {
            "format": layout.FORMAT,
            "commits": [record],
            "rejects": [rejects_name] if rejects_name else [],
        }
        with workspace(store.tmp) as folder:
            if rejects_name:
                _write_rejects(store, rejects_name, rejects, folder)
            path = folder / layout.commit_name(number)
            seal = write_sealed(path, [stored], footer)
            sync_file(path)
            published = store.place.create(path, store.events / path.name)
            if published and rejects_name:
                keep_rejects(store, rejects_name)
        if published:
            sync_folder(store.events)
            if _counts(store, number, seal):
                write_head(store, Head(number, seal))
                return Committed(number, counts)
            store.place.drop([store.events / path.name])


def _seal_of_last(file: CommitFile) -> str:
    """Return the seal that the last commit of a file had when it was written.

    Whatever stands for that commit later names this one, but not those of runs in between.
    """
    for part in footer_of(file.path).get("files", []):
        if part["first"] == part["last"] == file.last:
            seal: str = part["seal"]
            return seal
    return read_seal(file.path)


def _counts(store: Store, number: int, seal: str) -> bool:
    """Whether readers see the commit of this number that was just published.

    A writer that slept may have taken a number that others used: their commit is in a compacted
    file, and its own name was free again.
    """
    for file in store.covering():
        if file.path.name == layout.commit_name(number):
            return True
        if file.first <= number <= file.last:
            merged = footer_of(file.path).get("files", [])
            return any(each["last"] == number and each["seal"] == seal for each in merged)
    return False


def _stored(rows: pa.Table, names: list[str], number: int, loaded_at: datetime) -> pa.Table:
    """Return rows as they are stored: without what only staging needs, with the commit's stamps."""
    stamps = {
        "batch": pa.repeat(pa.scalar(number, pa.int32()), len(rows)),
        "source": pa.array(names, pa.string()).take(rows["part"]),
        "loaded_at": pa.repeat(pa.scalar(loaded_at, schema.INSTANT), len(rows)),
    }
    fields = [
        f if f.name in stamps else f.with_type(rows.schema.field(f.name).type)
        for f in schema.EVENTS
    ]
    columns = [stamps[f.name] if f.name in stamps else rows[f.name] for f in fields]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _loaded_at(path: Path) -> datetime:
    commits = footer_of(path)["commits"]
    last = parse_instant(commits[-1]["loaded_at"]) if commits else None
    return last or datetime.min.replace(tzinfo=UTC)


def _write_rejects(store: Store, name: str, content: bytes, folder: Path) -> None:
    """Bring a commit's rejects to the disk, ahead of it."""
    part = folder / f"rejects-{name}"
    part.write_bytes(content)
    publish_rejects(store, part, name)
