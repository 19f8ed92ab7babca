"""Commands of the command line, each in a process of its own, so that its peak memory is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took: seconds, MiB at its peak, and what it said on stdout."""

    seconds: float
    peak_mib: float
    said: bytes


def run(root: Path, *words: str) -> Taken:
    """Run a command of a ledger; who asks must not be large: a child begins as large as it is."""
    command = [sys.executable, "-m", "ticketledger", *words, "--ledger", str(root)]
    began = perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert child.stdout
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 3):  # 3: some lines were rejected
        raise SystemExit(f"{words[0]} ended with {code}")
    return Taken(perf_counter() - began, usage.ru_maxrss / 1024, said)
