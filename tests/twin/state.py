"""The rows of every view, from envelopes in any order and with repetitions.

An envelope is the documented form: `event`, `data`, `org_id`, `timestamp` and, if there, the
`previous_attributes`. Rows come in no particular order.
"""

from collections.abc import Callable, Iterable

from . import sightings
from .events import Envelope
from .fold import Row, Sighting, changes, present, seen, state, versions
from .images import CHAT, MEMBER, MESSAGE, TICKET, read
from .values import instant

Rows = list[Row]

TICKET_STATE = [field for field in TICKET if field != "is_deleted"]
CHAT_STATE = [field for field in CHAT if field not in ("members", "is_deleted")]
CHAT_TRACKED = [field for field in CHAT_STATE if field not in ("org_phone", "updated_at")]
MESSAGE_STATE = [field for field in MESSAGE if field not in ("ack", "is_private_note")]


def tickets_all(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "ticket_id": ticket_id, **present(ordered, TICKET_STATE)}
        for (org_id, ticket_id), ordered in sightings.tickets(envelopes).items()
    ]


def tickets(envelopes: Iterable[Envelope]) -> Rows:
    return [row for row in tickets_all(envelopes) if not row["is_deleted"]]


def tickets_at(envelopes: Iterable[Envelope], at: int) -> Rows:
    return tickets(_until(envelopes, at))


def ticket_history(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "ticket_id": ticket_id, **version}
        for (org_id, ticket_id), ordered in sightings.tickets(envelopes).items()
        for version in versions(ordered, TICKET_STATE)
    ]


def ticket_changes(envelopes: Iterable[Envelope]) -> Rows:
    return [
        {"org_id": org_id, "ticket_id": ticket_id, **change}
        for (org_id, ticket_id), ordered in sightings.tickets(envelopes).items()
        for change in changes(ordered, TICKET_STATE)
    ]


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
        for change in changes(ordered, CHAT_TRACKED)
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
    phones = {image["org_phone"] for image in images if image.get("org_phone") is not None}
    return {
        **state(ordered, MESSAGE_STATE),
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
    "chats_all": chats_all,
    "chats": chats,
    "chat_history": chat_history,
    "chat_changes": chat_changes,
    "chat_members": chat_members,
    "messages": messages,
}
"""Name of a view to its rows."""
