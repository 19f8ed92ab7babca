"""What is dear is made once of a large ledger, and read by who asks the same again."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ticketledger
from tests.conftest import ROOT, SAMPLES
from ticketledger.models.errors import BadParameter, LedgerDamaged, LedgerUnwritable
from ticketledger.models.store import open_store
from ticketledger.queries import answers
from ticketledger.queries.answers import Answers, dear
from ticketledger.queries.figures import Figures, figures
from ticketledger.queries.generations import GRACE_S
from ticketledger.queries.periods import PERIODS
from ticketledger.queries.session import session
from ticketledger.queries.settings import Settings

HOURS = ROOT / "data" / "hours.toml"
PROMISES = ROOT / "data" / "promises.toml"
LATER = datetime(2031, 1, 1, tzinfo=UTC)

Ledger = ticketledger.Ledger


@pytest.fixture
def large(demo: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A copy of the demo that counts as large; nothing is kept of it."""
    shutil.copytree(demo.root, tmp_path / "ledger")
    monkeypatch.setattr(answers, "KEPT_FROM", 0)
    return ticketledger.open(tmp_path / "ledger")


@pytest.fixture
def kept_now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The views that are kept from now on; whoever looks empties the list."""
    seen: list[str] = []
    keep = Answers.keep

    def noted(self: Answers, kept_in: Path, write: Callable[[Path], None]) -> None:
        seen.append(kept_in.name.split(".")[1])
        keep(self, kept_in, write)

    monkeypatch.setattr(Answers, "keep", noted)
    yield seen


@contextmanager
def _as_small() -> Iterator[None]:
    """Keep no answers for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answers, "KEPT_FROM", 1 << 60)
        yield


def _folders(ledger: Ledger) -> list[Path]:
    return sorted((ledger.root / "derived").glob("*.*.*"))


def _ask(
    ledger: Ledger, view: str, as_of: datetime | None = None, statuses: Path | None = None
) -> pa.Table:
    settings = Settings.read(HOURS, PROMISES, statuses)
    with session(open_store(ledger.root), view, as_of=as_of, settings=settings) as con:
        return con.sql(f"FROM {view} ORDER BY ALL").to_arrow_table()


@pytest.mark.parametrize("view", sorted(dear()))
def test_who_asks_again_reads_the_same_rows(
    demo: Ledger, large: Ledger, kept_now: list[str], tmp_path: Path, view: str
) -> None:
    holds = tmp_path / "statuses.toml"
    holds.write_text('[statuses]\n[[statuses.on_hold]]\nstatus = "inprogress"\n')
    with _as_small():
        rows = _ask(demo, view, statuses=holds)
    assert len(rows) > 0
    assert kept_now == []
    assert _ask(large, view, statuses=holds) == rows
    assert view in kept_now
    kept_now.clear()
    assert _ask(large, view, statuses=holds) == rows
    assert kept_now == []


def test_reports_say_the_same(demo: Ledger, large: Ledger) -> None:
    for name in ("act_first", "resolution_times", "data_quality"):
        with _as_small():
            rows = demo.report(name, calendar=HOURS, sla=PROMISES, to="arrow")
        for _ in range(2):
            assert large.report(name, calendar=HOURS, sla=PROMISES, to="arrow") == rows, name


def _page(ledger: Ledger, timezone: str = "UTC") -> str:
    settings = Settings.read(HOURS, PROMISES, None)
    with figures(open_store(ledger.root), timezone=timezone, settings=settings) as asked:
        return json.dumps([asked.of(period) for period in PERIODS])


def test_answers_made_ahead_are_those_that_are_asked_for(
    demo: Ledger, large: Ledger, kept_now: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with _as_small():
        numbers = [_page(demo, zone) for zone in ("UTC", "Asia/Kolkata")]
    assert numbers[0] != numbers[1]
    ahead: dict[str, Any] = {"timezone": "Asia/Kolkata", "calendar": HOURS, "sla": PROMISES}
    large.refresh(answers=True, **ahead)
    assert set(kept_now) == dear() | {f"page_{period}" for period in PERIODS}
    kept_now.clear()
    for view in dear():
        _ask(large, view)
    large.report("sla_compliance", calendar=HOURS, sla=PROMISES)
    large.refresh(answers=True, **ahead)
    assert kept_now == []
    assert _page(large) == numbers[0]
    assert set(kept_now) == {f"page_{period}" for period in PERIODS}, "of another zone"
    monkeypatch.setattr(Figures, "_asked", None)
    monkeypatch.setattr(Figures, "con", None)
    assert [_page(large, zone) for zone in ("UTC", "Asia/Kolkata")] == numbers


def test_one_organisation_is_answered_from_the_numbers_of_all(
    demo: Ledger, large: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(demo.root)
    with _as_small(), figures(store) as asked:
        orgs = list(asked.of("4w"))
        numbers = {org_id: asked.of("4w", {"org_id": org_id}) for org_id in orgs}
    assert len(orgs) > 1
    with figures(open_store(large.root)) as asked:
        asked.of("4w")
    monkeypatch.setattr(Figures, "con", None)
    with figures(open_store(large.root)) as asked:
        for org_id in orgs:
            told = asked.of("4w", {"org_id": org_id})
            assert json.dumps(told) == json.dumps(numbers[org_id])


def test_damaged_numbers_of_the_page_are_asked_anew(large: Ledger) -> None:
    numbers = _page(large)
    (folder,) = (path for path in _folders(large) if ".page_4w." in path.name)
    file = folder / "numbers.json"
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    assert [Path(finding.path).name for finding in large.verify()] == ["numbers.json"]
    assert _page(large) == numbers
    assert large.verify() == []
    (folder / "told.json").write_bytes(b"{}")
    assert _page(large) == numbers


def test_settings_are_for_answers(large: Ledger) -> None:
    for given in ({"sla": PROMISES}, {"calendar": HOURS}, {"timezone": "Asia/Kolkata"}):
        with pytest.raises(BadParameter, match="made ahead"):
            large.refresh(**given)
    with pytest.raises(BadParameter, match="Nowhere"):
        large.refresh(answers=True, timezone="Nowhere")


def test_what_an_answer_hangs_on_makes_it_another(
    large: Ledger, kept_now: list[str], tmp_path: Path
) -> None:
    statuses = tmp_path / "statuses.toml"
    statuses.write_text('[statuses]\nactive = ["open"]\n')
    asked: list[Callable[[], pa.Table]] = [
        lambda: large.report("sla_compliance", sla=PROMISES, to="arrow"),
        lambda: large.report("sla_compliance", sla=PROMISES, calendar=HOURS, to="arrow"),
        lambda: large.report("sla_compliance", sla=PROMISES, statuses=statuses, to="arrow"),
        lambda: large.report("sla_compliance", {"as_of": LATER}, sla=PROMISES, to="arrow"),
    ]
    first = []
    for ask in asked:
        first.append(ask())
        assert "sla" in kept_now
        kept_now.clear()
    assert [ask() for ask in asked] == first
    assert kept_now == []
    assert all(one != other for one in first for other in first if one is not other)
    _ask(large, "ticket_holds", datetime(2026, 3, 9, tzinfo=UTC))  # of the log
    assert kept_now == []


def test_what_does_not_matter_makes_no_other(large: Ledger, kept_now: list[str]) -> None:
    large.report("ticket_metrics", calendar=HOURS)
    kept_now.clear()
    large.report("ticket_metrics", {"assignee": ""}, calendar=HOURS, timezone="Asia/Kolkata")
    large.report("ticket_metrics", calendar=HOURS, sla=PROMISES)
    assert kept_now == []


def test_a_load_makes_answers_old(large: Ledger, kept_now: list[str]) -> None:
    before = _ask(large, "ticket_talk")
    old = _folders(large)
    assert large.ingest([SAMPLES]).total.accepted > 0
    after = _ask(large, "ticket_talk")
    assert len(after) > len(before)
    assert kept_now == ["ticket_talk", "ticket_talk"]
    assert set(old) < set(_folders(large)), "a reader may have them open"
    long_ago = time.time() - 2 * GRACE_S
    for path in old:
        os.utime(path, (long_ago, long_ago))
    large.refresh(rebuild=True)
    assert not set(old) & set(_folders(large))
    assert _ask(large, "ticket_talk") == after


def test_the_oldest_of_many_settings_goes(large: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_SETTINGS", 2)
    made: list[Path] = []
    for day in range(1, 5):
        _ask(large, "ticket_talk", LATER.replace(day=day))
        made += [path for path in _folders(large) if path not in made]
        if day < 4:
            long_ago = time.time() - (9 - day) * GRACE_S
            os.utime(made[-1], (long_ago, long_ago))
    assert len(made) == 4
    assert set(_folders(large)) == set(made[2:])


@pytest.mark.parametrize("harm", ["lost", "cut", "untold"])
def test_what_is_not_whole_is_made_anew(large: Ledger, kept_now: list[str], harm: str) -> None:
    rows = _ask(large, "ticket_talk")
    (folder,) = _folders(large)
    file = folder / ("told.json" if harm == "untold" else "0.parquet")
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    else:
        file.unlink()
    assert bool(large.verify()) == (harm != "untold")
    kept_now.clear()
    assert _ask(large, "ticket_talk") == rows
    assert kept_now == ["ticket_talk"]
    assert large.verify() == []


def test_verify_finds_each_damaged_byte(large: Ledger) -> None:
    _ask(large, "ticket_metrics")
    (folder,) = (path for path in _folders(large) if ".ticket_metrics." in path.name)
    for file in folder.iterdir():
        whole = file.read_bytes()
        for place in range(0, len(whole), len(whole) // 7):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            (finding,) = large.verify()
            assert Path(finding.path) == file
            assert "refresh --rebuild" in finding.remedy
        file.write_bytes(whole)
    assert large.verify() == []


def test_where_nothing_may_be_written_it_is_made_each_time(
    large: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _ask(large, "ticket_talk")
    shutil.rmtree(_folders(large)[0])
    shutil.rmtree(large.root / "tmp", ignore_errors=True)
    (large.root / "tmp").write_text("no folder")
    assert _ask(large, "ticket_talk") == rows
    assert _ask(large, "ticket_metrics") == _ask(large, "ticket_metrics")
    assert _folders(large) == []


def test_a_full_disk_leaves_nothing_behind(large: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    rows = _ask(large, "ticket_talk")
    shutil.rmtree(_folders(large)[0])
    monkeypatch.setattr(answers, "sync_file", full)
    assert _ask(large, "ticket_talk") == rows
    assert _folders(large) == []
    assert not list((large.root / "tmp").iterdir())


def test_answers_that_cannot_be_kept_are_an_error(
    large: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(answers, "sync_file", full)
    with pytest.raises(LedgerUnwritable, match="No space left"):
        large.refresh(answers=True)


def test_two_that_ask_at_once_keep_one(large: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Answers.keep

    def twice(self: Answers, kept_in: Path, write: Callable[[Path], None]) -> None:
        keep(self, kept_in, write)
        inode = kept_in.stat().st_ino
        keep(self, kept_in, write)
        assert kept_in.stat().st_ino == inode, "the one that was first stays"

    monkeypatch.setattr(Answers, "keep", twice)
    rows = _ask(large, "ticket_talk")
    assert _ask(large, "ticket_talk") == rows
    assert len(_folders(large)) == 1


def test_what_verify_advises_makes_it_whole(large: Ledger) -> None:
    rows = _ask(large, "ticket_talk")
    (folder,) = _folders(large)
    file = folder / "0.parquet"
    file.write_bytes(file.read_bytes()[:-4] + b"none")
    (finding,) = large.verify()
    assert "refresh --rebuild" in finding.remedy
    large.refresh(rebuild=True)
    assert large.verify() == []
    assert _ask(large, "ticket_talk") == rows


def test_who_reads_an_answer_has_time_to(large: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_SETTINGS", 2)
    rows = _ask(large, "ticket_talk")
    (read,) = _folders(large)
    long_ago = time.time() - 9 * GRACE_S
    os.utime(read, (long_ago, long_ago))
    with session(open_store(large.root), "FROM ticket_talk") as con:
        for day in range(1, 4):
            _ask(large, "ticket_talk", LATER.replace(day=day))
        assert con.sql("FROM ticket_talk ORDER BY ALL").to_arrow_table() == rows


def test_no_room_for_spare_files_is_no_hindrance(
    large: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _ask(large, "ticket_metrics")
    for path in _folders(large):
        shutil.rmtree(path)
    monkeypatch.setattr(tempfile, "tempdir", str(large.root / "nowhere"))
    assert _ask(large, "ticket_metrics") == rows


def test_a_users_own_sql_reads_what_is_kept_and_keeps_nothing(
    large: Ledger, kept_now: list[str]
) -> None:
    query = "SELECT ticket_id, agent_messages AS findings FROM ticket_talk"
    rows = large.sql(query, to="arrow")
    assert kept_now == []
    _ask(large, "ticket_talk")
    (file,) = _folders(large)[0].glob("*.parquet")
    assert large.sql(query, to="arrow") == rows
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(LedgerDamaged) as told:
        large.sql(query, to="arrow")
    assert "refresh --rebuild" in told.value.hint
    large.refresh(rebuild=True)
    assert large.sql(query, to="arrow") == rows
