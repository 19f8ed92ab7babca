"""From bytes to records: every layout, every break, every block size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketledger.ingest.explain import Rejected
from ticketledger.ingest.records import records
from ticketledger.ingest.window import Record
from ticketledger.models.rejection import Code

from .made import NOON, NeverEnds, blocks_of, dump, envelope, judge, line, take, tickets_of

VALUES = [envelope(number, note='a "b" {c} [d] \\ \n é 🙏') for number in (1, 2, 3)]


def _joined(parts: Sequence[bytes], between: bytes) -> bytes:
    return between.join(parts)


def _dumped(values: Sequence[Any], indent: int | str | None = None) -> list[bytes]:
    return [dump(value, indent) for value in values]


LAYOUTS: dict[str, Callable[[Sequence[Any]], bytes]] = {
    "lines": lambda v: _joined(_dumped(v), b"\n") + b"\n",
    "lines without the last newline": lambda v: _joined(_dumped(v), b"\n"),
    "lines ended by CRLF": lambda v: _joined(_dumped(v), b"\r\n") + b"\r\n",
    "lines with a BOM": lambda v: b"\xef\xbb\xbf" + _joined(_dumped(v), b"\n"),
    "lines with blank lines": lambda v: b"\n \n" + _joined(_dumped(v), b"\n\t\n\r\n") + b"\n\n",
    "indented lines": lambda v: b"".join(b"  " + each + b" \n" for each in _dumped(v)),
    "array on one line": lambda v: dump(list(v)),
    "array with a BOM": lambda v: b"\xef\xbb\xbf" + dump(list(v)) + b"\n",
    "array, spaced": lambda v: json.dumps(list(v)).encode() + b"\n",
    "array, one element a line": lambda v: b"[\n" + _joined(_dumped(v), b",\n") + b"\n]\n",
    "array, commas first": lambda v: b"[ " + _joined(_dumped(v), b"\n, ") + b"\n]\n",
    "array, CRLF": lambda v: b"[\r\n" + _joined(_dumped(v), b",\r\n") + b"\r\n]\r\n",
    "array, pretty": lambda v: dump(list(v), 2),
    "array, pretty with tabs": lambda v: dump(list(v), "\t") + b"\n",
    "array, pretty without indent": lambda v: dump(list(v), 0),
    "array of pretty elements": lambda v: b"[" + _joined(_dumped(v, 4), b",") + b"]",
    "array after blank lines": lambda v: b"\n \r\n" + dump(list(v), 2),
    "one array each": lambda v: _joined([dump([each]) for each in v], b"\n"),
    "arrays on one line": lambda v: _joined([dump([each]) for each in v], b" "),
    "an empty array first": lambda v: b"[]\n[ ]\n[\n]\n" + _joined(_dumped(v), b"\n"),
    "pretty documents": lambda v: _joined(_dumped(v, 2), b"\n") + b"\n",
    "pretty documents, not indented": lambda v: _joined(_dumped(v, 0), b"\n"),
    "pretty documents, CRLF": lambda v: _joined(_dumped(v, 2), b"\n").replace(b"\n", b"\r\n"),
    "pretty documents, blank lines between": lambda v: _joined(_dumped(v, 4), b"\n\n\n"),
    "every layout in turn": lambda v: _joined([dump(v[0]), dump([v[1]], 2), dump(v[2], 2)], b"\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_values(layout: str) -> None:
    content = LAYOUTS[layout](VALUES)
    found = [record for record in take([content]) if record.raw]
    assert [record.fault for record in found] == [None] * 3
    assert [json.loads(record.raw) for record in found] == VALUES


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_record_knows_the_line_it_starts_on(layout: str) -> None:
    content = LAYOUTS[layout](VALUES)
    at = 0
    for record in take([content]):
        if record.raw:
            at = content.index(record.raw, at)
            assert record.line == content.count(b"\n", 0, at) + 1


@pytest.mark.parametrize("indent", [None, 1, 8])
def test_a_single_document_is_one_record(indent: int | None) -> None:
    (record,) = take([dump(VALUES[0], indent)])
    assert (record.line, json.loads(record.raw)) == (1, VALUES[0])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"[]", b"[\n]\n"])
def test_nothing_gives_no_records(content: bytes) -> None:
    assert [record for record in take([content]) if record.raw or record.fault] == []


def test_blank_lines_are_records_without_bytes() -> None:
    found = take([b"\n" + line(1) + b"\n \t\r\n" + line(2)])
    assert [(record.line, bool(record.raw)) for record in found] == [
        (1, False),
        (2, True),
        (3, False),
        (4, True),
    ]


# --- what is broken costs nobody else --------------------------------------------------------

BROKEN_LINES = (
    b"not json",
    b"nul",
    b'"a text',
    b"\xff\xfe\x00",
    b",",
    b":",
    b"}",
    b"]",
    b"}}]}",
    b"}{{",
    b"] [ [",
    b"{]",
    b'{"event"',
    b'{"event":',
    b'{"event":"x",',
    b'{"event":"x","data":[1,',
    b'{"event":"x","data":{"a":1',
    b'{"event":"x","data":{"body":"Dear Bob,',
    b'{"event":"x","data":{"body":"ends in a backslash \\',
    b'{"event":"x"}}',
    b'{"event":"x"} {"event":"y"}',
    b'{"event":"x"}{"event":"y"}{',
    b'{"event" "x"}',
    b"[",
    b"[}",
    b'[{"event":"x"}}]',
    b'[{"event":"x","da',
    b"[2026-03-01 10:00:00] INFO starting",
    b"[2026-03-01 10:00:00 INFO starting",
)


@pytest.mark.parametrize("broken", BROKEN_LINES)
def test_a_broken_line_costs_none_of_its_neighbours(broken: bytes) -> None:
    verdicts = judge(line(1) + b"\n" + broken + b"\n" + line(2) + b"\n" + line(3) + b"\n")
    assert tickets_of(verdicts) == ["T-1", "T-2", "T-3"]
    assert len(verdicts) > 3, "the broken line is nowhere"


@pytest.mark.parametrize("broken", BROKEN_LINES)
def test_a_broken_line_among_rows_of_a_table_costs_none_of_them(broken: bytes) -> None:
    rows = [dump({"ticket_id": f"T-{n}", "org_id": "o", "status": "open"}) for n in (1, 2, 3)]
    content = _joined([rows[0], broken, rows[1], rows[2]], b"\n")
    assert tickets_of(judge(content, NOON)) == ["T-1", "T-2", "T-3"]


@pytest.mark.parametrize("broken", BROKEN_LINES)
def test_a_broken_line_among_indented_lines_costs_none_of_them(broken: bytes) -> None:
    content = _joined([line(1), broken, line(2), line(3)], b"\n  ")
    assert tickets_of(judge(b"  " + content)) == ["T-1", "T-2", "T-3"]


BROKEN_ELEMENTS = (
    b"not json",
    b"",
    b"}",
    b'{"event"',
    b'{"event":"x"',
    b'{"event":"x","data":{"a":1',
    b'{"event":"x","data":{"a":"no end',
    b'{"event":"x"}}',
    b'{"event":"x"} {"event":"y"}',
    b'{"event" "x"}',
)


@pytest.mark.parametrize("indent", [b"", b"  ", b"\t"])
@pytest.mark.parametrize("broken", BROKEN_ELEMENTS)
def test_a_broken_element_costs_none_of_its_neighbours(broken: bytes, indent: bytes) -> None:
    elements = [indent + each for each in (line(1), broken, line(2), line(3))]
    verdicts = judge(b"[\n" + _joined(elements, b",\n") + b"\n]\n")
    assert tickets_of(verdicts) == ["T-1", "T-2", "T-3"]
    assert len(verdicts) > 3, "the broken element is nowhere"


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "a comma missing": lambda text: text.replace(b'"org-a",', b'"org-a"'),
    "a brace missing": lambda text: text.rstrip()[:-1].rstrip(),
    "two braces missing": lambda text: text.replace(b"}", b"", 2),
    "a brace too many": lambda text: text.rstrip() + b"}",
    "a quote missing": lambda text: text.replace(b'"open"', b'"open'),
    "cut in half": lambda text: text[: len(text) // 2],
    "cut after a colon": lambda text: text[: text.index(b'"data":') + 7],
    "a colon missing": lambda text: text.replace(b'"event":', b'"event"'),
}


@pytest.mark.parametrize("layout", ["documents", "elements"])
@pytest.mark.parametrize("fault", BREAKS)
def test_a_broken_pretty_printed_object_costs_none_of_its_neighbours(
    fault: str, layout: str
) -> None:
    texts = _dumped(VALUES, 2)
    texts[1] = BREAKS[fault](texts[1])
    if layout == "documents":
        content = _joined(texts, b"\n")
    else:
        content = b"[\n" + _joined([b"  " + each.replace(b"\n", b"\n  ") for each in texts], b",\n")
        content += b"\n]\n"
    verdicts = judge(content)
    assert tickets_of(verdicts) == ["T-1", "T-3"]
    assert len(verdicts) > 2, "the broken object is nowhere"


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_an_unclosed_array_gives_its_elements_and_one_refusal(indent: int | None) -> None:
    content = dump(VALUES, indent).rstrip()[:-1]
    found = take([content])
    assert [json.loads(record.raw) for record in found[:3]] == VALUES
    assert [(record.fault, record.raw) for record in found[3:]] == [(Code.TRUNCATED, b"")]


@pytest.mark.parametrize("end", [b",]", b",\n]\n", b", ]"])
def test_a_trailing_comma_is_one_refusal(end: bytes) -> None:
    found = take([b"[" + line(1) + b"," + line(2) + end])
    assert [record.fault for record in found] == [None, None, Code.INVALID_JSON]
    assert found[2].raw == b","


def test_a_missing_comma_between_elements_costs_at_most_these_two() -> None:
    content = _joined([b"[", line(1), line(2) + b",", line(3) + b",", line(4), b"]"], b"\n")
    assert tickets_of(judge(content))[-2:] == ["T-3", "T-4"]


def test_two_objects_on_one_line_are_one_refused_line() -> None:
    both = line(2) + line(3)
    verdicts = judge(_joined([line(1), both, line(4)], b"\n"))
    assert tickets_of(verdicts) == ["T-1", "T-4"]
    assert [each.raw for each in verdicts if isinstance(each, Rejected)] == [both]


def test_rows_of_a_list_on_lines_of_their_own_stay_in_their_list() -> None:
    rows = [{"log_id": n, "type": "UPDATE"} for n in (1, 2)]
    text = b'{"from":1,"to":2,"count":2,"logs":[\n' + _joined(_dumped(rows), b",\n") + b"\n]}\n"
    (record,) = take([text])
    assert json.loads(record.raw)["logs"] == rows


def test_a_valid_array_may_be_indented_in_any_way() -> None:
    text = b'[\n  {"event": "x", "data": [\n  {"a": 1},\n  {"b": 2}\n  ]},\n  {"event": "y"}\n]\n'
    assert [json.loads(record.raw) for record in take([text])] == json.loads(text)


# --- properties ------------------------------------------------------------------------------

thoroughly = settings(max_examples=250, deadline=None)

_texts = st.sampled_from(["a", "", 'q"u', "b\\", "{", "}]", "[,", "two\nlines", "é🙏", ",", ":"])
_leaves = st.one_of(_texts, st.integers(0, 9), st.booleans(), st.none())
_values = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)
    ),
    max_leaves=6,
)
_objects = st.builds(lambda name, data: {"event": name, "data": data}, _texts, _values)
_layouts = st.sampled_from(sorted(set(LAYOUTS) - {"every layout in turn"}))


@st.composite
def valid_streams(draw: st.DrawFn) -> bytes:
    """Objects in one of the layouts."""
    return LAYOUTS[draw(_layouts)](draw(st.lists(_objects, min_size=1, max_size=4)))


_scraps = st.sampled_from(
    [
        *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\n", b"\r\n", b" ", b"  ", b"x", b"1"),
        *(
            b"{}",
            b'{"event":"a"}',
            b'"k":',
            b'"a\\"{"',
            b'\n  {"event":"a"}',
            b"\xff",
            b"\xef\xbb\xbf",
        ),
    ]
)
garbage = st.lists(_scraps, max_size=24).map(b"".join)


@st.composite
def broken_streams(draw: st.DrawFn) -> bytes:
    """A valid stream with a few bytes lost or gained."""
    content = draw(valid_streams())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(_scraps) + content[at + draw(st.integers(0, 3)) :]
    return content


@st.composite
def cut(draw: st.DrawFn, streams: st.SearchStrategy[bytes]) -> list[bytes]:
    """A stream in blocks."""
    content = draw(streams)
    places = [at + 1 for at, byte in enumerate(content) if byte in b'\\\n"[{, ']  # worth a cut
    anywhere = st.integers(0, len(content))
    somewhere = st.one_of(st.sampled_from(places), anywhere) if places else anywhere
    cuts = sorted(draw(st.lists(somewhere, min_size=1, max_size=5)))
    return [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]


def _bounded(blocks: list[bytes], max_bytes: int) -> list[Record] | None:
    try:
        return take(blocks, max_bytes)
    except NeverEnds:
        return None


@thoroughly
@given(cut(valid_streams()))
def test_any_cut_of_a_valid_stream_gives_equal_records(blocks: list[bytes]) -> None:
    assert take(blocks) == take([b"".join(blocks)])


@thoroughly
@given(cut(broken_streams() | garbage), st.sampled_from([1 << 20, 40, 7]))
def test_any_cut_of_a_broken_stream_gives_equal_records(blocks: list[bytes], limit: int) -> None:
    assert _bounded(blocks, limit) == _bounded([b"".join(blocks)], limit)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_blocks_of_any_size_give_equal_records(layout: str, size: int) -> None:
    content = LAYOUTS[layout](VALUES)
    assert take(blocks_of(content, size)) == take([content])


@thoroughly
@given(garbage | broken_streams(), st.sampled_from([1 << 20, 40, 7]))
def test_every_stream_comes_to_its_end(content: bytes, limit: int) -> None:
    take([content], limit)


@thoroughly
@given(valid_streams() | broken_streams() | garbage, st.sampled_from([1 << 20, 40, 7]))
def test_every_byte_is_in_exactly_one_record(content: bytes, limit: int) -> None:
    found = _bounded([content], limit)
    if found is None:
        return  # told by the test above
    at = len(b"\xef\xbb\xbf") if content.startswith(b"\xef\xbb\xbf") else 0
    for record in found:
        while not content.startswith(record.raw, at):
            assert content[at : at + 1] in _SEPARATORS, (content[at:], record)
            at += 1
        at += len(record.raw)
    assert not content[at:].strip(b" \t\r\n[],"), content[at:]


_SEPARATORS = (b" ", b"\t", b"\r", b"\n", b"[", b"]", b",")


@given(_layouts, st.lists(_objects, min_size=1, max_size=3))
def test_a_valid_stream_gives_its_values(layout: str, objects: list[dict[str, Any]]) -> None:
    content = LAYOUTS[layout](objects)
    assert [json.loads(record.raw) for record in take([content]) if record.raw] == objects


# --- records that are too large ---------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 13, 1 << 20])
def test_the_pieces_of_a_record_that_is_too_large_make_the_original(size: int) -> None:
    large = b'{"event":"x","data":"' + b"\xc3\xa9{[" * 500 + b'"}\n'
    found = take(blocks_of(line(1) + b"\n" + large + line(2) + b"\n", size), 1000)
    pieces = [record for record in found if record.fault]
    assert {record.fault for record in pieces} == {Code.TOO_LARGE}
    assert {record.line for record in pieces} == {2}
    assert b"".join(record.raw for record in pieces) == large
    assert all(len(record.raw) <= 1000 for record in pieces)
    assert [json.loads(record.raw) for record in found if not record.fault] == [
        envelope(1),
        envelope(2),
    ]


def test_an_element_that_is_too_large_costs_none_on_other_lines() -> None:
    large = b'{"event":"x","data":"' + b"x" * 3000 + b'"}'
    found = take([b"[\n" + _joined([line(1), large, line(2)], b",\n") + b"\n]\n"], 1000)
    good = [json.loads(record.raw) for record in found if not record.fault]
    assert good == [envelope(1), envelope(2)]
    assert {record.fault for record in found} == {None, Code.TOO_LARGE}


def test_a_document_that_is_too_large_costs_no_document_after_it() -> None:
    large = dump({"event": "x", "data": ["x" * 100] * 30}, 2)
    verdicts = [record for record in take([large + b"\n" + dump(VALUES[0], 2)], 1000) if record.raw]
    assert json.loads(verdicts[-1].raw) == VALUES[0]


@pytest.mark.parametrize("length", [999, 1000, 1001])
def test_the_limit_does_not_hang_on_the_blocks(length: int) -> None:
    content = b'{"a":"' + b"x" * (length - 8) + b'"}\n' + line(1) + b"\n"
    results = [take(blocks_of(content, size), 1000) for size in (1, 10, 999, 1000, 1001, 5000)]
    assert all(result == results[0] for result in results)


def test_a_line_without_end_is_given_up_in_bounded_memory() -> None:
    pulled = 0

    def endless() -> Any:
        nonlocal pulled
        while True:
            pulled += 1
            yield b'{"a":' * 20

    first = next(iter(records(endless(), 1000)))
    assert (first.fault, len(first.raw)) == (Code.TOO_LARGE, 1000)
    assert pulled < 50
