"""One generation of the cache: the tickets, chats and messages that commits touched, folded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ticketledger.models.layout import CommitFile

from .generations import (
    CHAT_VIEWS,
    KEYS,
    MESSAGE_VIEWS,
    SERVED,
    TALK_VIEWS,
    TICKET_VIEWS,
    Cache,
    serve,
    served,
)
from .session import as_table, bind_files, deferred, event_files
from .statement import definitions, statements

_ORDER = (
    "org_id",
    "ticket_id",
    "chat_id",
    "message_id",
    "link",
    "unique_id",
    "seq",
    "part",
    "turn",
    "version",
    "changed_at",
    "field",
)
"""Columns a view's rows are sorted by, so that one ticket's are together."""

STAGED = ("ticket_images", "ticket_habits", "ticket_folds", "chat_folds")
"""Views that the others stand on, evaluated once."""

_IN_BETWEEN = ("ticket_breaks", "ticket_recovered", "ticket_moves")
"""Tables that a session would make of them as well."""

_BY_EVENTS = ("touched_tickets", "touched_chats", "touched_messages")
"""What new events touch; `touched_talks` follows from it once all else is folded."""

_SAID = ("tickets_all", "ticket_moves", "ticket_messages", "chat_members", "messages")
"""Views of the cache that tell who spoke about which ticket."""


def fold(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[CommitFile],
    target: Path,
    base: Cache | None,
) -> Cache:
    """Write one generation into a new folder; returns the cache that it completes.

    Only these files are read: what is committed meanwhile is no part of it.

    Args:
        con: a connection to a database of its own.
        files: the covering set.
        target: the folder.
        base: the cache to go on from; None: fold every ticket, chat and message.
    """
    number = len(base.generations) if base else 0
    target.mkdir(parents=True)
    bind_files(con, files)
    if base:
        _touch(con, files, base)
    else:
        for key, column in KEYS.items():
            con.execute(f"CREATE TABLE {key} (org_id VARCHAR, {column} VARCHAR)")
    _define(con, TICKET_VIEWS, _sql("ticket_events") if base else None)
    for view in TICKET_VIEWS:
        _write(con, view, target, number)
    rows = _count(con, "ticket_moments")
    _drop(con, *STAGED, *_IN_BETWEEN)  # make room for the chats
    _define(con, CHAT_VIEWS, _sql("chat_events") if base else None)
    for view in CHAT_VIEWS:
        _write(con, view, target, number)
    _drop(con, *STAGED)
    _define(con, MESSAGE_VIEWS, _sql("message_events") if base else None)
    for view in MESSAGE_VIEWS:
        _write(con, view, target, number)
    rows += _count(con, "messages")
    for key in _BY_EVENTS:
        _write(con, key, target, number)
    made = Cache(
        target.parent,
        files[-1].last,
        _last_event_us(con),
        (*(base.generations if base else ()), target.name),
        (*(base.rows if base else ()), rows),
        {},
    )
    _say(con, made, is_whole=base is None)
    for view in (*TALK_VIEWS, "touched_talks"):
        _write(con, view, target, number)
    return made


def _touch(con: duckdb.DuckDBPyConnection, files: Sequence[CommitFile], base: Cache) -> None:
    """Find what to fold again.

    It is what the new commits are about, and all tickets of a sender of whom something else is
    learned now.
    """
    new = event_files([file for file in files if file.last > base.commit])
    con.execute("SET VARIABLE new_files = $files", {"files": new})
    con.execute("SET VARIABLE former_commit = $commit", {"commit": base.commit})
    for key in _BY_EVENTS:
        con.execute(_sql(key))
    serve(con, base)
    for view, name in (("ticket_habits", "former_habits"), ("ticket_senders", "former_senders")):
        con.execute(served(view).replace(f"VIEW {view}", f"VIEW {name}"))
    while True:
        _define(con, ("ticket_habits", "if_unreported"), _sql("ticket_events"))
        con.execute(_sql("former_habits"))
        learned = statements("views")["ticket_senders"].sql
        con.execute(as_table(learned.replace("FROM ticket_habits", "FROM all_habits")))
        touched = _count(con, "touched_tickets")
        con.execute(_sql("changed_senders"))
        if _count(con, "touched_tickets") == touched:
            break
        _drop(con, "ticket_senders", "ticket_habits", "ticket_images")
    con.execute(_sql("talk_chats"))
    for view in _SAID:  # as they were
        con.execute(deferred(served(view)))
    con.execute(_sql("touched_talk_chats"))
    for view in _SAID:
        con.execute(f"DROP VIEW {view}")


def _say(con: duckdb.DuckDBPyConnection, made: Cache, *, is_whole: bool) -> None:
    """Make tables of who spoke about the tickets for which that may be another answer now.

    They are the touched tickets and those of the same chats: a message belongs to the only active
    ticket of its chat, so what happens to one ticket tells of the others.
    """
    serve(con, made)
    for view in _SAID:
        con.execute(deferred(served(view)))
    if not is_whole:
        con.execute(_sql("touched_talk_chats"))
        con.execute(_sql("touched_talks"))
        con.execute(_sql("chats_of_talks"))
        for view in ("ticket_moves", "messages"):
            con.execute(served(view).replace(f"VIEW {view}", f"VIEW every_{view}"))
            con.execute(_sql(f"chosen_{view}"))
    _define(con, ("ticket_conversations",), None, given=_SAID)
    if not is_whole:
        con.execute(_sql("neighbours"))
    _define(con, TALK_VIEWS, None, given=_SAID)


def _define(
    con: duckdb.DuckDBPyConnection,
    views: Sequence[str],
    events: str | None,
    given: Sequence[str] = (),
) -> None:
    """Define views and all they stand on but what is a table; the widest of them become tables.

    Args:
        con: a connection to the cache's own database.
        views: their names.
        events: defines `ledger_events`; None: as it is defined for everybody.
        given: views that are defined and stay so.
    """
    tables = {row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    for statement in definitions(" ".join(views), frozenset(given)):
        if statement.name in tables or statement.name in given:
            continue
        is_log = statement.name == "ledger_events"
        sql = events if events and is_log else statement.sql
        is_table = statement.kept or statement.name in STAGED
        con.execute(as_table(sql) if is_table else deferred(sql))


def _drop(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    for table in tables:
        con.execute(f"DROP TABLE IF EXISTS {table}")


def _sql(name: str) -> str:
    return statements("derived")[name].sql


def _write(con: duckdb.DuckDBPyConnection, view: str, target: Path, number: int) -> None:
    """Write a view's rows, those of one ticket or chat side by side."""
    path = str((target / f"{view}.parquet").absolute()).replace("'", "''")
    declared = statements("views")[view].columns if view in SERVED else None
    columns = declared or con.sql(f"FROM {view}").columns  # to ask the database costs a plan
    order = ", ".join(name for name in _ORDER if name in columns)
    con.execute(
        f"COPY (SELECT *, {number}::INTEGER AS generation FROM {view} ORDER BY {order}) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _last_event_us(con: duckdb.DuckDBPyConnection) -> int:
    files = "read_parquet(getvariable('ledger_files'), hive_partitioning = false)"
    rows = con.sql(f"SELECT epoch_us(max(event_at)) FROM {files}").fetchall()
    return int(rows[0][0] or 0)


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    rows = con.sql(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])
