"""What several rooms' tests share: the demo ledger, the samples' ledger, `--update-golden`."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ticketledger
from ticketledger.ingest import find
from ticketledger.ingest.load import Request

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "fixtures" / "samples.jsonl"
DEMO_LOADED_AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
"""The morning after the demo's last event: reports about loading have one answer, too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files and README outputs"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted with `record_property`."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if report.when == "call":
                    terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether this run rewrites what it would otherwise compare with."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """The ledger of `data/demo`, always loaded at the same instant; do not write to it."""
    ledger = ticketledger.open(tmp_path_factory.mktemp("demo") / "ledger")
    with contextlib.chdir(ROOT):
        found = find(["data/demo"])
        ledger.run(Request(found, ticketledger.__version__, now=lambda: DEMO_LOADED_AT))
    return ledger


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """The ledger of the 69 sample envelopes; do not write to it."""
    ledger = ticketledger.open(tmp_path_factory.mktemp("samples") / "ledger")
    ledger.ingest([SAMPLES])
    return ledger
