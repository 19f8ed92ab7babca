"""The command line as a user meets it: outputs, errors, hints and exit codes."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import ticketledger
from tests.conftest import ROOT, SAMPLES
from ticketledger.cli import main
from ticketledger.models.store import open_store
from ticketledger.queries import derive
from ticketledger.queries.generations import find_cache, hash_files, write_current

ENVELOPE = {
    "event": "ticket.created",
    "org_id": "o",
    "timestamp": "2026-03-01T00:00:00Z",
    "data": {"ticket_id": "T-1", "status": "open", "subject": "Wrong \x1b[31mcolour\nin print"},
}


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(
    *words: str, ledger: Path | None = None, stdin: bytes = b"", cwd: Path | None = None
) -> Done:
    """Run `ticketledger` in this process, which has its imports already."""
    home = {"TICKETLEDGER_HOME": str(ledger) if ledger else None}
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(cwd or Path.cwd()),
        CliRunner().isolation(input=stdin, env=home) as (out, err, _),
    ):
        patch.setattr(sys, "argv", ["ticketledger", *words])
        with pytest.raises(SystemExit) as ended:
            main()
            sys.exit(0)
        sys.stdout.flush()
        sys.stderr.flush()
        return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def run_apart(*words: str, ledger: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `ticketledger` in a process of its own."""
    environment = os.environ | {"TICKETLEDGER_HOME": str(ledger)}
    command = [sys.executable, "-m", "ticketledger", *words]
    return subprocess.run(command, capture_output=True, env=environment)


def test_ingest_counts_on_stdout_rejects_on_stderr_and_exit_3(tmp_path: Path) -> None:
    done = run_apart("ingest", str(SAMPLES), ledger=tmp_path / "ledger")
    assert done.returncode == 3
    assert done.stdout.decode() == (
        "69 lines = 67 accepted + 1 duplicates + 1 rejected + 0 blank  (1 file)\n"
    )
    assert f"{SAMPLES}:3: timestamp the envelope has no time (no_timestamp)" in done.stderr.decode()


def test_ingest_again_adds_nothing_and_says_so(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    run("ingest", str(SAMPLES), ledger=ledger)
    before = {path: path.read_bytes() for path in ledger.rglob("*") if path.is_file()}
    again = run("ingest", str(SAMPLES), "--json", ledger=ledger)
    counts = json.loads(again.stdout)
    assert (counts["accepted"], counts["duplicates"], counts["rejected"]) == (0, 68, 1)
    assert counts["commits"] == []
    assert again.returncode == 3
    assert before == {path: path.read_bytes() for path in ledger.rglob("*") if path.is_file()}


def test_ingest_reads_standard_input(tmp_path: Path) -> None:
    done = run("ingest", "-", ledger=tmp_path / "ledger", stdin=json.dumps(ENVELOPE).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"1 lines = 1 accepted")


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (["ingest", "nowhere.jsonl"], 2, "no such file or folder: `nowhere.jsonl`", "path"),
        (["ingest", "none-*.jsonl"], 2, "no file matches `none-*.jsonl`", ""),
        (
            ["sql", "FROM tickets", "--ledger", "void"],
            2,
            "no ledger in `void`",
            "ticketledger ingest",
        ),
        (
            ["sql", "FROM tickts"],
            2,
            "Table with name tickts does not exist",
            "did you mean `tickets`?",
        ),
        (["sql", "SELECT stauts FROM tickets"], 2, 'column "stauts" not found', "`status`"),
        (["sql", "SELEC 1"], 2, "syntax error", ""),
        (["report", "backlog"], 2, "no report named `backlog`", "did you mean `backlog_now`?"),
        (["report", "backlog_now", "--param", "org=1"], 2, "no parameter `org`", "org_id"),
        (["report", "backlog_now", "--param", "org"], 2, "has no `=`", "NAME=VALUE"),
        (["report", "backlog_now", "--from", "2026-03-01"], 2, "no parameter `from`", "as_of"),
        (["report", "backlog_now", "--tz", "Mars/Olympus"], 2, "no time zone named", "Asia/"),
        (
            ["report", "reopens", "--from", "2026-03-02", "--tz", "Mars/Olympus"],
            2,
            "no time zone named",
            "Asia/",
        ),
        (
            ["report", "reopens", "--from", "2026-03-02", "--to", "2026-03-01"],
            2,
            "`to` is before `from`",
            "`to` is not included",
        ),
        (["report", "backlog_now", "--as-of", "2026-02-30"], 2, "no such date and time", ""),
        (["sql", "SELECT 1", "--calendar", "none.toml"], 2, "none.toml: cannot be read", ""),
        (
            ["report", "backlog_now", "--calendar", str(ROOT / "pyproject.toml")],
            2,
            "pyproject.toml: build-system: unknown key",
            "known are default, state, calendars, rules",
        ),
        (["sql", "SELECT 1", "-o", "no/such/folder/x.csv"], 2, "cannot write", ""),
        (["ingest", str(SAMPLES), "--ledger", "new", "--memory", "lots"], 2, "is no size", "512MB"),
        (["refresh", "--memory", "much"], 2, "`much` is no amount of memory", "2GB"),
        (["refresh", "--sla", "data/promises.toml"], 2, "made ahead", "--answers"),
        (["refresh", "--answers", "--sla", "none.toml"], 2, "none.toml", "No such file"),
        (["frobnicate"], 2, "No such command", ""),
    ],
)
def test_wrong_requests_get_one_line_one_hint_and_exit_2(
    samples: ticketledger.Ledger,
    tmp_path: Path,
    words: list[str],
    code: int,
    message: str,
    hint: str,
) -> None:
    done = run(*words, ledger=samples.root, cwd=tmp_path)
    errors = done.stderr.decode()
    assert done.returncode == code
    assert message in errors
    assert hint in errors
    assert done.stdout == b""
    assert "Traceback" not in errors


def test_a_ledger_of_a_newer_format_is_refused_with_exit_4(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    (ledger.root / "ledger.json").write_text('{"format": 99}')
    for words in (["sql", "SELECT 1"], ["ingest", str(SAMPLES)], ["check"], ["verify"]):
        done = run(*words, ledger=ledger.root)
        assert done.returncode == 4
        assert b"has format 99" in done.stderr
        assert b"hint: install a newer ticketledger" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_an_error_before_anything_is_loaded(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    done = run("ingest", str(SAMPLES), str(closed), ledger=tmp_path / "ledger")
    assert done.returncode == 2
    assert not (tmp_path / "ledger").exists()


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl", "parquet"])
def test_output_file_holds_the_bytes_of_stdout(
    samples: ticketledger.Ledger, tmp_path: Path, form: str
) -> None:
    words = ("sql", "FROM ticket_changes", "--format", form)
    printed = run(*words, ledger=samples.root)
    run(*words, "-o", str(tmp_path / "made"), ledger=samples.root)
    assert printed.returncode == 0
    assert (tmp_path / "made").read_bytes() == printed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_formats_agree_on_every_value(samples: ticketledger.Ledger, tmp_path: Path) -> None:
    query = "SELECT ticket_id, labels, custom_properties, closed_at, is_deleted FROM tickets_all"
    as_json = json.loads(run("sql", query, "--format", "json", ledger=samples.root).stdout)
    lines = run("sql", query, "--format", "jsonl", ledger=samples.root).stdout.splitlines()
    assert [json.loads(line) for line in lines] == as_json
    first = next(row for row in as_json if row["ticket_id"] == "NLT-103")
    assert first == {
        "ticket_id": "NLT-103",
        "labels": ["access"],
        "custom_properties": None,
        "closed_at": "2026-03-07T14:00:00.500000Z",
        "is_deleted": True,
    }
    run("sql", query, "--format", "parquet", "-o", f"{tmp_path}/x.parquet", ledger=samples.root)
    rows = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert [row["labels"] for row in rows] == [row["labels"] for row in as_json]


def test_a_table_shows_control_characters_as_escapes(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    run("ingest", "-", ledger=ledger, stdin=json.dumps(ENVELOPE).encode())
    done = run("sql", "SELECT subject FROM tickets", ledger=ledger)
    assert done.stdout.decode().splitlines()[2:] == ["Wrong \\x1b[31mcolour\\nin print"]


def test_as_of_and_known_at_hide_what_came_later(samples: ticketledger.Ledger) -> None:
    query = "SELECT status FROM tickets WHERE ticket_id = 'NLT-101' AND org_id LIKE '7d0c%'"
    words = ("sql", query, "--format", "csv")
    assert run(*words, ledger=samples.root).stdout == b"status\narchived\n"
    then = run(*words, "--as-of", "2026-03-03T09:00:00Z", ledger=samples.root)
    assert then.stdout == b"status\nclosed\n"
    before = run(*words, "--known-at", "2020-01-01", ledger=samples.root)
    assert before.stdout == b"status\n"


def test_check_and_verify_pass_on_a_healthy_ledger(samples: ticketledger.Ledger) -> None:
    checked = run("check", ledger=samples.root)
    assert checked.returncode == 0
    assert b"FAIL" not in checked.stdout
    verified = run("verify", ledger=samples.root)
    assert (verified.returncode, verified.stdout) == (0, b"ok\n")


def test_verify_names_an_altered_file_and_exits_4(own_samples: ticketledger.Ledger) -> None:
    ledger = own_samples
    (reject,) = ledger.sql("SELECT rejects_file FROM commits").get_column("rejects_file")
    path = ledger.root / "rejects" / reject
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    done = run("verify", ledger=ledger.root)
    assert done.returncode == 4
    assert f"{path}: was altered" in done.stdout.decode()


def test_counts_are_told_although_the_cache_cannot_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(derive, "sync_file", full)
    done = run("ingest", str(SAMPLES), ledger=tmp_path / "ledger")
    assert done.returncode == 2
    assert b" accepted + " in done.stdout
    assert b"No space left on device" in done.stderr


def test_refresh_makes_a_cache_and_verify_compares_it(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    run("ingest", str(SAMPLES), "--no-refresh", ledger=ledger)
    none = run("verify", "--rebuild", ledger=ledger)
    assert (none.returncode, none.stdout) == (0, b"ok\n")
    assert none.stderr == b"no cache of the last commit: views fold the log\n"
    assert run("refresh", ledger=ledger).stdout == b"ok\n"
    assert run("verify", "--rebuild", "--memory", "500MB", ledger=ledger).stdout == b"ok\n"
    (gaps,) = ledger.glob("derived/*/ticket_gaps.parquet")
    pq.write_table(pq.read_table(gaps).slice(0, 0), gaps)
    altered = run("verify", "--rebuild", ledger=ledger)
    assert altered.returncode == 4
    assert f"{gaps}: is not byte for byte what was written".encode() in altered.stdout
    store = open_store(ledger)
    cached = find_cache(store)
    assert cached is not None
    write_current(store, replace(cached, hashes=hash_files(gaps.parent)))
    found = run("verify", "--rebuild", ledger=ledger)
    assert found.returncode == 4
    assert b"derived/*/ticket_gaps.parquet: differs from a fold of the log" in found.stdout


def test_replay_says_what_it_took_and_what_stays(tmp_path: Path) -> None:
    ledger, export = tmp_path / "ledger", tmp_path / "a.jsonl"
    export.write_text(json.dumps({**ENVELOPE, "more": [[[[]]]]}) + "\nbad\n")
    assert run("ingest", str(export), "--max-depth", "4", ledger=ledger).returncode == 3
    done = run("replay", ledger=ledger)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        "2 rejected lines tried, 1 taken, 1 stay",
        "1 records = 1 accepted + 0 duplicates + 0 rejected",
    ]
    again = run("replay", "--json", ledger=ledger)
    assert json.loads(again.stdout)["tried"] == 1
    assert json.loads(again.stdout)["commits"] == []
    assert run("replay", ledger=tmp_path / "none").returncode == 2


def test_no_refresh_leaves_the_catalog_to_refresh(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    run("ingest", str(SAMPLES), "--no-refresh", ledger=ledger)
    assert not (ledger / "catalog.duckdb").exists()
    assert b"67" in run("sql", "SELECT count(*) FROM events", ledger=ledger).stdout
    run("refresh", ledger=ledger)
    assert (ledger / "catalog.duckdb").exists()


@pytest.mark.parametrize("words", [["report", "data_quality"], ["sql", "FROM events"], ["info"]])
def test_a_damaged_commit_ends_with_exit_4_and_a_hint(
    own_samples: ticketledger.Ledger, words: list[str]
) -> None:
    ledger = own_samples
    path = ledger.root / "events" / "00000001.parquet"
    path.write_bytes(path.read_bytes()[:3000])
    done = run(*words, ledger=ledger.root)
    assert done.returncode == 4
    assert b"hint: `ticketledger verify`" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("harm", ["missing", "cut"])
def test_missing_rejects_are_named_with_exit_4_also_by_the_catalog(
    own_samples: ticketledger.Ledger, harm: str
) -> None:
    root = own_samples.root
    for path in (root / "rejects").iterdir():
        path.unlink() if harm == "missing" else path.write_bytes(path.read_bytes()[:-9])
    (root / "catalog.duckdb").unlink(missing_ok=True)
    accepted, rejected = json.dumps(ENVELOPE).encode(), b"bad"
    for words, stdin in ((["replay"], b""), (["ingest", "-"], rejected)):
        done = run(*words, ledger=root, stdin=stdin)
        assert done.returncode == 4, words
        error, hint = done.stderr.decode().splitlines()
        assert f"{root / 'rejects'}/" in error
        assert hint == "hint: restore it from a copy"
    done = run("ingest", "-", ledger=root, stdin=accepted)
    assert (done.returncode, done.stdout[:7]) == (4, b"1 lines")
    assert f"{root / 'rejects'}/" in done.stderr.decode()


def test_odd_queries_and_values_are_answered(samples: ticketledger.Ledger) -> None:
    """An apostrophe outside a literal, an instant beyond Python's years, a name that steers."""
    query = "/* don't */ SELECT count(*) AS n FROM tickets WHERE status = 'open'"
    assert run("sql", query, "--format", "csv", ledger=samples.root).stdout == b"n\n2\n"
    for order in ("", " ORDER BY 1"):  # equal names are numbered
        assert samples.sql(f"SELECT 1 AS a, 2 AS a{order}").to_dicts() == [{"a": 1, "a_1": 2}]
    far = run("sql", "SELECT 'infinity'::TIMESTAMPTZ AS t", ledger=samples.root)
    assert far.returncode == 0
    steering = run("sql", 'SELECT 1 AS "a\x1b[31m"', ledger=samples.root)
    assert steering.stdout.startswith(b"a\\x1b[31m")


FOREIGN = {
    "INTERVAL '1 month 2 days 3.5 seconds'": "1 month 2 days 00:00:03.5",
    "[INTERVAL 1 DAY]": "[1 day]",
    "{'waited': [MAP {'a': INTERVAL 2 DAY}]}": "{'waited': [{a=2 days}]}",
    "'10101'::BIT": "10101",
    "1234567890123456789012345678901234567890::BIGNUM": "1234567890123456789012345678901234567890",
    "union_value(a := 1)": "1",
    "'12:00:00+02'::TIMETZ": "12:00:00+02",
    "42::VARIANT": "42",
    "struct_pack()": "{}",
    "'infinity'::TIMESTAMPTZ": "infinity",
    "'-infinity'::TIMESTAMP": "-infinity",
    "'-infinity'::TIMESTAMP_NS": "-infinity",
    "'infinity'::DATE": "infinity",
    "MAP {'a': 1, 'b': NULL}": "{a=1, b=NULL}",
    "'POINT (1 2)'::GEOMETRY": "POINT (1 2)",
}
"""Values that Arrow, Python or JSON have no word for, and what the database says."""


def test_values_that_a_format_cannot_hold_are_told_as_the_database_shows_them(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    columns = ", ".join(f"{value} AS c{place}" for place, value in enumerate(FOREIGN))
    query = f"SELECT {columns}, NULL::INTERVAL AS none, 1 AS n, ['infinity'::DATE, NULL] AS days"
    done = run("sql", query, "--format", "json", ledger=samples.root)
    assert list(json.loads(done.stdout)[0].values()) == [
        *FOREIGN.values(), None, 1, ["infinity", None]
    ]  # fmt: skip
    for form in ("csv", "table"):
        told = run("sql", query, "--format", form, ledger=samples.root).stdout.decode()
        for text in FOREIGN.values():
            assert text in told.replace('""', '"'), form
    path = tmp_path / "rows.parquet"
    run("sql", query, "--format", "parquet", "-o", str(path), ledger=samples.root)
    (row,) = pq.read_table(path, columns=[f"c{place}" for place in range(9)]).to_pylist()
    assert list(row.values()) == list(FOREIGN.values())[:9]
    assert pq.read_schema(path).field("c13").type == pa.map_(pa.string(), pa.int32())


def test_an_instant_beyond_parquet_is_refused(samples: ticketledger.Ledger) -> None:
    query = "SELECT 'infinity'::TIMESTAMP_S AS at"
    done = run("sql", query, "--format", "parquet", ledger=samples.root)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: Parquet cannot hold this: ")
    assert done.stderr.endswith(b"\nhint: cast the column to VARCHAR\n")


def test_no_output_goes_among_the_files_of_a_ledger(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    copy = shutil.copytree(samples.root, tmp_path / "ledger")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    (tmp_path / "link.json").symlink_to(copy / "head.json")
    for path in (copy / "ledger.json", copy / "events" / "x.parquet", tmp_path / "link.json"):
        done = run("sql", "SELECT 1", "-o", str(path), ledger=samples.root)
        assert done.returncode == 2
        assert f"is among the files of the ledger `{copy}`" in done.stderr.decode()
    done = run("publish", str(copy / "derived" / "feed"), ledger=samples.root)
    assert done.returncode == 2
    assert "is among the files of the ledger" in done.stderr.decode()
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
    run("sql", "SELECT 1", "-o", str(copy / "own.txt"), ledger=samples.root)
    assert (copy / "own.txt").exists()


def test_output_follows_links_and_leaves_pipes(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    (tmp_path / "link.csv").symlink_to("real.csv")
    run(
        "sql", "SELECT 1 AS n", "--format", "csv", "-o", f"{tmp_path}/link.csv", ledger=samples.root
    )
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"n\n1\n"
    run("sql", "SELECT 1 AS n", "-o", "/dev/null", ledger=samples.root)
    assert Path("/dev/null").is_char_device()


def test_lists_and_schema_are_json_on_request(samples: ticketledger.Ledger) -> None:
    listed = json.loads(run("reports", "--json").stdout)
    assert [report["name"] for report in listed] == sorted(report["name"] for report in listed)
    schema = json.loads(run("schema").stdout)
    assert {"Envelope", "Ticket", "Chat", "Message", "TicketInfo"} <= schema["$defs"].keys()
    facts = json.loads(run("info", "--json", ledger=samples.root).stdout)
    assert (facts["events"], facts["tickets"], facts["rejects"]) == (67, 7, 1)


@pytest.mark.parametrize("ctrl_c", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_an_interrupt_ends_with_130_and_says_how_to_go_on(
    ctrl_c: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise ctrl_c  # the second is what DuckDB makes of it

    monkeypatch.setattr("ticketledger.ledger.Ledger.run", interrupted)
    monkeypatch.setattr(
        sys, "argv", ["ticketledger", "ingest", str(SAMPLES), "--ledger", str(tmp_path / "new")]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert "run the same command again" in capsys.readouterr().err


def test_the_command_line_never_imports_polars(samples: ticketledger.Ledger) -> None:
    """Polars installs a signal handler with which Ctrl-C does not end a blocked read."""
    code = (
        "import sys; from ticketledger.cli import cli;"
        f"cli(['ingest', {str(ROOT / 'data' / 'README.md')!r}, '--ledger', sys.argv[1]],"
        " standalone_mode=False)"
    )
    watched = (
        "import atexit, sys;"
        f"atexit.register(lambda: sys.stderr.write(str('polars' in sys.modules))); {code}"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched, f"{samples.root}-other"], capture_output=True
    )
    assert done.stderr.endswith(b"False")


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_instants_are_told_without_pandas(samples: ticketledger.Ledger, form: str) -> None:
    """Arrow imports pandas, where there is one, to tell an instant of a zone: half a second.

    Its functions take a tenth.
    """
    assert importlib.util.find_spec("pandas")
    query = "SELECT event_at FROM events ORDER BY 1 LIMIT 1"
    words = ["sql", query, "--ledger", str(samples.root), "--format", form]
    code = (
        f"import sys; from ticketledger.cli import cli; cli({words!r}, standalone_mode=False);"
        "sys.exit(bool({'pandas', 'pyarrow.compute'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "12:00:00" in done.stdout


def test_a_closed_pipe_is_no_error(samples: ticketledger.Ledger) -> None:
    command = f"{sys.executable} -m ticketledger sql 'FROM range(300000)' --format csv | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=os.environ | {"TICKETLEDGER_HOME": str(samples.root)},
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"range\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize(
    "words",
    [
        ["sql", "FROM range(100000)", "--format", "csv"],
        ["sql", "FROM range(3)", "--format", "parquet"],
        ["report", "backlog_now"],
        ["info"],
        ["verify"],
    ],
)
def test_a_full_disk_under_stdout_is_one_error(
    samples: ticketledger.Ledger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["ticketledger", *words, "--ledger", str(samples.root)])
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit, match="2"):
            main()
    assert capsys.readouterr().err == (
        "error: cannot write to standard output: No space left on device\n"
        "hint: make room, or write to another place\n"
    )


def test_a_file_that_cannot_be_written_is_told_with_what_to_do(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    for path, hint in (
        (Path("/dev/full"), "make room, or write to another place"),
        (tmp_path / "none" / "x.csv", "does its folder exist?"),
    ):
        if path.parent.exists() and not path.exists():
            continue  # only Linux has a full device
        done = run("sql", "SELECT 1", "-o", str(path), ledger=samples.root)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: cannot write `{path}`: No s".encode())
        assert done.stderr.endswith(f"\nhint: {hint}\n".encode())


def test_a_calendar_counts_opening_hours_and_says_where_it_does_not_matter(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    hours = tmp_path / "hours.toml"
    hours.write_text('[calendars.office]\nzone = "UTC"\nweek.mon = ["09:00-17:00"]\n')
    query = "SELECT business_us('office', '2026-03-02', '2026-03-16') / 3.6e9 AS hours"
    words = ("--calendar", str(hours), "--format", "csv")
    done = run("sql", query, *words, ledger=samples.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"hours\n16.0\n", b"")
    done = run("report", "backlog_now", *words, ledger=samples.root)
    plain = run("report", "backlog_now", "--format", "csv", ledger=samples.root)
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    assert b"`backlog_now` counts no business time" in done.stderr


def test_publish_lists_the_marts_and_what_changed(
    samples: ticketledger.Ledger, tmp_path: Path
) -> None:
    first = run("publish", str(tmp_path / "feed"), "--json", ledger=samples.root)
    assert (first.returncode, first.stderr) == (0, b"")
    marts = json.loads(first.stdout)
    assert {mart["is_changed"] for mart in marts} == {True}
    assert {mart["mart"] for mart in marts} == {path.stem for path in tmp_path.rglob("feed/*.p*")}
    again = run("publish", str(tmp_path / "feed"), ledger=samples.root)
    lines = again.stdout.decode().splitlines()
    assert len(lines) == len(marts)
    assert all(line.endswith(" rows  unchanged") for line in lines)
    refused = run("publish", "/proc/feed", ledger=samples.root)  # not even root may
    assert refused.returncode == 2
    told = refused.stderr.decode().splitlines()
    assert told[0].startswith("error: cannot write the feed `/proc/feed`: ")
    assert told[1].startswith("hint: `mkdir -p ")
