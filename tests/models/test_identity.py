"""The identity of events: equal when nothing but the spelling differs."""

from __future__ import annotations

import hashlib
import json

import pytest

from ticketledger.models.identity import audit_event_id, event_id

from ..ingest.made import SAMPLES, Json, accepted, dump, envelope

BASE = envelope(1, n=1, labels=["a"])


def _id(value: Json | bytes) -> str:
    return str(accepted(value)["event_id"])


@pytest.mark.parametrize(
    ("part", "spelling"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01 10:00:00+00"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000000+00:00"),
        ("2026-03-01T10:00:00Z", "2026-03-01T15:30:00+05:30"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"),
        ('"2026-03-01T10:00:00Z"', "1772359200"),
        ('"2026-03-01T10:00:00Z"', "1772359200000"),
        ('"2026-03-01T10:00:00Z"', '"1772359200000"'),
        ('"2026-03-01T10:00:00Z"', "1.7723592e9"),
        ('"n":1', '"n":1.0'),
        ('"n":1', '"n":10e-1'),
        ('"n":1', '"n":7,"n":1'),
        ('"open"', '"\\u006fpen"'),
        ('"ticket.updated"', '"TICKET.UPDATED"'),
        ('{"ticket_id":"T-1","status":"open"', '{ "status":\n"open" ,"ticket_id":"T-1"'),
    ],
)
def test_spelling_does_not_matter(part: str, spelling: str) -> None:
    text = dump(BASE)
    assert part.encode() in text
    assert _id(text.replace(part.encode(), spelling.encode())) == _id(BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "ticket.created"},
        {"org_id": "org-b"},
        {"timestamp": "2026-03-01T10:00:00.000001Z"},
        {"data": {**BASE["data"], "n": "1"}},
        {"data": {**BASE["data"], "n": True}},
        {"data": {**BASE["data"], "n": None}},
        {"data": {**BASE["data"], "labels": ["A"]}},
        {"data": {**BASE["data"], "unheard_of": 1}},
        {"data": {key: value for key, value in BASE["data"].items() if key != "n"}},
        {"previous_attributes": {"status": None}},
        {"previous_attributes": {}},
        {"previous_attributes": None},
    ],
)
def test_every_part_matters(change: Json) -> None:
    assert _id({**BASE, **change}) != _id(BASE)


def test_what_the_recorder_adds_does_not_matter() -> None:
    assert _id({**BASE, "received_at": "2026-03-02", "attempt": 2}) == _id(BASE)


def test_anything_that_has_md5_can_recompute_the_identity() -> None:
    row = accepted(BASE)
    at = 1_772_359_200_000_000
    text = f'["ticket.updated","org-a",{at},{row["data"]},{row["previous_attributes"]}]'
    assert row["event_id"] == hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_parts_cannot_be_pushed_into_each_other() -> None:
    ids = {
        event_id("a", 'b","c', 0, "{}", None),
        event_id('a","b', "c", 0, "{}", None),
        event_id("a", "b", 0, "{},{}", None) + "?",
        event_id("a", "b", 0, "{}", "{}"),
        event_id("a", "b", 0, "{}", "null"),
        event_id("a", "b", 0, "{}", None),
        audit_event_id("a", "b"),
        audit_event_id("b", "a"),
    }
    assert len(ids) == 8


def test_all_samples_but_the_one_repeated_are_different_events() -> None:
    ids = [_id(text) for number, text in enumerate(SAMPLES, 1) if number != 3]
    assert len(set(ids)) == len(ids) - 1
    assert ids[20 - 2] == ids[21 - 2]


@pytest.mark.parametrize("number", [number for number in range(1, 70) if number != 3])
def test_a_sample_written_anew_is_the_same_event(number: int) -> None:
    value = json.loads(SAMPLES[number - 1])
    anew = json.dumps(dict(reversed(value.items())), indent=1, sort_keys=number % 2 == 0)
    assert _id(anew.encode()) == _id(SAMPLES[number - 1])
