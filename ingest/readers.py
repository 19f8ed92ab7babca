"""The SQL that checks, reads and spells one field, by the kind the models declare it to be."""

from __future__ import annotations

from functools import cache
from typing import Final

from pydantic import AliasChoices, Strict

from ticketledger.models.columns import Column, Kind
from ticketledger.models.entities import Entity
from ticketledger.models.entities.base import columns

_CHECKS: Final = {
    Kind.TEXT: "is_text({v})",
    Kind.FLAG: "is_flag({v})",
    Kind.INSTANT: "is_instant({v}, {read})",
    Kind.SMALL_INTEGER: "is_priority({v})",
    Kind.WHOLE_NUMBER: "is_whole_number({v})",
    Kind.REAL_NUMBER: "is_real_number({v})",
    Kind.NAMES: "is_labels({v})",
    Kind.TEXTS: "is_texts({v})",
    Kind.MAP: "is_map({v})",
    Kind.MEMBERS: "is_map({v})",
}
_VALUES: Final = {
    Kind.TEXT: "text_of({v})",
    Kind.FLAG: "flag_of({v})",
    Kind.INSTANT: "instant_of({v})",
    Kind.SMALL_INTEGER: "TRY_CAST(trim({v}, '\"') AS SMALLINT)",
    Kind.WHOLE_NUMBER: "TRY_CAST({v} AS INTEGER)",
    Kind.REAL_NUMBER: "TRY_CAST({v} AS DOUBLE)",
    Kind.NAMES: "labels_of({v})",
    Kind.TEXTS: "texts_of({v})",
    Kind.MAP: "CASE WHEN {v} NOT IN ('null', '{{}}') THEN flat({v}) END",
}
SPELLED_AS_CHECKED: Final = frozenset(Kind) - {Kind.MAP, Kind.TEXTS, Kind.MEMBERS}
"""Kinds whose values, once checked, are in their canonical spelling."""


@cache
def fields_by_key(entity: type[Entity]) -> dict[str, str]:
    """Return the model's field for each key it declares, the first name of a field first."""
    made: dict[str, str] = {}
    for name, info in entity.model_fields.items():
        alias = info.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [name]
        made |= {str(key): name for key in names}
    return made


@cache
def barred(entity: type[Entity]) -> frozenset[str]:
    """Return keys this lane leaves alone: the models do more with them than read them.

    Besides, the models' own names that are no keys of the vendor's would be taken for the field.
    """
    special = {"close_ticket_metadata"} & set(entity.model_fields)
    return frozenset(special | (set(entity.model_fields) - fields_by_key(entity).keys()))


def column_of(entity: type[Entity], key: str) -> Column | None:
    """Return the stored column a key is read into."""
    name = fields_by_key(entity).get(key)
    return columns(entity).get(name) if name else None


def is_id(entity: type[Entity], key: str) -> bool:
    """Whether a key holds a text that is stored beside the image."""
    name = fields_by_key(entity).get(key)
    if name is None or column_of(entity, key):
        return False
    return any(isinstance(mark, Strict) for mark in entity.model_fields[name].metadata)


def check(kind: Kind, value: str, read: str) -> str:
    """Return the SQL of whether an extracted value needs no thought; `read` is its stored value."""
    return _CHECKS[kind].format(v=value, read=read)


def stored(kind: Kind, value: str) -> str:
    """Return the SQL of the stored value of an extracted one that passed its check."""
    return _VALUES[kind].format(v=value)
