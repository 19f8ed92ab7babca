"""What every modelled object shares: unknown fields are kept, presence is known, nulls count."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, Self

import pyarrow as pa
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from ..columns import Column
from ..rejection import Code, Rejection, dotted


class Image(NamedTuple):
    """The stored columns of one object at one instant.

    `keys` are the columns that were present, null or not, as `,a,b,c,` in sorted order: commas
    on both ends make `contains(keys, ',status,')` exact. `values` holds only those.
    """

    keys: str
    values: dict[str, Any]


class Entity(BaseModel):
    """An object the vendor sends. Fields it adds later are kept in `model_extra` and in `data`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @classmethod
    def read(cls, value: Any, steps: tuple[str | int, ...] = ()) -> Self:
        """Validate a value from `jsontext.parse`.

        Raises:
            Rejection: `missing_field`, `bad_instant` or `wrong_type` with the path of the first
                field that does not fit.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as exc:
            raise rejection(exc, steps) from None

    @classmethod
    def read_leniently(cls, value: Mapping[str, Any]) -> Self:
        """Validate what fits and leave out the rest; for before-images, which only witness."""
        fields = dict(value)
        while True:
            try:
                return cls.model_validate(fields)
            except ValidationError as exc:
                bad = {str(error["loc"][0]) for error in exc.errors() if error["loc"]} & set(fields)
                if not bad:  # a fault that belongs to no field of its own
                    return cls.model_validate({})
                fields = {name: value for name, value in fields.items() if name not in bad}

    def image(self) -> Image:
        """Return the columns this object carries."""
        present = sorted(self.model_fields_set & columns(type(self)).keys())
        present = [name for name in present if self.is_present(name)]
        keys = f",{','.join(present)}," if present else ","
        return Image(keys, {name: getattr(self, name) for name in present})

    def is_present(self, name: str) -> bool:
        """Whether the field says anything; a class overrules this where null means unknown."""
        return True


@cache
def columns(entity: type[Entity]) -> dict[str, Column]:
    """Return the stored columns of an entity by name, in the order of their declaration."""
    found = {}
    for name, field in entity.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Column):
                found[name] = mark
    return found


@cache
def struct_type(entity: type[Entity]) -> pa.StructType:
    """Return the Arrow type of an entity's image as stored in the ledger."""
    return pa.struct([pa.field(name, column.arrow) for name, column in _image_columns(entity)])


@cache
def duckdb_type(entity: type[Entity]) -> str:
    """Return the DuckDB type of an entity's image as stored in the ledger."""
    fields = ", ".join(f'"{name}" {column.duckdb}' for name, column in _image_columns(entity))
    return f"STRUCT({fields})"


def _image_columns(entity: type[Entity]) -> list[tuple[str, Column]]:
    return [(name, column) for name, column in columns(entity).items() if not column.is_apart]


def also_named(*names: str) -> Any:
    """Declare the names a field may have in the vendor's objects; the first present one counts."""
    return Field(default=None, validation_alias=AliasChoices(*names))


def rejection(exc: ValidationError, steps: tuple[str | int, ...]) -> Rejection:
    """Return the refusal that the first fault pydantic found amounts to."""
    first, *others = exc.errors(include_url=False, include_input=False)
    code = {"missing": Code.MISSING_FIELD, "bad_instant": Code.BAD_INSTANT}.get(
        first["type"], Code.WRONG_TYPE
    )
    reason = str(first["msg"])
    reason = reason[0].lower() + reason[1:]
    if others:
        reason += f" (and {len(others)} more)"
    return Rejection(code, dotted((*steps, *first["loc"])), reason)
