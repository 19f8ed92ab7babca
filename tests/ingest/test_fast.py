"""What the fast lane owes: whatever the export looks like, most lines take it, and cost no more."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

import ticketledger
from bench.generate import lines as export_lines
from tests.conftest import IS_NIGHTLY
from ticketledger.ingest import feed as feed_module
from ticketledger.ingest import load as load_module
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.fast import FastLane
from ticketledger.ingest.feed import Segment, Stream, Unit
from ticketledger.ingest.lanes import Lanes
from ticketledger.ingest.load import Progress, Request, ingest
from ticketledger.ingest.sources import Source, find
from ticketledger.ingest.templates import Template
from ticketledger.ingest.window import Record

from .made import NOON, Json, assert_adds_up, load, stored

EXPORT = [line.encode() for line in export_lines(1500, seed=3)]


def _left(lines: list[bytes]) -> int:
    """How many lines the fast lane leaves."""
    content = b"\n".join(lines) + b"\n"
    stream = Stream(Source("x", Path(os.devnull)))
    lane = FastLane(Limits(), "1GB")
    (taken,) = lane.read(Unit([Segment(stream, 1, content, 1 + len(lines))]))
    lane.close()
    stream.close()
    return sum(run.raw.count(b"\n") for run in taken.runs)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _count_explained(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """The records that go through the explain lane from now on."""
    seen: list[Record] = []
    explain = Lanes._explain

    def counted(self: Lanes, found: Iterable[Record]) -> None:
        records = list(found)
        seen.extend(records)
        explain(self, records)

    monkeypatch.setattr(Lanes, "_explain", counted)
    return seen


# --- what it takes ----------------------------------------------------------------------------


def test_all_but_a_few_lines_of_an_export_take_it() -> None:
    assert _left(EXPORT) < 0.03 * len(EXPORT)


def test_tickets_as_rows_take_it_too() -> None:
    rows = [line.encode() for line in export_lines(1500, seed=3, rows=True)]
    assert sum(b'"ticket":{' in line for line in rows) == 0
    assert _left(rows) < 0.03 * len(EXPORT)


@pytest.mark.parametrize("ascii_only", [False, True])
def test_white_space_and_escapes_do_not_matter(ascii_only: bool) -> None:
    good = [line for line in EXPORT if b'"status":"open"' in line and _is_json(line)]
    parsed = [json.loads(line.replace(b"Customer", "Kundé 🙏".encode())) for line in good]
    assert _left([json.dumps(each, ensure_ascii=ascii_only).encode() for each in parsed]) < 10


def test_windows_line_ends_do_not_matter() -> None:
    assert _left([line + b"\r" for line in EXPORT]) < 0.03 * len(EXPORT)


def test_keys_the_models_do_not_know_do_not_matter() -> None:
    def extended(line: bytes) -> bytes:
        try:
            value = json.loads(line)
        except ValueError:
            return line
        value["receiver"] = "hook-1"
        data = value["data"].get("ticket", value["data"])
        data["a new field"] = {"at": 1} if data is value["data"] else "x"
        return json.dumps(value, separators=(",", ":")).encode()

    assert _left([extended(line) for line in EXPORT]) < 0.03 * len(EXPORT)


@pytest.mark.parametrize(
    "envelope",
    [
        {"data": {"ticket_id": "T-1"}},
        {"event": "ticket.updated", "event_type": "ticket.updated", "data": {"ticket": {}}},
        {"event": "ticket.updated", "data": [1]},
        {"event": "ticket.updated", "data": {"ticket_id": "T-1", "chat": {}}},
        {"event": "ticket.updated", "data": {"ticket_id": "T-1", "ticket": "T-1"}},
        {"event": "ticket.updated", "data": {"ticket": {"ticket_id": "T-1", "chat_id": "c"}}},
        {"event": "ticket.updated", "data": {"ticket": {"a": 1, "A": 2}}},
        {"event": "ticket.updated", "data": {"ticket": {'a"b': 1}}},
        {"event": "ticket.updated", "data": {"ticket": {"labels": [], "ticket_labels": ""}}},
        {"event": "ticket.updated", "data": {"ticket": {"close_ticket_metadata": {}}}},
        {"event": "ticket.updated", "data": {"ticket": {"x": 1}}, "log_id": 1, "new_record": {}},
        {"event": "ticket.updated", "data": {"ticket": {str(n): n for n in range(500)}}},
    ],
)
def test_what_means_more_than_it_says_is_no_template(envelope: Json) -> None:
    assert Template.of("ticket", envelope) is None


def test_previous_attributes_that_are_always_null_are_a_template() -> None:
    def told(line: bytes) -> bytes:
        value = json.loads(line)
        value["previous_attributes"] = value.get("previous_attributes") or None
        return json.dumps(value, separators=(",", ":")).encode()

    assert _left([told(line) for line in EXPORT if _is_json(line)]) < 0.03 * len(EXPORT)


# --- small files, open documents, whole files -------------------------------------------------


def test_many_small_files_are_one_block_and_keep_their_lines_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketledger.ingest.lanes.WORTH_BYTES", 0)
    ends = [b"\n", b"", b"\n\n", b"\nbad\n", b"\n{"]
    for number, end in enumerate(ends * 4):
        some = EXPORT[number * 40 : number * 40 + 40]
        (tmp_path / f"{number:02d}.jsonl").write_bytes(b"\n".join(some) + end)
    explained = _count_explained(monkeypatch)
    load(tmp_path / "one", tmp_path)
    assert len(explained) < 100
    monkeypatch.setattr("ticketledger.ingest.lanes.WORTH_BYTES", 1 << 40)
    load(tmp_path / "two", *sorted(tmp_path.glob("*.jsonl")))
    assert stored(tmp_path / "one") == stored(tmp_path / "two")


def test_a_document_left_open_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = EXPORT[700][: EXPORT[700].index(b'"data":') + len(b'"data":')]
    content = b"\n".join([*EXPORT[:700], cut, *EXPORT[700:]])
    (tmp_path / "a.jsonl").write_bytes(content)
    explained = _count_explained(monkeypatch)
    outcome = load(tmp_path / "ledger", tmp_path / "a.jsonl")
    assert len(explained) < 60
    assert outcome.lines == len(EXPORT) + 1


def test_a_file_loaded_before_is_counted_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "COMMIT_ROWS", 400)
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1 << 18)
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(EXPORT))
    first = load(tmp_path / "ledger", tmp_path / "a.jsonl")
    explained = _count_explained(monkeypatch)
    again = load(tmp_path / "ledger", tmp_path / "a.jsonl")
    assert explained == []
    assert (again.lines, again.accepted, again.commits) == (first.lines, 0, [])
    assert again.duplicates == first.accepted + first.duplicates
    assert (again.rejected, again.blank) == (first.rejected, first.blank)


@pytest.mark.parametrize("change", ["version", "limits", "content"])
def test_a_file_that_may_come_out_otherwise_is_read(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(EXPORT[:50]) + b"\nbad")
    load(tmp_path / "ledger", path)
    explained = _count_explained(monkeypatch)
    version, limits = "test", Limits()
    if change == "version":
        version = "later"
    elif change == "limits":
        limits = Limits(max_depth=99)
    else:
        path.write_bytes(path.read_bytes()[:-3] + b"sad")
    request = Request(find([str(path)]), version, limits=limits, now=lambda: NOON)
    assert_adds_up(ingest(tmp_path / "ledger", request))
    assert explained


def test_a_file_that_grows_while_it_is_read_is_loaded_as_far_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "BLOCK_BYTES", 1 << 18)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(EXPORT[:1000]) + b"\n")

    def grow(progress: Progress) -> None:
        with path.open("ab") as file:
            file.write(EXPORT[1200] + b"\n")

    request = Request(find([str(path)]), "test", now=lambda: NOON, progress=grow)
    outcome = ingest(tmp_path / "ledger", request)
    assert_adds_up(outcome)
    load(tmp_path / "ledger", path)
    (tmp_path / "whole.jsonl").write_bytes(path.read_bytes())
    load(tmp_path / "other", tmp_path / "whole.jsonl")
    ids = [{row["event_id"] for row in stored(tmp_path / name)} for name in ("ledger", "other")]
    assert ids[0] == ids[1]


# --- size -------------------------------------------------------------------------------------


def test_members_of_a_big_group_are_stored_once(tmp_path: Path) -> None:
    export = [line.encode() for line in export_lines(300, seed=5, members=1000)]
    tickets = [line for line in export if b'"event":"ticket.' in line]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(export))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(tmp_path / "a.jsonl")
    size = sum(path.stat().st_size for path in (ledger.root / "events").iterdir())
    chats = len({json.dumps(json.loads(line)["data"]["chat"]["chat_id"]) for line in tickets[:200]})
    whole = sum(map(len, tickets)) / len(tickets)
    assert size < chats * whole / 4  # each map once, and compressed
    told = ledger.sql("SELECT chat_id, count(*) AS n FROM chat_members GROUP BY ALL", to="arrow")
    assert set(told.column("n").to_pylist()) == {1000}
    events = ledger.sql("SELECT data FROM events WHERE object_type = 'ticket'", to="arrow")
    assert all(len(json.loads(each)["chat"]["members"]) == 1000 for each in events[0].to_pylist())


@pytest.mark.parametrize("packed", [False, True] if IS_NIGHTLY else [True])
def test_a_line_of_a_hundred_megabytes_is_refused_in_pieces(tmp_path: Path, packed: bool) -> None:
    good = EXPORT[10] + b"\n"
    content = good + b'{"event":"' + b"x" * (100 << 20) + b"\n" + EXPORT[11] + b"\n"
    path = tmp_path / "a.jsonl"
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    outcome = load(tmp_path / "ledger", path)
    assert (outcome.accepted, outcome.rejected) == (2, 2)
    assert outcome.lines == 4  # 64 MiB are one piece, the rest is another


def test_a_block_too_large_for_the_memory_is_read_in_halves(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(EXPORT * 8))
    request = Request(find([str(tmp_path)]), "test", memory="25MB", now=lambda: NOON)
    outcome = ingest(tmp_path / "ledger", request)
    assert_adds_up(outcome)
    assert outcome.lines == 8 * len(EXPORT)
