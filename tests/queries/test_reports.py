"""Reports are tested by what they declare; a new report needs no line here."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.calendar_file import read_calendars
from ticketledger.models.errors import BadParameter, UsageError
from ticketledger.models.policy_file import read_policies
from ticketledger.models.store import open_store
from ticketledger.queries import Settings, answer_report, statements, uses_policies
from ticketledger.queries.figures import OFTEN_ASKED
from ticketledger.queries.output import Format, write
from ticketledger.queries.parameters import values_of
from ticketledger.queries.run import _OFTEN_CHECKED
from ticketledger.queries.session import session

REPORTS = statements("reports")
HOURS, PROMISES = ROOT / "data" / "hours.toml", ROOT / "data" / "promises.toml"
every_report = pytest.mark.parametrize("name", REPORTS)


@every_report
def test_declared_parameters_are_those_of_the_query(name: str) -> None:
    (statement,) = duckdb.extract_statements(REPORTS[name].sql)
    assert set(statement.named_parameters) == set(REPORTS[name].params)


def _settings(name: str) -> Settings:
    """The demo's promises, for the reports on them."""
    if not uses_policies(REPORTS[name].sql):
        return Settings()
    return Settings(read_calendars(HOURS), read_policies(PROMISES))


@every_report
def test_answer_is_the_golden_one_and_has_the_declared_columns(
    name: str,
    demo: ticketledger.Ledger,
    tmp_path_factory: pytest.TempPathFactory,
    update_golden: bool,
) -> None:
    golden = ROOT / "tests" / "golden" / f"{name}.csv"
    made = tmp_path_factory.mktemp("golden") / "made.csv"
    answered = answer_report(open_store(demo.root), name, settings=_settings(name))
    with answered as answer, made.open("wb") as sink:
        write(answer, Format.CSV, sink)
        declared = {column: told.type for column, told in REPORTS[name].columns.items()}
        assert list(answer.types.items()) == list(declared.items())
    if update_golden:
        golden.write_bytes(made.read_bytes())
    assert made.read_text("utf-8") == golden.read_text("utf-8")


@every_report
def test_order_is_total(name: str, demo: ticketledger.Ledger) -> None:
    """Two runs give equal rows: those of the golden file; nightly asks twice."""
    with duckdb.connect() as con:
        told = con.execute("SELECT json_serialize_sql($q)", {"q": REPORTS[name].sql}).fetchall()
    node = json.loads(told[0][0])["statements"][0]["node"]
    assert [m["type"] for m in node["modifiers"]] == ["ORDER_MODIFIER"]
    if IS_NIGHTLY:
        once, again = (demo.report(name, to="arrow", sla=PROMISES) for _ in range(2))
        assert once.equals(again)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> ticketledger.Ledger:
    """A ledger without events; do not write to it."""
    ledger = ticketledger.open(tmp_path_factory.mktemp("empty") / "ledger")
    ledger.ingest([])
    return ledger


def test_a_ledger_without_events_gives_no_rows(empty: ticketledger.Ledger) -> None:
    assert set(map(len, _as_of(empty, datetime(2026, 3, 15, tzinfo=UTC)).values())) == {0}
    assert len(empty.report("ticket_summary")) == 0


def test_as_of_before_the_first_event_gives_no_rows(demo: ticketledger.Ledger) -> None:
    before = datetime(2001, 1, 1, tzinfo=UTC)
    assert set(map(len, _as_of(demo, before).values())) == {0}
    for name, report in REPORTS.items():
        if report.tells_of_loading:
            assert len(demo.report(name, {"as_of": before})) == 0


def test_no_statement_reads_a_clock() -> None:
    words = ("now(", "current_", "today(", "get_current", "localtime", "random(", "uuid(")
    for room in ("macros", "views", "reports", "checks"):
        for name, statement in statements(room).items():
            sql = statement.sql.lower().replace("current_setting('timezone')", "")  # no clock
            found = [word for word in words if word in sql]
            assert not found, f"{room}/{name}.sql"


@pytest.mark.parametrize(
    ("call", "error", "hint"),
    [
        (("backlog_nwo", {}), "no report named `backlog_nwo`", "did you mean `backlog_now`?"),
        (("backlog_now", {"orgid": "x"}), "no parameter `orgid`", "did you mean `org_id`?"),
        (("backlog_now", {"as_of": "yesterday"}), "`yesterday` is no TIMESTAMPTZ", "only events"),
    ],
)
def test_wrong_requests_name_the_nearest_right_one(
    demo: ticketledger.Ledger, call: tuple[str, dict[str, object]], error: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(error)) as caught:
        demo.report(*call)
    assert hint in caught.value.hint


def test_typed_values_mean_what_their_texts_mean() -> None:
    report = REPORTS["backlog_now"]
    for value in (date(2026, 3, 1), datetime(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)):  # noqa: DTZ001
        assert values_of(report, {"as_of": value}) == values_of(report, {"as_of": "2026-03-01"})
    assert values_of(report, {"priority": 3})["priority"] == 3
    for name, wrong in (("as_of", 5), ("priority", 1.5), ("org_id", 7)):
        with pytest.raises(BadParameter, match=rf"`{wrong}` is no \w+ for `{name}`"):
            values_of(report, {name: wrong})


def test_unknown_time_zone_is_refused(demo: ticketledger.Ledger) -> None:
    with pytest.raises(BadParameter, match="no time zone named `Mars/Olympus`"):
        demo.report("backlog_now", timezone="Mars/Olympus")


def test_a_report_asked_for_the_past_is_the_report_of_then(
    tmp_path: Path, demo: ticketledger.Ledger
) -> None:
    """What a report says as of an instant does not change with what happens later."""
    then = datetime(2026, 3, 15, tzinfo=UTC)
    cut = ticketledger.open(tmp_path / "cut")
    kept = demo.sql(
        "SELECT envelope, data, previous_state, previous_attributes, event_type, org_id, event_at"
        " FROM events WHERE event_at <= $then",
        {"then": then},
        to="arrow",
    )
    lines = []
    for row in kept.to_pylist():
        made = {
            "event": row["event_type"],
            "org_id": row["org_id"],
            "timestamp": row["event_at"].isoformat(),
            "data": json.loads(row["data"]),
        }
        if row["previous_state"] != "absent":
            made["previous_attributes"] = json.loads(row["previous_attributes"])
        lines.append(json.dumps(made))
    source = tmp_path / "cut.jsonl"
    source.write_text("\n".join(lines), "utf-8")
    cut.ingest([source])
    assert _as_of(demo, then) == _as_of(cut, then)


def test_an_organisation_alone_is_told_as_among_the_others(demo: ticketledger.Ledger) -> None:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    whole = _as_of(demo, now)
    orgs = {row["org_id"] for row in whole["ticket_summary"]}
    assert len(orgs) == 2
    for org_id in orgs:
        for name, rows in _as_of(demo, now, org_id=org_id).items():
            assert rows == [row for row in whole[name] if row["org_id"] == org_id], name


def _as_of(
    ledger: ticketledger.Ledger, then: datetime, **chosen: object
) -> dict[str, list[dict[str, object]]]:
    """Return the rows of every report of the past, all from one session: it folds the log once."""
    asked = {name: report for name, report in REPORTS.items() if not report.tells_of_loading}
    queries = " ".join(report.sql for report in asked.values())
    settings = Settings(policies=read_policies(PROMISES))
    store = open_store(ledger.root)
    kept = _OFTEN_CHECKED | OFTEN_ASKED
    with session(store, queries, as_of=then, kept=kept, settings=settings) as con:
        return {
            name: con.sql(report.sql, params=values_of(report, {"as_of": then, **chosen}))
            .to_arrow_table()
            .to_pylist()
            for name, report in asked.items()
        }
