"""Does the ledger on disk say what its commits recorded? Looked at along the chain of commits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from ticketledger.models.errors import NO_LINK, RESTORE, LedgerDamaged, LedgerTooNew, ObjectsDamaged
from ticketledger.models.head import Head, read_head
from ticketledger.models.layout import (
    CommitFile,
    covering_set,
    is_dispensable,
    read_commit_name,
)
from ticketledger.models.seal import is_sealed, read_seal
from ticketledger.models.store import Store, read_footer

from .contents import (
    Finding,
    differing_counts,
    differing_rejects,
    has_columns,
    replaced_seals,
    rows_by_commit,
    rows_recorded,
)
from .create import ledger_content
from .superseded import DELETE

_MIRRORED = "the mirror has it as it was written"
_ANEW = "if nothing else was found, delete it: the next ingest makes it anew"


@dataclass(slots=True)
class _Chain:
    """The seals of the files that held the commit before the next one, and its number.

    `rejects` are the names of the rejects files so far.
    """

    next: int = 0
    seals: frozenset[str] | None = frozenset()
    rejects: set[str] = field(default_factory=set)


def verify(store: Store, *, is_quick: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with the ledger's files, in the order of the commits.

    Compared are: every byte with its file's seal, file names with commit numbers, rows and counts
    with the footers, each commit with the seal of the one before, rejects with their names, and
    `head.json` with the newest commit. Files that a compacted one replaced are not read. Objects of
    a bucket that cannot be mirrored as they are, all of them, come alone.

    Args:
        store: an open store.
        is_quick: read the footers alone: what is missing, cut short, swapped or miscounted is
            found, a changed byte between is not.
    """
    if (store.root / "ledger.json").read_bytes() != ledger_content():
        yield Finding(str(store.root / "ledger.json"), "does not say what it must")
    chain = _Chain()
    head = _head_of(store)  # first: a commit made meanwhile is in the list, not in the head
    try:
        files, foreign = _listed(store)
    except ObjectsDamaged as exc:  # what else is there can be read when they are restored
        yield from (Finding(name, exc.problem, exc.hint) for name in exc.names)
        return
    yield from foreign
    for file in covering_set(files):
        if file.first != chain.next:
            yield _missing(store, chain.next, file.first - 1)
            chain.seals = None
        yield from _verify_file(store, file, chain, files, is_quick)
        chain.next = file.last + 1
    if chain.next == 0:
        yield Finding(store.told(store.events), "is empty")
    else:
        yield from _verify_head(store, chain, head)
    for name, problem in [] if is_quick else store.place.differing(chain.rejects):
        yield Finding(name, problem, _MIRRORED)


def verify_quickly(store: Store) -> None:
    """Read the footers, before anything is made of the ledger; `head.json` is left to `verify`.

    Raises:
        LedgerDamaged: the first thing that is wrong.
    """
    head = store.told(store.head)
    while True:
        listed = _listed(store)
        found = [each for each in verify(store, is_quick=True) if each.path != head]
        if not found:
            return
        if listed == _listed(store):  # else a compaction removed what was about to be read
            raise LedgerDamaged(f"`{found[0].path}` {found[0].problem}", hint=found[0].remedy)


def _listed(store: Store) -> tuple[list[CommitFile], list[Finding]]:
    files, foreign = [], []
    for path, is_link in store.entries().items():
        file = read_commit_name(path)
        if is_link:
            foreign.append(Finding(str(path), "is a symbolic link", NO_LINK))
        elif file is None or (path.exists() and not path.is_file()):
            foreign.append(Finding(str(path), "is no commit", "move it out of the ledger's folder"))
        else:
            files.append(file)
    return files, foreign


def _missing(store: Store, first: int, last: int) -> Finding:
    which = f"commit {first} is" if first == last else f"commits {first} to {last} are"
    return Finding(store.told(store.events), f"{which} missing")


def _verify_file(
    store: Store, file: CommitFile, chain: _Chain, files: list[CommitFile], is_quick: bool
) -> Iterator[Finding]:
    before, chain.seals = chain.seals, None
    path = str(file.path)
    try:
        if not is_quick and not is_sealed(file.path):
            remedy = DELETE if is_dispensable(file, files) else RESTORE
            yield Finding(path, "is not byte for byte what was written", remedy)
            return
        footer = read_footer(file.path)
        if not has_columns(file.path):
            yield Finding(path, "has other columns than a ledger's file")
            return
        rows = rows_recorded(file.path, footer) if is_quick else rows_by_commit(file.path)
        chain.seals = frozenset({read_seal(file.path)})
    except LedgerTooNew as exc:
        yield Finding(path, "has a later format", exc.hint)
        return
    except (LedgerDamaged, pa.ArrowException, OSError) as exc:
        yield Finding(path, f"cannot be read: {exc}")
        return
    commits = footer["commits"]
    numbers = [commit["number"] for commit in commits]
    if numbers != [number for number in range(file.first, file.last + 1) if number > 0]:
        yield Finding(path, f"holds the commits {numbers}, which its name does not say")
        return
    replaced = replaced_seals(footer)
    for commit in commits:
        number = commit["number"]
        before = replaced.get(number - 1, frozenset()) | (before or frozenset())
        if before and commit["previous_seal"] not in before:
            yield Finding(path, f"commit {number} was not built on the commit before it")
        before = replaced.get(number)
        yield from differing_counts(path, commit, rows.pop(number, 0))
    for number, count in rows.items():
        yield Finding(path, f"has {count} rows of commit {number}, which it does not hold")
    chain.seals |= replaced.get(file.last, frozenset())
    chain.rejects.update(footer["rejects"])
    for name in footer["rejects"]:
        yield from differing_rejects(store.rejects / name, is_quick)


def _head_of(store: Store) -> Head | Finding:
    """Return the newest acknowledged commit, or what is wrong with the witness of it."""
    path = store.told(store.head)
    try:
        return read_head(store)
    except FileNotFoundError:
        return Finding(path, "is missing", "the next ingest makes it anew")
    except LedgerDamaged:
        return Finding(path, "is not what a commit writes", _ANEW)


def _verify_head(store: Store, chain: _Chain, head: Head | Finding) -> Iterator[Finding]:
    if isinstance(head, Finding):
        yield head
        return
    last = chain.next - 1
    if head.commit > last:
        yield _missing(store, chain.next, head.commit)
    elif head.commit == last and chain.seals and head.seal not in chain.seals:
        yield Finding(store.told(store.head), f"names another file as commit {last}", _ANEW)
