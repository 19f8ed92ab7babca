"""What keeps a ledger fast, and shows that it is whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from .. import queries
from ..ingest import Compacted, Finding
from ..ingest import compact as run_compact
from ..ingest import verify as run_verify
from ..models.errors import BadParameter
from ..models.store import open_store
from ..models.zones import clock
from .rooted import Rooted

_ANEW = "`ticketledger refresh --rebuild` makes it anew"


class Keeping(Rooted):
    """What keeps a ledger fast, and shows that it is whole."""

    def compact(
        self,
        *,
        everything: bool = False,
        max_bytes: int | None = None,
        memory: str = "512MB",
        grace_s: float | None = None,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> Compacted:
        """Merge neighbouring commits into larger files; no answer changes.

        Cache and catalog are brought up to the last commit: the catalog names files.

        Args:
            everything: merge whatever may be merged, not only what is worth it; in a bucket that
                is done anyway.
            max_bytes: no run of files that is merged is longer than this; None: 512 MiB, in a
                bucket 32 MiB.
            memory: what the database may use to merge before it spills to the ledger's `tmp/`.
            grace_s: files go when the one that stands for them is this old, in seconds: a reader
                may have them open; None: 900, in a bucket 86,400.
            progress: told how many events of how many were written, then as by `refresh`.

        Raises:
            BadParameter: the memory is too little, or no amount of memory.
            LedgerBusy: another compaction runs.
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged, LedgerUnreachable: from the ledger.
        """
        return run_compact(
            self.root,
            everything=everything,
            max_bytes=max_bytes,
            memory=memory,
            grace_s=grace_s,
            renew=partial(queries.renew_catalog, progress=progress),  # it names files
            progress=progress,
        )

    def refresh(
        self,
        *,
        memory: str = "3GB",
        rebuild: bool = False,
        answers: bool = False,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> None:
        """Bring cache and catalog up to the last commit.

        Args:
            memory: what the database may use before it spills to the ledger's `tmp/`.
            rebuild: fold the whole log, whatever the cache has.
            answers: also make what reports and the page of a large ledger stand on; else who asks
                first does.
            timezone: with `answers`, the IANA zone in which the days of the page begin.
            calendar: with `answers`, the TOML file of opening hours that reports will be given.
            sla: with `answers`, that of SLA policies.
            statuses: with `answers`, that of classes of statuses.
            progress: told after each step how many of how many are done; there may be more of
                them than there seemed.

        Raises:
            BadSettings: a file cannot be used.
            BadParameter: the memory is too little, or no amount of memory; no such time zone;
                settings without `answers`.
        """
        if (calendar or sla or statuses or timezone != "UTC") and not answers:
            raise BadParameter("settings are for answers made ahead", hint="answers=True")
        clock(timezone)
        settings = queries.Settings.read(calendar, sla, statuses)
        store = open_store(self.root)
        queries.refresh(store, memory=memory, rebuild=rebuild, progress=progress)
        queries.renew_catalog(store)  # also what an interrupted run left undone
        if answers:
            queries.answer_ahead(
                store, settings, timezone=timezone, memory=memory, progress=progress
            )

    def verify(
        self, *, quick: bool = False, rebuild: bool = False, memory: str = "3GB"
    ) -> list[Finding]:
        """Return the files that are not what their commits recorded; commits first, in order.

        Args:
            quick: read no more than the footers of `events/`.
            rebuild: if nothing else is found, compare the cache with a fold of the whole log.
            memory: for the fold, before it spills to the ledger's `tmp/`.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger.
        """
        store = open_store(self.root)
        findings = list(run_verify(store, is_quick=quick))
        for path in [] if quick else queries.damaged_files(store):
            findings.append(Finding(str(path), "is not byte for byte what was written", _ANEW))
        if rebuild and not findings:
            for view in queries.compare_with_rebuild(store, memory=memory) or []:
                name = f"derived/*/{view}.parquet"
                findings.append(Finding(name, "differs from a fold of the log", _ANEW))
        return findings
