"""A load whose sources are read in groups, apart from each other, is that of one machine."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ticketledger
from tests.conftest import ROOT
from ticketledger import __version__
from ticketledger.ingest import load as loading
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import Cut, Outcome, Request, Tell
from ticketledger.ingest.sources import Found, Source, find
from ticketledger.models.errors import UnreadableInput
from ticketledger.models.store import open_store
from ticketledger.spark import duplicates, packets, reading
from ticketledger.spark.splits import Split

from ..ingest.made import SAMPLES, dump, envelope, lines
from ..strategies import some, streams, write_files

PLACED = pa.schema(
    [
        ("name", "string"),
        ("packet", "binary"),
        ("task", "int32"),
        ("cut", "int32"),
        ("part", "int32"),
    ]
)
GONE = packets.PACKETS.append(pa.field("rows", pa.list_(pa.int32()))).append(
    pa.field("prints", pa.list_(pa.int64()))
)

EVENTS = "SELECT * EXCLUDE (batch, loaded_at) FROM events ORDER BY ALL"
REJECTS = "SELECT * EXCLUDE (batch, loaded_at) FROM rejects ORDER BY ALL"


def apart(
    root: Path, sources: Sequence[Source], request: Request, tell: Tell
) -> Generator[Cut, None, None]:
    """Do what Spark does with the tasks, in one process: each group by itself, in any order."""
    groups = reading.grouped(sources)
    told = {
        number: list(reading.take(request.limits, request.observed_at, request.memory, [group]))
        for number, group in random.Random(1).sample(list(enumerate(groups)), len(groups))
    }
    numbered = [
        {"task": number, "cut": row["part"], "name": row["name"], "packet": row["packet"]}
        for number in sorted(told)
        for batch in told[number]
        for row in batch.to_pylist()
    ]
    yield from reading.commits(reading.taken(fresh(root, numbered)))


def fresh(
    root: Path, numbered: Sequence[dict[str, Any]], again: Sequence[dict[str, Any]] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield packets without duplicates, as Spark finds them: by sorting the ids of all.

    Args:
        root: of the ledger.
        numbered: the packets, in order.
        again: what is there once their executor was lost; None: the same.
    """
    rows = [row | {"part": part} for part, row in enumerate(numbered)]
    packets = pa.RecordBatch.from_pylist(rows, PLACED)
    ends = [(row["since"], row["until"]) for row in listed(duplicates.spans([packets]))]
    span = duplicates.joined(ends)
    found = listed(duplicates.ids([packets]))
    if span:
        pieces = duplicates.stored_in(open_store(root), span)
        found += listed(duplicates.stored_ids(span, pieces))
    gone: dict[int, list[int]] = {}
    prints: dict[int, set[int]] = {}
    seen: set[str] = set()
    for place in sorted(found, key=lambda each: [each[name] for name in duplicates.FIRST]):
        if place["event_id"] in seen:
            gone.setdefault(place["part"], []).append(place["row"])
        seen.add(place["event_id"])
        prints.setdefault(place["part"], set()).add(place["print"])
    for part, row in enumerate(again or rows):
        told = {"part": part, "rows": gone.get(part), "prints": sorted(prints.get(part, ()))}
        two = [told, {**row, "part": part}]
        (left,) = duplicates.without(pa.Table.from_pylist(two, GONE).to_batches())
        yield left["name"][0].as_py(), left["packet"][0].as_py()


def listed(batches: Iterator[pa.RecordBatch]) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_pylist()]


def loaded(root: Path, paths: Sequence[Path]) -> Outcome:
    request = Request(find(map(str, paths)), __version__)
    return loading.ingest(root, request, partial(apart, root))


def assert_same(folder: Path, paths: Sequence[Path], *, commits_differ: bool = False) -> Outcome:
    """Load both ways; returns what the load in groups did."""
    one, other = ticketledger.open(folder / "one"), ticketledger.open(folder / "other")
    expected = one.ingest(paths, refresh=False)
    outcome = loaded(folder / "other", paths)
    assert (outcome.total, outcome.sources) == (expected.total, expected.sources)
    assert outcome.examples == expected.examples
    assert commits_differ or outcome.commits == expected.commits
    for query in (EVENTS, REJECTS):
        assert other.sql(query, to="arrow") == one.sql(query, to="arrow")
    assert other.verify() == []
    return outcome


def test_the_demo_is_loaded_as_by_one_machine(tmp_path: Path) -> None:
    outcome = assert_same(tmp_path, sorted((ROOT / "data" / "demo").iterdir()))
    assert (outcome.total.duplicates, outcome.total.rejected) == (54, 12)
    assert outcome.commits == [1]
    again = loaded(tmp_path / "other", sorted((ROOT / "data" / "demo").iterdir()))
    assert (again.total.accepted, again.commits) == (0, [])
    assert again.total.lines == outcome.total.lines


def test_duplicates_stay_where_they_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is new comes to the driver, and of equal events the first, whoever read it."""
    monkeypatch.setattr(loading, "COMMIT_ROWS", 50)
    monkeypatch.setattr(reading, "COMMIT_BYTES", 20_000)
    came: list[int] = []
    whole = reading.taken

    def counted(packets: Iterator[tuple[str, bytes]]) -> Iterator[reading.Told]:
        for parts, rows in whole(packets):
            came.append(len(rows))
            yield parts, rows

    monkeypatch.setattr(reading, "taken", counted)
    each = lines(300).splitlines(keepends=True)
    for name, some_lines in {
        "a": each[:120] + each[60:90],
        "b": each[100:200],
        "c": each[:20] + each[190:],
    }.items():
        (tmp_path / f"{name}.jsonl").write_bytes(b"".join(some_lines))
    first, second, third = sorted(tmp_path.glob("*.jsonl"))
    assert loaded(tmp_path / "ledger", [first]).accepted == sum(came) == 120
    came.clear()
    outcome = loaded(tmp_path / "ledger", [second, third])
    assert outcome.accepted == sum(came) == 180
    assert (outcome.lines, outcome.duplicates) == (230, 50)
    again = tmp_path / "again.jsonl"
    again.write_bytes(b"\n" + b"".join(each))
    came.clear()
    assert loaded(tmp_path / "ledger", [again]).duplicates == 300
    assert sum(came) == 0


def test_a_folder_that_an_executor_does_not_see_tells_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a bucket that it may not read: the commit still knows what the ledger has."""
    away = Split(str(tmp_path / "elsewhere" / "00000001.parquet"), None, (0,), 1)
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setattr("ticketledger.models.objects.RETRIES", {"max_retries": 0})
    silent = Split("events/00000001.parquet", "s3://nowhere/x", None, 1, '"x" 1')
    assert list(duplicates.stored_ids((0, 1), [away, silent])) == []


def test_packets_of_a_source_that_was_rewritten_are_told(tmp_path: Path) -> None:
    """Places of duplicates are those of what was read first: nothing else may be left out."""
    told = lines(8).splitlines(keepends=True)
    path = tmp_path / "a.jsonl"
    ledger = tmp_path / "ledger"

    def packed() -> list[dict[str, Any]]:
        groups = reading.grouped(find([str(path)]).sources)
        return [
            {"task": 0, "cut": row["part"], "name": row["name"], "packet": row["packet"]}
            for batch in reading.take(Limits(), None, "512MB", groups)
            for row in batch.to_pylist()
        ]

    path.write_bytes(b"".join(told[:3]))
    loaded(ledger, [path])
    path.write_bytes(b"".join(told))
    first = packed()
    assert [name for name, _ in fresh(ledger, first, packed())] == ["rows", "parts"]
    path.write_bytes(b"".join(reversed(told)))
    assert [name for name, _ in fresh(ledger, first, packed())] == [duplicates.CHANGED] * 2


def test_what_is_cut_small_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources that go on over several commits, commits of several sources, groups of some."""
    for module in (loading, reading):
        monkeypatch.setattr(module, "COMMIT_ROWS", 50)
    monkeypatch.setattr(reading, "COMMIT_BYTES", 20_000)
    monkeypatch.setattr("ticketledger.ingest.feed.BLOCK_BYTES", 10_000)
    paths = [tmp_path / f"{number}.jsonl" for number in range(6)]
    parts = [lines(260), SAMPLES[0], lines(90), b"", b"not json\n\n" + lines(30), lines(260)]
    for path, content in zip(paths, parts, strict=True):
        path.write_bytes(content)
    outcome = assert_same(tmp_path, paths, commits_differ=True)
    assert len(outcome.commits) > 3
    assert outcome.sources[str(paths[-1])].duplicates == 260
    assert len(reading.grouped(find(map(str, paths)).sources)) > 2
    assert loaded(tmp_path / "other", paths).commits == []


def test_random_streams_are_loaded_as_by_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "COMMIT_BYTES", 3_000)
    for number, stream in enumerate(some(streams(), 8)):
        folder = tmp_path / str(number)
        folder.mkdir()
        written = write_files(folder, stream, number)
        outcome = assert_same(folder, written.paths, commits_differ=True)
        assert outcome.total.lines == written.lines


def test_tasks_find_files_wherever_they_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "export.jsonl").write_bytes(lines(2))
    monkeypatch.chdir(tmp_path)
    ((source,),) = reading.grouped(find(["export.jsonl"]).sources)
    assert (source.name, source.path) == ("export.jsonl", tmp_path / "export.jsonl")


def test_packets_are_bounded_whatever_is_in_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts that are told once are divided with their rows, rejects are cut."""
    for module in (packets, reading):
        monkeypatch.setattr(module, "PACKET_BYTES", 50_000)
    chance = random.Random(7)
    told = [
        envelope(
            n, attached_messages=[{"message_id": f"m{n}", "body": chance.randbytes(400).hex()}]
        )
        for n in range(400)
    ]
    bad = [b"{" + chance.randbytes(400).hex().encode() for _ in range(400)]
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"\n".join([*map(dump, told), *bad]) + b"\n")
    groups = reading.grouped(find([str(path)]).sources)
    made = list(reading.take(Limits(), None, "512MB", groups))
    sizes = [len(batch["packet"][0].as_py()) for batch in made]
    assert max(sizes) < 100_000
    assert sum(sizes) < 2 * path.stat().st_size
    assert len(sizes) < 40
    assert_same(tmp_path, [path])


class Frame:
    """What Spark keeps of a wave, or fails to make."""

    kept = 0
    parts = (0, 1)
    names = ("rows", "rows")

    def __init__(self, problem: str = "") -> None:
        self.problem = problem
        Frame.kept += 1

    def made(self) -> Frame:
        if self.problem:
            raise RuntimeError(self.problem)
        return self

    @property
    def rdd(self) -> Frame:
        return self

    def toLocalIterator(self, **told: object) -> Iterator[dict[str, object]]:
        for part, name in zip(self.parts, self.names, strict=True):
            yield {"name": name, "part": part, "packet": b""}

    def unpersist(self) -> None:
        Frame.kept -= 1


@pytest.mark.parametrize("problem", ["", "the cluster is gone"])
def test_what_fails_leaves_no_frame_and_no_other_error(
    monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    pytest.importorskip("pyspark")
    from ticketledger.spark import loading as driver

    problems = iter(["", problem])
    monkeypatch.setattr(driver, "_wave", lambda *told: Frame(next(problems)))
    monkeypatch.setattr(driver, "_one_by_one", lambda spark, store, frame: frame.made())
    monkeypatch.setattr(Frame, "kept", 0)
    request = Request(Found([], []), __version__)
    nothing: Any = None
    with (
        pytest.raises(OSError, match="disk is full"),
        closing(driver._packets(nothing, nothing, iter([[()], [()]]), request)) as given,
    ):
        next(given)
        raise OSError("disk is full")
    assert Frame.kept == 0


@pytest.mark.parametrize(
    ("parts", "names"), [((0, 0), None), ((0, 2), None), ((0, 1), ("rows", duplicates.CHANGED))]
)
def test_packets_that_were_read_again_and_are_others_are_refused(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[int, int], names: tuple[str, str] | None
) -> None:
    """An executor was lost, and the source is not what it was when its packets were counted."""
    pytest.importorskip("pyspark")
    from ticketledger.spark import loading as driver

    monkeypatch.setattr(driver, "_wave", lambda *told: Frame())
    monkeypatch.setattr(driver, "_one_by_one", lambda spark, store, frame: frame.made())
    monkeypatch.setattr(Frame, "kept", 0)
    monkeypatch.setattr(Frame, "parts", parts)
    monkeypatch.setattr(Frame, "names", names or Frame.names)
    nothing: Any = None
    request = Request(Found([], []), __version__)
    given = driver._packets(nothing, nothing, iter([[()]]), request)
    assert next(given) == ("rows", b"")
    with pytest.raises(UnreadableInput, match="a source changed while it was read"):
        next(given)
    assert Frame.kept == 0
