"""How the fast lane reads the objects inside a ticket event, which repeat from event to event.

A shape is an entity with the keys that were seen in its place. JSON values are extracted by those
keys, in sorted order, into a list `v`; macros made here check them, give the stored columns and
write the canonical text. A key the model does not declare is kept in the text, as the models do.
Keys come from data: they reach SQL only as variables, never as part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ticketledger.models.columns import Column, Kind
from ticketledger.models.entities import Chat, ChatMember, Entity, ShortMessage, Ticket
from ticketledger.models.entities.base import columns
from ticketledger.models.entities.chat import MEMBER_COLUMNS

from .readers import (
    SPELLED_AS_CHECKED,
    barred,
    check,
    column_of,
    fields_by_key,
    is_id,
    stored,
)

MOST_KEYS: Final = 120
KEY: Final = re.compile(r"[A-Za-z0-9_ .:@+-]{1,64}", re.ASCII)
"""Keys that can be spelled in a JSON path; what has another goes to the explain lane."""


@dataclass(slots=True)
class Shape:
    """An object in one place of the envelope, and the keys seen there so far, sorted.

    `given` are columns whose values the statements pass in: known only from around the object;
    `asked` are keys whose extracted values the statements ask for.
    """

    name: str
    entity: type[Entity]
    given: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    keys: list[str] = field(default_factory=list)

    def learn(self, found: Iterable[str]) -> bool:
        """Add keys; says whether one was new. What has a key not taken goes to the other lane."""
        taken = {key for key in found if key not in barred(self.entity) and KEY.fullmatch(key)}
        every = sorted({*self.keys, *taken})
        if len(every) > MOST_KEYS or every == self.keys:
            return False
        self.keys = every
        return True

    def paths(self) -> list[str]:
        """Return the JSON path of every key."""
        return [f'$."{key}"' for key in self.keys] or ['$."no key yet"']

    def names(self) -> list[str]:
        """Return what stands before each value in the canonical text."""
        return [f'"{key}":' for key in self.keys]

    def macros(self) -> list[str]:
        """Return the statements that define `<name>_text`, `_fits`, `_image`, `_keys`.

        And one more for each key asked for, `<name>_<key>`: its extracted value.
        """
        given = "".join(f", {name}" for name in self.given)
        bodies = {
            f"text(v{', members' if 'members' in self.given else ''})": self._text(),
            "fits(v, image)": self._fits(),
            f"image(v{given})": self._image(),
            f"keys(v{given})": self._keys(),
            **{f"{key}(v)": self._value(key) for key in self.asked},
        }
        return [
            f"CREATE OR REPLACE MACRO main.{self.name}_{head} AS {b}" for head, b in bodies.items()
        ]

    def _value(self, key: str) -> str:
        return f"v[{self.keys.index(key) + 1}]" if key in self.keys else "NULL::VARCHAR"

    def _sources(self, name: str) -> list[str]:
        """Return the keys seen that a field is read from, the one that counts first."""
        declared = fields_by_key(self.entity)
        return [key for key, field in declared.items() if field == name and key in self.keys]

    def _fits(self) -> str:
        checks = ["true"]
        for key in self.keys:
            column, value = column_of(self.entity, key), self._value(key)
            if column is not None:
                read = f"image.{fields_by_key(self.entity)[key]}"
                checks.append(check(column.kind, value, read))
            elif is_id(self.entity, key):
                checks.append(check(Kind.TEXT, value, ""))
        return " AND ".join(f"({each})" for each in checks)

    def _image(self) -> str:
        kept = {n: column for n, column in columns(self.entity).items() if not column.is_apart}
        fields = [f"'{name}': {self._read(name, column)}" for name, column in kept.items()]
        return "{" + ", ".join(fields) + "}"

    def _read(self, name: str, column: Column) -> str:
        if name in self.given:
            return f"CAST({name} AS {column.duckdb})"
        made = f"NULL::{column.duckdb}"
        for index, key in enumerate(reversed(self._sources(name))):
            value = self._value(key)
            read = stored(column.kind, value)
            made = f"CASE WHEN {value} IS NOT NULL THEN {read} ELSE {made} END" if index else read
        return made

    def _keys(self) -> str:
        told = {name: self._is_told(name) for name in sorted(columns(self.entity))}
        tests = {name: test for name, test in told.items() if test}
        some = ", ".join(f"CASE WHEN {test} THEN '{name}' END" for name, test in tests.items())
        return f"',' || coalesce(nullif(concat_ws(',', {some}), '') || ',', '')" if some else "','"

    def _is_told(self, name: str) -> str:
        if name in self.given:
            return f"{name} IS NOT NULL"
        return " OR ".join(f"{self._value(key)} IS NOT NULL" for key in self._sources(name))

    def _text(self) -> str:
        pieces = []
        for index, key in enumerate(self.keys):
            column, value = column_of(self.entity, key), self._value(key)
            if column is not None and column.kind is Kind.MEMBERS:
                value = f"CASE WHEN {value} = 'null' THEN {value} ELSE members END"
            elif not is_id(self.entity, key) and (
                column is None or column.kind not in SPELLED_AS_CHECKED
            ):
                value = f"flat({value})"
            pieces.append(f"getvariable('{self.name}_names')[{index + 1}] || {value}")
        return f"'{{' || concat_ws(',', {', '.join(pieces)}) || '}}'" if pieces else "'{}'"


def shapes() -> dict[str, Shape]:
    """Return the shapes of an export of which nothing was seen yet, by name."""
    made = [
        Shape("before", Ticket, ("is_deleted",), ("is_deleted",)),
        Shape("chat", Chat, ("members", "is_deleted"), ("members", "is_deleted", "chat_id")),
        Shape("member", ChatMember, (), tuple(sorted(MEMBER_COLUMNS))),
        Shape("short", ShortMessage),
    ]
    return {shape.name: shape for shape in made}
