"""The distributions, built once per run and without a network."""

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from .layout import ROOT


@dataclass(frozen=True)
class Built:
    """The sdist, the wheel built from it, and the wheel built from the working tree."""

    sdist: Path
    wheel_from_sdist: Path
    wheel: Path


def build(out: Path, *options: str) -> Path:
    """Run `python -m build` into the folder `out` and return it."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *options]
    # Started in an empty folder: `-m` would take a folder named `build` at the root for the tool.
    out.mkdir()
    done = subprocess.run([*command, str(ROOT)], cwd=out, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def the_one(folder: Path, pattern: str) -> Path:
    """Return the only file in `folder` that fits."""
    (path,) = folder.glob(pattern)
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The distributions of the working tree."""
    base = tmp_path_factory.mktemp("build")
    both = build(base / "both")  # the sdist, then a wheel from that sdist
    tree = build(base / "tree", "--wheel")
    return Built(
        sdist=the_one(both, "*.tar.gz"),
        wheel_from_sdist=the_one(both, "*.whl"),
        wheel=the_one(tree, "*.whl"),
    )


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """Return every file of a wheel with its content."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sdist_files(sdist: Path) -> set[str]:
    """Return the names of an sdist's files, relative to its top folder."""
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}
