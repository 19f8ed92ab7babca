"""From what the user names to streams of bytes: files, folders, globs, stdin; plain, gzip, zstd."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, cast

from ticketledger.models import layout
from ticketledger.models.errors import UnreadableInput
from ticketledger.models.mirrors import refuse_url

from .compression import decompressed
from .objects import list_objects, open_object

STDIN: Final = "-"
SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
PACKED: Final = (".gz", ".zst", ".zstd")
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name as the ledger records it, and where its bytes are: a file or an object.

    Standard input is neither. `url` is where the object's name begins.
    """

    name: str
    path: Path | None
    url: str = ""
    key: str = ""

    @classmethod
    def at(cls, path: Path) -> Source:
        """Name a file as given; bytes of its name that are no UTF-8 are written as `\\xNN`."""
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        return cls(name, _readable(path))


@dataclass(frozen=True, slots=True)
class Found:
    """The sources a request names, and what was passed over in folders, with the reason."""

    sources: list[Source]
    skipped: list[tuple[Path | str, str]]


class Hashed:
    """A stream that counts and hashes the bytes that pass, as they are on disk."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes, empty at the end."""
        block = self._inner.read(size)
        self._hash.update(block)
        self.size += len(block)
        return block

    def hexdigest(self) -> str:
        """Return the SHA-256 of what passed so far."""
        return self._hash.hexdigest()


def find(paths: Iterable[str]) -> Found:
    """Return the sources in the order named; folders give their JSON files, sorted, recursively.

    A URL names an object or a folder of objects.

    A path that exists is taken literally, even with `*` in its name; only then is it a pattern.

    Raises:
        UnreadableInput: a path is missing, a pattern matches nothing, a folder cannot be read.
        MissingExtra: a URL needs the extra `s3`.
        BadParameter: a URL lost a slash, or has credentials in it.
    """
    sources: list[Source] = []
    skipped: list[tuple[Path | str, str]] = []
    for text in paths:
        if text == STDIN:
            sources.append(Source("<stdin>", None))
            continue
        if not text:
            raise UnreadableInput("an empty path", hint="`.` is this folder")
        path = Path(text)
        if "://" in text:
            _list(text, sources, skipped)
        elif path.is_dir():
            _walk(path, sources, skipped)
        elif os.path.lexists(path):
            sources.append(Source.at(path))
        elif glob.has_magic(text):
            matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207  # Path.glob refuses absolute patterns
            if not matches:
                raise UnreadableInput(f"no file matches `{text}`")
            for match in map(Path, matches):
                if match.is_dir():
                    _walk(match, sources, skipped)
                else:
                    sources.append(Source.at(match))
        else:
            refuse_url(text, "give it as text with both slashes: s3://bucket/folder")
            raise UnreadableInput(f"no such file or folder: `{text}`", hint="check the path")
    return Found(_told_apart(dict.fromkeys(sources)), skipped)


@contextmanager
def open_source(source: Source) -> Iterator[tuple[Iterator[bytes], Hashed]]:
    """Open a source; yields its decompressed blocks and the counter of its raw bytes.

    Compression is recognised by content, not by name. The blocks end with `CorruptCompression`
    where the compressed stream is bad.

    Raises:
        UnreadableInput: the file vanished or may not be read.
    """
    with _opened(source) as raw:
        hashed = Hashed(raw)
        yield decompressed(_blocks(source.name, hashed)), hashed


def _opened(source: Source) -> BinaryIO:
    if source.url:
        return cast(BinaryIO, open_object(source.url, source.key))
    if source.path is None and not sys.stdin:
        raise UnreadableInput("standard input is closed", hint="name a file, or pipe one in")
    try:
        return sys.stdin.buffer if source.path is None else source.path.open("rb")
    except OSError as exc:
        raise UnreadableInput(f"cannot read `{source.name}`: {exc.strerror}") from None


def _blocks(name: str, stream: Hashed) -> Iterator[bytes]:
    while True:
        try:
            block = stream.read(_BLOCK)
        except OSError as exc:
            raise UnreadableInput(f"cannot read `{name}` on: {exc.strerror}") from None
        if not block:
            return
        yield block


def _told_apart(sources: Iterable[Source]) -> list[Source]:
    """Two files whose names look the same get a number."""
    seen: dict[str, int] = {}
    told = []
    for source in sources:
        seen[source.name] = count = seen.get(source.name, 0) + 1
        told.append(source if count == 1 else replace(source, name=f"{source.name} ({count})"))
    return told


def _list(url: str, sources: list[Source], skipped: list[tuple[Path | str, str]]) -> None:
    """As `_walk`, of objects."""
    url, names = list_objects(url)
    ledgers = [name.removesuffix(layout.LEDGER) for name in names if _is_ledger(name, names)]
    for name in names:
        whole = f"{url}/{name}"
        if name.startswith(tuple(ledgers)):
            continue
        if _is_json_name(name) or len(names) == 1:
            sources.append(Source(whole, None, url, name))
        else:
            skipped.append((whole, "no JSON by its name; name it to load it"))
    skipped.extend((f"{url}/{each}", "a ledger") for each in ledgers)


def _is_ledger(name: str, names: Iterable[str]) -> bool:
    folder = name.removesuffix(layout.LEDGER)
    is_head = name == layout.LEDGER or name.endswith(f"/{layout.LEDGER}")
    return is_head and any(each.startswith(f"{folder}{layout.EVENTS}/") for each in names)


def _walk(folder: Path, sources: list[Source], skipped: list[tuple[Path | str, str]]) -> None:
    """Symbolic links to folders are not followed, so a loop of links ends; nor are ledgers read."""

    def refuse(exc: OSError) -> None:
        raise UnreadableInput(f"cannot read folder `{exc.filename}`: {exc.strerror}")

    for parent, folders, names in os.walk(folder, onerror=refuse):
        if layout.LEDGER in names and layout.EVENTS in folders:
            skipped.append((Path(parent), "a ledger"))
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = (path for path in (Path(parent, name) for name in folders) if path.is_symlink())
        skipped.extend((path, "a link to a folder; name it to load it") for path in links)
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith("."):
                if _is_json_name(name):
                    skipped.append((path, "a hidden file; name it to load it"))
            elif not path.is_file():
                skipped.append((path, "no file"))
            elif _is_json_name(name):
                sources.append(Source.at(path))
            else:
                skipped.append((path, "no JSON by its name; name it to load it"))


def _is_json_name(name: str) -> bool:
    lower = name.lower()
    for suffix in PACKED:
        lower = lower.removesuffix(suffix)
    return lower.endswith(SUFFIXES)


def _readable(path: Path) -> Path:
    if not os.access(path, os.R_OK):
        reason = "no permission" if path.exists() else "the link leads nowhere"
        raise UnreadableInput(f"cannot read `{path}`: {reason}")
    return path
