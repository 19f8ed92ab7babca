"""A connection that sees one ledger as it is now: an in-memory database with the views on top."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from zoneinfo import ZoneInfo

import duckdb

from ticketledger.models.errors import BadParameter, LedgerDamaged, LedgerUnwritable
from ticketledger.models.instants import microseconds
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store, read_footer

from .generations import current_cache, serve, served
from .settings import Settings, bind
from .statement import Statement, definitions

_AGAIN = "what was committed stays; `ticketledger refresh` makes them anew"
_VIEW = re.compile(r"^(CREATE OR REPLACE VIEW \w+)(?= AS\b)", re.MULTILINE)
_HINT = "`ticketledger verify` names the file; restore it from a copy"


def damage(exc: duckdb.Error, store: Store) -> LedgerDamaged | None:
    """Return what a database error says about the ledger's own files, if it is about them."""
    message = str(exc).strip().partition("\n")[0]
    if str(store.root.absolute()) not in message:
        return None
    return LedgerDamaged(f"cannot read the ledger: {message}", hint=_HINT)


@contextmanager
def reading(store: Store) -> Iterator[None]:
    """Turn database errors of our own statements into `LedgerDamaged`.

    Raises:
        BadParameter: the memory does not suffice.
        KeyboardInterrupt: Ctrl-C met the database, which has words of its own for it.
    """
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as exc:
        if str(exc) != "Query interrupted":
            raise
        raise KeyboardInterrupt from None
    except duckdb.OutOfMemoryException as exc:
        message = str(exc).strip().partition("\n")[0]
        raise BadParameter(message, hint="`--memory` allows more") from None
    except duckdb.Error as exc:
        message = str(exc).strip().partition("\n")[0]
        raise damage(exc, store) or LedgerDamaged(
            f"cannot read the ledger: {message}", hint=_HINT
        ) from exc


@contextmanager
def making(store: Store, what: str = "", hint: str = _AGAIN) -> Iterator[None]:
    """Turn what goes wrong while something is made of the ledger into an error that says so.

    Args:
        store: an open store.
        what: is made; default: its cache and catalog.
        hint: what to do next.

    Raises:
        LedgerUnwritable: the disk is full, or the like; the commits are as they were.
        LedgerDamaged: a commit could not be read.
    """
    what = what or f"cache or catalog in `{store.root}`"
    try:
        with reading(store):
            yield
    except LedgerDamaged as exc:
        database = exc.__cause__
        failed = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
        if not isinstance(database, failed) or str(store.events.absolute()) in str(database):
            raise
        raise LedgerUnwritable(f"cannot write {what}: {_reason(database)}", hint=hint) from None
    except OSError as exc:
        raise LedgerUnwritable(f"cannot write {what}: {exc.strerror or exc}", hint=hint) from None


def _reason(exc: duckdb.Error) -> str:
    """Return what the operating system said, without the records around it."""
    told = re.findall(r'(?:Could not|Cannot|Failed to) [^"\\]*\\*"[^"]*": ([^"]*)', str(exc))
    return told[-1] if told else str(exc).strip().partition("\n")[0]


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
    """
    with quiet(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET temp_directory = $folder", {"folder": gettempdir()})  # not where we stand
        if memory:
            limit_memory(con, *memory)
        if files is None:
            files = store.covering()  # once: all that is read must be of the same commits
        bind_files(con, files)
        cached = current_cache(store, files) if known_at is None else None
        if cached and as_of and microseconds(as_of) < cached.last_event_us:
            cached = None
        settings = settings or Settings()
        settings.tell(con)
        from_cache = settings.served() if cached else frozenset()
        simpler = settings.simpler()
        made = definitions(query, from_cache.union(simpler))
        if cached:
            serve(con, cached)
        if any(statement.name == "all_rejects" for statement in made):
            bind_rejects(con, store, files)
        bind_clocks(con, as_of, known_at)
        with reading(store):
            for statement in made:
                if statement.name in from_cache:
                    con.execute(deferred(served(statement.name)))
                    continue
                if statement.name in simpler:
                    con.execute(simpler[statement.name])
                    continue
                define(con, statement, settings, kept)
        yield con


def define(
    con: duckdb.DuckDBPyConnection,
    statement: Statement,
    settings: Settings,
    kept: Collection[str],
) -> None:
    """Define a macro or view; settings take the place of some, and what is kept becomes a table."""
    rows = settings.bound(statement.name)
    if rows is not None:
        bind(con, statement.name, rows)
        return
    is_kept = statement.kept or statement.name in kept
    con.execute(as_table(statement.sql) if is_kept else deferred(statement.sql))


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
    try:
        ZoneInfo(timezone)  # the database knows some under other names, too
        con.execute("SET TimeZone = $zone", {"zone": timezone})
    except (duckdb.Error, ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise BadParameter(
            f"no time zone named `{timezone}`", hint="for example Asia/Kolkata"
        ) from None


def in_zone(instant: object, timezone: str) -> str:
    """Return an instant on the clock of a zone, ISO 8601; empty when there is none."""
    if not isinstance(instant, datetime):
        return ""
    return instant.astimezone(ZoneInfo(timezone)).isoformat(timespec="milliseconds")


def as_table(definition: str) -> str:
    """Return the definition of a view as that of a table of its present rows."""
    return definition.replace("CREATE OR REPLACE VIEW", "CREATE OR REPLACE TABLE", 1)


def deferred(definition: str) -> str:
    """Return the definition of a view as that of one that is bound only when it is asked.

    To bind each of many that stand on one another takes longer than most answers.
    """
    return _VIEW.sub(r"\1 WITH (DEFER_BINDING)", definition, count=1)


def bind_files(con: duckdb.DuckDBPyConnection, files: Sequence[CommitFile]) -> None:
    """Tell the connection which files the ledger consists of."""
    con.execute("SET VARIABLE ledger_files = $files", {"files": event_files(files)})


def bind_rejects(con: duckdb.DuckDBPyConnection, store: Store, files: Sequence[CommitFile]) -> None:
    """Tell it the rejects files too; it takes a look into every footer."""
    con.execute("SET VARIABLE reject_files = $files", {"files": reject_files(store, files)})


def event_files(files: Sequence[CommitFile]) -> list[str]:
    """Return the absolute paths of files, the largest first.

    The database guesses from the first one how much is in the others, and joins the smaller side
    from memory; the first commit of a ledger is empty.
    """
    largest = max(files, key=_size, default=None)
    ordered = sorted(files, key=lambda file: file is not largest)
    return [str(file.path.absolute()) for file in ordered]


def _size(file: CommitFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0  # who reads it will say so


def reject_files(store: Store, files: Sequence[CommitFile]) -> list[str]:
    """Return the absolute paths of the rejects files that the commits of files refer to."""
    footers = (read_footer(file.path) for file in files)
    names = dict.fromkeys(name for footer in footers for name in footer["rejects"])
    return [str((store.rejects / name).absolute()) for name in names]
