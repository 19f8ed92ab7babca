"""What may happen next to a ticket, a chat or a message, before the vendor puts it into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from .values import CHAT_FIELDS, MESSAGE_FIELDS, ODD_VALUES, TICKET_FIELDS, Values, some


@dataclass(frozen=True)
class Step:
    """One happening.

    Attributes:
        kind: `ticket`, `chat`, `message` or `other`.
        subject: id of the ticket, chat or message.
        fields: new values by their canonical names.
        full: tell the remembered values too, as an after-image does.
        shape: which of the vendor's shapes the object has.
        names: which of its names a field goes by.
        decoys: values under second names, which must lose against first names.
        previous: how previous_attributes are told.
        wrong: former values that need not be true, for the modes that tell them.
        chat: the chat inside TicketInfo; its id may be empty.
    """

    kind: str
    event: str
    org_id: str
    subject: str
    fields: Values
    full: bool = False
    shape: str = ""
    names: Mapping[str, str] | None = None
    decoys: Values | None = None
    previous: str = "absent"
    wrong: Values | None = None
    chat: Values | None = None


orgs = st.sampled_from(["org-a"] * 4 + ["org-b"])
chat_ids = st.sampled_from(["1@g.us", "1@g.us", "2@c.us", "3@c.us"])
modes = st.sampled_from(
    ["right", "right", "absent", "null", "empty", "partial", "wrong", "odd", "nested"]
)


def _with_chat_id(fields: Values, chat_id: str) -> Values:
    return {**fields, "chat_id": chat_id}


def _one_of(names: list[str], *more: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([*names, *more])


def _as_often_as_listed(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Choose between strategies; unlike `st.one_of`, which takes each only once."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


some_chat = some(CHAT_FIELDS)
told_chats = st.builds(_with_chat_id, some_chat, chat_ids)
blank_chats = st.builds(_with_chat_id, some_chat, st.just(""))

ticket_steps = st.builds(
    Step,
    kind=st.just("ticket"),
    event=_one_of(["ticket.updated"] * 3, "ticket.created", "ticket.deleted"),
    org_id=orgs,
    subject=_one_of(["T-1"] * 6, "T-2", "T-2", "T-3", "T-4"),
    fields=some(TICKET_FIELDS),
    full=st.booleans(),
    shape=_one_of(["info"] * 4, "row", "plain", "both", "minimal"),
    names=st.fixed_dictionaries(
        {
            "labels": _one_of(["ticket_labels", "labels"]),
            "custom_properties": _one_of(["ticket_custom_properties", "custom_properties"]),
        }
    ),
    decoys=st.sampled_from([{}, {}, {"labels": ["decoy"]}, {"custom_properties": {"decoy": "1"}}]),
    previous=modes,
    wrong=some(TICKET_FIELDS) | st.sampled_from(ODD_VALUES),
    chat=_as_often_as_listed(st.none(), told_chats, told_chats, blank_chats),
)

chat_steps = st.builds(
    Step,
    kind=st.just("chat"),
    event=_one_of(
        ["chat.created", "chat.updated", "chat.label.updated", "chat.custom_properties.updated"]
    ),
    org_id=orgs,
    subject=chat_ids,
    fields=some_chat,
    full=st.booleans(),
    names=st.fixed_dictionaries(
        {
            "labels": _one_of(["chat_labels", "labels"]),
            "is_archived": _one_of(["is_archived", "archived"]),
            "is_pinned": _one_of(["is_pinned", "pinned"]),
        }
    ),
    decoys=st.sampled_from([{}, {}, {"labels": ["decoy"]}, {"archived": True, "pinned": False}]),
    previous=modes,
    wrong=some_chat | st.sampled_from(ODD_VALUES),
)

message_steps = st.builds(
    Step,
    kind=st.just("message"),
    event=_one_of(
        ["message.created", "message.updated", "message.deleted", "message.ack.updated"],
        *("message.flagged", "message.unflagged", "message.ticket.attached", "note.created"),
    ),
    org_id=orgs,
    subject=_one_of(["m-1", "m-1", "m-2", "m-3", "m-4"]),
    fields=some(MESSAGE_FIELDS),
    full=st.booleans(),
    shape=_one_of(["message_id", "both", "unique_id", "id", "empty", "null"]),
    previous=_one_of(["absent", "right", "null"]),
)

other_steps = st.builds(
    Step,
    kind=st.just("other"),
    event=_one_of(
        ["chat.notification.created", "reaction.created", "ticket.closed", "org.updated"],
        "chat.updated",  # told without a chat_id: it is about nobody
    ),
    org_id=orgs,
    subject=_one_of(["T-1", "1@g.us"]),
    fields=st.just({}),
    previous=_one_of(["absent", "null", "empty"]),
)

steps = _as_often_as_listed(
    *[ticket_steps] * 5, *[chat_steps] * 2, message_steps, message_steps, other_steps
)
