"""The build server runs `make test`, and fails when it fails."""

import os
import subprocess
from pathlib import Path

import pytest

from .layout import ROOT


@pytest.mark.parametrize("code", [0, 2])
def test_ci_runs_the_test_command_at_the_root(tmp_path: Path, code: int) -> None:
    stand_in = tmp_path / "make"
    stand_in.write_text(f'#!/bin/sh\necho "$PWD: make $*"\nexit {code}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "run"],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{ROOT}: make test\n"
    assert done.returncode == code
