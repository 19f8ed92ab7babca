"""Asking for help loads none of the heavy libraries."""

import json
import subprocess
import sys

import pytest

from .layout import ROOT

REPORT = """
import json, sys
try:
    {statement}
finally:
    heavy = {{"duckdb", "polars", "pyarrow", "pydantic"}} & set(sys.modules)
    print(json.dumps(sorted(heavy)), file=sys.stderr)
"""


def heavy_modules(statement: str) -> tuple[list[str], str]:
    """Return the heavy libraries that `statement` loads in a fresh interpreter, and its output."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT.format(statement=statement)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    loaded: list[str] = json.loads(done.stderr)
    return loaded, done.stdout


def test_help_is_cheap() -> None:
    loaded, output = heavy_modules(
        "sys.argv = ['ticketledger', '--help']; from ticketledger.cli import main; main()"
    )
    assert output.startswith("Usage: ticketledger")
    assert loaded == []


@pytest.mark.parametrize(
    "module", ["ticketledger", "ticketledger.ingest", "ticketledger.models", "ticketledger.queries"]
)
def test_importing_a_package_is_cheap(module: str) -> None:
    loaded, _ = heavy_modules(f"import {module}")
    assert loaded == []


def test_the_probe_sees_a_heavy_import() -> None:
    loaded, _ = heavy_modules("import pydantic")
    assert loaded == ["pydantic"]
