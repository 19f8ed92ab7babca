"""Lifecycles in chats, with what was said there; hours apart instead of seconds."""

from typing import Any

from hypothesis import strategies as st

from ..twin.events import Envelope
from ..twin.values import instant
from .instants import CLOCK, SPELLINGS
from .lifecycles import lifecycles

STRETCH = 3_607
WHEN = SPELLINGS[0]
CUSTOMER = "491700000001"
PRIORITIES = (None, 0, 1, 2, 4)


def stretched(at: int) -> int:
    """Return an instant of the clock, hours for seconds."""
    return CLOCK[0] + (at - CLOCK[0]) * STRETCH


@st.composite
def conversations(draw: st.DrawFn) -> list[Envelope]:
    """Tickets of one or two chats and up to two dozen messages, notes among them, some deleted.

    A ticket may move to another chat, so may a message; a customer may turn out to be of the team.
    """
    chats = draw(st.sampled_from([("c1", "c1"), ("c1", "c2")]))
    moves_at = draw(st.sampled_from([CLOCK[-1], CLOCK[-1], CLOCK[12]]))
    quoted = draw(st.sampled_from([None, "m0", "m1", "false_c1@c.us_m0"]))
    told = [
        _moved(envelope, chats, moves_at, quoted, draw(st.sampled_from(PRIORITIES)))
        for envelope in draw(lifecycles())
    ]
    sides = st.sampled_from(["customer", "customer", "agent", "agent", "app", "note", "deleted"])
    size = draw(st.sampled_from([0, 6, 12, 24]))
    for number, side in enumerate(draw(st.lists(sides, min_size=size, max_size=size))):
        at = stretched(draw(st.sampled_from(CLOCK[:24])))
        attached = draw(st.sampled_from([None, None, None, "T-0", "T-1"]))
        chat_id = draw(st.sampled_from(("c1", "c2")))
        told += _message(number, side, at, chat_id, attached)
        if number == 0 and draw(st.booleans()):
            again = {**told[-1]["data"], "chat_id": "c2"}
            told.append({**told[-1], "data": again, "timestamp": WHEN(at + 3_600_000_000)})
    for is_internal in draw(st.lists(st.booleans(), max_size=2)):
        told.append(_members(is_internal, stretched(draw(st.sampled_from(CLOCK[:24])))))
    return told


def _members(is_internal: bool, at: int) -> Envelope:
    member = {"contact_id": CUSTOMER, "is_internal": is_internal}
    data = {"chat_id": "c1", "members": {CUSTOMER: member}}
    return {"event": "chat.updated", "org_id": "org-a", "timestamp": WHEN(at), "data": data}


def _moved(
    envelope: Envelope,
    chats: tuple[str, str],
    moves_at: int,
    quoted: str | None,
    priority: int | None,
) -> Envelope:
    """Return the event in its chat and at its hour."""
    data = dict(envelope["data"])
    row = dict(data["ticket"]) if "ticket" in data else data
    at = instant(envelope["timestamp"])
    assert at is not None
    chat_id = chats[int(row["ticket_id"][-1])] if at < moves_at else "c2"
    row |= {"chat_id": chat_id, "priority": priority} | _due(row)
    if quoted:
        row["quoted_message_id"] = quoted
    if "last_updated_at" in row and envelope["event"] == "ticket.snapshot":
        row["last_updated_at"] = WHEN(stretched(at))
    data = {**data, "ticket": row} if "ticket" in data else row
    was = envelope.get("previous_attributes")
    if isinstance(was, dict):
        envelope = {**envelope, "previous_attributes": was | _due(was)}
    return {**envelope, "timestamp": WHEN(stretched(at)), "data": data}


def _due(values: dict[str, Any]) -> dict[str, Any]:
    """Return the due date, if there is one, in the midst of what is told."""
    return {"due_date": WHEN(stretched(CLOCK[9]))} if values.get("due_date") else {}


def _message(number: int, side: str, at: int, chat_id: str, attached: str | None) -> list[Envelope]:
    side_of_id = "true" if side == "agent" else "false"
    data: dict[str, Any] = {
        "message_id": f"{side_of_id}_{chat_id}_m{number}",
        "unique_id": f"m{number}",
        "chat_id": chat_id,
        "timestamp": WHEN(at),
        "sender_phone": CUSTOMER,
    }
    if side == "app":
        data["performed_by"] = "dev@x.example"
    if attached:
        data["message_ticket_id"] = attached
    event = {"org_id": "org-a", "timestamp": WHEN(at)}
    name = "note.created" if side == "note" else "message.created"
    told = [{**event, "event": name, "data": data}]
    if side == "deleted":
        told.append({**event, "event": "message.deleted", "data": data})
    return told
