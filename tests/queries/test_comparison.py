"""Observed tickets against a ledger: the SQL and the plain twin find the same."""

from __future__ import annotations

import json
import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from ticketledger.ingest import find, observe
from ticketledger.models.errors import BadParameter
from ticketledger.models.store import open_store
from ticketledger.queries import compare_observed, statements

from ..strategies import (
    MOMENTS,
    SPELLINGS,
    lifecycles,
    splittings,
    streams,
    with_ledgers,
    write_files,
)
from ..twin import comparison, examples, sightings
from ..twin.comparison import Change, Sight, plain
from ..twin.events import Envelope
from ..twin.examples import hour, micros
from ..twin.fold import Row
from ..twin.images import TICKET, Image, read
from ..twin.values import EPOCH, instant
from .answers import assert_same, ingested, rows

STATEMENT = statements("comparisons")["observed_tickets"]
Json = dict[str, Any]


def test_declared_parameters_are_those_of_the_query() -> None:
    (statement,) = duckdb.extract_statements(STATEMENT.sql)
    assert set(statement.named_parameters) == set(STATEMENT.params)


def test_declared_columns_are_those_of_the_answer(samples: ticketledger.Ledger) -> None:
    made = samples.compare(observe(find([])))
    assert made.compared.types == {name: told.type for name, told in STATEMENT.columns.items()}
    assert made.rows.num_rows == 0


@pytest.mark.parametrize("tolerance_s", [-1, 1e9, float("nan")])
def test_a_tolerance_that_is_none_is_refused(
    samples: ticketledger.Ledger, tolerance_s: float
) -> None:
    observed = observe(find([])).rows
    with pytest.raises(BadParameter, match="is no tolerance"):
        compare_observed(open_store(samples.root), observed, tolerance_s=tolerance_s)


@with_ledgers(each=3)
@given(
    st.one_of(streams(), lifecycles()),
    splittings,
    st.sampled_from((None, *MOMENTS)),
    st.booleans(),
    st.sampled_from((0, 1_000, 5_000_000)),
)
def test_snapshots_and_audit_rows_differ_as_the_plain_comparison_says(
    stream: list[Envelope], seed: int, given_at: int | None, complete: bool, tolerance: int
) -> None:
    """Some of the stream is loaded; what all of it says is observed, as snapshots or audit rows."""
    chance = random.Random(seed)
    loaded = [envelope for envelope in stream if chance.random() < 0.7]
    unlisted = chance.choice(["T-1", "T-2", "T-3"])
    objects = [_object(each, chance) for each in stream if _is_ticket(each)]
    objects = [each for each in objects if each.get("ticket", each)["ticket_id"] != unlisted]
    audit_rows = [_audit_row(each, chance) for each in stream if _has_audit_row(each)]
    _agreed(loaded, objects, audit_rows, given_at, complete, tolerance, seed)


def _agreed(
    loaded: list[Envelope],
    objects: list[Json],
    audit_rows: list[Json],
    given_at: int | None = None,
    complete: bool = False,
    tolerance: int = 5_000_000,
    seed: int = 0,
) -> list[Row]:
    """Return the rows that both find."""
    expected = comparison.differences(
        loaded,
        [_sight(each, given_at) for each in objects],
        [_change(each) for each in audit_rows],
        is_given=given_at is not None,
        complete=complete,
        tolerance=tolerance,
    )
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), loaded, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        (Path(folder) / "seen.json").write_text(json.dumps([*objects, *audit_rows]))
        made = ledger.reconcile(
            Path(folder) / "seen.json",
            observed_at=_moment(given_at),
            complete=complete,
            tolerance_s=tolerance / 1e6,
        )
    assert made.observation.rejected == 0
    assert_same(rows(made.rows), expected, "reconcile")
    return rows(made.rows)


UNSEEN = [
    examples.ticket(
        "updated",
        hour(10),
        {"status": "closed", "priority": 1, "created_at": hour(8)},
        {"status": "open"},
    ),
    examples.ticket(
        "updated", hour(10), {"ticket_id": "T-2", "status": "closed"}, {"status": "open"}
    ),
]
"""Both were open before their first event; of one it is told since when it is there."""


def test_what_the_first_event_tells_even_of_before_is_known_from_its_instant_on() -> None:
    """What it tells of before may have become so at any moment until then: no change is known."""
    opened = ({"status": "open"}, {"status": "inprogress"})
    seen = [
        examples.ticket("updated", hour(10), *opened),
        examples.ticket("updated", hour(10), {"priority": 1}, {"priority": 0}),
        examples.ticket("created", hour(10), {"status": "open"}),
        examples.ticket("updated", hour(8), *opened),
        examples.ticket("created", hour(8), {"status": "open"}),
        examples.ticket("updated", hour(8), {"ticket_id": "T-2", **opened[0]}, opened[1]),
    ]
    chance = random.Random(0)
    found = _agreed(UNSEEN, [], [_audit_row(each, chance) for each in seen])
    columns = ("ticket_id", "field", "ledger_value", "observed_value", "observed_at")
    assert all(row["finding"] == "unknown_change" for row in found)
    assert [tuple(row[name] for name in columns) for row in found] == [
        ("T-1", None, None, None, micros(8)),
        ("T-1", "status", "open", "open", micros(8)),
        ("T-2", "status", None, "open", micros(8)),
    ]


def test_a_ticket_that_was_there_before_its_first_event_is_missing_in_a_list_of_then() -> None:
    listed = {"org_id": "o", "ticket_id": "T-3", "last_updated_at": hour(9)}
    found = _agreed(UNSEEN, [listed], [], complete=True)
    assert [(row["ticket_id"], row["finding"]) for row in found] == [
        ("T-1", "missing_in_snapshot"),
        ("T-3", "missing_in_ledger"),
    ]


def test_the_last_event_is_no_snapshot() -> None:
    read = {**UNSEEN[0], "event": "ticket.snapshot", "timestamp": hour(11)}
    read["data"] = {**read["data"], "org_id": "o", "last_updated_at": hour(11)}
    del read["previous_attributes"]
    changed = _audit_row(
        examples.ticket("updated", hour(12), {"priority": 4}, {"priority": 3}), random.Random(0)
    )
    assert [row["last_event_at"] for row in _agreed([*UNSEEN, read], [], [changed])] == [micros(10)]


def _is_ticket(envelope: Envelope) -> bool:
    return envelope["event"] in sightings.TICKET_EVENTS


def _object(envelope: Envelope, chance: random.Random) -> Json:
    """The ticket an event tells of, as the REST API would give it."""
    told = dict(envelope["data"])
    inner = told["ticket"] = dict(told["ticket"]) if "ticket" in told else None
    if inner is None:
        del told["ticket"]
    at = instant(envelope["timestamp"])
    assert at is not None
    if chance.random() < 0.7:
        (told if inner is None else inner)["last_updated_at"] = chance.choice(SPELLINGS)(at)
    return {"org_id": envelope["org_id"], **told}


def _sight(value: Json, given_at: int | None) -> Sight:
    ticket = value.get("ticket", value)
    image = read(TICKET, ticket)
    chat = value.get("chat") if "ticket" in value else None
    if chat and chat.get("chat_id"):
        image["chat_id"] = chat["chat_id"]
    own = instant(ticket.get("last_updated_at"))
    return Sight(value["org_id"], ticket["ticket_id"], image, own if given_at is None else given_at)


def _has_audit_row(envelope: Envelope) -> bool:
    """The log knows plain rows only."""
    old = envelope.get("previous_attributes") or {}
    return _is_ticket(envelope) and not {"ticket", "chat"} & {*envelope["data"], *old}


def _audit_row(envelope: Envelope, chance: random.Random) -> Json:
    """The row of the audit log that goes with an event."""
    new, old = envelope["data"], envelope.get("previous_attributes")
    kind = envelope["event"].removeprefix("ticket.")
    return {
        "log_id": chance.randrange(10**9),
        "org_id": envelope["org_id"],
        "ticket_id": new["ticket_id"],
        "action": "update",
        "type": "ticket",
        "performed_by": None,
        "old_record": None if kind == "created" else {**new, **(old or {})},
        "new_record": None if kind == "deleted" else new,
        "timestamp": envelope["timestamp"],
    }


def _change(row: Json) -> Change:
    at = instant(row["timestamp"])
    assert at is not None
    return Change(
        row["org_id"], row["ticket_id"], _changed(row["old_record"], row["new_record"]), at
    )


def _changed(old: Json | None, new: Json | None) -> Image | None:
    if new is None:
        return {"is_deleted": True}
    if old is None:
        return None
    changed = {name: value for name, value in old.items() if new.get(name, ...) != value}
    before, after = read(TICKET, changed, leniently=True), read(TICKET, new)
    both = before.keys() & after.keys()
    return {name: after[name] for name in both if plain(before[name]) != plain(after[name])}


def _moment(at: int | None) -> datetime | None:
    return None if at is None else EPOCH + timedelta(microseconds=at)
