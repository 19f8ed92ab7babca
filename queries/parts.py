"""Ranges of tickets, chats or messages, folded one after the other: a log of any length fits.

Windows over wide rows hold on to memory that cannot be spilled. So what a long log tells is folded
in ranges that have about as many events each. For each the log is read again, which takes little:
only the names of what an event is about are read of all events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .generations import KEYS
from .statement import statements
from .tables import LOG, count

EVENTS_PER_GB = 200_000
"""Events folded at once, for each gigabyte that the database may use."""

_NO_LIMIT = 1 << 62


@dataclass
class Steps:
    """How far a fold is; `progress` is told so many steps of so many, which may turn out more.

    Attributes:
        progress: told after each step.
        done: steps taken.
        whole: all of them, as far as is known.
    """

    progress: Callable[[int, int], None]
    done: int = 0
    whole: int = 5

    def expect(self, parts: Sequence[Path]) -> None:
        """A step was cut into so many."""
        self.whole += max(0, len(parts) - 1)

    def step(self) -> None:
        """One is done."""
        self.done += 1
        self.progress(self.done, self.whole)


def is_long(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the log has more events than may be folded at once."""
    return count(con, LOG) > _events_at_once(con)


def set_apart(con: duckdb.DuckDBPyConnection, key: str, events: str, folder: Path) -> list[Path]:
    """Cut entities into ranges; returns a folder for each, for what is made of it.

    Args:
        con: a connection to the cache's own database.
        key: table of the entities, as in `KEYS`.
        events: defines `ledger_events` as those about them.
        folder: of the folders.

    Returns:
        No folders when all may be folded at once.
    """
    if not is_long(con):
        return []
    con.execute(events)
    con.execute("SET VARIABLE part_events = $most", {"most": _events_at_once(con)})
    con.execute(_sql("entity_parts", key))
    rows = con.sql("SELECT DISTINCT part FROM entity_parts ORDER BY part").fetchall()
    if len(rows) < 2:
        return []
    made = [folder / f"{key}-{part}" for (part,) in rows]
    for path in made:
        path.mkdir(parents=True, exist_ok=True)
    return made


def each(
    con: duckdb.DuckDBPyConnection, key: str, parts: Sequence[Path], steps: Steps
) -> Iterator[Path]:
    """Yield the folder of one part after the other, while its entities are all there are."""
    steps.expect(parts)
    for path in parts:
        con.execute("SET VARIABLE part = $part", {"part": int(path.name.rpartition("-")[2])})
        con.execute(_sql("parts", key))
        yield path
        steps.step()
    con.execute("RESET VARIABLE part")
    con.execute(_sql("parts", key))


def _events_at_once(con: duckdb.DuckDBPyConnection) -> int:
    limit = "TRY(parse_formatted_bytes(current_setting('memory_limit')))"
    (memory,) = con.sql(f"SELECT {limit}").fetchall()[0]
    if memory is None:
        return _NO_LIMIT  # it knows no unit for petabytes
    return max(1, EVENTS_PER_GB * int(memory) // 10**9)


def _sql(name: str, key: str) -> str:
    return statements("derived")[name].sql.replace("{key}", key).replace("{id}", KEYS[key])
