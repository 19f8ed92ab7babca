"""Where a ledger is."""

from __future__ import annotations

from pathlib import Path

from ..models.mirrors import make_mirror


class Rooted:
    """A ledger's folder, or the mirror of its bucket."""

    def __init__(self, root: Path, *, url: str | None = None, in_place: bool = False) -> None:
        self._root, self._url, self._in_place = root, url, in_place

    @property
    def root(self) -> Path:
        """The folder of the ledger; of one in a bucket its mirror, made anew if it was removed."""
        if self._url:
            make_mirror(self._root, self._url, in_place=self._in_place)
        return self._root
