"""Random streams of envelopes, and every way to write one stream as files."""

import os
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

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
    "in_world",
    "lifecycles",
    "some",
    "splittings",
    "streams",
    "with_ledgers",
    "write_files",
    "write_lines",
]

T = TypeVar("T")
EXAMPLES = {"quick": 5, "nightly": 200}
"""Ledgers per test, by TICKETLEDGER_TEST_SIZE."""


def with_ledgers(each: int = 1) -> settings:
    """Return the settings of a test that builds so many ledgers in each example."""
    return settings(
        max_examples=max(1, EXAMPLES[os.environ.get("TICKETLEDGER_TEST_SIZE", "quick")] // each),
        deadline=None,  # the first ledger of a run pays for every import
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def some(strategy: SearchStrategy[T], count: int, *, derandomize: bool = True) -> list[T]:
    """Return so many examples of a strategy, for one test of all of them together."""
    found: list[T] = []

    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


def in_world(world: str, told: Any) -> Any:
    """Return the same in organisations of a world, wherever one is named: snapshots tell it inside.

    Args:
        world: what their names begin with.
        told: an envelope.
    """
    if isinstance(told, list):
        return [in_world(world, each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        key: f"{world}{value}" if key == "org_id" and value else in_world(world, value)
        for key, value in told.items()
    }
