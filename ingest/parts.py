"""Columns of a block put together from what was read once: parts that repeat from line to line."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .batch import whole
from .templates import Template


class Part:
    """A column of texts that repeat: which text each row has, and what was read of each text."""

    def __init__(self, indices: pa.Int32Array, read: pa.Table) -> None:
        self._indices = indices
        self._read = {name: whole(read[name]) for name in read.column_names}

    def is_known(self) -> pa.BooleanArray:
        """Whether each row has no text, or one that this lane reads as the models do."""
        return self._read["canonical"].is_valid().take(self._indices).fill_null(True)

    def texts(self) -> pa.DictionaryArray:
        """Return the canonical texts, each once; empty for what is not known."""
        return pa.DictionaryArray.from_arrays(self._indices, self._read["canonical"].fill_null(""))

    def column(self, name: str) -> pa.Array:
        """Return what was read, a value each row."""
        return self._read[name].take(self._indices)

    def numbered(self, name: str) -> pa.DictionaryArray:
        """Return texts that were read, each once."""
        once = self._read[name].dictionary_encode()
        return pa.DictionaryArray.from_arrays(once.indices.take(self._indices), once.dictionary)


def told_keys(template: Template, has_chat: Any, has_deletion: Any) -> pa.StringArray:
    def told(chat: bool, deletion: bool) -> pa.StringScalar:
        return pa.scalar(template.told_keys(has_chat=chat, has_deletion=deletion))

    with_chat = pc.if_else(has_deletion, told(True, True), told(True, False))
    without = pc.if_else(has_deletion, told(False, True), told(False, False))
    return pc.if_else(has_chat, with_chat, without)


def with_field(struct: pa.StructArray, name: str, values: pa.Array) -> pa.StructArray:
    fields = list(struct.type)
    children = [values if f.name == name else struct.field(f.name) for f in fields]
    return pa.StructArray.from_arrays(children, fields=fields)
