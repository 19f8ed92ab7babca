"""What a fast lane has learned of an export: the keys of its parts, the templates of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from .database import set_variables
from .samples import objects_of
from .shapes import shapes
from .templates import Template

_SAMPLE: Final = 256  # lines looked at for keys that were not seen before
_FEW: Final = 0.01  # a share of lines not worth looking at
_MOST_TEMPLATES: Final = 12


class Learned:
    """Shapes and templates, each defined in the database of a lane."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._shapes = shapes()
        self._define_shapes()
        self._templates: list[Template] = []

    def __iter__(self) -> Iterator[Template]:
        """Yield the templates known now, the first learned first."""
        yield from tuple(self._templates)

    def use(self, template: Template) -> None:
        """Let the statements that follow read lines of a template."""
        number = self._templates.index(template)
        self._con.execute(f"SET schema = 'template_{number}'")
        names = {"structure": template.structure(), "template_names": template.names()}
        set_variables(self._con, **names)

    def learn(self, left: pa.Table, total: int) -> bool:
        """Look at some of the lines left for keys not seen before; says whether there were any."""
        ours = left.filter(pc.not_equal(left["family"], ""))
        if len(ours) <= _FEW * total:
            return False
        sample = ours.take(pa.array(range(0, len(ours), max(1, len(ours) // _SAMPLE))))
        found: Counter[Template] = Counter()
        is_news = False
        for line in sample["line"].to_pylist():
            for name, value in objects_of(line):
                if name in self._shapes:
                    is_news |= self._shapes[name].learn(value)
                elif template := Template.of(name, value):
                    found[template] += 1
        if is_news:
            self._define_shapes()
        for template, count in found.most_common():
            is_known = any(
                known.covers(template) for known in (*self._templates, *(found.keys() - {template}))
            )
            if is_known or count <= _FEW * len(sample) or len(self._templates) >= _MOST_TEMPLATES:
                continue
            schema = f"template_{len(self._templates)}"
            self._con.execute(f"CREATE SCHEMA {schema}")
            for macro in template.macros(schema):
                self._con.execute(macro)
            self._templates.append(template)
            is_news = True
        return is_news

    def _define_shapes(self) -> None:
        for shape in self._shapes.values():
            set_variables(self._con, **{f"{shape.name}_names": shape.names()})
            set_variables(self._con, **{f"{shape.name}_paths": shape.paths()})
            for macro in shape.macros():
                self._con.execute(macro)
