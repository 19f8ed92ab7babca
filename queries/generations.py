"""The cache in `derived/`: what it holds now, and how its views are read.

A generation is a folder with one Parquet file per view. The first holds every ticket, chat and
message, each later one those that new commits touched; of each the rows of its newest generation
count.
`current.json` names the generations that belong together; all of `derived/` can be deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from ticketledger.models.disk import file_sha256, write_synced
from ticketledger.models.instants import microseconds
from ticketledger.models.layout import DERIVED, CommitFile
from ticketledger.models.store import Store

from .statement import definitions, statements

TICKET_VIEWS = (
    "tickets_all",
    "ticket_moments",
    "ticket_history",
    "ticket_changes",
    "ticket_gaps",
    "ticket_habits",
    "ticket_senders",
    "ticket_moves",
    "ticket_milestones",
    "ticket_messages",
)
CHAT_VIEWS = ("chats_all", "chat_states", "chat_history", "chat_changes", "chat_members")
MESSAGE_VIEWS = ("messages",)
TALK_VIEWS = ("ticket_conversations", "ticket_turns", "ticket_ambiguities")
"""Views of who spoke about a ticket, which may change with another ticket of its chat."""

SERVED = frozenset((*TICKET_VIEWS, *CHAT_VIEWS, *MESSAGE_VIEWS, *TALK_VIEWS))
"""Views that are read from the cache while it is current."""

OF_STATUSES = frozenset(("ticket_moves", "ticket_milestones", *TALK_VIEWS))
"""Those of them that depend on which statuses are active, resolved or removed."""

GRACE_S = 900
"""What was replaced so long ago is removed: a reader may have it open."""

CURRENT = "current.json"
KEYS = {
    "touched_tickets": "ticket_id",
    "touched_chats": "chat_id",
    "touched_messages": "message_id",
    "touched_talks": "ticket_id",
}
"""Files that say which entities a generation after the first holds, and the column that names them
beside `org_id`; `touched_talks` those of `TALK_VIEWS`."""

_TOUCHED = (
    ("touched_chats", CHAT_VIEWS),
    ("touched_messages", MESSAGE_VIEWS),
    ("touched_talks", TALK_VIEWS),
)
"""Which of them a view goes by; the others go by `touched_tickets`."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The generations that belong together, oldest first.

    Attributes:
        root: the folder of the generations.
        commit: the last commit they take in.
        last_event_us: instant of the last event, in microseconds; 0 when there is none.
        generations: names of their folders.
        rows: number of ticket states and messages in each.
        hashes: SHA-256 of each of their files, by its path below the root.
    """

    root: Path
    commit: int
    last_event_us: int
    generations: tuple[str, ...]
    rows: tuple[int, ...]
    hashes: dict[str, str]

    def files(self, view: str) -> list[str]:
        """Return the absolute paths of a view's files."""
        folders = self.generations
        if view == "ticket_senders":  # one row per organisation: each generation has them all
            folders = folders[-1:]
        return [str((self.root / name / f"{view}.parquet").absolute()) for name in folders]


def folder(store: Store) -> Path:
    """Return where the cache of a ledger is."""
    return store.root / DERIVED


def find_cache(store: Store) -> Cache | None:
    """Return the cache if there is one that this version of the views made, current or not."""
    root = folder(store)
    try:
        told = read_told(root / CURRENT)
        if told["made_by"] != fingerprint():
            return None
        found = Cache(
            root,
            told["commit"],
            told["last_event_us"],
            tuple(told["generations"]),
            tuple(told["rows"]),
            told["hashes"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    names = (*SERVED, *KEYS)
    complete = all(Path(path).is_file() for view in names for path in found.files(view))
    return found if complete else None


def write_current(store: Store, made: Cache) -> None:
    """Make a cache the one that is read."""
    told = {
        "made_by": fingerprint(),
        "commit": made.commit,
        "last_event_us": made.last_event_us,
        "generations": made.generations,
        "rows": made.rows,
        "hashes": made.hashes,
    }
    write_told(made.root / CURRENT, told, store.tmp)


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a generation, by their path below the cache's root."""
    return {f"{folder.name}/{path.name}": file_sha256(path) for path in sorted(folder.iterdir())}


def write_told(path: Path, told: Mapping[str, Any], tmp: Path) -> None:
    """Write what a file of ours says, with the hash of it."""
    content = json.dumps({**told, "sha256": _sha256(told)})
    write_synced(path, content.encode(), tmp)


def read_told(path: Path) -> dict[str, Any]:
    """Return what a file of `write_told` says.

    Raises:
        OSError: it cannot be read.
        ValueError, KeyError, TypeError: it was altered.
    """
    told: dict[str, Any] = json.loads(path.read_bytes())
    if told.pop("sha256") != _sha256(told):
        raise ValueError(path.name)
    return told


def _sha256(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def current_cache(store: Store, files: Sequence[CommitFile]) -> Cache | None:
    """Return the cache if it takes in exactly the commits of these files."""
    found = find_cache(store)
    return found if found and found.commit == files[-1].last else None


def answering_cache(
    store: Store,
    files: Sequence[CommitFile],
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Cache | None:
    """Return the cache if it is current and both clocks show all that it takes in."""
    cached = current_cache(store, files) if known_at is None else None
    is_cut = cached and as_of and microseconds(as_of) < cached.last_event_us
    return None if is_cut else cached


def has_cache(store: Store) -> bool:
    """Whether the cache takes in the ledger's present commits; else views fold the log."""
    return current_cache(store, store.covering()) is not None


def serve(con: duckdb.DuckDBPyConnection, cached: Cache) -> None:
    """Bind the files of the cache, for the statements of `served`."""
    for view in (*SERVED, *KEYS):
        con.execute(f"SET VARIABLE derived_{view} = $files", {"files": cached.files(view)})
    con.execute("SET VARIABLE last_event_us = $us", {"us": cached.last_event_us})


def told_by(cached: Cache) -> dict[str, str]:
    """Return by name what defines views of which the cache tells all there is, once it is bound."""
    return {"asked_at": statements("derived")["told_last_event"].sql}


def served(view: str, *, within: bool = False) -> str:
    """Return the statement that reads a view from the cache; of tickets only those of a range."""
    if view == "ticket_senders":
        return statements("derived")["served_senders"].sql.replace("{view}", view)
    touched = next((key for key, views in _TOUCHED if view in views), "touched_tickets")
    name = "served_within" if within and KEYS[touched] == "ticket_id" else "served"
    sql = statements("derived")[name].sql.replace("{view}", view)
    return sql.replace("{touched}", touched).replace("{id}", KEYS[touched])


@cache
def fingerprint() -> str:
    """Return what tells caches of other definitions apart."""
    stood_on = (*definitions(" ".join(SERVED)), *statements("derived").values())
    texts = sorted(statement.sql for statement in stood_on)  # else by this run's order of sets
    return hashlib.sha256("\0".join([duckdb.__version__, *texts]).encode()).hexdigest()
