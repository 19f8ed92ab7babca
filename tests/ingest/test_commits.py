"""Commits: whole or not at all, once each, chained, accounted for, in any company."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pyarrow.parquet as pq
import pytest

import ticketledger
from ticketledger.ingest import feed as feed_module
from ticketledger.ingest import load as load_module
from ticketledger.ingest.load import Progress, Request, ingest
from ticketledger.ingest.sources import find
from ticketledger.ingest.verification import verify
from ticketledger.models import place as place_module
from ticketledger.models.disk import link_new
from ticketledger.models.errors import (
    LedgerDamaged,
    LedgerMissing,
    LedgerTooNew,
    LedgerUnreachable,
    LedgerUnwritable,
)
from ticketledger.models.layout import INNER
from ticketledger.models.seal import read_seal
from ticketledger.models.store import open_store

from .made import NOON, fingerprint, footers, line, lines, load, stored, stored_rejects


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _ids(root: Path) -> Counter[str]:
    return Counter(row["ticket_id"] for row in stored(root))


def _once(numbers: range) -> Counter[str]:
    return Counter(f"T-{number}" for number in numbers)


def _assert_sound(root: Path) -> None:
    assert list(verify(open_store(root))) == []
    assert list((root / "tmp").iterdir()) == [], "left-overs"


def test_a_commit_is_one_file_and_a_reject_file(tmp_path: Path) -> None:
    export = _file(tmp_path, "a.jsonl", lines(3) + b"bad\n\n" + line(1) + b"\n")
    outcome = load(tmp_path / "ledger", export)
    assert outcome.commits == [1]
    (commit,) = footers(tmp_path / "ledger")
    (source,) = commit["sources"]
    fates = {name: source[name] for name in ("accepted", "duplicates", "rejected", "blank")}
    assert fates == {"accepted": 3, "duplicates": 1, "rejected": 1, "blank": 1}
    assert (source["lines"], commit["rows"], commit["number"]) == (6, 3, 1)
    assert source["source"] == str(export)
    names = set(fingerprint(tmp_path / "ledger"))
    assert {"events/00000000.parquet", "events/00000001.parquet", "ledger.json"} < names
    _assert_sound(tmp_path / "ledger")


def test_the_counts_of_every_source_are_its_own(tmp_path: Path) -> None:
    first = _file(tmp_path, "a.jsonl", lines(2) + b"bad\n")
    second = _file(tmp_path, "b.jsonl", lines(3) + b"\nbad\nworse\n")
    load(tmp_path / "ledger", first, second)
    (commit,) = footers(tmp_path / "ledger")
    counts = {
        Path(each["source"]).name: (
            each["lines"],
            each["accepted"],
            each["duplicates"],
            each["rejected"],
            each["blank"],
            each["known_rejects"],
        )
        for each in commit["sources"]
    }
    assert counts == {"a.jsonl": (3, 2, 0, 1, 0, 0), "b.jsonl": (6, 1, 2, 2, 1, 1)}


def test_every_commit_holds_the_seal_of_the_file_before_it(tmp_path: Path) -> None:
    for number in range(1, 5):
        load(tmp_path / "ledger", _file(tmp_path, f"{number}.jsonl", lines(1, first=number)))
    files = [file.path for file in open_store(tmp_path / "ledger").covering()]
    commits = footers(tmp_path / "ledger")
    sealed = [path.read_bytes().replace(read_seal(path).encode(), b"0" * 64) for path in files]
    seals = [hashlib.sha256(content).hexdigest() for content in sealed]
    assert [read_seal(path) for path in files] == seals
    assert [commit["previous_seal"] for commit in commits] == seals[:-1]


def test_the_load_time_never_goes_back(tmp_path: Path) -> None:
    clock = [NOON, NOON - timedelta(days=400), NOON + timedelta(microseconds=1), NOON]
    for number, now in enumerate(clock):
        export = _file(tmp_path, f"{number}.jsonl", lines(1, first=number))
        load(tmp_path / "ledger", export, now=lambda now=now: now)  # type: ignore[misc]
    times = [row["loaded_at"] for row in stored(tmp_path / "ledger")]
    assert times == [NOON, NOON, NOON + timedelta(microseconds=1), NOON + timedelta(microseconds=1)]
    written = [commit["loaded_at"] for commit in footers(tmp_path / "ledger")]
    assert written == sorted(written)


def test_loading_again_changes_no_byte(tmp_path: Path) -> None:
    content = lines(3) + b"bad\n" + b"[" + line(9)
    export = _file(tmp_path, "a.jsonl", content)
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([export])
    before = fingerprint(tmp_path / "ledger")
    again = ledger.ingest([export])
    assert (again.accepted, again.duplicates, again.rejected, again.commits) == (0, 4, 2, [])
    assert again.total.known_rejects == 2
    assert fingerprint(tmp_path / "ledger") == before


def test_the_same_lines_from_elsewhere_change_no_byte(tmp_path: Path) -> None:
    load(tmp_path / "ledger", _file(tmp_path, "a.jsonl", lines(3) + b"bad\n"))
    before = fingerprint(tmp_path / "ledger")
    values = [json.loads(text) for text in lines(3).splitlines()]
    other = json.dumps([dict(reversed(value.items())) for value in values[::-1]], indent=3)
    again = load(
        tmp_path / "ledger",
        _file(tmp_path, "b.json", other.encode()),
        _file(tmp_path, "c.jsonl", b"\n\nbad\r\n"),
    )
    assert (again.duplicates, again.rejected, again.blank) == (3, 1, 2)
    assert fingerprint(tmp_path / "ledger") == before


def test_equal_rejects_are_stored_once_and_counted_each_time(tmp_path: Path) -> None:
    export = _file(tmp_path, "a.jsonl", b"bad\nbad\nworse\n")
    other = _file(tmp_path, "b.jsonl", b"worse\nbad\nworst\n")
    first = load(tmp_path / "ledger", export)
    second = load(tmp_path / "ledger", other)
    assert (first.rejected, first.total.known_rejects) == (3, 1)
    assert (second.rejected, second.total.known_rejects) == (3, 2)
    assert [row["raw"] for row in stored_rejects(tmp_path / "ledger")] == [
        b"bad",
        b"worse",
        b"worst",
    ]


def test_rejects_alone_make_a_commit_without_rows(tmp_path: Path) -> None:
    outcome = load(tmp_path / "ledger", _file(tmp_path, "a.jsonl", b"bad\n"))
    assert outcome.commits == [1]
    assert stored(tmp_path / "ledger") == []
    _assert_sound(tmp_path / "ledger")


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_a_big_input_becomes_several_commits(
    tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "COMMIT_ROWS", rows)
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1)
    first = _file(tmp_path, "a.jsonl", lines(5) + b"bad\n" + lines(2))
    second = _file(tmp_path, "b.json", b"[" + line(6) + b"," + line(5) + b"," + line(7) + b"]")
    outcome = load(tmp_path / "ledger", first, second)
    assert (outcome.accepted, outcome.duplicates, outcome.rejected) == (7, 3, 1)
    assert _ids(tmp_path / "ledger") == _once(range(1, 8))
    assert [commit["number"] for commit in footers(tmp_path / "ledger")] == outcome.commits
    assert outcome.commits == list(range(1, len(outcome.commits) + 1))
    _assert_sound(tmp_path / "ledger")
    before = fingerprint(tmp_path / "ledger")
    assert load(tmp_path / "ledger", first, second).commits == []
    assert fingerprint(tmp_path / "ledger") == before


@pytest.mark.parametrize("tail", [b"", b"\n\n", line(1) + b"\n", b"bad\n"])
def test_a_source_that_fills_its_commits_is_recorded_to_its_end(
    tmp_path: Path, tail: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "COMMIT_ROWS", 3)
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1)
    export = _file(tmp_path, "a.jsonl", lines(2) + b"bad\n" + tail)
    outcome = load(tmp_path / "ledger", export)
    told = [source for commit in footers(tmp_path / "ledger") for source in commit["sources"]]
    assert hashlib.sha256(export.read_bytes()).hexdigest() in [source["sha256"] for source in told]
    assert sum(source["lines"] for source in told) == outcome.lines


def test_a_list_bigger_than_a_commit_is_loaded_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "COMMIT_ROWS", 2)
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1)
    tickets = [{"ticket_id": f"T-{number}", "org_id": "o"} for number in range(1, 6)]
    text = json.dumps({"from": 1, "to": 5, "count": 5, "tickets": tickets}, indent=1).encode()
    export = _file(tmp_path, "a.json", text + b"\n" + lines(1, first=6))
    load(tmp_path / "ledger", export, observed_at=NOON)
    assert _ids(tmp_path / "ledger") == _once(range(1, 7))


# --- company ----------------------------------------------------------------------------------


@pytest.mark.parametrize("losses", [1, 3])
def test_who_loses_the_race_for_a_number_starts_over(
    tmp_path: Path, losses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "0.jsonl", lines(1) + b"bad\n"))
    mine = _file(tmp_path, "mine.jsonl", lines(8) + b"bad\nmine\nshared\n")
    rivals = [
        _file(tmp_path, f"rival{n}.jsonl", lines(3, first=4 + n) + b"bad\nshared\n")
        for n in range(losses)
    ]
    begun: list[Path] = []

    def overtaken(part: Path, path: Path) -> bool:
        if len(begun) < losses and "events" in path.parts and path.stem != "00000000":
            begun.append(rivals[len(begun)])
            monkeypatch.setattr(place_module, "link_new", link_new)
            load(root, begun[-1])
            monkeypatch.setattr(place_module, "link_new", overtaken)
        return link_new(part, path)

    monkeypatch.setattr(place_module, "link_new", overtaken)
    outcome = load(root, mine)
    assert outcome.commits == [losses + 2]
    assert _ids(root) == _once(range(1, max(9, losses + 6)))
    raws = sorted(row["raw"] for row in stored_rejects(root))
    assert raws == [b"bad", b"mine", b"shared"]
    assert outcome.accepted + outcome.duplicates == 8
    _assert_sound(root)


def test_who_loses_the_race_to_the_same_file_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "ledger"
    export = _file(tmp_path, "a.jsonl", lines(4) + b"bad\n")

    def overtaken(part: Path, path: Path) -> bool:
        monkeypatch.setattr(place_module, "link_new", link_new)
        load(root, export)
        return link_new(part, path)

    monkeypatch.setattr(place_module, "link_new", overtaken)
    outcome = load(root, export)
    assert (outcome.commits, outcome.duplicates, outcome.total.known_rejects) == ([], 4, 1)
    assert _ids(root) == _once(range(1, 5))
    _assert_sound(root)


def test_many_writers_at_once_store_each_event_once(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    exports = [_file(tmp_path, f"{n}.jsonl", lines(10, first=3 * n) + b"bad") for n in range(4)]
    failures: list[BaseException] = []

    def write(export: Path) -> None:
        try:
            load(root, export)
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=write, args=(export,)) for export in exports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _ids(root) == _once(range(19))
    assert len(stored_rejects(root)) == 1
    _assert_sound(root)


# --- faults -----------------------------------------------------------------------------------


def test_a_failure_to_publish_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "0.jsonl", lines(1)))
    export = _file(tmp_path, "a.jsonl", lines(3) + b"bad\n")
    before = {name for name in fingerprint(root) if name.startswith("events/")}

    def fail(part: Path, path: Path) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(place_module, "link_new", fail)
        load(root, export)
    assert {name for name in fingerprint(root) if name.startswith("events/")} == before
    _assert_sound(root)
    load(root, export)
    assert _ids(root) == _once(range(1, 4))
    assert [row["raw"] for row in stored_rejects(root)] == [b"bad"]


@pytest.mark.parametrize("after", [1, 4, 7])
def test_an_interrupted_load_goes_on_where_it_was(
    tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "COMMIT_ROWS", 2)
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1)
    export = _file(tmp_path, "a.jsonl", lines(8))

    def interrupt(progress: Progress) -> None:
        if progress.lines >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(
            tmp_path / "ledger",
            Request(find([str(export)]), "test", now=lambda: NOON, progress=interrupt),
        )
    assert len(stored(tmp_path / "ledger")) in (after // 2 * 2, (after - 1) // 2 * 2)
    load(tmp_path / "ledger", export)
    assert _ids(tmp_path / "ledger") == _once(range(1, 9))
    _assert_sound(tmp_path / "ledger")


def test_left_overs_of_a_crash_are_ignored(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", lines(1)))
    (root / "tmp" / "half.part").write_bytes(b"PAR1")
    (root / "rejects" / ("0" * 64 + ".parquet")).write_bytes(b"PAR1")
    load(root, _file(tmp_path, "b.jsonl", lines(2) + b"bad"))
    assert _ids(root) == _once(range(1, 3))


def test_a_ledger_without_its_temporary_folder_takes_events(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", lines(1)))
    shutil.rmtree(root / "tmp")  # no copy that drops empty folders has it
    load(root, _file(tmp_path, "b.jsonl", lines(2)))
    assert _ids(root) == _once(range(1, 3))


def test_a_half_made_ledger_is_finished(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "empty.jsonl", b""))
    (root / "ledger.json").unlink()
    load(root, _file(tmp_path, "a.jsonl", lines(2)))
    assert _ids(root) == _once(range(1, 3))
    _assert_sound(root)


@pytest.mark.parametrize("written", [2, 99, "2", None])
def test_a_ledger_of_a_later_format_is_refused_untouched(tmp_path: Path, written: object) -> None:
    root = tmp_path / "ledger"
    export = _file(tmp_path, "a.jsonl", lines(1))
    load(root, export)
    (root / "ledger.json").write_text(json.dumps({"format": written, "more": 1}))
    before = fingerprint(root)
    for ask in (
        lambda: ticketledger.open(root).ingest([_file(tmp_path, "b.jsonl", lines(2))]),
        lambda: ticketledger.open(root).sql("FROM events"),
    ):
        with pytest.raises((LedgerTooNew, LedgerDamaged)) as caught:
            ask()
        assert caught.value.exit_code == 4
        assert isinstance(written, str | None) or isinstance(caught.value, LedgerTooNew)
    assert fingerprint(root) == before


@pytest.mark.parametrize(
    "name",
    ["notes.txt", ".DS_Store", "00000001.parquet.bak", "1.parquet", "00000005-00000002.parquet"],
)
def test_a_foreign_file_among_the_commits_is_damage(tmp_path: Path, name: str) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", lines(1)))
    (root / "events" / name).write_bytes(b"x")
    with pytest.raises(LedgerDamaged, match=name) as caught:
        ticketledger.open(root).ingest([_file(tmp_path, "b.jsonl", lines(2))])
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("name", [*INNER, "events/00000001.parquet"])
def test_a_link_inside_a_ledger_is_damage(tmp_path: Path, name: str) -> None:
    """Commits and hard links must be of one file system, and nothing outside is the ledger's."""
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", lines(1)))
    if not (root / name).exists():
        (root / name).mkdir()
    (root / name).rename(tmp_path / "elsewhere")
    (root / name).symlink_to(tmp_path / "elsewhere")
    for ask in (
        lambda: ticketledger.open(root).sql("FROM events"),
        lambda: load(root, _file(tmp_path, "b.jsonl", lines(2))),
    ):
        with pytest.raises(LedgerDamaged, match="is a symbolic link") as caught:
            ask()
        assert caught.value.exit_code == 4
        assert name in str(caught.value)


@pytest.mark.parametrize("name", ["derived", "tmp"])
def test_nothing_behind_a_link_is_removed(tmp_path: Path, name: str) -> None:
    root, photo = tmp_path / "ledger", tmp_path / "mine" / "photos" / "a"
    load(root, _file(tmp_path, "a.jsonl", lines(1)))
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"x")
    for path in (photo, photo.parent):
        os.utime(path, (1e9, 1e9))
    shutil.rmtree(root / name, ignore_errors=True)
    (root / name).symlink_to(tmp_path / "mine")
    ledger = ticketledger.open(root)
    for ask in (lambda: ledger.ingest([_file(tmp_path, "b.jsonl", lines(2))]), ledger.refresh):
        with pytest.raises(LedgerDamaged, match="is a symbolic link"):
            ask()
    assert photo.read_bytes() == b"x"


def test_a_link_to_rejects_is_found(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", b"bad"))
    name = footers(root)[0]["rejects"]
    (root / "rejects" / name).rename(tmp_path / name)
    (root / "rejects" / name).symlink_to(tmp_path / name)
    [found] = verify(open_store(root))
    assert found.problem == "is a symbolic link"
    assert found.path.endswith(name)


def test_a_commit_of_a_later_version_is_read_by_nobody(tmp_path: Path) -> None:
    """It comes from a copy, or a version that shares the folder."""
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([_file(tmp_path, "a.jsonl", lines(2))])
    path = ledger.root / "events" / "00000001.parquet"
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[b"ticketledger"]) | {"format": 99}
    pq.write_table(table.replace_schema_metadata({"ticketledger": json.dumps(told)}), path)
    before = fingerprint(ledger.root)
    for ask in (
        lambda: ledger.sql("FROM events"),
        lambda: ledger.report("backlog_now"),
        lambda: ledger.refresh(rebuild=True),
        lambda: ledger.ingest([_file(tmp_path, "b.jsonl", lines(3))]),
    ):
        with pytest.raises(LedgerTooNew, match=r"00000001\.parquet") as caught:
            ask()
        assert caught.value.exit_code == 4
    assert fingerprint(ledger.root) == before
    [found] = verify(open_store(ledger.root), is_quick=True)
    assert (found.problem, found.remedy) == ("has a later format", "install a newer ticketledger")


def test_what_may_not_be_read_is_not_told_to_be_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([_file(tmp_path, "a.jsonl", lines(2))])

    def forbidden(path: Path) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    asks = (
        lambda: list(verify(open_store(ledger.root))),
        lambda: ledger.sql("FROM events"),
        lambda: ledger.publish(tmp_path / "feed"),
    )
    for name in ("os.scandir", "opened"):
        with monkeypatch.context() as patched:
            patched.setattr(f"ticketledger.models.store.{name}", forbidden)
            for ask in asks if name == "os.scandir" else (asks[2],):
                with pytest.raises(LedgerUnreachable, match="Permission denied") as caught:
                    ask()
                assert caught.value.exit_code == 2


def test_the_path_to_a_ledger_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "ledger").symlink_to(tmp_path / "far")
    load(tmp_path / "ledger", _file(tmp_path, "a.jsonl", lines(2)))
    assert _ids(tmp_path / "far") == _once(range(1, 3))


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _scribble(path: Path) -> None:
    path.write_bytes(b"scribble")


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("harm", [_remove, _empty, _cut, _scribble])
def test_a_harmed_commit_is_damage_and_never_a_crash(
    tmp_path: Path, number: int, harm: Callable[[Path], None]
) -> None:
    root = tmp_path / "ledger"
    for n in range(1, 4):
        load(root, _file(tmp_path, f"{n}.jsonl", lines(1, first=n)))
    harm(root / "events" / f"{number:08d}.parquet")
    with pytest.raises(LedgerDamaged) as caught:
        load(root, _file(tmp_path, "more.jsonl", lines(6) + b"bad"))
    assert caught.value.exit_code == 4


def test_a_missing_rejects_file_is_damage_and_never_a_crash(tmp_path: Path) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", b"bad"))
    for path in (root / "rejects").iterdir():
        path.unlink()
    with pytest.raises(LedgerDamaged):
        load(root, _file(tmp_path, "b.jsonl", b"worse"))


@pytest.mark.parametrize("folder", ["events", "rejects"])
def test_a_missing_folder_is_damage_and_never_a_crash(tmp_path: Path, folder: str) -> None:
    root = tmp_path / "ledger"
    load(root, _file(tmp_path, "a.jsonl", lines(1) + b"bad"))
    shutil.rmtree(root / folder)
    with pytest.raises(LedgerDamaged):
        load(root, _file(tmp_path, "b.jsonl", lines(2) + b"worse"))


def test_a_folder_with_other_files_is_refused_untouched(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    (root / "cat.jpg").write_bytes(b"meow")
    before = fingerprint(root)
    with pytest.raises(LedgerUnwritable) as caught:
        ticketledger.open(root).ingest([_file(tmp_path, "a.jsonl", lines(1))])
    assert caught.value.exit_code == 2
    assert fingerprint(root) == before
    assert [path.name for path in root.iterdir()] == ["cat.jpg"]


def test_a_file_in_place_of_the_ledger_is_refused_untouched(tmp_path: Path) -> None:
    root = _file(tmp_path, "ledger", b"mine")
    with pytest.raises(LedgerUnwritable):
        ticketledger.open(root).ingest([_file(tmp_path, "a.jsonl", lines(1))])
    assert root.read_bytes() == b"mine"


def test_an_empty_folder_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    assert load(tmp_path / "ledger", _file(tmp_path, "a.jsonl", lines(1))).accepted == 1


def test_asking_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        ticketledger.open(tmp_path / "ledger").sql("FROM events")
    assert list(tmp_path.iterdir()) == []


def test_equal_events_at_the_ends_of_time_are_known_again(tmp_path: Path) -> None:
    far = [line().replace(b"2026-03-01T10:00:00Z", at) for at in (b"0001-01-01", b"9999-12-31")]
    export = _file(tmp_path, "a.jsonl", b"\n".join(far))
    assert load(tmp_path / "ledger", export).accepted == 2
    assert load(tmp_path / "ledger", export).duplicates == 2


def test_the_views_agree_with_the_outcome(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    export = _file(tmp_path, "a.jsonl", lines(2) + b"\n\xffbad\n" + line(1) + b"\n")
    outcome = ledger.ingest([export])
    events = ledger.sql("SELECT source_line FROM events ORDER BY 1", to="arrow").to_pylist()
    assert [row["source_line"] for row in events] == [1, 2]
    (reject,) = ledger.sql("SELECT line, code, raw FROM rejects", to="arrow").to_pylist()
    assert reject == {"line": 4, "code": "invalid_utf8", "raw": b"\xffbad"}
    (told,) = ledger.sql(
        "SELECT lines, accepted, duplicates, rejected, blank FROM loads", to="arrow"
    ).to_pylist()
    assert told == {name: getattr(outcome, name) for name in told}
    assert [(source, each.line) for source, each in outcome.examples] == [(str(export), 4)]
