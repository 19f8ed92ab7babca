"""A disk that keeps only what was brought to it: the stand-in for a power loss, runs everywhere.

It replays a log of storage calls. POSIX promises that a file's content is on the disk after fsync
of the file, and a name after fsync of its folder; nothing else. Between that and everything lies
what a real disk keeps, so two extremes are tried after every call: no name and no content that was
not brought to the disk, and every name with only the content that was. The names of the ledger's
folder itself and of its parents are taken to be there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .library import Call


@dataclass
class _Node:
    """A file or folder; `content` holds what of it is on the disk, None when nothing is."""

    is_folder: bool = False
    content: Path | None = None


@dataclass(frozen=True)
class Image:
    """What a power loss leaves after so many calls; files without content are empty.

    `acknowledged` are the commits that had been reported by then.
    """

    calls: int
    files: tuple[tuple[str, Path | None], ...]
    folders: tuple[str, ...]
    acknowledged: tuple[int, ...]

    def write(self, root: Path) -> None:
        """Make it a folder."""
        root.mkdir()
        for name in self.folders:
            (root / name).mkdir()
        for name, content in self.files:
            shutil.copyfile(content, root / name) if content else (root / name).touch()


@dataclass
class Disk:
    """Names as programs see them, and names as they are on the disk."""

    copies: Path
    live: dict[str, _Node] = field(default_factory=dict)
    durable: dict[str, _Node] = field(default_factory=dict)
    acknowledged: list[int] = field(default_factory=list)

    @staticmethod
    def of(template: Path, copies: Path) -> Disk:
        """Return a disk that holds a ledger; `copies` has what each fsync brought to it."""
        disk = Disk(copies)
        for path in sorted(template.rglob("*")) if template.exists() else ():
            node = _Node(path.is_dir(), None if path.is_dir() else path)
            disk.live[str(path.relative_to(template))] = node
        disk.durable = dict(disk.live)
        return disk

    def apply(self, call: Call) -> None:
        """Do what a call did."""
        if call.name == "ack":
            self.acknowledged.append(int(call.path))
        if call.result < 0:
            return
        if call.note == "new" and call.path != ".":
            self.live[call.path] = _Node(call.name == "mkdir")
        elif call.name == "fsync":
            self._bring(call)
        elif call.name == "link":
            self.live[call.to] = self.live[call.path]
        elif call.name == "rename":
            self.live[call.to] = self.live.pop(call.path)
        elif call.name in ("unlink", "rmdir"):
            self.live.pop(call.path)

    def _bring(self, call: Call) -> None:
        node = self.live.get(call.path)
        if node is not None and not node.is_folder:
            node.content = self.copies / call.note
            return
        for names in (self.durable, self.live):
            for path in [path for path in names if _parent(path) == call.path]:
                if path in self.live:
                    self.durable[path] = self.live[path]
                else:
                    del self.durable[path]

    def image(self, calls: int, names: dict[str, _Node]) -> Image:
        """Return what is left when the power goes and just these names are on the disk."""
        folders: list[str] = []
        files: list[tuple[str, Path | None]] = []
        for path, node in sorted(names.items()):
            if _parent(path) != "." and _parent(path) not in folders:
                continue
            folders.append(path) if node.is_folder else files.append((path, node.content))
        return Image(calls, tuple(files), tuple(folders), tuple(self.acknowledged))


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."


def images(log: Sequence[Call], template: Path, copies: Path) -> Iterator[Image]:
    """Yield what a power loss leaves after each call of a log, in both extremes; equal ones once.

    Args:
        log: the calls of an undisturbed run, with the acknowledgements between them.
        template: the ledger it started from.
        copies: the folder of what each fsync brought to the disk.
    """
    disk = Disk.of(template, copies)
    seen = set()
    for number, call in enumerate(log, 1):
        disk.apply(call)
        for names in (disk.durable, disk.live):
            image = disk.image(number, names)
            key = (image.files, image.folders, image.acknowledged)
            if key not in seen:
                seen.add(key)
                yield image
