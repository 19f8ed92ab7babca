"""Metrics and promises of many tickets in one ledger, each world of a few against the plain twin.

A world is one random stream in organisations of its own. The nightly setting has 50,000 worlds,
about 100,000 tickets.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY

from ..strategies import conversations, in_world, some, write_files
from ..twin.calendars import Walk, clock
from ..twin.events import Envelope
from ..twin.metrics import metrics
from ..twin.sla import sla
from ..twin.values import EPOCH
from .answers import rows
from .test_metrics import AS_OF, FILE, HOURS

WORLDS = int(os.environ.get("TICKETLEDGER_TEST_WORLDS", "50000" if IS_NIGHTLY else "60"))
PROMISES: list[dict[str, Any]] = [
    {
        "name": "First reply",
        "metric": "first_reply",
        "targets": [{"priority": 4, "target": 3600}, {"target": 4 * 3600}],
    },
    {
        "name": "Next reply",
        "metric": "next_reply",
        "targets": [{"target": 7200}],
        "pauses": [{"status": "inprogress"}],
    },
    {
        "name": "Updates",
        "metric": "periodic_update",
        "targets": [{"label": "vip", "target": 7200}, {"target": 5 * 3600}],
    },
    {
        "name": "Resolution",
        "metric": "resolution",
        "targets": [{"priority": [2, 4], "target": 3600}, {"target": 6 * 3600}],
        "pauses": [{"last_speaker": "us"}],
    },
    {"name": "Due date", "metric": "due_date"},
]


def _toml() -> str:
    def spelt(part: dict[str, Any]) -> str:
        told = {k: f"{v}s" if k == "target" else v for k, v in part.items()}
        return "{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in told.items()) + " }"

    lines = []
    for policy in PROMISES:
        lines.append("[[policies]]")
        for name, value in policy.items():
            is_list = name in ("targets", "pauses")
            text = f"[{', '.join(map(spelt, value))}]" if is_list else json.dumps(value)
            lines.append(f"{name} = {text}")
    return "\n".join(lines)


def _worlds() -> list[list[Envelope]]:
    drawn = some(conversations(), WORLDS, derandomize=not IS_NIGHTLY)
    return [
        [in_world(f"w{number}-", event) for event in stream] for number, stream in enumerate(drawn)
    ]


def _at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def test_every_ticket_equals_the_twin(tmp_path: Path) -> None:
    business, business_at = clock(Walk(HOURS))
    worlds = _worlds()
    hours, promised = tmp_path / "hours.toml", tmp_path / "sla.toml"
    hours.write_text(FILE, "utf-8")
    promised.write_text(_toml(), "utf-8")
    exports = tmp_path / "exports"
    exports.mkdir()
    write_files(exports, [event for stream in worlds for event in stream], seed=len(worlds))
    ledger = ticketledger.open(tmp_path / "ledger")
    outcome = ledger.ingest([exports])
    assert outcome.rejected == 0
    told: dict[str, Any] = {"as_of": _at(AS_OF), "calendar": hours, "sla": promised}
    found = rows(ledger.sql("FROM ticket_metrics", to="arrow", **told))
    kept = rows(ledger.sql("FROM sla", to="arrow", **told))
    by_ticket = {(row["org_id"], row["ticket_id"]): row for row in found}
    by_promise = {
        (row["org_id"], row["ticket_id"], row["policy"], row["instance"]): row for row in kept
    }
    compared = [0, 0]
    for stream in worlds:
        for ticket, expected in metrics(stream, AS_OF, business).items():
            answer = by_ticket.pop(ticket)
            compared[0] += 1
            for name, value in expected.items():
                wanted = pytest.approx(value) if isinstance(value, float) else value
                assert answer[name] == wanted, (ticket, name)
        for promise, expected in sla(stream, AS_OF, PROMISES, business, business_at).items():
            answer = by_promise.pop(promise)
            compared[1] += 1
            assert {name: answer[name] for name in expected} == expected, promise
    assert not by_ticket
    assert not by_promise
    print(f"{compared[0]:,} tickets and {compared[1]:,} promises equal the twin")  # noqa: T201
