"""The same change, told by a hook and the audit log or by two hooks: one change, no loss."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ticketledger
from tests.conftest import IS_NIGHTLY
from tests.twin import state
from tests.twin.events import Envelope

from .answers import exported

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICKET = {"ticket_id": "T", "chat_id": "c", "status": "open", "assignee": "ann"}
CLOSED = TICKET | {"status": "closed"}
BOB = {"assignee": "bob"}
Case = tuple[list[Envelope], tuple[int, int, int]]
"""Events of one ticket, and how many resolutions, reopens and gaps it has."""


def _at(milliseconds: float) -> str:
    return (NOON + timedelta(milliseconds=milliseconds)).isoformat()


def _hook(milliseconds: float, data: dict[str, Any], was: dict[str, Any] | None = None) -> Envelope:
    told: Envelope = {"event": "ticket.created" if was is None else "ticket.updated"}
    told |= {"timestamp": _at(milliseconds), "data": data}
    return told if was is None else told | {"previous_attributes": was}


def _audit(milliseconds: float, old: dict[str, Any], new: dict[str, Any]) -> Envelope:
    told = {"log_id": f"a{milliseconds}", "ticket_id": "T", "action": "UPDATE", "type": "ticket"}
    rest = {"performed_by": "zoe", "timestamp": _at(milliseconds)}
    return told | rest | {"old_record": old, "new_record": new}


OPENED = _hook(-3_600_000, TICKET)
CLOSING = _hook(0, CLOSED, {"status": "open"})
TWO = [OPENED, CLOSING, _hook(200, CLOSED | BOB, {"assignee": "ann"})]
SHUT = CLOSED | {"closed_at": _at(0)}
GONE = _hook(1_000, CLOSED | {"is_deleted": True}, {"is_deleted": False})
GONE["event"] = "ticket.deleted"
ONE_CHANGE = (1, 0, 0)

CASES: dict[str, Case] = {
    **{
        f"the audit log tells it {late} ms later": (
            [OPENED, CLOSING, _audit(late, TICKET, CLOSED)],
            ONE_CHANGE,
        )
        for late in (-500, 0, 1, 4_999)
    },
    "five seconds are too late": ([OPENED, CLOSING, _audit(5_001, TICKET, CLOSED)], (2, 1, 1)),
    **{
        f"two hooks say it in other words, {late} ms apart": (
            [
                OPENED,
                _hook(0, SHUT, {"status": "open"}),
                _hook(late, SHUT | {"subject": "x"}, {"status": "open", "closed_at": None}),
            ],
            ONE_CHANGE,
        )
        for late in (0, 3)
    },
    "another change lies between": (
        [
            *(OPENED, CLOSING, _hook(500, CLOSED | BOB, {"assignee": "ann"})),
            _audit(900, TICKET | BOB, CLOSED | BOB),
        ],
        ONE_CHANGE,
    ),
    "another contradiction speaks for a loss": (
        [OPENED, CLOSING, _hook(3_000, CLOSED | BOB, {"status": "open"})],
        (2, 1, 1),
    ),
    "an image ran ahead of it": (
        [
            *(OPENED, _hook(0, CLOSED | BOB, {"assignee": "ann"})),
            _audit(2_000, TICKET | BOB, CLOSED | BOB),
        ],
        ONE_CHANGE,
    ),
    **{
        f"two changes are told late, by {late} ms": (
            [*TWO, _audit(late, TICKET, CLOSED), _audit(late + 200, CLOSED, CLOSED | BOB)],
            ONE_CHANGE,
        )
        for late in (-400, 50, 1_000)
    },
    "it was deleted meanwhile": (
        [
            *(OPENED, CLOSING, GONE),
            _audit(2_000, TICKET | {"is_deleted": False}, CLOSED | {"is_deleted": False}),
        ],
        ONE_CHANGE,
    ),
    "it truly went back and forth": (
        [
            *(OPENED, CLOSING, _hook(500, TICKET, {"status": "closed"})),
            _hook(1_000, CLOSED, {"status": "open"}),
        ],
        (2, 1, 0),
    ),
}


def _of(org_id: str, told: Iterable[Envelope]) -> list[Envelope]:
    return [each | {"org_id": org_id} for each in told]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """Every case in an organisation of its own, called as the case."""
    told = [each for name, (events, _) in CASES.items() for each in _of(name, events)]
    return exported(tmp_path_factory.mktemp("cases"), told)


@pytest.mark.parametrize("case", CASES)
def test_changes_are_counted_once(ledger: ticketledger.Ledger, case: str) -> None:
    asked = "SELECT resolutions, reopens, gaps FROM ticket_metrics WHERE org_id = $case"
    assert ledger.sql(asked, {"case": case}).rows() == [CASES[case][1]]


def test_what_is_told_late_brings_back_nothing(ledger: ticketledger.Ledger) -> None:
    asked = "SELECT DISTINCT status, assignee, reassignments FROM ticket_metrics"
    told = ledger.sql(f"{asked} WHERE org_id LIKE 'two changes%'").rows()
    assert told == [("closed", "bob", 1)]
    asked = "SELECT is_deleted FROM tickets_all WHERE org_id LIKE '%deleted meanwhile'"
    assert ledger.sql(asked).rows() == [(True,)]


def test_reports_count_what_metrics_count(ledger: ticketledger.Ledger) -> None:
    rows = ledger.report("ticket_summary").to_dicts()
    assert {row["org_id"]: row["resolutions_events"] for row in rows if not row["deleted"]} == {
        name: counts[0] for name, (_, counts) in CASES.items() if "deleted" not in name
    }


# --- any history, told by one hook and by two -----------------------------------------------------

FIELDS: dict[str, list[object]] = {
    "status": ["open", "inprogress", "closed"],
    "assignee": ["ann", "bob", None],
    "priority": [0, 1, 2],
}
STEPS = st.tuples(
    st.sampled_from(sorted(FIELDS)), st.integers(0, 2), st.sampled_from((1, 300, 7_000))
)
STORY = st.tuples(
    st.lists(STEPS, min_size=1, max_size=6), st.sampled_from((0, 1, 400, 900)), st.booleans()
)


def _told(
    steps: list[tuple[str, int, int]], late: int, more: bool
) -> tuple[list[Envelope], list[Envelope]]:
    """Return what a hook tells, and what another, which knows more, tells later.

    No field changes again before both have told it.
    """
    now: dict[str, object] = TICKET | {"priority": 0}
    at, changed_at = 0, dict.fromkeys(FIELDS, -10_000)
    once, again = [_hook(-3_600_000, dict(now))], []
    for field, choice, pause in steps:
        at += pause
        new = FIELDS[field][choice]
        if new == now[field] or at - changed_at[field] <= 6_000:
            continue
        was, changed_at[field] = {field: now[field]}, at
        now = now | {field: new}
        once.append(_hook(at, dict(now), was))
        again.append(_hook(at + late, now | ({"subject": "x"} if more else {}), was))
    return once, again


@settings(max_examples=40 if IS_NIGHTLY else 2, deadline=None)
@given(stories=st.lists(STORY, min_size=5, max_size=15))
def test_two_hooks_tell_the_history_of_one(stories: list[Any]) -> None:
    """And the plain twin says the same."""
    told: list[Envelope] = []
    for number, story in enumerate(stories):
        once, again = _told(*story)
        told += _of(f"one {number}", once) + _of(f"two {number}", once + again)
    with TemporaryDirectory() as folder:
        ledger = exported(Path(folder), told)
        asked = f"SELECT org_id, {', '.join(FIELDS)} FROM ticket_history ORDER BY org_id, version"
        found = _steps(ledger.sql(asked).rows())
        assert ledger.sql("FROM ticket_gaps").is_empty()
    assert state.ticket_gaps(told) == []
    for number in range(len(stories)):
        assert found[f"two {number}"] == found[f"one {number}"]
    twin = [
        (row["org_id"], *(row[field] for field in FIELDS)) for row in state.ticket_history(told)
    ]
    assert _steps(sorted(twin, key=lambda row: row[0])) == found


def _steps(rows: list[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    """Return by organisation the states of its ticket that differ from the one before."""
    return {
        org_id: [key for key, _ in groupby(row[1:] for row in of_org)]
        for org_id, of_org in groupby(rows, lambda row: row[0])
    }
