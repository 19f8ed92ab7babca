"""What an object store lists of a ledger, what is no part of it, and how its mirror differs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from .errors import ObjectsDamaged
from .layout import EVENTS, HEAD, LEDGER, REJECTS, read_commit_name, superseded
from .objects import Objects, tag_of

_REJECTS_NAME: Final = re.compile(r"[0-9a-f]{64}\.parquet")


def kept(objects: Objects) -> dict[str, str]:
    """Return the tag of each commit and each file of rejects by its name, sorted.

    Raises:
        ObjectsDamaged: something else is among the commits.
        LedgerUnreachable: the store does not answer.
    """
    found, foreign = {}, []
    for name, meta in objects.listed().items():
        folder, _, file = name.partition("/")
        if folder == EVENTS and file:
            if "/" in file or read_commit_name(Path(file)) is None:
                foreign.append(name)
            found[name] = tag_of(meta)
        elif folder == REJECTS and _REJECTS_NAME.fullmatch(file):
            found[name] = tag_of(meta)
    refuse(objects, foreign, "is no commit", "move it out of the ledger")
    return found


def refuse(objects: Objects, names: Sequence[str], problem: str, hint: str) -> None:
    """Refuse objects that may not be there as they are, if there are any.

    Raises:
        ObjectsDamaged: there are.
    """
    if names:
        raise ObjectsDamaged([f"{objects.url}/{name}" for name in names], problem, hint=hint)


def published(objects: Objects) -> dict[str, float]:
    """Return by name when each commit came there, in seconds since the epoch."""
    return {
        name.removeprefix(f"{EVENTS}/"): meta["last_modified"].timestamp()
        for name, meta in objects.listed().items()
        if name.startswith(f"{EVENTS}/") and name != f"{EVENTS}/"
    }


def strangers(objects: Objects) -> list[str]:
    """Return the names of what is no file of a ledger."""
    ours = (LEDGER, HEAD, f"{EVENTS}/", f"{REJECTS}/")
    names = objects.listed().keys() - {EVENTS, REJECTS}  # markers of folders
    return [name for name in names if not name.startswith(ours)]


def differing(
    objects: Objects, root: Path, tags: Mapping[str, str], rejects: Collection[str]
) -> list[tuple[str, str]]:
    """Read what the mirror has and needs; returns what is not the same in the store, and how.

    Args:
        objects: of the ledger.
        root: of the mirror.
        tags: of what was fetched or put from here.
        rejects: names of the rejects files that are needed.
    """
    there = kept(objects)
    replaced = superseded([*there, *tags], there)
    found = []
    for folder in (EVENTS, REJECTS):
        for path in sorted((root / folder).iterdir()):
            name = f"{folder}/{path.name}"
            if name in replaced or (folder == REJECTS and path.name not in rejects):
                continue
            content = objects.content(name) if name in there else None
            if content is None and name in tags:
                found.append((f"{objects.url}/{name}", "is missing"))
            elif content is not None and content != path.read_bytes():
                found.append((f"{objects.url}/{name}", "is not what was fetched from it"))
    return found
