"""The warm parent: imports everything, opens empty databases, and forks a process for each point.

    LD_PRELOAD=faults.so python -m tests.faults.server HOME

A line of standard input is a task as JSON, a line of standard output what came of it. HOME holds
`in/` (inputs), `template/NAME` (the ledger a command starts from) and `undisturbed/NAME` (the one
it leaves when nothing happens).
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial, reduce
from pathlib import Path
from typing import Any, get_args

import duckdb
import pyarrow.dataset  # noqa: F401  warm: it is imported when the first table is read

import ticketledger
from tests.queries.answers import has_current_catalog
from ticketledger import cli
from ticketledger import ledger as _ledger  # noqa: F401  warm: commands import it when they run
from ticketledger.ingest import commit as ingest_commit
from ticketledger.ingest import load, replaying
from ticketledger.queries import catalog
from ticketledger.queries import run as _run  # noqa: F401  warm, too
from ticketledger.queries.generations import fingerprint
from ticketledger.queries.statement import Room, statements

from . import commands, defects, invariants
from .library import Faults, Kind

AHEAD = 6
"""Databases that are opened ahead; who needs more opens them."""

LONGEST_S = 120
"""A process that takes longer hangs, and is ended by an alarm."""


@dataclass
class Told:
    """What came of a point.

    Attributes:
        code: exit code, below zero the signal that ended it.
        said: what it wrote to stderr.
        acknowledged: the commits it said were done.
        fired: whether the fault was met before the end.
        problems: what is wrong on the disk.
    """

    code: int = 0
    said: str = ""
    acknowledged: list[int] = field(default_factory=list)
    fired: bool = True
    problems: list[str] = field(default_factory=list)


def forked(work: Callable[[int], int], *, said: Path) -> tuple[int, str]:
    """Do work in a process of its own; returns its exit code and what it wrote to a pipe."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(source)
            signal.alarm(LONGEST_S)
            output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(output, 1)
            os.dup2(output, 2)
            code = work(sink)
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    os.close(sink)
    with os.fdopen(source) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), told


def _acknowledging(task: dict[str, Any], sink: int) -> Callable[[int], None]:
    """Return what tells the parent, the log and who copies the disk that a commit is done."""
    told = os.open(task["pause"][0], os.O_WRONLY) if task["pause"] else None
    log = os.open(task["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND) if task["log"] else None
    if told is not None:
        Faults().pause(told, os.open(task["pause"][1], os.O_RDONLY))

    def acknowledge(number: int) -> None:
        os.write(sink, f"{number}\n".encode())
        if log is not None:
            os.write(log, f"0\tack\t{number}\t\t0\t0\t\n".encode())
        if told is not None:
            os.write(told, bytes([number]))

    return acknowledge


def run(command: tuple[str, ...], home: Path, root: Path) -> int:
    """Run the command line in this process; returns its exit code."""
    places = {"{in}": str(home / "in"), "{root}": str(root)}
    given = [reduce(lambda it, each: it.replace(*each), places.items(), a) for a in command]
    sys.argv = ["ticketledger", *given, "--ledger", str(root)]
    try:
        cli.main()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    return 0


def make(home: Path, name: str, sink: int) -> int:
    """Make the ledger a command starts from, and the one it leaves; learn what they hold."""
    command = commands.COMMANDS[name]
    template, undisturbed = home / "template" / name, home / "undisturbed" / name
    _stage(name)
    for step in command.before:
        code = run(step, home, template)
        assert code in commands.ANSWER, step
    if name == "answers":
        commands.keep_one_answer()
    if template.exists():
        command.then(template)
        shutil.copytree(template, undisturbed)
    assert run(command.run, home, undisturbed) in commands.ANSWER, command.run
    found = invariants.facts(template, undisturbed, command.writes)
    (home / f"{name}.json").write_text(json.dumps(asdict(found)))
    return 0


def disturbed(task: dict[str, Any], home: Path, root: Path, sink: int) -> int:
    """Run a command that meets a fault; tells of every commit that is acknowledged."""
    command = commands.COMMANDS[task["command"]]
    _stage_all(task, home)
    faults = Faults()
    acknowledge = _acknowledging(task, sink)
    commit = ingest_commit.commit

    def told(*args: Any, **options: Any) -> Any:
        done = commit(*args, **options)
        if done.number is not None:
            acknowledge(done.number)
        return done

    load.commit = replaying.commit = told  # type: ignore[attr-defined]
    if task["defect"]:
        defects.DEFECTS[task["defect"]].install(acknowledge)
    if task["with_rival"]:
        defects.be_overtaken(root, home / "in" / "third.jsonl")
    if task["log"]:
        faults.log(Path(task["log"]), Path(task["copies"]) if task["copies"] else None)
    if task["without_syncs"]:
        faults.swallow_syncs()
    faults.arm(root, task["k"], Kind(task["kind"]))
    code = run(command.run, home, root)
    faults.disarm()
    os.write(sink, b"fired\n" if faults.fired() else b"not fired\n")
    return code


def _stage(name: str) -> None:
    """Let this process do what a command makes of its ledger, and less of what others make."""
    commands.make_commits_small()
    if name.startswith("compact"):
        commands.leave_the_catalog()
    if name.startswith("catalog"):
        commands.catalog_few_views()


def _stage_all(task: dict[str, Any], home: Path) -> None:
    """Let this process take from the undisturbed ledger what costs no storage calls, too."""
    name = task["command"]
    _stage(name)
    if name == "answers":
        commands.keep_one_answer()
    if name.startswith("refresh") and not task.get("real_fold"):
        commands.fold_again(home / "undisturbed" / name)
    if name.startswith("publish"):
        commands.take_marts_again(home / "undisturbed" / name)


def checked(task: dict[str, Any], home: Path, root: Path, told: Told, sink: int) -> int:
    """Check a ledger after a fault, run the command again, and check once more."""
    name, command = task["command"], commands.COMMANDS[task["command"]]
    wanted = invariants.Facts(**json.loads((home / f"{name}.json").read_text()))
    invariants.know(wanted.learned)
    problems: list[str] = []
    if task.get("with_rival"):  # who comes first decides which commit holds what
        problems += invariants.after_rival(root)
    else:
        problems += invariants.after_fault(root, wanted, told.acknowledged)
    if root.exists():
        commands.age(root)
    _stage_all(task, home)
    if (defect := task.get("defect")) and defects.DEFECTS[defect].stays:
        defects.DEFECTS[defect].install(lambda number: None)
    code = run(command.run, home, root)
    if code not in commands.ANSWER:
        problems.append(f"C: the next run ends with {code}")
    problems += invariants.after_next_run(root, wanted)
    if command.writes == "merged":
        commands.age(root)
        run(command.run, home, root)
        with suppress(AssertionError):  # told already
            problems += invariants.superseded(root)
    if name.startswith("catalog") and not has_current_catalog(ticketledger.open(root)):
        problems.append("C: the catalog is not current")
    os.write(sink, json.dumps(problems).encode())
    return 0


def point(task: dict[str, Any], home: Path) -> Told:
    """Try one point: a copy of the template, the fault, the checks."""
    with tempfile.TemporaryDirectory(dir=home) as folder:
        root, said = Path(folder) / "ledger", Path(folder) / "said"
        template = home / "template" / task["command"]
        if task["root"]:
            root = Path(task["root"])
        elif template.exists():
            shutil.copytree(template, root)
        told = Told()
        told.code, lines = forked(lambda sink: disturbed(task, home, root, sink), said=said)
        told.said = said.read_text()
        told.acknowledged = [int(line) for line in lines.split("\n") if line.isdigit()]
        told.fired = "not fired" not in lines
        if task["check"]:
            told.problems = check(task, home, root, told, said)
    return told


def check(task: dict[str, Any], home: Path, root: Path, told: Told, said: Path) -> list[str]:
    """Check in a process of its own: this one must not open a database."""
    code, found = forked(lambda sink: checked(task, home, root, told, sink), said=said)
    if code:
        return [f"the check ended with {code}: {said.read_text()[-1500:]}"]
    problems: list[str] = json.loads(found)
    return problems


def open_ahead() -> None:
    """Open databases that hold nothing: in place of opening one, a process takes the next.

    Without threads of their own, which a process would not have: until it asks for some, a database
    works in the one that asks. One that is a file is opened by whoever needs it.
    """
    opened = [duckdb.connect(config={"threads": 1, "async_threads": 0}) for _ in range(AHEAD)]
    for con in opened:
        con.execute("SELECT 1")  # the parser is made when it is needed first
    connect = duckdb.connect

    def taken(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        return connect(*args, **options) if args or options or not opened else opened.pop()

    duckdb.connect = taken


def warm() -> None:
    """Read all statements, open databases, and let children share the memory they lie in."""
    for room in get_args(Room):
        statements(room)
    fingerprint()
    catalog._definitions()
    open_ahead()
    gc.collect()
    gc.freeze()


def serve(home: Path) -> None:
    """Answer tasks until standard input ends."""
    warm()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        task = json.loads(line)
        if task["do"] == "make":
            said = home / f"{task['command']}.said"
            code, _ = forked(partial(make, home, task["command"]), said=said)
            told = Told(code, said.read_text())
        elif task["do"] == "check":
            told = Told(acknowledged=task["acknowledged"])
            root = Path(task["root"])
            told.problems = check(task, home, root, told, root.with_name(f"{root.name}.said"))
        else:
            told = point(task, home)
        answers.write(json.dumps(asdict(told)) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
