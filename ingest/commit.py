"""One commit: rows and rejects in, one immutable Parquet file out, all or nothing.

The steps are those of the design: deduplicate against the store, write aside, fsync, link under
the next number, fsync the folder. Losing the race for a number means starting over against the
winner's rows. The footer is the commit's record: who wrote what from where, and the hash of the
file before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models import layout, schema
from ticketledger.models.instants import parse_instant
from ticketledger.models.store import FOOTER, Store, read_footer

from .dedupe import stored_ids, stored_reject_ids
from .disk import link_new, sync_file, sync_folder, temporary, write_synced
from .explain import Accepted, Rejected

ROW_GROUP = 100_000


@dataclass(slots=True)
class Counts:
    """What became of the records of one source in one commit (or, summed, of a run).

    `accepted + duplicates + rejected + blank = lines` always holds. `lines` are lines of JSON
    Lines, elements of arrays and lists, documents otherwise. `known_rejects` are those of
    `rejected` that the ledger already has.
    """

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    blank: int = 0
    known_rejects: int = 0
    repeated_keys: int = 0

    def add(self, other: Counts) -> None:
        for name, number in asdict(other).items():
            setattr(self, name, getattr(self, name) + number)

    def check(self) -> None:
        total = self.accepted + self.duplicates + self.rejected + self.blank
        if total != self.lines:
            raise AssertionError(f"accounting is off: {self}")


@dataclass(slots=True)
class Part:
    """The records of one source that go into one commit.

    `size_bytes` and `sha256` are those of the whole source, known once it was read to its end.
    """

    source: str
    events: list[Accepted] = field(default_factory=list)
    rejects: list[Rejected] = field(default_factory=list)
    lines: int = 0
    blank: int = 0
    size_bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number, or None when everything was known, and counts per source."""

    number: int | None
    counts: dict[str, Counts]


def commit(store: Store, parts: Iterable[Part], *, version: str, now: datetime) -> Committed:
    """Append what the ledger does not have yet; return only when it is on the disk.

    Args:
        store: an open store.
        parts: at most one part a source.
        version: of ticketledger, for the footer.
        now: the load time; never earlier than the commit before (the clock may have gone back).
    """
    parts = list(parts)
    while True:
        covering = store.covering()
        previous = covering[-1]
        number = previous.last + 1
        loaded_at = max(now.astimezone(UTC), _loaded_at(previous.path))
        fresh, counts = _accepted(parts, stored_ids([file.path for file in covering], _span(parts)))
        known = stored_reject_ids(store, covering) if any(part.rejects for part in parts) else set()
        new_rejects = _rejected(parts, known, counts)
        for count in counts.values():
            count.check()
        if not fresh and not new_rejects:
            return Committed(None, counts)
        stamp = {"batch": number, "loaded_at": loaded_at}
        rejects_name = _write_rejects(store, [row | stamp for row in new_rejects])
        footer = {
            "format": layout.FORMAT,
            "commits": [
                {
                    "number": number,
                    "version": version,
                    "loaded_at": loaded_at.isoformat(timespec="microseconds"),
                    "previous_sha256": file_sha256(previous.path),
                    "rows": len(fresh),
                    "rejects": rejects_name,
                    "sources": [
                        {
                            "source": part.source,
                            "size_bytes": part.size_bytes,
                            "sha256": part.sha256,
                            **asdict(counts[part.source]),
                        }
                        for part in parts
                    ],
                }
            ],
            "rejects": [rejects_name] if rejects_name else [],
        }
        part_file = temporary(store.tmp)
        try:
            write_events(part_file, [row | stamp for row in fresh], footer)
            sync_file(part_file)
            published = link_new(part_file, store.events / layout.commit_name(number))
        finally:
            part_file.unlink(missing_ok=True)
        if published:
            sync_folder(store.events)
            return Committed(number, counts)


def write_events(path: Path, rows: list[dict[str, Any]], footer: dict[str, Any]) -> None:
    """Write event rows, sorted by object, org, entity, time and id, with their footer."""
    rows = sorted(rows, key=_sort_key)
    table = pa.Table.from_pylist(rows, schema=schema.EVENTS)
    pq.write_table(
        table.replace_schema_metadata({FOOTER: json.dumps(footer, sort_keys=True)}),
        path,
        compression="zstd",
        row_group_size=ROW_GROUP,
    )


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sort_key(row: dict[str, Any]) -> tuple[Any, ...]:
    entity = row.get("ticket_id" if row["object_type"] == "ticket" else "chat_id") or ""
    return (
        row["object_type"],
        row["org_id"],
        entity,
        row.get("message_id") or "",
        row["event_at"],
        row["event_id"],
    )


def _loaded_at(path: Path) -> datetime:
    commits = read_footer(path)["commits"]
    last = parse_instant(commits[-1]["loaded_at"]) if commits else None
    return last or datetime.min.replace(tzinfo=UTC)


def _span(parts: list[Part]) -> tuple[datetime, datetime] | None:
    instants = [event.row["event_at"] for part in parts for event in part.events]
    return (min(instants), max(instants)) if instants else None


def _accepted(
    parts: list[Part], stored: set[str]
) -> tuple[list[dict[str, Any]], dict[str, Counts]]:
    """The first of equal events is accepted, in the order read; the others are duplicates."""
    seen = set(stored)
    fresh: list[dict[str, Any]] = []
    counts = {}
    for part in parts:
        count = counts[part.source] = Counts(lines=part.lines, blank=part.blank)
        for event in part.events:
            if event.row["event_id"] in seen:
                count.duplicates += 1
                continue
            seen.add(event.row["event_id"])
            count.accepted += 1
            count.repeated_keys += event.repeated_keys
            fresh.append(event.row | {"source": part.source, "source_line": event.line})
    return fresh, counts


def _rejected(
    parts: list[Part], known: set[str], counts: dict[str, Counts]
) -> list[dict[str, Any]]:
    """Each reject counts; those the ledger has already are not stored again."""
    fresh: list[dict[str, Any]] = []
    seen = set(known)
    for part in parts:
        for reject in part.rejects:
            counts[part.source].rejected += 1
            if reject.reject_id in seen:
                counts[part.source].known_rejects += 1
                continue
            seen.add(reject.reject_id)
            row = asdict(reject) | {"reject_id": reject.reject_id, "source": part.source}
            fresh.append(row | {"code": str(reject.code)})
    return fresh


def _write_rejects(store: Store, rows: list[dict[str, Any]]) -> str | None:
    if not rows:
        return None
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema.REJECTS), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    name = f"{hashlib.sha256(content).hexdigest()}.parquet"
    write_synced(store.rejects / name, content, store.tmp)
    sync_folder(store.rejects)
    return name
