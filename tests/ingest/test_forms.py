"""Every form of an envelope is the same event; what is not an event is taken for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ticketledger.ingest.explain import Accepted, Rejected
from ticketledger.models.rejection import Code

from .made import NOON, SAMPLES, Json, accepted, data_of, dump, envelope, judge, refused, tickets_of

DOCUMENTED: dict[str, Json] = {
    f"line {number}": value
    for number, value in enumerate(map(json.loads, SAMPLES), 1)
    if str(value.get("event", "")).startswith("ticket.") and isinstance(value.get("data"), dict)
}
INFOS = {name: value for name, value in DOCUMENTED.items() if "ticket" in value["data"]}
ROWS = {
    name: value
    for name, value in DOCUMENTED.items()
    if value["data"].get("org_id") == value.get("org_id")
}
SAME = ("event_id", "event_type", "org_id", "event_at", "data", "previous_attributes")
IMAGES = ("ticket_id", "chat_id", "ticket", "ticket_keys", "ticket_before", "chat", "chat_before")


def _renamed(key: str) -> Callable[[Json], Json]:
    return lambda value: {key if name == "event" else name: v for name, v in value.items()}


def _text(value: Json) -> Json:
    return {**value, "data": json.dumps(value["data"])}


def _all_text(value: Json) -> Json:
    told = _text(value)
    if isinstance(told.get("previous_attributes"), dict):
        told["previous_attributes"] = json.dumps(told["previous_attributes"], ensure_ascii=False)
    return told


def _flattened(value: Json) -> Json:
    outer = {name: v for name, v in value.items() if name not in ("data", "event")}
    return {"event_type": value["event"], **outer, **value["data"]}


def _log_row(value: Json) -> Json:
    inner = {name: v for name, v in _flattened(value).items() if name != "timestamp"}
    return {
        "id": "log-1",
        "created_at": value["timestamp"],
        "integration_name": value["event"],
        "integration_type": "webhook",
        "type": "webhook",
        "org_id": value["org_id"],
        "success": True,
        "response": {"status": 200},
        "metadata": {"event": inner, "hook_id": "hook-1", "name": "store"},
    }


def _log_row_with_data(value: Json) -> Json:
    row = _log_row(value)
    inner = {name: v for name, v in value.items() if name not in ("event", "timestamp")}
    return row | {"metadata": {"event": inner, "hook_id": "hook-1"}}


FORMS: dict[str, Callable[[Json], Json]] = {
    "event_type": _renamed("event_type"),
    "integration_name": _renamed("integration_name"),
    "type": _renamed("type"),
    "data as text": _text,
    "all as text": _all_text,
    "data as text under event_type": lambda value: _renamed("event_type")(_text(value)),
    "flattened": _flattened,
    "log row": _log_row,
    "log row with data": _log_row_with_data,
    "with keys of its own": lambda value: {"received_at": 1.50, **value, "headers": {"a": [1]}},
}


def _assert_same(told: Json, value: Json) -> None:
    expected, row = accepted(value), accepted(told)
    for name in (*SAME, "previous_state", *IMAGES):
        assert row.get(name) == expected.get(name), name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", INFOS)
def test_every_form_of_a_ticket_info_is_the_same_event(name: str, form: str) -> None:
    _assert_same(FORMS[form](INFOS[name]), INFOS[name])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ROWS)
def test_every_form_of_a_plain_row_is_the_same_event(name: str, form: str) -> None:
    _assert_same(FORMS[form](ROWS[name]), ROWS[name])


def test_there_are_samples_of_both_shapes() -> None:
    assert (len(INFOS), len(ROWS)) >= (20, 2)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_what_is_stored_decodes_to_what_came(name: str) -> None:
    value = DOCUMENTED[name]
    row = accepted(value)
    assert data_of(row) == value["data"]
    if value.get("previous_attributes") is None:
        assert row["previous_attributes"] in (None, "null")
    else:
        assert json.loads(row["previous_attributes"]) == value["previous_attributes"]


def test_the_first_of_the_known_keys_names_the_event() -> None:
    value = {**envelope(), "type": "chat.created", "event_type": "ticket.deleted"}
    assert accepted(value)["event_type"] == "ticket.updated"
    del value["event"]
    assert accepted(value)["event_type"] == "ticket.deleted"


def test_a_type_that_is_a_field_of_the_object_names_no_event() -> None:
    flat = {
        "event_type": "chat.notification.created",
        "type": "add",
        "chat_id": "1@g.us",
        "notification_id": "n-1",
        "timestamp": "2026-03-01T10:00:00Z",
    }
    row = accepted(flat)
    assert row["event_type"] == "chat.notification.created"
    assert json.loads(row["data"])["type"] == "add"


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("chat.custom-properties.updated", "chat.custom_properties.updated"),
        ("Ticket.Updated", "ticket.updated"),
        (" ticket.updated\n", "ticket.updated"),
    ],
)
def test_an_event_has_one_name_however_it_is_spelled(spelled: str, name: str) -> None:
    data = {"ticket_id": "T-1", "chat_id": "1@g.us"}
    one = {**envelope(), "event": spelled, "data": data}
    rows = accepted(one), accepted({**one, "event": name})
    assert [row["event_type"] for row in rows] == [name, name]
    assert rows[0]["event_id"] == rows[1]["event_id"]


@pytest.mark.parametrize(
    "name", ["ticket.closed", "invoice.paid", "x", "🙏", "ticket.label.updated"]
)
def test_an_unknown_event_is_kept_with_all_its_fields(name: str) -> None:
    data = {"ticket_id": "T-1", "later": [{"a": None}], "status": 7}
    row = accepted({**envelope(), "event": name, "data": data})
    assert (row["event_type"], row["object_type"]) == (name, "unknown")
    assert json.loads(row["data"]) == data


def test_unknown_fields_are_kept_at_every_level() -> None:
    info = {
        "ticket": {"ticket_id": "T-1", "new": 2**64},
        "chat": {"chat_id": "1@g.us", "new": [None], "members": {"a": {"new": {}}}},
        "message": {"new": 1},
        "attached_messages": [{"new": "x"}],
        "new": {"a": "b"},
    }
    row = accepted({**envelope(), "data": info, "delivered_to": "hook"})
    assert data_of(row) == info
    assert json.loads(row["envelope"])["delivered_to"] == "hook"


def test_four_kinds_of_previous_attributes_are_four_events() -> None:
    value = envelope()
    del value["previous_attributes"]
    rows = [accepted(value)]
    rows += [accepted({**value, "previous_attributes": p}) for p in (None, {}, {"status": None})]
    assert [row["previous_state"] for row in rows] == ["absent", "null", "empty", "object"]
    assert len({row["event_id"] for row in rows}) == 4
    assert [row["previous_attributes"] for row in rows] == [None, "null", "{}", '{"status":null}']


@pytest.mark.parametrize("text", ["null", "{}", '{"status":null}', ' {"status" : null} '])
def test_previous_attributes_as_text_say_what_the_text_says(text: str) -> None:
    told = {**envelope(), "previous_attributes": text}
    plain = {**envelope(), "previous_attributes": json.loads(text)}
    assert accepted(told)["event_id"] == accepted(plain)["event_id"]


ORGS = ("envelope", "object", "ticket", "chat")


@pytest.mark.parametrize("present", range(5))
def test_the_org_is_the_envelopes_else_the_objects(present: int) -> None:
    has = set(ORGS[present:])
    data: Json = {"ticket": {"ticket_id": "T-1"}, "chat": {"chat_id": "1@g.us"}}
    value = {**envelope(), "data": data}
    del value["org_id"]
    for place, holder in zip(ORGS, (value, data, data["ticket"], data["chat"]), strict=True):
        if place in has:
            holder["org_id"] = place
    assert accepted(value)["org_id"] == (ORGS[present] if has else "")


@pytest.mark.parametrize("org", [None, ""])
def test_an_empty_org_is_no_org(org: Any) -> None:
    value = {**envelope(org_id="of the object"), "org_id": org}
    assert accepted(value)["org_id"] == "of the object"


@pytest.mark.parametrize("name", ["message.created", "note.created", "reaction.created"])
def test_a_flattened_message_is_told_at_its_own_time(name: str) -> None:
    flat = {
        "event_type": name,
        "message_id": "m-1",
        "reaction_id": "r-1",
        "timestamp": "2026-03-01 10:00:00+00",
    }
    row = accepted(flat)
    assert row["event_at"] == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert row["time_source"] == "object"
    assert json.loads(row["data"])["timestamp"] == "2026-03-01 10:00:00+00"


# --- audit log --------------------------------------------------------------------------------

OLD: Json = {"ticket_id": "T-1", "org_id": "o", "status": "open", "priority": 1, "subject": "s"}
NEW: Json = {**OLD, "status": "closed", "priority": 2}
AUDIT: Json = {
    "log_id": "77",
    "org_id": "o",
    "ticket_id": "T-1",
    "action": "UPDATE",
    "type": "ticket",
    "performed_by": "lena@x.example",
    "old_record": OLD,
    "new_record": NEW,
    "timestamp": "2026-03-01T10:00:00.123456+00:00",
}


@pytest.mark.parametrize(
    ("old", "new", "name", "state", "previous"),
    [
        (None, NEW, "ticket.created", "absent", None),
        (OLD, NEW, "ticket.updated", "object", {"status": "open", "priority": 1}),
        (OLD, OLD, "ticket.updated", "empty", {}),
        (OLD, None, "ticket.deleted", "absent", None),
        ({**OLD, "gone": 1}, OLD, "ticket.updated", "object", {"gone": 1}),
    ],
)
def test_an_audit_row_is_the_change_it_records(
    old: Json | None, new: Json | None, name: str, state: str, previous: Json | None
) -> None:
    row = accepted({**AUDIT, "old_record": old, "new_record": new})
    assert (row["event_type"], row["previous_state"], row["form"]) == (name, state, "audit_log")
    assert (row["ticket_id"], row["org_id"]) == ("T-1", "o")
    assert row["event_at"] == datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert (row["previous_attributes"] and json.loads(row["previous_attributes"])) == previous
    assert json.loads(row["data"]) == (new or {})
    assert json.loads(row["envelope"])["performed_by"] == "lena@x.example"


def test_an_audit_row_is_known_by_its_log_id() -> None:
    first = accepted(AUDIT)["event_id"]
    assert accepted({**AUDIT, "performed_by": None, "new_record": OLD})["event_id"] == first
    assert accepted({**AUDIT, "log_id": 77})["event_id"] == first
    assert accepted({**AUDIT, "log_id": "78"})["event_id"] != first
    assert accepted({**AUDIT, "org_id": "other"})["event_id"] != first


def test_an_audit_row_where_a_number_is_only_spelled_anew_changed_nothing() -> None:
    old = dump(OLD).replace(b'"priority":1', b'"priority":1.0')
    text = dump(AUDIT).replace(dump(OLD), old).replace(dump(NEW), dump(OLD))
    assert accepted(text)["previous_state"] == "empty"


def test_a_row_deleted_by_the_audit_log_is_a_tombstone() -> None:
    row = accepted({**AUDIT, "new_record": None})
    assert row["ticket"]["is_deleted"] is True


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"timestamp": None}, Code.NO_TIMESTAMP, "timestamp"),
        ({"timestamp": "never"}, Code.BAD_INSTANT, "timestamp"),
        ({"log_id": None}, Code.WRONG_TYPE, "log_id"),
        ({"ticket_id": 5}, Code.WRONG_TYPE, "ticket_id"),
        ({"old_record": "x"}, Code.WRONG_TYPE, "old_record"),
        ({"new_record": {**NEW, "status": 5}}, Code.WRONG_TYPE, "new_record.status"),
    ],
)
def test_a_bad_audit_row_is_refused_by_field(change: Json, code: Code, path: str) -> None:
    verdict = refused({**AUDIT, **change})
    assert (verdict.code, verdict.path) == (code, path)


def test_an_audit_row_without_records_is_refused() -> None:
    assert isinstance(judge(dump({**AUDIT, "old_record": None, "new_record": None}))[0], Rejected)


# --- snapshots --------------------------------------------------------------------------------

ROW: Json = {"ticket_id": "T-1", "org_id": "o", "chat_id": "1@g.us", "status": "open"}


def _listed(name: str, *elements: bytes, indent: bool = False) -> bytes:
    between, start = (b",\n    ", b"\n    ") if indent else (b",", b"")
    head = dump({"from": 1, "to": len(elements), "count": 9})[:-1]
    inner = start + between.join(elements) + (b"\n  " if indent else b"")
    return head + b',"' + name.encode() + b'":[' + inner + b"]}"


def test_a_ticket_info_is_a_snapshot_of_when_it_was_read() -> None:
    info: Json = {
        "ticket": ROW,
        "chat": {"chat_id": "1@g.us"},
        "message": None,
        "attached_messages": [],
    }
    row = accepted(info, NOON)
    assert (row["event_type"], row["form"], row["time_source"]) == (
        "ticket.snapshot",
        "snapshot",
        "observed",
    )
    assert (row["event_at"], row["org_id"], row["ticket_id"]) == (NOON, "o", "T-1")
    assert data_of(row) == info


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (ROW, "ticket.snapshot"),
        ({"chat_id": "1@g.us", "chat_name": "a", "labels": ["x"]}, "chat.snapshot"),
        ({"message_id": "m", "chat_id": "1@g.us", "body": "hi"}, "message.snapshot"),
    ],
)
def test_a_bare_object_is_a_snapshot(value: Json, name: str) -> None:
    assert accepted(value, NOON)["event_type"] == name


def test_a_snapshot_may_say_itself_when_it_was_true() -> None:
    row = accepted({**ROW, "last_updated_at": "2026-03-01T10:00:00Z"})
    assert (row["event_at"].hour, row["time_source"]) == (10, "object")


@pytest.mark.parametrize("value", [ROW, {"ticket": ROW}, {**ROW, "last_updated_at": None}])
def test_a_snapshot_without_a_time_is_refused_with_what_to_do(value: Json) -> None:
    verdict = refused(value)
    assert verdict.code == Code.NO_TIMESTAMP
    assert "--observed-at" in verdict.reason


@pytest.mark.parametrize("indent", [False, True])
@pytest.mark.parametrize("name", ["tickets", "rows", "données", "a\\u0062c", 'q\\"uote'])
def test_a_list_gives_its_elements(name: str, indent: bool) -> None:
    rows = [dump({**ROW, "ticket_id": f"T-{number}"}) for number in (1, 2, 3)]
    verdicts = judge(_listed(name, *rows, indent=indent), NOON)
    assert tickets_of(verdicts) == ["T-1", "T-2", "T-3"]


def test_one_bad_element_of_a_list_is_refused_alone_with_its_bytes() -> None:
    rows = [dump(ROW), b'{"ticket_id" :  "T-2", "status":\t5}', dump({**ROW, "ticket_id": "T-3"})]
    verdicts = judge(b"\n" + _listed("tickets", *rows, indent=True), NOON)
    assert tickets_of(verdicts) == ["T-1", "T-3"]
    (bad,) = [each for each in verdicts if isinstance(each, Rejected)]
    assert (bad.code, bad.path, bad.raw) == (Code.WRONG_TYPE, "status", rows[1])
    assert bad.line == 4, "the second element stands on line 4"


def test_a_list_of_chats_gives_chats() -> None:
    chats = [dump({"chat_id": f"{n}@g.us", "org_id": "o", "label_ids": {}}) for n in (1, 2)]
    verdicts = judge(_listed("chats", *chats), NOON)
    rows = [each.row for each in verdicts if isinstance(each, Accepted)]
    assert [(row["event_type"], row["chat_id"]) for row in rows] == [
        ("chat.snapshot", "1@g.us"),
        ("chat.snapshot", "2@g.us"),
    ]


def test_the_later_of_two_arrays_under_one_key_is_the_list() -> None:
    head = b'{"from":1,"to":1,"count":1,'
    text = head + b'"tickets":[{"ticket_id":"T-1"}],"tickets":[{"ticket_id":"T-2"}]}'
    assert tickets_of(judge(text, NOON)) == ["T-2"]


def test_a_reaction_from_a_list_is_no_snapshot_of_its_message() -> None:
    reaction = {
        "reaction_id": "r-1",
        "message_id": "m-1",
        "chat_id": "1@g.us",
        "reaction": "🙏",
        "timestamp": "2026-03-01T10:00:00Z",
    }
    (verdict,) = judge(_listed("reactions", dump(reaction)), NOON)
    assert isinstance(verdict, Rejected) or verdict.row["object_type"] != "message"


def test_a_notification_from_a_list_is_no_snapshot_of_its_chat() -> None:
    notification = {
        "notification_id": "n-1",
        "chat_id": "1@g.us",
        "type": "add",
        "timestamp": "2026-03-01T10:00:00Z",
    }
    (verdict,) = judge(_listed("notifications", dump(notification)), NOON)
    assert isinstance(verdict, Rejected) or verdict.row["object_type"] != "chat"


def test_an_empty_list_is_no_fault() -> None:
    assert judge(_listed("tickets"), NOON) == []


# --- secrets ----------------------------------------------------------------------------------

PHONE: Json = {
    "event": "org.phone.qr",
    "org_id": "o",
    "timestamp": "2026-03-01T10:00:00Z",
    "data": {"org_id": "o", "phone_id": "p-1", "qr_code": "2@SECRET", "wa_state": "x"},
    "previous_attributes": {"qr_code": "2@SECRET-before"},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_login_secret_is_in_no_column_of_a_stored_event(form: str) -> None:
    row = accepted(FORMS[form](PHONE))
    assert "SECRET" not in json.dumps(row, default=str)
    assert row["event_id"] == accepted(PHONE)["event_id"]
