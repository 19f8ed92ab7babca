"""A ledger's folder as its readers see it: opened with care, listed by its covering set."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import layout
from .errors import (
    NO_LINK,
    RESTORE,
    LedgerDamaged,
    LedgerMissing,
    LedgerTooNew,
    LedgerUnreachable,
)
from .layout import CommitFile, covering_set, first_gap, read_commit_name
from .place import Place, place_of
from .reach import opened

FOOTER = "ticketledger"
"""Key under which a Parquet file of `events/` keeps the record of its commits, as JSON."""


@dataclass(frozen=True, slots=True)
class Store:
    """The folders of one ledger."""

    root: Path

    @property
    def place(self) -> Place:
        """Where its files are kept."""
        return place_of(self.root)

    @property
    def head(self) -> Path:
        return self.root / layout.HEAD

    @property
    def events(self) -> Path:
        return self.root / layout.EVENTS

    @property
    def rejects(self) -> Path:
        return self.root / layout.REJECTS

    @property
    def tmp(self) -> Path:
        return self.root / layout.TMP

    @property
    def catalog(self) -> Path:
        return self.root / layout.CATALOG

    def told(self, path: Path) -> str:
        """Return where a file or folder of it is kept, as messages name it: here or in a bucket."""
        kept = self.place.name
        is_here = kept == str(self.root)
        return str(path) if is_here else f"{kept}/{path.relative_to(self.root).as_posix()}"

    def covering(self) -> list[CommitFile]:
        """Return the files to read, in commit order.

        Raises:
            LedgerDamaged: a foreign file, a link, or a commit that no file covers.
        """
        return complete(self.files, self.told(self.events))

    def files(self) -> list[CommitFile]:
        """Return all files of `events/` in the order of their names, replaced ones included.

        Raises:
            LedgerDamaged: a foreign file or a link.
            LedgerUnreachable: from the object store that it is in.
        """
        files = []
        for path, is_link in self.entries().items():
            file = read_commit_name(path)
            if is_link:
                raise LedgerDamaged(f"`{path}` is a symbolic link", hint=NO_LINK)
            if file is None:
                raise LedgerDamaged(
                    f"`{path}` is no commit", hint="move it out of the ledger's folder"
                )
            files.append(file)
        return files

    def entries(self) -> dict[Path, bool]:
        """Return the paths in `events/`, sorted, and whether each is a link.

        Of a bucket what it lists, here or left there: other files in its mirror are of a ledger
        that was there before.

        Raises:
            LedgerDamaged, LedgerUnreachable: it cannot be listed, or as `Place.pull`.
        """
        listed = self.place.pull()
        try:
            with os.scandir(self.events) as entries:
                found = {
                    Path(entry.path): entry.is_symlink()
                    for entry in entries
                    if listed is None or f"{layout.EVENTS}/{entry.name}" in listed
                }
        except PermissionError as exc:
            raise _forbidden(self.events, exc) from None
        except OSError as exc:
            told = f"cannot list `{self.events}`: {exc.strerror}"
            raise LedgerDamaged(told, hint=RESTORE) from None
        left = (Path(name) for name in listed or () if name.startswith(f"{layout.EVENTS}/"))
        return dict(sorted(({self.events / name.name: False for name in left} | found).items()))


def complete(files: Callable[[], list[CommitFile]], place: str) -> list[CommitFile]:
    """Return the files to read, in commit order.

    Args:
        files: lists them all; a folder that changes meanwhile may show a file and not the one
            before it, so it is asked again.
        place: named in errors.

    Raises:
        LedgerDamaged: a commit that no file covers.
    """
    listed = files()
    while True:
        chosen = covering_set(listed)
        missing = first_gap(chosen)
        if missing is None:
            return chosen
        again = files()
        if again == listed:
            break
        listed = again
    if not listed:
        raise LedgerDamaged(f"`{place}` is empty", hint=RESTORE)
    raise LedgerDamaged(
        f"commit {missing} is missing from `{place}`", hint="restore the file from a copy"
    )


def refuse_links(root: Path) -> None:
    """Refuse links inside a ledger: what lies behind them is not its own, to move or to remove.

    Raises:
        LedgerDamaged: one of its files or folders is a link.
    """
    for inner in layout.INNER:
        if (root / inner).is_symlink():
            raise LedgerDamaged(
                f"`{root / inner}` is a symbolic link",
                hint="move the whole ledger instead; the path to it may be a link",
            )


def open_store(root: Path) -> Store:
    """Return the store in a folder.

    Raises:
        LedgerMissing: there is none.
        LedgerTooNew: it was written in a later format.
        LedgerDamaged: `ledger.json` is lost or does not say what it must; a folder is a link.
        LedgerUnreachable: from the object store that it is in.
    """
    place = place_of(root)
    place.enter()
    path = root / layout.LEDGER
    refuse_links(root)
    try:
        head = json.loads(path.read_bytes())
        written = head["format"]
    except (FileNotFoundError, NotADirectoryError):
        if place.head() is not None:
            told = f"`{Store(root).told(path)}` is missing"
            raise LedgerDamaged(told, hint="the next ingest makes it anew") from None
        raise LedgerMissing(
            f"no ledger in `{place.name}`", hint="`ticketledger ingest PATH` makes one"
        ) from None
    except (ValueError, KeyError, TypeError):
        told = f"`{Store(root).told(path)}` is not a ledger's head"
        raise LedgerDamaged(told, hint=RESTORE) from None
    if not isinstance(written, int) or written > layout.FORMAT:
        raise LedgerTooNew(
            f"`{place.name}` has format {written}; this version reads up to {layout.FORMAT}",
            hint="install a newer ticketledger",
        )
    return Store(root)


def read_footer(path: Path) -> dict[str, Any]:
    """Return the commits' record from the footer of a file of `events/`.

    Raises:
        LedgerDamaged: no Parquet file, or without the record.
        LedgerTooNew: it was written in a later format.
        LedgerUnreachable: it may not be read.
    """
    try:
        with opened(path) as file:
            metadata = pq.read_metadata(file).metadata or {}
        footer = json.loads(metadata[FOOTER.encode()])
    except PermissionError as exc:
        raise _forbidden(path, exc) from None
    except (pa.ArrowException, OSError, KeyError, ValueError) as exc:
        raise LedgerDamaged(
            f"`{path}` has no readable footer: {exc}", hint="`ticketledger verify` checks the rest"
        ) from None
    if not isinstance(footer, dict) or footer.get("format", 0) > layout.FORMAT:
        raise LedgerTooNew(f"`{path}` has a later format", hint="install a newer ticketledger")
    return footer


def refuse_newer(files: Sequence[CommitFile]) -> None:
    """Refuse to read commits of which the last was written by a later version.

    What else is wrong with it, those say who read it.

    Raises:
        LedgerTooNew: it was.
    """
    with suppress(LedgerDamaged, LedgerUnreachable):
        read_footer(files[-1].path)


def _forbidden(path: Path, exc: OSError) -> LedgerUnreachable:
    told = f"cannot read `{path}`: {exc.strerror}"
    return LedgerUnreachable(told, hint="ask as a user that may read the whole ledger")
