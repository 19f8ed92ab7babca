"""The commands that write, each with the ledger it starts from; a new one is a new entry.

The fold behind `refresh` takes seconds and no storage calls. In its place the sweeps read what an
undisturbed refresh made of the same ledger (`fold_again`), and leave the catalog to its own entry
of the table; what is written, and how, is untouched. A few points are tried with the real fold and
the whole catalog. So it is with the marts of `publish` (`take_marts_again`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.ingest.made import SAMPLES, lines

if TYPE_CHECKING:
    import duckdb

SMALL = 26
"""Rows of a commit, so that an input makes several."""

ANSWER = {0, 3}
"""Exit codes of a run that did its work: some lines of the inputs are rejected."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the command line, and those that make the ledger it starts from.

    In the arguments `{in}` is the folder of inputs, `{root}` that of the ledger; `--ledger` is
    added.

    Attributes:
        before: run undisturbed.
        run: what meets the fault, and what is run again after it.
        writes: `events` for a command that adds commits; `merged` for one that must not change
            what they hold; `derived` for one that only makes cache and catalog, `feed` for one that
            only makes a feed: they must not touch anything else.
        then: changes the ledger between `before` and `run`.
    """

    before: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    writes: str
    then: Callable[[Path], None] = lambda root: None


def age(root: Path) -> None:
    """Make everything in a ledger look years old: what may be removed only then is due."""
    for path in sorted(root.rglob("*"), reverse=True):
        os.utime(path, (1e9, 1e9))


def _without_catalog(root: Path) -> None:
    (root / "catalog.duckdb").unlink()


def _ingest(*names: str) -> tuple[str, ...]:
    return ("ingest", *(f"{{in}}/{name}" for name in names), "--no-refresh")


_COMMITS = (_ingest("first.jsonl"), _ingest("second.jsonl"))


_CACHED = (_ingest("first.jsonl"), ("refresh",))
"""Its catalog names the files of another place in every copy of it, and so is adapted."""

PUBLISH = ("publish", "{root}/feed")
"""The feed is below the ledger, where storage calls are counted."""

COMMANDS: dict[str, Command] = {
    "ingest": Command((), _ingest("first.jsonl"), "events"),
    "append": Command((_ingest("first.jsonl"),), _ingest("second.jsonl", "third.jsonl"), "events"),
    "replay": Command(
        ((*_ingest("first.jsonl"), "--max-depth", "3"),), ("replay", "--no-refresh"), "events"
    ),
    "compact": Command(_COMMITS, ("compact", "--all"), "merged"),
    "compact-remove": Command(
        (*_COMMITS, ("compact", "--all"), _ingest("third.jsonl")),
        ("compact", "--all"),
        "merged",
        age,
    ),
    "refresh": Command((_ingest("first.jsonl"),), ("refresh",), "derived"),
    "refresh-more": Command(
        (_ingest("first.jsonl"), ("refresh",), _ingest("second.jsonl", "third.jsonl")),
        ("refresh",),
        "derived",
    ),
    "answers": Command(_CACHED, ("refresh", "--answers"), "derived"),
    "catalog": Command(_CACHED, ("refresh",), "derived"),
    "publish-more": Command(
        (
            _ingest("first.jsonl"),
            ("refresh",),
            PUBLISH,
            _ingest("second.jsonl", "third.jsonl"),
            ("refresh",),
        ),
        PUBLISH,
        "feed",
    ),
}

if os.environ.get("TICKETLEDGER_TEST_SIZE") == "nightly":  # much the same, and dear
    COMMANDS["catalog-anew"] = Command(_CACHED, ("refresh",), "derived", _without_catalog)
    COMMANDS["publish"] = Command(_CACHED, PUBLISH, "feed")


def write_inputs(folder: Path) -> None:
    """Write the inputs: events of all kinds, rejects in each file, and what is met again."""
    folder.mkdir()
    bad = b"not json\n"
    first = [*SAMPLES[:24], bad.strip()]
    (folder / "first.jsonl").write_bytes(b"\n".join(first) + b"\n")
    second = [*SAMPLES[16:40], bad.strip(), b"[1, 2", *SAMPLES[40:50]]
    (folder / "second.jsonl").write_bytes(b"\n".join(second) + b"\n")
    (folder / "third.jsonl").write_bytes(lines(12) + b"\n{}\n" + lines(3))


def make_commits_small() -> None:
    """Let an input of this size make several commits, in this process."""
    from ticketledger.ingest import feed, load, replaying

    load.COMMIT_ROWS = SMALL
    replaying.COMMIT_ROWS = SMALL // 2  # type: ignore[misc]
    feed.BLOCK_BYTES = 8000  # type: ignore[misc]


def leave_the_catalog() -> None:
    """Let no other command than its own make the catalog anew, in this process."""
    from ticketledger import queries

    def nothing(store: object, **_: object) -> None:
        """Leave it as it is."""

    queries.renew_catalog = nothing


def catalog_few_views() -> None:
    """Let the catalog hold the views of tickets and chats alone, in this process.

    To define all of them takes a second, and writes the same file longer.
    """
    from ticketledger.queries import catalog
    from ticketledger.queries.generations import SERVED
    from ticketledger.queries.statement import definitions

    shown = definitions("ledger_events tickets chats", SERVED)
    setattr(catalog, "_shown", lambda: shown)  # noqa: B010


def keep_one_answer() -> None:
    """Let the ledger count as large, and one view as dear, in this process.

    The numbers of the page are kept in the same way, and would ask for all views.
    """
    from ticketledger.queries import ahead, answers

    leave_the_catalog()
    answers.KEPT_FROM = 0
    setattr(ahead, "dear", lambda: frozenset(("ticket_talk",)))  # noqa: B010
    setattr(ahead, "PERIODS", {})  # noqa: B010


def fold_again(undisturbed: Path) -> None:
    """Let `refresh` in this process write what it wrote into another ledger of the same events."""
    from ticketledger.models.store import open_store
    from ticketledger.queries import folding, tables, touching
    from ticketledger.queries.database_file import literal
    from ticketledger.queries.generations import KEYS, find_cache

    made = find_cache(open_store(undisturbed))
    assert made

    def take(con: duckdb.DuckDBPyConnection, view: str, generation: int) -> None:
        path = made.root / made.generations[generation] / f"{view}.parquet"
        kind = "TABLE" if view in (*KEYS, *touching.LEARNED) else "VIEW"  # these are changed
        con.execute(
            f"CREATE OR REPLACE {kind} {view} AS "
            f"SELECT * EXCLUDE (generation) FROM read_parquet({literal(str(path))})"
        )

    def touch(con: duckdb.DuckDBPyConnection, files: object, base: object) -> bool:
        for view in KEYS:
            take(con, view, -1)
        return False

    def learn(con: duckdb.DuckDBPyConnection, base: object, *rest: object) -> list[object]:
        for view in (*touching.LEARNED, "ticket_images"):
            con.execute(f"CREATE TABLE {view} (none INTEGER)")
        return []

    def write(con: duckdb.DuckDBPyConnection, view: str, folder: Path, number: int) -> None:
        take(con, view, number)
        tables.write(con, view, folder, number)

    def nothing(*rest: object, **more: object) -> list[str]:
        """Needs no tables."""
        return []

    leave_the_catalog()
    instead: dict[str, object] = {"touch": touch, "learn": learn, "write": write}
    for name in ("define", "touch_talks", "say"):
        instead[name] = nothing
    for name, it in instead.items():
        setattr(folding, name, it)


def take_marts_again(undisturbed: Path) -> None:
    """Let `publish` in this process write the marts that it wrote into another feed.

    Without the words of their columns: they take longer than all else, and the same file is longer.
    """
    import pyarrow.parquet as pq

    from ticketledger.queries import feed, publishing
    from ticketledger.queries.mart_file import write_mart

    def take(store: object, files: object, request: object, folder: Path) -> object:
        parts = {}
        for name in publishing.marts():
            table = pq.ParquetFile(undisturbed / "feed" / f"{name}.parquet").read()
            part = folder / f"{name}.parquet"
            parts[name] = (part, write_mart(table.to_reader(), part, name))
        meta = json.loads((undisturbed / "feed" / "_meta.json").read_text())
        return parts, meta["completeness"]

    publishing._write = take  # type: ignore[assignment]
    setattr(feed, "comments", lambda mart: ())  # noqa: B010
