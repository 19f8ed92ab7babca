"""A load whose sources are read in groups, apart from each other, is that of one machine."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import ticketledger
from tests.conftest import ROOT
from ticketledger import __version__
from ticketledger.ingest import load as loading
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import Cut, Outcome, Request, Tell
from ticketledger.ingest.sources import Found, Source, find
from ticketledger.models.errors import UnreadableInput
from ticketledger.spark import packets, reading

from ..ingest.made import SAMPLES, dump, envelope, lines
from ..strategies import some, streams, write_files

EVENTS = "SELECT * EXCLUDE (batch, loaded_at) FROM events ORDER BY ALL"
REJECTS = "SELECT * EXCLUDE (batch, loaded_at) FROM rejects ORDER BY ALL"


def apart(sources: Sequence[Source], request: Request, tell: Tell) -> Generator[Cut, None, None]:
    """Do what Spark does with the tasks, in one process: each group by itself, in any order."""
    groups = reading.grouped(sources)
    told = {
        number: list(reading.take(request.limits, request.observed_at, request.memory, [group]))
        for number, group in random.Random(1).sample(list(enumerate(groups)), len(groups))
    }
    packets = (
        (batch["name"][0].as_py(), batch["packet"][0].as_py())
        for number in sorted(told)
        for batch in told[number]
    )
    yield from reading.commits(reading.taken(packets))


def loaded(root: Path, paths: Sequence[Path]) -> Outcome:
    request = Request(find(map(str, paths)), __version__)
    return loading.ingest(root, request, apart)


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
        for part in self.parts:
            yield {"name": "rows", "part": part, "packet": b""}

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
    monkeypatch.setattr(driver, "_one_by_one", Frame.made)
    monkeypatch.setattr(Frame, "kept", 0)
    request = Request(Found([], []), __version__)
    nothing: Any = None
    with (
        pytest.raises(OSError, match="disk is full"),
        closing(driver._packets(nothing, iter([[()], [()]]), request)) as given,
    ):
        next(given)
        raise OSError("disk is full")
    assert Frame.kept == 0


@pytest.mark.parametrize("parts", [(0, 0), (0, 2)])
def test_packets_that_were_read_again_and_are_others_are_refused(
    monkeypatch: pytest.MonkeyPatch, parts: tuple[int, int]
) -> None:
    """An executor was lost, and the source is not what it was when its packets were counted."""
    pytest.importorskip("pyspark")
    from ticketledger.spark import loading as driver

    monkeypatch.setattr(driver, "_wave", lambda *told: Frame())
    monkeypatch.setattr(driver, "_one_by_one", Frame.made)
    monkeypatch.setattr(Frame, "kept", 0)
    monkeypatch.setattr(Frame, "parts", parts)
    nothing: Any = None
    given = driver._packets(nothing, iter([[()]]), Request(Found([], []), __version__))
    assert next(given) == ("rows", b"")
    with pytest.raises(UnreadableInput, match="a source changed while it was read"):
        next(given)
    assert Frame.kept == 0
