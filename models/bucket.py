"""A ledger in an object store: the files of the folder under the same names, taken once each.

The folder is a mirror: a file of the bucket is fetched once, since none ever changes. Publishing is
a conditional put; who loses the race for a name starts over, as in a folder.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Final

import obstore
from obstore import exceptions
from obstore.store import from_url

from .disk import link_new, sync_file, workspace, write_synced
from .errors import LedgerDamaged, LedgerUnreachable, LedgerUnwritable
from .layout import EVENTS, HEAD, LEDGER, REJECTS, TMP, read_commit_name

_REJECTS_NAME: Final = re.compile(r"[0-9a-f]{64}\.parquet")
_TOLD: Final = re.compile(r"<Code>([^<]*)</Code>\s*<Message>([^<]*)</Message>")
_GRACE: Final = timedelta(days=1)
_FETCHES: Final = 8
"""So many objects are fetched at a time: most are small, and each takes a way there and back."""

_TRIES: Final = 4
_PAUSE_S: Final = 0.2
_CLIENT: Final = {"connect_timeout": "5s", "timeout": "60s", "allow_http": True}
RETRIES: Final = {"max_retries": 8}
"""How often the library asks again when the store is busy or ails."""

_OF_THE_MACHINE: Final = "169.254.169.254"
"""Where a machine in the cloud has credentials; asked last, when there are no others."""

_DENIED: Final = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The place of a ledger below a URL, and the folder that mirrors it; see `Place`."""

    url: str
    root: Path

    @property
    def name(self) -> str:
        return self.url

    def enter(self) -> None:
        for folder in (EVENTS, REJECTS, TMP):
            (self.root / folder).mkdir(exist_ok=True)
        self._follow(LEDGER)

    def pull_head(self) -> None:
        self._follow(HEAD)

    def pull(self) -> None:
        missing = []
        for name, size in listed(self.url).items():
            folder, _, file = name.partition("/")
            path = self.root / folder / file
            if folder == EVENTS and read_commit_name(Path(file)) is None:
                raise LedgerDamaged(
                    f"`{self.url}/{name}` is no commit", hint="move it out of the ledger"
                )
            is_ours = folder == EVENTS or (folder == REJECTS and _REJECTS_NAME.fullmatch(file))
            if is_ours and not _is_here(path, size):
                missing.append((name, path))
        with ThreadPoolExecutor(_FETCHES, "fetch") as threads:
            for folder in (REJECTS, EVENTS):  # a commit is never here before its rejects
                now = [each for each in missing if each[1].parent.name == folder]
                list(threads.map(lambda each: self._fetch(*each), now))

    def create(self, part: Path, path: Path) -> bool:
        name = self._name(path)
        content = part.read_bytes()
        if not self._put_new(name, content):
            return False
        with suppress(FileNotFoundError):
            link_new(part, path)
        return True

    def replace(self, path: Path) -> None:
        with self._asking("written"):
            obstore.put(self._store(), self._name(path), path.read_bytes())

    def remove(self, path: Path) -> None:
        name = self._name(path)
        with self._asking("cleaned"):
            age = datetime.now(UTC) - obstore.head(self._store(), name)["last_modified"]
            if age > _GRACE:
                obstore.delete(self._store(), name)
                path.unlink(missing_ok=True)

    def check(self, path: Path) -> None:
        with self._asking("written"):
            try:
                obstore.put(self._store(), self._name(path), path.read_bytes(), mode="create")
            except exceptions.AlreadyExistsError:
                return
        raise LedgerUnwritable(
            f"`{self.url}`: the store overwrites what should be created only if it is not there",
            hint="a ledger needs a store with conditional puts (If-None-Match)",
        )

    def strangers(self) -> list[str]:
        ours = (LEDGER, HEAD, f"{EVENTS}/", f"{REJECTS}/")
        return [name for name in listed(self.url) if not name.startswith(ours)]

    def differing(self) -> list[str]:
        found = []
        for name in listed(self.url):
            path = self.root / PurePosixPath(name)
            folder = name.partition("/")[0]
            if folder in (EVENTS, REJECTS) and self._content(name) != path.read_bytes():
                found.append(f"{self.url}/{name}")
        return found

    def _follow(self, name: str) -> None:
        """Let a small file here say what it says there."""
        content = self._content(name)
        path = self.root / name
        if content is None:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            write_synced(path, content, self.root / TMP)

    def _fetch(self, name: str, path: Path) -> None:
        with workspace(self.root / TMP) as folder:
            part = folder / path.name
            with self._asking("read"), part.open("wb") as file:
                for chunk in obstore.get(self._store(), name).stream():
                    file.write(chunk)
            sync_file(part)
            part.replace(path)

    def _put_new(self, name: str, content: bytes) -> bool:
        """Create an object; an answer that was lost is asked for again.

        Our bytes under that name are ours: a commit names its instant, rejects their content.
        """
        for attempt in range(_TRIES):
            try:
                with self._asking("written"):
                    obstore.put(self._store(), name, content, mode="create", use_multipart=False)
                    return True
            except LedgerUnreachable as exc:
                is_taken = isinstance(exc.__cause__, exceptions.AlreadyExistsError)
                if not is_taken and isinstance(exc.__cause__, _DENIED):
                    raise
                found = self._content(name)
                if found is not None:
                    return found == content
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE_S * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _content(self, name: str) -> bytes | None:
        """Return what an object holds; None when there is none."""
        try:
            with self._asking("read"):
                return bytes(obstore.get(self._store(), name).bytes())
        except LedgerUnreachable as exc:
            is_missing = isinstance(exc.__cause__, FileNotFoundError)
            if is_missing and "NoSuchBucket" not in str(exc.__cause__):
                return None
            raise

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _store(self) -> Any:
        return opened(self.url)

    def _asking(self, verb: str) -> AbstractContextManager[None]:
        return asking(self.url, verb)


def opened(url: str) -> Any:
    """Return obstore's view of what is below a URL."""
    return from_url(  # type: ignore[call-overload]
        url, client_options=_CLIENT, retry_config=RETRIES
    )


def listed(url: str) -> dict[str, int]:
    """Return the objects below a URL by name, sorted, and their sizes.

    Raises:
        LedgerUnreachable: as `asking`.
    """
    with asking(url, "listed"):
        found = [meta for chunk in obstore.list(opened(url)) for meta in chunk]
    return dict(sorted((meta["path"], meta["size"]) for meta in found))


@contextmanager
def asking(url: str, verb: str) -> Iterator[None]:
    """Turn what a store or the way to it says into one line.

    Args:
        url: where.
        verb: what it is asked for, as in "cannot be read".

    Raises:
        LedgerUnreachable: it did not answer, or refused.
    """
    try:
        yield
    except (exceptions.BaseError, OSError, ValueError) as exc:
        text = str(exc)
        told = _TOLD.search(text)
        reason = f"{told[2]} ({told[1]})" if told else text.partition("\n")[0][:300]
        is_keyless = _OF_THE_MACHINE in text
        if is_keyless:
            reason = "no credentials were found"
        if is_keyless or isinstance(exc, _DENIED):
            hint = "check the credentials, for example AWS_ACCESS_KEY_ID, and their rights"
        else:
            hint = "check the URL, AWS_REGION and AWS_ENDPOINT; nothing was lost, try again"
        raise LedgerUnreachable(f"`{url}` cannot be {verb}: {reason}", hint=hint) from exc


def _is_here(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False
