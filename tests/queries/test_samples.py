"""The sample file of the contract: every expected value was derived by hand from its lines."""

import json
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY

from ..strategies import write_lines
from ..twin.fold import Row
from ..twin.state import VIEWS
from ..twin.values import canonical, instant
from .answers import answers, assert_same, ingested, rows

SAMPLES = Path(__file__).parents[1] / "fixtures" / "samples.jsonl"
NORTHLIGHT = "7d0c2f5e-3b1a-4c55-9f0e-2a6b8e41d9a3"
PARCELHUB = "c1e8a9b4-5d72-4f30-8c6a-90b1f7d2e655"
RELATIONS = {view: view for view in (*VIEWS, "events")}
SHUFFLES = 12 if IS_NIGHTLY else 2

PROVENANCE = ("batch", "source", "source_line", "loaded_at")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """A ledger that has loaded the sample file once."""
    made, counts = ingested(tmp_path_factory.mktemp("samples"), [SAMPLES], seed=0)
    assert counts == {"lines": 69, "accepted": 67, "duplicates": 1, "rejected": 1, "blank": 0}
    return made


def ask(ledger: ticketledger.Ledger, query: str) -> list[Row]:
    return rows(ledger.sql(query, to="arrow"))


def test_only_the_line_without_a_time_is_refused(ledger: ticketledger.Ledger) -> None:
    assert ask(ledger, "SELECT line FROM rejects") == [{"line": 3}]


def test_every_event_has_its_object_type(ledger: ticketledger.Ledger) -> None:
    counted = ask(ledger, "SELECT object_type, count(*) AS events FROM events GROUP BY ALL")
    assert {row["object_type"]: row["events"] for row in counted} == {
        "ticket": 32,
        "message": 13,  # one of them the link to a ticket
        "chat": 7,
        "notification": 3,
        "note": 2,
        "reaction": 3,
        "phone": 5,
        "org": 2,
    }


def test_seven_tickets_end_in_these_states(ledger: ticketledger.Ledger) -> None:
    query = """
        SELECT
            t.org_id, t.ticket_id, t.event_count, t.is_deleted, t.status, t.assignee, t.priority,
            t.labels, t.closed_at, e.source_line
        FROM tickets_all AS t
        JOIN events AS e ON e.event_id = t.last_event_id
        ORDER BY t.org_id, t.ticket_id
    """
    lena, dev, omar = (f"{name}@northlight.example" for name in ("lena", "dev", "omar"))
    kim = "kim@parcelhub.example"
    closed = ["2026-03-04T07:00:00Z", "2026-03-05T06:00:00Z", "2026-03-07T14:00:00.5Z"]
    two = ["label one", "label two"]
    expected: list[tuple[Any, ...]] = [
        ("NLT-101", 17, False, "archived", omar, 3, ["billing"], closed[0], 26),
        ("NLT-102", 3, False, "open", dev, 2, [], closed[1], 29),
        ("NLT-103", 3, True, "closed", lena, 0, ["access"], closed[2], 32),
        ("NLT-104", 3, False, "open", None, 0, [], None, 35),
        ("NLT-105", 1, True, "open", lena, 2, two, None, 36),
        ("NLT-106", 1, False, "on_hold", None, 5, [], None, 41),
    ]
    expected = [(NORTHLIGHT, *each) for each in expected]
    ended = "2026-03-02T17:00:00Z"
    expected.append((PARCELHUB, "NLT-101", 4, False, "archived", kim, 0, [], ended, 40))
    assert [tuple(row.values()) for row in ask(ledger, query)] == [
        (*each[:8], instant(each[8]), each[9]) for each in expected
    ]


def test_tickets_have_exactly_the_promised_columns(ledger: ticketledger.Ledger) -> None:
    promised = """
        org_id ticket_id chat_id status subject priority assignee assigned_by raised_by created_at
        due_date closed_at closed_by closed_message first_assigned_at quoted_message_id labels
        custom_properties is_deleted deleted_at first_event_at last_event_at last_event_id
        event_count
    """
    for view in ("tickets", "tickets_all", "tickets_at(TIMESTAMPTZ '2026-03-05')"):
        table = ledger.sql(f"SELECT * FROM {view} LIMIT 0", to="arrow")
        assert table.column_names == promised.split()


def test_ticket_101_opened_closed_reopened_closed_and_was_archived(
    ledger: ticketledger.Ledger,
) -> None:
    history = ask(
        ledger,
        f"""
        SELECT status, valid_from FROM ticket_history
        WHERE org_id = '{NORTHLIGHT}' AND ticket_id = 'NLT-101' ORDER BY version
        """,
    )
    visits = [next(run) for _, run in groupby(history, key=lambda row: row["status"])]
    assert [(row["status"], row["valid_from"]) for row in visits] == [
        ("open", instant("2026-03-02T09:16:40.300Z")),
        ("inprogress", instant("2026-03-02T10:05:11.020Z")),
        ("closed", instant("2026-03-03T08:45:20.310Z")),
        ("open", instant("2026-03-03T10:00:00Z")),
        ("inprogress", instant("2026-03-03T15:30:00Z")),
        ("closed", instant("2026-03-04T07:00:00.120Z")),
        ("archived", instant("2026-04-01T00:00:01Z")),
    ]
    changed = ask(
        ledger,
        f"""
        SELECT changed_at, old_value, new_value, evidence FROM ticket_changes
        WHERE org_id = '{NORTHLIGHT}' AND ticket_id = 'NLT-101' AND field = 'status'
        ORDER BY changed_at
        """,
    )
    assert [row["changed_at"] for row in changed] == [row["valid_from"] for row in visits[1:]]
    assert {row["evidence"] for row in changed} == {"both"}
    moves = pairwise(row["status"] for row in visits)
    assert [(row["old_value"], row["new_value"]) for row in changed] == list(moves)


GROUP = {
    "org_id": NORTHLIGHT,
    "chat_id": "120363025551234567@g.us",
    "chat_name": "Northlight <> Iyer Exports",  # line 26, the last event of all, has the old name
    "chat_type": "group",
    "org_phone": "917700900101@c.us",
    "chat_org_phones": ["917700900101@c.us", "917700900102@c.us"],
    "chat_image": None,
    "created_at": instant("2026-01-12T06:02:11Z"),
    "updated_at": instant("2026-03-11T12:00:00.402913Z"),
    "is_muted": False,
    "is_archived": False,
    "is_exited": False,
    "is_pinned": False,  # line 1; no later line says
    "invite_link": None,
    "group_description": None,
    "labels": [],
    "custom_properties": None,  # line 26: null
    "assigned_to": None,
    "closed_at": None,  # line 60 closed it, line 59 is later
    "member_count": 3,
    "is_deleted": False,
    "deleted_at": None,
    "first_event_at": instant("2024-06-20T12:00:00Z"),  # line 36
    "last_event_at": instant("2026-04-01T00:00:01Z"),  # line 26
    "event_count": 31,  # lines 1 and 57 to 61; 9 to 29 without the repeated 21; 33 to 36; 41
}

PERSON = {
    **dict.fromkeys(GROUP),  # line 2 is all there is, and it is mostly null
    "org_id": NORTHLIGHT,
    "chat_id": "919812345670@c.us",
    "chat_type": "user",
    "org_phone": "917700900101@c.us",
    "created_at": instant("2026-01-14T11:40:03Z"),
    "updated_at": instant("2026-01-14T11:40:03.55Z"),
    "member_count": 2,
    "is_deleted": False,
    "first_event_at": instant("2026-01-14T11:40:03.912Z"),
    "last_event_at": instant("2026-01-14T11:40:03.912Z"),
    "event_count": 1,
}

ARCHER = {
    **dict.fromkeys(GROUP),
    "org_id": PARCELHUB,
    "chat_id": "447911123456@c.us",
    "chat_name": "J. Archer",
    "chat_type": "user",
    "org_phone": "447700900555@c.us",
    "created_at": instant("2026-01-12T06:02:11Z"),
    "is_muted": False,
    "labels": ["key account", "mumbai"],
    "custom_properties": canonical({"Plan": "Gold", "Renewal date": "2026-09-30"}),
    "is_deleted": False,
    "first_event_at": instant("2026-03-02T09:01:00.200Z"),
    "last_event_at": instant("2026-03-20T00:00:00Z"),
    "event_count": 4,  # lines 37 to 40
}


def test_three_chats_end_in_these_states(ledger: ticketledger.Ledger) -> None:
    found = ask(ledger, "SELECT * FROM chats_all")
    assert_same(found, [GROUP, PERSON, ARCHER], "chats_all")
    last = {row["chat_id"]: row["last_event_id"] for row in found}
    lines = {row["event_id"]: row["source_line"] for row in ask(ledger, "SELECT * FROM events")}
    assert {chat_id: lines[event_id] for chat_id, event_id in last.items()} == {
        GROUP["chat_id"]: 26,
        PERSON["chat_id"]: 2,
        ARCHER["chat_id"]: 40,
    }


def test_members_stay_known_when_the_last_event_does_not_tell_them(
    ledger: ticketledger.Ledger,
) -> None:
    columns = ("contact_id", "contact_name", "contact_labels", "is_admin", "is_super_admin")
    expected = [
        ("203948573645112@lid", None, [], False, False),
        ("917700900101@c.us", "Northlight Support", [], True, True),
        ("919812345670@c.us", "Meera Iyer", ["exporter", "vip"], False, False),
    ]
    keyed = [
        {
            "org_id": NORTHLIGHT,
            "chat_id": GROUP["chat_id"],
            **dict(zip(columns, each, strict=True)),
            "is_internal": each[0] == "917700900101@c.us",
        }
        for each in expected
    ]
    assert_same(ask(ledger, "SELECT * FROM chat_members"), keyed, "chat_members")


def test_every_view_of_one_org_equals_the_plain_fold(ledger: ticketledger.Ledger) -> None:
    envelopes = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    documented = [each for each in envelopes if "event" in each and "timestamp" in each]
    assert {each["org_id"] for each in documented} == {NORTHLIGHT}
    relations = {view: f"(FROM {view} WHERE org_id = '{NORTHLIGHT}')" for view in VIEWS}
    for view, table in answers(ledger, relations).items():
        assert_same(rows(table), VIEWS[view](documented), view)


@pytest.fixture(scope="module")
def in_file_order(ledger: ticketledger.Ledger) -> dict[str, pa.Table]:
    """Every view, from the sample file as it is."""
    return answers(ledger, RELATIONS)


@pytest.mark.parametrize("seed", range(SHUFFLES))
def test_any_order_and_splitting_gives_the_same_answers(
    in_file_order: dict[str, pa.Table], tmp_path: Path, seed: int
) -> None:
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    written = write_lines(tmp_path, lines, seed)
    shuffled, counts = ingested(tmp_path, written.paths, seed)
    assert counts["accepted"] == 67
    for view, table in answers(shuffled, RELATIONS).items():
        assert without_provenance(table).equals(without_provenance(in_file_order[view])), view
    for view in list(VIEWS)[seed::SHUFFLES]:
        assert shuffled.sql(f"SELECT * FROM {view}", to="arrow").equals(in_file_order[view]), view


def without_provenance(table: pa.Table) -> pa.Table:
    """Drop what says how an event came, and give `events` an order of their own."""
    if "source_line" not in table.column_names:
        return table
    return table.sort_by("event_id").drop_columns(list(PROVENANCE))
