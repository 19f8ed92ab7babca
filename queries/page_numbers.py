"""The numbers of the page, kept beside the cache for who makes it again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from .answers import Answers
from .chart import charts
from .generations import read_told
from .kept_folders import TOLD, used
from .statement import Statement

Numbers = dict[str, dict[str, Any]]
"""What the page shows of each organisation."""

_FILE: Final = "numbers.json"

_SHAPED_BY: Final = ("figures.py", "periods.py", "shown.py", "cells.py")
"""Modules of this folder that say which numbers there are: what an older one kept is not read."""


@dataclass(frozen=True, slots=True)
class KeptNumbers:
    """The numbers of one page, by period.

    Attributes:
        answers: where answers are kept.
        reports: what it asks.
        timezone: in which its days begin.
    """

    answers: Answers
    reports: tuple[Statement, ...]
    timezone: str

    def told(self, period: str, asked: Callable[[], Numbers]) -> Numbers:
        """Return what is kept of a period, else what is asked for now.

        That is kept; where there is no room or no right to, it is not.
        """
        folder = self._folder(period)
        found = _read(folder)
        if found is None:
            found = asked()
            self.answers.keep(folder, partial(_write, found))
        return found

    def _folder(self, period: str) -> Path:
        told = [report.model_dump(mode="json") for report in self.reports]
        drawn = [chart.model_dump(mode="json") for chart, _ in charts().values()]
        here = files(__package__)
        shaped = [hashlib.sha256((here / name).read_bytes()).hexdigest() for name in _SHAPED_BY]
        asked = " ".join(report.sql for report in self.reports)
        parts = [told, drawn, shaped, self.timezone]
        return self.answers.folder(f"page_{period}", asked, parts)


def _read(folder: Path) -> Numbers | None:
    """Return what is kept in a folder; None: nothing is, or something else."""
    if not used(folder):
        return None
    with suppress(OSError):  # it was removed since
        text = (folder / _FILE).read_bytes()
        if hashlib.sha256(text).hexdigest() == read_told(folder / TOLD)[_FILE]["sha256"]:
            found: Numbers = json.loads(text)
            return found
        shutil.rmtree(folder)
    return None


def _write(numbers: Numbers, folder: Path) -> None:
    text = json.dumps(numbers, ensure_ascii=False, allow_nan=False)
    (folder / _FILE).write_text(text, encoding="utf-8")
