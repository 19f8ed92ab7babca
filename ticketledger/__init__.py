"""ticketledger: an append-only ledger of ticket and chat events, with state, history and reports.

import ticketledger

ledger = ticketledger.open("data/ledger")
ledger.ingest(["exports/"])
ledger.sql("SELECT status, count(*) AS tickets FROM tickets GROUP BY status")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .ledger import Ledger, open

__all__ = ["Ledger", "__version__", "open"]


def __getattr__(name: str) -> object:
    """Load on first use, so that `ticketledger --help` stays cheap (PEP 562)."""
    if name in ("Ledger", "open"):
        from . import ledger

        return getattr(ledger, name)
    raise AttributeError(name)
