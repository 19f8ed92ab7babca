"""Gaps and changes of a ticket whose events do not follow from each other, rule by rule."""

from itertools import pairwise
from typing import Any

from .events import Envelope, event
from .examples import ABSENT, NINE, TEN, hour, life, micros, ticket, trusted_empties
from .fold import Row
from .state import ticket_changes, ticket_gaps
from .values import canonical

MARK = {"last_updated_at": None}
"""Declares something, and nothing that is tracked."""


REPORTED = life("T-7", ({"assignee": "a"}, None), ({"assignee": "b"}, {"assignee": "a"}))
"""So that a field which breaks three times is not taken for an unreported one."""


def story(*steps: tuple[dict[str, Any], object]) -> list[Envelope]:
    """The creation of T-1 at nine, then an update each hour."""
    (image, previous), *updates = steps
    return [
        ticket("created", hour(9), image, previous),
        *[ticket("updated", hour(10 + n), *step) for n, step in enumerate(updates)],
    ]


def gaps(told: list[Envelope]) -> list[tuple[float, float, Row, Row]]:
    """Return the hours around each gap of T-1, and what was recorded and declared."""
    rows = [row for row in ticket_gaps(told) if row["ticket_id"] == "T-1"]
    for row in rows:
        assert row["fields"] == sorted(row["recorded_values"]) == sorted(row["declared_values"])
    return [
        (
            _hours(row["gap_after"]),
            _hours(row["gap_before"]),
            row["recorded_values"],
            row["declared_values"],
        )
        for row in sorted(rows, key=lambda row: row["gap_before"])
    ]


def changes(told: list[Envelope], field: str) -> list[tuple[float | None, float, Any, Any, str]]:
    """Return the changes of a field of T-1: after and at which hour, old, new and evidence."""
    return [
        (
            None if row["changed_after"] is None else _hours(row["changed_after"]),
            _hours(row["changed_at"]),
            *(row[column] for column in ("old_value", "new_value", "evidence")),
        )
        for row in ticket_changes(told)
        if (row["ticket_id"], row["field"]) == ("T-1", field)
    ]


def _hours(at: int) -> float:
    return (at - micros(0)) / 3_600_000_000


def test_a_declared_value_that_was_not_recorded_shows_a_gap() -> None:
    told = story(({"status": "open"}, ABSENT), ({"status": "closed"}, {"status": "inprogress"}))
    assert ticket_gaps(told) == [
        {
            "org_id": "o",
            "ticket_id": "T-1",
            "gap_after": micros(9),
            "gap_before": micros(10),
            "former_event_id": event(told[0]).event_id,
            "event_id": event(told[1]).event_id,
            "fields": ["status"],
            "recorded_values": {"status": "open"},
            "declared_values": {"status": "inprogress"},
        }
    ]
    assert changes(told, "status") == [
        (9, 10, "open", "inprogress", "declared"),
        (None, 10, "inprogress", "closed", "both"),
    ]


def test_a_field_that_moved_undeclared_shows_a_gap() -> None:
    told = story(
        ({"status": "open", "priority": 1}, ABSENT),
        ({"status": "closed", "priority": 2}, {"status": "open"}),
    )
    assert gaps(told) == [(9, 10, {"priority": 1}, {"priority": 2})]
    assert changes(told, "priority") == [(9, 10, 1, 2, "declared")]
    assert changes(told, "status") == [(None, 10, "open", "closed", "both")]


def test_what_a_declared_field_came_back_to_is_two_changes() -> None:
    told = story(({"status": "open"}, ABSENT), ({"status": "open"}, {"status": "closed"}))
    assert gaps(told) == [(9, 10, {"status": "open"}, {"status": "closed"})]
    assert changes(told, "status") == [
        (9, 10, "open", "closed", "declared"),
        (None, 10, "closed", "open", "both"),
    ]


def test_a_field_declared_but_not_in_the_image_contradicts_nothing() -> None:
    told = story(({"assignee": "lena"}, ABSENT), ({}, {"assignee": "dev"}))
    assert gaps(told) == []
    assert changes(told, "assignee") == []


def test_a_field_never_mentioned_before_makes_no_gap() -> None:
    told = story(
        ({}, ABSENT), ({"status": "open", "assignee": "dev"}, {"status": "closed", "subject": "s"})
    )
    assert gaps(told) == []
    assert changes(told, "status") == [(None, 10, "closed", "open", "declared")]
    assert changes(told, "assignee") == changes(told, "subject") == []


def test_a_cleared_field_is_a_value_like_any_other() -> None:
    told = story(
        ({"assignee": "lena", "labels": "a"}, ABSENT),
        ({"assignee": "dev", "labels": "b"}, {"assignee": None, "labels": None}),
        ({"assignee": None, "labels": []}, MARK),
    )
    assert gaps(told) == [
        (9, 10, {"assignee": "lena", "labels": ["a"]}, {"assignee": None, "labels": []}),
        (10, 11, {"assignee": "dev", "labels": ["b"]}, {"assignee": None, "labels": []}),
    ]
    assert changes(told, "assignee") == [
        (9, 10, "lena", None, "declared"),
        (None, 10, None, "dev", "both"),
        (10, 11, "dev", None, "declared"),
    ]


def test_events_that_declare_nothing_readable_are_not_held_against_the_state() -> None:
    for previous in (ABSENT, None, {}, {"status": 5}, {"unheard_of": 1}):
        told = story(({"status": "open"}, ABSENT), ({"status": "closed"}, previous))
        assert gaps(told) == []
        assert changes(told, "status") == [(None, 10, "open", "closed", "image")]


def test_a_column_that_is_not_tracked_makes_an_event_verifiable() -> None:
    for previous in (MARK, {"last_updated_by": "x"}, {"response_time": 2}):
        told = story(({"status": "open"}, ABSENT), ({"status": "closed"}, previous))
        assert gaps(told) == [(9, 10, {"status": "open"}, {"status": "closed"})]
        assert changes(told, "status") == [(9, 10, "open", "closed", "declared")]


def test_a_trusted_empty_says_that_the_state_is_as_before() -> None:
    told = story(({"status": "open"}, ABSENT), ({"status": "closed"}, {}))
    quiet = life("T-8", *[({}, {})] * 7)  # links enough for the empty at ten to be one in ten
    assert gaps([*told, *trusted_empties()]) == []  # one of four
    assert gaps([*told, *trusted_empties(), *quiet]) == [
        (9, 10, {"status": "open"}, {"status": "closed"})
    ]


def test_a_snapshot_is_no_witness_of_the_state_before_it() -> None:
    told = story(({"status": "open"}, ABSENT))
    told += [ticket("snapshot", hour(10), {"status": "closed"})]
    told += [ticket("updated", hour(11), {"status": "open"}, {"status": "inprogress"})]
    assert gaps(told) == [(10, 11, {"status": "closed"}, {"status": "inprogress"})]
    assert changes(told, "status") == [
        (None, 10, "open", "closed", "image"),
        (10, 11, "closed", "inprogress", "declared"),
        (None, 11, "inprogress", "open", "both"),
    ]


def test_an_unreported_field_raises_no_alarm_unless_it_is_declared() -> None:
    names = [({"ticket_id": "T-9", "assignee": name}, MARK) for name in "abcdefghijkl"]
    lesson = life("T-9", *names)
    told = story(({"assignee": "lena"}, ABSENT), ({"assignee": "dev"}, MARK))
    assert gaps([*told, *lesson]) == []
    assert changes([*told, *lesson], "assignee") == [(None, 10, "lena", "dev", "image")]
    told = story(({"assignee": "lena"}, ABSENT), ({"assignee": "dev"}, {"assignee": "omar"}))
    assert gaps([*told, *lesson]) == [(9, 10, {"assignee": "lena"}, {"assignee": "omar"})]


def test_a_deletion_needs_not_declare_that_it_deletes() -> None:
    told = story(({"is_deleted": False}, ABSENT))
    assert gaps([*told, ticket("deleted", hour(10), {}, MARK)]) == []
    told = story(({"is_deleted": True}, ABSENT))
    assert gaps([*told, ticket("deleted", hour(10), {}, MARK)]) == []
    assert gaps([*told, ticket("deleted", hour(10), {}, {"is_deleted": False})]) == [
        (9, 10, {"is_deleted": True}, {"is_deleted": False})
    ]
    assert gaps([*told, ticket("updated", hour(10), {"is_deleted": False}, MARK)]) == [
        (9, 10, {"is_deleted": True}, {"is_deleted": False})
    ]


def test_custom_properties_fit_if_one_reading_fits() -> None:
    old, new = {"a": 1, "b": 1}, {"a": 2, "b": 1, "c": None}
    for declared in ({"a": 1}, {"a": 1, "c": 2}, old, {**old, "x": None}):
        told = story(({"custom_properties": old}, ABSENT))
        told += [ticket("updated", hour(10), {"custom_properties": new}, _properties(declared))]
        broken = declared == {"a": 1, "c": 2}
        assert [bool(gaps(told))] == [broken]
        evidence = [row[-1] for row in changes(told, "custom_properties")]
        assert evidence == (["declared", "both"] if broken else ["both"])


def test_broken_custom_properties_are_claimed_as_the_sender_declares_them() -> None:
    lesson = life(
        "T-9",
        ({"custom_properties": {"a": 1, "b": 1}}, None),
        ({"custom_properties": {"a": 2, "b": 1}}, _properties({"a": 1})),
    )
    told = story(
        ({"custom_properties": {"a": 1, "b": 1}}, ABSENT),
        ({"custom_properties": {"b": 1, "d": 1}}, _properties({"a": 9, "d": None})),
    )
    recorded, now = canonical({"a": 1, "b": 1}), canonical({"b": 1, "d": 1})
    for others, reading in (([], {"a": 9, "d": None}), (lesson, {"a": 9, "b": 1})):
        claimed = canonical(reading)
        assert gaps([*told, *others]) == [
            (9, 10, {"custom_properties": recorded}, {"custom_properties": claimed})
        ]
        assert changes([*told, *others], "custom_properties") == [
            (9, 10, recorded, claimed, "declared"),
            (None, 10, claimed, now, "both"),
        ]


def test_custom_properties_that_were_none_before_all_keys_were_added() -> None:
    lesson = life(
        "T-9",
        ({"custom_properties": {"a": 1, "b": 1}}, None),
        ({"custom_properties": {"a": 2, "b": 1}}, _properties({"a": 1})),
    )
    told = [
        ticket("updated", hour(9), {"custom_properties": {"a": 1}}, _properties({"a": None})),
    ]
    assert changes([*told, *lesson], "custom_properties") == [
        (None, 9, None, canonical({"a": 1}), "declared")
    ]


def soon(*steps: tuple[dict[str, Any], object], seconds: int = 1) -> list[Envelope]:
    """The creation of T-1 at nine, then updates from ten on, so many seconds apart."""
    (image, previous), *updates = steps
    return [
        ticket("created", hour(9), image, previous),
        *[
            ticket("updated", f"2026-03-01T10:0{n * seconds // 60}:{n * seconds % 60:02}Z", *step)
            for n, step in enumerate(updates)
        ],
    ]


def lost(told: list[Envelope]) -> list[tuple[Row, Row]]:
    return [gap[2:] for gap in gaps(told)]


AHEAD: list[tuple[dict[str, Any], object]] = [
    ({"status": "open", "assignee": None, "priority": 1}, ABSENT),
    ({"status": "closed", "assignee": "dev", "priority": 1}, {"status": "open"}),
    ({"status": "closed", "assignee": "dev", "priority": 2}, {"priority": 1}),
    ({"status": "closed", "assignee": "dev", "priority": 2}, {"assignee": None}),
]


def test_an_image_that_runs_ahead_of_its_change_is_no_gap() -> None:
    told = soon(*AHEAD)
    assert gaps(told) == []
    assert [row[2:] for row in changes(told, "assignee")] == [(None, "dev", "image")]
    assert lost(told[:3]) == [({"assignee": None}, {"assignee": "dev"})]


def test_an_image_runs_ahead_by_a_minute_at_most() -> None:
    assert gaps(soon(*AHEAD, seconds=30)) == []
    assert len(gaps(soon(*AHEAD, seconds=31))) == 2


def test_a_snapshot_that_runs_ahead_of_its_event_is_no_gap() -> None:
    shown = {"ticket_id": "T-1", "status": "closed", "last_updated_at": "2026-03-01T09:59:59Z"}
    told = soon(({"status": "open"}, ABSENT), ({"status": "closed"}, {"status": "open"}))
    snapshot = {**ticket("snapshot", "2026-03-01T09:59:59Z", shown), "previous_attributes": None}
    assert gaps([*told, snapshot]) == []


def test_an_early_image_excuses_one_later_event() -> None:
    told = soon(
        ({"assignee": None}, ABSENT),
        ({"assignee": "dev"}, MARK),
        ({"assignee": "dev"}, {"assignee": None}),
        ({"assignee": "dev"}, {"assignee": None}),
        seconds=20,
    )
    told += REPORTED
    assert lost(told) == [({"assignee": "dev"}, {"assignee": None})]
    assert [row[2:] for row in changes(told, "assignee")] == [
        (None, "dev", "image"),
        ("dev", None, "declared"),
        (None, "dev", "both"),
    ]


def test_an_early_image_needs_the_same_change_to_be_declared() -> None:
    first, early = ({"assignee": None}, ABSENT), ({"assignee": "dev"}, MARK)
    later: list[tuple[dict[str, Any], object]] = [
        ({"assignee": "omar"}, {"assignee": None}),  # another new value
        ({"assignee": "dev"}, {"assignee": "omar"}),  # another old value
        ({"assignee": None}, MARK),  # undeclared
    ]
    for each in later:
        assert [gap[:2] for gap in gaps(story(first, early, each))] == [(9, 10), (10, 11)]
    between = ({"assignee": "omar"}, {"assignee": "kim"})  # a break of the field in between
    told = story(first, early, between, ({"assignee": "dev"}, {"assignee": None}))
    assert [gap[:2] for gap in gaps([*told, *REPORTED])] == [(9, 10), (10, 11), (11, 12)]


def test_events_of_one_instant_are_compared_in_the_order_of_their_links() -> None:
    states = ["open", "inprogress", "closed", "archived"]
    told = story(({"status": "open"}, ABSENT))
    for old, new in pairwise(states):
        told += [ticket("updated", hour(10), {"status": new}, {"status": old})]
    assert gaps(told) == []
    assert [row[2:] for row in changes(told, "status")] == [
        (old, new, "both") for old, new in pairwise(states)
    ]


def test_a_circuit_of_one_instant_begins_where_the_events_before_it_end() -> None:
    steps = [("a", "b"), ("b", "c"), ("c", "a")]
    for first, (begin, _) in enumerate(steps):
        told = story(({"status": begin}, ABSENT))
        told += [ticket("updated", hour(10), {"status": e}, {"status": b}) for b, e in steps]
        assert gaps(told) == []
        expected = [*steps[first:], *steps[:first]]
        assert [row[2:4] for row in changes(told, "status")] == expected


def test_a_change_told_twice_within_seconds_is_no_gap() -> None:
    change = ({"status": "closed"}, {"status": "open"})
    told = [
        ticket("updated", NINE, {"status": "open"}, ABSENT),
        ticket("updated", TEN, *change),
        ticket("updated", TEN.replace(":00Z", ":05Z"), *change),
    ]
    assert gaps(told) == []
    told[2] = ticket("updated", TEN.replace(":00Z", ":06Z"), *change)
    assert len(gaps(told)) == 1


def test_added_properties_may_stay_undeclared_where_senders_leave_them_out() -> None:
    told = story(
        (_properties({"a": "1"}), ABSENT),
        (_properties({"a": "2", "b": "1"}), _properties({"a": "1"})),
    )
    assert gaps(told) == []


def _properties(properties: dict[str, Any]) -> dict[str, Any]:
    return {"custom_properties": properties}


def test_a_deletion_is_a_change_though_nobody_spoke_of_it_before() -> None:
    told = [
        ticket("created", hour(9), {"status": "open"}),
        ticket("deleted", hour(10), {}),
        ticket("updated", hour(11), {"is_deleted": False}, {"is_deleted": True}),
    ]
    assert changes(told, "is_deleted") == [
        (None, 10, False, True, "image"),
        (None, 11, True, False, "both"),
    ]
    assert gaps([told[0], told[2]]) == [(9, 11, {"is_deleted": False}, {"is_deleted": True})]
