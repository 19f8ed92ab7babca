"""The library of `faults.c`: built on the spot, asked from within a process that has it loaded."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")


class Kind(IntEnum):
    """What becomes of the k-th storage call; the order is that of `faults.c`.

    EIO happens once. A full disk, a spent quota and a file system that turned read-only go on
    failing whatever needs them.
    """

    NONE = 0
    KILL_BEFORE = 1
    KILL_AFTER = 2
    EIO = 3
    ENOSPC = 4
    EROFS = 5
    EDQUOT = 6
    SHORT_WRITE = 7
    TORN_WRITE = 8
    SIGINT = 9
    SIGTERM = 10
    PAUSE = 11


FAULTS = [kind for kind in Kind if kind not in (Kind.NONE, Kind.PAUSE)]
ERRORS = (Kind.EIO, Kind.ENOSPC, Kind.EROFS, Kind.EDQUOT)
KILLS = (Kind.KILL_BEFORE, Kind.KILL_AFTER, Kind.TORN_WRITE)
OF_WRITES = (Kind.SHORT_WRITE, Kind.TORN_WRITE)


@dataclass(frozen=True, slots=True)
class Call:
    """One storage call below the armed folder; paths are relative to it.

    `note` is `new` where something was made, `cut` where a file was emptied, and for fsync the name
    of the copy of what came to the disk. `result` below zero is an error number.
    """

    number: int
    name: str
    path: str
    to: str
    result: int
    inode: int
    note: str

    @property
    def step(self) -> str:
        """The call without what differs from run to run: which kind of file, not which file."""
        return f"{self.name} {_place(self.path)} {_place(self.to)}".strip()


def _place(path: str) -> str:
    """A path with its numbers, hashes and random names left out."""
    return re.sub(r"[0-9a-f]{8,}(-[0-9a-f]+)?", "*", path)


def read_log(path: Path) -> list[Call]:
    """Return the calls of a log in the order they returned; `ack` is a commit that was reported."""
    calls = []
    for line in path.read_text().splitlines():
        number, name, where, to, result, inode, note = line.split("\t")
        calls.append(Call(int(number), name, where, to, int(result), int(inode), note))
    return calls


def missing() -> str:
    """Return why the library cannot be built here; empty when it can."""
    if not sys.platform.startswith("linux"):
        return "storage calls are failed with LD_PRELOAD, which needs Linux"
    if not shutil.which("gcc"):
        return "no gcc to build tests/faults/faults.c with"
    return ""


def build(folder: Path) -> Path:
    """Return the library, built in a folder."""
    made = folder / "faults.so"
    command = ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([*command, "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


class Faults:
    """The library as the process sees it that it was loaded into.

    Raises:
        AttributeError: it was not.
    """

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._arm = self._library.faults_arm

    def arm(self, root: Path, k: int, kind: Kind) -> None:
        """Count from now on what changes anything below a folder; the k-th call is met."""
        self._arm(os.fsencode(root), k, int(kind))

    def disarm(self) -> None:
        self._library.faults_disarm()

    def fired(self) -> bool:
        return bool(self._library.faults_fired())

    def swallow_syncs(self) -> None:
        """From now on nothing is brought to the disk, and nobody is told."""
        self._library.faults_swallow_syncs(1)

    def log(self, path: Path, copies: Path | None = None) -> None:
        """Log every call; with a folder of copies also what each fsync brought to the disk."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._library.faults_log(descriptor, os.fsencode(copies) if copies else b"")

    def pause(self, told: int, go: int) -> None:
        """For `Kind.PAUSE`: write a byte before every call, then wait for one."""
        self._library.faults_pause(told, go)
