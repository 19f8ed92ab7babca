"""A connection that sees one ledger as it is now: an in-memory database with the views on top."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir

import duckdb

from ticketledger.models.errors import BadParameter
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.reach import reach, size_of
from ticketledger.models.store import Store, read_footer
from ticketledger.models.zones import clock

from .defining import define_all
from .failures import reading
from .generations import SERVED, answering_cache, serve, told_by
from .ranges import ONCE, Range, by_range, from_all, made_by_range
from .settings import Settings
from .statement import Statement, definitions, statements


@contextmanager
def session(
    store: Store,
    query: str | None = None,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    kept: Collection[str] = (),
    settings: Settings | None = None,
    files: Sequence[CommitFile] | None = None,
    memory: tuple[str, Path] | None = None,
    within: Range | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the views and macros on it, in UTC.

    Args:
        store: an open store; commits that land later are not seen.
        query: make only the views and macros that this SQL names; None: all of them.
        as_of: only events at or before this instant exist.
        known_at: only commits at or before this instant exist.
        kept: views to evaluate once, for a session that reads them often; those the cache has
            are read from it.
        settings: opening hours, promises and classes of statuses; None: the defaults.
        files: the covering set; None: that of now.
        memory: what the database may use before it spills, and the folder it spills to.
        within: the tickets that the query is about: of others the cache is not read; None: all.
    """
    with quiet(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET temp_directory = $folder", {"folder": gettempdir()})  # not where we stand
        con.execute("SET asof_loop_join_threshold = 0")  # few are guessed where there are many
        if memory:
            limit_memory(con, *memory)
        if files is None:
            files = store.covering()  # once: all that is read must be of the same commits
        bind_files(con, files)
        cached = answering_cache(store, files, as_of, known_at)
        settings = settings or Settings()
        settings.tell(con)
        from_cache = settings.served() if cached else frozenset()
        instead = settings.simpler() | (told_by(cached) if cached else {})
        ends = from_cache.union(instead)
        ranged: frozenset[str] = frozenset()
        if from_cache != SERVED:
            within = None
        elif cached and query and not within:
            ranged = frozenset(view for view in by_range(cached) if not settings.leaves_empty(view))
        made = _kept_where_needed(query, ends | ranged, settings)
        if cached:
            serve(con, cached)
        if any(statement.name == "all_rejects" for statement in made):
            bind_rejects(con, store, files)
        bind_clocks(con, as_of, known_at)
        if within:
            within.bind(con)
        define = partial(define_all, con, settings=settings, from_cache=from_cache, instead=instead)
        dear = [each.name for each in made if each.name in ranged]
        once = [each.name for each in definitions(" ".join(dear), ends) if each.name in ONCE]
        whole = [each for each in made if each.name not in (*dear, *once)]
        part = partial(
            define,
            definitions(" ".join(dear), ends.union(once)),
            instead={**instead, **{name: from_all(name) for name in once}},
            within=True,
        )
        with ExitStack() as opened:
            with reading(store):
                if dear:
                    define(definitions(" ".join(once), ends), kept=once)
                    spare = memory[1] if memory else None
                    opened.enter_context(made_by_range(con, dear, part, spare))
                define(whole, kept=kept, within=within is not None)
            yield con


def _kept_where_needed(
    query: str | None, ends: frozenset[str], settings: Settings
) -> tuple[Statement, ...]:
    """Return definitions; what only views need that stay empty is not evaluated for them."""
    empty = frozenset(view for view in statements("views") if settings.leaves_empty(view))
    needed = {each.name for each in definitions(query, ends | empty)}
    return tuple(
        each if each.name in needed else each.model_copy(update={"kept": False})
        for each in definitions(query, ends)
    )


def bind_clocks(
    con: duckdb.DuckDBPyConnection, as_of: datetime | None, known_at: datetime | None
) -> None:
    """Tell the connection which events and commits exist; None: all."""
    for name, instant in (("as_of", as_of), ("known_at", known_at)):
        if instant is not None:
            con.execute(f"SET VARIABLE {name} = $instant", {"instant": instant})


def limit_memory(con: duckdb.DuckDBPyConnection, limit: str, folder: Path) -> None:
    """Let a connection spill to a folder what goes beyond a limit.

    Raises:
        BadParameter: that is no amount of memory.
    """
    try:
        con.execute("SET memory_limit = $limit", {"limit": limit})
    except duckdb.Error:
        raise BadParameter(f"`{limit}` is no amount of memory", hint="for example 2GB") from None
    con.execute("SET temp_directory = $folder", {"folder": str(folder)})


def show_in(con: duckdb.DuckDBPyConnection, timezone: str) -> None:
    """Let days begin, and show instants, in an IANA zone.

    Raises:
        BadParameter: no such zone.
    """
    clock(timezone)  # the database knows some under other names, too
    try:
        con.execute("SET TimeZone = $zone", {"zone": timezone})
    except duckdb.Error:  # it has an edition of its own, which may be older
        told = f"the database has no time zone named `{timezone}`"
        raise BadParameter(told, hint="for example Asia/Kolkata") from None


def in_zone(instant: object, timezone: str) -> str:
    """Return an instant on the clock of a zone, ISO 8601; empty when there is none."""
    if not isinstance(instant, datetime):
        return ""
    return instant.astimezone(clock(timezone)).isoformat(timespec="milliseconds")


def bind_files(con: duckdb.DuckDBPyConnection, files: Sequence[CommitFile]) -> None:
    """Tell the connection which files the ledger consists of."""
    bind_commits(con, "ledger_files", files)


def bind_commits(
    con: duckdb.DuckDBPyConnection, variable: str, files: Sequence[CommitFile]
) -> None:
    """Bind what the connection reads files by, here or in a bucket."""
    con.execute(f"SET VARIABLE {variable} = $files", {"files": reach(con, event_files(files))})


def bind_rejects(con: duckdb.DuckDBPyConnection, store: Store, files: Sequence[CommitFile]) -> None:
    """Tell it the rejects files too; it takes a look into every footer."""
    con.execute("SET VARIABLE reject_files = $files", {"files": reject_files(store, files)})


def event_files(files: Sequence[CommitFile]) -> list[Path]:
    """Return the absolute paths of files, the largest first.

    The database guesses from the first one how much is in the others, and joins the smaller side
    from memory; the first commit of a ledger is empty.
    """
    largest = max(files, key=_size, default=None)
    ordered = sorted(files, key=lambda file: file is not largest)
    return [file.path.absolute() for file in ordered]


def _size(file: CommitFile) -> int:
    try:
        return size_of(file.path)
    except OSError:
        return 0  # who reads it will say so


def reject_files(store: Store, files: Sequence[CommitFile]) -> list[str]:
    """Return the absolute paths of the rejects files that the commits of files refer to."""
    footers = (read_footer(file.path) for file in files)
    names = dict.fromkeys(name for footer in footers for name in footer["rejects"])
    return [str((store.rejects / name).absolute()) for name in names]
