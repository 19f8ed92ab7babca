"""Reports asked of what was folded part by part are those of one machine."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.errors import BadParameter
from ticketledger.queries.settings import Settings
from ticketledger.queries.statement import Statement, statements
from ticketledger.spark.answering import answered, folded_views, spelt, told_each
from ticketledger.spark.question import Question

from .apart import told_apart

HOURS, PROMISES = (ROOT / "data" / f"{name}.toml" for name in ("hours", "promises"))
REPORTS = {name: told for name, told in statements("reports").items() if not told.tells_of_loading}
GIVEN: dict[str, Any] = {"timezone": "Asia/Kolkata", "calendar": HOURS, "sla": PROMISES}

FEW = ("first_reply", "reopens")
PARAMS = {"from": "2026-02-20T00:00:00Z"}
FEW_VIEWS = ("events", "tickets_all", "ticket_history", "chats", "chat_members", "messages")
"""What real Spark is asked; of views, in the quick form, what is moved and what is folded."""


def reports(
    ledger: ticketledger.Ledger, names: list[str], params: dict[str, object]
) -> dict[str, pa.Table]:
    """As `spark.reports`, without Spark."""
    question = Question(None, None, Settings.read(HOURS, PROMISES, None), GIVEN["timezone"])
    return answered(
        names, params, question, lambda of, views: told_apart(ledger.root, of, views, 2)
    )


def test_reports_are_those_of_one_machine(demo: ticketledger.Ledger) -> None:
    asked = list(REPORTS) if IS_NIGHTLY else list(REPORTS)[::3]
    found = reports(demo, asked, {})
    assert list(found) == asked
    for name, rows in found.items():
        assert rows.equals(demo.report(name, to="arrow", **GIVEN)), name
        assert len(rows), name


def test_parameters_clock_and_filters_are_those_of_one_machine(demo: ticketledger.Ledger) -> None:
    params: dict[str, object] = {
        "as_of": "2026-03-15T12:00:00Z",
        "from": "2026-02-20T00:00:00Z",
        "label": " Billing",
        "grain": "month",
    }
    found = reports(demo, ["backlog_now", "chat_activity", "reopens"], params)
    for name, rows in found.items():
        mine = {key: value for key, value in params.items() if key in REPORTS[name].params}
        assert len(mine) > 1
        assert rows.equals(demo.report(name, mine, to="arrow", **GIVEN)), name
        assert len(rows), name


def test_an_empty_ledger_has_empty_reports(tmp_path: Any) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    found = reports(ledger, ["reopens", "first_reply"], {"priority": 3})
    assert {name: len(rows) for name, rows in found.items()} == {"reopens": 0, "first_reply": 0}


def test_wrong_requests_are_refused() -> None:
    asked = [REPORTS["reopens"], REPORTS["chat_activity"]]
    assert told_each(asked, {"grain": "day"})["chat_activity"]["grain"] == "day"
    with pytest.raises(BadParameter, match="no parameter `grian`"):
        told_each(asked, {"grian": "day"})
    with pytest.raises(BadParameter, match="`yesterday` is no TIMESTAMPTZ"):
        told_each(asked, {"as_of": "yesterday"})
    with pytest.raises(BadParameter, match="no report is named"):
        told_each([], {})
    with pytest.raises(BadParameter, match="`data_quality` tells of loads") as caught:
        folded_views([statements("reports")["data_quality"]])
    assert "one machine" in caught.value.hint
    values = pa.record_batch({"parameter": ["label"], "value": ["refund"]})
    told = [("filter_values", values)]
    assert spelt({"reopens": {"label": " Refund"}}, told) == {"reopens": {"label": "refund"}}
    with pytest.raises(BadParameter, match="no ticket ever had the label `refnd`"):
        spelt({"reopens": {"label": "refnd"}}, told)


def test_views_that_reports_read_are_told_from_columns_and_own_names() -> None:
    assert folded_views([REPORTS["completeness"]]) == [
        "ticket_completeness",
        "ticket_gaps",
        "ticket_moments",
        "tickets_all",  # by way of a macro; and none of its own, `events`
    ]
    assert folded_views([REPORTS["chat_activity"]]) == [
        "message_turns",
        "ticket_births",
        "tickets_all",
    ]


def test_no_macro_of_values_reads_what_executors_make() -> None:
    """Views that reports read by way of such a macro would be empty on the driver."""
    of_events = [name for name in statements("views") if folded_views_of(name)]
    assert "tickets_all" in of_events
    for name, macro in statements("macros").items():
        if " AS TABLE\n" not in macro.sql:
            read = set(re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", macro.sql))
            assert not read & set(of_events), name


def folded_views_of(view: str) -> list[str]:
    return folded_views(
        [Statement(name="asked", title="", sql=f"FROM {view}", params={}, columns={})]
    )
