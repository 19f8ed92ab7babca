"""Random streams of envelopes, and every way to write one stream as files."""

import os

from hypothesis import HealthCheck, settings

from .conversations import conversations
from .files import Written, splittings, write_files, write_lines
from .instants import CLOCK, MOMENTS, SPELLINGS
from .lifecycles import lifecycles
from .streams import streams
from .values import ODD_VALUES

__all__ = [
    "CLOCK",
    "MOMENTS",
    "ODD_VALUES",
    "SPELLINGS",
    "Written",
    "conversations",
    "lifecycles",
    "splittings",
    "streams",
    "with_ledgers",
    "write_files",
    "write_lines",
]

EXAMPLES = {"quick": 10, "nightly": 200}
"""Ledgers per test, by TICKETLEDGER_TEST_SIZE."""


def with_ledgers(each: int = 1) -> settings:
    """Return the settings of a test that builds so many ledgers in each example."""
    return settings(
        max_examples=max(1, EXAMPLES[os.environ.get("TICKETLEDGER_TEST_SIZE", "quick")] // each),
        deadline=None,  # the first ledger of a run pays for every import
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
