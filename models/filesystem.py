"""What a database sees of a bucket: files of `events/` under the paths they have in a mirror."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from fsspec.spec import AbstractFileSystem

from .reach import SCHEME, opened, size_of

_NEVER_CHANGES: Final = datetime.fromtimestamp(0, UTC)


class Remote(AbstractFileSystem):  # type: ignore[misc]
    """Files that `reach` says are away; read only."""

    protocol = SCHEME
    cachable = False

    def _open(self, path: str, mode: str = "rb", **_: Any) -> BinaryIO:
        if mode != "rb":
            raise PermissionError(f"`{path}` is only read")
        return opened(_path(path))

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        return {"name": path, "size": size_of(_path(path)), "type": "file"}

    def glob(self, path: str, *_: Any, **__: Any) -> list[str]:
        return [path]  # a name is one, whatever letters are in it

    def modified(self, path: str) -> datetime:
        return _NEVER_CHANGES  # a version is told by its tag, which `opened` minds


def _path(path: str) -> Path:
    return Path("/") / path.removeprefix(f"{SCHEME}://")
