"""What a line of a settings file asks of a ticket; all that is given must hold."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator

from .spans import wrong


def many(value: Any) -> Any:
    """Return a list as it is, and anything else as a list of it."""
    return value if isinstance(value, list) else [value]


def _labels(value: Any) -> tuple[str, ...]:
    """Labels as the ledger spells them."""
    names = many(value)
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise wrong(f"`{value}` is no label")
    return tuple(name.strip().casefold() for name in names)


def _priorities(value: Any) -> tuple[int, ...]:
    numbers = many(value)
    if not numbers or not all(type(number) is int and abs(number) < 2**15 for number in numbers):
        raise wrong(f"`{value}` is no priority", "0 none, 1 low, 2 medium, 3 high, 4 urgent")
    return tuple(numbers)


def _names(value: Any) -> tuple[str, ...]:
    names = many(value)
    if not names or not all(isinstance(name, str) for name in names):
        raise wrong(f"`{value}` is no name")
    return tuple(names)


def _statuses(value: Any) -> tuple[str, ...]:
    """Statuses without case, spaces, - and _, as the macro `plain_status` spells them.

    The database lowers each letter by itself, to one letter: no final sigma, no dot beside the i.
    """
    names = many(value)
    if not all(isinstance(name, str) and name.strip(" _-") for name in names):
        raise wrong(f"`{value}` is no status")
    return tuple(
        "".join(letter.lower()[0] for letter in re.sub("[ _-]", "", name)) for name in names
    )


def _some_statuses(value: Any) -> tuple[str, ...]:
    if not many(value):
        raise wrong(f"`{value}` is no status")
    return _statuses(value)


def _properties(value: Any) -> tuple[str, ...]:
    texts = many(value)
    if not texts or not all(isinstance(text, str) and text.partition("=")[2] for text in texts):
        raise wrong(f"`{value}` is no property", 'properties are written "NAME=VALUE"')
    return tuple(texts)


Priorities = Annotated[tuple[int, ...], PlainValidator(_priorities)]
Labels = Annotated[tuple[str, ...], PlainValidator(_labels)]
Names = Annotated[tuple[str, ...], PlainValidator(_names)]
StatusNames = Annotated[tuple[str, ...], PlainValidator(_statuses)]
Properties = Annotated[tuple[str, ...], PlainValidator(_properties)]


class Part(BaseModel):
    """A table of the file. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Condition(Part):
    """Conditions on a ticket.

    Attributes:
        priority: one of these; 0 is none.
        label: at least one of these.
        org_id: in one of these organisations.
    """

    priority: Priorities | None = None
    label: Labels | None = None
    org_id: Names | None = None

    def asks(self) -> bool:
        """Whether any condition is given: they are the fields that may be left out."""
        fields = type(self).model_fields.items()
        return any(
            getattr(self, name) is not None for name, field in fields if not field.is_required()
        )


class State(Condition):
    """Conditions on the state that a ticket is in at an instant.

    Attributes:
        status: one of these; spelling of case, space, - and _ is ignored.
        property: at least one of these custom properties has this value.
    """

    status: Annotated[tuple[str, ...] | None, PlainValidator(_some_statuses)] = None
    property: Properties | None = None
