"""What several rooms' tests share: the demo ledger, the samples' ledger, `--update-golden`."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ticketledger
from ticketledger import queries
from ticketledger.ingest import find
from ticketledger.ingest.load import Request

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "fixtures" / "samples.jsonl"
IS_NIGHTLY = os.environ.get("TICKETLEDGER_TEST_SIZE") == "nightly"
"""Whether tests take their long forms."""
PIP_INSTALL = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]

LONGEST_FIRST = ("spark", "front", "faults", "bucket")
ABOUT_THE_CATALOG = ("catalog", "test_making", "test_company", "test_serve")
DEMO_LOADED_AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
"""The morning after the demo's last event: reports about loading have one answer, too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files and README outputs"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the rooms of long tests: at the end no worker waits for another's."""
    rooms = {room: place for place, room in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rooms.get(item.path.parent.name, len(rooms)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted with `record_property`."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if report.when == "call":
                    terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(autouse=True)
def _without_a_catalog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers do not need `catalog.duckdb`: only tests about it pay for one after every load."""
    told = f"{request.module.__name__} {request.node.name}"
    if not any(word in told for word in ABOUT_THE_CATALOG):
        monkeypatch.setattr(queries, "renew_catalog", lambda store, **_: None, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_all_tests(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Leave the user's cache folder alone; workers share one, and what was dear to make in it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["TICKETLEDGER_CACHE"] = str(shared / "cache")


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


@pytest.fixture
def own_samples(samples: ticketledger.Ledger, tmp_path: Path) -> ticketledger.Ledger:
    """A copy of the ledger of the sample envelopes, with its cache, to be written to."""
    return ticketledger.open(shutil.copytree(samples.root, tmp_path / "ledger"))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """The ledger of the 69 sample envelopes; do not write to it."""
    ledger = ticketledger.open(tmp_path_factory.mktemp("samples") / "ledger")
    ledger.ingest([SAMPLES])
    return ledger
