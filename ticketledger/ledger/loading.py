"""What a ledger takes in, and how it compares with what is read elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from .. import __version__, queries
from ..ingest import (
    Observation,
    Outcome,
    Progress,
    Replayed,
    Request,
    find,
    observe,
)
from ..ingest import ingest as run_ingest
from ..ingest import replay as run_replay
from ..ingest.explain import Limits
from ..models.instants import Moment, on_clock
from ..models.store import open_store
from ..queries import Compared
from .frames import as_frame
from .keeping import Keeping

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where observed tickets and the ledger do not agree, and what was read to find it."""

    compared: Compared
    observation: Observation

    @property
    def rows(self) -> pa.Table:
        """One row per ticket and differing field; none when all agree. JSON columns are text."""
        return self.compared.rows

    def frame(self) -> pl.DataFrame:
        """Return the rows as a Polars frame."""
        return as_frame(self.rows)


class Loading(Keeping):
    """What a ledger takes in, and how it compares with what is read elsewhere."""

    def ingest(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        observed_at: Moment | None = None,
        progress: Callable[[Progress], None] | None = None,
        refresh: bool = True,
    ) -> Outcome:
        """Load files, folders or patterns; what the ledger has already is counted, not added.

        Args:
            paths: one or many; `-` is standard input.
            observed_at: when bare objects (Ticket Info, REST lists) were read from the vendor.
            progress: told after each step how far the run is.
            refresh: as in `run`.

        Raises:
            UnreadableInput: a path is missing or cannot be read; nothing is loaded then.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        request = Request(
            find(os.fspath(path) for path in paths), __version__, on_clock(observed_at)
        )
        if progress:
            request = replace(request, progress=progress)
        return self.run(request, refresh=refresh)

    def run(self, request: Request, *, refresh: bool = True) -> Outcome:
        """Carry out an ingest request; the cache and `catalog.duckdb` follow at its end.

        Args:
            request: what to load, and how.
            refresh: fold what the new commits touched and make the catalog anew; otherwise views
                fold the whole log, and the catalog shows what it did, until `refresh` is called.
        """
        outcome = run_ingest(self.root, request)
        if refresh:
            self.refresh()
        return outcome

    def replay(
        self,
        *,
        limits: Limits | None = None,
        observed_at: Moment | None = None,
        refresh: bool = True,
    ) -> Replayed:
        """Try every refused line again, with this version and these limits.

        Args:
            limits: what one record may cost; None: the defaults.
            observed_at: when bare objects (Ticket Info, REST lists) were read from the vendor.
            refresh: as in `run`.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        made = run_replay(
            self.root, version=__version__, limits=limits, observed_at=on_clock(observed_at)
        )
        if refresh and made.commits:
            self.refresh()
        return made

    def reconcile(
        self,
        paths: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
        *,
        observed_at: Moment | None = None,
        complete: bool = False,
        tolerance_s: float = 5,
        known_at: Moment | None = None,
    ) -> Reconciliation:
        """Compare tickets and audit rows in files with the ledger, and load nothing.

        Args:
            paths: one or many; `-` is standard input.
            observed_at: when the tickets were read from the vendor; without it each is compared
                as of its own last update, or else with the present.
            complete: they are all the live tickets of their organisations.
            tolerance_s: how far the clocks of the two sides may be apart.
            known_at: only commits at or before this instant exist.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            UnreadableInput: a path is missing or cannot be read.
            BadParameter: the tolerance is below zero or above a year.
        """
        open_store(self.root)
        if isinstance(paths, str | os.PathLike):
            paths = [paths]
        observation = observe(find(os.fspath(path) for path in paths), on_clock(observed_at))
        return self.compare(
            observation, complete=complete, tolerance_s=tolerance_s, known_at=known_at
        )

    def compare(
        self,
        observation: Observation,
        *,
        complete: bool = False,
        tolerance_s: float = 5,
        known_at: Moment | None = None,
    ) -> Reconciliation:
        """Compare what was observed; what was refused in part is not taken for complete."""
        compared = queries.compare_observed(
            open_store(self.root),
            observation.rows,
            complete=complete and not observation.rejected,
            tolerance_s=tolerance_s,
            known_at=on_clock(known_at),
        )
        return Reconciliation(compared, observation)
