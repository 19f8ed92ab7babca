"""One generation of the cache: the tickets, chats and messages that commits touched, folded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from ticketledger.models.layout import CommitFile

from .binding import bind_files
from .generations import CHAT_VIEWS, KEYS, MESSAGE_VIEWS, TALK_VIEWS, TICKET_VIEWS, Cache
from .parts import Steps, each, set_apart
from .tables import LOG, count, define, drop, join, sql_of, write
from .touching import BY_EVENTS, LEARNED, learn, say, touch, touch_talks

_OF_TICKETS = tuple(view for view in TICKET_VIEWS if view not in LEARNED)


def fold(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[CommitFile],
    target: Path,
    base: Cache | None,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> Cache:
    """Write one generation into a new folder; returns the cache that it completes.

    Only these files are read: what is committed meanwhile is no part of it.

    Args:
        con: a connection to a database of its own.
        files: the covering set.
        target: the folder.
        base: the cache to go on from; None: fold every ticket, chat and message.
        progress: told after each step how many of how many are done.
    """

    def tell(done: int, whole: int) -> None:
        os.utime(target)  # it is being made: no other refresh may take it for a leftover
        progress(done, whole)

    steps = Steps(tell)
    number = len(base.generations) if base else 0
    target.mkdir(parents=True)
    scratch = target / "parts"
    bind_files(con, files)
    is_listed = touch(con, files, base)
    of_tickets, of_chats, of_messages = (
        sql_of(name) if is_listed else None
        for name in ("ticket_events", "chat_events", "message_events")
    )
    parts = learn(con, base, of_tickets, scratch, number, steps)
    if base:
        touch_talks(con)
    for view in LEARNED:
        write(con, view, target, number)
    _fold(con, "touched_tickets", _OF_TICKETS, of_tickets, parts, target, number, steps)
    drop(con, LEARNED if parts else (*LEARNED, "ticket_images"))  # make room for the chats
    for key, views, events in (
        ("touched_chats", CHAT_VIEWS, of_chats),
        ("touched_messages", MESSAGE_VIEWS, of_messages),
    ):
        parts = set_apart(con, key, events, scratch) if events else []
        _fold(con, key, views, events, parts, target, number, steps)
    shutil.rmtree(scratch, ignore_errors=True)
    if not base:
        for key in BY_EVENTS:
            con.execute(f"TRUNCATE {key}")  # a first generation says nothing of others
    for key in BY_EVENTS:
        write(con, key, target, number)
    rows = sum(_rows(con, target / f"{view}.parquet") for view in ("ticket_moments", "messages"))
    made = Cache(
        target.parent,
        files[-1].last,
        _last_event_us(con),
        (*(base.generations if base else ()), target.name),
        (*(base.rows if base else ()), rows),
        {},
    )
    say(con, made, is_whole=base is None)
    for view in (*TALK_VIEWS, "touched_talks"):
        write(con, view, target, number)
    steps.step()
    return made


def _fold(
    con: duckdb.DuckDBPyConnection,
    key: str,
    views: Sequence[str],
    events: str | None,
    parts: Sequence[Path],
    target: Path,
    number: int,
    steps: Steps,
) -> None:
    """Write views of one kind of entity, at once or part by part."""
    for folder in each(con, key, parts, steps) if parts else [target]:
        made = define(con, views, events)
        for view in views:
            write(con, view, folder, number)
        drop(con, made)
    if not parts:
        steps.step()
        return
    for view in views:
        join(con, view, parts, target / f"{view}.parquet", f"org_id, {KEYS[key]}")


def _last_event_us(con: duckdb.DuckDBPyConnection) -> int:
    rows = con.sql(f"SELECT epoch_us(max(event_at)) FROM {LOG}").fetchall()
    return int(rows[0][0] or 0)


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    con.execute("SET VARIABLE made_file = $file", {"file": str(path.absolute())})
    return count(con, "read_parquet(getvariable('made_file'))")
