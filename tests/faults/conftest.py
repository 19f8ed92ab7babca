"""The harness that the tests of faults share, built once; what they counted, told at the end.

The quick form is part of `make test`; the long one is TICKETLEDGER_TEST_SIZE=nightly.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import library
from .driver import Harness

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for thousands of ledgers; in memory where there is such a place."""
    if not os.access(_MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("faults")
        return
    made = Path(tempfile.mkdtemp(prefix="ticketledger-faults-", dir=_MEMORY))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def harness(place: Path) -> Iterator[Harness]:
    """Warm parents with the library loaded."""
    if reason := library.missing():
        pytest.skip(reason)
    home = place / "home"
    home.mkdir()
    made = Harness(library.build(place), home, os.cpu_count() or 1)
    yield made
    made.close()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a line at the end of the whole run, also when all is well."""
    return lambda line: record_property("faults", line)
