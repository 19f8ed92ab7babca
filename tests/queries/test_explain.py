"""The number, its spans, its open hours and its events tell the same."""

from __future__ import annotations

import json
import random
import re
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.calendar_file import read_calendars
from ticketledger.models.errors import BadParameter
from ticketledger.models.instants import BadInstant, parse_instant
from ticketledger.models.store import open_store
from ticketledger.queries import Settings, statements
from ticketledger.queries.explain import COUNTS, STATES, metrics
from ticketledger.queries.figures import OFTEN_ASKED
from ticketledger.queries.session import session

HOURS = ROOT / "data" / "hours.toml"
PROMISES = ROOT / "data" / "promises.toml"
STATEMENT = statements("explanations")["ticket_metric"]
CELLS = 1_000 if IS_NIGHTLY else 10


def _instants(value: Any) -> set[datetime]:
    """Every instant that is told anywhere in a payload."""
    if isinstance(value, dict):
        return set().union(*map(_instants, value.values()))
    if isinstance(value, list):
        return set().union(*map(_instants, value))
    try:
        instant = parse_instant(value)
    except (BadInstant, TypeError, ValueError, AttributeError):
        return set()
    return set() if instant is None else {instant}


def test_random_cells_follow_from_what_is_listed(demo: ticketledger.Ledger) -> None:
    """Each total is the sum of its spans, each end of a span is told by one of its events."""
    told = demo.sql("FROM ticket_metrics", calendar=HOURS, to="arrow").to_pylist()
    events = demo.sql("SELECT event_id, event_at, data::VARCHAR AS data FROM events", to="arrow")
    known = {row["event_id"]: row for row in events.to_pylist()}
    as_of = max(row["event_at"] for row in known.values())
    by_column = [m for m in metrics() if f"{m}_calendar_s" in told[0] or m in COUNTS]
    cells = [(row, metric) for row in told for metric in by_column]
    random.Random(7).shuffle(cells)
    settings = Settings(read_calendars(HOURS))
    seen = 0
    store = open_store(demo.root)
    with session(store, STATEMENT.sql, as_of=as_of, settings=settings, kept=OFTEN_ASKED) as con:
        for row, metric in cells[:CELLS]:
            asked = {
                "ticket_id": row["ticket_id"],
                "org_id": row["org_id"],
                "metric": metric,
                "is_count": metric in COUNTS,
                "is_of_ledger": metric in STATES,
            }
            listed = con.sql(STATEMENT.sql, params=asked).to_arrow_table().to_pylist()
            seen += _agrees(row, metric, listed, known, as_of)
    assert seen > CELLS / 5


def _agrees(
    row: dict[str, Any],
    metric: str,
    listed: list[dict[str, Any]],
    known: dict[str, dict[str, Any]],
    as_of: datetime,
) -> bool:
    total = listed[-1]
    steps = [each for each in listed if each["kind"] in ("span", "move")]
    if metric in COUNTS:
        assert total["counted"] == len(steps) == row[metric]
        return bool(steps)
    assert total["calendar_s"] == row[f"{metric}_calendar_s"]
    assert total["business_s"] == row[f"{metric}_business_s"]
    if not steps:
        assert total["detail"] == "did not happen"
        return False
    assert total["detail"] == row[f"{metric}_quality"]
    for span in steps:
        mine = [each for each in listed if each["step"] == span["step"]]
        events = [known[each["event_id"]] for each in mine if each["kind"] == "event"]
        instants = {as_of, *(event["event_at"] for event in events)}
        for event in events:
            instants |= _instants(json.loads(event["data"]))
        assert {span["starts_at"], span["ends_at"]} <= instants
        took = max(0, (span["ends_at"] - span["starts_at"]).total_seconds())
        assert span["calendar_s"] == pytest.approx(took, abs=1e-6)
        opened = [each for each in mine if each["kind"] == "open"]
        if span["business_s"] != span["calendar_s"]:
            seconds = sum((e["ends_at"] - e["starts_at"]).total_seconds() for e in opened)
            assert span["business_s"] == pytest.approx(seconds, abs=1e-6)
    assert total["calendar_s"] == pytest.approx(sum(each["calendar_s"] for each in steps))
    return True


def test_random_promises_follow_from_what_is_listed(demo: ticketledger.Ledger) -> None:
    """Stretches follow each other, add up to the clock, and end as `sla` says."""
    settings = Settings.read(HOURS, PROMISES, None)
    statement = statements("explanations")["promise"]
    seen = set()
    kept = ("sla", "ticket_talk")
    with session(open_store(demo.root), statement.sql, settings=settings, kept=kept) as con:
        told = con.sql("FROM sla ORDER BY ALL").to_arrow_table().to_pylist()
        random.Random(7).shuffle(told)
        for row in told[:CELLS]:
            asked = {name: row[name] for name in ("ticket_id", "org_id", "policy")}
            listed = [
                each
                for each in con.sql(statement.sql, params=asked).to_arrow_table().to_pylist()
                if each["instance"] == row["instance"]
            ]
            seen.add((row["metric"], row["state"]))
            _is_explained(row, listed)
    assert len(seen) > 5


def _is_explained(row: dict[str, Any], listed: list[dict[str, Any]]) -> None:
    *others, total = listed
    steps = [each for each in others if each["kind"] in ("run", "pause")]
    assert total["kind"] == "total"
    assert total["detail"] == row["state"]
    assert (total["starts_at"], total["ends_at"]) == (row["breach_at"], row["ended_at"])
    assert steps[0]["starts_at"] == row["activated_at"]
    for former, each in pairwise(steps):
        assert former["ends_at"] == each["starts_at"]
    clock = 0.0
    for each in steps:
        assert (each["business_s"] == 0) or each["kind"] == "run"
        clock += each["business_s"]
        assert each["elapsed_s"] == pytest.approx(clock, abs=1e-6)
        opened = [e for e in others if e["kind"] == "open" and e["step"] == each["step"]]
        if opened:
            seconds = sum((e["ends_at"] - e["starts_at"]).total_seconds() for e in opened)
            assert each["business_s"] == pytest.approx(seconds, abs=1e-6)
    assert total["elapsed_s"] == row["elapsed_s"] == pytest.approx(clock, abs=1e-6)


def test_a_policy_is_explained_by_its_name(demo: ticketledger.Ledger) -> None:
    found = demo.explain("SUP-1037", "Resolution", sla=PROMISES, calendar=HOURS).to_dicts()
    assert found[0]["detail"] == "open, customer spoke last"
    assert {row["detail"] for row in found if row["kind"] == "pause"} >= {"last speaker us"}
    assert found[-1]["detail"] == "met"
    with pytest.raises(BadParameter, match="no metric or policy named `Resolutoin`") as caught:
        demo.explain("SUP-1037", "Resolutoin", sla=PROMISES)
    assert caught.value.hint == "did you mean `Resolution`?"


def test_a_state_can_be_explained_by_its_name_in_the_metric_ledger(
    demo: ticketledger.Ledger,
) -> None:
    found = demo.explain("SUP-1037", "status_time").to_dicts()
    spans = [row for row in found if row["kind"] == "span"]
    assert [row["detail"].split(",")[0] for row in spans] == [
        "open",
        "inprogress",
        "closed",
        "open",
        "inprogress",
        "closed",
    ]


def test_a_ticket_of_another_organisation_is_not_found(demo: ticketledger.Ledger) -> None:
    with pytest.raises(BadParameter, match="no ticket `SUP-1037` in organisation `zz`") as caught:
        demo.explain("SUP-1037", "reopens", org_id="zz")
    assert caught.value.hint.startswith("it is one of `5b0f")


@pytest.mark.parametrize(
    ("ticket", "metric", "error", "hint"),
    [
        ("SUP-1037", "reopns", "no metric named `reopns`", "did you mean `reopens`?"),
        ("SUP-137", "reopens", "no ticket `SUP-137`", "did you mean `SUP-1137`?"),
    ],
)
def test_wrong_requests_name_the_nearest(
    demo: ticketledger.Ledger, ticket: str, metric: str, error: str, hint: str
) -> None:
    with pytest.raises(BadParameter, match=re.escape(error)) as caught:
        demo.explain(ticket, metric)
    assert caught.value.hint == hint
