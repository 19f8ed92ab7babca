"""A feed: the folder that `publish` fills and dashboards read.

Each mart is one Parquet file with a name that stays, `tickets.parquet`. Its content is also in
`files/`, under a name that says the content and so never changes it: DuckDB, Polars and Arrow open
a file by name several times in one query, and fail when it was replaced meanwhile. `feed.duckdb`
has views over the names in `files/`; `_meta.json`, written last, says which belong together.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import time
from typing import Any

import duckdb

from ticketledger.models.disk import file_sha256, sync_file, sync_folder, workspace, write_synced
from ticketledger.models.errors import BadParameter, LedgerBusy
from ticketledger.models.layout import refuse_ledger_files
from ticketledger.models.mirrors import refuse_url

from .database_file import comments, literal, views_of, written
from .statement import statements

META = "_meta.json"
DATABASE = "feed.duckdb"
FILES = "files"
TMP = ".tmp"

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)
"""What a file system without hard links says."""

_CONTENT = re.compile(rf"{FILES}/[a-z_]+-[0-9a-f]{{16}}\.parquet")
"""Names of the contents of marts."""

_AS_IT_IS = "hive_partitioning = false"
"""The path of the folder is no data."""

GRACE_S = 900
"""Files in `files/` that were replaced so long ago are removed: a reader may have them open."""


@dataclass(frozen=True, slots=True)
class Mart:
    """A published mart: the name of its content in `files/`, rows, bytes, and SHA-256."""

    file: str
    rows: int
    size_bytes: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Feed:
    """The folder of one feed."""

    root: Path

    @property
    def tmp(self) -> Path:
        return self.root / TMP

    @property
    def database(self) -> Path:
        return self.root / DATABASE

    def path(self, mart: str) -> Path:
        """Return the name of a mart that stays."""
        return self.root / f"{mart}.parquet"

    def read_meta(self) -> dict[str, Any]:
        """Return what `_meta.json` says; nothing when it cannot be read."""
        try:
            told = json.loads((self.root / META).read_bytes())
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def marts(self) -> dict[str, Mart]:
        """Return the marts that `_meta.json` names; none when it cannot be read."""
        names = [field.name for field in fields(Mart)]
        try:
            told = self.read_meta()["marts"]
            found = {mart: Mart(**{n: told[mart][n] for n in names}) for mart in told}
        except (KeyError, TypeError):
            return {}
        return found if all(_CONTENT.fullmatch(str(m.file)) for m in found.values()) else {}

    def is_ours(self) -> bool:
        """Whether this is a feed: `_meta.json` says so, or is damaged beside the database."""
        try:
            told = json.loads((self.root / META).read_bytes())
        except ValueError:
            return self.database.is_file()
        except OSError:
            return False
        return told == {} or (isinstance(told, dict) and {"schema_version", "marts"} <= told.keys())

    def holds(self, name: str, mart: Mart) -> bool:
        """Whether both names of a mart have exactly its content."""
        return all(
            path.is_file() and file_sha256(path) == mart.sha256
            for path in (self.root / mart.file, self.path(name))
        )


@contextmanager
def opened(root: Path) -> Iterator[Feed]:
    """Yield the feed in a folder, which is made if it is missing; nobody else publishes there.

    Raises:
        BadParameter: it is a URL, holds something else, is no folder, or is among the files of a
            ledger.
        LedgerBusy: another publish runs.
        OSError: it cannot be written.
    """
    feed = Feed(root)
    refuse_url(root, "publish into a folder here, and copy it")
    if wild := [letter for letter in "*?[" if letter in str(root.absolute())]:
        raise BadParameter(
            f"`{root}` has `{wild[0]}` in its path, which DuckDB takes for a pattern",
            hint="name a folder without it",
        )
    refuse_ledger_files(root)
    above = (root, *root.absolute().parents)
    if wrong := [path for path in above if os.path.lexists(path) and not path.is_dir()]:
        what = "a file" if wrong[0].exists() else "a link to what is not there"
        raise BadParameter(f"`{wrong[0]}` is {what}", hint="name another folder")
    new = [path for path in above if not path.exists()]
    root.mkdir(parents=True, exist_ok=True)
    for path in new:
        sync_folder(path.absolute().parent)
    lock = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerBusy(
                f"another publish into `{root}` is running", hint="try again when it is done"
            ) from None
        except OSError:  # a file system without locks: as good as it gets
            pass
        if not feed.is_ours():
            foreign = sorted({entry.name for entry in root.iterdir()} - {TMP})
            if foreign:
                raise BadParameter(
                    f"`{root}` is no feed: it holds `{foreign[0]}`", hint="name a new folder"
                )
            write_synced(root / META, b"{}\n", feed.tmp)  # from now on it is
        (root / FILES).mkdir(exist_ok=True)
        yield feed
    finally:
        os.close(lock)


def put(feed: Feed, name: str, part: Path, rows: int) -> Mart:
    """Give a finished file of a mart its name in `files/`, unless it is there already."""
    sha256 = file_sha256(part)
    mart = Mart(f"{FILES}/{name}-{sha256[:16]}.parquet", rows, part.stat().st_size, sha256)
    path = feed.root / mart.file
    if not path.is_file() or file_sha256(path) != sha256:
        sync_file(part)
        part.replace(path)
    return mart


def show(feed: Feed, name: str, mart: Mart) -> bool:
    """Let the name that stays mean this content; says whether it was another one."""
    shown = feed.path(name)
    if shown.is_file() and file_sha256(shown) == mart.sha256:
        return False
    with workspace(feed.tmp) as folder:
        part = folder / shown.name
        try:
            os.link(feed.root / mart.file, part)
        except OSError as exc:
            if exc.errno not in _NO_LINKS:
                raise
            shutil.copyfile(feed.root / mart.file, part)
            sync_file(part)
        part.replace(shown)
    return True


def write_database(con: duckdb.DuckDBPyConnection, feed: Feed, marts: dict[str, Mart]) -> None:
    """Write `feed.duckdb`: a view per mart over its content, with the words of its columns.

    The paths are absolute: DuckDB looks for others from where the reader stands.
    """
    with workspace(feed.tmp) as folder:
        part = folder / DATABASE
        with written(con, part):
            for name, mart in marts.items():
                path = literal(str((feed.root / mart.file).absolute()))
                con.execute(f"CREATE VIEW {name} AS FROM read_parquet({path}, {_AS_IT_IS})")
                for comment in comments(statements("marts")[name]):
                    con.execute(comment)
        sync_file(part)
        part.replace(feed.database)


def shows(con: duckdb.DuckDBPyConnection, feed: Feed, marts: dict[str, Mart]) -> bool:
    """Whether `feed.duckdb` is there and has views over exactly these contents."""
    told = views_of(con, feed.database)
    return all(
        literal(str((feed.root / mart.file).absolute())) in told.get(name, "")
        for name, mart in marts.items()
    )


def acknowledge(feed: Feed, meta: dict[str, Any]) -> None:
    """Say what the feed holds: `_meta.json`, after all that it names is on the disk."""
    sync_folder(feed.root)
    content = json.dumps(meta, indent=2, ensure_ascii=False) + "\n"
    write_synced(feed.root / META, content.encode(), feed.tmp)
    sync_folder(feed.root)


def retire(con: duckdb.DuckDBPyConnection, feed: Feed, now: Iterable[Mart]) -> None:
    """Begin the time of the contents that are shown still and will not be; before they are not.

    Shown is what `_meta.json` names, and what `feed.duckdb` does: it may be of a publish that was
    killed.
    """
    named = {mart.file for mart in feed.marts().values()}
    views = views_of(con, feed.database).values()
    named.update(name for sql in views for name in _CONTENT.findall(sql))
    for name in named - {mart.file for mart in now}:
        with suppress(FileNotFoundError):
            os.utime(feed.root / name)


def remove_replaced(feed: Feed, now: Iterable[Mart]) -> None:
    """Remove the contents that have not been shown for a while."""
    shown = {mart.file for mart in now}
    for path in (feed.root / FILES).iterdir():
        name = f"{FILES}/{path.name}"
        if name in shown or not _CONTENT.fullmatch(name):
            continue
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time() - GRACE_S:
                path.unlink()
