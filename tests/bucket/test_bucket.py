"""A ledger in an object store is the ledger of a folder: same answers, same promises."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import obstore
import pytest
from obstore.store import from_url

import ticketledger
from tests.conftest import IS_NIGHTLY, SAMPLES
from ticketledger.ingest import Finding, find, verify
from ticketledger.models import mirrors
from ticketledger.models.errors import (
    BadParameter,
    LedgerDamaged,
    LedgerError,
    LedgerMissing,
    LedgerUnreachable,
    LedgerUnwritable,
    MissingExtra,
    UnreadableInput,
)
from ticketledger.models.objects import Objects
from ticketledger.models.store import open_store, read_footer
from ticketledger.spark.question import Question
from ticketledger.spark.splits import splits

from ..queries.answers import answers
from ..spark.apart import folded, in_any_order
from ..spark.test_loading import loaded
from .conftest import Machine
from .server import BUCKET, Verdict, Way, mark_folder

LINES = SAMPLES.read_bytes().splitlines(keepends=True)
VIEWS = ("tickets_all", "ticket_history", "messages")
EACH = 1 if IS_NIGHTLY else 3
"""The quick form cuts a load off at every third request."""

STORED = 67
"""Events among the samples."""


def written(folder: Path, name: str, lines: list[bytes]) -> Path:
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def stored(ledger: ticketledger.Ledger) -> tuple[int, int]:
    """Return the number of events and of different ones."""
    row = ledger.sql("SELECT count(*) AS n, count(DISTINCT event_id) AS d FROM events").rows()[0]
    return int(row[0]), int(row[1])


def test_two_machines_and_a_folder_answer_alike(machine: Machine, tmp_path: Path) -> None:
    first, second = machine(), machine()
    first.ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    second.ingest([written(tmp_path, "b.jsonl", LINES[30:])])
    folder = ticketledger.open(tmp_path / "folder")
    folder.ingest([SAMPLES])
    wanted = answers(folder, {view: view for view in VIEWS})
    for ledger in (first, second, machine()):
        found = answers(ledger, {view: view for view in VIEWS})
        assert all(found[view].equals(wanted[view]) for view in VIEWS)
    assert list(verify(open_store(second.root))) == []


def test_tasks_of_a_cluster_read_the_bucket_and_nobody_mirrors_it(
    machine: Machine, url: str, tmp_path: Path
) -> None:
    first, driver = machine(), machine()
    first.ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    first.ingest([written(tmp_path, "b.jsonl", LINES[30:])], refresh=False)
    root = driver.root
    found, _ = folded(root, Question(), VIEWS, 2)
    assert not list((root / "events").iterdir())
    wanted = answers(first, {view: view for view in VIEWS})
    for view in VIEWS:
        assert in_any_order(found[view]) == in_any_order(wanted[view])
    (last,) = splits(open_store(root))[-1:]
    place = from_url(url)
    obstore.put(place, last.name, bytes(obstore.get(place, last.name).bytes())[:-1] + b"?")
    with pytest.raises(LedgerDamaged, match="is not what was written"):
        last.read().read_all()


def test_tasks_of_a_cluster_know_what_the_bucket_has(machine: Machine, tmp_path: Path) -> None:
    machine().ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    outcome = loaded(machine().root, [SAMPLES])
    assert outcome.accepted + outcome.duplicates + outcome.rejected == outcome.lines
    assert stored(machine()) == (STORED, STORED)
    assert loaded(machine().root, [written(tmp_path, "c.jsonl", LINES[5:])]).accepted == 0


def test_requests_of_a_load_are_few_and_counted(
    machine: Machine, way: Way, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A load of nothing new, one of one event, and a question."""
    ledger = machine()
    ledger.ingest([SAMPLES], refresh=False)
    asked = []
    for step in (
        lambda: ledger.ingest([SAMPLES], refresh=False),
        lambda: ledger.ingest([written(tmp_path, "e.jsonl", [LATER])], refresh=False),
        lambda: ledger.sql("SELECT 1 FROM events"),
    ):
        way.asked.clear()
        step()
        asked.append(len(way.asked))
    record_property("bucket: requests of nothing new, of a commit, of a question", asked)
    assert asked[0] <= 8
    assert asked[1] <= asked[0] + 6
    assert asked[2] <= 3


LATER = (
    b'{"event":"ticket.updated","org_id":"o","timestamp":"2026-05-01T00:00:00Z",'
    b'"data":{"ticket_id":"T-77","status":"open"}}\n'
)


@pytest.mark.parametrize("first", [0, 1] if IS_NIGHTLY else [0])
def test_a_load_that_is_cut_off_at_any_request_is_whole_or_nothing(
    machine: Machine,
    way: Way,
    tmp_path: Path,
    first: int,
    record_property: Callable[[str, object], None],
) -> None:
    """From one request on nothing gets through, or no answer; then the next run goes on.

    The quick form takes turns, the long one takes both at each request.
    """
    writer, reader = machine(), machine()
    writer.ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    known = stored(reader)[0]
    more = [*LINES[40:45], LATER, b"{broken\n"]
    points = 0
    for number in range(1, 100, EACH):
        way.asked.clear()
        loss = ("drop", "lose")[(number // EACH + first) % 2]
        way.judge = lambda asked, *_, last=number, how=loss: how if asked >= last else "pass"
        path = written(tmp_path, f"{number}.jsonl", [later(number, each) for each in more])
        try:
            writer.ingest([path], refresh=False)
            was_reported = True
        except LedgerError:
            was_reported = False
        is_over = len(way.asked) < number
        way.forget()
        now, different = stored(reader)
        assert now == different
        assert now in ((known + 6,) if was_reported else (known, known + 6)), number
        again = reader.ingest([path], refresh=False)
        assert again.accepted == known + 6 - now
        assert again.rejected == 1
        known += 6
        assert stored(writer) == (known, known)
        if is_over:
            break
        points += 1
    record_property("bucket: a load cut off", f"{points} of {points} requests")
    assert points > 4
    assert stored(machine()) == (known, known)
    assert list(verify(open_store(machine().root))) == []


def later(number: int, line: bytes) -> bytes:
    """The line of another ticket or chat and instant, so that it is new."""
    return line.replace(b'"timestamp":"2026', b'"timestamp":"%d' % (2026 + number))


def test_the_lost_answer_to_a_commit_is_no_second_commit(
    machine: Machine, way: Way, tmp_path: Path
) -> None:
    ledger = machine()
    ledger.ingest([], refresh=False)
    lost: list[str] = []

    def judge(number: int, method: str, path: str) -> Verdict:
        if method == "PUT" and "events/00000001" in path and not lost:
            lost.append(path)
            return "lose"
        return "pass"

    way.judge = judge
    outcome = ledger.ingest([SAMPLES], refresh=False)
    assert lost
    assert (outcome.accepted, outcome.commits) == (STORED, [1])
    assert stored(machine()) == (STORED, STORED)


def test_a_busy_store_is_asked_again(machine: Machine, way: Way) -> None:
    ledger = machine()
    busy: set[str] = set()

    def judge(number: int, method: str, path: str) -> Verdict:
        if path in busy:
            return "pass"
        busy.add(path)
        return 503, "SlowDown"

    way.judge = judge
    assert ledger.ingest([SAMPLES], refresh=False).accepted == STORED
    assert busy
    assert stored(machine()) == (STORED, STORED)


def test_four_writers_at_once_store_each_event_once(machine: Machine, tmp_path: Path) -> None:
    machine().ingest([], refresh=False)
    writers = [machine() for _ in range(4)]
    paths = [
        written(tmp_path, f"{n}.jsonl", LINES[n * 10 : n * 10 + 40]) for n in range(len(writers))
    ]
    accepted: list[int] = []

    def load(ledger: ticketledger.Ledger, path: Path) -> None:
        accepted.append(ledger.ingest([path], refresh=False).accepted)

    threads = [
        threading.Thread(target=load, args=pair) for pair in zip(writers, paths, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count, different = stored(machine())
    assert count == different == sum(accepted)
    machine().ingest([SAMPLES], refresh=False)
    assert stored(machine()) == (STORED, STORED)
    assert list(verify(open_store(machine().root))) == []


# --- exports in a bucket ------------------------------------------------------------------------


def test_exports_are_read_from_a_bucket(way: Way, url: str, tmp_path: Path) -> None:
    """One by name, then a folder of objects, packed and plain, with a picture and a ledger."""
    objects = from_url(url)
    obstore.put(objects, "a/1.jsonl", b"".join(LINES[:40]))
    obstore.put(objects, "a/b/2.jsonl.gz", gzip.compress(b"".join(LINES[30:])))
    obstore.put(objects, "a/b#2?/%41 d.jsonl", LATER)
    obstore.put(objects, "a/dog.png", b"x")
    obstore.put(objects, "a/kept/ledger.json", b"{}")
    obstore.put(objects, "a/kept/events/0.json", b"{}")
    found = find([url])
    names = [f"{url}/a/1.jsonl", f"{url}/a/b#2?/%41 d.jsonl", f"{url}/a/b/2.jsonl.gz"]
    assert [source.name for source in found.sources] == names
    assert [reason for _, reason in found.skipped] == [
        "no JSON by its name; name it to load it",
        "a ledger",
    ]
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.ingest([f"{url}/a/1.jsonl"], refresh=False).lines == 40
    assert ledger.ingest([names[1]], refresh=False).accepted == 1
    outcome = ledger.ingest([url], refresh=False)
    assert stored(ledger) == (STORED + 1, STORED + 1)
    assert outcome.accepted + outcome.duplicates + outcome.rejected == outcome.lines
    sources = ledger.sql("SELECT DISTINCT source FROM events ORDER BY 1").to_series().to_list()
    assert sources == names


def test_an_export_that_is_not_there(url: str) -> None:
    for name, hint in (("nothing.jsonl", "check the path"), ("*.jsonl", "name the folder")):
        with pytest.raises(UnreadableInput) as told:
            find([f"{url}/{name}"])
        assert str(told.value) == f"no such object or folder: `{url}/{name}`"
        assert hint in told.value.hint


# --- what goes wrong is one clear line, and nothing is written --------------------------------


def test_a_bucket_that_is_not_there(way: Way) -> None:
    ledger = ticketledger.open("s3://nowhere-at-all/x")
    with pytest.raises(LedgerUnreachable, match=r"s3://nowhere-at-all/x` .*NoSuchBucket"):
        ledger.ingest([SAMPLES])


def test_a_place_without_a_ledger(machine: Machine) -> None:
    with pytest.raises(LedgerMissing, match="no ledger in `s3://"):
        machine().sql("FROM tickets")


@pytest.mark.parametrize("code", ["AccessDenied", "RequestTimeTooSkewed"])
def test_a_store_that_only_lets_read(machine: Machine, way: Way, code: str) -> None:
    machine().ingest([], refresh=False)
    way.judge = lambda number, method, path: (403, code) if method == "PUT" else "pass"
    with pytest.raises(LedgerUnreachable, match=code) as caught:
        machine().ingest([SAMPLES], refresh=False)
    assert "\n" not in str(caught.value)
    assert "credentials" in caught.value.hint
    way.forget()
    assert stored(machine()) == (0, 0)


def test_a_store_without_conditional_puts(machine: Machine, way: Way) -> None:
    way.strips = frozenset(("if-none-match",))
    here = machine()
    for _ in range(2):
        with pytest.raises(LedgerUnwritable, match="overwrites what should be created"):
            here.ingest([SAMPLES])
    way.forget()
    for each in (here, machine()):
        with pytest.raises(LedgerMissing):
            each.sql("FROM tickets")


def test_other_objects_in_the_place(machine: Machine, url: str) -> None:
    obstore.put(from_url(url), "holiday.jpg", b"x")
    with pytest.raises(LedgerUnwritable, match="holds other files and no ledger"):
        machine().ingest([SAMPLES])


def test_a_foreign_object_among_the_commits(machine: Machine, url: str) -> None:
    machine().ingest([], refresh=False)
    obstore.put(from_url(url), "events/notes.txt", b"x")
    with pytest.raises(LedgerDamaged, match=r"events/notes\.txt` is no commit"):
        machine().ingest([SAMPLES])


def test_an_object_that_was_altered_is_not_fetched(machine: Machine, url: str) -> None:
    ledger = machine()
    ledger.ingest([SAMPLES], refresh=False)
    kept = (ledger.root / "events" / "00000001.parquet").read_bytes()
    content = bytearray(kept)
    content[len(content) // 2] ^= 1
    obstore.put(from_url(url), "events/00000001.parquet", bytes(content))
    for each in (ledger, machine()):
        with pytest.raises(LedgerDamaged, match=f"{url}/events/00000001.parquet` is not what"):
            each.sql("FROM tickets")
    assert (ledger.root / "events" / "00000001.parquet").read_bytes() == kept


def test_all_objects_that_were_altered_or_are_foreign_are_named(machine: Machine, url: str) -> None:
    machine().ingest([SAMPLES], refresh=False)
    known = machine()
    stored(known)
    place = from_url(url)
    rejects = sorted(f"rejects/{path.name}" for path in (known.root / "rejects").iterdir())
    names = [*rejects, "events/00000000.parquet", "events/00000001.parquet"]
    for name in names:
        content = bytes(obstore.get(place, name).bytes())
        obstore.put(place, name, content[:9] + bytes([content[9] ^ 1]) + content[10:])
    written = Finding("", "is not what was written", "restore it from a copy")
    for each in (known, known, machine()):
        assert each.verify() == [replace(written, path=f"{url}/{name}") for name in names]
        with pytest.raises(LedgerDamaged, match="is not what was written, and 3 more"):
            each.sql("FROM tickets")
    for name in ("a.txt", "b/00000001.parquet"):
        obstore.put(place, f"events/{name}", b"x")
    foreign = [f"{url}/events/a.txt", f"{url}/events/b/00000001.parquet"]
    assert [(each.path, each.problem) for each in known.verify()] == [
        (name, "is no commit") for name in foreign
    ]


def test_an_object_that_is_gone_is_found(machine: Machine, url: str) -> None:
    ledger = machine()
    ledger.ingest([SAMPLES], refresh=False)
    (name,) = read_footer(ledger.root / "events" / "00000001.parquet")["rejects"]
    obstore.delete(from_url(url), f"rejects/{name}")
    found = [(finding.path, finding.problem) for finding in verify(open_store(ledger.root))]
    assert found == [(f"{url}/rejects/{name}", "is missing")]
    obstore.delete(from_url(url), "events/00000001.parquet")
    missing = f"commit 1 was acknowledged and is missing from `{url}/events`"
    with pytest.raises(LedgerDamaged, match=missing) as told:
        ledger.ingest([SAMPLES])
    assert told.value.hint.endswith(f"to go on without it, delete `{url}/head.json`")
    obstore.delete(from_url(url), "ledger.json")
    for each in (ledger, machine()):
        with pytest.raises(LedgerDamaged, match=f"`{url}/ledger.json` is missing"):
            stored(each)


def empty(url: str) -> None:
    """Remove all that is below a URL."""
    names = [meta["path"] for chunk in obstore.list(from_url(url)) for meta in chunk]
    obstore.delete(from_url(url), names)


def test_a_ledger_that_took_the_place_of_another_is_told_from_it(
    machine: Machine, url: str, tmp_path: Path
) -> None:
    """The mirror of the former one has more commits, then as many, and a cache of them."""
    old, new = machine(), machine()
    for number in range(3):
        lines = LINES[number * 20 : number * 20 + 20]
        old.ingest([written(tmp_path, f"{number}.jsonl", lines)], refresh=number == 2)
    empty(url)
    new.ingest([written(tmp_path, "e.jsonl", [LATER])], refresh=False)
    assert stored(old) == stored(machine()) == (1, 1)
    assert old.sql("SELECT ticket_id FROM tickets").rows() == [("T-77",)]
    path = written(tmp_path, "1.jsonl", LINES[20:40])
    assert old.ingest([path], refresh=False).accepted > 0
    assert stored(new) == stored(old) == stored(machine())


def test_a_ledger_that_is_gone_is_not_replaced_where_it_is_known(
    machine: Machine, url: str, tmp_path: Path
) -> None:
    """What this machine has of it may be the last copy."""
    old = machine()
    first = old.ingest([written(tmp_path, "0.jsonl", LINES[:20])], refresh=False)
    kept = {path.name: path.read_bytes() for path in (old.root / "events").iterdir()}
    empty(url)
    for _ in range(2):
        with pytest.raises(LedgerDamaged, match="is gone; this machine has its commits in"):
            old.ingest([SAMPLES], refresh=False)
        with pytest.raises(LedgerDamaged, match="is gone"):
            stored(old)
    assert {path.name: path.read_bytes() for path in (old.root / "events").iterdir()} == kept
    for folder in ("events", "rejects"):
        for path in (old.root / folder).iterdir():
            obstore.put(from_url(url), f"{folder}/{path.name}", path.read_bytes())
    assert old.ingest([SAMPLES], refresh=False).accepted == STORED - first.accepted
    assert stored(machine()) == (STORED, STORED)
    assert list(verify(open_store(old.root))) == []
    empty(url)
    shutil.rmtree(old.root)
    assert old.ingest([SAMPLES], refresh=False).accepted == STORED
    assert stored(machine()) == (STORED, STORED)
    assert list(verify(open_store(old.root))) == []


def test_names_that_are_object_and_folder_at_once(way: Way, url: str, tmp_path: Path) -> None:
    for name, line in (("both.jsonl", LATER), ("both.jsonl/b.jsonl", LINES[0])):
        obstore.put(from_url(url), name, line + b"\n")
    mark_folder(way, f"{url.rpartition('/')[2]}/both.jsonl")
    names = [f"{url}/both.jsonl", f"{url}/both.jsonl/b.jsonl"]
    assert [source.name for source in find([f"{url}/both.jsonl"]).sources] == names
    assert [source.name for source in find([f"{url}/both.jsonl/"]).sources] == names[1:]
    assert ticketledger.open(tmp_path / "ledger").ingest(names[0], refresh=False).accepted == 2
    found = find([url])
    assert [source.name for source in found.sources] == names
    assert found.skipped == []


def test_wrong_surroundings_are_named(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with monkeypatch.context() as patch, pytest.raises(LedgerUnwritable, match="make the mirror"):
        patch.setenv("TICKETLEDGER_CACHE", str(tmp_path / "file"))
        ticketledger.open(url)
    with pytest.raises(BadParameter, match="`s3:///` names no bucket"):
        ticketledger.open("s3:///")
    for other, hint in (("ftp://x/y", "copy it to this"), ("file:///tmp/x", "leave out `file://`")):
        for ask in (ticketledger.open, lambda each: find([each])):
            with pytest.raises(BadParameter, match=f"`{other}` is no object store") as told:
                ask(other)
            assert hint in told.value.hint
    monkeypatch.setenv("AWS_ENDPOINT", "localhost:9000")
    for ask in (ticketledger.open, lambda each: find([each])):
        with pytest.raises(BadParameter, match="AWS_ENDPOINT is `localhost:9000`") as told:
            ask(url)
        assert told.value.hint == "http://localhost:9000 or https://localhost:9000?"


def test_a_name_that_no_file_can_have_is_told(machine: Machine, way: Way, url: str) -> None:
    machine().ingest([SAMPLES], refresh=False)
    mark_folder(way, f"{url.rpartition('/')[2]}/notes/")
    with pytest.raises(LedgerUnreachable, match="notes//") as told:
        machine().sql("FROM tickets")
    assert told.value.hint == "rename or remove that object: no file can have its name"


def test_a_mirror_that_is_removed_is_made_anew(machine: Machine) -> None:
    ledger = machine()
    ledger.ingest([SAMPLES], refresh=False)
    shutil.rmtree(ledger.root)
    assert ledger.ingest([SAMPLES], refresh=False).accepted == 0
    shutil.rmtree(ledger.root)
    assert stored(ledger) == stored(machine()) == (STORED, STORED)


def test_a_store_that_stopped_to_keep_names_is_noticed_by_a_new_mirror(
    machine: Machine, way: Way
) -> None:
    machine().ingest([], refresh=False)
    way.strips = frozenset(("if-none-match",))
    with pytest.raises(LedgerUnwritable, match="overwrites what should be created"):
        machine().ingest([SAMPLES], refresh=False)
    way.forget()
    assert stored(machine()) == (0, 0)


def test_markers_of_folders_are_no_commits(machine: Machine, way: Way, url: str) -> None:
    place = url.rpartition("/")[2]
    for name in (place, f"{place}/events", f"{place}/rejects"):
        mark_folder(way, name)
    machine().ingest([SAMPLES], refresh=False)
    assert stored(machine()) == (STORED, STORED)


def test_credentials_in_a_url_are_refused_and_not_shown(way: Way) -> None:
    for text in (
        "s3://key:topsecret@tickets/x",
        "s3://tickets/x?X-Amz-Signature=topsecret",
        "gs://tickets/x?a=b&X-Goog-Signature=topsecret",
        "az://tickets/x?sv=2024-11-04&sig=topsecret",
    ):
        for ask in (ticketledger.open, lambda each: find([each])):
            with pytest.raises(BadParameter, match="has credentials in it") as caught:
                ask(text)
            assert "topsecret" not in str(caught.value)


def test_a_file_of_the_mirror_that_is_lost_is_fetched_again(machine: Machine) -> None:
    ledger = machine()
    ledger.ingest([SAMPLES], refresh=False)
    (ledger.root / "events" / "00000001.parquet").unlink()
    assert stored(ledger) == (STORED, STORED)


def test_without_the_extra_one_line_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "platformdirs", None)
    with pytest.raises(MissingExtra, match="ledgers in a bucket") as caught:
        mirrors.located(f"s3://{BUCKET}/x")
    assert caught.value.hint == "pip install 'ticketledger[s3]'"


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("az://tickets/x", "AZURE_STORAGE_ACCOUNT_NAME"),
        ("abfs://tickets/x", "AZURE_STORAGE_ACCOUNT_NAME"),
        ("gs://tickets/x", "GOOGLE_APPLICATION_CREDENTIALS"),
    ],
)
def test_hints_name_the_variables_of_the_store(
    monkeypatch: pytest.MonkeyPatch, url: str, variable: str
) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_USE_EMULATOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(LedgerUnreachable) as caught:
        Objects(url).listed()
    assert variable in caught.value.hint


def test_an_account_in_a_url_is_no_secret() -> None:
    Objects("abfss://tickets@account.dfs.core.windows.net/x")
    with pytest.raises(BadParameter, match="has credentials in it"):
        Objects("abfss://tickets:topsecret@account/x")
