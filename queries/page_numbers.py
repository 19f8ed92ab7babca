"""The numbers of the page, kept beside the cache for who makes it again."""

from __future__ import annotations

import hashlib
import json
import shutil
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

_FILE: Final = "numbers.json"

_SHAPED_BY: Final = ("figures.py", "shown.py", "cells.py")
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

    def find(self, period: str) -> dict[str, dict[str, Any]] | None:
        """Return what is kept of a period; None: nothing is."""
        folder = self._folder(period)
        if not used(folder):
            return None
        with suppress(OSError):  # it was removed since
            text = (folder / _FILE).read_bytes()
            if hashlib.sha256(text).hexdigest() == read_told(folder / TOLD)[_FILE]["sha256"]:
                found: dict[str, dict[str, Any]] = json.loads(text)
                return found
            shutil.rmtree(folder)
        return None

    def keep(self, period: str, numbers: dict[str, dict[str, Any]]) -> None:
        """Keep what was asked for a period; where there is no room or no right to, it is not."""
        self.answers.keep(self._folder(period), partial(_write, numbers))

    def _folder(self, period: str) -> Path:
        told = [report.model_dump(mode="json") for report in self.reports]
        drawn = [chart.model_dump(mode="json") for chart, _ in charts().values()]
        here = files(__package__)
        shaped = [hashlib.sha256((here / name).read_bytes()).hexdigest() for name in _SHAPED_BY]
        asked = " ".join(report.sql for report in self.reports)
        parts = [told, drawn, shaped, self.timezone]
        return self.answers.folder(f"page_{period}", asked, parts)


def _write(numbers: dict[str, dict[str, Any]], folder: Path) -> None:
    text = json.dumps(numbers, ensure_ascii=False, allow_nan=False)
    (folder / _FILE).write_text(text, encoding="utf-8")
