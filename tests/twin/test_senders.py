"""What is learned of a sender, rule by rule."""

from typing import Any

from .events import Envelope
from .examples import hour, life, ticket, trusted_empties
from .senders import Sender
from .tickets import senders

Step = tuple[dict[str, Any], object]
OPEN: dict[str, Any] = {"status": "open"}
CLOSED: dict[str, Any] = {"status": "closed"}


def learned(told: list[Envelope]) -> Sender:
    (sender,) = senders(told).values()
    return sender


def test_nothing_is_learned_without_links() -> None:
    assert learned([ticket("created", hour(1), OPEN, {})]) == Sender(unreported=frozenset())
    assert senders([{**ticket("created", hour(1), {}), "event": "chat.created"}]) == {}


def test_three_empties_that_change_nothing_are_trusted() -> None:
    assert learned(trusted_empties()).trusts_empty
    assert not learned(trusted_empties()[1:]).trusts_empty


def test_one_empty_in_ten_may_change_something() -> None:
    nine: list[Step] = [({}, {}), *[(OPEN, {})] * 9]
    assert learned(life("T-1", *nine, (CLOSED, {}))).trusts_empty  # 1 of 10
    assert not learned(life("T-1", *nine[:-1], (CLOSED, {}))).trusts_empty  # 1 of 9


def test_creations_deletions_snapshots_and_ties_teach_nothing_of_empties() -> None:
    told = trusted_empties()
    assert not learned([*told[:2], *_as("created", told[2:])]).trusts_empty
    assert not learned([*told[:2], *_as("deleted", told[2:])]).trusts_empty
    assert not learned([*told[:2], *_as("snapshot", told[2:])]).trusts_empty
    tie = ticket("updated", hour(4), {"ticket_id": "T-9", "subject": "s"}, {})
    assert not learned([*told, tie]).trusts_empty
    elsewhere = ticket("updated", hour(4), OPEN, {})
    assert learned([*told, elsewhere]).trusts_empty


def test_a_deletion_undone_is_no_change_at_an_empty() -> None:
    steps: list[Step] = [({"is_deleted": each}, {}) for each in (True, False, True, False)]
    assert learned(life("T-1", *steps)).trusts_empty


def test_a_snapshot_may_be_the_former_of_a_link() -> None:
    told = trusted_empties()
    assert learned([*_as("snapshot", told[:1]), *told[1:]]).trusts_empty


def test_custom_properties_are_read_the_way_that_fits_more_often() -> None:
    one, two, three = {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 2, "b": 1, "c": 1}
    first = ({"custom_properties": one}, None)
    by_keys = ({"custom_properties": two}, {"custom_properties": {"a": 1}})
    either = ({"custom_properties": two}, {"custom_properties": one})
    whole = ({"custom_properties": three}, {"custom_properties": two})
    assert learned(life("T-1", first, by_keys)).reads_keys
    assert not learned(life("T-1", first, either)).reads_keys
    assert learned([*life("T-1", first, by_keys), *life("T-2", first, either)]).reads_keys
    assert not learned(life("T-1", first, by_keys, whole)).reads_keys  # one each
    assert not learned(life("T-1", ({}, None), by_keys)).reads_keys  # not counted


def test_a_key_that_is_null_counts_as_absent() -> None:
    old, new = {"a": 1, "b": None}, {"a": 1, "b": 2, "c": 3}
    told = life(
        "T-1",
        ({"custom_properties": old}, None),
        ({"custom_properties": new}, {"custom_properties": {"b": None, "c": None}}),
    )
    assert learned(told).reads_keys


def test_a_field_that_moved_three_times_undeclared_is_unreported() -> None:
    steps: list[Step] = [
        ({"assignee": name, "status": "open"}, {"last_updated_by": "lena"}) for name in "abcd"
    ]
    assert learned(life("T-1", *steps)).unreported == {"assignee"}
    assert learned(life("T-1", *steps[1:])).unreported == frozenset()  # only twice
    declared = [(image, {"assignee": "wrong"}) for image, _ in steps]
    assert learned(life("T-1", *declared)).unreported == {"assignee"}  # declared, and never right


def test_a_field_declared_once_in_ten_moves_is_still_unreported() -> None:
    names: list[Step] = [({"assignee": name}, {"response_time": 1.5}) for name in "abcdefghij"]
    right = ({"assignee": "k"}, {"assignee": "j"})
    again = ({"assignee": "k"}, {"assignee": "k"})
    assert learned(life("T-1", *names, right)).unreported == {"assignee"}  # 9 of 10
    assert learned(life("T-1", *names, right, again)).unreported == frozenset()  # 9 of 11


def test_events_that_declare_nothing_readable_teach_nothing_of_fields() -> None:
    for previous in ({}, None, {"last_updated_at": True}, {"unheard_of": 1}):
        steps: list[Step] = [({"assignee": name}, previous) for name in "abcd"]
        assert learned(life("T-1", *steps)).unreported == frozenset()


def test_being_deleted_by_a_deletion_is_reported() -> None:
    told = []
    for number in range(3):
        told += life(f"T-{number}", ({"is_deleted": False}, None))
        told += _as("deleted", life(f"T-{number}", ({}, {"response_time": 1}), first=2))
    assert learned(told).unreported == frozenset()
    told = [*life("T-0", *[({"is_deleted": n % 2 == 0}, {"response_time": n}) for n in range(4)])]
    assert learned(told).unreported == {"is_deleted"}


def _as(event: str, told: list[Envelope]) -> list[Envelope]:
    return [{**envelope, "event": f"ticket.{event}"} for envelope in told]
