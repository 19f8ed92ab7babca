"""What a report said and says, and the events between."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import ROOT
from ticketledger.models.errors import BadParameter
from ticketledger.queries import statements

DEMO = ROOT / "data" / "demo"
LATE = "2026-03-redelivered.jsonl"


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> tuple[ticketledger.Ledger, datetime]:
    """The demo, its late file loaded last, and the instant before that."""
    ledger = ticketledger.open(tmp_path_factory.mktemp("late") / "ledger")
    ledger.ingest([path for path in sorted(DEMO.iterdir()) if path.name != LATE], refresh=False)
    then = ledger.sql("SELECT max(loaded_at) FROM loads").item()
    ledger.ingest([DEMO / LATE])
    return ledger, then


@pytest.mark.parametrize("report", ["backlog_over_time", "touches"])
def test_both_values_are_what_the_report_says(
    report: str, late: tuple[ticketledger.Ledger, datetime]
) -> None:
    ledger, then = late
    found = ledger.restatements(report, then=then)
    as_of = ledger.sql("SELECT max(event_at) FROM events", known_at=then).item()
    answers = [
        {
            _cell(report, row): row
            for row in ledger.report(report, {"as_of": as_of}, known_at=known_at).to_dicts()
        }
        for known_at in (then, None)
    ]
    differing = {
        (cell, column)
        for cell in {*answers[0], *answers[1]}
        for column in statements("reports")[report].columns
        if answers[0].get(cell, {}).get(column) != answers[1].get(cell, {}).get(column)
        and column not in json.loads(cell)
    }
    assert set(found.select("cell", "column").rows()) == differing
    assert differing


def _cell(report: str, told: dict[str, Any]) -> str:
    spelt = {
        name: told[name].isoformat() if isinstance(told[name], datetime) else told[name]
        for name in statements("reports")[report].key
    }
    return json.dumps(spelt, ensure_ascii=False)


def test_the_events_between_make_the_difference(
    late: tuple[ticketledger.Ledger, datetime], tmp_path: Path
) -> None:
    """Loaded with nothing else but what was known, they give the value of now."""
    ledger, then = late
    given = {"as_of": ledger.sql("SELECT max(event_at) FROM events", known_at=then).item()}
    row = (
        ledger.restatements("ticket_summary", then=then)
        .filter(column="unresolved")
        .row(0, named=True)
    )
    assert len(row["ticket_ids"]) == abs(row["delta"]) > 0
    places = ledger.sql(
        "SELECT source, source_line FROM events WHERE list_contains($ids, event_id)",
        {"ids": row["causing_event_ids"]},
    ).rows()
    lines = (DEMO / LATE).read_bytes().splitlines()
    chosen = tmp_path / "causes.jsonl"
    chosen.write_bytes(b"\n".join(lines[line - 1] for _, line in places))
    again = ticketledger.open(tmp_path / "ledger")
    again.ingest([path for path in sorted(DEMO.iterdir()) if path.name != LATE])
    org_id = json.loads(row["cell"])["org_id"]
    asked = {**given, "org_id": org_id}
    assert again.report("ticket_summary", asked)["unresolved"].item() == int(row["value_then"])
    again.ingest([chosen])
    assert again.report("ticket_summary", asked)["unresolved"].item() == int(row["value_now"])


def test_another_ticket_of_the_chat_is_a_cause(tmp_path: Path) -> None:
    """A second ticket makes it doubtful whose reply it was that the first one had."""
    ledger = ticketledger.open(tmp_path / "ledger")
    said = {"message_id": "true_c_1", "chat_id": "c", "from_me": True}
    first, second, reply = (
        {"event": event, "org_id": "o", "timestamp": f"2026-03-02T{at}:00Z", "data": data}
        for event, at, data in (
            ("ticket.created", "09:00", {"ticket_id": "A", "chat_id": "c", "status": "open"}),
            ("ticket.created", "09:30", {"ticket_id": "B", "chat_id": "c", "status": "open"}),
            ("message.created", "10:00", said),
        )
    )
    export = tmp_path / "a.jsonl"
    export.write_text(json.dumps(first) + "\n" + json.dumps(reply) + "\n")
    ledger.ingest(export)
    then = ledger.sql("SELECT max(loaded_at) FROM loads").item()
    export.write_text(json.dumps(second) + "\n")
    ledger.ingest(export)
    [cause] = ledger.sql("SELECT event_id FROM events WHERE ticket_id = 'B'")["event_id"]
    found = ledger.restatements("first_reply", then=then).filter(column="p50_s").row(0, named=True)
    assert (found["value_then"], found["value_now"]) == ("3600.0", None)
    assert (found["ticket_ids"], found["causing_event_ids"]) == (["A"], [cause])


def test_nothing_new_restates_nothing(late: tuple[ticketledger.Ledger, datetime]) -> None:
    ledger, _ = late
    last = ledger.sql("SELECT max(loaded_at) FROM loads").item()
    assert ledger.restatements("ticket_summary", then=last).is_empty()


def test_a_report_that_is_not_about_tickets_has_no_causes(
    late: tuple[ticketledger.Ledger, datetime],
) -> None:
    ledger, then = late
    found = ledger.restatements("hour_of_week", then=then)
    assert not found.is_empty()
    assert found["causing_event_ids"].list.len().sum() == 0


def test_now_must_be_after_then(late: tuple[ticketledger.Ledger, datetime]) -> None:
    ledger, then = late
    with pytest.raises(BadParameter, match="is not after"):
        ledger.restatements("ticket_summary", then=then, now=then)
