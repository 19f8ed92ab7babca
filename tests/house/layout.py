"""Where the house keeps its files: the root, the rooms, and which files belong to them."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ingest", "models", "queries")
FRONT_DOOR = "ticketledger"
LINKS = tuple(f"{FRONT_DOOR}/{room}" for room in ROOMS)


def pyproject() -> dict[str, Any]:
    """Return pyproject.toml as a dictionary."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shipped_files() -> set[str]:
    """Return the files of the rooms and of the front door, relative to the root, links left out.

    In a git checkout: what git tracks, or would track after `git add`. In an unpacked sdist: what
    exists.
    """
    folders = (*ROOMS, FRONT_DOOR)
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        names = {name for name in listed if (ROOT / name).is_file()}
    else:
        found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
        names = {
            path.relative_to(ROOT).as_posix()
            for path in found
            if path.is_file() and "__pycache__" not in path.parts
        }
    return {name for name in names if not name.startswith(tuple(f"{link}/" for link in LINKS))}


def installed_name(name: str) -> str:
    """Return where the file `name` of this repository lands in site-packages."""
    return name if name.startswith(f"{FRONT_DOOR}/") else f"{FRONT_DOOR}/{name}"
