"""A ledger in an object store: the files of the folder under the same names, taken once each.

The folder is a mirror: what the bucket lists counts, and each object is fetched once, since none
ever changes; or commits stay where they are, and only what is made of them is here. Publishing is a
conditional put; who loses the race for a name starts over, as in a folder.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from .disk import write_synced
from .errors import RESTORE, LedgerDamaged, LedgerUnwritable
from .layout import (
    CATALOG,
    DERIVED,
    EVENTS,
    HEAD,
    LEDGER,
    REJECTS,
    TMP,
    superseded,
)
from .listing import differing, kept, published, refuse, strangers
from .mirrors import ENDS
from .objects import Objects
from .piecewise import piecewise
from .tags import Tags
from .transfers import fetch, put_new, read_ends, takes_names

_GRACE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The place of a ledger below a URL, and the folder that mirrors it; see `Place`."""

    url: str
    root: Path
    in_place: bool = False

    @property
    def name(self) -> str:
        return self.url

    def enter(self) -> None:
        for folder in (EVENTS, REJECTS, TMP):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        content = self._objects().content(LEDGER)
        path = self.root / LEDGER
        if content is None:
            path.unlink(missing_ok=True)
            self._refuse_loss()
        elif not path.is_file() or path.read_bytes() != content:
            write_synced(path, content, self.root / TMP)

    def commits(self) -> dict[str, str]:
        """Return the tag of each commit in the bucket by its name, sorted; fetches nothing.

        Raises:
            LedgerUnreachable, LedgerDamaged: as `pull`.
        """
        return {name: tag for name, tag in self._kept().items() if name.startswith(f"{EVENTS}/")}

    def head(self) -> bytes | None:
        return self._objects().content(HEAD)

    def pull(self) -> frozenset[str]:
        there = self._kept()
        has = self._tags().told()
        replaced = superseded([*there, *has], there)  # nobody reads them any more
        changed = frozenset(name for name, tag in there.items() if has.get(name) != tag) - replaced
        if not changed.isdisjoint(has):
            self._forget(there)
        left = frozenset(
            name
            for name, tag in there.items()
            if self.in_place and name.startswith(f"{EVENTS}/") and has.get(name, tag) == tag
        )  # one that is not what it was is fetched, and its seal read
        unread = left | replaced
        wanted = [n for n in there if n not in unread and (n in changed or not self._is_here(n))]
        new = {name: there[name] for name in left & changed}
        if wanted or new:
            altered: list[str] = []
            for folder in (REJECTS, EVENTS):  # a commit is never here before its rejects
                now = [name for name in wanted if name.startswith(f"{folder}/")]
                altered += fetch(self._objects(), now, self.root)
            read_ends(self._objects(), new, self.root)
            here = {n: there[n] for n in wanted if n not in altered and self._is_here(n)}
            self._tags().remember(new | here)
            refuse(self._objects(), altered, "is not what was written", RESTORE)
        if not (self.root / CATALOG).exists():  # it may name files that are gone
            self._drop(replaced.difference(there))
        return frozenset(there)

    def version(self, path: Path) -> str | None:
        is_left = self.in_place and not path.is_file()
        return self._tags().told().get(self._name(path)) if is_left else None

    def away(self, path: Path) -> BinaryIO | None:
        tag = self.version(path)
        return piecewise(self._objects(), self._name(path), tag, self.root) if tag else None

    def create(self, part: Path, path: Path) -> bool:
        name = self._name(path)
        if path.parent.name == EVENTS and name not in self._tags().told():
            self._probe()
        if not put_new(self._objects(), name, part.read_bytes(), self._tags()):
            return False
        part.replace(path)  # of a ledger that was there before, there may be another
        return True

    def replace(self, path: Path) -> None:
        content = path.read_bytes()
        tag = self._objects().put(self._name(path), content)
        if tag:
            self._tags().remember({self._name(path): f"{tag} {len(content)}"})

    def remove(self, paths: Iterable[Path]) -> None:
        objects = self._objects()
        there = objects.listed()
        for path in paths:
            meta = there.get(self._name(path))
            if meta is None:
                path.unlink(missing_ok=True)
            elif datetime.now(UTC) - meta["last_modified"] > _GRACE:
                objects.delete(self._name(path))
                path.unlink(missing_ok=True)

    def published(self) -> dict[str, float]:
        return published(self._objects())

    def drop(self, paths: Iterable[Path]) -> None:
        names = {self._name(path) for path in paths}
        for name in names:
            self._objects().delete(name)
        self._drop(names)

    def tidy(self) -> None:
        tags = self._tags().told()
        if superseded(tags, tags):
            there = self._kept()
            self._drop(superseded(tags, there).difference(there))

    def check(self, path: Path) -> None:
        if takes_names(self._objects()):
            self._forget(self._kept())  # there may have been another ledger before
            self._tags().remember({"probed": "yes"})
            return
        self.drop([path])
        raise self._careless()

    def mark(self) -> dict[str, str]:
        return {"writer": uuid.uuid4().hex}

    def strangers(self) -> list[str]:
        return strangers(self._objects())

    def differing(self, rejects: Collection[str]) -> list[tuple[str, str]]:
        return differing(self._objects(), self.root, self._tags().told(), rejects)

    def _kept(self) -> dict[str, str]:
        return kept(self._objects())

    def _drop(self, names: Collection[str]) -> None:
        """Forget commits for which others stand, and what is here of them."""
        for name in names:
            (self.root / name).unlink(missing_ok=True)
        if names:
            self._tags().remember({}, names)

    def _probe(self) -> None:
        """Before this mirror's first commit: does the store keep a name that is taken?"""
        is_known = "probed" in self._tags().told()
        if is_known or f"{EVENTS}/00000000.parquet" not in self._kept():
            return
        if not takes_names(self._objects()):
            raise self._careless()
        self._tags().remember({"probed": "yes"})

    def _careless(self) -> LedgerUnwritable:
        return LedgerUnwritable(
            f"`{self.url}`: the store overwrites what should be created only if it is not there",
            hint="a ledger needs a store with conditional puts (If-None-Match)",
        )

    def _refuse_loss(self) -> None:
        """A ledger that this machine knows is gone: a new one must not take its place unseen."""
        known = [name for name in self._tags().told() if name.startswith(f"{EVENTS}/")]
        if known and not self.commits():
            left = "what it knows of it" if self.in_place else "its commits"
            raise LedgerDamaged(
                f"the ledger `{self.url}` is gone; this machine has {left} in `{self.root}`",
                hint="copy them back; or to begin anew, remove that folder",
            )

    def _forget(self, there: dict[str, str]) -> None:
        """Another ledger came to this place: what was kept and made of the former one goes."""
        for folder in (DERIVED, ENDS):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        (self.root / CATALOG).unlink(missing_ok=True)
        tags = self._tags().told()
        gone = [name for name in tags if name not in there and "/" in name]
        for name in gone:
            (self.root / name).unlink(missing_ok=True)
        self._tags().remember({}, gone)

    def _is_here(self, name: str) -> bool:
        return (self.root / name).is_file()

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _objects(self) -> Objects:
        return Objects(self.url)

    def _tags(self) -> Tags:
        return Tags(self.root)
