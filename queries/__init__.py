"""Answers: state, history, reports and checks over a ledger, in SQL."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ahead import answer_ahead
    from .catalog import renew_catalog
    from .chart import charts, picture
    from .comparison import Compared, compare_observed
    from .dashboard import dashboard_page
    from .derive import compare_with_rebuild, damaged_files, refresh
    from .drill import answer_drill
    from .explain import answer_explanation
    from .generations import has_cache
    from .output import Format, write
    from .overview import summary
    from .own_sql import answer_sql
    from .publishing import FeedRequest, Published, publish
    from .restatements import Restated, restate
    from .run import Answer, answer_report, find_report, last_event_at, run_checks
    from .serving import Live, server
    from .settings import Settings, uses_calendars, uses_policies
    from .statement import Statement, statements

__all__ = [
    "Answer",
    "Compared",
    "FeedRequest",
    "Format",
    "Live",
    "Published",
    "Restated",
    "Settings",
    "Statement",
    "answer_ahead",
    "answer_drill",
    "answer_explanation",
    "answer_report",
    "answer_sql",
    "charts",
    "compare_observed",
    "compare_with_rebuild",
    "damaged_files",
    "dashboard_page",
    "find_report",
    "has_cache",
    "last_event_at",
    "picture",
    "publish",
    "refresh",
    "renew_catalog",
    "restate",
    "run_checks",
    "server",
    "statements",
    "summary",
    "uses_calendars",
    "uses_policies",
    "write",
]

_HOMES = {
    "answer_ahead": "ahead",
    "answer_explanation": "explain",
    "answer_drill": "drill",
    "answer_sql": "own_sql",
    "charts": "chart",
    "picture": "chart",
    "dashboard_page": "dashboard",
    "Compared": "comparison",
    "compare_observed": "comparison",
    "Live": "serving",
    "server": "serving",
    "Restated": "restatements",
    "restate": "restatements",
    "Settings": "settings",
    "uses_calendars": "settings",
    "uses_policies": "settings",
    "renew_catalog": "catalog",
    "FeedRequest": "publishing",
    "Published": "publishing",
    "publish": "publishing",
    "refresh": "derive",
    "compare_with_rebuild": "derive",
    "damaged_files": "derive",
    "has_cache": "generations",
    "Format": "output",
    "write": "output",
    "Statement": "statement",
    "statements": "statement",
    "summary": "overview",
}


def __getattr__(name: str) -> object:
    """Load on first use, so that `ticketledger --help` stays cheap (PEP 562)."""
    if name in __all__:
        return getattr(import_module(f".{_HOMES.get(name, 'run')}", __name__), name)
    raise AttributeError(name)
