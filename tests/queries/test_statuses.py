"""Other names for statuses, told in a file, change no number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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


def test_every_ticket_is_in_a_band_of_the_flow(tmp_path: Path) -> None:
    statuses = tmp_path / "statuses.toml"
    statuses.write_text('[statuses]\nactive = ["waiting"]\nresolved = ["done"]\nremoved = ["gone"]')
    told: list[Told] = [
        ("ticket.created", "09:00", {"status": each, "ticket_id": each})
        for each in ("waiting", "done", "gone", "odd", "open")
    ]
    ledger = loaded(tmp_path, *told)
    names = ("open", "inprogress", "closed", "archived", "other", "deleted", "wip")

    def bands(statuses: Path | None) -> list[int]:
        (row,) = ledger.report("cumulative_flow", statuses=statuses, to="arrow").to_pylist()
        return [row[name] for name in names]

    assert bands(None) == [1, 0, 0, 0, 4, 0, 1]
    assert bands(statuses) == [0, 0, 1, 1, 3, 0, 1]


def test_a_status_spelled_in_several_ways_is_one(tmp_path: Path) -> None:
    told = [("open", "In Progress"), ("in_progress", "Closed"), ("CLOSED", "In-Progress")]
    events = [
        _updated(f"{hour}:00", {"status": was}, status=now)
        for hour, (was, now) in enumerate(told, start=10)
    ]
    ledger = loaded(tmp_path, ("ticket.created", "09:00", {"status": "Open"}), *events)
    history = ledger.sql("SELECT status, evidence FROM ticket_history ORDER BY version").rows()
    statuses = ["open", "inprogress", "closed", "inprogress"]
    assert history == list(zip(statuses, ["image", "both", "both", "both"], strict=True))
    assert ledger.sql("FROM ticket_gaps").rows() == []
    assert ledger.report("backlog_now")["status"].to_list() == ["inprogress"]
    assert ledger.report("process_variants")["variant"].to_list() == [" > ".join(statuses)]
    spelled = ledger.sql("SELECT data->>'$.status' AS s FROM events")["s"].to_list()
    assert sorted(spelled) == ["Closed", "In Progress", "In-Progress", "Open"]


@pytest.mark.parametrize("status", ["ΑΝΟΙΧΤΟΣ", "İşlemde", "Wird geprüft", "ÜBERFÄLLIG"])
def test_a_status_is_found_whatever_its_letters(tmp_path: Path, status: str) -> None:
    statuses = tmp_path / "statuses.toml"
    statuses.write_text(f'[statuses]\nactive = ["{status}"]', "utf-8")
    ledger = loaded(tmp_path, ("ticket.created", "09:00", {"status": status}))
    query = "SELECT place FROM ticket_metrics"
    assert ledger.sql(query, statuses=statuses)["place"].to_list() == ["active"]


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


FUTURE = '[[statuses.on_hold]]\ndue_date = "future"\n'


def _held(folder: Path, *told: Told) -> tuple[tuple[Any, ...], ...]:
    """Return seconds, quality and bounds in hours on hold, then of the wait; closed at 14:00."""
    statuses = folder / "statuses.toml"
    statuses.write_text(FUTURE, "utf-8")
    closed = {"status": "closed", "created_at": "09:00"}
    ledger = loaded(folder, *told, _updated("14:00", {"status": "open"}, **closed))
    query = """
        SELECT value, calendar_us / 3.6e9, quality, low_us / 3.6e9, high_us / 3.6e9
        FROM ticket_metric_values WHERE metric = 'active_time' ORDER BY value DESC
    """
    return tuple(ledger.sql(query, statuses=statuses).rows())


def _due(time: str) -> str:
    return f"2026-03-02T{time}:00Z"


OPENED: dict[str, object] = {"status": "open", "created_at": "09:00"}


def test_a_due_date_that_was_lost_may_have_ended_a_hold_before_it_came(tmp_path: Path) -> None:
    found = _held(
        tmp_path,
        ("ticket.created", "09:00", OPENED | {"due_date": _due("11:00")}),
        _updated("12:00", {"due_date": None}, due_date=_due("12:30"), **OPENED),
    )
    assert found == (
        ("on_hold", 2.5, "interval", 0.5, 2.5),
        ("not_on_hold", 2.5, "interval", 2.5, 4.5),
    )


def test_a_hold_that_may_have_been_has_bounds_and_no_length(tmp_path: Path) -> None:
    on_hold, wait = _held(
        tmp_path,
        ("ticket.created", "09:00", OPENED | {"due_date": None}),
        _updated("12:00", {"due_date": _due("11:30")}, due_date=_due("12:30"), **OPENED),
    )
    assert on_hold == ("on_hold", 0.5, "interval", 0.5, 3.5)  # ends are bounded one by one
    assert wait[1:3] == (4.5, "interval")


def test_a_hold_that_began_unseen_leaves_the_wait_uncertain(tmp_path: Path) -> None:
    found = _held(
        tmp_path,
        _updated("12:00", {"priority": 1}, priority=2, due_date=_due("11:00"), **OPENED),
    )
    assert [row[2] for row in found] == ["interval", "interval"]
