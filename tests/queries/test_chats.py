"""Changes of chats, told as those of tickets are."""

from pathlib import Path
from typing import Any

from ..twin.events import Envelope
from ..twin.examples import ABSENT, hour
from ..twin.state import chat_changes
from .answers import assert_same, exported, rows


def _chat(name: str, at: float, data: dict[str, Any], previous: object = ABSENT) -> Envelope:
    """An event about the chat `c`."""
    data = {"chat_id": "c", **data}
    envelope = {"event": f"chat.{name}", "data": data, "org_id": "o", "timestamp": hour(at)}
    return envelope if previous is ABSENT else {**envelope, "previous_attributes": previous}


def _changes(folder: Path, told: list[Envelope]) -> list[tuple[Any, ...]]:
    """Return field, old and new value and evidence in order, once the twin tells the same."""
    ledger = exported(folder, told)
    found = rows(ledger.sql("FROM chat_changes ORDER BY changed_at, field", to="arrow"))
    assert_same(found, chat_changes(told), "chat_changes")
    return [tuple(row[c] for c in ("field", "old_value", "new_value", "evidence")) for row in found]


def test_the_first_deletion_of_a_chat_is_a_change(tmp_path: Path) -> None:
    told = [
        _chat("created", 9, {"chat_name": "A"}),
        _chat("updated", 10, {"is_deleted": True}),
        _chat("updated", 11, {"is_deleted": False}),
        _chat("updated", 12, {"is_deleted": True}, {"is_deleted": False}),
    ]
    assert _changes(tmp_path, told) == [
        ("is_deleted", False, True, "image"),
        ("is_deleted", True, False, "image"),
        ("is_deleted", False, True, "both"),
    ]


def test_old_properties_of_a_chat_are_told_whole_or_by_changed_keys(tmp_path: Path) -> None:
    changed = "custom_properties.updated"
    told = [_chat("created", 9, {"custom_properties": {"a": "1", "b": "2"}})]
    told += [
        _chat(changed, at, {"custom_properties": new}, {"custom_properties": old})
        for at, new, old in (
            (10, {"a": "9", "b": "2"}, {"a": "1"}),
            (11, {"a": "9"}, {"a": "9", "b": "2", "c": None}),
            (12, {"a": "9", "c": "3"}, {"c": None}),
            (13, {"a": "8", "c": "3"}, {"a": "1"}),  # it was 9
        )
    ]
    evidence = [change[-1] for change in _changes(tmp_path, told)]
    assert evidence == ["both", "both", "both", "image"]
