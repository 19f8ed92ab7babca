"""Bytes in, ledger out: sources, records, forms, lanes, deduplication, commits, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compaction import Compacted, compact
    from .contents import Finding
    from .load import Outcome, Progress, Request, ingest
    from .observation import Observation, observe
    from .replaying import Replayed, replay
    from .sources import Found, find
    from .verification import verify, verify_quickly

__all__ = [
    "Compacted",
    "Finding",
    "Found",
    "Observation",
    "Outcome",
    "Progress",
    "Replayed",
    "Request",
    "compact",
    "find",
    "ingest",
    "observe",
    "replay",
    "verify",
    "verify_quickly",
]

_HOMES = {
    "Compacted": "compaction",
    "compact": "compaction",
    "Finding": "contents",
    "Found": "sources",
    "Observation": "observation",
    "Outcome": "load",
    "Progress": "load",
    "Replayed": "replaying",
    "Request": "load",
    "find": "sources",
    "ingest": "load",
    "observe": "observation",
    "replay": "replaying",
    "verify": "verification",
    "verify_quickly": "verification",
}


def __getattr__(name: str) -> object:
    """Load on first use, so that `ticketledger --help` stays cheap (PEP 562)."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(name)
