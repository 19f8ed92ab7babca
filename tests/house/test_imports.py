"""Rooms are imported by their installed names, in one direction, and need only what we declare."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .imports import faults, imports
from .layout import FRONT_DOOR, ROOMS, ROOT, pyproject, shipped_files


def python_files() -> list[str]:
    """Return every Python file of the project, the tests included."""
    tests = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py")}
    return sorted(tests | {name for name in shipped_files() if name.endswith(".py")})


def test_no_file_imports_a_room_by_its_folder_name() -> None:
    assert [
        fault for name in python_files() for fault in faults(name, (ROOT / name).read_text("utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("tests/test_x.py", "from models import Envelope"),
        ("ticketledger/cli.py", "def f() -> None:\n    import ingest.commit as c\n"),
        ("ingest/commit.py", "if TYPE_CHECKING:\n    from queries.catalog import Report\n"),
        ("ingest/commit.py", "from ..models import errors"),
        ("models/entities/ticket.py", "from ...queries import catalog"),
        ("queries/run.py", "from ticketledger import open"),
        ("queries/run.py", "import ticketledger"),
    ],
)
def test_bad_imports_are_seen(name: str, source: str) -> None:
    assert len(faults(name, source)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("ingest/commit.py", "from ticketledger.models.errors import LedgerError"),
        ("ingest/commit.py", "from ticketledger import __version__"),
        ("models/entities/ticket.py", "from ..errors import LedgerError"),
        ("tests/test_x.py", "import ticketledger\nimport modelscope\nfrom .models import x"),
    ],
)
def test_good_imports_pass(name: str, source: str) -> None:
    assert faults(name, source) == []


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\s<>=~!\[;]", line)[0] for line in requirements}


OPTIONAL = pyproject()["project"]["optional-dependencies"]
EXTRAS = _names(OPTIONAL["s3"] + OPTIONAL["spark"])


def test_what_extras_bring_is_imported_only_when_it_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys, ticketledger, ticketledger.cli, ticketledger.commands.loading\n"
        "ticketledger.open('ledger').ingest([], refresh=False)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    named = EXTRAS - {"pandas"}  # Arrow imports it by itself, where there is one
    assert not named & set(done.stdout.split())


def test_shipped_code_imports_only_declared_dependencies() -> None:
    declared = _names(pyproject()["project"]["dependencies"]) | EXTRAS
    used = {
        each.root
        for name in shipped_files()
        if name.endswith(".py")
        for each in imports((ROOT / name).read_text("utf-8"))
        if each.level == 0
    }
    declared.add("pydantic_core")  # pydantic's own half, from where it documents custom errors
    declared.add("py4j")  # PySpark's own half, whose errors it lets through
    assert used - sys.stdlib_module_names - {FRONT_DOOR} <= declared


@pytest.mark.parametrize(
    ("name", "line", "broken"),
    [
        ("models/x.py", "x = 1", 0),
        ("ingest/x.py", "from ticketledger.models import x", 0),
        ("queries/x.py", "from ticketledger.models import x", 0),
        ("models/x.py", "from ticketledger.ingest import x", 1),
        ("models/x.py", "from ticketledger.queries import x", 1),
        ("ingest/x.py", "from ticketledger.queries import x", 1),
        ("queries/x.py", "from ticketledger.ingest import x", 1),
        ("queries/x.py", "from ticketledger.cli import main", 1),
        ("queries/x.py", "from ticketledger.spark import views", 1),
        ("models/x.py", "import duckdb", 1),
        ("models/x.py", "from polars import DataFrame", 1),
        ("models/x.py", "def f():\n    import click", 1),
        ("ingest/x.py", "import duckdb", 0),
        ("queries/x.py", "from models import x", 1),
    ],
)
def test_contracts_bite(tmp_path: Path, name: str, line: str, broken: int) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / FRONT_DOOR).mkdir()
    inner = ("commands", "ledger", "spark")
    for folder in inner:
        (tmp_path / FRONT_DOOR / folder).mkdir()
    paths = (path for folder in ("", *inner) for path in (ROOT / FRONT_DOOR / folder).glob("*.py"))
    for path in paths:
        (tmp_path / path.relative_to(ROOT)).touch()
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / FRONT_DOOR / room).symlink_to(f"../{room}")
        for module in ("__init__", "x"):
            (tmp_path / room / f"{module}.py").touch()
    (tmp_path / name).write_text(f"{line}\n", encoding="utf-8")
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=tmp_path, capture_output=True, text=True
    )
    assert f"{3 - broken} kept, {broken} broken" in done.stdout, done.stdout + done.stderr
    assert done.returncode == (1 if broken else 0)
