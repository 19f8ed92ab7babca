"""From what the user names to streams of bytes: files, folders, globs, stdin; plain, gzip, zstd."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from ticketledger.models.errors import UnreadableInput

STDIN: Final = "-"
SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
PACKED: Final = (".gz", ".zst", ".zstd")
_BLOCK: Final = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class CorruptCompression(Exception):
    """The compressed stream ends early or does not decode; what came before it is good."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name as the ledger records it, and where its bytes are (None: stdin)."""

    name: str
    path: Path | None

    @classmethod
    def at(cls, path: Path) -> Source:
        """Name a file as given; bytes of its name that are no UTF-8 are written as `\\xNN`."""
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        return cls(name, _readable(path))


@dataclass(frozen=True, slots=True)
class Found:
    """The sources a request names, and files of folders that were passed over."""

    sources: list[Source]
    skipped: list[Path]


class Hashed(io.RawIOBase):
    """A stream that counts and hashes the bytes that pass, as they are on disk."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner = inner
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer
        block = self._inner.read(len(buffer))
        buffer[: len(block)] = block
        self._hash.update(block)
        self.size += len(block)
        return len(block)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def find(paths: Iterable[str]) -> Found:
    """Return the sources in the order named; folders give their JSON files, sorted, recursively.

    A path that exists is taken literally, even with `*` in its name; only then is it a pattern.

    Raises:
        UnreadableInput: a path is missing, a pattern matches nothing, a folder cannot be read.
    """
    sources: list[Source] = []
    skipped: list[Path] = []
    for text in paths:
        if text == STDIN:
            sources.append(Source("<stdin>", None))
            continue
        path = Path(text)
        if path.is_dir():
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
            raise UnreadableInput(f"no such file or folder: `{text}`", hint="check the path")
    return Found(list(dict.fromkeys(sources)), skipped)


@contextmanager
def open_source(source: Source) -> Iterator[tuple[BinaryIO, Hashed]]:
    """Open a source; yields the decompressed stream and the counter of its raw bytes.

    Compression is recognised by content, not by name. Reading raises `CorruptCompression`
    (wrapped by `read_block`) where the compressed stream is bad.

    Raises:
        UnreadableInput: the file vanished or may not be read.
    """
    try:
        raw = sys.stdin.buffer if source.path is None else source.path.open("rb")
    except OSError as exc:
        raise UnreadableInput(f"cannot read `{source.name}`: {exc.strerror}") from None
    with raw:
        hashed = Hashed(raw)
        buffered = io.BufferedReader(hashed, _BLOCK)
        kind = next((k for magic, k in _MAGIC.items() if buffered.peek(4).startswith(magic)), "")
        if kind == "gzip":
            yield gzip.GzipFile(fileobj=buffered), hashed  # type: ignore[misc]
        elif kind == "zstd":
            yield pa.CompressedInputStream(pa.PythonFile(buffered, mode="r"), "zstd"), hashed
        else:
            yield buffered, hashed


def read_block(stream: BinaryIO) -> bytes:
    """Return the next bytes of a stream, empty at its end.

    Raises:
        CorruptCompression: the rest cannot be decompressed.
    """
    try:
        return stream.read(_BLOCK)
    except EOFError:
        raise CorruptCompression("the compressed stream ends early") from None
    except (zlib.error, gzip.BadGzipFile, pa.ArrowException) as exc:
        raise CorruptCompression(f"the compressed stream is damaged: {exc}") from None
    except OSError as exc:
        if exc.errno is not None:
            raise UnreadableInput(f"cannot read on: {exc.strerror}") from None
        raise CorruptCompression(f"the compressed stream is damaged: {exc}") from None


def _walk(folder: Path, sources: list[Source], skipped: list[Path]) -> None:
    """Symbolic links to folders are not followed, so a loop of links ends."""

    def refuse(exc: OSError) -> None:
        raise UnreadableInput(f"cannot read folder `{exc.filename}`: {exc.strerror}")

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if name.startswith(".") or not stat.S_ISREG(path.stat().st_mode):
                continue
            if _is_json_name(name):
                sources.append(Source.at(path))
            else:
                skipped.append(path)


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
