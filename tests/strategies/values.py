"""Values of every field of tickets, chats and messages: small pools, nulls, many spellings."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from .instants import MOMENTS, SPELLINGS

Values = dict[str, Any]

spelled_instants = st.builds(
    lambda at, spell: spell(at), st.sampled_from(MOMENTS), st.sampled_from(SPELLINGS)
)

texts = st.sampled_from(
    [None, "", "a", "b", 'quote " and \\ slash', "two\nlines\u2028", "naïve 🙏"]
)
people = st.sampled_from([None, "dev@x.example", "lena@x.example"])
flags = st.sampled_from([None, True, False])
instants = st.one_of(st.none(), st.just(""), spelled_instants)
small_numbers = st.sampled_from([None, 0, 1, 2, "2", "1", "high", "", 40_000])
label_names = ["vip", "VIP ", "billing", " Straße", "STRASSE", "ümlaut", "Ümlaut", ""]
label_lists = st.lists(st.sampled_from(label_names), max_size=3)
labels = st.one_of(st.none(), label_lists, label_lists.map(", ".join), label_lists.map(",".join))
custom_properties = st.sampled_from(
    [
        None,
        {},
        {"Plan": "Gold"},
        {"Plan": "Gold", "n": 1},
        {"n": True},
        {"n": {"b": [None], "a": 2}},
    ]
)
contacts = st.fixed_dictionaries(
    {},
    optional={
        "contact_id": texts,
        "contact_name": texts,
        "contact_labels": labels,
        "is_admin": flags,
        "is_super_admin": flags,
        "is_internal": flags,
    },
)
members = st.one_of(
    st.none(),
    st.dictionaries(
        st.sampled_from(["91@c.us", "20@lid", 'odd."key"[0]']), contacts | st.none(), max_size=3
    ),
)

zeros = st.sampled_from(["0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00"])
"""How programs spell that there is no instant."""

TICKET_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(
        ["open", "inprogress", "In-Progress", "closed", "CLOSED", "archived", "on_hold", None]
    ),
    "subject": texts,
    "priority": small_numbers,
    "assignee": people,
    "assigned_by": people,
    "raised_by": people,
    "created_at": instants | zeros,
    "due_date": instants | zeros,
    "closed_at": instants | zeros,
    "closed_by": people,
    "closed_message": texts,
    "first_assigned_at": instants | zeros,
    "quoted_message_id": texts,
    "labels": labels,
    "custom_properties": custom_properties,
    "is_deleted": st.sampled_from([None, True, False, False]),  # so that deletions are undone
}

CHAT_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "chat_name": texts,
    "chat_type": st.sampled_from(["user", "group", None]),
    "org_phone": texts,
    "chat_org_phones": st.sampled_from([None, [], ["2", "1"], ["1", "2"]]),
    "chat_image": texts,
    "created_at": instants,
    "updated_at": instants,
    "is_muted": flags,
    "is_archived": flags,
    "is_exited": flags,
    "is_pinned": flags,
    "is_deleted": flags,
    "invite_link": texts,
    "group_description": texts,
    "labels": labels,
    "custom_properties": custom_properties,
    "assigned_to": people,
    "closed_at": instants,
    "member_count": st.sampled_from([None, 0, 3]),
    "members": members,
}

MESSAGE_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "chat_id": texts,
    "message_ticket_id": st.sampled_from([None, "", "T-1", "T-2"]),
    "org_phone": st.sampled_from([None, "1@c.us", "2@c.us"]),
    "body": texts,
    "message_type": texts,
    "from_me": flags,
    "author": people,
    "sender_phone": texts,
    "performed_by": people,
    "timestamp": instants,
    "is_deleted": flags,
    "is_private_note": flags,
    "flag_status": flags,
    "quoted_message_id": texts,
    "has_media": flags,
    "ack": st.sampled_from([None, "1", 2, "4", -1, 0, "read"]),
}

ODD_VALUES: Sequence[Values] = (
    {"status": 5, "assignee": ["a"]},
    {"priority": True, "closed_at": False},
    {"labels": 7, "ticket_labels": "VIP"},
    {"ticket_labels": {"a": 1}, "labels": ["vip"], "chat_labels": [None]},
    {"due_date": "someday", "is_deleted": "yes"},
    {"custom_properties": "x", "ticket_custom_properties": ["x"]},
    {"close_ticket_metadata": "x", "archived": 1},
    {"close_ticket_metadata": {"closed_by": 5, "closed_message": "a"}},
    {"ticket": "x", "chat": "x", "members": [1]},
    {"ticket": None, "chat": None, "is_deleted": None},
    {"label_ids": {"label-a": True}, "unheard_of": [1, {"x": None}]},
)
"""Previous attributes of wrong types, which are ignored field by field."""


def some(fields: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Values]:
    """Any of the fields, each with any of its values."""
    return st.fixed_dictionaries({}, optional=dict(fields))
