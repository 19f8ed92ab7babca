"""Why a record is refused: code, line, field and the exact bytes; and what is not refused."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import duckdb
import pytest

from ticketledger.ingest.explain import Limits, Rejected
from ticketledger.models.rejection import Code

from .made import (
    NOON,
    Json,
    accepted,
    dump,
    envelope,
    fingerprint,
    judge,
    line,
    lines,
    load,
    refused,
    stored,
    stored_rejects,
)


def _with(text: str, raw: bytes = b"") -> bytes:
    """A good line whose `status` is spelled like this."""
    return line().replace(b'"status":"open"', b'"status":' + text.encode() + raw, 1)


def _without(key: str) -> bytes:
    return dump({name: value for name, value in envelope().items() if name != key})


def _info(ticket: Json | None = None, **parts: object) -> bytes:
    return dump({**envelope(), "data": {"ticket": ticket or {"ticket_id": "T-1"}, **parts}})


def _data(event: str, **data: object) -> bytes:
    return dump({**envelope(), "event": event, "data": data})


REFUSED: dict[str, tuple[bytes, Code, str]] = {
    "Latin-1": (_with('"', b'\xe9"'), Code.INVALID_UTF8, ""),
    "cut UTF-8": (line() + b"\xf0\x9f\x99", Code.INVALID_UTF8, ""),
    "overlong UTF-8": (_with('"', b'\xc0\xaf"'), Code.INVALID_UTF8, ""),
    "a surrogate in UTF-8": (_with('"', b'\xed\xa0\xbd"'), Code.INVALID_UTF8, ""),
    "UTF-16 with a mark": ("\ufeff{}".encode("utf-16-le"), Code.INVALID_UTF8, ""),
    "UTF-16 without": ('{"event":1}'.encode("utf-16-le"), Code.INVALID_JSON, ""),
    "not JSON": (b"id,status", Code.INVALID_JSON, ""),
    "NaN": (_with("NaN"), Code.INVALID_JSON, ""),
    "Infinity": (_with("Infinity"), Code.INVALID_JSON, ""),
    "minus Infinity": (_with("-Infinity"), Code.INVALID_JSON, ""),
    "leading zero": (_with("01"), Code.INVALID_JSON, ""),
    "hexadecimal": (_with("0x1"), Code.INVALID_JSON, ""),
    "plus sign": (_with("+1"), Code.INVALID_JSON, ""),
    "single quotes": (_with("'open'"), Code.INVALID_JSON, ""),
    "Python": (_with("None"), Code.INVALID_JSON, ""),
    "comment": (_with('"x" /* y */'), Code.INVALID_JSON, ""),
    "trailing comma": (line()[:-1] + b",}", Code.INVALID_JSON, ""),
    "a raw control character": (_with('"\t"'), Code.INVALID_JSON, ""),
    "a raw NUL": (_with('"\0"'), Code.INVALID_JSON, ""),
    "a bad escape": (_with(r'"\x41"'), Code.INVALID_JSON, ""),
    "a short escape": (_with(r'"\u12"'), Code.INVALID_JSON, ""),
    "two objects": (line() + line(), Code.INVALID_JSON, ""),
    "200 levels": (_with("[" * 200 + "]" * 200), Code.TOO_DEEP, ""),
    "5,000 levels": (_with("[" * 5_000 + "]" * 5_000), Code.TOO_DEEP, ""),
    "200,000 levels": (_with("[" * 200_000 + "]" * 200_000), Code.TOO_DEEP, ""),
    "200,000 levels of objects": (
        _with('{"a":' * 200_000 + "1" + "}" * 200_000),
        Code.TOO_DEEP,
        "",
    ),
    "half an emoji": (_with(r'"\ud83d"'), Code.LONE_SURROGATE, "data.status"),
    "the other half": (_with(r'"x\uDE4F"'), Code.LONE_SURROGATE, "data.status"),
    "halves in the wrong order": (_with(r'"\ude4f\ud83d"'), Code.LONE_SURROGATE, "data.status"),
    "half an emoji in an array": (_with(r'[1,"\ud83d"]'), Code.LONE_SURROGATE, "data.status[1]"),
    "half an emoji in a key": (_with(r'{"\ud83d":1}'), Code.LONE_SURROGATE, "data.status"),
    "half an emoji in data as text": (
        dump({**envelope(), "data": r'{"ticket_id":"\ud83d"}'}),
        Code.LONE_SURROGATE,
        "data",
    ),
    "an exponent of 30 digits": (_with("1e" + "9" * 30), Code.BAD_NUMBER, ""),
    "a text": (b'"event"', Code.NOT_AN_OBJECT, ""),
    "a number": (b"5", Code.NOT_AN_OBJECT, ""),
    "null": (b"null", Code.NOT_AN_OBJECT, ""),
    "an array in an array": (b"[[" + line() + b"]]", Code.NOT_AN_OBJECT, ""),
    "an empty object": (b"{}", Code.NO_EVENT_NAME, ""),
    "no name": (_without("event"), Code.NO_EVENT_NAME, ""),
    "an empty name": (dump({**envelope(), "event": " "}), Code.NO_EVENT_NAME, ""),
    "a null name": (dump({**envelope(), "event": None}), Code.NO_EVENT_NAME, ""),
    "a name that is a number": (dump({**envelope(), "event": 5}), Code.WRONG_TYPE, "event"),
    "no time": (_without("timestamp"), Code.NO_TIMESTAMP, "timestamp"),
    "a null time": (dump({**envelope(), "timestamp": None}), Code.NO_TIMESTAMP, "timestamp"),
    "an empty time": (dump({**envelope(), "timestamp": ""}), Code.NO_TIMESTAMP, "timestamp"),
    "no object": (_without("data"), Code.NO_PAYLOAD, "data"),
    "a null object": (dump({**envelope(), "data": None}), Code.NO_PAYLOAD, "data"),
    "an array for an object": (dump({**envelope(), "data": []}), Code.NO_PAYLOAD, "data"),
    "an empty object as text": (
        dump({**envelope(), "data": "{}"}),
        Code.MISSING_FIELD,
        "data.ticket_id",
    ),
    "data as text that is no JSON": (dump({**envelope(), "data": "x"}), Code.INVALID_JSON, "data"),
    "data as text of an array": (dump({**envelope(), "data": "[]"}), Code.NO_PAYLOAD, "data"),
    "a ticket without an id": (_data("ticket.updated"), Code.MISSING_FIELD, "data.ticket_id"),
    "a ticket info without an id": (
        _info({"status": "open"}),
        Code.MISSING_FIELD,
        "data.ticket.ticket_id",
    ),
    "an empty id": (_data("ticket.updated", ticket_id=""), Code.MISSING_FIELD, "data.ticket_id"),
    "a chat without an id": (_data("chat.created", a=1), Code.MISSING_FIELD, "data.chat_id"),
    "a message without an id": (
        _data("message.created", body="x"),
        Code.MISSING_FIELD,
        "data.message_id",
    ),
    "previous as a number": (
        dump({**envelope(), "previous_attributes": 5}),
        Code.WRONG_TYPE,
        "previous_attributes",
    ),
    "previous as an array": (
        dump({**envelope(), "previous_attributes": []}),
        Code.WRONG_TYPE,
        "previous_attributes",
    ),
    "an org that is a number": (dump({**envelope(), "org_id": 5}), Code.WRONG_TYPE, "org_id"),
    "a status that is a number": (_with("5"), Code.WRONG_TYPE, "data.status"),
    "a wrong attached message": (
        _info(attached_messages=[{}, {"body": 5}]),
        Code.WRONG_TYPE,
        "data.attached_messages[1].body",
    ),
    "30 February": (
        dump({**envelope(), "timestamp": "2026-02-30T00:00:00Z"}),
        Code.BAD_INSTANT,
        "timestamp",
    ),
    "hour 25": (
        _data("ticket.updated", ticket_id="T", due_date="2026-02-03T25:00:00Z"),
        Code.BAD_INSTANT,
        "data.due_date",
    ),
    "a word for a time": (
        dump({**envelope(), "timestamp": "yesterday"}),
        Code.BAD_INSTANT,
        "timestamp",
    ),
    "true for a time": (dump({**envelope(), "timestamp": True}), Code.BAD_INSTANT, "timestamp"),
    "an epoch beyond time": (
        dump({**envelope(), "timestamp": 10**16}),
        Code.BAD_INSTANT,
        "timestamp",
    ),
    "before the year 1": (
        dump({**envelope(), "timestamp": "0001-01-01T00:00:00+05:00"}),
        Code.BAD_INSTANT,
        "timestamp",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_record_is_refused_with_code_field_and_bytes(name: str) -> None:
    raw, code, path = REFUSED[name]
    verdict = refused(raw)
    assert verdict.code == code, verdict.reason
    assert verdict.path == path
    assert verdict.raw == (raw[1:-1] if raw.startswith(b"[") else raw)
    assert verdict.line == 1
    assert len(verdict.reason) < 200


def test_every_bad_record_in_one_file_is_stored_with_its_line_and_bytes(tmp_path: Path) -> None:
    cases = {name: case for name, case in REFUSED.items() if not case[0].startswith(b"[")}
    content = b"\n".join(raw + b"\n" + line(n) for n, (raw, _, _) in enumerate(cases.values()))
    (tmp_path / "bad.jsonl").write_bytes(content)
    outcome = load(tmp_path / "ledger", tmp_path / "bad.jsonl")
    assert (outcome.accepted, outcome.rejected) == (len(cases), len(cases))
    rows = {row["line"]: row for row in stored_rejects(tmp_path / "ledger")}
    for number, (name, (raw, code, _)) in enumerate(cases.items()):
        row = rows[2 * number + 1]
        assert (row["code"], row["raw"]) == (code, raw), name


def test_every_code_is_reached(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(lines(1))[:-3])
    (tmp_path / "open.json").write_bytes(b"[" + line(2))
    load(tmp_path / "ledger", tmp_path / "cut.gz", tmp_path / "open.json")
    codes = {Code(row["code"]) for row in stored_rejects(tmp_path / "ledger")}
    large = judge(line(3, body="x" * 5000), limits=Limits(max_bytes=1024))
    codes |= {each.code for each in large if isinstance(each, Rejected)}
    assert codes | {code for _, code, _ in REFUSED.values()} == set(Code)


def test_each_unclosed_array_is_among_the_rejects(tmp_path: Path) -> None:
    for number, name in enumerate(("one.json", "two.json"), 1):
        (tmp_path / name).write_bytes(b"[" + line(number))
    load(tmp_path / "ledger", tmp_path / "one.json", tmp_path / "two.json")
    rows = stored_rejects(tmp_path / "ledger")
    assert {Path(row["source"]).name for row in rows} == {"one.json", "two.json"}


@pytest.mark.parametrize("depth", [1, 2, 10, 500])
def test_the_depth_limit_is_exact(depth: int) -> None:
    limits = Limits(max_depth=depth)
    fits = b"[" + b"[" * depth + b"1" + b"]" * depth + b"]"
    deeper = b"[" + b"[" * (depth + 1) + b"]" * (depth + 1) + b"]"
    assert [each.code for each in judge(fits, limits=limits) if isinstance(each, Rejected)] == [
        Code.NOT_AN_OBJECT
    ]
    assert [each.code for each in judge(deeper, limits=limits) if isinstance(each, Rejected)] == [
        Code.TOO_DEEP
    ]


def test_brackets_in_texts_are_no_levels() -> None:
    accepted(line(subject="[{" * 1000 + '\\" [['))


def test_data_as_text_keeps_to_the_depth_limit() -> None:
    inner = json.dumps({"ticket_id": "T", "deep": json.loads("[" * 20 + "]" * 20)})
    text = dump({**envelope(), "data": inner})
    (verdict,) = judge(text, limits=Limits(max_depth=10))
    assert isinstance(verdict, Rejected)
    assert verdict.code == Code.TOO_DEEP


# --- the vendor's published sample ------------------------------------------------------------


def _published() -> bytes:
    """The shape of the published sample: pretty-printed, with two commas missing."""
    info = {
        "chat": {"chat_id": "9190@c.us", "invite_link": "", "chat_type": "chat", "members": {}},
        "message": {"body": "hello", "quoted_message_id": "3EB0", "message_id": "true_9190@c.us_A"},
        "ticket": {"ticket_id": "TICKET-12345", "quoted_message_id": "3EB0", "status": "open"},
        "attached_messages": [],
    }
    text = dump({"event": "ticket.created", "data": info, "org_id": "2997xx64-"}, 2).decode()
    return re.sub(r'("(?:invite_link|quoted_message_id)": "\w*"),', r"\1", text).encode()


@pytest.mark.parametrize("before", [b"", line(1) + b"\n", b"\n\n" + line(1) + b"\r\n\r\n"])
def test_the_published_sample_is_refused_at_its_first_fault(before: bytes) -> None:
    published = _published()
    content = before + published + b"\n" + line(2) + b"\n"
    verdicts = judge(content)
    bad = [each for each in verdicts if isinstance(each, Rejected)]
    assert len(bad) == 1
    assert (bad[0].code, bad[0].raw) == (Code.INVALID_JSON, published)
    number = content[: content.index(b'"chat_type"')].count(b"\n") + 1
    assert f"line {number} column 7" in bad[0].reason
    assert bad[0].line == before.count(b"\n") + 1


def test_the_column_of_a_fault_counts_from_the_start_of_its_line() -> None:
    verdict = refused(b'    {"event" "x"}\n')
    assert "line 1 column 14" in verdict.reason


# --- what looks bad and is not ----------------------------------------------------------------

KEPT = {
    "1e999": "1e999",
    "minus 1e999": "-1e999",
    "1e-999": "1e-999",
    "1e5000": "1e5000",
    "2^63": str(2**63),
    "2^64": str(2**64),
    "400 digits": "9" * 400,
    "10,000 digits": "7" * 10_000,
    "17 digits": "0.12345678901234567",
    "30 digits": "3.14159265358979323846264338327",
    "a NUL": r'"a\u0000b"',
    "only a NUL": r'"\u0000"',
    "a NUL in a key": r'{"a\u0000":1}',
    "an empty key": '{"":{"":[]}}',
    "U+2028": '"\u2028\u2029"',
    "the last code point": '"\U0010ffff"',
    "not a character": '"\ufffe\uffff"',
    "an escaped emoji": r'"\ud83d\ude4f"',
    "a byte order mark": '"\ufeff"',
    "right to left": '"\u202e"',
    "100 levels": "[" * 100 + "]" * 100,
    "a megabyte": '"' + "x" * (1 << 20) + '"',
    "keys that look like a model": '{"model_fields":1,"__class__":2,"self":3,"model_config":4}',
}


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("event", ["ticket.updated", "message.created", "later.event"])
def test_odd_values_are_kept_and_stay_readable(name: str, event: str) -> None:
    value = dump({**envelope(), "event": event}).replace(b'"status":"closed"', b'"odd":1', 1)
    value = value.replace(b'"ticket_id":"T-1"', b'"ticket_id":"T-1","message_id":"m"')
    text = value.replace(b'"status":"open"', b'"odd":' + KEPT[name].encode())
    row = accepted(text)
    data = json.loads(row["data"], parse_float=str, parse_int=str)
    assert data["odd"] == json.loads(KEPT[name], parse_float=str, parse_int=str)
    with duckdb.connect() as con:
        answer = con.execute(
            "SELECT json_valid($d), $d::JSON ->> 'ticket_id', json_type($d::JSON, '$.odd'),"
            " json_extract($d::JSON, '$.odd')::VARCHAR, json_structure($d::JSON) IS NOT NULL,"
            " list_sort(json_keys($d::JSON))",
            {"d": row["data"]},
        ).fetchall()
    valid, ticket_id, kind, odd, structured, keys = answer[0]
    assert (valid, ticket_id, structured) == (True, "T-1", True)
    assert None not in (kind, odd)
    assert keys == ["message_id", "odd", "ticket_id"]


def test_a_repeated_key_keeps_its_last_value_and_is_counted(tmp_path: Path) -> None:
    text = _with('1,"status":2,"status":"closed"').replace(b'"event"', b'"event":"x","event"', 1)
    (tmp_path / "a.jsonl").write_bytes(text)
    outcome = load(tmp_path / "ledger", tmp_path / "a.jsonl")
    assert outcome.total.repeated_keys == 3
    (row,) = stored(tmp_path / "ledger")
    assert json.loads(row["data"])["status"] == row["ticket"]["status"] == "closed"


def test_a_repeated_key_in_data_as_text_is_counted(tmp_path: Path) -> None:
    text = dump({**envelope(), "data": '{"ticket_id":"T-0","ticket_id":"T-1"}'})
    (tmp_path / "a.jsonl").write_bytes(text)
    assert load(tmp_path / "ledger", tmp_path / "a.jsonl").total.repeated_keys == 1


IDS = ("../../x", "/etc/passwd", "a/b\\c", "x" * 10_000, "'; DROP TABLE events; --", "\0", "%s{}$x")


def test_ids_of_any_kind_are_only_text(tmp_path: Path) -> None:
    values = [
        {**envelope(ticket_id=odd, chat_id=odd, status=odd), "org_id": odd, "event": event}
        for odd in IDS
        for event in ("ticket.updated", "chat.created")
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(map(dump, values)))
    outcome = load(tmp_path / "ledger", tmp_path / "a.jsonl", now=lambda: NOON)
    assert (outcome.accepted, outcome.rejected) == (2 * len(IDS), 0)
    assert {row["org_id"] for row in stored(tmp_path / "ledger")} == set(IDS)
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "ledger"}
    assert {name.split("/")[0] for name in fingerprint(tmp_path / "ledger")} == {
        "events",
        "head.json",
        "ledger.json",
        "rejects",
    }
    assert load(tmp_path / "ledger", tmp_path / "a.jsonl").duplicates == 2 * len(IDS)
