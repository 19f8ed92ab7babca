"""A ledger whose commits stay in their bucket: same answers, and only what is asked for is sent."""

from __future__ import annotations

import json
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import obstore
import pytest
from obstore.store import from_url

import ticketledger
from tests.conftest import SAMPLES
from ticketledger.ingest import verify
from ticketledger.models import bucket, objects, piecewise
from ticketledger.models.errors import LedgerDamaged, LedgerUnreachable
from ticketledger.models.reach import unreachable
from ticketledger.models.store import open_store
from ticketledger.models.tags import Tags
from ticketledger.queries import renew_catalog, summary
from ticketledger.spark.splits import splits

from ..front.test_cli import run
from ..queries.answers import answers
from .conftest import Machine
from .server import Way
from .test_bucket import LATER, LINES, STORED, VIEWS, stored, written

DAYS = 3
EACH = 1_000


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """What a process remembers is of another test."""
    piecewise._remembered.cache_clear()
    objects._opened.cache_clear()


def forget_ends(ledger: ticketledger.Ledger) -> None:
    """Let even files that are shorter than what is kept of their ends be asked for again."""
    shutil.rmtree(ledger.root / "ends")


def long_day(day: int) -> list[bytes]:
    """Return events of one day whose texts cannot be packed: a commit of half a megabyte."""
    rng = random.Random(day)
    return [
        json.dumps(
            {
                "event": "ticket.updated",
                "org_id": "o",
                "timestamp": f"2026-04-0{day + 1}T10:{n // 60:02}:{n % 60:02}Z",
                "data": {
                    "ticket_id": f"T-{n % 50}",
                    "status": "open",
                    "subject": rng.randbytes(300).hex(),
                },
            }
        ).encode()
        + b"\n"
        for n in range(EACH)
    ]


@pytest.fixture
def days(machine: Machine, tmp_path: Path) -> ticketledger.Ledger:
    """A mirrored ledger of some days, a commit each."""
    ledger = machine()
    for day in range(DAYS):
        ledger.ingest([written(tmp_path, f"{day}.jsonl", long_day(day))], refresh=False)
    return ledger


def test_answers_are_those_of_a_mirror(machine: Machine, tmp_path: Path) -> None:
    first = machine()
    first.ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    first.ingest([written(tmp_path, "b.jsonl", LINES[30:])], refresh=False)
    wanted = answers(first, {view: view for view in (*VIEWS, "events", "loads", "rejects")})
    ledger = machine(in_place=True)
    for _ in range(2):  # from the log, then from the cache
        found = answers(ledger, {view: view for view in wanted})
        assert all(found[view].equals(wanted[view]) for view in wanted)
        ledger.refresh()
    here, there = (summary(open_store(each.root)) for each in (first, ledger))
    assert there == here
    assert not list((ledger.root / "events").iterdir())


def test_only_what_is_asked_for_is_sent(
    days: ticketledger.Ledger, machine: Machine, way: Way
) -> None:
    """Columns that no query names stay where they are, and so does what its filter rules out."""
    sizes = [path.stat().st_size for path in sorted((days.root / "events").iterdir())]
    assert min(sizes[1:]) > 500_000
    ends = sum(min(size, 1 << 16) for size in sizes)
    ledger = machine(in_place=True)
    sent = {}
    for name, query in {
        "a column": "SELECT count(DISTINCT ticket_id) FROM events",
        "a day": "SELECT max(length(data)) FROM events WHERE event_at < '2026-04-02'",
        "all of it": "SELECT max(length(data)) FROM events",
    }.items():
        way.sent = 0
        ledger.sql(query)
        sent[name] = way.sent
    assert sent["a column"] < ends + 100_000
    assert sent["a day"] < ends + sizes[1]
    assert sent["all of it"] > DAYS * sent["a column"]


def test_tasks_of_a_cluster_fetch_the_columns_they_read(
    days: ticketledger.Ledger, machine: Machine, way: Way
) -> None:
    pieces = splits(open_store(machine().root))
    way.sent = 0
    rows = sum(len(batch) for each in pieces for batch in each.read("event_at", "loaded_at"))
    assert rows == DAYS * EACH
    assert way.sent < (DAYS + 1) * (1 << 16) + 100_000
    way.sent = 0
    assert sum(len(batch) for each in pieces for batch in each.read()) == rows
    assert way.sent > 500_000 * DAYS


def test_requests_are_counted(machine: Machine, way: Way) -> None:
    """A question asks twice, and for what it reads; a footer is fetched once, as a commit is."""
    machine().ingest([SAMPLES], refresh=False)
    ledger = machine(in_place=True)
    ledger.refresh()
    asked = []
    for query in ("FROM tickets", "FROM events", "FROM events"):
        way.asked.clear()
        ledger.sql(query)
        asked.append(len(way.asked))
    assert asked == [2, 2, 2]  # the files are shorter than what is kept of their ends
    forget_ends(ledger)
    way.asked.clear()
    ledger.sql("FROM events")
    assert len(way.asked) == 4


def test_loads_go_on_where_others_left_off(machine: Machine, tmp_path: Path) -> None:
    """What is stored is known, whoever stored it; what is refused is tried again."""
    machine().ingest([written(tmp_path, "a.jsonl", LINES[:40])], refresh=False)
    ledger = machine(in_place=True)
    outcome = ledger.ingest([SAMPLES])
    assert outcome.accepted + outcome.duplicates + outcome.rejected == outcome.lines
    assert stored(ledger) == stored(machine()) == (STORED, STORED)
    assert ledger.ingest([SAMPLES], refresh=False).accepted == 0
    assert machine().ingest([written(tmp_path, "e.jsonl", [LATER])], refresh=False).accepted == 1
    assert stored(ledger) == (STORED + 1, STORED + 1)
    ledger.replay()
    ledger.refresh()
    assert ledger.verify(rebuild=True) == machine().verify() == []
    assert len(list((ledger.root / "events").iterdir())) <= 1  # what it committed itself


def test_tools_that_open_files_are_given_no_catalog(machine: Machine) -> None:
    """Nor is one left there that some other command made."""
    ledger = machine(in_place=True)
    ledger.ingest([SAMPLES])
    catalog = ledger.root / "catalog.duckdb"
    renew_catalog(open_store(ledger.root))
    assert not catalog.exists()
    catalog.write_bytes(b"")
    renew_catalog(open_store(ledger.root))
    assert not catalog.exists()


@pytest.mark.parametrize("letters", ["a*b", "[x]", "q?m", "it's #1 %41 é"])
def test_a_cache_folder_may_have_any_name(
    machine: Machine, url: str, letters: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine().ingest([SAMPLES], refresh=False)
    monkeypatch.setenv("TICKETLEDGER_CACHE", str(tmp_path / letters))
    ledger = ticketledger.open(url, in_place=True)
    assert stored(ledger) == (STORED, STORED)
    assert ledger.ingest([written(tmp_path, "e.jsonl", [LATER])], refresh=False).accepted == 1


def test_a_ledger_that_takes_the_place_of_another_is_not_taken_for_it(
    machine: Machine, url: str, tmp_path: Path
) -> None:
    """In one process, which remembers what it read: sizes and names are alike, tags are not."""
    january, february, april, may = (
        written(tmp_path, f"{month}.jsonl", [LATER.replace(b"2026-05", b"2026-0%d" % month)])
        for month in (1, 2, 4, 5)
    )
    machine().ingest([january], refresh=False)
    machine().ingest([april], refresh=False)
    ledger = machine(in_place=True)
    assert ledger.ingest([april], refresh=False).duplicates == 1
    place = from_url(url)
    obstore.delete(place, [meta["path"] for page in obstore.list(place) for meta in page])
    machine().ingest([february], refresh=False)
    assert stored(ledger) == (1, 1)
    machine().ingest([may], refresh=False)
    again = written(tmp_path, "again.jsonl", [LATER, b"\n"])
    assert ledger.ingest([again], refresh=False).duplicates == 1
    assert ledger.ingest([april], refresh=False).accepted == 1
    assert stored(ledger) == (3, 3)


def test_tags_that_several_add_at_once_are_all_kept(machine: Machine) -> None:
    """A commit that is left in its bucket is found by its tag alone."""
    ledger = machine(in_place=True)
    ledger.ingest([], refresh=False)
    place = open_store(ledger.root).place
    assert isinstance(place, bucket.Bucket)
    names = [f"events/{number:08d}.parquet" for number in range(100, 180)]
    with ThreadPoolExecutor(8) as threads:
        remember = Tags(ledger.root).remember
        list(threads.map(lambda name: remember({name: f"{name} 1"}), names))
    assert all(place.version(ledger.root / name) == f"{name} 1" for name in names)


def test_the_environment_says_so(
    machine: Machine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine().ingest([SAMPLES], refresh=False)
    mirror = ticketledger.open(url).root
    monkeypatch.setenv("TICKETLEDGER_IN_PLACE", "1")
    place = ticketledger.open(url).root
    told = run("report", "ticket_summary", "--ledger", url, "--format", "csv")
    assert told.returncode == 0, told.stderr
    assert place != mirror
    assert not list((place / "events").iterdir())
    for no in ("", "0", "False", "no"):
        monkeypatch.setenv("TICKETLEDGER_IN_PLACE", no)
        assert ticketledger.open(url).root == mirror


# --- what goes wrong is one clear line ----------------------------------------------------------


def test_a_bucket_that_goes_away_in_the_middle(machine: Machine, way: Way) -> None:
    machine().ingest([SAMPLES], refresh=False)
    ledger = machine(in_place=True)
    ledger.sql("FROM loads")
    for ask in (
        lambda: ledger.sql("FROM events"),
        lambda: ledger.report("ticket_summary"),
        lambda: ledger.refresh(),
        lambda: ledger.ingest([written(Path(ledger.root), "e.jsonl", [LATER])]),
    ):
        forget_ends(ledger)
        way.judge = lambda n, method, path: (
            (403, "AccessDenied") if method == "GET" and "/events/" in path else "pass"
        )
        with pytest.raises(LedgerUnreachable, match="AccessDenied") as caught:
            ask()
        assert "\n" not in str(caught.value)
        way.forget()
        assert stored(ledger) == (STORED, STORED)


def test_ctrl_c_while_a_bucket_is_read_is_no_damage() -> None:
    """The database tells of it in the words of a traceback."""
    told = "Traceback (most recent call last):\n  File x, line 1\nKeyboardInterrupt"
    with pytest.raises(KeyboardInterrupt):
        unreachable(duckdb.Error(told))
    other = unreachable(duckdb.Error(f"{told[:-17]}OSError: [Errno 5] gone"))
    assert str(other) == "[Errno 5] gone"
    assert unreachable(duckdb.Error("IO Error: no such file")) is None


def test_the_notes_of_an_error_are_not_taken_for_it() -> None:
    """So it is told as of Python 3.12: blank lines between, and what was noted in the end."""
    frame = 'Traceback (most recent call last):\n\n  File "x", line 1, in read\n    y\n    ^\n\n'
    cause = f"{frame}OSError: gone\n\n\nThe above exception was the direct cause\n\n"
    told = unreachable(duckdb.Error(f"{cause}{frame}a.b.Error: cannot read\nhint: try again\n"))
    assert str(told) == "cannot read"


def test_a_tag_is_the_same_however_a_store_tells_it() -> None:
    """Azure lists it bare, and answers with quotes around it."""
    told = {"size": 7, "last_modified": None}
    assert objects.tag_of(told | {"e_tag": '"0x8D"'}) == objects.tag_of(told | {"e_tag": "0x8D"})


def test_an_object_that_was_altered_is_told(machine: Machine, url: str) -> None:
    """One that was seen before, by its tag; one that was not, by `verify`."""
    machine().ingest([SAMPLES], refresh=False)
    seen, new = machine(in_place=True), machine(in_place=True)
    wanted = stored(seen)
    content = bytearray(bytes(obstore.get(from_url(url), "events/00000001.parquet").bytes()))
    content[len(content) // 2] ^= 1
    obstore.put(from_url(url), "events/00000001.parquet", bytes(content))
    with pytest.raises(LedgerDamaged, match=f"{url}/events/00000001.parquet` is not what"):
        seen.sql("FROM tickets")
    problems = [finding.problem for finding in verify(open_store(new.root))]
    assert problems == ["is not byte for byte what was written"]
    assert wanted == (STORED, STORED)


def test_an_object_that_changes_while_it_is_read(machine: Machine, url: str, way: Way) -> None:
    machine().ingest([SAMPLES], refresh=False)
    ledger = machine(in_place=True)
    place = from_url(url)

    ledger.sql("FROM loads")
    forget_ends(ledger)
    listed = objects.Objects(url).listed()
    path = ledger.root / "events" / "00000001.parquet"
    remote = open_store(ledger.root).place.away(path)
    assert remote is not None
    obstore.put(place, "events/00000001.parquet", b"another")
    with pytest.raises(LedgerUnreachable, match="is not what was listed"):
        remote.read(10)
    assert listed["events/00000001.parquet"]["size"] > 10
