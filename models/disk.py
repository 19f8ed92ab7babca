"""The few storage calls a commit is made of, each ending on the disk and not in a cache."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def sync_file(path: Path) -> None:
    """Return when the file's content is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Return when the folder's entries are on the disk."""
    sync_file(path)


def temporary(folder: Path) -> Path:
    """Return a new name in `tmp/`; what is left there after a crash is garbage."""
    return folder / f"{uuid.uuid4().hex}.part"


def write_synced(path: Path, content: bytes, tmp: Path) -> None:
    """Put content at a path that names it by its hash: an equal file there already is as good."""
    part = temporary(tmp)
    try:
        part.write_bytes(content)
        sync_file(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def publish_new(path: Path, content: bytes, tmp: Path) -> bool:
    """Create a file with this content unless it exists; says whether it did."""
    part = temporary(tmp)
    try:
        part.write_bytes(content)
        sync_file(part)
        return link_new(part, path)
    finally:
        part.unlink(missing_ok=True)


def link_new(part: Path, path: Path) -> bool:
    """Give a finished file its name, atomically, unless the name is taken; says whether it did."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    return True
