"""The few storage calls a commit is made of, each ending on the disk and not in a cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


@contextmanager
def workspace(tmp: Path) -> Iterator[Path]:
    """Yield a new folder in `tmp/`, locked while it is in use; it goes with all that is in it."""
    while True:
        folder = tmp / uuid.uuid4().hex
        folder.mkdir(parents=True)
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # a sweep came between
            continue
        with suppress(OSError):  # a file system without locks: `sweep` can have none either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():  # else a sweep came first
            break
        os.close(lock)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, for the moment that a check and a move take."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks: as good as it gets
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def sweep(tmp: Path) -> None:
    """Remove what killed processes left in `tmp/`: whatever nobody holds a lock on."""
    for path in tmp.iterdir() if tmp.is_dir() else ():
        with suppress(OSError):  # in use, gone meanwhile, or not ours to remove
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path)
            finally:
                os.close(lock)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()


def write_synced(path: Path, content: bytes, tmp: Path) -> None:
    """Put content at a path, whole or not at all, in place of what is there.

    The caller brings the folder to the disk.
    """
    with workspace(tmp) as folder:
        part = folder / path.name
        part.write_bytes(content)
        sync_file(part)
        part.replace(path)


def link_new(part: Path, path: Path) -> bool:
    """Give a finished file its name, atomically, unless the name is taken; says whether it did."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    return True
