"""What a Python file imports, read from its text."""

import ast
from dataclasses import dataclass
from pathlib import PurePosixPath

from .layout import FRONT_DOOR, ROOMS


@dataclass(frozen=True)
class Import:
    """One imported module; `level` counts the leading dots, `names` what is taken from it."""

    line: int
    module: str
    level: int
    names: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The first part of the name: what must be installed."""
        return self.module.partition(".")[0]


def imports(source: str) -> list[Import]:
    """Return every import of a file, wherever in the file it stands."""
    found: list[Import] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [Import(node.lineno, alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            found.append(Import(node.lineno, node.module or "", node.level, names))
    return found


def faults(name: str, source: str) -> list[str]:
    """Return what is wrong with the imports of the file `name`, one line each.

    Args:
        name: path of the file, relative to the root.
        source: its text.
    """
    path = PurePosixPath(name)
    room = path.parts[0] if path.parts[0] in ROOMS else None
    found: list[str] = []
    for each in imports(source):
        where = f"{name}:{each.line}"
        if each.level == 0 and each.root in ROOMS:
            found.append(f"{where}: `{each.module}` is not there once installed")
        if room and each.level > len(path.parts) - 1:
            found.append(f"{where}: a relative import leaves the room")
        whole = each.level == 0 and each.module == FRONT_DOOR
        if room and whole and each.names != ("__version__",):
            found.append(f"{where}: a room takes only `__version__` from the front door")
    return found
