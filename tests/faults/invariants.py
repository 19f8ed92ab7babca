"""What must hold on the disk after a fault, and again after the next run; told as sentences.

A: every acknowledged commit is there in full. B: what else is visible is whole, and is what the
commit of that number was to be. C: the same input again gives exactly one copy. D: what faults left
behind is gone after the next run, or once it is old.

Files are read with Arrow alone, so that a mistake of the ledger's own reading does not hide itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.ingest import verify
from ticketledger.models.disk import file_sha256
from ticketledger.models.errors import LedgerError
from ticketledger.models.layout import CommitFile, covering_set, read_commit_name
from ticketledger.models.store import open_store
from ticketledger.queries.generations import KEYS, SERVED, current_cache, find_cache

STAMPS = ["batch", "loaded_at"]
"""What a run that had to be repeated may tell otherwise."""

T = TypeVar("T")

_learned: dict[str, Any] = {}


def of_content(work: Callable[..., T], *paths: Path) -> T:
    """Return what is read from files; of the same bytes it is known once they were read."""
    key = " ".join([work.__name__, *map(file_sha256, paths)])
    if key not in _learned:
        _learned[key] = work(*paths)
    known: T = _learned[key]
    return known


def rows(path: Path) -> pa.Table:
    """Read a file whole, in this thread; once as long as it is the same."""
    return _read(path, *_told_apart(path))


def footer(path: Path) -> dict[str, Any]:
    """Return the record of the commits in a file."""
    told: dict[str, Any] = json.loads(rows(path).schema.metadata[b"ticketledger"])
    return told


def _told_apart(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=1000)
def _read(path: Path, *told_apart: int) -> pa.Table:
    return pq.ParquetFile(path).read(use_threads=False)


def event_files(root: Path) -> list[Path]:
    """Return the files of `events/` by name; none when there is no ledger yet."""
    return sorted((root / "events").iterdir()) if (root / "events").is_dir() else []


def digest(path: Path) -> str:
    """Return the hash of a file's rows, whatever their order."""
    return _digest(rows(path))


def unstamped(*paths: Path) -> str:
    """Return the hash of the rows of files without their commits' stamps."""
    return _digest(pa.concat_tables(map(rows, paths)).drop(STAMPS))


def _digest(table: pa.Table) -> str:
    texts = sorted(map(repr, table.to_pylist()))
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def covering(root: Path) -> list[CommitFile]:
    """Return the files that readers take; empty when there is no ledger yet.

    Raises:
        AssertionError: a commit is in none of them, or a file is no commit.
    """
    found = [read_commit_name(path) for path in event_files(root)]
    assert None not in found, found
    chosen = covering_set(file for file in found if file)
    numbers = [number for file in chosen for number in range(file.first, file.last + 1)]
    assert numbers == list(range(len(numbers))), numbers
    return chosen


def contents(root: Path) -> list[str]:
    """Return the hashes of all events and all rejects, without their commits' stamps."""
    files = [file.path for file in covering(root)]
    refused = [root / "rejects" / name for name in of_content(reject_names, *files)]
    return [of_content(unstamped, *files), of_content(unstamped, *refused)]


def reject_names(*paths: Path) -> list[str]:
    """Return the names of the files of rejects that commits name, in their order."""
    return [name for path in paths for name in footer(path)["rejects"]]


def commit_in(root: Path, path: Path) -> list[list[str]]:
    """Return the ids of a commit's events and rejects.

    Raises:
        AssertionError: the file contradicts its own record.
    """
    told, table = footer(path), rows(path)
    ids = table.column("event_id").to_pylist()
    refused: list[str] = []
    for name in told["rejects"]:
        content = (root / "rejects" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == name.removesuffix(".parquet"), name
        refused += rows(root / "rejects" / name).column("reject_id").to_pylist()
    for commit in told["commits"]:
        total: dict[str, int] = {}
        for source in commit["sources"]:
            for key in ("accepted", "duplicates", "rejected", "blank", "lines", "known_rejects"):
                total[key] = total.get(key, 0) + source[key]
        fates = total["accepted"] + total["duplicates"] + total["rejected"] + total["blank"]
        assert fates == total["lines"], f"{path.name}: accounting {total}"
        assert commit["rows"] == len(ids) == total["accepted"], f"{path.name}: rows"
        stored = total["rejected"] - total["known_rejects"]
        assert stored == len(refused), f"{path.name}: {len(refused)} rejects, recorded {stored}"
        assert table.column("batch").to_pylist() == [commit["number"]] * len(ids), path.name
    return [sorted(ids), sorted(refused)]


@dataclass(frozen=True)
class Facts:
    """What a command starts from and what it leaves when nothing happens.

    Attributes:
        writes: as in `Command`.
        before: names of the files of commits it starts from; None when there is no ledger.
        after: names of those it leaves.
        commits: ids of events and rejects of each commit it leaves, by file name.
        contents: of what it leaves, as `contents`.
        kept: hashes of the files it starts from, as `kept`.
        caches: the caches before and after, as `cache_in`.
        feeds: the feeds before and after, as `feed_in`.
        has_catalog: whether it starts from one.
        views: number of views in the catalog it leaves; 0 when it leaves none.
        learned: what was read from files, as `of_content` keeps it.
    """

    writes: str
    before: list[str] | None
    after: list[str]
    commits: dict[str, list[list[str]]]
    contents: list[str]
    kept: dict[str, str]
    caches: list[list[dict[str, str]] | None]
    has_catalog: bool
    views: int
    feeds: list[dict[str, str]]
    learned: dict[str, Any]


def facts(template: Path, undisturbed: Path, writes: str) -> Facts:
    """Learn what a fault must not change from two ledgers that met none."""
    files = event_files(undisturbed)
    return Facts(
        writes,
        [path.name for path in event_files(template)] if template.exists() else None,
        [path.name for path in files],
        {path.name: commit_in(undisturbed, path) for path in files if writes == "events"},
        contents(undisturbed),
        kept(template),
        [cache_in(template), cache_in(undisturbed)] if writes == "derived" else [],
        (template / "catalog.duckdb").exists(),
        of_content(views_in, undisturbed / "catalog.duckdb") if writes == "derived" else 0,
        [feed_in(template / "feed"), feed_in(undisturbed / "feed")] if writes == "feed" else [],
        _learned,
    )


def know(learned: dict[str, Any]) -> None:
    """Take over what another process read from files."""
    _learned.update(learned)


def after_fault(root: Path, wanted: Facts, acknowledged: list[int]) -> Iterator[str]:
    """Yield what is wrong with a ledger right after a fault (A and B).

    Args:
        root: the ledger that met the fault.
        wanted: what the command starts from and was to leave.
        acknowledged: numbers of the commits that were said to be done.
    """
    if not (root / "ledger.json").exists():
        if acknowledged or wanted.before is not None:
            yield "A: the ledger is gone"
        return
    if wanted.writes == "derived":
        yield from _cache_after_fault(root, wanted)
        return
    if wanted.writes == "feed":
        yield from _feed_after_fault(root, wanted)
        return
    if wanted.writes == "merged":
        yield from _merged_after_fault(root, wanted)
        return
    seen = [path.name for path in event_files(root)]
    if seen != list(wanted.commits)[: len(seen)] or len(seen) < len(wanted.before or ["0"]):
        yield f"B: the commits {seen} are no beginning of {list(wanted.commits)}"
    found = [file for path in event_files(root) if (file := read_commit_name(path))]
    covered = {number for file in found for number in range(file.first, file.last + 1)}
    if lost := sorted(set(acknowledged) - covered):
        yield f"A: acknowledged and gone: {lost}"
    for name in seen:
        try:
            if commit_in(root, root / "events" / name) != wanted.commits.get(name):
                yield f"B: {name} holds other records than it was to hold"
        except (OSError, pa.ArrowException, AssertionError, KeyError, TypeError) as exc:
            yield f"B: {name}: {exc!r}"


def remember_commits(root: Path) -> None:
    """Note beside a ledger what its files of commits are now, for `after_rival`."""
    hashes = {path.name: file_sha256(path) for path in event_files(root)}
    root.with_name("rival.json").write_text(json.dumps(hashes))


def after_rival(root: Path) -> Iterator[str]:
    """Yield which commits another writer had published and are not what they were (A)."""
    if not root.with_name("rival.json").exists():
        yield "A: another writer could not publish"
        return
    for name, sha256 in json.loads(root.with_name("rival.json").read_text()).items():
        if file_sha256(root / "events" / name) != sha256:
            yield f"A: {name} of another writer was replaced"


def _merged_after_fault(root: Path, wanted: Facts) -> Iterator[str]:
    """The same events and rejects as before, every file is whole, and none was removed early."""
    there = {path.name for path in event_files(root)}
    if gone := sorted(set(wanted.before or ()) & set(wanted.after) - there):
        yield f"B: removed, and readers may have them open: {gone}"
    try:
        if contents(root) != wanted.contents:
            yield "A: compaction changed what the ledger holds"
        for path in event_files(root):
            told = footer(path)["commits"]
            if sum(commit["rows"] for commit in told) != rows(path).num_rows:
                yield f"B: {path.name} has other rows than its commits"
    except (OSError, pa.ArrowException, AssertionError, KeyError) as exc:
        yield f"B: {exc!r}"
    yield from verified(root)


def _changed(root: Path, wanted: Facts) -> Iterator[str]:
    """Yield which files of the ledger itself are not what they were."""
    if (found := kept(root)) != wanted.kept:
        changed = sorted(
            k for k in found.keys() | wanted.kept if found.get(k) != wanted.kept.get(k)
        )
        yield f"B: changed: {changed}"


def feed_in(folder: Path) -> dict[str, str]:
    """Return the hash of every content that a feed's `_meta.json` promises, by mart.

    Raises:
        AssertionError: a content is missing or another one.
    """
    meta = json.loads((folder / "_meta.json").read_text()) if folder.exists() else {}
    for told in meta.get("marts", {}).values():
        assert file_sha256(folder / told["file"]) == told["sha256"], told["file"]
    return {name: told["sha256"] for name, told in meta.get("marts", {}).items()}


def _feed_after_fault(root: Path, wanted: Facts) -> Iterator[str]:
    """What the feed promises is that before or after; each name shows a whole mart of either."""
    yield from _changed(root, wanted)
    feed = root / "feed"
    if not (feed / "_meta.json").exists():
        if wanted.feeds[0]:
            yield "A: the feed is gone"
        return
    try:
        if feed_in(feed) not in wanted.feeds:
            yield "B: the feed promises neither what it did nor what it was to"
    except (OSError, ValueError, AssertionError) as exc:
        yield f"B: the feed promises what is not there: {exc!r}"
    for name in wanted.feeds[-1]:
        path = feed / f"{name}.parquet"
        if path.exists() and file_sha256(path) not in [told.get(name) for told in wanted.feeds]:
            yield f"B: {path.name} is no whole mart"
    if (feed / "feed.duckdb").exists():
        try:
            if views_in(feed / "feed.duckdb") != len(wanted.feeds[-1]):
                yield "B: the feed's database lacks views"
        except duckdb.Error as exc:
            yield f"B: the feed's database does not open: {exc}"


def _feed_after_next_run(root: Path, wanted: Facts) -> Iterator[str]:
    """The feed is the undisturbed one, and nothing is left of what nobody showed."""
    feed, last = root / "feed", wanted.feeds[-1]
    try:
        if feed_in(feed) != last:
            yield "C: the feed is not the undisturbed one"
    except (OSError, ValueError, AssertionError) as exc:
        yield f"C: the feed promises what is not there: {exc!r}"
    for name, sha256 in last.items():
        if file_sha256(feed / f"{name}.parquet") != sha256:
            yield f"C: {name}.parquet is not the undisturbed one"
    with duckdb.connect(str(feed / "feed.duckdb"), read_only=True) as con:
        for name in last:
            con.execute(f"FROM {name}")
    known = {f"{name}-{sha[:16]}.parquet" for told in wanted.feeds for name, sha in told.items()}
    if rest := sorted({path.name for path in (feed / "files").iterdir()} - known):
        yield f"D: left in the feed: {rest}"
    if rest := [path.name for path in (feed / ".tmp").iterdir()]:
        yield f"D: left in the feed's .tmp: {rest}"


def _cache_after_fault(root: Path, wanted: Facts) -> Iterator[str]:
    """Cache and catalog are those before or those after; nothing else has changed."""
    yield from _changed(root, wanted)
    try:
        if cache_in(root) not in wanted.caches:
            yield "B: the cache is neither the one before nor the one after"
    except (OSError, pa.ArrowException, KeyError) as exc:
        yield f"B: the cache names what cannot be read: {exc!r}"
    if (root / "catalog.duckdb").exists():
        try:
            if of_content(views_in, root / "catalog.duckdb") != wanted.views:
                yield "B: the catalog lacks views"
        except duckdb.Error as exc:
            yield f"B: the catalog does not open: {exc}"
    elif wanted.has_catalog:
        yield "A: the catalog is gone"


def kept(root: Path) -> dict[str, str]:
    """Return the hashes of all files but those of cache, catalog, feed and `tmp/`."""
    disposable = ("tmp", "derived", "catalog.duckdb", "feed")
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] not in disposable
    }


def cache_in(root: Path) -> list[dict[str, str]] | None:
    """Return the hashes of the rows of a ledger's cache by generation and view."""
    cached = find_cache(open_store(root))
    if cached is None:
        return None
    return [
        {
            view: of_content(digest, cached.root / name / f"{view}.parquet")
            for view in (*SERVED, *KEYS)
        }
        for name in cached.generations
    ]


def views_in(path: Path) -> int:
    """Return how many views a catalog has."""
    with duckdb.connect(str(path), read_only=True) as con:
        return len(con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall())


def verified(root: Path) -> Iterator[str]:
    """Yield what the product's own `verify` finds."""
    try:
        for finding in verify(open_store(root)):
            yield f"verify: {finding.path}: {finding.problem}"
    except LedgerError as exc:
        yield f"verify: {exc}"


def after_next_run(root: Path, wanted: Facts) -> Iterator[str]:
    """Yield what is wrong once the command was run again without a fault (C and D)."""
    try:
        if contents(root) != wanted.contents:
            yield "C: not the same events and rejects as without the fault"
    except (OSError, pa.ArrowException, AssertionError, KeyError) as exc:
        yield f"C: {exc!r}"
        return
    yield from verified(root)
    try:
        store = open_store(root)
        is_current = current_cache(store, store.covering()) is not None
        if wanted.caches and not (is_current and cache_in(root) == wanted.caches[-1]):
            yield "C: the cache differs from the undisturbed one"
    except (OSError, pa.ArrowException) as exc:
        yield f"C: the cache names what cannot be read: {exc!r}"
    if wanted.writes == "feed":
        yield from _feed_after_next_run(root, wanted)
    yield from leftovers(root)


def leftovers(root: Path) -> Iterator[str]:
    """Yield what no commit, cache or catalog accounts for (D)."""
    referenced = set(of_content(reject_names, *event_files(root)))
    cached = find_cache(open_store(root))
    derived = {*cached.generations, "current.json"} if cached else set()
    derived |= {path.name for path in (root / "derived").glob("*.*.*")}  # `verify` reads them
    expected = {"tmp": set(), "rejects": referenced, "derived": derived}
    for folder, known in expected.items():
        there = (root / folder).iterdir() if (root / folder).is_dir() else ()
        if rest := sorted({path.name for path in there} - known):
            yield f"D: left in {folder}/: {rest}"
    ours = {"ledger.json", "head.json", "events", "catalog.duckdb", "feed", *expected}
    if rest := sorted({path.name for path in root.iterdir()} - ours):
        yield f"D: left in the ledger: {rest}"


def superseded(root: Path) -> Iterator[str]:
    """Yield which files a compaction was to remove by now (D)."""
    chosen = [file.path for file in covering(root)]
    if rest := [path.name for path in event_files(root) if path not in chosen]:
        yield f"D: left in events/: {rest}"
