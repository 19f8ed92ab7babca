"""Compressed exports: recognised by content, joined, and read up to the damage."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from .made import ROOT, footers, line, lines, load, stored, stored_rejects, zstd

PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd}
MIXED = "".join(chr(33 + (n * n * 7 + n * 31) % 90) for n in range(4000))  # packs badly

packers = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def _ids(root: Path) -> set[str]:
    return {row["ticket_id"] for row in stored(root)}


def _tickets(count: int) -> set[str]:
    return {f"T-{number}" for number in range(1, count + 1)}


def _codes(root: Path) -> list[str]:
    return [row["code"] for row in stored_rejects(root)]


@pytest.mark.parametrize(
    "name", ["export.jsonl.gz", "export.zst", "export.jsonl", "export", "a.gz"]
)
@packers
def test_compression_is_seen_in_the_content_whatever_the_name(
    tmp_path: Path, pack: Callable[[bytes], bytes], name: str
) -> None:
    (tmp_path / name).write_bytes(pack(lines(3)))
    outcome = load(tmp_path / "ledger", tmp_path / name)
    assert (outcome.accepted, outcome.rejected) == (3, 0)


@pytest.mark.parametrize("name", ["export.jsonl.gz", "export.jsonl.zst"])
def test_plain_text_under_a_compressed_name_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(lines(3))
    assert load(tmp_path / "ledger", tmp_path / name).accepted == 3


@packers
def test_concatenated_streams_are_one_source(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    half = line(2)[:40]
    parts = [lines(1), half, line(2)[40:] + b"\n", b"", lines(2, first=3)]
    (tmp_path / "joined").write_bytes(b"".join(map(pack, parts)))
    outcome = load(tmp_path / "ledger", tmp_path / "joined")
    assert (outcome.accepted, outcome.rejected) == (4, 0)


def test_frames_of_zstd_without_content_are_passed_over(tmp_path: Path) -> None:
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
    packed = skipped + zstd(lines(2)) + skipped + zstd(lines(2, first=3)) + skipped
    (tmp_path / "a.jsonl.zst").write_bytes(packed)
    outcome = load(tmp_path / "ledger", tmp_path / "a.jsonl.zst")
    assert (outcome.accepted, outcome.rejected) == (4, 0)


@packers
def test_more_than_one_block_comes_out_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    content = b"".join(line(n, subject=f"{n} {MIXED}") + b"\n" for n in range(1, 601))
    assert len(content) > 2 << 20
    (tmp_path / "big").write_bytes(pack(content))
    outcome = load(tmp_path / "ledger", tmp_path / "big")
    assert (outcome.accepted, outcome.rejected) == (600, 0)


@packers
def test_a_compressed_nothing_is_nothing(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "empty.gz").write_bytes(pack(b""))
    outcome = load(tmp_path / "ledger", tmp_path / "empty.gz")
    assert (outcome.lines, outcome.commits) == (0, [])


@packers
def test_lines_of_the_whole_streams_before_a_cut_one_land(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "cut").write_bytes(pack(lines(20)) + pack(lines(20, first=21))[:-9])
    outcome = load(tmp_path / "ledger", tmp_path / "cut")
    assert _tickets(20) <= _ids(tmp_path / "ledger")
    assert _codes(tmp_path / "ledger").count("corrupt_compression") == 1
    assert outcome.accepted >= 20


@pytest.mark.parametrize("count", [50, 20_000])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_every_line_before_the_cut_of_a_gzip_stream_lands(
    tmp_path: Path, count: int, share: float
) -> None:
    content = b"".join(b'{"n":%d}\n' % number for number in range(count))
    good = line(1) + b"\n" + content
    packed = gzip.compress(good)
    packed = packed[: int(len(packed) * share)]
    decoded = zlib.decompressobj(wbits=31).decompress(packed)
    (tmp_path / "cut.gz").write_bytes(packed)
    outcome = load(tmp_path / "ledger", tmp_path / "cut.gz")
    whole = decoded.count(b"\n")
    assert outcome.accepted == min(whole, 1)
    assert outcome.lines in (whole + 1, whole + 2)  # and the rest of a line, and the damage
    assert _codes(tmp_path / "ledger").count("corrupt_compression") == 1


@pytest.mark.parametrize("missing", [1, 4, 8])
def test_a_gzip_stream_without_its_last_bytes_gives_all_lines_and_one_refusal(
    tmp_path: Path, missing: int
) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(lines(5))[:-missing])
    outcome = load(tmp_path / "ledger", tmp_path / "cut.gz")
    assert (outcome.accepted, outcome.rejected) == (5, 1)
    assert _codes(tmp_path / "ledger") == ["corrupt_compression"]


def test_a_gzip_stream_with_a_wrong_checksum_gives_all_lines_and_one_refusal(
    tmp_path: Path,
) -> None:
    packed = bytearray(gzip.compress(lines(5)))
    packed[-6] ^= 1
    (tmp_path / "flipped.gz").write_bytes(packed)
    outcome = load(tmp_path / "ledger", tmp_path / "flipped.gz")
    assert (outcome.accepted, outcome.rejected) == (5, 1)


@pytest.mark.parametrize("junk", [b"junk", b'{"event":"x"}', b"\x1f\x8b", b"\x28\xb5\x2f\xfd\xff"])
@packers
def test_junk_after_a_compressed_stream_is_one_refusal(
    tmp_path: Path, pack: Callable[[bytes], bytes], junk: bytes
) -> None:
    (tmp_path / "tail").write_bytes(pack(lines(5)) + junk)
    outcome = load(tmp_path / "ledger", tmp_path / "tail")
    assert outcome.accepted == 5
    assert _codes(tmp_path / "ledger") == ["corrupt_compression"]


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
@packers
def test_a_flipped_bit_never_stops_the_load(
    tmp_path: Path, pack: Callable[[bytes], bytes], place: float
) -> None:
    packed = bytearray(pack(lines(200)))
    packed[int(len(packed) * place)] ^= 0x10
    (tmp_path / "flipped").write_bytes(packed)
    (tmp_path / "good").write_bytes(lines(1, first=1000))
    outcome = load(tmp_path / "ledger", tmp_path / "flipped", tmp_path / "good")
    assert "T-1000" in _ids(tmp_path / "ledger")
    assert _codes(tmp_path / "ledger").count("corrupt_compression") <= 1
    assert sum(each["lines"] for each in footers(tmp_path / "ledger")[0]["sources"]) == (
        outcome.lines
    )


@packers
def test_each_damaged_file_is_among_the_rejects(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(pack(lines(5))[:-3])
    load(tmp_path / "ledger", tmp_path / "one", tmp_path / "two")
    sources = {Path(row["source"]).name for row in stored_rejects(tmp_path / "ledger")}
    assert sources == {"one", "two"}


@packers
def test_a_compressed_file_loaded_again_plain_adds_nothing(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    sample = (ROOT / "tests" / "fixtures" / "samples.jsonl").read_bytes()
    (tmp_path / "packed").write_bytes(pack(sample))
    (tmp_path / "plain").write_bytes(sample)
    first = load(tmp_path / "ledger", tmp_path / "packed")
    again = load(tmp_path / "ledger", tmp_path / "plain")
    assert (first.accepted, first.duplicates, first.rejected) == (67, 1, 1)
    assert (again.accepted, again.commits) == (0, [])
