"""The lanes agree: whatever way a line takes, its outcome and every stored value are the same.

`TICKETLEDGER_TEST_SIZE=nightly` compares about 100,000 lines, the quick setting a few thousand.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import IS_NIGHTLY, ROOT, SAMPLES
from ticketledger.ingest.accounts import Part
from ticketledger.ingest.batch import Batch
from ticketledger.ingest.explain import Accepted, Limits, Rejected, explain
from ticketledger.ingest.fast import FastLane
from ticketledger.ingest.feed import Feed, Segment, Stream, Unit
from ticketledger.ingest.lanes import Lanes
from ticketledger.ingest.records import records
from ticketledger.ingest.sources import Source

LIMITS = Limits()
Lines = Callable[[], list[bytes]]
ROUNDS = 40 if IS_NIGHTLY else 1

HOSTILE = [
    None, True, False, 0, 1, -1, 4, 5, 32768, 10**6, 2**63, 2**64, 10**400,
    "", " ", "2", "02", "-1", "99999", "high", "null", "a\u0000b", "a\u001fb", 'q"q', "b\\s", "é🙏",
    "\u2028", "İx, ẞ", " Billing ,VIP,, vip", "a,b\\,c", "a\u00a0, b", "\t", "x" * 300,
    "2026-03-01T00:00:00Z", "2026-03-01 00:00:00+00", "2026-03-01T00:00:00.1234567Z",
    "2026-03-01T00:00:00+05:30", "2026-03-01T00:00:00+0530", "2026-03-01T24:00:00Z",
    "2026-02-30T00:00:00Z", "2026-03-01T00:00:60Z", "2026-03-01", "2026-03-01T00:00:00",
    "2026-03-01T00:00:00-19:59", "0000-01-01T00:00:00Z", "1772323200000", 1772323200, 20260304,
    [], {}, ["vip"], ["b", "a", "B"], [1], {"a": 1}, {"b": "2", "a": None}, {"a": {"b": [1, {}]}},
]  # fmt: skip
SPELLINGS = ["1.0", "1e0", "10e-1", "-0", "0.5", "NaN", "Infinity", "1e999", '"\\u00e9"',
             '"\\u0041"', '"\\ud83d\\ude4f"', '"\\ud83d"', '"\\/"', "[1,]", '{"a":1,}',
             '{"a":1,"a":2}', '"\\u0000"', " 1 ", "tru", "'x'"]  # fmt: skip


def ticket_lines() -> list[bytes]:
    lines = SAMPLES.read_bytes().splitlines()
    demo = (ROOT / "data" / "demo" / "2026-03-week1.jsonl").read_bytes().splitlines()
    return [line for line in [*lines, *demo[:250]] if b'"ticket.' in line[:60]]


def row_lines() -> list[bytes]:
    """The same events with the ticket itself as `data`, as a table's row: no parts beside it."""
    made = []
    for number, line in enumerate(ticket_lines()):
        try:
            envelope = json.loads(line)
            data = envelope["data"]
            row = dict(data["ticket"])
        except (ValueError, KeyError, TypeError):
            made.append(line)
            continue
        row["chat_id"] = (data.get("chat") or {}).get("chat_id")
        if number % 3 == 0 and "ticket_custom_properties" in row:
            row["custom_properties"] = row.pop("ticket_custom_properties")
        made.append(json.dumps({**envelope, "data": row}, separators=(",", ":")).encode())
    return made


BOTH = pytest.mark.parametrize("told", [ticket_lines, row_lines])
"""Tickets as TicketInfo and as rows."""


def changed(line: bytes, rnd: random.Random) -> bytes:
    """Return a line with one value, key or spelling changed somewhere in its envelope."""
    try:
        value = json.loads(line)
    except ValueError:
        return line
    places = list(_places(value))
    parent, key = rnd.choice(places)
    mark = "\u0001mark\u0001"
    match rnd.randrange(6):
        case 0:
            del parent[key]
        case 1:
            parent[f"new {rnd.randrange(9)}"] = rnd.choice(HOSTILE)
        case 2:
            parent[key] = mark
            text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
            return text.replace(json.dumps(mark), rnd.choice(SPELLINGS)).encode()
        case 3:
            again = json.dumps(key) + ":" + json.dumps(rnd.choice(HOSTILE))
            text = json.dumps(parent)
            whole = json.dumps(value)
            return whole.replace(text, "{" + again + "," + text[1:], 1).encode()
        case _:
            parent[key] = rnd.choice(HOSTILE)
    spaces = rnd.choice([(",", ":"), (", ", ": ")])
    return json.dumps(value, separators=spaces, ensure_ascii=rnd.random() < 0.5).encode(
        "utf-8", "surrogatepass"
    )


def _places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(inner)


def damaged(line: bytes, rnd: random.Random) -> bytes:
    """Return a line with one byte changed, added, taken out, or its end cut off."""
    at = rnd.randrange(len(line))
    byte = bytes([rnd.choice(b'{}[]",:\\ \t\r019aeEnt\x00\x01\x7f\x80\xc3\xff')])
    cut = [line[:at] + byte + line[at + 1 :], line[:at] + byte + line[at:]]
    return rnd.choice([*cut, line[:at] + line[at + 1 :], line[:at]])


def explained(content: bytes) -> tuple[list[dict[str, Any]], list[Rejected]]:
    """The outcome when every record goes through the models."""
    accepted: list[Accepted] = []
    rejects: list[Rejected] = []
    for record in records([content], LIMITS.max_bytes):
        if not record.raw and record.fault is None:
            continue
        for result in explain(record, LIMITS, None):
            if isinstance(result, Accepted):
                accepted.append(result)
            else:
                rejects.append(result)
    batch = Batch()
    batch.add_explained(0, accepted)
    return batch.rows().to_pylist(), rejects


def laned(content: bytes, folder: Path) -> tuple[list[dict[str, Any]], list[Rejected], Part]:
    """The outcome when blocks take the fast lane where they can."""
    path = folder / "x"
    path.write_bytes(content)
    lanes = Lanes(LIMITS, None)
    for _ in lanes.steps(Feed([Source("x", path)])):
        pass
    (part,) = lanes.parts
    staged = lanes.batch.rows().to_pylist()
    rows = [row for row in staged if row["event_id"] is not None]
    return sorted(rows, key=lambda row: row["source_line"]), part.rejects, part


def assert_lanes_agree(content: bytes, folder: Path) -> int:
    """Compare both ways; returns how many lines took the fast lane."""
    rows, rejects = explained(content)
    staged, refused, part = laned(content, folder)
    assert sorted(refused, key=repr) == sorted(rejects, key=repr)
    by_line = sorted(rows, key=lambda row: (row["source_line"], row["event_id"]))
    for mine, wanted in zip(
        sorted(staged, key=lambda row: (row["source_line"], row["event_id"])), by_line, strict=True
    ):
        different = {k: (mine[k], v) for k, v in wanted.items() if mine[k] != v}
        assert not different, content.splitlines()[wanted["source_line"] - 1]
    assert part.lines == len(rows) + len(rejects) + part.blank
    return _count_taken(content)


def _count_taken(content: bytes) -> int:
    stream = Stream(Source("x", Path(os.devnull)))
    lane = FastLane(LIMITS, "1GB")
    (taken,) = lane.read(Unit([Segment(stream, 1, content, 1 + content.count(b"\n"))]))
    lane.close()
    stream.close()
    return content.count(b"\n") - sum(run.raw.count(b"\n") for run in taken.runs)


@pytest.fixture(autouse=True)
def _every_unit_takes_the_fast_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketledger.ingest.lanes.WORTH_BYTES", 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lanes")


@BOTH
def test_plain_lines_take_the_fast_lane(told: Lines, folder: Path) -> None:
    content = b"\n".join(told()) + b"\n"
    assert assert_lanes_agree(content, folder) > 0.6 * len(told())


@BOTH
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_changed_lines_come_out_the_same(seed: int, told: Lines, folder: Path) -> None:
    rnd = random.Random(seed)
    some = told()
    lines = [changed(rnd.choice(some), rnd) for _ in range(1500)]
    assert assert_lanes_agree(b"\n".join(lines) + b"\n", folder) > 100


@BOTH
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_damaged_lines_come_out_the_same(seed: int, told: Lines, folder: Path) -> None:
    rnd = random.Random(seed)
    some = told()
    for _ in range(10 if IS_NIGHTLY else 3):
        lines = [rnd.choice(some) for _ in range(100)]
        for at in rnd.sample(range(100), 40):
            lines[at] = damaged(lines[at], rnd)
        assert_lanes_agree(b"\n".join(lines) + b"\n", folder)


@pytest.mark.parametrize(
    "around",
    [
        (b"[\n", b",\n", b"\n]"),
        (b'{"from":1,"to":9,"count":9,"events":[\n', b",\n", b"\n]}"),
        (b'{"event":"x","data":{"list":[\n', b"\n", b"\n]}}"),
        (b'{"broken":[1,\n', b"\n", b"\n"),
        (b"\xef\xbb\xbf", b"\r\n", b""),
        (b"\n\n", b"\n\n", b"\n\n"),
        (b"[INFO] started\n", b"\n", b"\n"),
        (b'{"pretty":\n', b"\n", b"\n}"),
        (b"\x00\x01\n", b"\n", b"\n"),
    ],
)
def test_what_stands_around_lines_counts_the_same(
    around: tuple[bytes, bytes, bytes], folder: Path
) -> None:
    before, between, after = around
    assert_lanes_agree(before + between.join(ticket_lines()[:12]) + after, folder)


def test_blocks_of_any_size_give_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (ROOT / "data" / "demo" / "2026-03-week1.jsonl").read_bytes()[:60_000]
    rows, rejects = explained(content)
    for size in (1, 5_000, 20_000):
        monkeypatch.setattr("ticketledger.ingest.feed.BLOCK_BYTES", size)
        staged, refused, _ = laned(content, folder)
        assert [row["event_id"] for row in staged] == [row["event_id"] for row in rows]
        assert refused == rejects


@pytest.mark.parametrize("part", ["message", "chat", "attached_messages", "ticket"])
def test_parts_of_a_ticket_event_in_another_event_come_out_the_same(
    part: str, tmp_path: Path
) -> None:
    lines = [
        json.dumps(
            {
                "event": "message.created",
                "org_id": "o",
                "timestamp": "2026-03-01T10:00:00Z",
                "data": {"message_id": f"m{n}", "chat_id": "c", part: {"message_id": f"m{n}"}},
            }
        )
        for n in range(300)
    ]
    assert_lanes_agree("\n".join(lines).encode() + b"\n", tmp_path)
