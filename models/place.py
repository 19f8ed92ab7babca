"""Where a ledger keeps its files: in its own folder, or in a bucket that the folder mirrors."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from .disk import link_new
from .errors import LedgerDamaged, MissingExtra

REMOTE: Final = "remote.json"
"""File of a mirror that names the bucket."""


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

    def pull(self) -> None:
        """Bring all files of commits and rejects here that are not yet.

        Raises:
            LedgerUnreachable: the store does not answer.
            LedgerDamaged: something else is among the commits.
        """

    def pull_head(self) -> None:
        """Bring the present `head.json` here, or remove it if there is none."""

    def create(self, part: Path, path: Path) -> bool:
        """Give a finished file its name unless that is taken; says whether it did.

        Raises:
            LedgerUnreachable: the store does not answer, or refuses.
        """

    def replace(self, path: Path) -> None:
        """Keep a file that was written here, in place of one of its name."""

    def remove(self, path: Path) -> None:
        """Remove a file that nothing refers to; in a bucket, once it is a day old.

        Raises:
            OSError, LedgerUnreachable: it stays.
        """

    def check(self, path: Path) -> None:
        """Make sure that a name that is taken stays taken.

        Raises:
            LedgerUnwritable: the store gives it away again.
        """

    def strangers(self) -> list[str]:
        """Return what is kept there and is no file of a ledger; not of the folder itself."""

    def differing(self) -> list[str]:
        """Read everything that is kept there; returns what is not byte for byte as it is here."""


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
        pass

    def pull_head(self) -> None:
        pass

    def create(self, part: Path, path: Path) -> bool:
        return link_new(part, path)

    def replace(self, path: Path) -> None:
        pass

    def remove(self, path: Path) -> None:
        path.unlink()

    def check(self, path: Path) -> None:
        pass

    def strangers(self) -> list[str]:
        return []

    def differing(self) -> list[str]:
        return []


def place_of(root: Path) -> Place:
    """Return where the files of the ledger at a folder are kept.

    Raises:
        LedgerDamaged: it is a mirror and does not say of what.
        MissingExtra: it is a mirror, and the extra `s3` is not installed.
    """
    try:
        url = json.loads((root / REMOTE).read_bytes())["url"]
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
    return Bucket(url, root)


def located(text: str | os.PathLike[str]) -> Path:
    """Return the folder of a ledger: a path is one, of a URL it is the mirror, made if need be.

    Mirrors are in the user's cache folder, or where TICKETLEDGER_CACHE says.

    Raises:
        MissingExtra: a URL needs the extra `s3`.
    """
    text = os.fspath(text)
    if "://" not in text:
        return Path(text)
    try:
        from platformdirs import user_cache_path
    except ImportError:
        raise MissingExtra("ledgers in a bucket", "s3") from None
    url = text.rstrip("/")
    parent = os.environ.get("TICKETLEDGER_CACHE") or user_cache_path("ticketledger")
    root = Path(parent) / hashlib.sha256(url.encode()).hexdigest()[:32]
    root.mkdir(parents=True, exist_ok=True)
    if not (root / REMOTE).exists():
        part = root / f"{REMOTE}.{os.getpid()}"
        part.write_text(json.dumps({"url": url}), "utf-8")
        part.replace(root / REMOTE)
    return root
