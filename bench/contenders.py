"""The ways of getting an export into Parquet (or a table) that `bench.ingest` compares.

    python -m bench.contenders NAME EXPORT FOLDER

Each is written as its own users would write it, at its fastest setting, and leaves what it made in
FOLDER. What each does not do is said in its docstring, which the table repeats.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

TICKET: Final = {
    "org_id": "VARCHAR",
    "ticket_id": "VARCHAR",
    "status": "VARCHAR",
    "subject": "VARCHAR",
    "priority": "SMALLINT",
    "assignee": "VARCHAR",
    "assigned_by": "VARCHAR",
    "raised_by": "VARCHAR",
    "created_at": "TIMESTAMPTZ",
    "due_date": "TIMESTAMPTZ",
    "closed_at": "TIMESTAMPTZ",
    "closed_by": "VARCHAR",
    "closed_message": "VARCHAR",
    "first_assigned_at": "TIMESTAMPTZ",
    "quoted_message_id": "VARCHAR",
    "ticket_labels": "VARCHAR",
    "ticket_custom_properties": "JSON",
    "is_deleted": "BOOLEAN",
}
CHAT: Final = {
    "org_id": "VARCHAR",
    "chat_id": "VARCHAR",
    "chat_name": "VARCHAR",
    "chat_type": "VARCHAR",
    "org_phone": "VARCHAR",
    "chat_image": "VARCHAR",
    "created_at": "TIMESTAMPTZ",
    "is_muted": "BOOLEAN",
    "invite_link": "VARCHAR",
    "group_description": "VARCHAR",
    "chat_labels": "VARCHAR",
    "custom_properties": "JSON",
    "members": "JSON",
}
MESSAGE: Final = {
    "message_id": "VARCHAR",
    "unique_id": "VARCHAR",
    "chat_id": "VARCHAR",
    "org_phone": "VARCHAR",
    "body": "VARCHAR",
    "prev_body": "VARCHAR",
    "message_type": "VARCHAR",
    "from_me": "BOOLEAN",
    "author": "VARCHAR",
    "sender_phone": "VARCHAR",
    "performed_by": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
    "updated_at": "TIMESTAMPTZ",
    "ack": "SMALLINT",
    "is_deleted": "BOOLEAN",
    "flag_status": "BOOLEAN",
    "has_media": "BOOLEAN",
    "quoted_message_id": "VARCHAR",
    "message_ticket_id": "VARCHAR",
    "mentioned_ids": ["VARCHAR"],
}
PARTS: Final = {"ticket": TICKET, "chat": CHAT, "message": "JSON", "attached_messages": "JSON"}


def data_of(export: Path) -> dict[str, Any]:
    """Return the types of `data`: of messages, and of tickets with parts beside them or as rows."""
    with export.open("rb") as lines:
        first = next((line for line in lines if b'"event":"ticket.' in line), b'"ticket":{')
    parts = PARTS if b'"ticket":{' in first else {**TICKET, "last_updated_at": "TIMESTAMPTZ"}
    return {**parts, **MESSAGE}


def _duckdb_type(kind: Any) -> str:
    if isinstance(kind, dict):
        return "STRUCT(" + ", ".join(f'"{k}" {_duckdb_type(v)}' for k, v in kind.items()) + ")"
    return f"{kind[0]}[]" if isinstance(kind, list) else str(kind)


def _columns(data: str) -> str:
    given = {
        "event": "VARCHAR",
        "org_id": "VARCHAR",
        "timestamp": "TIMESTAMPTZ",
        "previous_attributes": "JSON",
        "data": data,
    }
    return "{" + ", ".join(f"{name}: '{kind}'" for name, kind in given.items()) + "}"


def _copy(query: str, export: Path, folder: Path) -> None:
    import duckdb

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            f"COPY ({query}) TO '{folder / 'events.parquet'}' (FORMAT parquet, COMPRESSION zstd)",
            {"export": str(export)},
        )


def ticketledger(export: Path, folder: Path) -> None:
    """Everything: validates, identifies, deduplicates, explains, sorts, syncs to disk."""
    from ticketledger import __version__
    from ticketledger import open as open_ledger
    from ticketledger.ingest import Request, find

    ledger = open_ledger(folder / "ledger")
    ledger.run(Request(find([str(export)]), __version__), refresh=False)


def ticketledger_again(export: Path, folder: Path) -> None:
    """The same, into a ledger that has all of it (made before, not timed)."""
    ticketledger(export, folder)


def duckdb_typed(export: Path, folder: Path) -> None:
    """Typed columns only; bad lines vanish, unknown keys too, wrong types become null."""
    columns = _columns(_duckdb_type(data_of(export)))
    _copy(
        f"FROM read_json($export, format = 'newline_delimited', columns = {columns},"
        " ignore_errors = true)",
        export,
        folder,
    )


def duckdb_same_content(export: Path, folder: Path) -> None:
    """Typed columns and the text of data; bad lines vanish, wrong types become null."""
    _copy(_same_content(data_of(export)), export, folder)


def duckdb_ledger(export: Path, folder: Path) -> None:
    """The same content in the order of a commit, equal texts once, each with its hash.

    What any store of events has to do, in one query, which holds all of it in memory: so it bounds
    what a ledger on this engine can reach. It hashes the text as it came: no event sent again in
    another spelling is found. As before, bad lines vanish and wrong types become null.
    """
    data = data_of(export)
    ticket_id = "typed.ticket_id" if "ticket_id" in data else "typed.ticket.ticket_id"
    _copy(
        "SELECT DISTINCT ON (event_id) * FROM (SELECT *, md5(concat_ws(',', event, org_id,"
        " epoch_us(timestamp)::VARCHAR, data::VARCHAR, previous_attributes::VARCHAR)) AS event_id"
        f" FROM ({_same_content(data)})) ORDER BY event[1:3], org_id,"
        f" coalesce({ticket_id}, typed.chat_id), timestamp, event_id",
        export,
        folder,
    )


def _same_content(data: dict[str, Any]) -> str:
    return (
        f"SELECT *, TRY(from_json(data, '{json.dumps(data)}')) AS typed FROM read_json($export,"
        f" format = 'newline_delimited', columns = {_columns('JSON')}, ignore_errors = true)"
    )


def polars(export: Path, folder: Path) -> None:
    """Typed columns only, with instants as text; one bad line ends it, so it gets a clean copy."""
    import polars as pl

    kinds = {"VARCHAR": pl.String, "TIMESTAMPTZ": pl.String, "BOOLEAN": pl.Boolean}

    def kind(of: Any) -> Any:
        if isinstance(of, dict):
            return pl.Struct({name: kind(inner) for name, inner in of.items() if inner != "JSON"})
        return pl.List(pl.String) if isinstance(of, list) else kinds.get(of, pl.String)

    schema = dict.fromkeys(("event", "org_id", "timestamp"), pl.String)
    schema["data"] = kind(data_of(export))
    frame = pl.scan_ndjson(export, schema=schema, ignore_errors=True)
    frame.sink_parquet(folder / "events.parquet", compression="zstd")


def pydantic(export: Path, folder: Path) -> None:
    """The usual script: json.loads and models per line, bad lines dropped, rows to pyarrow."""
    from datetime import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq
    from pydantic import BaseModel, ConfigDict, create_model

    kinds: dict[str, Any] = {
        "VARCHAR": str | None,
        "TIMESTAMPTZ": datetime | None,
        "BOOLEAN": bool | None,
        "SMALLINT": int | None,
        "JSON": Any,
    }

    def model(name: str, of: dict[str, Any]) -> type[BaseModel]:
        fields: dict[str, Any] = {
            key: (
                (model(key, kind) | None) if isinstance(kind, dict) else kinds.get(str(kind), Any),
                None,
            )
            for key, kind in of.items()
        }
        return create_model(name, __config__=ConfigDict(extra="allow"), **fields)

    envelope = create_model(
        "Envelope",
        event=(str, ...),
        org_id=(str, ...),
        timestamp=(datetime, ...),
        data=(model("Data", data_of(export)), ...),
        previous_attributes=(dict[str, Any] | None, None),
    )
    writer: pq.ParquetWriter | None = None
    rows: list[dict[str, Any]] = []
    schema = pa.schema(
        [(name, pa.string()) for name in ("event", "org_id")]
        + [("timestamp", pa.timestamp("us", "UTC")), ("ticket_id", pa.string())]
        + [("status", pa.string()), ("message_id", pa.string())]
        + [("data", pa.string()), ("previous_attributes", pa.string())]
    )

    def flush() -> None:
        nonlocal writer
        writer = writer or pq.ParquetWriter(folder / "events.parquet", schema, compression="zstd")
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
        rows.clear()

    with export.open("rb") as lines:
        for line in lines:
            try:
                raw = json.loads(line)
                made: Any = envelope.model_validate(raw)
            except ValueError:
                continue
            ticket = getattr(made.data, "ticket", made.data)
            rows.append(
                {
                    "event": made.event,
                    "org_id": made.org_id,
                    "timestamp": made.timestamp,
                    "ticket_id": ticket.ticket_id if ticket else None,
                    "status": ticket.status if ticket else None,
                    "message_id": made.data.message_id,
                    "data": json.dumps(raw["data"], separators=(",", ":")),
                    "previous_attributes": json.dumps(raw.get("previous_attributes")),
                }
            )
            if len(rows) == 50_000:
                flush()
    flush()
    if writer:
        writer.close()


def dlt(export: Path, folder: Path) -> None:
    """dlt's filesystem destination to Parquet, nested data kept as JSON; no deduplication."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "dlt")}
    library = import_module("dlt")

    def events() -> Any:
        page = []
        with export.open("rb") as lines:
            for line in lines:
                try:
                    page.append(json.loads(line))
                except ValueError:
                    continue
                if len(page) == 5_000:
                    yield page
                    page = []
        yield page

    pipeline = library.pipeline(
        "bench",
        pipelines_dir=str(folder / "pipelines"),
        destination=library.destinations.filesystem(f"file://{folder}/out"),
        dataset_name="bench",
    )
    resource = library.resource(events, name="events", max_table_nesting=0)
    pipeline.run(resource, loader_file_format="parquet")


def postgres(export: Path, folder: Path) -> None:
    """COPY into one jsonb column of an unlogged table; one bad line ends it: a clean copy."""
    copy = f"\\copy events FROM '{export}' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
    sql = ["DROP TABLE IF EXISTS events", "CREATE UNLOGGED TABLE events (envelope jsonb)", copy]
    command = ["psql", "-q", "-X", "-v", "ON_ERROR_STOP=1"]
    for statement in sql:
        command += ["-c", statement]
    subprocess.run(command, check=True)


CONTENDERS: Final[dict[str, Callable[[Path, Path], None]]] = {
    "ticketledger": ticketledger,
    "ticketledger, again": ticketledger_again,
    "DuckDB, typed": duckdb_typed,
    "DuckDB, same content": duckdb_same_content,
    "DuckDB, ledger": duckdb_ledger,
    "Polars": polars,
    "json + pydantic + pyarrow": pydantic,
    "dlt": dlt,
    "Postgres, jsonb": postgres,
}
NEEDS_CLEAN: Final = {"Polars", "Postgres, jsonb", "dlt"}
"""Contenders that one bad line ends, or that would be at an unfair loss: no bad lines for them."""


def missing(name: str) -> str:
    """Return why a contender cannot run here; empty if it can."""
    from importlib.util import find_spec

    if name == "dlt" and find_spec("dlt") is None:
        return "dlt is not installed: `pip install 'dlt[parquet,filesystem]'`"
    if name == "Postgres, jsonb" and not (shutil.which("psql") and os.environ.get("PGHOST")):
        return (
            "no server: install PostgreSQL, start it on loopback and set PGHOST, PGUSER, PGDATABASE"
        )
    return ""


if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
