"""Filters: what is asked of some tickets, and the sum of all such parts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from ticketledger.models.errors import BadParameter
from ticketledger.queries import statements


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ({"assignee": "kenji@tidewater.example"}, "assignee = 'kenji@tidewater.example'"),
        ({"assignee": ""}, "coalesce(assignee, '') = ''"),
        ({"priority": "0"}, "coalesce(priority, 0) = 0"),
        ({"label": " VIP "}, "list_contains(labels, 'vip')"),
        ({"property": "Product=lantern"}, "custom_properties ->> 'Product' = 'lantern'"),
        ({"label": "vip", "priority": 4}, "list_contains(labels, 'vip') AND priority = 4"),
    ],
)
def test_a_filter_chooses_by_the_last_state(
    chosen: dict[str, object], where: str, demo: ticketledger.Ledger
) -> None:
    found = demo.report("ticket_metrics", chosen)["ticket_id"].to_list()
    expected = demo.sql(f"SELECT ticket_id FROM tickets_all WHERE {where}")["ticket_id"].to_list()
    assert sorted(found) == sorted(expected)
    assert found


@pytest.mark.parametrize(
    ("chosen", "error", "hint"),
    [
        ({"label": "vpi"}, "no ticket ever had the label `vpi`", "did you mean `vip`?"),
        ({"priority": 9}, "no ticket ever had the priority `9`", "for example `0`, `1`"),
        ({"org_id": "x' OR '1'='1"}, "no ticket ever had the org_id", "for example `5b0f"),
    ],
)
def test_a_value_that_no_ticket_ever_had_is_refused(
    demo: ticketledger.Ledger, chosen: dict[str, object], error: str, hint: str
) -> None:
    with pytest.raises(BadParameter, match=re.escape(error)) as caught:
        demo.report("touches", chosen)
    assert hint in caught.value.hint


def test_an_empty_ledger_refuses_no_filter(demo: ticketledger.Ledger, tmp_path: Any) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    assert ledger.report("touches", {"label": "vip"}, to="arrow").num_rows == 0


def test_what_a_period_chooses_is_said_of_each() -> None:
    for report in statements("reports").values():
        for name in {"from", "to"} & report.params.keys():
            assert not report.params[name].help.startswith(" "), report.name
            assert "{" not in report.params[name].help, report.name


def _ledger(folder: Path, *events: dict[str, Any]) -> ticketledger.Ledger:
    export = folder / f"{len(list(folder.iterdir()))}.jsonl"
    export.write_text("\n".join(map(json.dumps, events)), "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([export])
    return ledger


def _created(ticket_id: str, **data: object) -> dict[str, Any]:
    return {
        "event": "ticket.created",
        "org_id": "o",
        "timestamp": "2026-03-02T09:00:00Z",
        "data": {"ticket_id": ticket_id, "status": "open", **data},
    }


def test_labels_are_asked_for_in_any_spelling(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, _created("T", labels="Straße, VIP"))
    for label in ("Straße", "STRASSE", "strasse", "vip"):
        assert ledger.report("ticket_metrics", {"label": label}).height == 1


def test_a_property_is_told_by_its_name_up_to_the_first_equals_sign(tmp_path: Path) -> None:
    ledger = _ledger(
        tmp_path,
        _created("S", custom_properties={"a=b": "c"}),
        _created("T", custom_properties={"a": "b=c"}),
    )
    found = ledger.report("ticket_metrics", {"property": "a=b=c"})
    assert found["ticket_id"].to_list() == ["T"]


def test_a_value_that_came_later_may_be_asked_for_before(tmp_path: Path) -> None:
    _ledger(tmp_path, _created("S", labels="early"))
    ledger = _ledger(tmp_path, _created("T", labels="late"))
    then = ledger.sql("SELECT min(loaded_at) FROM loads").item()
    assert ledger.report("touches", {"label": "late"}, known_at=then).is_empty()
    found = ledger.restatements("ticket_summary", {"label": "late"}, then=then)
    assert found.filter(column="unresolved")["delta"].to_list() == [1.0]


def test_nobody_and_no_priority_may_always_be_asked_for(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, _created("T", assignee="A", priority=4))
    assert ledger.report("ticket_metrics", {"assignee": "", "priority": 0}).is_empty()
