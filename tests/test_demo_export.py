"""The demo export: the committed files, the truth told beside them, and the variety promised."""

import gzip
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.demo_export import Export, build

ROOT = Path(__file__).parents[1]
Json = dict[str, Any]
Key = tuple[str, str]


@cache
def export() -> Export:
    """One build for all tests; none of them changes it."""
    return build()


def content(name: str, raw: bytes) -> bytes:
    """The bytes a reader sees; compressed bytes may differ between zlib builds."""
    return gzip.decompress(raw) if name.endswith(".gz") else raw


def lines_of(files: dict[str, bytes]) -> Iterator[tuple[str, int, bytes]]:
    """Every line as (file, line number, bytes)."""
    for name, raw in files.items():
        for number, line in enumerate(content(name, raw).splitlines(), 1):
            yield name, number, line


def documented(line: bytes) -> Json:
    """The event of a line in its documented form, whatever form it came in.

    Raises:
        ValueError: the line is no valid event; the message says why.
    """
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    if "metadata" in found:
        found = found["metadata"]["event"] | {"timestamp": found["created_at"]}
    event = found.pop("event", None) or found.pop("event_type", None)
    outer = {key: found.pop(key) for key in ("org_id", "previous_attributes") if key in found}
    if event is None or "timestamp" not in found:
        raise ValueError("no name or no timestamp")
    instant = datetime.fromisoformat(found.pop("timestamp"))
    data = found.get("data", found)
    data = json.loads(data) if isinstance(data, str) else data
    json.dumps(data, ensure_ascii=False).encode()  # fails on half an emoji
    if event.startswith("ticket."):
        ticket = data["ticket"]
        if not (isinstance(ticket.get("ticket_id"), str) and isinstance(ticket["status"], str)):
            raise ValueError("not a ticket")
    return {"event": event, "data": data, **outer, "timestamp": instant.isoformat()}


def identity(event: Json) -> str:
    """Text that is equal for deliveries of one event."""
    instant = datetime.fromisoformat(event["timestamp"])
    return json.dumps(event | {"timestamp": instant.isoformat()}, sort_keys=True)


def tickets() -> dict[Key, list[Json]]:
    """The ticket events of each ticket, in true order."""
    lives: dict[Key, list[Json]] = defaultdict(list)
    for event in export().events:
        if event["event"].startswith("ticket."):
            lives[event["org_id"], event["data"]["ticket"]["ticket_id"]].append(event)
    return lives


def declared(event: Json) -> Json:
    """The old values an event declares for fields a ticket event shows."""
    previous = event.get("previous_attributes", {})
    return {key: old for key, old in previous.items() if key in event["data"]["ticket"]}


def changes(field: str) -> list[tuple[Any, Any]]:
    """Every change of a ticket field as (old, new)."""
    return [
        (event["previous_attributes"][field], event["data"]["ticket"][field])
        for life in tickets().values()
        for event in life
        if field in event.get("previous_attributes", {})
    ]


def test_generator_rewrites_the_committed_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tests.demo_export", str(tmp_path)], cwd=ROOT, check=True)
    committed = {path.name: path.read_bytes() for path in (ROOT / "data/demo").glob("*.jsonl*")}
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == export().files
    assert committed.keys() == written.keys()
    for name, raw in written.items():
        assert content(name, committed[name]) == content(name, raw), name


def test_another_seed_tells_another_story() -> None:
    assert build(seed=1).files.keys() == export().files.keys()
    assert build(seed=1).events != export().events


def test_counts_equal_a_recount_from_the_bytes() -> None:
    told = export()
    seen: set[str] = set()
    broken: list[tuple[str, int]] = []
    lines = duplicates = blank = 0
    for name, number, line in lines_of(told.files):
        lines += 1
        if not line.strip():
            blank += 1
            continue
        try:
            key = identity(documented(line))
        except ValueError:
            broken.append((name, number))
            continue
        duplicates += key in seen
        seen.add(key)
    assert broken == [(name, number) for name, number, _ in told.broken]
    counts = (told.lines, told.accepted, told.duplicates, told.rejected, told.blank)
    assert counts == (lines, len(seen), duplicates, len(broken), blank)
    assert told.accepted + told.duplicates + told.rejected + told.blank == told.lines
    assert seen == {identity(event) for event in told.events}
    assert len(told.events) == told.accepted


def test_events_are_in_true_order_within_the_month() -> None:
    instants = [datetime.fromisoformat(event["timestamp"]) for event in export().events]
    assert instants == sorted(instants)
    assert {(instant.year, instant.month) for instant in instants} == {(2026, 3)}


def test_previous_attributes_undo_every_change() -> None:
    for life in tickets().values():
        assert life[0]["event"] == "ticket.created"
        for before, event in pairwise(life):
            now = event["data"]["ticket"]
            assert now | declared(event) == before["data"]["ticket"]
            assert all(now[key] != old for key, old in declared(event).items())


def test_order_of_equal_instants_follows_from_the_images() -> None:
    pairs = [
        (first, second)
        for life in tickets().values()
        for first, second in pairwise(life)
        if first["timestamp"] == second["timestamp"]
    ]
    assert len(pairs) >= 10
    for first, second in pairs:
        assert declared(first)
        assert declared(second)
        before_first = first["data"]["ticket"] | declared(first)
        assert before_first != second["data"]["ticket"]


def test_quarter_of_the_updates_changes_nothing() -> None:
    updates = [e for life in tickets().values() for e in life if e["event"] == "ticket.updated"]
    idle = [event for event in updates if not declared(event)]
    assert 0.2 < len(idle) / len(updates) < 0.3
    assert {} in [event["previous_attributes"] for event in idle]
    assert any("last_updated_at" in event["previous_attributes"] for event in idle)


def test_ids_are_shared_between_the_two_orgs() -> None:
    ids: dict[str, set[str]] = defaultdict(set)
    for org_id, ticket_id in tickets():
        ids[org_id].add(ticket_id)
    small, large = sorted(ids.values(), key=len)
    assert small < large


def test_tickets_take_every_turn() -> None:
    statuses = changes("status")
    assert {("open", "inprogress"), ("inprogress", "closed"), ("closed", "open")} <= set(statuses)
    assert ("closed", "archived") in statuses
    assert any(old and new and old != new for old, new in changes("assignee"))
    assert any(old and not new for old, new in changes("assignee"))
    assert {(False, True), (True, False)} <= set(changes("is_deleted"))
    assert any(len(old) > len(new) for old, new in changes("ticket_labels"))
    assert any(len(old) < len(new) for old, new in changes("ticket_labels"))
    assert any(old and new for old, new in changes("ticket_custom_properties"))
    assert any(old and new for old, new in changes("due_date"))
    assert {len(new) for _, new in changes("due_date") if new} == {10, 22, 25}
    assert any(0 < old < new for old, new in changes("priority"))


def test_assignees_play_ping_pong() -> None:
    routes = [
        [e["data"]["ticket"]["assignee"] for e in life if "assignee" in declared(e)]
        for life in tickets().values()
    ]
    assert any(
        route[i] == route[i + 2] != route[i + 1] for route in routes for i in range(len(route) - 2)
    )


def test_reopening_clears_what_closing_set() -> None:
    reopened = [
        event["data"]["ticket"]
        for life in tickets().values()
        for event in life
        if declared(event).get("status") == "closed" and event["data"]["ticket"]["status"] == "open"
    ]
    assert reopened
    for ticket in reopened:
        assert ticket["closed_at"] is ticket["closed_by"] is ticket["closed_message"] is None


def test_month_ends_with_work_left() -> None:
    last = [life[-1]["data"]["ticket"] for life in tickets().values()]
    assert {"open", "inprogress", "closed", "archived"} == {ticket["status"] for ticket in last}
    left = [ticket for ticket in last if ticket["status"] in ("open", "inprogress")]
    assert any(ticket["assignee"] is None for ticket in left)
    assert any(ticket["due_date"] and ticket["due_date"][:10] < "2026-03-31" for ticket in left)


def test_all_kinds_of_events_occur() -> None:
    assert {event["event"] for event in export().events} == {
        "ticket.created", "ticket.updated", "ticket.deleted",
        "message.created", "message.updated", "message.deleted", "message.ack.updated",
        "message.flagged", "message.unflagged", "message.ticket.attached",
        "note.created", "reaction.created", "reaction.updated",
        "chat.created", "chat.custom_properties.updated", "chat.notification.created",
        "org.phone.qr", "org.phone.connected", "org.phone.disconnected", "org.phone.updated",
    }  # fmt: skip


def test_redelivered_file_holds_late_events_and_all_forms() -> None:
    others = {n: raw for n, raw in export().files.items() if "redelivered" not in n}
    rejected = {(name, number) for name, number, _ in export().broken}
    on_time = {
        identity(documented(line))
        for name, number, line in lines_of(others)
        if line and (name, number) not in rejected
    }
    forms: set[str] = set()
    late = 0
    redelivered = {n: raw for n, raw in export().files.items() if "redelivered" in n}
    for name, number, line in lines_of(redelivered):
        if not line or (name, number) in rejected:
            continue
        event, found = documented(line), json.loads(line)
        if identity(event) in on_time:
            continue
        late += event["timestamp"] < "2026-03-15"
        if "metadata" in found:
            forms.add("log row")
        elif "data" not in found:
            forms.add("flattened")
        elif isinstance(found["data"], str):
            forms.add("text data")
        else:
            forms.add("event" if "event" in found else "event_type")
    assert late > 0
    assert forms == {"event", "event_type", "flattened", "log row", "text data"}


@pytest.mark.parametrize(
    "what",
    [
        "truncated", "missing comma", "no timestamp", "plain text", "no ticket_id", "wrong type",
        "impossible date", "lone surrogate", "not an object", "no event name",
    ],
)  # fmt: skip
def test_every_kind_of_broken_line_occurs(what: str) -> None:
    assert what in {kind for _, _, kind in export().broken}


def test_export_stays_small() -> None:
    assert sum(len(content(name, raw)) for name, raw in export().files.items()) < 6_000_000
