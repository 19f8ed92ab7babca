"""The rows of every view, from envelopes in any order and with repetitions.

An envelope is the documented form: `event`, `data`, `org_id`, `timestamp` and, if there, the
`previous_attributes`. Rows come in no particular order.
"""

import json
from collections.abc import Callable, Iterable

from . import sightings
from .attached import ticket_messages
from .changes import changes as changes_of_ticket
from .changes import changes_of_chat
from .events import Envelope
from .fold import Row, Sighting, present, seen, state, versions
from .history import history, present_at
from .images import CHAT, MEMBER, MESSAGE, TICKET, read
from .links import gaps
from .tickets import Ticket
from .tickets import senders as _senders
from .tickets import tickets as _tickets
from .values import canonical, instant

Rows = list[Row]

TICKET_STATE = [field for field in TICKET if field != "is_deleted"]
CHAT_STATE = [field for field in CHAT if field not in ("members", "is_deleted")]
CHAT_TRACKED = [field for field in CHAT_STATE if field not in ("org_phone", "updated_at")]
MESSAGE_STATE = [field for field in MESSAGE if field not in ("ack", "is_private_note")]


def tickets_all(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {**_key(ticket), **present(ticket.ordered, TICKET_STATE)} for ticket in _tickets(envelopes)
    ]


def tickets(envelopes: Iterable[Envelope]) -> Rows:
    return [row for row in tickets_all(envelopes) if not row["is_deleted"]]


def tickets_all_at(envelopes: Iterable[Envelope], at: int) -> Rows:
    """Return what all events, the later ones too, tell of the tickets at a moment."""
    return [
        {**_key(ticket), **row}
        for ticket in _tickets(envelopes)
        for row in present_at(ticket, TICKET_STATE, at)
    ]


def tickets_at(envelopes: Iterable[Envelope], at: int) -> Rows:
    return [row for row in tickets_all_at(envelopes, at) if not row["is_deleted"]]


def ticket_history(envelopes: Iterable[Envelope]) -> Rows:
    return _of_each_ticket(envelopes, lambda ticket: history(ticket, TICKET_STATE))


def ticket_changes(envelopes: Iterable[Envelope]) -> Rows:
    return _of_each_ticket(envelopes, changes_of_ticket)


def ticket_label_changes(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {**_without_values(row), "action": action, "label": label}
        for row in ticket_changes(envelopes)
        if row["field"] == "labels"
        for action, more, less in (
            ("added", row["new_value"], row["old_value"]),
            ("removed", row["old_value"], row["new_value"]),
        )
        for label in set(more or []) - set(less or [])
    ]


def ticket_property_changes(envelopes: Iterable[Envelope]) -> Rows:
    rows = []
    for row in ticket_changes(envelopes):
        if row["field"] == "custom_properties":
            old = json.loads(row["old_value"] or "{}")
            new = json.loads(row["new_value"] or "{}")
            rows += [
                {
                    **_without_values(row),
                    "property": name,
                    "old_value": old.get(name),
                    "new_value": new.get(name),
                }
                for name in {*old, *new}
                if canonical(old.get(name)) != canonical(new.get(name))
            ]
    return rows


def _without_values(change: Row) -> Row:
    return {k: v for k, v in change.items() if k not in ("field", "old_value", "new_value")}


def ticket_gaps(envelopes: Iterable[Envelope]) -> Rows:
    return _of_each_ticket(envelopes, gaps)


def senders(envelopes: Iterable[Envelope]) -> Rows:
    """Return what is learned of the sender of each org that has a ticket event."""
    return [
        {
            "org_id": org_id,
            "trusts_empty": sender.trusts_empty,
            "reads_keys": sender.reads_keys,
            "adds_silently": sender.adds_silently,
            "unreported": sorted(sender.unreported),
        }
        for org_id, sender in _senders(envelopes).items()
    ]


def _of_each_ticket(envelopes: Iterable[Envelope], answer: Callable[[Ticket], Rows]) -> Rows:
    return [{**_key(ticket), **row} for ticket in _tickets(envelopes) for row in answer(ticket)]


def _key(ticket: Ticket) -> Row:
    return {"org_id": ticket.org_id, "ticket_id": ticket.ticket_id}


def chats_all(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "chat_id": chat_id, **present(ordered, CHAT_STATE)}
        for (org_id, chat_id), ordered in sightings.chats(envelopes).items()
    ]


def chats(envelopes: Iterable[Envelope]) -> Rows:
    return [row for row in chats_all(envelopes) if not row["is_deleted"]]


def chats_at(envelopes: Iterable[Envelope], at: int) -> Rows:
    return chats(_until(envelopes, at))


def chat_history(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "chat_id": chat_id, **version}
        for (org_id, chat_id), ordered in sightings.chats(envelopes).items()
        for version in versions(ordered, CHAT_TRACKED)
    ]


def chat_changes(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "chat_id": chat_id, **change}
        for (org_id, chat_id), ordered in sightings.chats(envelopes).items()
        for change in changes_of_chat(ordered, CHAT_TRACKED)
    ]


def chat_members(envelopes: Iterable[Envelope]) -> Rows:
    """Return one row per member in the last known member map of each chat."""
    rows = []
    for (org_id, chat_id), ordered in sightings.chats(envelopes).items():
        maps = [each.image["members"] for each in ordered if "members" in each.image]
        for contact_id, member in (maps[-1] if maps else {}).items():
            nothing: Row = {**dict.fromkeys(MEMBER), "contact_labels": []}
            known = read(MEMBER, member or {})
            key = {"org_id": org_id, "chat_id": chat_id, "contact_id": contact_id}
            rows.append({**key, **nothing, **known})
    return rows


def messages(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "message_id": message_id, **_message(ordered)}
        for (org_id, message_id), ordered in sightings.messages(envelopes).items()
    ]


def _message(ordered: list[Sighting]) -> Row:
    images = [each.image for each in ordered]
    acks = [image["ack"] for image in images if image.get("ack") is not None]
    telling = [each for each in ordered if "sent_at" in each.image]
    if not telling or telling[-1].image["sent_at"] is None:
        telling = [each for each in ordered if not each.is_snapshot][:1]
    phones = {image["org_phone"] for image in images if image.get("org_phone") is not None}
    now = state(ordered, MESSAGE_STATE)
    return {
        **now,
        "ticket_id": now["ticket_id"] or None,
        "sent_event_id": telling[-1].event_id if telling else None,
        "ack": max(acks, default=None),
        "is_note": any(
            each.event_type.startswith("note.") or each.image.get("is_private_note") is True
            for each in ordered
        ),
        "org_phones": sorted(phones),
        **seen(ordered),
    }


def _until(envelopes: Iterable[Envelope], at: int) -> list[Envelope]:
    moments = ((instant(envelope["timestamp"]), envelope) for envelope in envelopes)
    return [envelope for moment, envelope in moments if moment is not None and moment <= at]


VIEWS: dict[str, Callable[[Iterable[Envelope]], Rows]] = {
    "tickets_all": tickets_all,
    "tickets": tickets,
    "ticket_history": ticket_history,
    "ticket_changes": ticket_changes,
    "ticket_label_changes": ticket_label_changes,
    "ticket_property_changes": ticket_property_changes,
    "ticket_gaps": ticket_gaps,
    "ticket_senders": senders,
    "chats_all": chats_all,
    "chats": chats,
    "chat_history": chat_history,
    "chat_changes": chat_changes,
    "chat_members": chat_members,
    "messages": messages,
    "ticket_messages": ticket_messages,
}
"""Name of a view to its rows."""
