"""Deliberate mistakes."""
from __future__ import annotations
from dataclasses import dataclass
from collections.abc import Callable

@dataclass(frozen=True)
class Defect:
    install: Callable[[Callable[[int], object]], None]

DEFECTS: dict[str, Defect] = {}
