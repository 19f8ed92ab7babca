"""Objects of a ledger in a bucket: brought here whole, or put there if a name is free."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from .disk import file_sha256, sync_file, workspace
from .errors import LedgerUnreachable
from .layout import EVENTS, REJECTS, TMP
from .objects import Objects, is_missing, is_refused, is_taken
from .piecewise import piecewise
from .seal import is_sealed
from .tags import Tags

_TRIES: Final = 4
_PAUSE_S: Final = 0.2
_FETCHES: Final = 8
"""So many objects are fetched at a time: most are small, and each takes a way there and back."""


def fetch(objects: Objects, names: Sequence[str], root: Path) -> list[str]:
    """Bring objects here, several at a time; rejects may have gone meanwhile.

    Returns the names of those that are not what was written: what is here of them was left.
    """
    with ThreadPoolExecutor(_FETCHES, "fetch") as threads:
        are_whole = threads.map(lambda name: _fetch(objects, name, root), names)
        return [name for name, is_whole in zip(names, are_whole, strict=True) if not is_whole]


def read_ends(objects: Objects, tags: Mapping[str, str], root: Path) -> None:
    """Bring the footers of objects here, given their tags by name."""

    def read(told: tuple[str, str]) -> None:
        with piecewise(objects, *told, root) as file:
            file.seek(-1, 2)
            file.read(1)

    with ThreadPoolExecutor(_FETCHES, "fetch") as threads:
        list(threads.map(read, tags.items()))


def _fetch(objects: Objects, name: str, root: Path) -> bool:
    """Bring an object here; says whether it is what was written."""
    path = root / name
    with workspace(root / TMP) as folder:
        part = folder / path.name
        try:
            with part.open("wb") as file:
                for piece in objects.pieces(name):
                    file.write(piece)
        except LedgerUnreachable as exc:
            if is_missing(exc) and name.startswith(REJECTS):
                return True
            raise
        is_whole = (
            is_sealed(part)
            if name.startswith(EVENTS)
            else file_sha256(part) == path.name.removesuffix(".parquet")
        )
        if is_whole:
            sync_file(part)
            part.replace(path)
        return is_whole


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
