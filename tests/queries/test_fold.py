"""The views against the twin over random streams, and against themselves, however files are cut."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

import ticketledger

from ..strategies import (
    CLOCK,
    MOMENTS,
    ODD_VALUES,
    lifecycles,
    splittings,
    streams,
    with_ledgers,
    write_files,
)
from ..twin.events import Envelope, distinct
from ..twin.state import VIEWS, chats_at, tickets_all_at, tickets_at
from .answers import answers, assert_same, ingested, rows

PROVENANCE = ("batch", "source", "source_line", "loaded_at")
"""Columns of `events` that say how an event came; two ways of loading differ in nothing else."""

FIRST_DELIVERY = ("form", "envelope")
"""Columns of `events` that say how its first delivery was spelled."""

PASTS = st.one_of(
    st.tuples(streams(), st.sampled_from((MOMENTS[0] - 1, *MOMENTS))),
    st.tuples(lifecycles(), st.sampled_from((CLOCK[0] - 1, *CLOCK))),
)
"""Envelopes, and a moment to ask about."""


@with_ledgers(each=2)
@given(PASTS, splittings)
def test_every_view_equals_the_plain_fold(past: tuple[list[Envelope], int], seed: int) -> None:
    stream, at = past
    expected = {name: twin(stream) for name, twin in VIEWS.items()}
    expected["tickets_then"] = tickets_at(stream, at)
    expected["tickets_all_then"] = tickets_all_at(stream, at)
    expected["chats_then"] = chats_at(stream, at)
    relations = dict(zip(VIEWS, VIEWS, strict=True))
    relations["tickets_then"] = f"tickets_at(make_timestamptz({at}))"
    relations["tickets_all_then"] = f"tickets_all_at(make_timestamptz({at}))"
    relations["chats_then"] = f"chats_at(make_timestamptz({at}))"
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, counts = ingested(Path(folder), written.paths, seed)
        found = answers(ledger, relations)
    accepted = len(distinct(stream))
    assert counts == {
        "accepted": accepted,
        "duplicates": written.lines - written.blank - accepted,
        "rejected": 0,
        "lines": written.lines,
        "blank": written.blank,
    }
    for name, table in found.items():
        assert_same(rows(table), expected[name], name)


def test_previous_attributes_of_a_wrong_type_are_ignored_field_by_field(tmp_path: Path) -> None:
    values = {"status": "open", "closed_by": "dev", "labels": ["x"], "is_deleted": False}
    stream = []
    for index, odd in enumerate(ODD_VALUES):
        for kind in ("ticket", "chat"):
            envelope = {"event": f"{kind}.updated", "org_id": "o", "previous_attributes": odd}
            data = {f"{kind}_id": f"{index}", **values}
            stream += [
                {**envelope, "data": data, "timestamp": "2026-03-01"},
                {**envelope, "data": {**data, "labels": ""}, "timestamp": "2026-03-02"},
            ]
    written = write_files(tmp_path, stream, seed=0)
    ledger, counts = ingested(tmp_path, written.paths, seed=0)
    assert (counts["accepted"], counts["rejected"]) == (len(stream), 0)
    views = ("ticket_changes", "ticket_history", "ticket_gaps", "chat_changes", "chat_history")
    for view, table in answers(ledger, dict(zip(views, views, strict=True))).items():
        assert_same(rows(table), VIEWS[view](stream), view)


@with_ledgers(each=2)
@given(streams(), splittings, splittings)
def test_no_splitting_order_or_repetition_changes_an_answer(
    stream: list[Envelope], one: int, other: int
) -> None:
    first, second = _answers(stream, one), _answers(stream, other)
    for name, table in first.items():
        assert table.equals(second[name]), name


def _answers(stream: Sequence[Envelope], seed: int) -> dict[str, pa.Table]:
    """Return every view, without what depends on how the events came."""
    views = (*VIEWS, "events")
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        found = answers(ledger, dict(zip(views, views, strict=True)))
    events = found["events"].sort_by("event_id")
    found["events"] = events.drop_columns([*PROVENANCE, *FIRST_DELIVERY])
    return found


@with_ledgers(each=6)
@given(lifecycles() | streams(), splittings)
def test_what_was_believed_before_a_load_comes_back_to_the_byte(
    stream: list[Envelope], seed: int
) -> None:
    """Later loads bring late events, ties with stored ones, and other habits of the sender."""
    relations = dict(zip(VIEWS, VIEWS, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        written = write_files(Path(folder), stream, seed)
        ledger = ticketledger.open(Path(folder) / "ledger")
        ledger.ingest(written.paths[:1], refresh=False)
        then = ledger.sql("SELECT max(loaded_at) AS t FROM loads").item()
        believed = answers(ledger, relations)
        ledger.ingest(written.paths[1:], refresh=False)
        if then is not None:
            assert answers(ledger, relations, known_at=then) == believed
