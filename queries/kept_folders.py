"""The folders beside the cache in which answers are kept, and what each says of its files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .generations import read_told

TOLD = "told.json"
"""The file of an answer that says which others it consists of."""


def files_in(folder: Path) -> list[str]:
    """Return the files of what is kept in a folder; none if it is not, or not whole."""
    try:
        told = read_told(folder / TOLD)
        sizes = {folder / name: each["bytes"] for name, each in told.items()}
        is_whole = all(path.stat().st_size == size for path, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(path.absolute()) for path in sizes] if is_whole else []


def used(folder: Path) -> list[str]:
    """Return the files of what is kept in a folder, which from now on is in use."""
    files = files_in(folder)
    if files:
        with suppress(OSError):  # a ledger that is only read
            os.utime(folder)  # now its time begins
    return files


def folders_of(root: Path, generation: str, view: str = "*") -> Iterator[Path]:
    """Yield the folders of the answers of a generation, below a cache's root."""
    return root.glob(f"{generation}.{view}.*")


def kept_hashes(root: Path, generation: str) -> dict[str, str]:
    """Return the SHA-256 of each file of the answers of a generation, by path below the root.

    One that does not say which files it has is told by its own file, which has no such hash.
    """
    found: dict[str, str] = {}
    for folder in folders_of(root, generation):
        try:
            told = read_told(folder / TOLD).items()
            found |= {f"{folder.name}/{name}": each["sha256"] for name, each in told}
        except FileNotFoundError:  # who asks next makes it anew
            continue
        except (OSError, ValueError, KeyError, TypeError):
            found[f"{folder.name}/{TOLD}"] = ""
    return found
