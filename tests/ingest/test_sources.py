"""What the user names: files of every name, folders, patterns, links, pipes."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import ticketledger
from ticketledger.ingest.sources import find
from ticketledger.models.errors import UnreadableInput

from .made import ROOT, fingerprint, footers, line, lines, load, stored, stored_rejects


def _names(folder: Path) -> list[str]:
    return [source.name.removeprefix(f"{folder}/") for source in find([str(folder)]).sources]


STRANGE_NAMES = (
    "star*.jsonl",
    "*.jsonl",
    "[a-z].jsonl",
    "[.jsonl",
    "what?.jsonl",
    "quote'.jsonl",
    'double".jsonl',
    "new\nline.jsonl",
    "-dash.jsonl",
    "--help.jsonl",
    " space .jsonl",
    "naïve 🙏.jsonl",
    "back\\slash.jsonl",
    "{a,b}.jsonl",
    "$HOME.jsonl",
    "semi;colon.jsonl",
    "percent%20.jsonl",
    "a=b.jsonl",
    os.fsdecode(b"not-utf8-\xff\xfe.jsonl"),
)


@pytest.mark.parametrize("name", STRANGE_NAMES, ids=lambda name: ascii(name))
@pytest.mark.parametrize("by", ["folder", "relative"])
def test_a_file_of_any_name_is_read(
    tmp_path: Path, name: str, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / name).write_bytes(lines(2) + b"bad\n")
    (folder / "other.txt").write_bytes(lines(5))
    monkeypatch.chdir(folder)
    named = str(folder) if by == "folder" else name
    outcome = load(tmp_path / "ledger", named)
    assert (outcome.accepted, outcome.rejected) == (2, 1)
    sources = {row["source"] for row in stored(tmp_path / "ledger")}
    assert sources == {row["source"] for row in stored_rejects(tmp_path / "ledger")}
    (source,) = sources
    source.encode("utf-8")


@pytest.mark.parametrize("name", ["new\nline.jsonl", os.fsdecode(b"not-utf8-\xff.jsonl")])
def test_the_views_show_a_file_of_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(lines(1))
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([tmp_path / name])
    answer = ledger.sql("SELECT source FROM events UNION ALL SELECT source FROM loads", to="arrow")
    first, second = answer.column(0).to_pylist()
    assert first == second


def test_files_whose_names_print_the_same_are_two_sources(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "\\xff.jsonl").write_bytes(lines(1) + b"bad\n")
    (folder / os.fsdecode(b"\xff.jsonl")).write_bytes(lines(2, first=2) + b"worse\n")
    outcome = load(tmp_path / "ledger", folder)
    assert (outcome.accepted, outcome.rejected) == (3, 2)


def test_a_folder_gives_its_json_files_sorted_and_recursively(tmp_path: Path) -> None:
    for name in (
        "b.jsonl",
        "a.json",
        "sub/c.NDJSON",
        "sub/deep/d.jsonl.gz",
        "e.json.zst",
        "f.jsonl.zstd",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    names = _names(tmp_path)
    assert sorted(names) == [
        "a.json",
        "b.jsonl",
        "e.json.zst",
        "f.jsonl.zstd",
        "sub/c.NDJSON",
        "sub/deep/d.jsonl.gz",
    ]
    assert names == _names(tmp_path)


def test_names_that_are_no_json_are_passed_over_and_told(tmp_path: Path) -> None:
    for name in ("readme.md", "a.jsonl.bak", "json", "b.json.xz", "c.jsonl"):
        (tmp_path / name).touch()
    found = find([str(tmp_path)])
    assert [source.name for source in found.sources] == [str(tmp_path / "c.jsonl")]
    assert [Path(path).name for path, _ in found.skipped] == [
        "a.jsonl.bak",
        "b.json.xz",
        "json",
        "readme.md",
    ]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in (".hidden.jsonl", ".git/config.json", "sub/.cache/x.jsonl", "sub/seen.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert _names(tmp_path) == ["sub/seen.jsonl"]


def test_what_a_folder_hides_or_links_to_is_told(tmp_path: Path) -> None:
    far, near = tmp_path / "far", tmp_path / "near"
    for folder in (far, near):
        folder.mkdir()
        (folder / "a.jsonl").touch()
    (near / "linked").symlink_to(far)
    (near / ".hidden.jsonl").touch()
    (near / ".notes").touch()
    found = find([str(near)])
    assert [Path(source.name).name for source in found.sources] == ["a.jsonl"]
    assert [Path(path).name for path, _ in found.skipped] == ["linked", ".hidden.jsonl"]


def test_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UnreadableInput, match="standard input is closed"):
        load(tmp_path / "ledger", "-")


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    (tmp_path / ".hidden.jsonl").write_bytes(lines(1))
    assert load(tmp_path / "ledger", tmp_path / ".hidden.jsonl").accepted == 1


def test_the_ledger_itself_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "export.jsonl").write_bytes(lines(1))
    load(tmp_path / "ledger", tmp_path / "export.jsonl")
    outcome = load(tmp_path / "ledger", tmp_path)
    assert (outcome.duplicates, outcome.rejected) == (1, 0)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.jsonl", ["a.jsonl", "b.jsonl"]),
        ("[ab].jsonl", ["a.jsonl", "b.jsonl"]),
        ("?.txt", ["c.txt"]),
        ("**/*.jsonl", ["a.jsonl", "b.jsonl", "sub/d.jsonl"]),
        ("s*", ["sub/d.jsonl"]),
    ],
)
def test_a_pattern_gives_what_it_matches(tmp_path: Path, pattern: str, names: list[str]) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.jsonl", "b.jsonl", "c.txt", "sub/d.jsonl"):
        (tmp_path / name).touch()
    found = find([f"{tmp_path}/{pattern}"]).sources
    assert [source.name for source in found] == [str(tmp_path / name) for name in names]


def test_a_file_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_bytes(lines(2))
    outcome = load(tmp_path / "ledger", "a.jsonl", "./a.jsonl", "*.jsonl")
    assert (outcome.lines, outcome.accepted) == (2, 2)


def test_a_file_under_two_names_is_stored_once(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(2))
    (tmp_path / "b.jsonl").symlink_to("a.jsonl")
    outcome = load(tmp_path / "ledger", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert (outcome.accepted, outcome.duplicates) == (2, 2)


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.jsonl").touch()
    (tmp_path / "sub" / "up").symlink_to("..")
    (tmp_path / "self").symlink_to("self")
    assert _names(tmp_path) == ["sub/a.jsonl"]


@pytest.mark.parametrize("target", ["nowhere.jsonl", "link.jsonl"])
def test_a_link_that_leads_nowhere_is_refused_by_name(tmp_path: Path, target: str) -> None:
    (tmp_path / "link.jsonl").symlink_to(target)
    with pytest.raises(UnreadableInput, match=r"link\.jsonl"):
        find([str(tmp_path / "link.jsonl")])


@pytest.mark.parametrize("target", ["nowhere.jsonl", "link.jsonl"])
def test_a_link_that_leads_nowhere_in_a_folder_is_no_crash(tmp_path: Path, target: str) -> None:
    (tmp_path / "a.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to(target)
    try:
        found = find([str(tmp_path)])
    except UnreadableInput as exc:
        assert "link.jsonl" in str(exc)
    else:
        assert [Path(source.name).name for source in found.sources] == ["a.jsonl"]
        assert [Path(path).name for path, _ in found.skipped] == ["link.jsonl"]


@pytest.mark.parametrize("missing", ["missing.jsonl", "missing/*.jsonl", "no/such/folder/", ""])
def test_a_missing_path_stops_the_load_before_it_begins(
    tmp_path: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.jsonl").write_bytes(lines(1))
    name = f"{tmp_path}/{missing}" if missing else ""
    with pytest.raises(UnreadableInput) as caught:
        ticketledger.open(tmp_path / "ledger").ingest([tmp_path / "good.jsonl", name])
    assert caught.value.exit_code == 2
    assert not (tmp_path / "ledger").exists()


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    outcome = load(tmp_path / "ledger", tmp_path / "empty.jsonl")
    assert (outcome.lines, outcome.commits, stored(tmp_path / "ledger")) == (0, [], [])


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = lines(3) + line(4)

    def write() -> None:
        with pipe.open("wb", buffering=0) as sink:
            for at in range(0, len(content), 100):
                sink.write(content[at : at + 100])

    writer = threading.Thread(target=write)
    writer.start()
    outcome = load(tmp_path / "ledger", pipe)
    writer.join()
    assert outcome.accepted == 4


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "a.jsonl").touch()
    assert _names(tmp_path) == ["a.jsonl"]


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input_is_a_source(tmp_path: Path, packed: bool) -> None:
    content = lines(2) + b"bad\n" + line(3)
    command = [sys.executable, "-m", "ticketledger", "ingest", "-", "--json"]
    done = subprocess.run(
        [*command, "--ledger", str(tmp_path / "ledger")],
        input=gzip.compress(content) if packed else content,
        capture_output=True,
        cwd=ROOT,
    )
    counts = json.loads(done.stdout)
    assert done.returncode == 3
    assert (counts["accepted"], counts["rejected"]) == (3, 1)
    assert b":3:" in done.stderr


def test_the_footer_has_size_and_hash_of_the_file_as_it_is_on_disk(tmp_path: Path) -> None:
    for name, content in (("a.jsonl", lines(2)), ("b.gz", gzip.compress(lines(2, first=3)))):
        (tmp_path / name).write_bytes(content)
    load(tmp_path / "ledger", tmp_path / "a.jsonl", tmp_path / "b.gz")
    (commit,) = footers(tmp_path / "ledger")
    for source in commit["sources"]:
        content = Path(source["source"]).read_bytes()
        assert source["size_bytes"] == len(content)
        assert source["sha256"] == hashlib.sha256(content).hexdigest()


def test_sources_are_never_written(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines(2) + b"bad")
    before = fingerprint(folder)
    load(tmp_path / "ledger", folder)
    assert fingerprint(folder) == before
