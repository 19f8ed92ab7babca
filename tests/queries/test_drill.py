"""The tickets behind a number: their parts add up to it, cell by cell."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import ROOT
from ticketledger.models.errors import BadParameter
from ticketledger.queries import drill, statements

NOT_ADDITIVE = {
    "tickets_excluded",  # told once per organisation, on each of its rows
    "resolutions_requesters",  # a chat may have tickets of several parts
    "chats",
}
REPORTS = statements("reports")
OF_TICKETS = sorted(name for name, report in REPORTS.items() if "assignee" in report.params)
GIVEN: dict[str, Any] = {
    "sla": ROOT / "data" / "promises.toml",
    "calendar": ROOT / "data" / "hours.toml",
}


def _cells(name: str, rows: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """The sum of each count of each cell; counts of 0 are left out."""
    counted = [
        column
        for column, told in REPORTS[name].columns.items()
        if told.type == "BIGINT"
        and not told.unit
        and column not in REPORTS[name].key
        and column not in NOT_ADDITIVE
    ]
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        for column in counted:
            found[(*(row[key] for key in REPORTS[name].key), column)] += row[column] or 0
    return Counter({key: count for key, count in found.items() if count})


@pytest.mark.parametrize("name", OF_TICKETS)
def test_tickets_add_up_to_the_cell_and_to_that_of_a_filter(
    name: str, demo: ticketledger.Ledger
) -> None:
    whole = _keyed(name, demo)
    parts = demo.drill(name, **GIVEN).to_dicts()
    assert _cells(name, parts) == _cells(name, whole)
    chosen = {"priority": 2}
    some = demo.report(name, chosen, to="arrow", **GIVEN).to_pylist()
    rows = demo.sql("SELECT org_id, ticket_id FROM tickets_all WHERE priority = 2").rows()
    of_some = [row for row in parts if (row["org_id"], row["ticket_id"]) in set(rows)]
    assert _cells(name, of_some) == _cells(name, some)
    assert len(parts) > len(of_some) > 0


def test_tickets_on_hold_are_shown_apart_too(tmp_path: Path, demo: ticketledger.Ledger) -> None:
    holds = tmp_path / "holds.toml"
    holds.write_text('[statuses]\n[[statuses.on_hold]]\nstatus = "inprogress"\n')
    for name in (each for each in OF_TICKETS if "held_tickets" in REPORTS[each].sql):
        whole = demo.report(name, to="arrow", statuses=holds).to_pylist()
        assert whole
        parts = demo.drill(name, statuses=holds).to_dicts()
        assert _cells(name, parts) == _cells(name, whole), name


def test_every_view_of_tickets_that_a_report_names_is_shown_apart() -> None:
    views = statements("views")
    named = {word for name in OF_TICKETS for word in re.findall(r"\w+", REPORTS[name].sql)}
    of_tickets = {name for name in named & views.keys() if "ticket" in views[name].grain}
    assert len(of_tickets) > 20
    assert {name for name in of_tickets if not name.startswith(drill._OF_TICKETS)} == set()


@pytest.mark.parametrize("name", sorted(REPORTS.keys() - set(OF_TICKETS)))
def test_the_key_tells_the_rows_apart(name: str, demo: ticketledger.Ledger) -> None:
    _keyed(name, demo)


def _keyed(name: str, demo: ticketledger.Ledger) -> list[dict[str, Any]]:
    """The rows of a report, which its key must tell apart."""
    rows: list[dict[str, Any]] = demo.report(name, to="arrow", **GIVEN).to_pylist()
    assert REPORTS[name].key
    assert len({tuple(row[key] for key in REPORTS[name].key) for row in rows}) == len(rows)
    return rows


def test_a_cell_lists_its_tickets(demo: ticketledger.Ledger) -> None:
    cells = demo.report("backlog_now")
    told = cells.row(0, named=True)
    cell = {key: str(told[key] or "") for key in ("org_id", "status", "priority", "assignee")}
    cell["priority"] = str(told["priority"])
    found = demo.drill("backlog_now", cell=cell)
    assert len(found) == told["tickets"]
    assert found["tickets"].to_list() == [1] * told["tickets"]
    expected = demo.sql(
        "SELECT ticket_id FROM tickets WHERE org_id = $org_id AND status = $status"
        " AND priority = $priority AND coalesce(assignee, '') = $assignee ORDER BY ticket_id",
        cell,
    )
    assert found["ticket_id"].to_list() == expected["ticket_id"].to_list()


def test_a_bucket_of_time_and_an_organisation_may_be_asked_for(demo: ticketledger.Ledger) -> None:
    day = {"bucket_start_utc": "2026-03-09"}
    every = demo.drill("backlog_over_time", cell=day)
    assert set(every["bucket_start_utc"].dt.strftime("%F")) == {"2026-03-09"}
    org_id = every["org_id"][0]
    mine = demo.drill("backlog_over_time", {"org_id": org_id}, cell=day)
    assert set(mine["org_id"]) == {org_id}
    assert mine.equals(every.filter(every["org_id"] == org_id))


@pytest.mark.parametrize(
    ("name", "cell", "error", "hint"),
    [
        ("ingest_health", {}, "`ingest_health` is not about tickets", "ticketledger reports"),
        ("backlog_now", {"asignee": "x"}, "has no key `asignee`", "did you mean `assignee`?"),
        ("backlog_now", {"tickets": "1"}, "has no key `tickets`", "its key is org_id, status"),
        ("backlog_now", {"priority": "high"}, "`high` is no SMALLINT for `priority`", ""),
        ("backlog_now", {"status": "In-Progress"}, "has status `In-Progress`", "`inprogress`?"),
        ("backlog_now", {"priority": "77"}, "has priority `77`", "ticketledger report backlog_now"),
        (
            "status_transitions",
            {"from_status": "", "to_status": "archived"},
            "has from_status `` and to_status `archived`",
            "ticketledger report status_transitions",
        ),
    ],
)
def test_wrong_requests(
    demo: ticketledger.Ledger, name: str, cell: dict[str, str], error: str, hint: str
) -> None:
    with pytest.raises(BadParameter, match=re.escape(error)) as caught:
        demo.drill(name, cell=cell)
    assert hint in caught.value.hint


def test_an_organisation_without_a_name_has_its_tickets(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    created = {"ticket_id": "T", "status": "closed"}
    told = {"event": "ticket.created", "timestamp": "2026-03-02T09:00:00Z", "data": created}
    export.write_text(json.dumps(told), "utf-8")
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([export])
    assert ledger.drill("ticket_summary", cell={"org_id": ""})["ticket_id"].to_list() == ["T"]
    assert ledger.drill("ticket_summary", {"org_id": ""})["ticket_id"].to_list() == ["T"]
    with pytest.raises(BadParameter, match="no row of `ticket_summary` has org_id `o`"):
        ledger.drill("ticket_summary", {"org_id": ""}, cell={"org_id": "o"})
    nothing = ledger.drill("cycle_time_scatter", {"to": "2020-01-01"}, cell={"org_id": "o"})
    assert nothing.is_empty()
    assert ledger.drill("cycle_time_scatter")["ticket_id"].to_list() == ["T"]


def test_the_cell_of_a_row_may_be_typed(demo: ticketledger.Ledger) -> None:
    """Also as a row of the report or of `restatements` has it: numbers, instants, None."""
    for name in ("backlog_now", "backlog_over_time", "assignee_workload"):
        key = REPORTS[name].key
        rows = demo.report(name, to="arrow").to_pylist()
        row = next((row for row in rows if None in (row[each] for each in key)), rows[-1])
        parts = demo.drill(name, cell={each: row[each] for each in key}).to_dicts()
        assert _cells(name, parts) == _cells(name, [row]), name
