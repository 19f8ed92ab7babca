"""Deliberate mistakes, put into one process; the harness must catch every one.

Each says where it shows: in a run that meets no fault (`run`), when killed at some call (`kill`),
when a call fails (`error`), when another writer comes first (`rival`), or when the power goes
(`power`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from ticketledger.models.layout import read_commit_name
from ticketledger.models.store import Store

from . import invariants

# As `Any`: what is put in place of their parts is none of their types' business.
committing: Any = import_module("ticketledger.ingest.commit")
compaction: Any = import_module("ticketledger.ingest.compaction")
reject_files: Any = import_module("ticketledger.ingest.reject_files")
create: Any = import_module("ticketledger.ingest.create")
load: Any = import_module("ticketledger.ingest.load")
placing: Any = import_module("ticketledger.models.place")
disk: Any = import_module("ticketledger.models.disk")
head: Any = import_module("ticketledger.models.head")
catalog: Any = import_module("ticketledger.queries.catalog")
derive: Any = import_module("ticketledger.queries.derive")
generations: Any = import_module("ticketledger.queries.generations")
feed: Any = import_module("ticketledger.queries.feed")

Acknowledge = Callable[[int], object]


@dataclass(frozen=True)
class Defect:
    """A mistake: how to make it, the command it shows in, and what brings it to light.

    `at` is part of the calls (as `Call.step`) at or after which the fault has to come.
    `stays` makes it in the next run, too: a mistake in cleaning up shows only then.
    """

    install: Callable[[Acknowledge], None]
    command: str
    shows: str
    at: str = ""
    stays: bool = False


def _is_load(path: Path) -> bool:
    """Whether a file is a commit other than the empty first one."""
    return path.parent.name == "events" and path.stem != "00000000"


def be_overtaken(root: Path, export: Path) -> None:
    """Let another writer publish just before this process's first commit."""
    from tests.ingest.made import load as load_file

    link = placing.link_new
    small = load.COMMIT_ROWS

    def overtaken(part: Path, path: Path) -> Any:
        if _is_load(path):
            placing.link_new = link
            load.COMMIT_ROWS = 1000
            load_file(root, export)
            load.COMMIT_ROWS = small
            invariants.remember_commits(root)
        return link(part, path)

    placing.link_new = overtaken


def _put(module: Any, **replacements: Any) -> None:
    for name, value in replacements.items():
        assert hasattr(module, name), name
        setattr(module, name, value)


def _unless(real: Callable[[Path], None], skips: Callable[[Path], bool]) -> Callable[[Path], None]:
    return lambda path: None if skips(path) else real(path)


def _is_commit(path: Path) -> bool:
    return read_commit_name(path) is not None


def _no_file_sync(_: Acknowledge) -> None:
    _put(committing, sync_file=_unless(disk.sync_file, _is_commit))


def _no_rejects_sync(_: Acknowledge) -> None:
    _put(reject_files, sync_file=lambda path: None)


def _no_folder_sync(_: Acknowledge) -> None:
    _put(committing, sync_folder=_unless(disk.sync_folder, lambda path: path.name == "events"))


def _no_rejects_folder_sync(_: Acknowledge) -> None:
    _put(reject_files, sync_folder=lambda path: None)


def _no_sync_of_a_new_ledger(_: Acknowledge) -> None:
    _put(create, sync_folder=lambda path: None)


def _no_sync_of_a_cache(_: Acknowledge) -> None:
    _put(derive, sync_file=lambda path: None, sync_folder=lambda path: None)


def _rename(part: Path, path: Path) -> bool:
    part.replace(path)
    return True


def _publish_by_rename(_: Acknowledge) -> None:
    _put(placing, link_new=_rename)


def _one_name_for_all(_: Acknowledge) -> None:
    class Same:
        hex = "part"

    disk.uuid.uuid4 = Same


def _no_duplicate_check(_: Acknowledge) -> None:
    _put(committing, overlapping=lambda files, span: [files[0].path])


def _with_footer(change: Callable[[dict[str, Any]], None]) -> None:
    write = committing.write_sealed

    def wrong(path: Path, tables: Any, footer: dict[str, Any]) -> Any:
        change(footer["commits"][0])
        return write(path, tables, footer)

    _put(committing, write_sealed=wrong)


def _wrong_rows(_: Acknowledge) -> None:
    _with_footer(lambda commit: commit.update(rows=commit["rows"] + 1))


def _wrong_accounting(_: Acknowledge) -> None:
    _with_footer(lambda commit: commit["sources"][0].update(lines=7))


def _no_record_of_rejects(_: Acknowledge) -> None:
    write = committing.write_sealed

    def wrong(path: Path, tables: Any, footer: dict[str, Any]) -> Any:
        return write(path, tables, footer | {"rejects": []})

    _put(committing, write_sealed=wrong)


def _wrong_chain(_: Acknowledge) -> None:
    _put(committing, read_seal=lambda path: "0" * 64)


def _no_seal(_: Acknowledge) -> None:
    write = committing.write_sealed

    def unsealed(path: Path, tables: Any, footer: dict[str, Any]) -> Any:
        seal = write(path, tables, footer)
        path.write_bytes(path.read_bytes().replace(seal.encode(), b"0" * 64))
        return seal

    _put(committing, write_sealed=unsealed)


def _rejects_after_the_commit(_: Acknowledge) -> None:
    write, link = committing._write_rejects, placing.link_new
    late: list[Any] = []

    def linked(part: Path, path: Path) -> Any:
        done = link(part, path)
        if _is_load(path):
            for given in late:
                write(*given)
            late.clear()
        return done

    _put(committing, _write_rejects=lambda *given: late.append(given))
    _put(placing, link_new=linked)


def _acknowledge_early(acknowledge: Acknowledge) -> None:
    link = placing.link_new

    def early(part: Path, path: Path) -> Any:
        if _is_load(path):
            acknowledge(int(path.stem))
        return link(part, path)

    _put(placing, link_new=early)


def _head_before_the_commit(_: Acknowledge) -> None:
    link = placing.link_new

    def early(part: Path, path: Path) -> Any:
        if _is_load(path):
            head.write_head(Store(path.parent.parent), head.Head(int(path.stem), "0" * 64))
        return link(part, path)

    _put(placing, link_new=early)


def _commit_in_place(_: Acknowledge) -> None:
    @contextmanager
    def nowhere(tmp: Path) -> Iterator[Path]:
        yield tmp.parent / "events"

    link = placing.link_new
    _put(committing, workspace=nowhere)
    _put(placing, link_new=lambda part, path: _is_load(path) or link(part, path))
    _put(
        committing,
        _write_rejects=lambda store, name, content, folder: (store.rejects / name).write_bytes(
            content
        ),
    )


def _errors_of_sync_ignored(_: Acknowledge) -> None:
    def sync(path: Path) -> None:
        with suppress(OSError):
            disk.sync_file(path)

    for module in (committing, reject_files):
        _put(module, sync_file=sync, sync_folder=sync)


def _short_writes_ignored(_: Acknowledge) -> None:
    def write_once(path: Path, content: bytes) -> int:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.write(descriptor, content)
        os.close(descriptor)
        return len(content)

    Path.write_bytes = write_once  # type: ignore[assignment, method-assign]


def _cache_in_place(_: Acknowledge) -> None:
    _put(generations, write_synced=lambda path, content, tmp: path.write_bytes(content))


def _catalog_in_place(_: Acknowledge) -> None:
    @contextmanager
    def in_place(tmp: Path) -> Iterator[Path]:
        (tmp.parent / "catalog.duckdb").unlink(missing_ok=True)
        yield tmp.parent

    _put(catalog, workspace=in_place)


def _no_sweep_of_tmp(_: Acknowledge) -> None:
    _put(create, sweep=lambda tmp: None)


def _no_sweep_of_rejects(_: Acknowledge) -> None:
    _put(load, sweep_rejects=lambda store: None)


def _remove_at_once(_: Acknowledge) -> None:
    merge = compaction._merge

    def removing(store: Store, run: Any, *others: Any) -> Any:
        for file in run:
            file.path.rename(store.tmp / file.path.name)
        moved = [replace(file, path=store.tmp / file.path.name) for file in run]
        return merge(store, moved, *others)

    _put(compaction, _merge=removing)


def _no_grace(_: Acknowledge) -> None:
    remove = compaction._remove_replaced
    _put(compaction, _remove_replaced=lambda store, grace_s, *others: remove(store, 0, *others))


def _no_sync_of_a_merger(_: Acknowledge) -> None:
    _put(compaction, sync_file=lambda path: None)


def _merged_rows_lost(_: Acknowledge) -> None:
    write = compaction.write_sealed

    def fewer(path: Path, tables: Any, footer: dict[str, Any]) -> Any:
        return write(path, (table.slice(1) for table in tables), footer)

    _put(compaction, write_sealed=fewer, _content=lambda con, paths: [])


def _no_sync_of_marts(acknowledge: Acknowledge) -> None:
    feed.sync_file = lambda path: None


def _marts_in_place(acknowledge: Acknowledge) -> None:
    def show(target: Any, name: str, mart: Any) -> bool:
        content = (target.root / mart.file).read_bytes()
        target.path(name).write_bytes(content)
        return True

    feed.show = show


def _promise_early(acknowledge: Acknowledge) -> None:
    put, marts = feed.put, {}

    def early(target: Any, name: str, part: Path, rows: int) -> Any:
        sha256 = disk.file_sha256(part)
        mart = feed.Mart(f"files/{name}-{sha256[:16]}.parquet", rows, 0, sha256)
        marts[name] = mart.as_dict()
        feed.write_synced(
            target.root / "_meta.json", json.dumps({"marts": marts}).encode(), target.tmp
        )
        return put(target, name, part, rows)

    feed.put = early


DEFECTS: dict[str, Defect] = {
    "a commit's file is not synced": Defect(_no_file_sync, "append", "power"),
    "the folder of commits is not synced": Defect(_no_folder_sync, "append", "power"),
    "a rejects file is not synced": Defect(_no_rejects_sync, "append", "power"),
    "the folder of rejects is not synced": Defect(_no_rejects_folder_sync, "append", "power"),
    "a new ledger's folders are not synced": Defect(_no_sync_of_a_new_ledger, "ingest", "power"),
    "a cache is named before it is synced": Defect(_no_sync_of_a_cache, "refresh-more", "power"),
    "commits are published by rename": Defect(_publish_by_rename, "append", "rival"),
    "all writers use one temporary name": Defect(_one_name_for_all, "append", "rival"),
    "duplicates are not looked for": Defect(_no_duplicate_check, "append", "run"),
    "the footer counts other rows": Defect(_wrong_rows, "append", "run"),
    "the accounting does not add up": Defect(_wrong_accounting, "append", "run"),
    "the footer leaves out the rejects": Defect(_no_record_of_rejects, "append", "run"),
    "the chain names a wrong seal": Defect(_wrong_chain, "append", "run"),
    "commits are not sealed": Defect(_no_seal, "append", "run"),
    "rejects are written after the commit": Defect(
        _rejects_after_the_commit, "append", "kill", "events/*"
    ),
    "a commit is reported before it is there": Defect(
        _acknowledge_early, "append", "kill", "events/*"
    ),
    "the head is written before the commit": Defect(
        _head_before_the_commit, "append", "kill", "head.json"
    ),
    "a commit is written in place": Defect(_commit_in_place, "append", "kill", "events/*"),
    "the cache's list is written in place": Defect(
        _cache_in_place, "refresh-more", "kill", "current.json"
    ),
    "the catalog is written in place": Defect(
        _catalog_in_place, "catalog", "kill", "catalog.duckdb"
    ),
    "marts are not synced": Defect(_no_sync_of_marts, "publish-more", "power"),
    "marts are written in place": Defect(
        _marts_in_place, "publish-more", "kill", "feed/tickets.parquet"
    ),
    "a feed is promised before it is there": Defect(
        _promise_early, "publish-more", "kill", "feed/_meta.json"
    ),
    "an error of fsync is ignored": Defect(_errors_of_sync_ignored, "append", "error", "fsync"),
    "a short write is taken for a whole one": Defect(
        _short_writes_ignored, "ingest", "short", "write"
    ),
    "parts are removed before their merger is there": Defect(
        _remove_at_once, "compact", "kill", "events/*"
    ),
    "merged parts are removed without grace": Defect(_no_grace, "compact", "run"),
    "a merger loses rows and is not compared": Defect(_merged_rows_lost, "compact", "run"),
    "a merger is not synced before its parts go": Defect(
        _no_sync_of_a_merger, "compact-remove", "power"
    ),
    "temporary files stay": Defect(_no_sweep_of_tmp, "append", "kill", "write tmp/", stays=True),
    "rejects without a commit stay": Defect(
        _no_sweep_of_rejects, "append", "kill", "fsync rejects", stays=True
    ),
}
