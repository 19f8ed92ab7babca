"""The last commit that an answer stands on: its number, and the seal it was committed with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .layout import CommitFile
from .seal import read_seal
from .store import read_footer


def last_commit(files: Sequence[CommitFile], known_at: datetime | None = None) -> tuple[int, str]:
    """Return number and seal of the last commit; neither a later one nor a compaction changes them.

    Args:
        files: a covering set.
        known_at: only commits at or before this instant exist; None: all. If there are none it is
            commit 0, the empty one that every ledger begins with.

    Raises:
        LedgerDamaged: a file has no readable footer, or no seal.
    """
    for file in reversed(files):
        footer = read_footer(file.path)
        for commit in sorted(footer["commits"], key=lambda each: -int(each["number"])):
            if known_at is None or datetime.fromisoformat(commit["loaded_at"]) <= known_at:
                return commit["number"], _seal(file, footer, commit["number"])
    return files[0].first, read_seal(files[0].path)


def _seal(file: CommitFile, footer: dict[str, Any], number: int) -> str:
    """The seal of the file of one commit, which may be merged into this one."""
    for part in footer.get("files", []):
        if part["first"] == part["last"] == number:
            seal: str = part["seal"]
            return seal
    return read_seal(file.path)
