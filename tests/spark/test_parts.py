"""Views folded part by part are those of one machine, whatever shares what with whom."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.store import open_store
from ticketledger.queries.session import session
from ticketledger.queries.settings import Settings
from ticketledger.queries.statement import statements
from ticketledger.spark import folds, giants, tasks
from ticketledger.spark.answering import folded_views
from ticketledger.spark.asked import Asked, of_counted, of_marts, of_views
from ticketledger.spark.folds import VIEWS as EVERY_VIEW
from ticketledger.spark.groups import met
from ticketledger.spark.packets import PACKET_BYTES, packed, unpacked
from ticketledger.spark.question import Question

from ..queries.test_metrics import AS_OF, FILE
from ..strategies import conversations, in_world, some, streams, write_files
from ..twin.events import Envelope
from ..twin.values import EPOCH
from .apart import Apart, folded, folded_marts, in_any_order

VIEWS = tuple(name for name in EVERY_VIEW if name != "events")
WORLDS = 18 if IS_NIGHTLY else 4


def _streams() -> list[list[Envelope]]:
    """Random streams; three of each kind share their organisations, so they meet in one chat."""
    drawn = some(st.tuples(conversations(), streams()), WORLDS)
    return [
        [in_world(f"{kind} {number // 3}-", event) for event in stream]
        for number, pair in enumerate(drawn)
        for kind, stream in zip(("said", "told"), pair, strict=True)
    ]


FAR = ("quotes", "attaches", "is attached", "was there")
"""What ties a ticket of one chat to a message of another, each by itself."""


def _from_afar(tie: str, number: int) -> list[Envelope]:
    """A ticket and a message that only the tie brings together."""
    here, there = f"here{number}@g.us", f"there{number}@g.us"
    is_reply = tie != "quotes"
    message_id = f"{'true' if is_reply else 'false'}_{there}_q{number}"
    minute = "45" if is_reply else "05"
    said = {
        "message_id": message_id,
        "unique_id": f"q{number}",
        "chat_id": there,
        "timestamp": f"2026-03-02T09:{minute}:00Z",
    }
    raised = {
        "ticket_id": "T",
        "chat_id": here,
        "status": "open",
        "created_at": "2026-03-02T09:30:00Z",
    }
    before: Envelope = {"assignee": None}
    updated = {"data": {**raised, "assignee": "a"}, "previous_attributes": before}
    match tie:
        case "quotes":
            raised["quoted_message_id"] = message_id if number % 2 else f"q{number}"
        case "attaches":
            updated["data"] = {"ticket": raised, "attached_messages": [{"message_id": message_id}]}
        case "is attached":
            said["message_ticket_id"] = "T"
        case "was there":
            before["chat_id"] = there
    told: list[tuple[str, str, Envelope]] = [
        ("message.created", minute, {"data": said}),
        ("ticket.created", "30", {"data": raised}),
        ("ticket.updated", "50", updated),
    ]
    if tie == "was there":
        del told[1]
    return [
        {
            "event": event,
            "org_id": f"{tie} {number}",
            "timestamp": f"2026-03-02T09:{minute}:00Z",
            **rest,
        }
        for event, minute, rest in told
    ]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    folder = tmp_path_factory.mktemp("apart")
    exports = folder / "exports"
    exports.mkdir()
    streams = [*_streams(), *(_from_afar(tie, number) for tie in FAR for number in range(8))]
    write_files(exports, [event for stream in streams for event in stream], seed=1)
    made = ticketledger.open(folder / "ledger")
    for path in sorted(exports.iterdir()):
        made.ingest([path], refresh=False)
    return made


def of_one_machine(
    ledger: ticketledger.Ledger, names: Sequence[str] = VIEWS, **asked: Any
) -> dict[str, pa.Table]:
    """Return views, each worked out once."""
    with session(open_store(ledger.root), " ".join(names), kept=tuple(names), **asked) as con:
        return {name: con.sql(f"FROM {name}").to_arrow_table() for name in names}


def test_views_and_marts_are_those_of_one_machine(
    ledger: ticketledger.Ledger, tmp_path: Path
) -> None:
    for tie in FAR:
        told = "first_reply_time" if tie != "quotes" else "time_to_ticket"
        query = f"SELECT count({told}_calendar_s) FROM ticket_metrics WHERE starts_with(org_id, $t)"
        assert ledger.sql(query, {"t": f"{tie} "}).item() == 8, tie
    hours, promises = (ROOT / "data" / f"{name}.toml" for name in ("hours", "promises"))
    settings = Settings.read(hours, promises, None)
    ledger.publish(tmp_path / "feed", timezone="Asia/Kolkata", calendar=hours, sla=promises)
    question = Question(settings=settings, timezone="Asia/Kolkata")
    names = [name for name in VIEWS if name not in statements("marts")]
    found, groups = folded_marts(ledger.root, question, 2, names)
    assert groups > WORLDS
    assert len(found) == 11 + len(names)
    expected_ones = of_one_machine(ledger, names, settings=settings)
    for name, rows in found.items():
        expected = (
            expected_ones[name]
            if name in expected_ones
            else pq.read_table(tmp_path / "feed" / f"{name}.parquet")
        )
        assert len(expected) > WORLDS // 2, name
        assert rows.schema == expected.schema.remove_metadata(), name
        assert in_any_order(rows) == in_any_order(expected), name


def test_clocks_and_settings_reach_every_part(ledger: ticketledger.Ledger, tmp_path: Path) -> None:
    hours = tmp_path / "hours.toml"
    hours.write_text(FILE, "utf-8")
    as_of = EPOCH + timedelta(microseconds=AS_OF)
    known_at = ledger.sql("SELECT min(loaded_at) FROM events").item()
    classes = tmp_path / "statuses.toml"
    classes.write_text('[statuses]\nactive = ["open"]\nresolved = ["closed", "inprogress"]\n')
    settings = Settings.read(hours, None, classes)
    found, _ = folded(ledger.root, Question(as_of, known_at, settings), VIEWS, 2)
    expected_ones = of_one_machine(ledger, as_of=as_of, known_at=known_at, settings=settings)
    for name, expected in expected_ones.items():
        assert in_any_order(found[name]) == in_any_order(expected), name
    assert in_any_order(found["tickets_all"]) != in_any_order(
        ledger.sql("FROM tickets_all", to="arrow")
    )


@pytest.mark.parametrize(
    ("learned", "view", "parts"),
    [("ticket_senders", "ticket_gaps", 4), ("asked_at", "ticket_completeness", 2)],
)
def test_what_tells_of_the_whole_ledger_reaches_every_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learned: str, view: str, parts: int
) -> None:
    """Alone, a ticket does not tell that its sender means by `{}` that nothing changed."""

    def told(org_id: str, ticket: int, minute: int, event: str, **more: Any) -> Envelope:
        data = {"ticket_id": f"T{ticket}", "chat_id": f"c{ticket}@g.us", "status": "open"}
        at = f"2026-03-02T09:{minute:02}:00Z"
        return {"event": event, "org_id": org_id, "timestamp": at, "data": data} | more

    silent: Envelope = {"previous_attributes": {}}
    events = [told("o", ticket, 1, "ticket.created") for ticket in range(12)]
    events += [told("o", ticket, 5, "ticket.updated", **silent) for ticket in range(12)]
    closed = {"ticket_id": "T0", "chat_id": "c0@g.us", "status": "closed"}
    events.append(told("o", 0, 9, "ticket.updated", **silent, data=closed))
    events.append(told("elsewhere", 99, 50, "ticket.created"))
    write_files(tmp_path, events, seed=2)
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(sorted(tmp_path.glob("*.jsonl")), refresh=False)
    expected = in_any_order(ledger.sql(f"FROM {view}", to="arrow"))
    assert expected
    assert in_any_order(folded(ledger.root, Question(), [view], parts)[0][view]) == expected
    learn = folds.learn

    def partly(*args: Any) -> dict[str, pa.Table]:
        return {name: rows for name, rows in learn(*args).items() if name != learned}

    monkeypatch.setattr(folds, "learn", partly)
    assert in_any_order(folded(ledger.root, Question(), [view], parts)[0][view]) != expected


def _giant() -> list[Envelope]:
    """One chat in which tickets, too, tell of the chat, and both sides of each link.

    The short id of every second message stands in its long one; of the others the message tells it.
    """
    chat = {"chat_id": "all@g.us", "chat_type": "group"}
    told: list[Envelope] = []
    for n in range(100):
        message_id = f"false_{'all@g.us' if n % 2 else 'all'}_m{n}"
        ticket = {"ticket_id": f"T{n}", "chat_id": "all@g.us", "status": "open"}
        named = {**chat, "chat_name": f"name {n}", "members": {f"{n}@c.us": {"is_internal": True}}}
        attached = [{"message_id": message_id}]
        message = {
            "message_id": message_id,
            "chat_id": "all@g.us",
            "unique_id": f"m{n}",
            "sender_phone": f"{n}@c.us",
            "message_ticket_id": f"T{n // 2}",
        }
        closed = {**ticket, "status": "closed"}
        old = {"status": "open"}
        beside = {"kind": "a"} if n % 2 else {}  # an unknown key
        for minute, event, data, before in (
            (n, "ticket.created", {"ticket": ticket, "chat": named}, None),
            (n + 2, "message.created", message, None),
            (
                n + 3,
                "ticket.updated",
                {"ticket": closed, "attached_messages": attached} | beside,
                old,
            ),
        ):
            at = f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00Z"
            more = {} if before is None else {"previous_attributes": before}
            told.append({"event": event, "org_id": "o", "timestamp": at, "data": data, **more})
    return told


@pytest.mark.skipif(not IS_NIGHTLY, reason="test_cluster divides one; nightly all is made of two")
def test_giants_are_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two large groups, each in several parts: views and marts are the same."""
    drawn = some(st.tuples(conversations(), streams()), 12)
    told = [in_world("all ", event) for pair in drawn for stream in pair for event in stream]
    write_files(tmp_path, _giant() + told, seed=1)
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(sorted(tmp_path.glob("*.jsonl")), refresh=False)
    monkeypatch.setattr(giants, "GIANT_EVENTS", 100)
    monkeypatch.setattr(giants, "PART_EVENTS", 280)
    hours, promises = (ROOT / "data" / f"{name}.toml" for name in ("hours", "promises"))
    question = Question(settings=Settings.read(hours, promises, None))
    plan = Apart(ledger.root, question, 2)
    plan.places()
    assert [parts for parts in plan.giants["parts"].to_pylist() if parts > 1] == [2, 2]
    told_apart = (
        *("ticket_history", "ticket_gaps", "messages", "tickets_all", "chats_all"),
        "ticket_messages",
    )
    found, _ = folded_marts(ledger.root, question, 2, told_apart)
    ledger.publish(tmp_path / "feed", calendar=hours, sla=promises)
    for name, rows in found.items():
        expected = (
            ledger.sql(f"FROM {name}", to="arrow")
            if name in told_apart
            else pq.read_table(tmp_path / "feed" / f"{name}.parquet")
        )
        assert len(expected), name
        assert in_any_order(rows) == in_any_order(expected), name


def test_what_is_made_of_joined_rows_needs_no_events() -> None:
    reports = [each for each in statements("reports").values() if not each.tells_of_loading]
    views = of_views({*EVERY_VIEW, *folded_views(reports)})
    question = Question()
    learned = folds.learn(question, [], tasks.LAST.empty_table())
    asked = Asked(2, views | of_marts(), of_counted())
    schemas = question.schemas(of_views(giants.joined_views(asked, learned)))
    assert len(schemas) > 10
    assert list(giants.join(question, learned, schemas, asked, [])) == []
    without = {name: kept for name, kept in schemas.items() if name != "messages"}
    with pytest.raises(duckdb.CatalogException, match="ledger_events"):
        list(giants.join(question, learned, without, asked, []))


def test_an_empty_ledger_has_empty_views(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_bytes(b"")
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([nothing])
    found, groups = folded(ledger.root, Question(), VIEWS, 2)
    assert groups == 0
    assert {name: len(rows) for name, rows in found.items()} == dict.fromkeys(VIEWS, 0)


def test_groups_are_the_connected_components() -> None:
    chance = random.Random(3)
    for _ in range(200):
        seen = [
            (chance.choice("ab"), f"t{chance.randrange(8)}", [f"c{chance.randrange(8)}"])
            for _ in range(chance.randrange(12))
        ]
        told = {(row["org_id"], row["thing"]): row["of"] for row in met(seen).to_pylist()}
        for org, thing in told:
            reached = {thing}
            while True:  # plain and slow: walk until nothing new is met
                more = {x for o, t, (c,) in seen if o == org and {t, c} & reached for x in (t, c)}
                if more <= reached:
                    break
                reached |= more
            assert told[org, thing] == min(reached)


def test_packets_hold_every_row_and_none_is_large() -> None:
    chance = random.Random(5)
    texts = [chance.randbytes(1 << 16).hex() for _ in range(1000)]
    table = pa.table({"text": texts})
    made = pa.Table.from_batches(packed("texts", table))["packet"]
    assert len(made) > 1
    assert max(len(packet.as_buffer()) for packet in made) < PACKET_BYTES
    assert pa.Table.from_batches(unpacked(made)) == table.combine_chunks()
    assert list(packed("texts", table.slice(0, 0))) == []
