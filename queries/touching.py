"""What new commits touch, what is learned of senders, and whose talk may be another now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ticketledger.models.layout import CommitFile

from .binding import bind_commits
from .defining import deferred, execute
from .generations import KEYS, TALK_VIEWS, Cache, serve, served
from .parts import Steps, each, is_long, set_apart
from .statement import as_table, statements
from .tables import bind_parts, count, define, drop, sql_of, write

BY_EVENTS = ("touched_tickets", "touched_chats", "touched_messages")
"""What new events touch; `touched_talks` follows from it once all else is folded."""

SAID = ("tickets_all", "ticket_moves", "ticket_messages", "chat_members", "messages")
"""Views of the cache that tell who spoke about which ticket."""

LEARNED = ("ticket_habits", "ticket_senders")
"""Views that are told of all tickets at once, before any is folded."""


def touch(con: duckdb.DuckDBPyConnection, files: Sequence[CommitFile], base: Cache | None) -> bool:
    """Find what to fold; says whether only that of which there is an entry in `BY_EVENTS`.

    Without a base that is everything: it is listed only when the log is too long for one part.
    """
    for key, column in KEYS.items():
        con.execute(f"CREATE TABLE {key} (org_id VARCHAR, {column} VARCHAR)")
    if base is None and not is_long(con):
        return False
    former = base.commit if base else -1
    bind_commits(con, "new_files", [file for file in files if file.last > former])
    con.execute("SET VARIABLE former_commit = $commit", {"commit": former})
    for key in BY_EVENTS:
        execute(con, sql_of(key))
    if not base:
        return True
    serve(con, base)
    for view, name in (("ticket_habits", "former_habits"), ("ticket_senders", "former_senders")):
        execute(con, served(view).replace(f"VIEW {view}", f"VIEW {name}"))
    return True


def learn(
    con: duckdb.DuckDBPyConnection,
    base: Cache | None,
    events: str | None,
    folder: Path,
    number: int,
    steps: Steps,
) -> list[Path]:
    """Make tables of what all senders report; returns the parts to fold in, as `set_apart`.

    All tickets of a sender of whom something else is learned now are touched as well.

    Args:
        con: a connection to the cache's own database.
        base: the cache to go on from.
        events: defines `ledger_events`, as in `define`.
        folder: for the parts.
        number: that of the generation.
        steps: told of each part.
    """
    while True:
        parts = _habits(con, events, folder, number, steps)
        if base is None:
            define(con, ("ticket_senders",), given=("ticket_habits",))
            return parts
        define(con, ("if_unreported",))
        execute(con, sql_of("former_habits"))
        learned = statements("views")["ticket_senders"].sql
        execute(con, as_table(learned.replace("FROM ticket_habits", "FROM all_habits")))
        touched = count(con, "touched_tickets")
        execute(con, sql_of("changed_senders"))
        if count(con, "touched_tickets") == touched:
            return parts
        drop(con, LEARNED if parts else (*LEARNED, "ticket_images"))
        steps.whole += 1  # once more


def _habits(
    con: duckdb.DuckDBPyConnection, events: str | None, folder: Path, number: int, steps: Steps
) -> list[Path]:
    parts = set_apart(con, "touched_tickets", events, folder) if events else []
    if not parts:
        define(con, ("ticket_habits",), events)
        steps.step()
        return []
    for part in each(con, "touched_tickets", parts, steps):
        made = define(con, ("ticket_habits",), events)
        write(con, "ticket_habits", part, number)
        drop(con, made)
    bind_parts(con, "ticket_habits", parts)
    execute(con, sql_of("part_habits"))
    return parts


def touch_talks(con: duckdb.DuckDBPyConnection) -> None:
    """Note the chats of what is touched, as the cache told them before it."""
    execute(con, sql_of("talk_chats"))
    for view in SAID:
        execute(con, deferred(served(view)))
    execute(con, sql_of("touched_talk_chats"))
    for view in SAID:
        con.execute(f"DROP VIEW {view}")


def say(con: duckdb.DuckDBPyConnection, made: Cache, *, is_whole: bool) -> None:
    """Make tables of who spoke about the tickets for which that may be another answer now.

    They are the touched tickets and those of the same chats: a message belongs to the only active
    ticket of its chat, so what happens to one ticket tells of the others.
    """
    serve(con, made)
    for view in SAID:
        execute(con, deferred(served(view)))
    if not is_whole:
        execute(con, sql_of("touched_talk_chats"))
        execute(con, sql_of("touched_talks"))
        execute(con, sql_of("chats_of_talks"))
        for view in ("ticket_moves", "messages"):
            execute(con, served(view).replace(f"VIEW {view}", f"VIEW every_{view}"))
            execute(con, sql_of(f"chosen_{view}"))
    of_chats = ("ticket_conversations", "ticket_ambiguities")
    define(con, of_chats, given=SAID)
    for view in of_chats if not is_whole else ():
        execute(con, sql_of("neighbours").replace("{view}", view))
    define(con, TALK_VIEWS, given=SAID)
