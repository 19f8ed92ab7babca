"""`publish`: every mart of a feed, written aside and put in its place when all are done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ticketledger.models.disk import sweep, sync_folder, workspace
from ticketledger.models.last_commit import last_commit
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store

from . import feed as feeds
from .failures import making
from .feed import Feed, Mart
from .mart_file import SCHEMA_VERSION, write_mart
from .run import find_report, last_event_at
from .session import limit_memory, session, show_in
from .settings import Settings
from .statement import Statement, definitions, statements

_BATCH_ROWS = 20_480


@dataclass(frozen=True, slots=True)
class Published:
    """A mart after a publish, and whether the publish changed it."""

    mart: str
    rows: int
    size_bytes: int
    is_changed: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What to publish.

    Attributes:
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist; None: all.
        timezone: IANA zone of local dates and hours.
        settings: opening hours, promises and classes of statuses.
        version: of ticketledger.
        memory: what the database may use before it spills to the feed's `.tmp/`.
        progress: told how many marts of how many are written.
    """

    as_of: datetime | None = None
    known_at: datetime | None = None
    timezone: str = "UTC"
    settings: Settings | None = None
    version: str = ""
    memory: str = "3GB"
    progress: Callable[[int, int], None] = lambda done, whole: None


def marts() -> dict[str, Statement]:
    """Return what a feed consists of, by name."""
    return statements("marts")


def schema() -> dict[str, dict[str, str]]:
    """Return the type of every column of every mart."""
    return {
        name: {column: told.type for column, told in mart.columns.items()}
        for name, mart in marts().items()
    }


def schema_hash() -> str:
    """Return the SHA-256 of version and schema."""
    return _sha256([SCHEMA_VERSION, schema()])


def publish(store: Store, root: Path, request: FeedRequest) -> list[Published]:
    """Bring the feed in a folder up to the ledger's present; only what changed is replaced.

    Args:
        store: an open store.
        root: folder of a feed, or none yet.
        request: of when, in which zone, with which settings.

    Returns:
        One entry per mart, by name.

    Raises:
        BadParameter: the folder holds something else or has a name that is a pattern; no such time
            zone; the memory is too little or no amount of memory.
        LedgerBusy: another publish into the folder runs.
        LedgerUnwritable: the disk is full, or the like; the feed is as it was, or whole and newer.
        LedgerDamaged: a commit could not be read.
    """
    with quiet(duckdb.connect()) as con:
        show_in(con, request.timezone)  # before a folder is made
        limit_memory(con, request.memory, root)
        return _publish(con, store, root, request)


def _publish(
    con: duckdb.DuckDBPyConnection, store: Store, root: Path, request: FeedRequest
) -> list[Published]:
    """Publish; the connection sees and writes `feed.duckdb`."""
    hint = f"`mkdir -p {root}` as a user that may, or name another folder"
    with making(store, f"the feed `{root}`", hint), feeds.opened(root) as feed:
        sweep(feed.tmp)
        before = feed.marts()
        files = store.covering()
        as_of = request.as_of or last_event_at(store, request.known_at, files)
        request = replace(request, as_of=as_of)
        built_from = _built_from(files, request)
        if _is_current(con, feed, before, built_from):
            return [Published(name, m.rows, m.size_bytes, False) for name, m in before.items()]
        with workspace(feed.tmp) as folder:
            parts, quality = _write(store, files, request, folder)
            now = {name: feeds.put(feed, name, *part) for name, part in parts.items()}
        sync_folder(root / feeds.FILES)  # before anything names them
        feeds.retire(con, feed, now.values())
        changed = {name: feeds.show(feed, name, mart) for name, mart in now.items()}
        if not feeds.shows(con, feed, now):
            feeds.write_database(con, feed, now)
        feeds.acknowledge(feed, _meta(built_from, quality, now))
        feeds.remove_replaced(feed, now.values())
        return [Published(n, m.rows, m.size_bytes, changed[n]) for n, m in now.items()]


def _is_current(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    before: dict[str, Mart],
    built_from: dict[str, Any],
) -> bool:
    """Whether a feed was built from the same and is still as it was written."""
    return (
        feed.read_meta().get("built_from") == built_from
        and before.keys() == marts().keys()
        and all(feed.holds(name, mart) for name, mart in before.items())
        and feeds.shows(con, feed, before)
    )


def _write(
    store: Store, files: list[CommitFile], request: FeedRequest, folder: Path
) -> tuple[dict[str, tuple[Path, int]], list[dict[str, Any]]]:
    """Write every mart into a folder; returns path and rows of each, and the ledger's quality."""
    asked = marts()
    completeness = find_report("completeness")
    opened = session(
        store,
        " ".join([completeness.sql, *(mart.sql for mart in asked.values())]),
        as_of=request.as_of,
        known_at=request.known_at,
        settings=request.settings,
        files=files,
        memory=(request.memory, folder),
    )
    parts = {}
    with opened as con:
        show_in(con, request.timezone)
        for number, (name, mart) in enumerate(asked.items()):
            request.progress(number, len(asked))
            path = folder / f"{name}.parquet"
            rows = con.sql(mart.sql).to_arrow_reader(_BATCH_ROWS)
            parts[name] = (path, write_mart(rows, path, name))
        request.progress(len(asked), len(asked))
        given = dict.fromkeys(completeness.params) | {"as_of": request.as_of, "by": "none"}
        told = con.sql(completeness.sql, params=given).to_arrow_table().to_pylist()
    return parts, [{name: row[name] for name in _QUALITY} for row in told]


_QUALITY = ("org_id", "tickets", "events", "interior_gaps", "head_missing", "coverage", "score")
"""What `_meta.json` tells of the completeness of each organisation's tickets."""


def _built_from(files: list[CommitFile], request: FeedRequest) -> dict[str, Any]:
    """Return all that the content of a feed depends on, as `_meta.json` tells it."""
    number, seal = last_commit(files, request.known_at)
    return {
        "ticketledger": request.version,
        "commit": number,
        "ledger_hash": seal,
        "as_of": request.as_of and request.as_of.isoformat(),
        "known_at": request.known_at and request.known_at.isoformat(),
        "timezone": request.timezone,
        "settings": (request.settings or Settings()).hashes(),
        "definitions": _definitions(),
    }


def _definitions() -> str:
    """Return what tells feeds of other definitions apart."""
    own = [*marts().values(), find_report("completeness")]
    known = definitions(" ".join(made.sql for made in own))
    stood_on = sorted([*(made.sql for made in known), *Settings().simpler().values()])
    return _sha256([duckdb.__version__, [made.model_dump() for made in own], stood_on])


def _meta(
    built_from: dict[str, Any], quality: list[dict[str, Any]], now: dict[str, Mart]
) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "schema_hash": schema_hash(),
        "data_up_to": built_from["as_of"],
        "built_from": built_from,
        "completeness": quality,
        "marts": {
            name: {"grain": marts()[name].grain, **mart.as_dict()} for name, mart in now.items()
        },
    }


def _sha256(told: object) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
