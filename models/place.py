"""Where a ledger keeps its files: in its own folder, or in a bucket that the folder mirrors."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from .disk import link_new
from .errors import LedgerDamaged, MissingExtra
from .layout import EVENTS, HEAD
from .mirrors import REMOTE


class Place(Protocol):
    """What a commit needs of a store: names that are taken once, and a list of them."""

    @property
    def name(self) -> str:
        """Return its path or URL."""

    def enter(self) -> None:
        """Bring `ledger.json` here, if there is one.

        Raises:
            LedgerUnreachable: the store does not answer.
        """

    def pull(self) -> frozenset[str] | None:
        """Bring all files of commits and rejects here that are not yet.

        Returns their names below the root; None: the folder's own list counts.

        Raises:
            LedgerUnreachable: the store does not answer.
            LedgerDamaged: something else is among the commits, or one is not what was written.
        """

    @property
    def in_place(self) -> bool:
        """Whether commits are left where they are kept."""

    def version(self, path: Path) -> str | None:
        """Return what tells a file of `events/` that was left from others of its name.

        None: what counts is here.
        """

    def away(self, path: Path) -> BinaryIO | None:
        """Open a file of `events/` that was left where it is kept; None: what counts is here.

        Raises:
            LedgerUnreachable: the store does not answer, also while it is read.
        """

    def head(self) -> bytes | None:
        """Return what `head.json` says now; None when there is none."""

    def create(self, part: Path, path: Path) -> bool:
        """Give a finished file its name unless that is taken; says whether it did.

        Raises:
            LedgerUnreachable: the store does not answer, or refuses.
        """

    def replace(self, path: Path) -> None:
        """Keep a file that was written here, in place of one of its name."""

    def remove(self, paths: Iterable[Path]) -> None:
        """Remove files that nothing refers to; from a bucket, once they are a day old.

        Raises:
            LedgerUnreachable: some stay.
        """

    def published(self) -> dict[str, float]:
        """Return by name when each file of `events/` came there, in seconds since the epoch.

        Raises:
            LedgerUnreachable: the store does not answer.
        """

    def drop(self, paths: Iterable[Path]) -> None:
        """Remove files of `events/` that others stand for.

        Raises:
            LedgerUnreachable: some stay.
        """

    def tidy(self) -> None:
        """Remove what is here of commits that are kept in other files by now."""

    def check(self, path: Path) -> None:
        """Make sure that a name that is taken stays taken, with a file that was just created.

        Raises:
            LedgerUnwritable: the store gives it away again.
        """

    def mark(self) -> dict[str, str]:
        """Return what tells this writer's commit from that of another at the same instant."""

    def strangers(self) -> list[str]:
        """Return what is kept there and is no file of a ledger; not of the folder itself."""

    def differing(self, rejects: Collection[str]) -> list[tuple[str, str]]:
        """Read everything that is kept there and needed; returns what is not as here, and how.

        Args:
            rejects: names of the rejects files that are needed.
        """


@dataclass(frozen=True, slots=True)
class Folder:
    """The ledger's own folder: what is here is all there is."""

    root: Path

    @property
    def name(self) -> str:
        return str(self.root)

    def enter(self) -> None:
        pass

    def pull(self) -> None:
        return None

    @property
    def in_place(self) -> bool:
        return False

    def version(self, path: Path) -> None:
        return None

    def away(self, path: Path) -> None:
        return None

    def head(self) -> bytes | None:
        try:
            return (self.root / HEAD).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def create(self, part: Path, path: Path) -> bool:
        return link_new(part, path)

    def replace(self, path: Path) -> None:
        pass

    def remove(self, paths: Iterable[Path]) -> None:
        for path in paths:
            with suppress(OSError):
                path.unlink()

    def published(self) -> dict[str, float]:
        with os.scandir(self.root / EVENTS) as entries:
            return {entry.name: entry.stat().st_mtime for entry in entries}

    def drop(self, paths: Iterable[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    def tidy(self) -> None:
        pass

    def check(self, path: Path) -> None:
        pass

    def mark(self) -> dict[str, str]:
        return {}

    def strangers(self) -> list[str]:
        return []

    def differing(self, rejects: Collection[str]) -> list[tuple[str, str]]:
        return []


def place_of(root: Path) -> Place:
    """Return where the files of the ledger at a folder are kept.

    Raises:
        LedgerDamaged: it is a mirror and does not say of what.
        MissingExtra: it is a mirror, and the extra `s3` is not installed.
    """
    try:
        told = json.loads((root / REMOTE).read_bytes())
        url = told["url"]
    except (FileNotFoundError, NotADirectoryError):
        return Folder(root)
    except (ValueError, KeyError, TypeError):
        raise LedgerDamaged(
            f"`{root / REMOTE}` names no bucket", hint="delete it, or the whole mirror"
        ) from None
    try:
        from .bucket import Bucket
    except ImportError:
        raise MissingExtra("ledgers in a bucket", "s3") from None
    return Bucket(url, root, bool(told.get("in_place")))
