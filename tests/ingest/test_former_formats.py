"""Ledgers that each format left behind open, answer, verify and grow in this version.

`fixtures/format-N` was written by the first version of format N: two loads of pieces of the samples
(lines 1 to 30; 25 to 55 and a line that cannot be read), merged, then a third (from line 50 on).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import ticketledger
from tests.conftest import ROOT, SAMPLES
from ticketledger.ingest import verify
from ticketledger.models.layout import FORMAT
from ticketledger.models.store import open_store

from ..queries.answers import answers

FORMATS = sorted((ROOT / "tests" / "fixtures").glob("format-*"))
ASKED = (
    "tickets_all",
    "ticket_history",
    "ticket_changes",
    "ticket_gaps",
    "chats_all",
    "chat_history",
    "chat_members",
    "messages",
    "ticket_metrics",
)


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def former(request: pytest.FixtureRequest, tmp_path: Path) -> ticketledger.Ledger:
    """Return a copy of a ledger of a former or the present format."""
    folder: Path = request.param
    return ticketledger.open(shutil.copytree(folder, tmp_path / "former"))


def test_there_is_a_ledger_of_every_format() -> None:
    heads = [json.loads((folder / "ledger.json").read_text()) for folder in FORMATS]
    assert [head["format"] for head in heads] == list(range(1, FORMAT + 1))


def test_a_former_ledger_answers_like_one_that_is_loaded_now(
    former: ticketledger.Ledger, tmp_path: Path
) -> None:
    now = ticketledger.open(tmp_path / "now")
    now.ingest([SAMPLES])
    told = [answers(ledger, {view: view for view in ASKED}) for ledger in (former, now)]
    for view in ASKED:
        assert told[0][view].num_rows > 0
        assert told[0][view].equals(told[1][view]), view


def test_a_former_ledger_is_whole_and_grows(former: ticketledger.Ledger) -> None:
    assert list(verify(open_store(former.root))) == []
    stored = former.sql("SELECT count(*) AS n FROM events").item()
    again = former.ingest([SAMPLES])
    assert (again.accepted, again.duplicates + again.rejected) == (0, again.lines)
    assert former.replay().commits == []
    former.compact(everything=True, grace_s=0)
    assert list(verify(open_store(former.root))) == []
    assert former.sql("SELECT count(*) AS n FROM events").item() == stored
    assert former.sql("SELECT count(*) AS n FROM rejects").item() == 2
