"""A feed says what the views say, in types every reader has; a file changes only when it must."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from tests.conftest import ROOT, SAMPLES
from ticketledger.models.errors import BadParameter, LedgerBusy, LedgerMissing, LedgerUnwritable
from ticketledger.models.store import open_store
from ticketledger.queries import feed as feeds
from ticketledger.queries import publishing, statements
from ticketledger.queries.figures import figures
from ticketledger.queries.mart_file import SCHEMA_VERSION
from ticketledger.queries.publishing import schema, schema_hash

from ..ingest.made import dump, envelope
from ..strategies import (
    CLOCK,
    conversations,
    lifecycles,
    splittings,
    streams,
    with_ledgers,
    write_files,
)
from ..twin import marts as twin
from ..twin.events import Envelope
from ..twin.values import EPOCH
from .answers import ingested

MARTS = statements("marts")
HOURS, PROMISES = ROOT / "data" / "hours.toml", ROOT / "data" / "promises.toml"
TYPES = {
    "VARCHAR",
    "BOOLEAN",
    "INTEGER",
    "BIGINT",
    "DOUBLE",
    "DATE",
    "TIMESTAMP WITH TIME ZONE",
}
ZONES = ("UTC", "Asia/Kolkata", "America/St_Johns", "Asia/Beirut")
SCHEMAS = Path(__file__).parent / "schemas.json"
CONTRACT = ROOT / "data" / "README.md"
BEGIN, END = "<!-- marts -->\n", "<!-- /marts -->"


@pytest.fixture(scope="module")
def feed(demo: ticketledger.Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's feed; do not write to it."""
    folder = tmp_path_factory.mktemp("feed") / "feed"
    demo.publish(folder, timezone="Asia/Kolkata", calendar=HOURS, sla=PROMISES)
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """Return the hashes of all files of a feed by name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "feed.duckdb"), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        return con.sql(sql).fetchall()


# --- the contract ---


def contract() -> str:
    """Return the contract in words: of each mart its grain and every column."""
    parts = [f"Schema version {SCHEMA_VERSION}, hash `{schema_hash()}`.\n"]
    for name, mart in MARTS.items():
        parts.append(f"\n### {name}\n\n{mart.title}; {mart.grain}.\n\n")
        parts.append("| column | type | meaning |\n| --- | --- | --- |\n")
        for column, told in mart.columns.items():
            kind = told.type.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
            help = told.help.replace("|", "\\|") + (f" ({told.unit})" if told.unit else "")
            parts.append(f"| `{column}` | {kind} | {help} |\n")
    return "".join(parts)


def test_the_written_contract_is_the_schema(update_golden: bool) -> None:
    text = CONTRACT.read_text()
    head, _, rest = text.partition(BEGIN)
    told, _, tail = rest.partition(END)
    if update_golden:
        CONTRACT.write_text(f"{head}{BEGIN}\n{contract()}\n{END}{tail}")
        return
    assert told == f"\n{contract()}\n"


def test_no_column_is_dropped_or_retyped_within_a_schema_version(update_golden: bool) -> None:
    known = json.loads(SCHEMAS.read_text()) if SCHEMAS.exists() else {}
    promised = known.get(str(SCHEMA_VERSION), {})
    present = schema()
    for mart, columns in promised.items():
        for column, kind in columns.items():
            assert present.get(mart, {}).get(column) == kind, f"{mart}.{column}: a new version"
    if update_golden:
        known[str(SCHEMA_VERSION)] = present
        SCHEMAS.write_text(json.dumps(known, indent=1) + "\n")
        return
    assert present == promised, "promise new columns: pytest --update-golden"


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_has_the_columns_it_declares(name: str, feed: Path) -> None:
    declared = {column: told.type for column, told in MARTS[name].columns.items()}
    with duckdb.connect() as con:
        described = con.sql(f"DESCRIBE FROM read_parquet('{feed / name}.parquet')").fetchall()
    assert {row[0]: row[1] for row in described} == declared
    assert [row[0] for row in described] == list(declared)
    assert set(declared.values()) <= TYPES
    arrow = pq.ParquetFile(feed / f"{name}.parquet").schema_arrow
    assert arrow.names == list(declared)
    assert {kind.tz for kind in arrow.types if pa.types.is_timestamp(kind)} <= {"UTC"}
    assert all(told.help for told in MARTS[name].columns.values())


@pytest.mark.parametrize("name", MARTS)
def test_every_instant_has_its_local_date_and_hour(name: str) -> None:
    columns = {column: told.type for column, told in MARTS[name].columns.items()}
    instants = [column for column, kind in columns.items() if kind.startswith("TIMESTAMP")]
    for instant in instants:
        stem = instant.removesuffix("_at").removesuffix("_date")
        assert stem != instant
        assert columns[f"{stem}_on"] == "DATE"
        if instant != "day_at":
            assert columns[f"{stem}_hour"] == "INTEGER"


@pytest.mark.parametrize("name", MARTS)
def test_the_order_of_a_mart_leaves_nothing_open(name: str, feed: Path) -> None:
    order = MARTS[name].sql.rpartition("ORDER BY")[2]
    rows = query(feed, f"SELECT count(*), count(DISTINCT ({order})) FROM {name}")
    assert rows[0][0] == rows[0][1] > 0


def test_the_database_tells_what_columns_mean(feed: Path) -> None:
    told = query(
        feed,
        "SELECT table_name, column_name, comment FROM duckdb_columns() "
        "WHERE table_name IN (SELECT view_name FROM duckdb_views() WHERE NOT internal)",
    )
    assert {(row[0], row[1]): row[2] for row in told} == {
        (name, column): each.help
        for name, mart in MARTS.items()
        for column, each in mart.columns.items()
    }


def test_with_known_at_later_loads_and_compaction_change_no_byte(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    lines = SAMPLES.read_bytes().splitlines(keepends=True)
    parts = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for number, part in enumerate(parts):
        part.write_bytes(b"".join(lines[number::3]))
    for part in parts[:2]:
        ledger.ingest(part)
    known_at = ledger.sql("SELECT max(loaded_at) FROM loads").item()

    def meta() -> bytes:
        ledger.publish(tmp_path / "feed", known_at=known_at)
        return (tmp_path / "feed" / "_meta.json").read_bytes()

    def page() -> tuple[int, str]:
        with figures(open_store(ledger.root), known_at=known_at) as asked:
            return asked.commit, asked.ledger_hash

    before, built_from = meta(), page()
    assert json.loads(before)["built_from"]["commit"] == 2
    ledger.ingest(parts[2])
    assert (meta(), page()) == (before, built_from)
    ledger.compact(everything=True, grace_s=0)
    assert (meta(), page()) == (before, built_from)


def test_meta_says_what_the_feed_is(feed: Path, demo: ticketledger.Ledger) -> None:
    text = (feed / "_meta.json").read_text()
    meta = json.loads(text)
    assert str(feed) not in text
    assert meta["schema_version"] == SCHEMA_VERSION
    assert meta["schema_hash"] == schema_hash()
    last = demo.sql("SELECT max(event_at) AS at FROM events").item()
    assert meta["data_up_to"] == meta["built_from"]["as_of"] == last.isoformat()
    assert meta["built_from"]["commit"] == 1
    assert meta["built_from"]["timezone"] == "Asia/Kolkata"
    assert (
        json.loads((demo.root / "head.json").read_text())["seal"]
        == (meta["built_from"]["ledger_hash"])
    )
    assert meta["marts"].keys() == MARTS.keys()
    for name, told in meta["marts"].items():
        for path in (feed / told["file"], feed / f"{name}.parquet"):
            content = path.read_bytes()
            assert hashlib.sha256(content).hexdigest() == told["sha256"]
            assert len(content) == told["size_bytes"]
        assert pq.read_metadata(feed / f"{name}.parquet").num_rows == told["rows"]
        assert told["grain"] == MARTS[name].grain
    completeness = demo.report("completeness", timezone="Asia/Kolkata").to_dicts()
    assert [(row["org_id"], row["score"]) for row in meta["completeness"]] == [
        (row["org_id"], row["score"]) for row in completeness
    ]


# --- what is in it ---


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    table = pq.read_table(folder / f"{name}.parquet")
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            table = table.set_column(index, field.name, table.column(index).cast(pa.int64()))
    return list(table.to_pylist())


def _sorted(rows: list[dict[str, Any]], columns: list[str]) -> list[list[Any]]:
    return sorted(([row[column] for column in columns] for row in rows), key=repr)


@with_ledgers(each=8)
@given(
    st.one_of(streams(), lifecycles(), conversations()),
    splittings,
    st.sampled_from(ZONES),
    st.booleans(),
)
def test_marts_are_those_of_the_twin(
    stream: list[Envelope], seed: int, zone: str, is_later: bool
) -> None:
    as_of = max(CLOCK) + (40 if is_later else 30) * 86_400_000_000
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()  # cheaper than eight marts from the log
        until = EPOCH + timedelta(microseconds=as_of)
        true = twin.marts(stream, as_of, zone)
        with pytest.MonkeyPatch.context() as patch:  # the others have tests of their own
            patch.setattr(publishing, "marts", lambda: {name: MARTS[name] for name in true})
            ledger.publish(Path(folder) / "feed", as_of=until, timezone=zone)
        for name, expected in true.items():
            found = _rows(Path(folder) / "feed", name)
            columns = sorted(expected[0]) if expected else []
            assert len(found) == len(expected), (name, found, expected)
            assert _sorted(found, columns) == _sorted(expected, columns), name


def test_metrics_and_promises_are_those_of_the_views(feed: Path, demo: ticketledger.Ledger) -> None:
    for name, key in (("ticket_metrics", "ticket_id"), ("sla", "ticket_id, policy, instance")):
        view = demo.sql(f"FROM {name} ORDER BY org_id, {key}", calendar=HOURS, sla=PROMISES)
        rows = pq.read_table(feed / f"{name}.parquet").select(view.columns).to_pylist()
        assert rows == view.to_dicts()


def test_a_span_is_as_long_as_its_metric_says(feed: Path) -> None:
    rows = query(
        feed,
        """
        SELECT m.agent_work_time_calendar_s, m.agent_work_time_business_s,
            sum(s.calendar_s), sum(s.business_s)
        FROM ticket_metrics AS m
        JOIN ticket_status_spans AS s USING (org_id, ticket_id)
        WHERE s.status = 'inprogress'
        GROUP BY ALL
        """,
    )
    assert len(rows) > 50
    for calendar, business, calendar_sum, business_sum in rows:
        assert calendar == pytest.approx(calendar_sum)
        assert business == pytest.approx(business_sum)


def test_the_last_day_of_the_backlog_is_what_is_unresolved(feed: Path) -> None:
    rows = query(
        feed,
        """
        SELECT
            (SELECT sum(closing) FROM ticket_daily
                WHERE day_on = (SELECT max(day_on) FROM ticket_daily)),
            (SELECT count(*) FROM tickets WHERE place = 'active')
        """,
    )
    assert rows[0][0] == rows[0][1] > 0


def test_backlog_is_handed_on_and_adds_up_where_days_begin_at_one(tmp_path: Path) -> None:
    lines = [  # the clock of Beirut jumped over the first hour of 29 March 2026
        dump(
            {
                "event": "ticket.created",
                "org_id": "o",
                "timestamp": f"2026-03-{day}T12:00:00Z",
                "data": {"ticket_id": f"T-{day}", "status": "open"},
            }
        )
        for day in (27, 28, 29, 30, 31)
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(tmp_path / "a.jsonl")
    ledger.publish(tmp_path / "feed", timezone="Asia/Beirut")
    rows = query(
        tmp_path / "feed", "SELECT day_on::VARCHAR, opening, created, closing FROM ticket_daily"
    )
    assert rows == [(f"2026-03-{day}", day - 27, 1, day - 26) for day in range(27, 32)]
    report = ledger.report("backlog_over_time", timezone="Asia/Beirut").to_dicts()
    assert [(row["opening"], row["created"], row["closing"]) for row in report] == [
        (number, 1, number + 1) for number in range(5)
    ]


def test_days_and_hours_that_the_clock_shows_twice(tmp_path: Path) -> None:
    at = {  # the Azores went from 01:00 back to 00:00 on 26 October 2025, New York on 2 November
        "T-1": "2025-10-24T12:00:00Z",
        "T-2": "2025-10-26T00:20:00Z",  # between the two midnights
        "T-3": "2025-11-02T05:20:00Z",
        "T-4": "2025-11-02T06:20:00Z",
    }
    lines = [
        dump(
            {
                "event": "ticket.created",
                "org_id": "o",
                "timestamp": instant,
                "data": {"ticket_id": ticket, "status": "open"},
            }
        )
        for ticket, instant in at.items()
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(tmp_path / "a.jsonl")
    ledger.publish(tmp_path / "feed", timezone="Atlantic/Azores")
    rows = query(
        tmp_path / "feed",
        "SELECT day_on::VARCHAR, hour(day_at), opening, created, closing FROM ticket_daily"
        " WHERE day_on < '2025-10-28'",
    )
    assert rows == [
        ("2025-10-24", 0, 0, 1, 1),
        ("2025-10-25", 0, 1, 0, 1),
        ("2025-10-26", 0, 1, 1, 2),  # the first of the two
        ("2025-10-27", 1, 2, 0, 2),
    ]
    days = ledger.report("backlog_over_time", {"grain": "day"}, timezone="Atlantic/Azores")
    told = [(f"{row['bucket_start_utc']:%Y-%m-%d}", row["closing"]) for row in days.to_dicts()]
    assert told[:4] == [(row[0], row[-1]) for row in rows]
    assert days["bucket_start_utc"].dt.hour().to_list()[:4] == [0, 0, 0, 1]
    given = {"grain": "hour", "from": "2025-11-02T03:30:00Z"}
    report = ledger.report("backlog_over_time", given, timezone="America/New_York").to_dicts()
    hours = [row["bucket_start_utc"].astimezone(UTC).hour for row in report]
    assert hours == [3, 4, 5, 6]
    assert [(row["created"], row["closing"]) for row in report] == [
        (0, 2),
        (0, 2),
        (1, 3),
        (1, 4),
    ]


# --- the same bytes, and only what changed ---


def test_equal_events_give_equal_bytes_however_they_were_loaded(
    tmp_path: Path, feed: Path, demo: ticketledger.Ledger
) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    for path in sorted((ROOT / "data" / "demo").iterdir(), reverse=True):
        ledger.ingest(path, refresh=False)  # from the log, in another order, in five commits
    ledger.publish(tmp_path / "feed", timezone="Asia/Kolkata", calendar=HOURS, sla=PROMISES)
    found, expected = hashes(tmp_path / "feed"), hashes(feed)
    differing = {name for name in expected if found.get(name) != expected[name]}
    assert differing == {"_meta.json", "feed.duckdb"}  # these name commit and folder


def test_nothing_is_written_when_nothing_changed(
    tmp_path: Path, samples: ticketledger.Ledger
) -> None:
    samples.publish(tmp_path)
    before = stats(tmp_path)
    assert not any(mart.is_changed for mart in samples.publish(tmp_path))
    assert stats(tmp_path) == before


def stats(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of every file of a feed."""
    return {
        str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of a few tickets, and a feed beside it."""
    folder = tmp_path_factory.mktemp("small")
    ledger = ticketledger.open(folder / "ledger")
    (folder / "a.jsonl").write_bytes(b"\n".join(dump(envelope(n)) for n in range(5)))
    ledger.ingest(folder / "a.jsonl")
    ledger.publish(folder / "feed")
    return folder


@pytest.fixture
def small(made: Path, tmp_path: Path) -> ticketledger.Ledger:
    """A copy of that ledger; its feed is in `feed`, still with the paths of the other."""
    shutil.copytree(made / "ledger", tmp_path / "ledger")
    shutil.copytree(made / "feed", tmp_path / "feed")
    return ticketledger.open(tmp_path / "ledger")


def test_a_small_commit_replaces_only_the_marts_it_changes(
    tmp_path: Path, small: ticketledger.Ledger
) -> None:
    feed = tmp_path / "feed"
    before = stats(feed)
    message = {
        "event": "message.created",
        "org_id": "o",
        "timestamp": "2020-01-01T00:00:00Z",  # before all else: no clock moves on
        "data": {"message_id": "m", "chat_id": "c", "body": "hello", "from_me": False},
    }
    (tmp_path / "b.jsonl").write_bytes(dump(message))
    small.ingest(tmp_path / "b.jsonl")
    changed = {mart.mart for mart in small.publish(feed) if mart.is_changed}
    assert changed == {"messages_daily"}
    after = stats(feed)
    for name in MARTS.keys() - changed:
        assert after[f"{name}.parquet"] == before[f"{name}.parquet"]
    assert after["messages_daily.parquet"] != before["messages_daily.parquet"]


def test_what_was_replaced_stays_for_readers_and_goes_when_it_is_old(
    tmp_path: Path, small: ticketledger.Ledger
) -> None:
    feed = tmp_path / "feed"
    old = [path.resolve() for path in (feed / "files").iterdir()]
    for path in old:
        os.utime(path, (1e9, 1e9))  # written long ago, and replaced only now
    (tmp_path / "b.jsonl").write_bytes(dump(envelope(9)))
    small.ingest(tmp_path / "b.jsonl")
    small.publish(feed)
    assert all(path.exists() for path in old)
    shown = {
        told["file"] for told in json.loads((feed / "_meta.json").read_text())["marts"].values()
    }
    replaced = [path for path in old if f"files/{path.name}" not in shown]
    assert len(replaced) > 3
    for path in replaced:
        os.utime(path, (1e9, 1e9))
    (tmp_path / "b.jsonl").write_bytes(dump(envelope(10)))
    small.ingest(tmp_path / "b.jsonl")
    small.publish(feed)
    assert not any(path.exists() for path in replaced)


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_damaged_feed_is_mended(
    tmp_path: Path, small: ticketledger.Ledger, is_gone: bool
) -> None:
    small.publish(tmp_path / "feed")
    before = hashes(tmp_path / "feed")
    files = sorted((tmp_path / "feed" / "files").iterdir())
    harmed = [files[-1], tmp_path / "feed" / "chats.parquet", tmp_path / "feed" / "feed.duckdb"]
    for path in harmed:
        content = path.read_bytes()
        path.unlink()
        if not is_gone:
            path.write_bytes(content[:60] + b"\xff\xfe" + content[62:])
    if not is_gone:
        (tmp_path / "feed" / "_meta.json").write_text("{")
    small.publish(tmp_path / "feed")
    assert hashes(tmp_path / "feed") == before


def test_other_settings_make_another_feed(
    tmp_path: Path, samples: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = tmp_path / "a"
    samples.publish(feed)
    changed = {mart.mart for mart in samples.publish(feed, sla=PROMISES) if mart.is_changed}
    assert changed == {"sla"}
    told = "SELECT count(*), max(created_at) FROM tickets"
    ((tickets, last),) = query(feed, told)
    early = last - timedelta(seconds=1)
    tickets_alone = {"tickets": statements("marts")["tickets"]}
    monkeypatch.setattr(publishing, "marts", lambda: tickets_alone)
    samples.publish(feed, as_of=early)
    ((then, last_then),) = query(feed, told)
    assert 0 < then < tickets
    assert last_then <= early


# --- bad input ---


def test_an_empty_ledger_makes_empty_marts(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest(tmp_path / "a.jsonl")
    made = ledger.publish(tmp_path / "feed")
    assert {mart.mart: mart.rows for mart in made} == dict.fromkeys(MARTS, 0)
    assert json.loads((tmp_path / "feed" / "_meta.json").read_text())["data_up_to"] is None
    assert query(tmp_path / "feed", "FROM tickets") == []


def test_a_folder_of_something_else_is_left_alone(
    tmp_path: Path, small: ticketledger.Ledger
) -> None:
    with pytest.raises(BadParameter, match=r"is no feed: it holds `catalog\.duckdb`"):
        small.publish(small.root)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tickets.parquet").write_text("mine")
    with pytest.raises(BadParameter, match=r"is no feed: it holds `tickets\.parquet`"):
        small.publish(tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["tickets.parquet"]


def test_what_is_no_folder_is_told(tmp_path: Path, small: ticketledger.Ledger) -> None:
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine")
    for inner in ("", "feed"):
        with pytest.raises(BadParameter, match=r"broken` is a link to what is not there"):
            small.publish(tmp_path / "broken" / inner)
        with pytest.raises(BadParameter, match="file` is a file"):
            small.publish(tmp_path / "file" / inner)
    assert not (tmp_path / "nowhere").exists()


def test_only_our_files_are_replaced_or_removed(tmp_path: Path, small: ticketledger.Ledger) -> None:
    other = tmp_path / "other"
    (other / "files").mkdir(parents=True)
    (other / "files" / "mine.txt").write_text("mine")
    (other / "_meta.json").write_text('{"a": 1}')
    with pytest.raises(BadParameter, match="is no feed"):
        small.publish(other)
    kept = tmp_path / "feed" / "files" / "mine.txt"
    kept.write_text("mine")
    (tmp_path / "feed" / "files" / "folder").mkdir()
    for path in (kept, kept.with_name("folder")):
        os.utime(path, (1e9, 1e9))
    meta = json.loads((tmp_path / "feed" / "_meta.json").read_text())
    del meta["marts"]["tickets"]["rows"]  # half of what it must say
    (tmp_path / "feed" / "_meta.json").write_text(json.dumps(meta))
    assert {mart.mart for mart in small.publish(tmp_path / "feed")} == MARTS.keys()
    assert kept.read_text() == "mine"
    assert kept.with_name("folder").is_dir()


def test_the_name_of_the_folder_is_no_data_and_no_pattern(
    tmp_path: Path, small: ticketledger.Ledger
) -> None:
    small.publish(tmp_path / "status=live" / "feed")
    rows = query(tmp_path / "status=live" / "feed", "SELECT DISTINCT status FROM tickets")
    assert ("live",) not in rows
    for name in ("f*", "f?", "f[1]"):
        with pytest.raises(BadParameter, match="takes for a pattern"):
            small.publish(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_what_a_killed_publish_showed_stays_for_readers(
    tmp_path: Path, small: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = tmp_path / "feed"
    (tmp_path / "b.jsonl").write_bytes(dump(envelope(9)))
    small.ingest(tmp_path / "b.jsonl")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(feeds, "acknowledge", _interrupt)
        small.publish(feed)
    for path in (feed / "files").iterdir():
        os.utime(path, (1e9, 1e9))
    with duckdb.connect(str(feed / "feed.duckdb"), read_only=True) as con:
        (tmp_path / "b.jsonl").write_bytes(dump(envelope(10)))
        small.ingest(tmp_path / "b.jsonl")
        small.publish(feed)
        assert con.sql("SELECT count(*) FROM tickets").fetchall() == [(6,)]
    assert query(feed, "SELECT count(*) FROM tickets") == [(7,)]


def _interrupt(*args: object) -> None:
    raise KeyboardInterrupt


def test_what_cannot_be_written_or_read_says_so(tmp_path: Path, small: ticketledger.Ledger) -> None:
    with pytest.raises(LedgerUnwritable, match="cannot write the feed `/proc/feed`") as told:
        small.publish("/proc/feed")  # not even root may
    assert "mkdir -p" in told.value.hint
    with pytest.raises(BadParameter, match="no time zone named `Mars/Base`"):
        small.publish(tmp_path / "feed2", timezone="Mars/Base")
    with pytest.raises(BadParameter, match="`much` is no amount of memory"):
        small.publish(tmp_path / "feed2", memory="much")
    with pytest.raises(BadParameter, match="Out of Memory"):
        small.publish(tmp_path / "feed4", memory="1MB")
    assert not (tmp_path / "feed2").exists()
    with pytest.raises(LedgerMissing):
        ticketledger.open(tmp_path / "none").publish(tmp_path / "feed3")
    assert not (tmp_path / "feed3").exists()


def test_one_publishes_at_a_time(tmp_path: Path, small: ticketledger.Ledger) -> None:
    with feeds.opened(tmp_path / "feed"), pytest.raises(LedgerBusy, match="another publish"):
        small.publish(tmp_path / "feed")
