"""Every modelled field refuses what is of the wrong type, by name; null is never wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from pydantic import AliasChoices

from ticketledger.models import columns as kinds
from ticketledger.models.entities import Chat, ChatMember, Entity, Message, ShortMessage, Ticket
from ticketledger.models.entities.chat import Members
from ticketledger.models.rejection import Code

from ..ingest.made import Json, accepted, envelope, refused

WRONG: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (kinds.Id, (5, True, [], {})),
    (kinds.Text, (5, 1.5, True, [], {})),
    (kinds.Flag, ("true", 1, 0, [], {})),
    (kinds.Instant, (True, [], {}, "yesterday", "2026-13-01", 10**17)),
    (kinds.SmallInteger, (True, [], {})),
    (kinds.WholeNumber, ("5", True, [], {})),
    (kinds.RealNumber, ("5", True, [], {})),
    (kinds.Names, (5, True, {}, [1], [None])),
    (kinds.Texts, ("a", 5, {}, [1], [None])),
    (kinds.JsonMap, ("x", 5, True, [])),
    (Members, ("x", 5, True, [], ["a"])),
)
FREE = {"id", "label_ids", "close_ticket_metadata"}
"""Fields of any type."""

Place = tuple[str, Callable[[Json], Json], str]
CHAT_ID = {"chat_id": "1@g.us"}
MEMBER = "91.8@c.us"


def _info(**parts: Any) -> Json:
    return {"ticket": {"ticket_id": "T-1"}, **parts}


PLACES: dict[type[Entity], tuple[Place, ...]] = {
    Ticket: (
        ("ticket.updated", lambda field: {"ticket_id": "T-1", **field}, "data."),
        (
            "ticket.updated",
            lambda field: {"ticket": {"ticket_id": "T-1", **field}},
            "data.ticket.",
        ),
        ("ticket.created", lambda field: {"ticket_id": "T-1", **field}, "data."),
        ("ticket.deleted", lambda field: {"ticket_id": "T-1", **field}, "data."),
    ),
    Chat: (
        ("chat.created", lambda field: {**CHAT_ID, **field}, "data."),
        ("chat.updated", lambda field: {**CHAT_ID, **field}, "data."),
        ("ticket.updated", lambda field: _info(chat={**CHAT_ID, **field}), "data.chat."),
    ),
    ChatMember: (
        ("chat.created", lambda field: {**CHAT_ID, "members": {MEMBER: field}}, "data.members"),
        (
            "ticket.updated",
            lambda field: _info(chat={**CHAT_ID, "members": {MEMBER: field}}),
            "data.chat.members",
        ),
    ),
    Message: (
        ("message.created", lambda field: {"message_id": "m", **field}, "data."),
        ("message.ticket.attached", lambda field: {"message_id": "m", **field}, "data."),
        ("note.created", lambda field: {"message_id": "m", **field}, "data."),
    ),
    ShortMessage: (
        ("ticket.updated", lambda field: _info(message=field), "data.message."),
        (
            "ticket.updated",
            lambda field: _info(attached_messages=[{}, field]),
            "data.attached_messages[1].",
        ),
    ),
}


def _spelled(entity: type[Entity], name: str) -> list[str]:
    """The names a field has in the vendor's objects."""
    alias = entity.model_fields[name].validation_alias
    return [str(each) for each in alias.choices] if isinstance(alias, AliasChoices) else [name]


def _fields() -> Iterator[tuple[type[Entity], str, tuple[Any, ...]]]:
    for entity in PLACES:
        hints = get_type_hints(entity, include_extras=True)
        for name in entity.model_fields:
            if name in FREE:
                continue
            (wrong,) = [values for kind, values in WRONG if kind == hints[name]]
            for spelled in _spelled(entity, name):
                yield entity, spelled, wrong


FIELDS = [
    pytest.param(entity, name, wrong, id=f"{entity.__name__}.{name}")
    for entity, name, wrong in _fields()
]


def test_the_fields_are_those_of_the_contract() -> None:
    assert len(FIELDS) > 80


@pytest.mark.parametrize(("entity", "name", "wrong"), FIELDS)
def test_a_value_of_a_wrong_type_is_refused_by_the_name_of_its_field(
    entity: type[Entity], name: str, wrong: tuple[Any, ...]
) -> None:
    for event, place, path in PLACES[entity]:
        for value in wrong:
            told = {**envelope(), "event": event, "data": place({name: value})}
            verdict = refused(told)
            assert verdict.code in (Code.WRONG_TYPE, Code.BAD_INSTANT), (event, value)
            assert verdict.path.startswith(path), (verdict.path, value)
            assert name in verdict.path.removeprefix(path), (verdict.path, value)


@pytest.mark.parametrize(("entity", "name", "wrong"), FIELDS)
def test_null_is_of_no_wrong_type(entity: type[Entity], name: str, wrong: tuple[Any, ...]) -> None:
    for event, place, _ in PLACES[entity]:
        data = place({name: None})
        required = {Ticket: "ticket_id", Chat: "chat_id", Message: "message_id"}.get(entity)
        if name != required:
            accepted({**envelope(), "event": event, "data": data})


@pytest.mark.parametrize(("entity", "name", "wrong"), FIELDS)
def test_previous_values_of_a_wrong_type_only_witness_less(
    entity: type[Entity], name: str, wrong: tuple[Any, ...]
) -> None:
    for event, place, _ in PLACES[entity]:
        data = place({})
        for value in wrong:
            before = {name: value, "ticket": {name: value}, "chat": {name: value}}
            told = {**envelope(), "event": event, "data": data, "previous_attributes": before}
            accepted(told)


def test_a_field_has_the_first_of_its_names_that_is_present() -> None:
    row = accepted({**envelope(), "data": {"ticket_id": "T", "ticket_labels": "B, a", "labels": 5}})
    assert row["ticket"]["labels"] == ["a", "b"]


@pytest.mark.parametrize("event", ["ticket.updated", "chat.created", "message.created"])
def test_only_what_came_is_present(event: str) -> None:
    ours = {"sent_at": "?", "unknown": 1, "ticket_keys": 1, "model_extra": 2, "values": 3}
    ids = {"ticket_id": "T-1", "chat_id": "1@g.us", "message_id": "m"}
    kind = event.split(".")[0]
    plain = accepted({**envelope(), "event": event, "data": ids})
    row = accepted({**envelope(), "event": event, "data": {**ids, **ours}})
    assert row[f"{kind}_keys"] == plain[f"{kind}_keys"]
    assert row[kind] == plain[kind]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        *((2, 2), ("2", 2), (2.0, 2), ("high", None), ("", None), (40_000, None), (1.5, None)),
        *(("1e999", None), ("NaN", None), ("Infinity", None), ("9" * 5000, None), (None, None)),
        *((10**400, None), (-1, -1), (" 3 ", 3)),
    ],
)
def test_a_priority_is_a_small_number_or_unknown(value: Any, stored: int | None) -> None:
    row = accepted({**envelope(), "data": {"ticket_id": "T-1", "priority": value}})
    assert row["ticket"]["priority"] == stored
    assert ",priority," in row["ticket_keys"]
