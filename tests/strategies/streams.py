"""Streams: steps told in the vendor's words, by someone who remembers what was told before.

So most images are true after-images and most previous_attributes are right; the rest are partial,
wrong, empty or odd on purpose. Out of order, repeated, with many events at one instant.
"""

from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st

from ..twin.events import Envelope
from .instants import MOMENTS, SPELLINGS
from .steps import Step, steps
from .values import Values

Memory = dict[tuple[str, str, str], Values]
"""Kind, org and id of what was told about, to the last value of each of its fields."""

AGAIN: Sequence[Callable[[Envelope], Envelope]] = (
    lambda envelope: dict(envelope),
    lambda envelope: {**envelope, "event": envelope["event"].replace("_", "-")},
    lambda envelope: {**envelope, "previous_attributes": None},
    lambda envelope: {**envelope, "previous_attributes": {}},
)
"""The same event again; or nearly: absent, null and empty previous_attributes are three events."""


@st.composite
def streams(draw: st.DrawFn) -> list[Envelope]:
    """Valid envelopes in the documented form, in any order, some of them more than once."""
    size = draw(st.sampled_from([3, 20, 40]))
    happened = draw(st.lists(steps, min_size=size, max_size=size))
    moments = draw(st.lists(st.sampled_from(MOMENTS), min_size=size, max_size=size))
    if draw(st.booleans()):
        moments.sort()
    memory: Memory = {}
    envelopes = [_told(step, at, memory) for step, at in zip(happened, moments, strict=True)]
    again = draw(st.lists(st.tuples(st.integers(0, size - 1), st.sampled_from(AGAIN)), max_size=3))
    return envelopes + [change(envelopes[index]) for index, change in again]


def _told(step: Step, at: int, memory: Memory) -> Envelope:
    former = _remember(memory, (step.kind, step.org_id, step.subject), step.fields)
    chat = step.chat or {}
    former_chat = _remember(memory, ("chat", step.org_id, chat.get("chat_id", "")), chat)
    fields = {**former, **step.fields} if step.full else step.fields
    envelope: Envelope = {
        "event": step.event,
        "data": PAYLOADS[step.kind](step, fields),
        "org_id": step.org_id,
        "timestamp": SPELLINGS[0](at),
    }
    if step.previous != "absent":
        envelope["previous_attributes"] = _previous(step, former, former_chat)
    return envelope


def _remember(memory: Memory, key: tuple[str, str, str], fields: Values) -> Values:
    """Take in the new values and return the former ones."""
    former = memory.get(key, {})
    memory[key] = {**former, **fields}
    return former


def _previous(step: Step, former: Values, former_chat: Values) -> Values | None:
    right = _named(step, {name: former.get(name) for name in step.fields})
    wrong = step.wrong or {}
    chat = {name: former_chat.get(name) for name in step.chat or {}}
    return {
        "right": right,
        "null": None,
        "empty": {},
        "partial": dict(list(right.items())[: (len(right) + 1) // 2]),
        "wrong": {**right, **wrong},
        "odd": {**wrong, "later": 1},
        "nested": {**wrong, "ticket": right, "chat": chat},
    }[step.previous]


def _named(step: Step, fields: Values) -> Values:
    names = step.names or {}
    return {names.get(field, field): value for field, value in fields.items()}


def _ticket(step: Step, fields: Values) -> Values:
    told = {"ticket_id": step.subject, **(step.decoys or {}), **_named(step, fields)}
    row = {**told, "chat_id": step.chat["chat_id"]} if step.chat else told
    if step.shape == "info":
        return {"ticket": told, "chat": step.chat, "message": None, "attached_messages": []}
    if step.shape == "row":  # who closed it stands inside, and only there
        closing = _closing(row)
        return {**row, "close_ticket_metadata": closing}
    if step.shape == "both":  # what the row says itself wins
        return {**row, "close_ticket_metadata": {"closed_by": "decoy", "closed_message": "decoy"}}
    if step.shape == "minimal":
        return {"ticket_id": step.subject, "chat_id": "1@g.us"}
    return row


def _closing(row: Values) -> Values:
    """Take the closer out of the row, if it has one; a null one stays in the row."""
    return {name: row.pop(name) for name in ("closed_by", "closed_message") if row.get(name)}


def _chat(step: Step, fields: Values) -> Values:
    told = {**(step.decoys or {}), **_named(step, fields)}
    return {"latest_message": None, **told, "chat_id": step.subject}


def _message(step: Step, fields: Values) -> Values:
    ids: dict[str, Values] = {
        "message_id": {"message_id": step.subject},
        "both": {"message_id": step.subject, "unique_id": "u-1", "id": {"id": "x"}},
        "unique_id": {"unique_id": step.subject},
        "id": {"id": {"id": step.subject, "fromMe": True}},
        "empty": {"message_id": "", "unique_id": step.subject, "id": None},
        "null": {"message_id": None, "unique_id": None, "id": {"id": step.subject}},
    }
    return {**ids[step.shape], **fields}


def _other(step: Step, fields: Values) -> Values:
    if step.event == "chat.updated":
        return {"chat_name": "nobody's", **fields}
    about = "ticket_id" if step.subject.startswith("T") else "chat_id"
    return {about: step.subject, "status": "closed", **fields}


PAYLOADS: Mapping[str, Callable[[Step, Values], Values]] = {
    "ticket": _ticket,
    "chat": _chat,
    "message": _message,
    "other": _other,
}
