"""One object of a ledger in a bucket: brought here whole, or put there if its name is free."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from .disk import file_sha256, sync_file, workspace
from .errors import LedgerDamaged, LedgerUnreachable
from .layout import EVENTS, REJECTS, TMP
from .objects import Objects, is_missing, is_refused, is_taken
from .seal import is_sealed
from .tags import Tags

_TRIES: Final = 4
_PAUSE_S: Final = 0.2


def fetch(objects: Objects, name: str, root: Path) -> None:
    """Bring an object here, whole and as it was written; rejects may have gone meanwhile."""
    path = root / name
    with workspace(root / TMP) as folder:
        part = folder / path.name
        try:
            with part.open("wb") as file:
                for piece in objects.pieces(name):
                    file.write(piece)
        except LedgerUnreachable as exc:
            if is_missing(exc) and name.startswith(REJECTS):
                return
            raise
        is_whole = (
            is_sealed(part)
            if name.startswith(EVENTS)
            else file_sha256(part) == path.name.removesuffix(".parquet")
        )
        if not is_whole:
            raise LedgerDamaged(
                f"`{objects.url}/{name}` is not what was written", hint="restore it from a copy"
            )
        sync_file(part)
        part.replace(path)


def put_new(objects: Objects, name: str, content: bytes, tags: Tags) -> bool:
    """Create an object; an answer that was lost is asked for again.

    Our bytes under that name are ours: every commit to a bucket has a mark of its writer.
    """
    for attempt in range(_TRIES):
        try:
            tag = objects.create(name, content)
            if tag:
                tags.remember({name: f"{tag} {len(content)}"})
            return True
        except LedgerUnreachable as exc:
            if is_refused(exc):
                raise
            found = objects.content(name)
            if found is not None:
                return found == content
            if attempt == _TRIES - 1:
                raise
            time.sleep(_PAUSE_S * 2**attempt)
    raise AssertionError("the last attempt returns or raises")


def takes_names(objects: Objects) -> bool:
    """Whether a store keeps a name that is taken; asked of the first commit."""
    name = f"{EVENTS}/00000000.parquet"
    content = objects.content(name)
    assert content is not None
    try:
        objects.create(name, content)
    except LedgerUnreachable as exc:
        if is_taken(exc):
            return True
        raise
    return False
