"""The twin against cases worked out by hand, so that the second truth is checked itself."""

from .events import distinct
from .examples import ELEVEN, NINE, TEN, ticket
from .state import (
    chat_changes,
    chat_members,
    chats_all,
    messages,
    ticket_changes,
    ticket_history,
    tickets,
    tickets_all,
    tickets_at,
)
from .values import instant, labels, small_number


def test_every_spelling_of_an_instant_is_the_same_instant() -> None:
    spellings = [
        "2026-03-01T09:00:00Z",
        "2026-03-01 09:00:00+00",
        "2026-03-01T14:30:00+0530",
        "2026-03-01T14:30:00.000000999+05:30",
        "2026-03-01T09:00:00",
        1_772_355_600,
        "1772355600",
        1_772_355_600_000,
        "1772355600000",
    ]
    assert {instant(spelling) for spelling in spellings} == {1_772_355_600_000_000}
    assert instant("2026-03-01") == 1_772_323_200_000_000
    assert instant("") is None


def test_labels_are_a_set_of_folded_names() -> None:
    assert labels(" VIP, billing,,vip") == labels(["billing ", "Vip"]) == ["billing", "vip"]
    assert labels(None) == labels("") == labels([]) == []


def test_a_priority_is_a_small_number_or_its_text() -> None:
    assert [small_number(value) for value in (3, "3", "high", "", 40_000, None)] == [
        *(3, 3, None, None, None, None)
    ]


def test_an_event_is_the_same_in_every_spelling_of_its_name_and_instant() -> None:
    one = {"event": "chat.custom_properties.updated", "data": {}, "org_id": "o", "timestamp": NINE}
    other = {**one, "event": "chat.custom-properties.updated", "timestamp": 1_772_355_600}
    (only,) = distinct([one, other])
    # printf '%s' '["chat.custom_properties.updated","o",1772355600000000,{}]' | md5sum
    assert only.event_id == "a0da163f5b27c6e54d69360838740534"


def test_absent_null_and_empty_previous_attributes_are_three_events() -> None:
    same = ticket("updated", NINE, {})
    assert len(distinct([same, {**same, "previous_attributes": None}, same])) == 2
    assert len(distinct([same, {**same, "previous_attributes": {}}])) == 2
    true, one = ({**same, "data": {"ticket_id": "T-1", "x": value}} for value in (True, 1))
    assert len(distinct([true, one])) == 2


def test_a_cleared_field_is_cleared_and_a_missing_one_stays() -> None:
    (row,) = tickets_all(
        [
            ticket("updated", TEN, {"assignee": None}),
            ticket("created", NINE, {"assignee": "lena", "status": "open", "labels": ["B", "a"]}),
        ]
    )
    assert (row["assignee"], row["status"], row["labels"]) == (None, "open", ["a", "b"])
    assert (row["event_count"], row["priority"], row["is_deleted"]) == (2, None, False)
    assert row["first_event_at"] == instant(NINE)
    assert row["last_event_at"] == instant(TEN)


def test_at_one_instant_creation_comes_first_and_deletion_last() -> None:
    told = [
        ticket("deleted", NINE, {"status": "closed"}),
        ticket("updated", NINE, {"status": "inprogress"}),
        ticket("created", NINE, {"status": "open"}),
    ]
    assert [row["status"] for row in ticket_history(told)] == ["open", "inprogress", "closed"]
    assert {row["valid_from"] for row in ticket_history(told)} == {instant(NINE)}


def test_deleted_at_is_the_begin_of_the_present_deletion() -> None:
    told = [
        ticket("deleted", "2026-03-01", {}),
        ticket("updated", NINE, {"is_deleted": False}),
        ticket("updated", TEN, {"is_deleted": True}),
        ticket("deleted", ELEVEN, {"is_deleted": False}),
    ]
    (row,) = tickets_all(told)
    assert row["is_deleted"] is True
    assert row["deleted_at"] == instant(TEN)
    assert tickets(told) == []
    at_nine = instant(NINE)
    assert at_nine is not None
    (then,) = tickets_at(told, at_nine)
    assert (then["event_count"], then["deleted_at"]) == (2, None)


def test_who_closed_a_row_stands_in_its_metadata() -> None:
    closed = ticket("updated", NINE, {"close_ticket_metadata": {"closed_by": "lena"}})
    (row,) = tickets_all([closed])
    assert (row["closed_by"], row["closed_message"]) == ("lena", None)
    (row,) = tickets_all([closed, ticket("updated", TEN, {"close_ticket_metadata": {}})])
    assert row["closed_by"] is None
    (row,) = tickets_all([closed, ticket("updated", TEN, {"close_ticket_metadata": None})])
    assert row["closed_by"] == "lena"


def test_no_change_opens_no_version() -> None:
    told = [
        ticket("created", NINE, {"status": "open", "created_at": NINE}),
        ticket("updated", TEN, {"status": "open", "created_at": 1_772_355_600, "assignee": None}),
        ticket("updated", ELEVEN, {"status": "closed"}, {"status": "open"}),
    ]
    first, second = ticket_history(told)
    assert (first["version"], first["valid_from"], first["evidence"]) == (1, instant(NINE), "image")
    assert first["valid_to"] == second["valid_from"] == instant(ELEVEN)
    assert (second["valid_to"], second["evidence"]) == (None, "both")


def test_changes_say_who_witnessed_them() -> None:
    told = [
        ticket("updated", NINE, {"status": "open", "priority": 1}, {"status": "closed"}),
        ticket(
            "updated", TEN, {"status": "closed", "priority": "2"}, {"ticket": {"status": "open"}}
        ),
        ticket("updated", ELEVEN, {"status": "open", "labels": "a"}, {"status": "x", "labels": 5}),
    ]
    rows = [
        (row["field"], row["old_value"], row["new_value"], row["evidence"])
        for row in ticket_changes(told)
    ]
    assert rows == [
        ("status", "closed", "open", "declared"),
        ("priority", 1, 2, "declared"),  # before TEN: at TEN it would have been declared
        ("status", "open", "closed", "both"),
        ("status", "closed", "x", "declared"),
        ("status", "x", "open", "both"),
    ]


def test_a_chat_is_fed_by_its_events_and_by_ticket_events() -> None:
    chat = {"chat_id": "c", "chat_labels": "VIP", "members": {"91@c.us": {"is_admin": True}}}
    told = [
        {
            "event": "chat.created",
            "data": {"chat_id": "c", "chat_name": "C", "labels": [], "archived": True},
            "org_id": "o",
            "timestamp": NINE,
        },
        ticket("created", TEN, {"ticket": {"ticket_id": "T-1"}, "chat": chat}),
        ticket(
            "updated", ELEVEN, {"ticket": {"ticket_id": "T-1"}, "chat": {**chat, "members": None}}
        ),
    ]
    (row,) = chats_all(told)
    assert (row["chat_name"], row["labels"], row["is_archived"]) == ("C", ["vip"], True)
    assert (row["event_count"], row["is_muted"]) == (3, None)
    assert [(each["field"], each["new_value"]) for each in chat_changes(told)] == [
        ("labels", ["vip"])
    ]
    (member,) = chat_members(told)
    assert member == {
        "org_id": "o",
        "chat_id": "c",
        "contact_id": "91@c.us",
        "contact_name": None,
        "contact_labels": [],
        "is_admin": True,
        "is_super_admin": None,
        "is_internal": None,
    }
    (ticket_row,) = tickets_all(told)
    assert ticket_row["chat_id"] == "c"


def test_a_message_keeps_its_highest_ack_and_every_phone() -> None:
    told = [
        {"event": f"message.{name}", "data": data, "org_id": "o", "timestamp": at}
        for name, at, data in (
            ("created", NINE, {"message_id": "m", "ack": "3", "org_phone": "2", "body": "hi"}),
            ("ack.updated", TEN, {"unique_id": "m", "ack": 2, "org_phone": "1"}),
            ("deleted", ELEVEN, {"message_id": "", "id": {"id": "m"}, "is_private_note": True}),
        )
    ]
    (row,) = messages(told)
    assert (row["ack"], row["org_phone"], row["org_phones"]) == (3, "1", ["1", "2"])
    assert (row["body"], row["is_deleted"], row["is_note"]) == ("hi", True, True)
