"""Sweeps: points handed to as many warm parents as there are cores, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

from .commands import ANSWER, COMMANDS, write_inputs
from .library import ERRORS, FAULTS, KILLS, OF_WRITES, Call, Kind, read_log


@dataclass(frozen=True, slots=True)
class Point:
    """A fault: the k-th storage call of a command meets it, perhaps with a mistake in the code."""

    command: str
    k: int = 0
    kind: Kind = Kind.NONE
    defect: str = ""
    check: bool = True
    log: str = ""
    copies: str = ""
    without_syncs: bool = False
    real_fold: bool = False
    with_rival: bool = False
    root: str = ""
    pause: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a point; see `server.Told`."""

    code: int
    said: str
    acknowledged: list[int]
    fired: bool
    problems: list[str]


class Harness:
    """Warm parents over one folder of inputs and ledgers; a context manager."""

    def __init__(self, library: Path, home: Path, processes: int) -> None:
        self.home = home
        (home / "template").mkdir()
        (home / "undisturbed").mkdir()
        write_inputs(home / "in")
        preload = os.environ | {"LD_PRELOAD": str(library)}
        self._servers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.faults.server", str(home)],
                env=preload,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(processes)
        ]
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for server in self._servers:
            self._idle.put(server)
        self._threads = ThreadPoolExecutor(processes)
        self._made: set[str] = set()
        self._making = {command: Lock() for command in COMMANDS}

    def close(self) -> None:
        """End the warm parents."""
        self._threads.shutdown()
        for server in self._servers:
            assert server.stdin and server.stdout
            server.stdin.close()
            server.wait()
            server.stdout.close()

    def template(self, command: str) -> Path:
        """Return the ledger a command starts from, made when it is needed first."""
        with self._making[command]:
            if command not in self._made:
                told = self._ask({"do": "make", "command": command})
                assert told.code == 0, told.said
                self._made.add(command)
        return self.home / "template" / command

    def ask(self, task: dict[str, Any]) -> Result:
        """Give one task to an idle parent."""
        self.template(task["command"])
        return self._ask(task)

    def _ask(self, task: dict[str, Any]) -> Result:
        server = self._idle.get()
        try:
            assert server.stdin and server.stdout
            server.stdin.write(json.dumps(task) + "\n")
            server.stdin.flush()
            return Result(**json.loads(server.stdout.readline()))
        finally:
            self._idle.put(server)

    def run(self, point: Point) -> Result:
        """Try one point."""
        return self.ask({"do": "point"} | asdict(point))

    def check(self, command: str, root: Path, acknowledged: Sequence[int]) -> list[str]:
        """Return what is wrong with a ledger that a fault left, now and after the next run."""
        task = {"do": "check", "command": command, "root": str(root)}
        return self.ask(task | {"acknowledged": list(acknowledged)}).problems

    def check_all(
        self, command: str, ledgers: Iterable[tuple[Path, Sequence[int]]]
    ) -> list[list[str]]:
        """Check ledgers, several at a time; each with the commits that were acknowledged."""
        return list(self._threads.map(lambda it: self.check(command, *it), ledgers))

    def run_all(self, points: Iterable[Point]) -> list[tuple[Point, Result]]:
        """Try points, several at a time."""
        given = list(points)
        return list(zip(given, self._threads.map(self.run, given), strict=True))

    def calls(self, command: str, **more: Any) -> list[Call]:
        """Return the storage calls of a command that meets no fault."""
        log = self.home / f"{command}-{len(list(self.home.iterdir()))}.log"
        told = self.run(Point(command, check=False, log=str(log), **more))
        assert told.code in ANSWER, told.said
        return [call for call in read_log(log) if call.name != "ack"]

    def log(self, command: str, copies: Path, **more: Any) -> list[Call]:
        """Return the same with acknowledgements between, and copies of what came to the disk."""
        copies.mkdir()
        log = copies.with_suffix(".log")
        self.run(Point(command, check=False, log=str(log), copies=str(copies), **more))
        return read_log(log)


def manners(point: Point, result: Result, call: Call | None = None) -> list[str]:
    """Return how a command that met a fault behaved worse than it must.

    A failed call ends in exit code 2 and one line that says `error:`, unless it is dispensable. An
    interrupt ends in 130, unless all was done; a signal to end ends it.
    """
    said = result.said
    is_done = result.code in ANSWER
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    if "Traceback" in said or "Exception ignored" in said:
        return [f"a traceback: {said[-1500:]}"]
    if point.kind in KILLS:
        return [] if result.code == -9 else [f"killed, and ended with {result.code}"]
    if point.kind == Kind.SIGTERM:
        return [] if is_done or result.code in (-15, 143) else [f"ended with {result.code}: {said}"]
    if is_done and point.kind in ERRORS and call and call.name not in _DISPENSABLE:
        return [f"{point.kind.name} of {call.step} went unnoticed"]
    if is_done:
        return [] if not errors else [f"exit {result.code} with {errors}"]
    wanted = {Kind.SIGINT: 130}.get(point.kind, 2)
    if point.kind in ERRORS and result.code == wanted and len(errors) == 1:
        return []
    if point.kind == Kind.SIGINT and result.code == 130 and errors == ["error: interrupted"]:
        return []
    return [f"exit {result.code}: {said[-600:]!r}"]


_DISPENSABLE = ("unlink", "rmdir", "mkdir")
"""Calls that clean up, and that make what may be there already."""


def chosen(
    command: str, calls: Sequence[Call], each: int = 0, **more: Any
) -> list[tuple[Point, Call]]:
    """Return the points of a sweep over the calls of a command.

    Args:
        command: its name in the table.
        calls: those of an undisturbed run.
        each: at every so many calls one kind, a choice that moves on from call to call; of a row
            of writes to one file only the ends. 0: all kinds at all calls.
        more: for every point.
    """
    points = []
    seed = zlib.crc32(command.encode())  # else all commands would meet the same kinds
    for call in calls:
        kinds = [kind for kind in FAULTS if call.name == "write" or kind not in OF_WRITES]
        if each:
            around = calls[max(call.number - 2, 0) : call.number + 1]
            is_inside = call.name == "write" and len({(it.name, it.path) for it in around}) == 1
            if is_inside or call.number % each:
                continue
            kinds = [kinds[(call.number // each + seed) % len(kinds)]]
        points += [(Point(command, call.number, kind, **more), call) for kind in kinds]
    return points
