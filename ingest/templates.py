"""How the fast lane reads whole lines: by templates, the exact sequences of keys of an export.

A recorder writes all events of a kind alike: the same keys in the same order. A template is such a
sequence, seen in a sample. One `from_json` gives the value under each key; the line is rebuilt from
those values, and only if it comes out the same, byte for byte, was the template the right one.
That alone proves that there is no further key, none twice, none missing and none null by guess.

Keys come from data: they reach SQL only as variables, never as part of a statement; values are
taken by position.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from ticketledger.models.columns import Column, Kind
from ticketledger.models.entities import REPEATED, Entity
from ticketledger.models.entities.base import columns

from .keys import (
    ENTITIES,
    Keys,
    Steps,
    in_order,
    is_later,
    is_leaf,
    keys_below,
    keys_of,
    structure,
    walk,
)
from .readers import SPELLED_AS_CHECKED, barred, check, column_of, fields_by_key, is_id, stored
from .shapes import KEY, MOST_KEYS

PREVIOUS: Final = ("previous_attributes",)

NAME_KEYS: Final = ("event", "event_type")
_PLAIN: Final = (*NAME_KEYS, "org_id", "timestamp")
_ASKED: Final = ("org_id", "is_deleted", "ticket_id", "message_id")
_BARRED: Final = frozenset(
    ["integration_name", "type", "log_id", "new_record", "old_record", "metadata"]
)
"""Keys of an envelope that mean another form."""


@dataclass(frozen=True)
class Template:
    """The keys of a line, of one family of events: `ticket` (TicketInfo or row) or `message`.

    `is_null` says what a line without previous attributes spells: null, or nothing at all.
    """

    family: str
    keys: Keys
    is_null: bool

    @classmethod
    def of(cls, family: str, envelope: Mapping[str, Any]) -> Self | None:
        """Return the template of a parsed line; None if this lane takes no such lines."""
        is_null = envelope.get(*PREVIOUS, ...) is None
        template = cls(family, keys_of(family, envelope), is_null)
        return template if template._is_sound() else None

    def covers(self, other: Template) -> bool:
        """Whether every line of the other template is one of this."""
        keys = tuple(pair for pair in self.keys if (pair[0],) != PREVIOUS)
        return self == other or (not self.is_null and other == Template(self.family, keys, False))

    @property
    def entity(self) -> type[Entity]:
        return ENTITIES[self.family]

    @cached_property
    def place(self) -> Steps:
        """Where the family's object stands; a ticket may be the data itself, or within it."""
        within = ("data", "ticket")
        return within if self.family == "ticket" and keys_below(self.keys, within) else ("data",)

    @property
    def has_parts(self) -> bool:
        """Whether parts that repeat stand beside the object."""
        return len(self.place) > 1

    @property
    def name_key(self) -> str:
        """The key that holds the event's name."""
        return next(key for key, _ in self.keys if key in NAME_KEYS)

    def structure(self) -> str:
        """Return what `from_json` takes the line apart by."""
        return json.dumps(structure(self.keys))

    def names(self) -> list[str]:
        """Return what stands before each value: its name, with the comma from the second one on.

        First for every key in the order of the line, then again in sorted order.
        """
        return [
            ("," if is_later(steps, order) else "") + json.dumps(steps[-1]) + ":"
            for order in (self.keys, in_order(self.keys))
            for steps in self._walked
        ]

    def told_keys(self, *, has_chat: bool, has_deletion: bool) -> str:
        """Return the stored key list of the object."""
        fields = {fields_by_key(self.entity).get(key) for key, _ in self._object}
        names = {name for name in fields if name in columns(self.entity)} - {"is_deleted"}
        names |= {"chat_id"} if has_chat else set()
        names |= {"is_deleted"} if has_deletion else set()
        return f",{','.join(sorted(name for name in names if name))}," if names else ","

    def macros(self, schema: str) -> list[str]:
        """Return the statements that define what `read_*.sql` calls, in a schema of their own."""
        bodies = {
            "line_of(j, o)": f"concat({', '.join(self._line((), self.keys))}, chr(10))",
            "envelope_of(j)": f"concat({', '.join(self._envelope())})",
            "head_of(j, o)": f"concat({', '.join(self._spelled()[0])})",
            "map_of(o)": self._map(),
            "tail_of(j, o)": f"concat({', '.join(self._spelled()[1])}, '')",
            "fits(j, o, image)": " AND ".join(f"({each})" for each in self._checks()),
            "image_of(o, deleted)": self._image(),
            "event_of(j)": self._value((self.name_key,)),
            "org_of(j)": self._value(("org_id",)),
            "timestamp_of(j)": self._value(("timestamp",)),
            "previous_of(j)": self._value(PREVIOUS),
            "object_of(j)": self._value(self.place),
            **{f"{part}_of(j)": self._part(part) for part in REPEATED},
            **{f"object_{k}(o)": self._value((*self.place, k)) for k in _ASKED},
        }
        return [f"CREATE OR REPLACE MACRO {schema}.{head} AS {b}" for head, b in bodies.items()]

    # --- keys -----------------------------------------------------------------------------

    @cached_property
    def _walked(self) -> list[Steps]:
        return list(walk(self.keys))

    @cached_property
    def _object(self) -> Keys:
        return keys_below(self.keys, self.place)

    def _column(self, steps: Steps) -> Column | None:
        is_own = steps[:-1] == self.place
        return column_of(self.entity, steps[-1]) if is_own else None

    def _is_sound(self) -> bool:
        """Whether every key can be spelled, none means more than it says, none differs by case."""
        envelope = {key for key, _ in self.keys}
        if len(envelope & set(NAME_KEYS)) != 1 or envelope & _BARRED or not self._object:
            return False
        if len(self._walked) > MOST_KEYS or not all(KEY.fullmatch(s[-1]) for s in self._walked):
            return False
        if len({tuple(map(str.casefold, steps)) for steps in self._walked}) < len(self._walked):
            return False
        own = {key for key, _ in self._object}
        fields = [name for key in own if (name := fields_by_key(self.entity).get(key))]
        if own & barred(self.entity) or len(set(fields)) < len(fields):
            return False
        parts = {key for key, _ in keys_below(self.keys, ("data",))}
        if self.family != "ticket":
            return True
        if not self.has_parts:
            return not parts & {"ticket", *REPEATED}
        return "chat_id" not in own and parts <= {"ticket", *REPEATED}

    # --- SQL ------------------------------------------------------------------------------

    def _value(self, steps: Steps) -> str:
        """Return the SQL of the value under a key; NULL for null, and where there is no key."""
        made, keys = "j", self.keys
        if steps[: len(self.place)] == self.place and len(steps) > len(self.place):
            made, keys, steps = "o", self._object, steps[len(self.place) :]
        for step in steps:
            places = [key for key, _ in keys]
            if step not in places:
                return "NULL::VARCHAR"
            made = f"struct_extract_at({made}, {places.index(step) + 1})"
            keys = dict(keys)[step] or ()
        return made

    def _name(self, steps: Steps, *, is_sorted: bool) -> str:
        """Return the SQL of what stands before a value: a constant."""
        number = self._walked.index(steps) + 1 + is_sorted * len(self._walked)
        return f"getvariable('template_names')[{number}]"

    def _line(self, above: Steps, keys: Keys) -> list[str]:
        """Return the SQL of the pieces of an object as the line spells it without white space."""
        pieces = ["'{'"]
        for key, below in keys:
            steps = (*above, key)
            name, value = self._name(steps, is_sorted=False), self._value(steps)
            if steps == PREVIOUS and not self.is_null:
                pieces.append(f"CASE WHEN {value} IS NOT NULL THEN {name} || {value} ELSE '' END")
            elif below is None:
                pieces += [name, f"coalesce({value}, 'null')"]
            else:
                inner = f"concat({', '.join(self._line(steps, below))})"
                pieces += [name, f"CASE WHEN {value} IS NULL THEN 'null' ELSE {inner} END"]
        return [*pieces, "'}'"]

    def _text(self, above: Steps, keys: Keys) -> list[str]:
        """Return the SQL of the pieces of an object's canonical text; two for each key, sorted."""
        pieces = ["'{'"]
        for key, below in sorted(keys):
            steps = (*above, key)
            value = self._value(steps)
            if below is None:
                pieces += [self._name(steps, is_sorted=True), f"coalesce({value}, 'null')"]
            else:
                inner = f"concat({', '.join(self._text(steps, below))})"
                text = f"CASE WHEN {value} IS NULL THEN 'null' ELSE {inner} END"
                pieces += [self._name(steps, is_sorted=True), text]
        return [*pieces, "'}'"]

    def _envelope(self) -> list[str]:
        rest = [pair for pair in self.keys if pair[0] not in ("data", *PREVIOUS)]
        first, *others = self._text((), tuple(rest))
        # the first name in sorted order may be another one's second, with `data` before it
        return [first, f"ltrim({others[0]}, ',')", *others[1:]]

    def _spelled(self) -> tuple[list[str], list[str]]:
        """Return the SQL of the object's text: the pieces before, and after, the property map."""
        pieces = self._text(self.place, self._object)
        for index, (key, _) in enumerate(sorted(self._object)):
            column = column_of(self.entity, key)
            if column is not None and column.kind is Kind.MAP:
                return pieces[: 2 + 2 * index], pieces[3 + 2 * index :]
        return pieces, ["''"]

    def _map(self) -> str:
        for key, _ in self._object:
            column = column_of(self.entity, key)
            if column is not None and column.kind is Kind.MAP:
                return f"coalesce({self._value((*self.place, key))}, 'null')"
        return "''"

    def _part(self, part: str) -> str:
        is_there = self.has_parts and part in dict(keys_below(self.keys, ("data",)))
        return f"coalesce({self._value(('data', part))}, 'null')" if is_there else "NULL::VARCHAR"

    def _is_spelled(self, steps: Steps) -> bool:
        """Whether a value that passed its check is in its canonical spelling."""
        column = self._column(steps)
        if column is not None:
            return column.kind in SPELLED_AS_CHECKED
        if steps[:-1] == self.place:
            return is_id(self.entity, steps[-1])
        return len(steps) == 1 and steps[0] in _PLAIN

    def _checks(self) -> Iterator[str]:
        """Yield the SQL of whether each value is of a kind this lane reads as the models do."""
        loose = []
        for steps in self._walked:
            value, column = self._value(steps), self._column(steps)
            if column is not None:
                read = f"image.{fields_by_key(self.entity)[steps[-1]]}"
                yield check(column.kind, value, read)  # of lists, the check leaves one spelling
            elif self._is_spelled(steps):
                yield check(Kind.TEXT, value, "")
            elif is_leaf(self.keys, steps) and not self._is_part(steps):
                loose.append(value)
        if loose:  # all in one text: one look is cheaper than many
            yield f"are_brief(concat_ws(chr(10), {', '.join(loose)}))"

    def _is_part(self, steps: Steps) -> bool:
        """Whether a value is looked at by itself, once per distinct text."""
        return steps == PREVIOUS or (self.has_parts and steps[:-1] == ("data",))

    def _image(self) -> str:
        by_field = {fields_by_key(self.entity).get(key): key for key, _ in self._object}
        kept = {n: column for n, column in columns(self.entity).items() if not column.is_apart}
        fields = [f"'{n}': {self._read(n, by_field.get(n), c)}" for n, c in kept.items()]
        return "{" + ", ".join(fields) + "}"

    def _read(self, name: str, key: str | None, column: Column) -> str:
        if name == "is_deleted":
            return f"CAST(deleted AS {column.duckdb})"
        if key is None or column.kind is Kind.MAP:
            return f"NULL::{column.duckdb}"
        value = self._value((*self.place, key))
        is_list = column.kind is Kind.NAMES  # null is the empty list
        return stored(column.kind, f"coalesce({value}, 'null')" if is_list else value)
