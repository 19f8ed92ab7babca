"""Every way to write one stream as files: order, repetition, spelling, and where it is cut."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from ..twin.events import Envelope
from ..twin.values import instant
from .instants import SPELLINGS

T = TypeVar("T")

splittings = st.integers(0, 2**32 - 1)
"""Seeds of `write_files` and `write_lines`."""


@dataclass(frozen=True)
class Written:
    """The files of a stream: each event is in one of them at least once."""

    paths: list[Path]
    lines: int
    blank: int


def write_files(folder: Path, envelopes: Sequence[Envelope], seed: int) -> Written:
    """Write the stream as one to four JSON Lines files, in an order and spelling of their own."""
    chance = random.Random(seed)
    lines = [_line(envelope, chance) for envelope in _repeated(envelopes, chance)]
    return _cut(folder, lines, chance)


def write_lines(folder: Path, lines: Sequence[str], seed: int) -> Written:
    """Write the lines as they are, as one to four files, in an order of their own."""
    chance = random.Random(seed)
    return _cut(folder, _repeated(lines, chance), chance)


def _repeated(items: Sequence[T], chance: random.Random) -> list[T]:
    told = [*items, *(each for each in items if chance.random() < 0.2)]
    return chance.sample(told, len(told))


def _cut(folder: Path, lines: list[str], chance: random.Random) -> Written:
    blank = chance.randrange(3)
    for _ in range(blank):
        lines.insert(chance.randrange(len(lines) + 1), "")
    paths: list[Path] = []
    cuts = sorted(chance.choices(range(len(lines) + 1), k=chance.randrange(4)))
    for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        path = folder / f"{chance.randrange(10**6):06}-{len(paths)}.jsonl"
        newline = chance.choice(["\n", "\r\n"])
        path.write_bytes("".join(line + newline for line in lines[start:end]).encode())
        paths.append(path)
    return Written(paths, len(lines), blank)


def _line(envelope: Envelope, chance: random.Random) -> str:
    return json.dumps(
        _reordered(_delivered(envelope, chance), chance),
        ensure_ascii=chance.random() < 0.5,
        separators=chance.choice([(",", ":"), (", ", ": "), (" ,\t", " : ")]),
    )


def _delivered(envelope: Envelope, chance: random.Random) -> dict[str, Any]:
    if envelope["event"] == "ticket.snapshot":  # an object without an event says when it was true
        return dict(envelope["data"])
    at = instant(envelope["timestamp"])
    assert at is not None
    told = {**envelope, "timestamp": chance.choice(SPELLINGS)(at)}
    if chance.random() < 0.3:
        told["event"] = told["event"].replace("_", "-")
    if chance.random() < 0.5:
        told["event_type"] = told.pop("event")
    return told


def _reordered(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        keys = chance.sample(list(value), len(value))
        return {key: _reordered(value[key], chance) for key in keys}
    return [_reordered(each, chance) for each in value] if isinstance(value, list) else value
