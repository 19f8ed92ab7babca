"""Reports on the lives of tickets, against counts over the plain twin."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given

from ..strategies import conversations, splittings, with_ledgers, write_files
from ..strategies.conversations import stretched
from ..strategies.instants import CLOCK
from ..twin import chats, flows, properties, reports
from ..twin.events import Envelope
from ..twin.values import EPOCH
from .answers import ingested, rows

AS_OF = stretched(CLOCK[-1])
REPORTS: dict[str, tuple[tuple[str, ...], Callable[[reports.World], reports.Rows]]] = {
    "resolution_times": (("org_id", "metric", "clock"), reports.resolution_times),
    "first_reply": (("org_id",), reports.first_reply),
    "reply_times_by_agent": (("org_id", "agent"), reports.agents),
    "assignee_workload": (("org_id", "assignee"), flows.workload),
    "due_date_performance": (("org_id",), reports.due_dates),
    "handoffs": (("org_id", "from_assignee", "to_assignee", "by"), flows.handoffs),
    "touches": (("org_id",), reports.touches),
    "labels": (("org_id", "label"), flows.labels),
    "custom_properties": (("org_id", "property", "value"), properties.properties),
    "chat_activity": (("org_id", "bucket_start_utc"), chats.chats),
    "cumulative_flow": (("org_id", "bucket_start_utc"), flows.cumulative),
    "cycle_time_scatter": (("org_id", "ticket_id"), lambda given: reports.scatter(given, 3)),
    "process_variants": (("org_id", "variant"), flows.variants),
    "process_dfg": (("org_id", "source", "target"), flows.dfg),
    "hour_of_week": (("org_id", "dow", "hour"), flows.hours),
    "act_first": (("org_id", "ticket_id"), reports.act_first),
    "time_distribution": (("org_id", "metric", "bin"), reports.distribution),
    "priority_changes": (("org_id", "from_priority", "to_priority"), flows.priorities),
}
OPTIONS: dict[str, dict[str, object]] = {"cycle_time_scatter": {"window": 3}}


@with_ledgers(each=6)
@given(conversations(), splittings)
def test_reports_equal_counts_over_the_twin(stream: list[Envelope], seed: int) -> None:
    given = reports.world(stream, AS_OF, lambda since, until: until - since)
    as_of = {"as_of": EPOCH + timedelta(microseconds=AS_OF)}
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()
        answers = {
            name: rows(_told(ledger.report(name, {**as_of, **OPTIONS.get(name, {})}, to="arrow")))
            for name in REPORTS
        }
    for name, (key, count) in REPORTS.items():
        _compare(name, key, answers[name], count(given))


def _told(answer: pa.Table) -> pa.Table:
    """The answer without what only repeats an instant on the clock of a zone."""
    return answer.drop([name for name in answer.column_names if name.endswith("_local")])


def _compare(
    name: str, key: tuple[str, ...], answer: list[dict[str, Any]], expected: reports.Rows
) -> None:
    found = {tuple(row[column] for column in key): row for row in answer}
    assert len(found) == len(answer), name
    if name == "resolution_times":
        found = {told: row for told, row in found.items() if told[-1] == "calendar"}
    assert found.keys() == expected.keys(), name
    for told, row in expected.items():
        for column, value in row.items():
            wanted = pytest.approx(value) if isinstance(value, float) else value
            assert found[told][column] == wanted, (name, told, column)
