"""What a mirror remembers of its bucket: which version of each object it has, or knows of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .disk import locked, write_synced
from .layout import TMP
from .mirrors import TAGS


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a mirror, in a file at its root."""

    root: Path

    def told(self) -> dict[str, str]:
        """Return the tags by name; none where nothing is remembered."""
        path = self.root / TAGS
        try:
            status = path.stat()
            return _told(path, status.st_ino, status.st_size, status.st_mtime_ns)
        except (FileNotFoundError, ValueError):
            return {}

    def remember(self, tags: dict[str, str], gone: Iterable[str] = ()) -> None:
        """Add tags, and remove some; one process after the other."""
        with locked(self.root):
            told = {**self.told(), **tags}
            for name in gone:
                told.pop(name, None)
            content = json.dumps(told, sort_keys=True)
            write_synced(self.root / TAGS, content.encode(), self.root / TMP)


@lru_cache(maxsize=8)
def _told(path: Path, *identity: int) -> dict[str, str]:
    """The tags of a mirror; the dict is shared and never changed."""
    told: dict[str, str] = json.loads(path.read_bytes())
    return told
