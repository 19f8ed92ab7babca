"""Other names for statuses, told in a file, change no number."""

from __future__ import annotations

from pathlib import Path

from ticketledger.queries import Settings
from ticketledger.queries.generations import SERVED

from .test_metrics import OPEN, Told, _said, _updated, loaded

NAMES = {"open": "To Do", "closed": "Done", "archived": "shelved"}
FILE = '[statuses]\nactive = ["todo", "inprogress"]\nresolved = ["done"]\nremoved = ["shelved"]'


def _events() -> list[Told]:
    return [
        ("ticket.created", "09:00", {"status": "open", "chat_id": "c"}),
        _updated("10:00", {"status": "open"}, status="inprogress", assignee="A"),
        _updated("11:00", {"status": "inprogress"}, status="closed", assignee="A"),
        _updated("12:00", {"status": "closed"}, status="open", assignee="A"),
        _updated("13:00", {"status": "open"}, status="closed", assignee="A"),
        _updated("13:30", {"status": "closed"}, status="archived", assignee="A"),
    ]


def _renamed(told: Told) -> Told:
    name, time, data = told
    was = data.get("was")
    made = {**data, "status": NAMES.get(str(data["status"]), data["status"])}
    if isinstance(was, dict):
        made["was"] = {key: NAMES.get(str(value), value) for key, value in was.items()}
    return name, time, made


def test_renamed_statuses_give_the_same_numbers(tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    for folder in (plain, other):
        folder.mkdir()
    statuses = other / "statuses.toml"
    statuses.write_text(FILE, "utf-8")
    query = "SELECT * EXCLUDE (status, first_event_id, last_event_id) FROM ticket_metrics"
    expected = loaded(plain, *_events()).sql(query, to="arrow")
    ledger = loaded(other, *map(_renamed, _events()))
    assert ledger.sql(query, statuses=statuses, to="arrow") == expected
    assert ledger.sql(query, to="arrow") != expected
    (row,) = ledger.report("reopens", statuses=statuses, to="arrow").to_pylist()
    assert (row["resolutions"], row["reopens"]) == (2, 1)
    assert ledger.report("reopens", to="arrow").num_rows == 0


def test_the_cache_of_the_defaults_is_not_used_for_other_classes(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, OPEN)
    statuses = tmp_path / "statuses.toml"
    statuses.write_text('[statuses]\nactive = ["waiting"]', "utf-8")
    assert ledger.report("backlog_over_time")["closing"].to_list() == [1]
    assert ledger.report("backlog_over_time", statuses=statuses).is_empty()
    found = ledger.report("backlog_over_time")["closing"].to_list()
    assert found == [1]


HOLD = """\
[[statuses.on_hold]]
label = "waiting"
[[statuses.on_hold]]
status = "In Progress"
due_date = "future"
"""


def _waiting() -> list[Told]:
    """On hold from 10 to 11 by a label, from 12 to 12:30 until a due date."""
    kept: dict[str, object] = {"status": "inprogress", "created_at": "09:00"}
    return [
        ("ticket.created", "09:00", {"status": "open", "chat_id": "c"}),
        _updated("10:00", {"status": "open", "labels": []}, labels=["waiting"], **kept),
        _said("10:30", 1, by_agent=True),
        _updated("11:00", {"labels": ["waiting"]}, labels=[], **kept),
        _updated("12:00", {"due_date": None}, due_date="2026-03-02T12:30:00Z", **kept),
        _updated("14:00", {"status": "inprogress"}, **(kept | {"status": "closed"})),
    ]


def test_a_ticket_is_on_hold_while_a_rule_holds(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, *_waiting())
    statuses = tmp_path / "statuses.toml"
    statuses.write_text(HOLD, "utf-8")
    names = ("on_hold_time_calendar_s", "requester_wait_time_calendar_s", "on_hold_time_quality")
    query = f"SELECT {', '.join(names)}, agent_work_time_calendar_s FROM ticket_metrics"
    assert ledger.sql(query).rows() == [(None, 5 * 3600, None, 4 * 3600)]
    assert ledger.sql(query, statuses=statuses).rows() == [(5400, 12_600, "exact", 4 * 3600)]
    told = ledger.explain("T", "on_hold_time", statuses=statuses).filter(kind="total")
    assert told["calendar_s"].to_list() == [5400]
    assert ledger.report("touches")["one_messaging"].to_list() == [1]
    assert ledger.report("touches", statuses=statuses)["one_messaging"].to_list() == [0]


def test_what_is_on_hold_alone_leaves_the_cache_in_use(tmp_path: Path) -> None:
    statuses = tmp_path / "statuses.toml"
    statuses.write_text(HOLD, "utf-8")
    assert Settings.read(None, None, statuses).served() == SERVED
    statuses.write_text('[statuses]\nactive = ["waiting"]', "utf-8")
    assert Settings.read(None, None, statuses).served() < SERVED
