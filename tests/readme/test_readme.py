"""Every console block of the README prints what it says, when run in order on a fresh ledger."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from ticketledger.queries import statements

README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Run a command of the README in a copy of what it needs; returns its standard output."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": tools}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
    )
    found_rows = 1 if "ticketledger reconcile" in command else 0  # that is what is shown
    assert done.returncode in (0, found_rows, 3), done.stderr
    return done.stdout


def rerun(block: str, folder: Path) -> str:
    """Return a console block with the outputs its commands have now."""
    if block.startswith("$ make demo\n"):
        return "$ make demo\n" + run(".ci/demo", folder)
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(command, folder)}" for command in commands)


def test_console_blocks_print_what_they_say(tmp_path: Path, update_golden: bool) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.copytree(ROOT / "data" / "demo", tmp_path / "data" / "demo")
    for settings in ("hours.toml", "promises.toml"):
        shutil.copy(ROOT / "data" / settings, tmp_path / "data")
    text = README.read_text("utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) >= 3
    now = BLOCK.sub(lambda found: f"```console\n{rerun(found[1], tmp_path)}```", text)
    if update_golden:
        README.write_text(now, "utf-8")
    assert now == README.read_text("utf-8")


def test_make_demo_runs_the_demo_script() -> None:
    planned = subprocess.run(
        ["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ".ci/demo" in planned.stdout


def test_every_report_is_listed_with_its_question() -> None:
    text = README.read_text("utf-8")
    for name, report in statements("reports").items():
        assert f"| `{name}` | {report.question} |" in text


def test_every_public_view_and_macro_is_named() -> None:
    named = set(re.findall(r"`(\w+)(?:\(t\))?`", README.read_text("utf-8")))
    public = {name for name, view in statements("views").items() if not view.internal}
    assert public | {"tickets_at", "chats_at"} <= named
