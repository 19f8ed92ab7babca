"""What the database says went wrong with a ledger, or with what is made of it, in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ticketledger.models.errors import (
    BadParameter,
    LedgerDamaged,
    LedgerUnreachable,
    LedgerUnwritable,
)
from ticketledger.models.layout import DERIVED
from ticketledger.models.reach import unreachable
from ticketledger.models.store import Store

_AGAIN = "what was committed stays; `ticketledger refresh` makes them anew"
_MADE = "`ticketledger refresh --rebuild` makes it anew of the commits"
_HINT = "`ticketledger verify` names the file and what to do"


def no_text() -> LedgerDamaged:
    """Return what it means when even the words of the database cannot be read: they cite a file."""
    return LedgerDamaged("cannot read the ledger: a file holds what is no text", hint=_HINT)


def damage(exc: duckdb.Error, store: Store) -> LedgerDamaged | LedgerUnreachable | None:
    """Return what a database error says about the ledger's own files, if it is about them."""
    if away := unreachable(exc):
        return away
    message = str(exc).strip().partition("\n")[0]
    if str(store.root.absolute()) not in message:
        return None
    is_made = str((store.root / DERIVED).absolute()) in message
    return LedgerDamaged(f"cannot read the ledger: {message}", hint=_MADE if is_made else _HINT)


@contextmanager
def reading(store: Store) -> Iterator[None]:
    """Turn database errors of our own statements into `LedgerDamaged`.

    Raises:
        LedgerUnreachable: commits are read in a bucket, and it does not answer.
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
    except UnicodeDecodeError:
        raise no_text() from None
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
        LedgerDamaged: a commit or its rejects could not be read.
    """
    what = what or f"cache or catalog in `{store.root}`"
    try:
        with reading(store):
            yield
    except LedgerDamaged as exc:
        database = exc.__cause__
        failed = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
        read = (str(store.events.absolute()), str(store.rejects.absolute()))
        if not isinstance(database, failed) or any(each in str(database) for each in read):
            raise
        raise LedgerUnwritable(f"cannot write {what}: {_reason(database)}", hint=hint) from None
    except OSError as exc:
        raise LedgerUnwritable(f"cannot write {what}: {exc.strerror or exc}", hint=hint) from None


@contextmanager
def writing_aside(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while a session writes spare files into an error that says so.

    Raises:
        LedgerUnwritable: the disk is full, or the like; nothing has changed.
    """
    hint = "TMPDIR names another folder for spare files"
    try:
        yield
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise LedgerUnwritable(f"cannot write in `{folder}`: {reason}", hint=hint) from None
    except duckdb.IOException as exc:
        if str(folder) not in str(exc):
            raise
        raise LedgerUnwritable(f"cannot write in `{folder}`: {_reason(exc)}", hint=hint) from None


def _reason(exc: duckdb.Error) -> str:
    """Return what the operating system said, without the records around it."""
    told = re.findall(r'(?:Could not|Cannot|Failed to) [^"\\]*\\*"[^"]*": ([^"]*)', str(exc))
    return told[-1] if told else str(exc).strip().partition("\n")[0]
