"""`ticketledger reconcile`: what a user sees, and what a lost event looks like."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import ticketledger
from tests.conftest import ROOT
from tests.ingest.made import load

from .test_cli import run

Json = dict[str, Any]
HEADER = "org_id,ticket_id,finding,field,ledger_value,observed_value,observed_at,last_event_at\n"


def event(kind: str, minute: int, **fields: Any) -> Json:
    """An event of ticket T-1 on 1 March, that many minutes after ten."""
    return {
        "event": f"ticket.{kind}",
        "org_id": "o",
        "timestamp": at(minute),
        "data": {"ticket_id": "T-1", **fields},
    }


def at(minute: float) -> str:
    """An instant on 1 March, that many minutes after ten."""
    seconds = round(minute * 60)
    return f"2026-03-01T{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


OPENED = event("created", 0, status="open", assignee="a", labels="vip", is_deleted=False)
CLOSED = event("updated", 30, status="closed")
DELETED = event("deleted", 60)


LedgerOf = Callable[..., ticketledger.Ledger]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> LedgerOf:
    """The ledger of some events, with its cache; made once, as nothing here changes one."""

    @cache
    def made(*lines: str) -> ticketledger.Ledger:
        folder = tmp_path_factory.mktemp("reconcile")
        (folder / "events.jsonl").write_text("\n".join(lines))
        load(folder / "ledger", folder / "events.jsonl")
        opened = ticketledger.open(folder / "ledger")
        opened.refresh()
        return opened

    return lambda *events: made(*map(json.dumps, events))


def found(made: ticketledger.Ledger, *objects: Json, **options: Any) -> list[tuple[Any, ...]]:
    """Finding, field and both values of each row."""
    path = made.root.parent / "seen.jsonl"
    path.write_text("\n".join(map(json.dumps, objects)))
    rows = made.reconcile(path, **options).rows.to_pylist()
    names = ("finding", "field", "ledger_value", "observed_value")
    return [tuple(row[name] for name in names) for row in rows]


def ticket(**fields: Any) -> Json:
    """T-1 as the REST API shows it."""
    return {"org_id": "o", "ticket_id": "T-1", **fields}


# --- snapshots --------------------------------------------------------------------------------


def test_a_lost_last_event_is_found_by_the_tickets_own_last_update(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    seen = ticket(status="closed", assignee="a", last_updated_at=at(30))
    assert found(made, seen) == [("differs", "status", '"open"', '"closed"')]


def test_a_ticket_is_compared_with_the_ledger_of_its_moment_not_of_today(ledger: LedgerOf) -> None:
    made = ledger(OPENED, CLOSED)
    assert found(made, ticket(status="open", last_updated_at=at(10))) == []
    assert (
        found(made, ticket(status="open"), observed_at=datetime(2026, 3, 1, 10, 10, tzinfo=UTC))
        == []
    )
    assert found(made, ticket(status="open")) == [("differs", "status", '"closed"', '"open"')]


def test_an_event_stamped_a_little_after_its_update_is_no_difference(ledger: LedgerOf) -> None:
    made = ledger(OPENED, CLOSED)
    seen = ticket(status="closed", last_updated_at="2026-03-01T10:29:58Z")
    assert found(made, seen) == []
    assert len(found(made, seen, tolerance_s=1)) == 1


def test_only_fields_that_are_there_are_compared_null_included(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    assert found(made, ticket(status="open")) == []
    assert found(made, ticket(assignee=None)) == [("differs", "assignee", '"a"', None)]


def test_values_are_compared_as_ingest_reads_them(ledger: LedgerOf) -> None:
    properties = {"b": 1, "a": [1.0]}
    made = ledger(
        event("created", 0, labels="VIP, Billing", due_date="2026-03-09", priority="2"),
        event("updated", 1, custom_properties=properties, closed_by="x"),
    )
    seen = ticket(
        labels=["billing", "vip"],
        due_date="2026-03-09T05:30:00+05:30",
        priority=2,
        custom_properties=dict(reversed(properties.items())),
        close_ticket_metadata={"closed_by": "x"},
    )
    assert found(made, seen) == []


def test_spellings_of_a_status_are_no_difference(ledger: LedgerOf) -> None:
    made = ledger(OPENED, event("updated", 5, status="inprogress"))
    told: Json = {"org_id": "o", "ticket_id": "T-1", "log_id": "1", "action": "updated"}
    told |= {"old_record": ticket(status="Open"), "new_record": ticket(status="In-Progress")}
    assert found(made, ticket(status="In Progress"), told | {"timestamp": at(5)}) == []
    assert found(made, ticket(status="On Hold")) == [
        ("differs", "status", '"inprogress"', '"On Hold"')
    ]
    assert found(made, ticket(status=None)) == [("differs", "status", '"inprogress"', None)]


@pytest.mark.parametrize(
    "text", [b"", b'{"from": 1, "to": 0, "count": 0, "tickets": []}', json.dumps(OPENED).encode()]
)
def test_nothing_to_compare_is_told(ledger: LedgerOf, text: bytes) -> None:
    done = run("reconcile", "-", "--complete", ledger=ledger(OPENED).root, stdin=text)
    assert done.returncode == 0
    assert b"nothing was compared" in done.stderr


def test_labels_never_told_and_no_labels_are_the_same(ledger: LedgerOf) -> None:
    made = ledger(event("created", 0, status="open"))
    assert found(made, ticket(labels=[], custom_properties={}, is_deleted=False)) == []


@pytest.mark.parametrize("told", [{}, {"is_deleted": False}, {"is_deleted": None}])
def test_a_ticket_that_is_shown_is_not_deleted(ledger: LedgerOf, told: Json) -> None:
    made = ledger(OPENED, DELETED)
    assert found(made, ticket(**told)) == [("differs", "is_deleted", "true", "false")]
    assert found(made, ticket(is_deleted=True)) == []


def test_a_ticket_info_is_compared_with_its_chat(ledger: LedgerOf) -> None:
    made = ledger(event("created", 0, chat_id="1@g.us"))
    info = {"ticket": ticket(), "chat": {"chat_id": "2@g.us"}}
    assert found(made, info) == [("differs", "chat_id", '"1@g.us"', '"2@g.us"')]


def test_a_ticket_never_seen_is_one_row_however_often_it_is_observed(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    seen = ticket(ticket_id="T-2", status="open")
    assert found(made, seen, seen) == [("missing_in_ledger", None, None, None)]
    assert found(made, {**seen, "ticket_id": "T-1", "org_id": "p"}) == [
        ("missing_in_ledger", None, None, None)
    ]


def test_of_a_moment_before_the_first_event_the_ledger_says_nothing(ledger: LedgerOf) -> None:
    made = ledger(CLOSED)
    assert found(made, ticket(status="open", last_updated_at=at(0))) == []


def test_a_complete_list_finds_lost_deletions(ledger: LedgerOf) -> None:
    other = {**OPENED, "data": {"ticket_id": "T-2", "status": "open"}}
    foreign = {**OPENED, "org_id": "p"}
    made = ledger(OPENED, other, foreign)
    assert found(made, ticket(ticket_id="T-2")) == []
    lost = [("missing_in_snapshot", None, None, None)]
    assert found(made, ticket(ticket_id="T-2"), complete=True) == lost
    assert found(made, ticket(), ticket(ticket_id="T-2"), complete=True) == []


def test_a_ticket_created_after_a_complete_list_was_read_is_not_missing(ledger: LedgerOf) -> None:
    other = {**OPENED, "data": {"ticket_id": "T-2", "status": "open"}, "timestamp": at(90)}
    made = ledger(OPENED, other)
    assert found(made, ticket(last_updated_at=at(0)), complete=True) == []
    read_at = datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert found(made, ticket(), complete=True, observed_at=read_at) == []
    assert len(found(made, ticket(), complete=True)) == 1


def test_nothing_is_missing_in_a_list_of_which_a_line_was_refused(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    assert found(made, ticket(ticket_id="T-2"), ticket(status=5), complete=True) == [
        ("missing_in_ledger", None, None, None)
    ]


# --- audit rows -------------------------------------------------------------------------------


def audit(minute: float, old: Json | None, new: Json | None) -> Json:
    """A row of the ticket's audit log."""
    return ticket(
        log_id=1,
        action="UPDATE",
        type="ticket",
        performed_by="a",
        old_record=old,
        new_record=new,
        timestamp=at(minute),
    )


STEP = audit(30, {"status": "open", "assignee": "a"}, {"status": "closed", "assignee": "a"})


def test_an_audit_row_whose_change_is_known_is_no_finding(ledger: LedgerOf) -> None:
    made = ledger(OPENED, CLOSED)
    assert found(made, STEP) == []
    assert found(made, {**STEP, "timestamp": at(29.95)}) == []  # 3 s
    assert len(found(made, {**STEP, "timestamp": at(29.9)})) == 1  # 6 s
    assert found(made, {**STEP, "timestamp": at(29.9)}, tolerance_s=6) == []


def test_an_audit_row_the_ledger_lacks_is_an_unknown_change(ledger: LedgerOf) -> None:
    reopened = event("updated", 50, status="open")
    made = ledger(OPENED, reopened)  # seen from inside, nothing ever happened
    assert found(made, STEP) == [("unknown_change", "status", '"open"', '"closed"')]


def test_a_change_known_only_from_a_later_event_is_unknown(ledger: LedgerOf) -> None:
    made = ledger(OPENED, {**CLOSED, "timestamp": at(50)})
    assert found(made, STEP) == [("unknown_change", "status", '"open"', '"closed"')]


def test_creations_and_deletions_of_the_audit_log_are_looked_for_too(ledger: LedgerOf) -> None:
    created, deleted = audit(0, None, {"status": "open"}), audit(60, {"status": "open"}, None)
    plain = event("created", 0, status="open")
    assert found(ledger(plain, DELETED), created, deleted) == []
    assert found(ledger(CLOSED), created, deleted) == [
        ("unknown_change", None, None, None),
        ("unknown_change", "is_deleted", "false", "true"),
    ]


def test_audit_rows_are_no_list_of_tickets(ledger: LedgerOf) -> None:
    other = {**OPENED, "data": {"ticket_id": "T-2", "status": "open"}}
    assert found(ledger(OPENED, CLOSED, other), STEP, complete=True) == []


def test_an_audit_row_that_changes_no_field_of_the_state_says_nothing(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    row = audit(
        40, {"label_ids": None, "labels": ["VIP"]}, {"label_ids": {"x": True}, "labels": ["vip"]}
    )
    assert found(made, row) == []


# --- the command ------------------------------------------------------------------------------


def test_exit_1_when_they_differ_0_when_not_and_nothing_is_loaded(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    before = {path: path.read_bytes() for path in made.root.rglob("*") if path.is_file()}
    same = run("reconcile", "-", "--format", "csv", ledger=made.root, stdin=dumped(status="open"))
    assert (same.returncode, same.stdout.decode(), same.stderr) == (0, HEADER, b"")
    other = run(
        "reconcile", "-", "--format", "csv", ledger=made.root, stdin=dumped(status="closed")
    )
    assert (other.returncode, other.stderr) == (1, b"")
    assert other.stdout.decode() == (
        HEADER + 'o,T-1,differs,status,"""open""","""closed""",,2026-03-01T10:00:00.000000Z\n'
    )
    assert before == {path: path.read_bytes() for path in made.root.rglob("*") if path.is_file()}


def dumped(**fields: Any) -> bytes:
    """T-1 as the REST API shows it, as JSON."""
    return json.dumps(ticket(**fields)).encode()


def test_refused_lines_are_told_and_give_exit_3(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    lines = b"\n".join([dumped(status=5), json.dumps(OPENED).encode(), dumped(status="closed")])
    done = run("reconcile", "-", "--complete", ledger=made.root, stdin=lines)
    assert done.returncode == 3
    assert b"differs" in done.stdout
    assert done.stderr.decode().splitlines() == [
        "passed over 1: neither snapshots of tickets nor audit rows",
        "rejected <stdin>:1: status input should be a valid string (wrong_type)",
        "not complete without what was rejected: no ticket was looked for in the snapshot",
    ]


def test_the_output_file_holds_the_bytes_of_stdout(ledger: LedgerOf, tmp_path: Path) -> None:
    made = ledger(OPENED)
    words = ("reconcile", "-", "--format", "parquet")
    printed = run(*words, ledger=made.root, stdin=dumped(status="closed"))
    written = run(*words, "-o", f"{tmp_path}/x", ledger=made.root, stdin=dumped(status="closed"))
    assert (printed.returncode, written.returncode, written.stdout) == (1, 1, b"")
    assert (tmp_path / "x").read_bytes() == printed.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere.json"], 2, "no such file"),
        (["-", "--tolerance", "-1"], 2, "`-1.0` is no tolerance"),
        (["-", "--observed-at", "soon"], 2, "not a date"),
        (["-", "--ledger", "void"], 2, "no ledger in `void`"),
    ],
)
def test_wrong_requests_are_told(
    ledger: LedgerOf, tmp_path: Path, words: list[str], code: int, message: str
) -> None:
    made = ledger(OPENED)
    done = run("reconcile", *words, ledger=made.root, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, b"")
    assert message in done.stderr.decode()


def test_known_at_compares_with_what_was_loaded_by_then(ledger: LedgerOf) -> None:
    made = ledger(OPENED)
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert found(made, ticket(status="open"), known_at=before) == [
        ("missing_in_ledger", None, None, None)
    ]


def test_rows_come_as_arrow_and_as_a_polars_frame(ledger: LedgerOf, tmp_path: Path) -> None:
    made = ledger(OPENED)
    (tmp_path / "seen.json").write_bytes(dumped(status="closed"))
    result = made.reconcile(tmp_path / "seen.json")
    assert isinstance(result.frame(), pl.DataFrame)
    assert result.frame().height == result.rows.num_rows == 1


def test_the_order_of_the_input_changes_nothing(demo: ticketledger.Ledger, tmp_path: Path) -> None:
    rows = demo.sql("SELECT org_id, ticket_id, 'x' AS status, priority FROM tickets_all").to_dicts()
    answers = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        path = tmp_path / f"{seed}.json"
        path.write_text(json.dumps({"from": 0, "to": 0, "count": 0, "tickets": rows}))
        answers.append(demo.reconcile(path, complete=True).rows)
    assert answers[0].num_rows > len(rows)  # the deleted ones differ in that too
    assert answers[0].equals(answers[1])
    assert answers[0].equals(answers[2])


def test_a_ledger_agrees_with_its_own_tickets(demo: ticketledger.Ledger, tmp_path: Path) -> None:
    rows = tmp_path / "tickets.json"
    run("sql", "FROM tickets", "--format", "json", "-o", str(rows), ledger=demo.root)
    assert demo.reconcile(rows, complete=True).rows.num_rows == 0


def test_a_dropped_last_event_is_found_in_the_demo(
    demo: ticketledger.Ledger, tmp_path: Path
) -> None:
    """Without its last file, the demo's ledger no longer agrees with the list of its end."""
    shutil.copytree(ROOT / "data" / "demo", tmp_path / "demo")
    (tmp_path / "demo" / "2026-03-week4.jsonl").unlink()
    short = ticketledger.open(tmp_path / "ledger")
    short.ingest(tmp_path / "demo")
    rows = tmp_path / "tickets.json"
    run("sql", "FROM tickets", "--format", "json", "-o", str(rows), ledger=demo.root)
    made = short.reconcile(rows, complete=True).frame()
    changed = set(made.get_column("ticket_id"))
    later = demo.sql("SELECT ticket_id FROM tickets_all WHERE last_event_at >= '2026-03-23'")
    assert changed
    assert changed <= set(later.get_column("ticket_id"))
