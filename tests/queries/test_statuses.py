"""Other names for statuses, told in a file, change no number."""

from __future__ import annotations

from pathlib import Path

from .test_metrics import OPEN, Told, _updated, loaded

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
