"""The number, its spans, its open hours and its events tell the same."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.calendar_file import read_calendars
from ticketledger.models.errors import BadParameter
from ticketledger.models.instants import BadInstant, parse_instant
from ticketledger.models.store import open_store
from ticketledger.queries import Settings, statements
from ticketledger.queries.explain import AMBIGUITY, COUNTS, FIGURES, STATES, metrics
from ticketledger.queries.figures import OFTEN_ASKED
from ticketledger.queries.session import session

from ..twin.examples import hour
from .answers import exported

HOURS = ROOT / "data" / "hours.toml"
PROMISES = ROOT / "data" / "promises.toml"
STATEMENT, COUNT, FIGURE = (
    statements("explanations")[f"ticket_{name}"] for name in ("metric", "count", "figure")
)
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
    both = STATEMENT.sql + COUNT.sql
    with session(store, both, as_of=as_of, settings=settings, kept=OFTEN_ASKED) as con:
        for row, metric in cells[:CELLS]:
            asked = {"ticket_id": row["ticket_id"], "org_id": row["org_id"], "metric": metric}
            if metric not in COUNTS:
                asked["is_of_ledger"] = metric in STATES
            query = COUNT.sql if metric in COUNTS else STATEMENT.sql
            listed = con.sql(query, params=asked).to_arrow_table().to_pylist()
            seen += _agrees(row, metric, listed, known, as_of)
    assert seen > CELLS / 5


def test_every_count_is_what_is_listed(demo: ticketledger.Ledger) -> None:
    """Of each count the ticket that has most of it; in the long form one that has none, too."""
    told = demo.sql("FROM ticket_metrics ORDER BY org_id, ticket_id", to="arrow").to_pylist()
    known: dict[str, dict[str, Any]] = {
        event_id: {} for (event_id,) in demo.sql("SELECT event_id FROM events").rows()
    }
    as_of = demo.sql("SELECT max(event_at) FROM events").item()
    never = set()
    with session(open_store(demo.root), COUNT.sql, as_of=as_of, kept=OFTEN_ASKED) as con:
        for metric in COUNTS:
            by_count = sorted(told, key=lambda row: row[metric])
            for row in (by_count[0], by_count[-1]) if IS_NIGHTLY else by_count[-1:]:
                asked = {"ticket_id": row["ticket_id"], "org_id": row["org_id"], "metric": metric}
                listed = con.sql(COUNT.sql, params=asked).to_arrow_table().to_pylist()
                assert {e["event_id"] for e in listed if e["kind"] == "event"} <= known.keys()
                if not _agrees(row, metric, listed, known, as_of) and row is by_count[-1]:
                    never.add(metric)
    assert never <= {"unarchives", "ping_pongs", "late_postponements", "gaps"}


def test_what_the_demo_has_none_of_is_listed_too(tmp_path: Path) -> None:
    told = [
        ("created", 9, {"status": "open", "assignee": "A"}, None),
        ("updated", 10, {"assignee": "B"}, {"assignee": "A"}),
        ("updated", 11, {"assignee": "A"}, {"assignee": "B"}),
        ("updated", 12, {"due_date": "2026-03-01T13:00:00Z"}, {"due_date": None}),
        (
            "updated",
            14,
            {"due_date": "2026-03-01T20:00:00Z"},
            {"due_date": "2026-03-01T13:00:00Z"},
        ),
        ("updated", 15, {"status": "archived"}, {"status": "inprogress"}),  # it was open
        ("updated", 16, {"status": "open"}, {"status": "archived"}),
    ]
    data: dict[str, Any] = {"ticket_id": "T", "chat_id": "c"}
    envelopes = []
    for name, at, new, old in told:
        data = {**data, **new}
        envelope = {"event": f"ticket.{name}", "org_id": "o", "timestamp": hour(at), "data": data}
        envelopes.append(envelope if old is None else {**envelope, "previous_attributes": old})
    ledger = exported(tmp_path, envelopes)
    listed = {
        metric: [
            (row["kind"], row["detail"])
            for row in ledger.explain("T", metric).to_dicts()
            if row["kind"] not in ("event", "total")
        ]
        for metric in ("ping_pongs", "late_postponements", "gaps", "unarchives")
    }
    assert listed == {
        "ping_pongs": [("move", "B > A")],
        "late_postponements": [("due date", "2026-03-01 13:00:00+00 > 2026-03-01 20:00:00+00")],
        "gaps": [("gap", "status")],
        "unarchives": [("move", "archived > open")],
    }
    row = ledger.report("ticket_metrics").row(0, named=True)
    assert {metric: len(steps) for metric, steps in listed.items()} == {m: row[m] for m in listed}


def _agrees(
    row: dict[str, Any],
    metric: str,
    listed: list[dict[str, Any]],
    known: dict[str, dict[str, Any]],
    as_of: datetime,
) -> bool:
    total = listed[-1]
    if metric in COUNTS:
        steps = [each for each in listed[:-1] if each["kind"] != "event"]
        told = {each["step"] for each in listed[:-1] if each["kind"] == "event"}
        assert total["counted"] == len(steps) == row[metric]
        assert told == {each["step"] for each in steps}
        return bool(steps)
    steps = [each for each in listed if each["kind"] == "span"]
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


def test_every_number_follows_from_what_is_listed(demo: ticketledger.Ledger) -> None:
    """Of numbers made of others the ticket that has most of it, and one that has none."""
    told = demo.sql("FROM ticket_metrics ORDER BY org_id, ticket_id", to="arrow").to_pylist()
    as_of = demo.sql("SELECT max(event_at) FROM events").item()
    once = ("ticket_metrics", "ticket_completeness", "ticket_due_date_versions")
    with session(open_store(demo.root), FIGURE.sql, as_of=as_of, kept=once) as con:
        for metric in FIGURES:
            column = f"{metric}_s" if f"{metric}_s" in told[0] else metric
            has = sorted((row for row in told if row[column] is not None), key=lambda r: r[column])
            lacks = [row for row in told if row[column] is None]
            for row in (has[0], has[-1], *lacks[:1]):
                asked = {"ticket_id": row["ticket_id"], "org_id": row["org_id"], "metric": metric}
                *steps, total = con.sql(FIGURE.sql, params=asked).to_arrow_table().to_pylist()
                assert total["share" if column == metric else "took_s"] == row[column]
                parts = [(each["detail"], each["took_s"]) for each in steps if each["took_s"]]
                assert row[column] is None or row[column] == pytest.approx(_made_of(metric, parts))
                for each in steps:
                    if each["kind"] == "span":
                        took = (each["ends_at"] - each["starts_at"]).total_seconds()
                        assert each["took_s"] == pytest.approx(took)


def _made_of(metric: str, parts: list[tuple[str, float]]) -> float:
    """The total, worked out from what is listed."""
    if metric == "flow_efficiency":
        return dict(parts).get("agent_work_time", 0) / dict(parts)["lead_time"]
    if metric in ("coverage", "completeness"):
        life = dict(parts)["life up to deletion"]
        return 1 - min(sum(took for _, took in parts) - life, life) / life
    total = sum(took for _, took in parts)
    return max(0, total) if metric == "lateness" else total


def test_a_message_that_could_be_of_two_tickets_names_both(demo: ticketledger.Ledger) -> None:
    told = demo.sql(
        "SELECT ticket_id, org_id, ambiguous_messages FROM ticket_metrics"
        " WHERE ambiguous_messages > 0 ORDER BY ALL LIMIT $most",
        {"most": 1_000 if IS_NIGHTLY else 3},
    )
    assert len(told) > 2
    for ticket_id, org_id, count in told.rows():
        *steps, total = demo.explain(ticket_id, AMBIGUITY, org_id=org_id).to_dicts()
        messages = [each for each in steps if each["kind"] == "message"]
        assert total["counted"] == len(messages) == count
        for each in messages:
            others = each["detail"].split(", of ")[1].split(" or ")
            assert ticket_id in others
            assert len(others) > 1
            assert [e for e in steps if e["kind"] == "event" and e["step"] == each["step"]]


def test_every_number_of_a_ticket_has_an_explanation() -> None:
    """All but instants, texts and what is told by another: a flag by the times it compares."""
    columns = statements("views")["ticket_metrics"].columns
    numbers = {name for name, told in columns.items() if told.type in ("DOUBLE", "BIGINT")}
    explained = {
        name.removesuffix("_business_s").removesuffix("_calendar_s").removesuffix("_s")
        for name in numbers
    }
    assert (
        explained - set(metrics()) == {"priority_at_creation", "priority_at_resolution"} & explained
    )
    assert {AMBIGUITY, *FIGURES} < set(metrics())


def test_a_ticket_that_was_not_known_then_is_told_as_such(demo: ticketledger.Ledger) -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    asked: tuple[dict[str, datetime], ...] = ({"as_of": early}, {"known_at": early})
    for then in asked:
        with pytest.raises(BadParameter, match="no ticket `SUP-1037` was known then") as caught:
            demo.explain(
                "SUP-1037", "reopens", as_of=then.get("as_of"), known_at=then.get("known_at")
            )
        assert caught.value.hint == "no ticket at all was known then"
