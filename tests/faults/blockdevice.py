"""A real power loss: what of an ext4 file system had reached its block device at an instant.

The file system is mounted from a file. It writes back by itself only after minutes, so at any
earlier instant the file holds what was brought to the disk, and no more. A copy of the file is what
a power loss leaves; mounting it replays the journal as a reboot does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from .driver import Harness, Point, Result
from .library import Kind

_SIZE_BYTES = 24 << 20
_WRITE_BACK_S = 300


def missing(folder: Path) -> str:
    """Return why no ext4 image can be mounted here; empty when one can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "mounting an ext4 image needs root on Linux"
    if not all(map(shutil.which, ("mkfs.ext4", "mount", "umount"))):
        return "no mkfs.ext4, mount or umount"
    try:
        image = folder / "try.img"
        make(image)
        with mounted(image, folder / "try"):
            pass
    except subprocess.CalledProcessError as exc:
        return f"this machine does not let us mount an image: {exc.stderr.strip()}"
    return ""


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


def make(image: Path) -> None:
    """Make a file that holds an empty ext4 file system."""
    with image.open("wb") as file:
        file.truncate(_SIZE_BYTES)
    _run("mkfs.ext4", "-q", "-F", image)


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    """Yield the folder an image is mounted at."""
    folder.mkdir()
    _run("mount", "-o", f"loop,commit={_WRITE_BACK_S}", image, folder)
    try:
        yield folder
    finally:
        _run("umount", folder)
        folder.rmdir()


@dataclass(frozen=True)
class Loss:
    """A copy of the image at an instant, and the commits that had been reported by then."""

    calls: int
    image: Path
    acknowledged: tuple[int, ...]


def losses(
    harness: Harness, command: str, folder: Path, *, without_syncs: bool
) -> tuple[int, list[Loss]]:
    """Run a command on an ext4 image; return the number of its calls and the image at each.

    Images that are equal, as are the commits reported by then, come once.
    """
    image, told, go = folder / "disk.img", folder / "told", folder / "go"
    make(image)
    os.mkfifo(told)
    os.mkfifo(go)
    found: dict[tuple[str, tuple[int, ...]], Loss] = {}
    results: list[Result] = []
    with mounted(image, folder / "disk") as disk:
        root = disk / "ledger"
        template = harness.template(command)
        if template.exists():
            shutil.copytree(template, root)
    with mounted(image, folder / "disk") as disk:
        point = Point(
            command,
            kind=Kind.PAUSE,
            check=False,
            without_syncs=without_syncs,
            root=str(disk / "ledger"),
            pause=(str(told), str(go)),
        )
        runner = Thread(target=lambda: results.append(harness.run(point)))
        runner.start()
        acknowledged: list[int] = []
        calls = 0
        with told.open("rb", buffering=0) as telling, go.open("wb", buffering=0) as going:
            while byte := telling.read(1):
                if byte[0]:
                    acknowledged.append(byte[0])
                    continue
                calls += 1
                _keep(found, image, folder, calls, acknowledged)
                going.write(byte)
        _keep(found, image, folder, calls, acknowledged)
        runner.join()
    assert results[0].code in (0, 3), results[0].said
    return calls, list(found.values())


def _keep(
    found: dict[tuple[str, tuple[int, ...]], Loss],
    image: Path,
    folder: Path,
    calls: int,
    acknowledged: list[int],
) -> None:
    with image.open("rb") as file:
        key = hashlib.file_digest(file, "sha256").hexdigest(), tuple(acknowledged)
    if key not in found:
        copy = folder / f"{len(found)}.img"
        shutil.copyfile(image, copy)
        found[key] = Loss(calls, copy, tuple(acknowledged))


def recover(loss: Loss, folder: Path) -> Path:
    """Mount a copy as after a reboot; return the ledger found on it, copied off it."""
    root = folder / f"{loss.image.stem}-ledger"
    with mounted(loss.image, folder / "recovered") as disk:
        if (disk / "ledger").exists():
            shutil.copytree(disk / "ledger", root)
    loss.image.unlink()
    return root
