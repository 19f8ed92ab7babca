"""Versions and past moments of a ticket, with what is only declared, rule by rule."""

from typing import Any

from .events import Envelope, event
from .examples import ABSENT, hour, micros, ticket, trusted_empties
from .fold import Row
from .state import ticket_history, tickets, tickets_all_at, tickets_at
from .values import canonical

MARK = {"last_updated_at": None}
"""Declares something, and nothing that is tracked."""


def versions(told: list[Envelope], *fields: str) -> list[tuple[Any, ...]]:
    """Return when each version of T-1 began, at the earliest and latest, why, and some fields."""
    rows = [row for row in ticket_history(told) if row["ticket_id"] == "T-1"]
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["valid_to"] for row in rows] == [row["valid_from"] for row in rows[1:]] + [None]
    began = ("valid_from", "valid_from_earliest", "valid_from_latest")
    return [
        (*(_hours(row[column]) for column in began), row["evidence"], *(row[f] for f in fields))
        for row in rows
    ]


def _hours(at: int | None) -> float | None:
    return None if at is None else (at - micros(0)) / 3_600_000_000


def then(told: list[Envelope], number: float) -> Row | None:
    """Return the row of T-1 at an hour, if it was there."""
    rows = [row for row in tickets_all_at(told, micros(number)) if row["ticket_id"] == "T-1"]
    return rows[0] if rows else None


def test_the_instant_of_an_event_bounds_what_it_tells_from_both_sides() -> None:
    told = [
        ticket("created", hour(9), {"status": "open"}),
        ticket("updated", hour(10), {"status": "closed"}, {"status": "open"}),
        ticket("snapshot", hour(11), {"status": "archived"}),
    ]
    assert versions(told, "status") == [
        (9, 9, 9, "image", "open"),
        (10, 10, 10, "both", "closed"),
        (11, 11, 11, "snapshot", "archived"),
    ]


def test_a_gap_makes_a_version_that_began_somewhere_in_it() -> None:
    told = [
        ticket("created", hour(9), {"status": "open", "assignee": None, "priority": 1}),
        ticket("updated", hour(11), {"status": "closed", "priority": 2}, {"status": "inprogress"}),
    ]
    assert versions(told, "status", "priority") == [
        (9, 9, 9, "image", "open", 1),
        (11, 9, 11, "declared", "inprogress", 2),
        (11, 11, 11, "both", "closed", 2),
    ]
    # It is nobody's state at any moment: the event ends it where it is first known.
    (before, after) = (then(told, 10.9), then(told, 11))
    assert before is not None
    assert after is not None
    assert (before["status"], before["priority"], before["event_count"]) == ("open", 1, 1)
    assert (after["status"], after["priority"], after["event_count"]) == ("closed", 2, 2)


def test_what_came_undeclared_is_declared_by_what_does_not_change_it() -> None:
    told = [
        ticket("created", hour(9), {"status": "open"}),
        ticket("updated", hour(11), {"status": "closed"}, MARK),
    ]
    assert versions(told, "status") == [
        (9, 9, 9, "image", "open"),
        (11, 9, 11, "declared", "closed"),  # the event's own state is the same: no version
    ]


def test_the_first_update_tells_the_state_since_the_creation() -> None:
    image = {"status": "closed", "subject": "s", "created_at": hour(7), "labels": "a"}
    told = [ticket("updated", hour(9), image, {"status": "open", "assignee": "dev"})]
    first, second = ticket_history(told)
    assert versions(told, "status", "assignee", "subject", "labels") == [
        (7, 7, 9, "declared", "open", None, "s", ["a"]),
        (9, 9, 9, "both", "closed", None, "s", ["a"]),
    ]
    assert first["event_id"] == second["event_id"] == event(told[0]).event_id
    assert first["is_deleted"] is False
    assert first["due_date"] is None


def test_a_field_that_is_declared_but_not_told_stays_unknown() -> None:
    told = [ticket("updated", hour(9), {"status": "closed"}, {"assignee": "dev"})]
    assert versions(told, "status", "assignee") == [(9, None, 9, "declared", "closed", None)]


def test_a_creation_that_is_unknown_or_not_before_bounds_nothing() -> None:
    for told_at in (ABSENT, None, "", hour(9), hour(10)):
        image = {} if told_at is ABSENT else {"created_at": told_at}
        told = [ticket("updated", hour(9), {"status": "closed", **image}, {"status": "open"})]
        assert versions(told, "status") == [
            (9, None, 9, "declared", "open"),
            (9, 9, 9, "both", "closed"),
        ]
    told = [
        ticket("updated", hour(9), {"created_at": hour(8)}, {"created_at": hour(7)}),
    ]
    assert [row[:4] for row in versions(told)] == [(7, 7, 9, "declared"), (9, 9, 9, "both")]


def test_only_a_first_event_that_can_be_verified_has_a_state_before_it() -> None:
    told = {"status": "closed", "created_at": hour(7)}
    for each in (
        ticket("created", hour(9), told, {"status": "open"}),
        ticket("updated", hour(9), told),
        ticket("updated", hour(9), told, None),
        ticket("updated", hour(9), told, {}),
        ticket("updated", hour(9), told, {"status": 5}),
        ticket("snapshot", hour(9), told),
    ):
        assert [row[:3] for row in versions([each])] == [(9, 9, 9)]
        assert then([each], 8) is None
    trusted = [ticket("updated", hour(9), told, {}), *trusted_empties()]
    assert versions(trusted, "status") == [(7, 7, 9, "declared", "closed")]


def test_before_a_deletion_a_ticket_was_not_deleted() -> None:
    image = {"created_at": hour(7)}
    told = [ticket("deleted", hour(9), image, MARK)]
    assert versions(told, "is_deleted") == [(7, 7, 9, "declared", False), (9, 9, 9, "both", True)]
    declared = [ticket("deleted", hour(9), image, {"is_deleted": True})]
    assert versions(declared, "is_deleted") == [(7, 7, 9, "declared", True)]


def test_with_hindsight_a_ticket_is_there_before_its_first_event() -> None:
    told = [
        ticket("updated", hour(9), {"status": "closed", "created_at": hour(7)}, {"status": "open"}),
        ticket("deleted", hour(10), {"status": "closed"}, {"is_deleted": False}),
    ]
    assert then(told, 6.9) is None
    row = then(told, 7)
    assert row == then(told, 8.9)
    assert row is not None
    assert (row["status"], row["is_deleted"], row["created_at"]) == ("open", False, micros(7))
    seen = ("first_event_at", "last_event_at", "last_event_id", "event_count", "deleted_at")
    assert [row[column] for column in seen] == [None, None, None, 0, None]
    row = then(told, 9)
    assert row is not None
    assert [row[column] for column in seen] == [
        *(micros(9), micros(9), event(told[0]).event_id, 1, None)
    ]
    row = then(told, 10)
    assert row is not None
    assert [row[column] for column in seen] == [
        *(micros(9), micros(10), event(told[1]).event_id, 2, micros(10))
    ]
    assert [len(tickets_at(told, micros(number))) for number in (6, 8, 9, 10)] == [0, 1, 1, 0]
    assert tickets(told) == []


def test_a_later_event_teaches_how_an_earlier_one_is_read() -> None:
    told = [ticket("updated", hour(9), {"status": "open", "created_at": hour(7)}, {})]
    assert then(told, 8) is None
    later = [
        ticket("updated", hour(20 + n), {"ticket_id": "T-2", "status": "open"}, {})
        for n in range(4)
    ]
    row = then([*told, *later], 8)
    assert row is not None
    assert row["status"] == "open"


def test_a_head_takes_custom_properties_apart_as_the_sender_declares_them() -> None:
    told = [
        ticket("updated", hour(9), {"custom_properties": {"a": 2, "b": 1}}, _properties({"a": 1})),
        ticket("updated", hour(10), {"custom_properties": {"a": 3, "b": 1}}, _properties({"a": 2})),
    ]
    maps = [canonical({"a": number, "b": 1}) for number in (1, 2, 3)]
    assert versions(told, "custom_properties") == [
        (9, None, 9, "declared", maps[0]),
        (9, 9, 9, "both", maps[1]),
        (10, 10, 10, "both", maps[2]),
    ]
    (whole, *_) = versions(told[:1], "custom_properties")  # without a link, as the whole map
    assert whole == (9, None, 9, "declared", canonical({"a": 1}))


def test_deleted_at_is_a_matter_of_events() -> None:
    told = [
        ticket("created", hour(9), {"is_deleted": False}),
        ticket("updated", hour(11), {"status": "open", "is_deleted": False}, {"is_deleted": True}),
        ticket("updated", hour(12), {"is_deleted": True}, MARK),
    ]
    assert versions(told, "is_deleted", "status") == [
        (9, 9, 9, "image", False, None),
        (11, 9, 11, "declared", True, None),
        (11, 11, 11, "both", False, "open"),
        (12, 11, 12, "declared", True, "open"),
    ]
    row = then(told, 12)
    assert row is not None
    assert row["deleted_at"] == micros(12)


def _properties(declared: dict[str, Any]) -> dict[str, Any]:
    return {"custom_properties": declared}
