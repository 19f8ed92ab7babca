"""Every damage to a ledger's files is found, and the file named: bits, pages, ends, names."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest.verification import verify_quickly
from ticketledger.models.errors import LedgerDamaged, LedgerError
from ticketledger.models.store import open_store
from ticketledger.queries.generations import find_cache

from ..ingest.made import line, lines

DAMAGES = 1000 if IS_NIGHTLY else 120
COMMITS = 5 if IS_NIGHTLY else 3


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of some commits, each other one with rejects, and a cache in as many generations."""
    folder = tmp_path_factory.mktemp("damages")
    ledger = ticketledger.open(folder / "ledger")
    for number in range(1, COMMITS + 1):
        export = folder / f"{number}.jsonl"
        count = 200 if number == 1 else 5
        export.write_bytes(lines(count, first=300 * number) + line(1) + b"bad\n" * (number % 2))
        ledger.ingest([export])
    return folder / "ledger"


def _findings(root: Path) -> list[str]:
    """What `ticketledger verify` says."""
    try:
        return [f"{each.path}: {each.problem}" for each in ticketledger.open(root).verify()]
    except LedgerError as exc:
        return [str(exc)]


def _flip(content: bytes, chance: random.Random) -> bytes:
    place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
    return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _zero(content: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(content)) // 512 * 512
    return content[:begin] + bytes(len(content[begin : begin + 512])) + content[begin + 512 :]


def _grow(content: bytes, chance: random.Random) -> bytes:
    return content + chance.randbytes(chance.randrange(1, 100))


Harm = Callable[[bytes, random.Random], bytes]
HARMS: dict[str, Harm | None] = {
    "one bit flipped": _flip,
    "cut off": _cut,
    "a page zeroed": _zero,
    "bytes appended": _grow,
    "missing": None,
    "swapped with another": None,
}


def test_a_sound_ledger_has_no_finding(root: Path) -> None:
    assert _findings(root) == []


def test_every_random_damage_is_found_and_its_file_named(
    root: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20260303)
    cached = find_cache(open_store(root))
    assert cached is not None
    assert len(cached.generations) == COMMITS
    files = [  # all but `catalog.duckdb`: DuckDB checks its own blocks
        *sorted(root.glob("*.json")),
        *sorted(root.glob("events/*")),
        *sorted(root.glob("rejects/*")),
        root / "derived" / "current.json",
        *(root / "derived" / name for name in cached.hashes),
    ]
    done: Counter[str] = Counter()
    missed = []
    while done.total() < DAMAGES:
        path = chance.choice(files)
        content = path.read_bytes()
        name, harm = chance.choice(list(HARMS.items()))
        if name == "missing" and path.name == "current.json":
            continue  # then there is no cache, as when `derived/` was deleted
        others = [each for each in files if each.suffix == path.suffix and each != path]
        other = chance.choice(others)
        was = other.read_bytes()
        if harm is not None:
            path.write_bytes(harm(content, chance))
        elif name == "missing":
            path.unlink()
        else:
            path.write_bytes(was)
            other.write_bytes(content)
        if path.exists() and path.read_bytes() == content:
            continue  # nothing was damaged: zeroes over zeroes, equal files swapped
        done[name] += 1
        told = _findings(root)
        named = [str(path) if path.parent.name != "events" or path.exists() else "missing"]
        if name == "swapped with another":
            named.append(str(other))
        if not any(each in finding for each in named for finding in told):
            missed.append((name, path.relative_to(root), told))
        path.write_bytes(content)
        other.write_bytes(was)
    record_property("damages found", f"{DAMAGES - len(missed)} of {DAMAGES}")
    assert len(done) == len(HARMS)
    assert missed == []
    assert _findings(root) == []


QUICKLY_FOUND = ("cut off", "bytes appended", "missing", "swapped with another")


@pytest.mark.parametrize("name", QUICKLY_FOUND)
def test_what_is_cut_missing_or_swapped_is_found_by_the_footers(root: Path, name: str) -> None:
    store = open_store(root)
    verify_quickly(store)
    chance = random.Random(name)
    for path in sorted(root.glob("events/*"))[1:]:
        content, harm = path.read_bytes(), HARMS[name]
        other = path.with_name("00000003.parquet" if "3" not in path.stem else "00000002.parquet")
        was = other.read_bytes()
        if harm:
            path.write_bytes(harm(content, chance))
        elif name == "missing":
            path.unlink()
        else:
            path.write_bytes(was)
            other.write_bytes(content)
        try:
            if name == "missing" and path.stem == "00000005":
                with pytest.raises(LedgerError, match="commit 5"):
                    ticketledger.open(root).compact()
            else:
                with pytest.raises(LedgerDamaged):
                    ticketledger.open(root).compact()
                with pytest.raises(LedgerDamaged):
                    ticketledger.open(root).publish(root.parent / "feed")
        finally:
            path.write_bytes(content)
            other.write_bytes(was)
    assert not (root.parent / "feed").exists()
    verify_quickly(store)


def test_rejects_that_no_commit_has_are_no_damage(root: Path) -> None:
    left = root / "rejects" / "left-behind.parquet"
    left.write_bytes(b"x")
    assert _findings(root) == []
    left.unlink()
