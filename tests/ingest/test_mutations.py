"""Samples with random damage: nothing is raised, everything is counted, neighbours land."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketledger.ingest.explain import Accepted, Rejected

from .made import SAMPLES, accepted, judge, line, load, stored, stored_rejects

GOOD = [text for number, text in enumerate(SAMPLES, 1) if number not in (3, 21)]
BEFORE, AFTER = line(1_000_001), line(1_000_002)
SCRAPS = (b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\0", b"\xff", b"\\u", b"1e9")

bytes_of_a_line = st.sampled_from(GOOD)
harms = st.sampled_from(["flip", "delete", "insert", "cut", "behead", "repeat", "set"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample line with one to three faults."""
    text = draw(bytes_of_a_line)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(text) - 1, 0)))
        harm = draw(harms)
        if harm == "flip" and text:
            text = text[:at] + bytes([text[at] ^ (1 << draw(st.integers(0, 7)))]) + text[at + 1 :]
        elif harm == "set":
            text = text[:at] + draw(st.binary(min_size=1, max_size=1)) + text[at + 1 :]
        elif harm == "delete":
            text = text[:at] + text[at + draw(st.integers(1, 40)) :]
        elif harm == "insert":
            text = text[:at] + draw(st.sampled_from(SCRAPS)) + text[at:]
        elif harm == "cut":
            text = text[:at]
        elif harm == "behead":
            text = text[at:]
        elif harm == "repeat":
            text = text[: at + 1] + text[max(at - 20, 0) :]
    return text


VALUES = ["null", "true", "0", "-1.5e3", '""', '"x"', "[]", "{}", '["a",1]', '{"a":{"b":null}}']


@st.composite
def swapped(draw: st.DrawFn) -> bytes:
    """A sample line in which one value, at any depth, is another one."""
    value = json.loads(draw(bytes_of_a_line))
    holder = value
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            break
        holder = inner
    holder[key] = json.loads(draw(st.sampled_from(VALUES)))
    return json.dumps(value, ensure_ascii=False).encode()


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_neighbours_of_a_damaged_line_land(text: bytes) -> None:
    verdicts = judge(BEFORE + b"\n" + text + b"\n" + AFTER)
    rows = [each.row["event_id"] for each in verdicts if isinstance(each, Accepted)]
    assert accepted(BEFORE)["event_id"] in rows
    assert accepted(AFTER)["event_id"] in rows


@settings(max_examples=300, deadline=None)
@given(mutated() | swapped())
def test_what_is_accepted_of_a_damaged_line_is_readable_and_the_rest_is_kept(text: bytes) -> None:
    verdicts = judge(text, datetime(2026, 3, 1, tzinfo=UTC))
    for verdict in verdicts:
        if isinstance(verdict, Rejected):
            assert verdict.raw in text
            verdict.path.encode()
            verdict.reason.encode()
        else:
            row = verdict.row
            texts = [row["data"], row["envelope"], row["previous_attributes"] or "{}"]
            assert _readable(texts) == [(True, "OBJECT")] * 3 or texts[2] == "null"


def _readable(texts: list[str]) -> list[tuple[bool, str]]:
    answer = _CONNECTION.execute(
        "SELECT json_valid(t), json_type(t::JSON), json_structure(t::JSON), json_keys(t::JSON)"
        " FROM (SELECT unnest($texts) AS t)",
        {"texts": texts},
    ).fetchall()
    return [(valid, kind) for valid, kind, _, _ in answer]


_CONNECTION = duckdb.connect()


@settings(max_examples=30, deadline=None)
@given(st.lists(mutated() | swapped(), min_size=1, max_size=12))
def test_a_damaged_file_loads_as_far_as_it_is_good(texts: list[bytes]) -> None:
    content = b"\n".join([BEFORE, *texts, AFTER])
    judge(content)  # fails where the load below would never end
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_bytes(content)
        outcome = load(Path(folder, "ledger"), path)
        rows = stored(Path(folder, "ledger"))
        assert {accepted(BEFORE)["event_id"], accepted(AFTER)["event_id"]} <= {
            row["event_id"] for row in rows
        }
        assert outcome.accepted == len(rows)
        rejects = stored_rejects(Path(folder, "ledger"))
        assert outcome.rejected - outcome.total.known_rejects == len(rejects)
        again = load(Path(folder, "ledger"), path)
        assert (again.accepted, again.commits) == (0, [])
        assert again.lines == outcome.lines
