"""Files that were loaded before, whole: told by size and hash, counted without being read again.

What becomes of a line follows from its bytes, the limits and the version alone, and the ledger
forgets nothing. So the counts of a file's first load say what a second one would find.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ticketledger.models.disk import file_sha256
from ticketledger.models.store import Store

from .accounts import Counts
from .dedupe import footer_of
from .sources import Source


def known_counts(
    store: Store, sources: Iterable[Source], version: str, options: dict[str, Any]
) -> dict[Source, Counts]:
    """Return what loading each file again would come to, for the files that are known whole.

    A file is hashed only if one of its size was loaded by this version with these options.
    """
    by_size: dict[int, dict[str, Counts]] = {}
    for file in store.covering():
        for commit in footer_of(file.path)["commits"]:
            for told in commit["sources"]:
                is_alike = commit["version"] == version and told.get("options") == options
                if is_alike and "whole" in told:
                    again = _again(Counts(**told["whole"]))
                    by_size.setdefault(told["size_bytes"], {})[told["sha256"]] = again
    found: dict[Source, Counts] = {}
    for source in sources:
        path = source.path
        if path is None or not path.is_file():
            continue
        alike = by_size.get(path.stat().st_size)
        counts = alike.get(file_sha256(path)) if alike else None
        if counts is not None:
            found[source] = counts
    return found


def _again(first: Counts) -> Counts:
    """Return the counts of a second load, given those of the first."""
    return Counts(
        lines=first.lines,
        duplicates=first.accepted + first.duplicates,
        rejected=first.rejected,
        blank=first.blank,
        known_rejects=first.rejected,
    )
