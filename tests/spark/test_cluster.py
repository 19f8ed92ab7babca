"""Real Spark, with executors that are processes of their own: the answers are the same."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.errors import BadParameter, MissingExtra
from ticketledger.spark.folds import VIEWS

from .apart import in_any_order
from .test_loading import EVENTS, REJECTS
from .test_reports import FEW, FEW_VIEWS, PARAMS

LOADED = ("2026-03-redelivered.jsonl", "2026-03-week2.jsonl.gz", "2026-03-week3.jsonl.gz")
"""An export, gzip, and what was sent again."""

MISSING = ""
if importlib.util.find_spec("pyspark") is None:
    MISSING = "pyspark is not installed"
elif shutil.which("java") is None:
    MISSING = "there is no Java"


def asked(
    ledger: Path, target: Path, exports: Path, *more: str
) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the views as a cluster tells them, and what else the program says."""
    command = [
        sys.executable,
        "-m",
        "tests.spark.cluster",
        *map(str, (ledger, target, exports)),
        *more,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return read(target), done.stdout.split()[-5:]


def read(folder: Path) -> dict[str, pa.Table]:
    return {path.stem: pa.ipc.open_file(path).read_all() for path in sorted(folder.glob("*.arrow"))}


@pytest.fixture
def any_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take anything for a session: what is wrong beside it is told without one."""
    monkeypatch.setattr("ticketledger.spark.plan.check_session", lambda spark: None)


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_loads_views_and_marts_are_those_of_one_machine_though_executors_are_killed(
    demo: ticketledger.Ledger, tmp_path: Path
) -> None:
    more = ["--whole"] if IS_NIGHTLY else []  # test_parts makes the rest without Spark
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in LOADED:  # test_loading loads all of the demo without Spark
        shutil.copy(ROOT / "data" / "demo" / name, exports)
    one = ticketledger.open(tmp_path / "one")
    one.ingest(exports, refresh=False)
    told, said = asked(demo.root, tmp_path / "told", exports, *more)
    made = ticketledger.open(tmp_path / "told" / "ledger")
    (fresh,) = made.sql("SELECT count(*) FROM events").row(0)
    expected = [str(fresh), "1", "0", "0", "2"]
    reason = "no duplicate; one was killed; no report is portable; nothing is kept; one giant"
    assert said == expected, reason
    assert made.verify() == []
    for query in (EVENTS, REJECTS):
        assert made.sql(query, to="arrow") == one.sql(query, to="arrow")
    assert set(told) == set(VIEWS if IS_NIGHTLY else FEW_VIEWS)
    for name, rows in told.items():
        expected = demo.sql(f"FROM {name}", to="arrow")
        assert rows.column_names == expected.column_names, name
        assert in_any_order(rows) == in_any_order(expected), name
    assert len(told["messages"]) > 1000
    reports = read(tmp_path / "told" / "reports")
    assert tuple(reports) == FEW
    for name, rows in reports.items():
        assert rows.equals(demo.report(name, PARAMS, to="arrow", timezone="Asia/Kolkata")), name
        assert len(rows), name
    made = pq.read_table(tmp_path / "told" / "one" / "tickets")
    expected = demo.sql("FROM tickets", to="arrow")
    instants = [field.name for field in expected.schema if pa.types.is_timestamp(field.type)]
    assert len(instants) > 5
    assert in_any_order(made.select(instants)) == in_any_order(expected.select(instants))
    if not IS_NIGHTLY:
        return
    demo.publish(tmp_path / "feed", timezone="Europe/Berlin")
    marts = {path.stem: path for path in (tmp_path / "feed").glob("*.parquet")}
    assert len(marts) == 11
    for name, path in marts.items():
        made, expected = pq.read_table(tmp_path / "told" / "feed" / name), pq.read_table(path)
        assert made.schema.equals(expected.schema), name
        assert in_any_order(made) == in_any_order(expected), name


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"names": "ticket"}, "no view `ticket` on Spark"),
        ({"parts": 0}, "0 is no number of parts"),
        ({"parts": "4"}, "'4' is no number of parts"),
        ({"parts": True}, "True is no number of parts"),
        ({"parts": 10**10}, "10000000000 is no number of parts"),
        ({"memory": "lots", "parts": 1}, "`lots` is no amount of memory"),
        ({"memory": "1KB", "parts": 1}, "1KB of memory are too little for a task"),
    ],
)
@pytest.mark.usefixtures("any_session")
def test_wrong_requests_are_refused_before_anything_runs(
    demo: ticketledger.Ledger, told: dict[str, Any], message: str
) -> None:
    from ticketledger import spark

    nothing: Any = None
    with pytest.raises(BadParameter, match=message):
        spark.views(nothing, demo.root, **told)


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_what_is_no_session_is_refused_before_anything_is_made(
    demo: ticketledger.Ledger, tmp_path: Path
) -> None:
    from ticketledger import spark

    new, nothing = tmp_path / "new", cast(Any, demo)
    for ask in (
        lambda: spark.views(nothing, demo.root),
        lambda: spark.reports(nothing, demo.root, "reopens"),
        lambda: spark.publish(nothing, demo.root, new),
        lambda: spark.ingest(nothing, new, ROOT / "data" / "demo"),
    ):
        with pytest.raises(BadParameter, match="`Ledger` is no Spark session"):
            ask()
    assert not new.exists()


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"params": {"priority": 3}, "memory": "lots"}, "`lots` is no amount of memory"),
        ({"timezone": "Mars/Olympus"}, "no time zone named `Mars/Olympus`"),
        ({"names": "ingest_health"}, "`ingest_health` tells of loads"),
    ],
)
@pytest.mark.usefixtures("any_session")
def test_wrong_reports_are_refused_before_anything_runs(
    demo: ticketledger.Ledger, told: dict[str, Any], message: str
) -> None:
    from ticketledger import spark

    nothing: Any = None
    asked: dict[str, Any] = {"names": "reopens", "parts": 1} | told
    with pytest.raises(BadParameter, match=message):
        spark.reports(nothing, demo.root, **asked)


def test_without_the_extra_one_line_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    from ticketledger import spark

    monkeypatch.setitem(sys.modules, "pyspark", None)
    for module in ("frames", "plan", "asking"):
        monkeypatch.delitem(sys.modules, f"ticketledger.spark.{module}", raising=False)
        monkeypatch.delattr(spark, module, raising=False)
    with pytest.raises(MissingExtra) as caught:
        _ = spark.views
    assert caught.value.hint == "pip install 'ticketledger[spark]'"
