"""A connection that sees one ledger as it is now: an in-memory database with the views on top."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir

import duckdb

from ticketledger.models.errors import BadParameter
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store, refuse_newer
from ticketledger.models.zones import clock

from .answers import answers_of
from .binding import bind_files, bind_rejects
from .defining import define_all
from .failures import reading
from .generations import SERVED, answering_cache, serve
from .planning import planned
from .ranges import Range, from_all, made_by_range
from .settings import Settings


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
    is_ahead: bool = False,
    is_own: bool = False,
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
        is_ahead: it is opened for the answers that it keeps: one that cannot be kept is an error.
        is_own: the query is a user's, who may want little of a view: what is kept is read, but no
            view is made as a whole for others.
    """
    with quiet(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET temp_directory = $folder", {"folder": gettempdir()})  # not where we stand
        con.execute("SET asof_loop_join_threshold = 0")  # few are guessed where there are many
        if memory:
            limit_memory(con, *memory)
        if files is None:
            files = store.covering()  # once: all that is read must be of the same commits
        refuse_newer(files)
        bind_files(con, files)
        cached = answering_cache(store, files, as_of, known_at)
        settings = settings or Settings()
        settings.tell(con)
        if not cached or settings.served() != SERVED:
            within = None
        answers = kept_before = None
        if query and not within:
            answers = answers_of(store, cached, settings, as_of, is_wanted=is_ahead)
            kept_before = answers.serve(con, query) if answers else None
        plan = planned(
            query,
            settings,
            cached,
            kept_before,
            is_apart=within is not None,
            keeps=answers is not None and not is_own,
        )
        if cached:
            serve(con, cached)
        if plan.reads("all_rejects"):
            bind_rejects(con, store, files)
        bind_clocks(con, as_of, known_at)
        if within:
            within.bind(con)
        define = partial(define_all, con, settings=settings, from_cache=plan.from_cache)
        with ExitStack() as opened:
            with reading(store):
                if plan.cut:
                    define(plan.under(plan.once), instead=plan.instead, kept=plan.once)
                    part = partial(
                        define,
                        plan.under(plan.cut, without=plan.once),
                        instead={**plan.instead, **{name: from_all(name) for name in plan.once}},
                        within=True,
                    )
                    spare = memory[1] if memory else None
                    files_of = opened.enter_context(made_by_range(con, plan.cut, part, spare))
                    if answers:
                        answers.keep_files(files_of)
                define(
                    plan.whole,
                    instead=plan.instead,
                    kept={*kept, *plan.to_keep},
                    within=within is not None,
                )
                if answers:
                    answers.keep_tables(con, plan.to_keep)
            yield con


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
    return local(instant, timezone).isoformat(timespec="milliseconds")


def local(instant: datetime, timezone: str) -> datetime:
    """Return an instant on the clock of a zone; in UTC where it shows no year of 1 to 9999."""
    try:
        return instant.astimezone(clock(timezone))
    except OverflowError:
        return instant.astimezone(UTC)
