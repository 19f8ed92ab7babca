"""Compaction: fewer files, the same answers, nothing lost or doubled at any step."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import log2
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest import compaction, merging, sealed
from ticketledger.ingest.compaction import Compacted, compact
from ticketledger.ingest.replaying import refused
from ticketledger.ingest.runs import MOST_BYTES, Sized, runs_of
from ticketledger.ingest.verification import verify
from ticketledger.models import layout
from ticketledger.models.errors import BadParameter, LedgerBusy, LedgerDamaged, LedgerUnwritable
from ticketledger.models.layout import CommitFile
from ticketledger.models.place import Folder
from ticketledger.models.store import Store, open_store, read_footer
from ticketledger.queries import statements

from ..queries.answers import answers, has_current_catalog
from ..strategies import lifecycles, splittings, streams, with_ledgers, write_files
from ..twin.events import Envelope
from .crashes import storage_ends
from .made import NOON, SAMPLES, fingerprint, footers, line, lines, load, stored, stored_rejects

DAY = 86_400


def names(root: Path) -> list[str]:
    return sorted(path.name.removesuffix(".parquet") for path in (root / "events").iterdir())


def covering(root: Path) -> list[tuple[int, int]]:
    return [(file.first, file.last) for file in open_store(root).covering()]


def assert_sound(root: Path) -> None:
    assert list(verify(open_store(root))) == []
    assert list((root / "tmp").iterdir()) == [], "left-overs"


def append(root: Path, *numbers: int, bad: bytes = b"") -> None:
    """One commit with a ticket per number, and the lines of `bad`."""
    export = root.parent / "export.jsonl"
    export.write_bytes(b"".join(line(number) + b"\n" for number in numbers) + bad)
    load(root, export)


def age(folder: Path, seconds: float) -> None:
    """Make the files of a folder so much older."""
    for path in folder.iterdir():
        at = path.stat().st_mtime - seconds
        os.utime(path, (at, at))


def content(root: Path) -> tuple[object, ...]:
    """What a ledger holds, whatever its files."""
    rows = sorted(stored(root), key=lambda row: str(row["event_id"]))
    return rows, stored_rejects(root), footers(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A ledger of six commits, one of them of rejects alone, two with both."""
    root = tmp_path / "ledger"
    append(root, 5, 3, 1, bad=b"bad\n")
    append(root, 2, 9)
    append(root, bad=b"worse\n")
    append(root, 4)
    append(root, 8, 7, bad=b"worst\nbad\n")
    append(root, 6)
    return root


# --- answers ----------------------------------------------------------------------------------


def asked(chance: random.Random) -> tuple[list[str], list[str]]:
    """Views, and reports of which the defaults are enough; in the quick form a third of them."""
    views = [name for name, view in statements("views").items() if not view.internal]
    reports = [
        name
        for name, report in statements("reports").items()
        if all(param.default is not None or name == "as_of" for param in report.params.values())
    ]
    if IS_NIGHTLY:
        return views, reports
    return chance.sample(views, len(views) // 3), chance.sample(reports, len(reports) // 3)


def told(
    ledger: ticketledger.Ledger,
    known_at: datetime | None,
    views: Sequence[str],
    reports: Sequence[str],
) -> dict[str, pa.Table]:
    """Return what a ledger answers."""
    found = answers(ledger, dict(zip(views, views, strict=True)), known_at)
    for name in reports:
        found[name] = ledger.report(name, to="arrow", known_at=known_at)
    return found


@with_ledgers(each=20)
@given(st.one_of(lifecycles(), streams()), splittings)
def test_no_answer_changes(stream: list[Envelope], seed: int) -> None:
    """With random compactions while the files of the stream are loaded."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        plain = ticketledger.open(Path(folder) / "plain")
        merged = ticketledger.open(Path(folder) / "merged")
        for number, path in enumerate(write_files(Path(folder), stream, seed).paths):
            with path.open("ab") as file:
                file.write(b"bad %d\n" % number)
            for ledger in (plain, merged):
                load(ledger.root, path, now=lambda n=number: NOON + timedelta(hours=n))  # type: ignore[misc]
            if chance.random() < 0.7:
                compact(merged.root, everything=chance.random() < 0.5, grace_s=0)
            if chance.random() < 0.3:
                merged.refresh()
        merged.compact(everything=True, grace_s=0)
        assert len(covering(merged.root)) <= 2
        known_at = chance.choice([None, None, NOON + timedelta(hours=1)])
        views, reports = asked(chance)
        expected, found = (told(each, known_at, views, reports) for each in (plain, merged))
        for name, table in expected.items():
            assert table.equals(found[name]), name
        assert_sound(merged.root)


def test_a_cache_behind_a_compacted_file_follows(tmp_path: Path) -> None:
    """Its new commits are within a file that begins before them."""
    ledger = ticketledger.open(tmp_path / "ledger")
    append(ledger.root, 1, 2)
    ledger.refresh()
    append(ledger.root, 3)
    ledger.compact(everything=True)
    ledger.refresh()
    assert ledger.sql("SELECT ticket_id FROM tickets ORDER BY 1").to_series().to_list() == [
        "T-1",
        "T-2",
        "T-3",
    ]


# --- files ------------------------------------------------------------------------------------


def test_a_merged_file_is_as_one_commit_of_all_would_be(tmp_path: Path) -> None:
    every = [*SAMPLES, *lines(40).splitlines()]
    chance = random.Random(7)
    chance.shuffle(every)
    (tmp_path / "all.jsonl").write_bytes(b"\n".join(every))
    load(tmp_path / "one", tmp_path / "all.jsonl")
    for number in range(4):
        (tmp_path / "some.jsonl").write_bytes(b"\n".join(every[number::4]))
        load(tmp_path / "many", tmp_path / "some.jsonl")
    made = compact(tmp_path / "many", everything=True, grace_s=0)
    assert made.files == ["00000001-00000004.parquet"]
    assert (made.merged, made.removed, made.waiting) == (4, 4, 0)
    one, many = stored(tmp_path / "one"), stored(tmp_path / "many")
    assert made.rows == len(one)
    own = ("batch", "source", "source_line", "loaded_at")
    for row in one + many:
        for name in own:
            row.pop(name)
    assert one == many
    schemas = [
        pq.read_schema(tmp_path / each)
        for each in ("one/events/00000001.parquet", "many/events/00000001-00000004.parquet")
    ]
    assert schemas[0].equals(schemas[1])


def test_a_merged_file_keeps_records_batches_and_seals(root: Path) -> None:
    before = content(root)
    made = compact(root, everything=True)
    assert (made.merged, made.rows, made.waiting) == (6, 9, 6)
    assert covering(root) == [(0, 0), (1, 6)]
    assert content(root) == before
    assert [row["raw"] for row in refused(open_store(root))] == [b"bad", b"worse", b"worst"]
    footer = read_footer(root / "events" / made.files[0])
    assert [(part["first"], part["last"]) for part in footer["files"]] == [
        (number, number) for number in range(1, 7)
    ]
    assert len(footer["rejects"]) == 1
    assert_sound(root)


def test_merging_again_and_appending_on_top_stay_sound(root: Path) -> None:
    expected = Counter(row["ticket_id"] for row in stored(root))
    for number in range(10, 14):
        compact(root, everything=True, grace_s=DAY if number % 2 else 0)
        assert_sound(root)
        append(root, number, bad=b"bad\n%d\n" % number)
        append(root, number + 100)
        expected.update([f"T-{number}", f"T-{number + 100}"])
        assert_sound(root)
    compact(root, everything=True, grace_s=0)
    assert_sound(root)
    assert covering(root) == [(0, 0), (1, 14)]
    assert Counter(row["ticket_id"] for row in stored(root)) == expected
    append(root, *range(1, 14), bad=b"bad\n")
    assert covering(root) == [(0, 0), (1, 14)], "everything was known"


def test_one_file_and_no_file_are_left_alone(tmp_path: Path) -> None:
    append(tmp_path / "ledger")
    assert compact(tmp_path / "ledger", everything=True) == Compacted()
    append(tmp_path / "ledger", 1)
    before = fingerprint(tmp_path / "ledger")
    assert compact(tmp_path / "ledger", everything=True) == Compacted()
    with pytest.raises(BadParameter, match="much"):
        compact(tmp_path / "ledger", memory="much")
    assert fingerprint(tmp_path / "ledger") == before


def test_too_little_memory_is_said_and_changes_nothing(root: Path) -> None:
    before = fingerprint(root)
    for memory in ("much", "1KB"):
        with pytest.raises(BadParameter, match=memory):
            compact(root, everything=True, memory=memory)
    assert {name for name in fingerprint(root) if "events" in name} <= set(before)
    assert_sound(root)


# --- which files ------------------------------------------------------------------------------


def part(first: int, last: int, rows: int) -> Sized:
    path = Path(f"{first}-{last}")
    return Sized(CommitFile(path, first, last), rows << 20, rows)


def merged(files: list[Sized], **options: bool) -> tuple[list[Sized], int]:
    """The files after a compaction, and the rows that it wrote."""
    runs = runs_of(files, MOST_BYTES, everything=options.get("everything", False))
    written = 0
    for run in runs:
        rows = sum(each.rows for each in run)
        assert sum(each.size_bytes for each in run) <= MOST_BYTES
        place = files.index(run[0])
        files = [
            *files[:place],
            part(run[0].file.first, run[-1].file.last, rows),
            *files[place + len(run) :],
        ]
        written += rows
    return files, written


@given(st.lists(st.integers(1, 40), min_size=1, max_size=400))
def test_every_row_is_rewritten_few_times_and_few_files_stay(sizes: list[int]) -> None:
    """Compacting after every load, with commits of 1 to 40 MB."""
    files: list[Sized] = []
    work = 0
    for number, rows in enumerate(sizes):
        files, written = merged([*files, part(number, number, rows)])
        work += written
    loaded = sum(sizes)
    numbers = [n for f in files for n in range(f.file.first, f.file.last + 1)]
    assert numbers == list(range(len(sizes)))
    # Small files are merged whatever they are: up to 16 commits of 1 MB in the worst case.
    assert work <= loaded * (16 + 2 * log2(loaded + 1))
    assert len(files) <= 2 * loaded / 256 + 2 * log2(loaded + 1) + 3


def test_small_files_behind_a_full_one_are_merged_too() -> None:
    files = [part(n, n, 4) for n in range(1, 1000)]
    after, _ = merged(files)
    assert [each.rows for each in after] == [412, *[512] * 7]
    again, written = merged([*after, part(1000, 1000, 4)])
    assert written <= 512
    assert len(again) <= len(after) + 1


@given(st.lists(st.integers(1, 600), max_size=60))
def test_everything_leaves_no_two_neighbours_that_fit(sizes: list[int]) -> None:
    files, _ = merged([part(n, n, rows) for n, rows in enumerate(sizes)], everything=True)
    for left, right in pairwise(files):
        assert left.rows + right.rows > 512 or left.rows > 512 or right.rows > 512


# --- damage -----------------------------------------------------------------------------------


def flip(path: Path, place: int) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[place % len(damaged)] ^= 1
    path.write_bytes(damaged)


@pytest.mark.parametrize("number", [1, 3, 6])
@pytest.mark.parametrize("place", [10, -200])
def test_a_damaged_part_is_named_and_nothing_changes(root: Path, number: int, place: int) -> None:
    path = root / "events" / layout.commit_name(number)
    flip(path, place)
    before = fingerprint(root)
    with pytest.raises(LedgerDamaged, match=path.name) as caught:
        compact(root, everything=True)
    assert caught.value.exit_code == 4
    assert fingerprint(root) == before


def test_a_damaged_rejects_file_is_named_and_nothing_changes(root: Path) -> None:
    (name,) = read_footer(root / "events" / layout.commit_name(3))["rejects"]
    flip(root / "rejects" / name, 10)
    before = fingerprint(root)
    with pytest.raises(LedgerDamaged, match=name):
        compact(root, everything=True)
    assert fingerprint(root) == before


def test_damage_of_a_merged_file_is_found(root: Path) -> None:
    (name,) = compact(root, everything=True, grace_s=0).files
    path = root / "events" / name
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 50):
        flip(path, place)
        assert [each.path for each in verify(open_store(root))][:1] == [str(path)], place
        path.write_bytes(whole)
    assert_sound(root)


def test_what_a_damaged_file_replaced_is_kept_and_stands_in_for_it(root: Path) -> None:
    before = content(root)
    (name,) = compact(root, everything=True).files
    flip(root / "events" / name, 10)
    with pytest.raises(LedgerDamaged, match=name) as caught:
        compact(root, grace_s=0)
    assert caught.value.hint == "delete it: the files that it replaced are all there"
    (finding,) = verify(open_store(root))
    assert (Path(finding.path).name, finding.remedy) == (name, caught.value.hint)
    (root / "events" / name).unlink()
    assert content(root) == before
    assert_sound(root)


def test_a_file_that_is_needed_is_never_to_be_deleted(root: Path) -> None:
    (name,) = compact(root, everything=True).files
    (root / "events" / layout.commit_name(4)).unlink()
    flip(root / "events" / name, 10)
    with pytest.raises(LedgerDamaged, match=name) as caught:
        compact(root, grace_s=0)
    assert "delete" not in caught.value.hint
    assert [each.remedy for each in verify(open_store(root))] == ["restore it from a copy"]
    assert len(names(root)) == 7


def test_a_merged_file_of_other_rows_is_not_published(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = merging.merged

    def wrong(*args: object) -> Iterator[pa.Table]:
        for table in right(*args):  # type: ignore[arg-type]
            yield pa.concat_tables([table.slice(1), table.slice(len(table) - 1)])

    monkeypatch.setattr(compaction, "merged", wrong)
    before = names(root)
    with pytest.raises(AssertionError):
        compact(root, everything=True)
    assert names(root) == before


# --- removal ----------------------------------------------------------------------------------


def test_parts_stay_for_the_time_of_grace(root: Path) -> None:
    compact(root, everything=True, grace_s=900)
    assert compact(root, grace_s=900).waiting == 6
    age(root / "events", 890)
    assert compact(root, grace_s=900).removed == 0
    age(root / "events", 20)
    assert compact(root, grace_s=900).removed == 6
    assert names(root) == ["00000000", "00000001-00000006"]
    assert_sound(root)


def test_who_compacts_often_does_not_keep_parts_forever(root: Path) -> None:
    """The time of grace begins when a file was replaced first, not when it was replaced last."""
    compact(root, everything=True)
    age(root / "events", 600)
    append(root, 20)
    compact(root, everything=True)
    age(root / "events", 600)
    append(root, 21)
    made = compact(root, everything=True)
    assert (made.removed, made.waiting) == (6, 4)
    assert names(root) == [
        "00000000",
        "00000001-00000006",
        "00000001-00000007",
        "00000001-00000008",
        "00000007",
        "00000008",
    ]
    assert_sound(root)


def test_rejects_files_go_with_the_last_file_that_refers_to_them(root: Path) -> None:
    store = open_store(root)
    compact(root, everything=True, grace_s=900)
    append(root, 20)
    assert len(list(store.rejects.iterdir())) == 5, "empty, three parts, all of them"
    compact(root, everything=True, grace_s=0)
    kept = {path.name for path in store.rejects.iterdir()}
    assert kept == {name for file in store.covering() for name in read_footer(file.path)["rejects"]}
    assert [row["raw"] for row in stored_rejects(root)] == [b"bad", b"worse", b"worst"]
    assert_sound(root)


def test_an_ingest_leaves_merged_rejects_alone_before_they_are_referred_to(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = sealed.write_sealed

    def meanwhile(*args: object) -> str:
        append(root, 50, bad=b"new\n")
        return write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction, "write_sealed", meanwhile)
    compact(root, everything=True, grace_s=0)
    raws = [row["raw"] for row in stored_rejects(root)]
    assert raws == [b"bad", b"worse", b"worst", b"new"]
    assert_sound(root)


def test_the_catalogue_is_anew_before_a_file_is_removed(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    append(ledger.root, 1)
    append(ledger.root, 2)
    ledger.refresh()
    compact(ledger.root, everything=True)  # as if killed before it renewed the catalogue
    assert not has_current_catalog(ledger)
    seen: list[tuple[bool, int]] = []

    def renew(store: Store) -> None:
        ticketledger.queries.renew_catalog(store)
        seen.append((has_current_catalog(ledger), len(names(ledger.root))))

    compact(ledger.root, grace_s=0, renew=renew)
    assert seen[0] == (True, 4)
    assert names(ledger.root) == ["00000000", "00000001-00000002"]


# --- company and faults -----------------------------------------------------------------------


def test_two_compactions_never_run_at_once(root: Path) -> None:
    before = fingerprint(root)
    with (root / "ledger.json").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LedgerBusy):
            compact(root, everything=True)
        assert fingerprint(root) == before
        append(root, 30)  # an ingest does not wait
    assert compact(root, everything=True).merged == 7


def test_commits_made_meanwhile_stay_on_top(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = sealed.write_sealed

    def meanwhile(*args: object) -> str:
        append(root, 1, 40, bad=b"bad\nnew\n")
        return write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction, "write_sealed", meanwhile)
    assert compact(root, everything=True, grace_s=0).files == ["00000001-00000006.parquet"]
    assert covering(root) == [(0, 0), (1, 6), (7, 7)]
    monkeypatch.undo()
    append(root, 41)
    assert Counter(row["ticket_id"] for row in stored(root)) == Counter(
        f"T-{number}" for number in (*range(1, 10), 40, 41)
    )
    assert_sound(root)


def test_a_crash_at_any_step_loses_and_doubles_nothing(
    root: Path, record_property: Callable[[str, object], None]
) -> None:
    """Also with compactions of compactions, and removals of what the run before replaced."""
    compact(root, everything=True)
    append(root, 11, bad=b"bad\nnew\n")
    expected = content(root)
    steps, done = 0, False
    while not done:
        copy = root.with_name("copy")
        shutil.copytree(root, copy)
        with storage_ends(steps) as passed:
            try:
                compact(copy, everything=True, grace_s=0)
                done = True
            except LedgerUnwritable:
                steps += 1
        assert content(copy) == expected, passed
        assert list(verify(open_store(copy))) == [], passed
        compact(copy, everything=True, grace_s=0)
        assert content(copy) == expected, passed
        assert names(copy) == ["00000000", "00000001-00000007"]
        assert len(list((copy / "rejects").iterdir())) <= 3
        assert_sound(copy)
        shutil.rmtree(copy)
    record_property("crashes of a compaction survived", f"{steps} of {steps}")
    assert steps > 20


def test_a_ledger_whose_disk_is_full_is_said_to_be(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compaction, "write_sealed", full)
    with pytest.raises(LedgerUnwritable, match="No space left"):
        compact(root, everything=True)
    assert_sound(root)


def test_a_writer_that_slept_through_a_compaction_takes_another_number(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number it saw free was used, merged and removed, so that it is free again."""
    create = Folder.create
    slept: list[int] = []

    def late(place: Folder, part: Path, path: Path) -> bool:
        if not slept:
            slept.append(int(path.stem))
            monkeypatch.setattr(Folder, "create", create)
            append(root, 91)
            append(root, 92)
            compact(root, everything=True, grace_s=0)
        return create(place, part, path)

    monkeypatch.setattr(Folder, "create", late)
    append(root, 93)
    assert names(root)[-1] == f"{slept[0] + 2:08}"
    tickets = {row["ticket_id"] for row in stored(root)}
    assert {f"T-{number}" for number in (91, 92, 93)} <= tickets
    assert_sound(root)
