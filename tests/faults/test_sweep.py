"""Whatever storage call fails, in whatever way: whole commits, once, and a clear word."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import IS_NIGHTLY

from .commands import COMMANDS
from .driver import Harness, Point, chosen, manners
from .library import Call, Kind, read_log

RARER = {
    "answers": 17,
    "ingest": 7,
    "append": 7,
    "refresh": 13,
    "refresh-more": 11,
    "publish-more": 29,
}
"""In the quick form a fault at every so many calls, else at every fifth; nightly at each."""


def sweep(harness: Harness, points: list[tuple[Point, Call]]) -> list[str]:
    """Try points; return what went wrong, a line each."""
    wrong = []
    results = harness.run_all(point for point, _ in points)
    for (point, call), (_, result) in zip(points, results, strict=True):
        found = manners(point, result, call) + result.problems
        if not result.fired:
            found.append("the call did not come")
        wrong += [f"{point.command} {point.k} {point.kind.name} {call.step}: {it}" for it in found]
    return wrong


@pytest.mark.parametrize("command", COMMANDS)
def test_no_fault_costs_a_commit_or_leaves_half_of_one(
    command: str, harness: Harness, tell: Callable[[str], None]
) -> None:
    calls = harness.calls(command)
    points = chosen(command, calls, 0 if IS_NIGHTLY else RARER.get(command, 5))
    wrong = sweep(harness, points)
    failed = {line.split(":")[0] for line in wrong}
    tell(f"{command}: {len(points) - len(failed)} of {len(points)} points, {len(calls)} calls")
    assert wrong == []


@pytest.mark.parametrize("command", ["refresh", "refresh-more"] if IS_NIGHTLY else ["refresh-more"])
def test_the_real_fold_meets_faults_as_its_stand_in_does(
    command: str, harness: Harness, tell: Callable[[str], None]
) -> None:
    calls = harness.calls(command, real_fold=IS_NIGHTLY)
    points = chosen(command, calls, 5, real_fold=True)
    points = points if IS_NIGHTLY else points[len(points) // 2 :][:1]
    wrong = sweep(harness, points)
    tell(f"{command} with the real fold: {len(points)} points, {len(wrong)} problems")
    assert wrong == []


def test_a_commit_is_on_the_disk_before_its_name_and_that_before_it_is_reported(
    harness: Harness,
) -> None:
    log = harness.log("append", harness.home / "order")
    reported = [place for place, call in enumerate(log) if call.name == "ack"]
    assert len(reported) > 1
    for place in reported:
        named = last(log[:place], "link", lambda call: call.to.startswith("events/"))
        inode = log[named].inode
        written = last(log[:named], "write", of_inode(inode))
        last(log[written:named], "fsync", of_inode(inode))
        last(log[named:place], "fsync", lambda call: call.path == "events")
        begun = max((it for it in reported if it < place), default=0)
        rejects = [it for it in range(begun, named) if log[it].to.startswith("rejects/")]
        for moved in rejects:
            last(log[moved:named], "fsync", lambda call: call.path == "rejects")


def of_inode(inode: int) -> Callable[[Call], bool]:
    return lambda call: call.inode == inode


def last(log: list[Call], name: str, wanted: Callable[[Call], bool]) -> int:
    """Return the place of the last such call; there must be one."""
    return max(place for place, call in enumerate(log) if call.name == name and wanted(call))


def test_a_commit_and_a_catalog_cost_few_storage_calls(harness: Harness) -> None:
    append, renewal = harness.calls("append"), harness.calls("catalog")
    commits = sum(call.name == "link" and call.to.startswith("events/") for call in append)
    assert len(append) / commits < 30
    assert sum(call.name == "fsync" for call in renewal) < 10


PROGRAM = """
import sys
from pathlib import Path
from tests.faults.library import Faults, Kind
import ticketledger.ledger
faults = Faults()
faults.log(Path(sys.argv[2]))
faults.arm(Path(sys.argv[1]), 0, Kind.NONE)
ledger = ticketledger.open(sys.argv[1])
ledger.ingest(sys.argv[3])
ledger.ingest(sys.argv[4])
ledger.compact(everything=True)
ledger.refresh(rebuild=True)
faults.disarm()
"""


@pytest.mark.skipif(not IS_NIGHTLY, reason="TICKETLEDGER_TEST_SIZE=nightly compares with strace")
@pytest.mark.skipif(not shutil.which("strace"), reason="no strace")
def test_the_library_counts_every_call_that_the_kernel_sees(
    harness: Harness, place: Path, tell: Callable[[str], None]
) -> None:
    root, log, trace = place / "traced", place / "counted.log", place / "strace.log"
    library = f"LD_PRELOAD={place / 'faults.so'}"
    inputs = [harness.home / "in" / name for name in ("first.jsonl", "second.jsonl")]
    strace = ["strace", "-f", "-y", "-o", str(trace), "-E", library, "-e", f"trace={TRACED}"]
    program = [sys.executable, "-c", PROGRAM, *map(str, (root, log, *inputs))]
    subprocess.run([*strace, *program], check=True)
    counted = Counter(call.name for call in read_log(log))
    seen = Counter(filter(None, (traced(line, root) for line in trace.read_text().splitlines())))
    tell(f"the library counts {counted.total()} of {seen.total()} calls that strace sees")
    assert counted == seen


TRACED = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,fsync,"
    "fdatasync,sync_file_range,msync,link,linkat,symlink,symlinkat,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir,truncate,ftruncate,fallocate,mknod,io_uring_setup"
)
SAME = {"pwrite64": "write", "fdatasync": "fsync"}


def traced(line: str, root: Path) -> str:
    """Return the name that the log has for a line of strace; empty when it is no change."""
    found = re.match(r"\d+ +(\w+)\((.*)", line)
    if not found or str(root) not in line:
        return ""
    name, rest = found.groups()
    name = SAME.get(name, name.removesuffix("2").removesuffix("at"))
    if name == "open" and not re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", rest):
        return ""
    if name == "write" and not re.match(rf"\d+<{root}", rest):
        return ""
    return "rmdir" if "AT_REMOVEDIR" in rest else name


def test_a_point_that_never_comes_is_no_success(harness: Harness) -> None:
    assert not harness.run(Point("catalog", 10_000, Kind.KILL_BEFORE)).fired
