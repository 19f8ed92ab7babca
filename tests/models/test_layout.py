"""Which files of a ledger are read: every commit once, compacted runs first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketledger.models.layout import CommitFile, commit_name, covering_set, read_commit_name

Range = tuple[int, int]


def _file(first: int, last: int) -> CommitFile:
    name = f"{first:08d}.parquet" if first == last else f"{first:08d}-{last:08d}.parquet"
    file = read_commit_name(Path("events", name))
    assert file is not None
    return file


def _ranges(files: Sequence[CommitFile]) -> list[Range]:
    return [(file.first, file.last) for file in files]


def plain_cover(ranges: Sequence[Range]) -> list[Range]:
    """The twin: take the longest range that overlaps none taken, until there is none."""
    taken: list[Range] = []
    for first, last in sorted(set(ranges), key=lambda r: (r[0] - r[1], r[0])):
        if all(last < a or b < first for a, b in taken):
            taken.append((first, last))
    return sorted(taken)


@st.composite
def nested_ranges(draw: st.DrawFn) -> list[Range]:
    """Commits, and compactions of runs of what was there: ranges nest, they never cross."""
    current = [(number, number) for number in range(draw(st.integers(1, 12)))]
    everything = list(current)
    for _ in range(draw(st.integers(0, 5))):
        begin = draw(st.integers(0, len(current) - 1))
        end = draw(st.integers(begin, len(current) - 1))
        run = (current[begin][0], current[end][1])
        current[begin : end + 1] = [run]
        everything.append(run)
    gone = draw(st.lists(st.sampled_from(everything)))  # after the grace time
    return current + [each for each in everything if each not in gone]


@given(nested_ranges().flatmap(st.permutations))
def test_the_longest_ranges_are_read(ranges: list[Range]) -> None:
    assert _ranges(covering_set(_file(*each) for each in ranges)) == plain_cover(ranges)


@given(nested_ranges().flatmap(st.permutations))
def test_every_commit_is_read_once_and_in_order(ranges: list[Range]) -> None:
    chosen = _ranges(covering_set(_file(*each) for each in ranges))
    numbers = [number for first, last in chosen for number in range(first, last + 1)]
    assert numbers == list(range(max(last for _, last in ranges) + 1))


@given(
    st.integers(1, 10),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6),
)
def test_crossing_ranges_never_hide_a_commit(count: int, pairs: list[Range]) -> None:
    runs = [(min(pair), max(pair)) for pair in pairs if max(pair) < count]
    ranges = [(number, number) for number in range(count)] + runs
    chosen = _ranges(covering_set(_file(*each) for each in ranges))
    numbers = [number for first, last in chosen for number in range(first, last + 1)]
    assert numbers == list(range(count))


def test_a_commits_name_can_be_read_back() -> None:
    for number in (0, 1, 99_999_999, 100_000_000):
        file = read_commit_name(Path("events", commit_name(number)))
        assert file is not None
        assert (file.first, file.last) == (number, number)


@pytest.mark.parametrize(
    "name",
    [
        *("1.parquet", "00000001", "00000001.parquet~", ".00000001.parquet", "00000001.PARQUET"),
        *(
            "00000002-00000001.parquet",
            "00000001-.parquet",
            "00000001-2.parquet",
            "-0000001.parquet",
        ),
        *("00000001.parquet\n", "٠٠٠٠٠٠٠١.parquet", "00000001-00000002-00000003.parquet", ""),
    ],
)
def test_other_names_are_no_commits(name: str) -> None:
    assert read_commit_name(Path("events") / name) is None
