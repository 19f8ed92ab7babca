"""Telling a connection which files a ledger consists of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ticketledger.models.layout import CommitFile
from ticketledger.models.reach import reach, size_of
from ticketledger.models.store import Store, read_footer


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
