"""Which failures of its commands `make demo` forgives; what it prints is pinned in the README."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .layout import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with what the demo needs."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.copytree(ROOT / "data" / "demo", tmp_path / "data" / "demo")
    return tmp_path


def run(copy: Path, tools: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo in `copy`, with the programs in `tools` first on the path."""
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [copy / ".ci" / "demo"], env=os.environ | {"PATH": path}, capture_output=True, text=True
    )


@pytest.mark.parametrize(("code", "passes"), [(0, True), (3, True), (1, False), (4, False)])
def test_only_rejected_lines_are_forgiven(copy: Path, code: int, passes: bool) -> None:
    tools = copy / "tools"
    tools.mkdir()
    stand_in = tools / "ticketledger"
    stand_in.write_text(f'#!/bin/sh\n[ "$1" != ingest ] || exit {code}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    assert (run(copy, tools).returncode == 0) is passes


def test_a_failing_question_fails_the_demo(copy: Path) -> None:
    tools = copy / "tools"
    tools.mkdir()
    stand_in = tools / "ticketledger"
    stand_in.write_text('#!/bin/sh\n[ "$1" != sql ] || exit 3\n', encoding="utf-8")
    stand_in.chmod(0o755)
    assert run(copy, tools).returncode == 3
