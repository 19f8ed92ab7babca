"""`serve`: the page from loopback, which follows commits and answers filters, and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.errors import BadParameter
from ticketledger.models.store import open_store
from ticketledger.queries import Live, Settings, server

from .browser import browser

DEMO = ROOT / "data" / "demo"
ORG = "5b0f6c1e-8d24-4e9a-a7c3-1f2e3d4c5b6a"
OTHER = "e21d7a90-46bf-4c08-9b5e-7c6d5e4f3a2b"
LATE = "2026-03-week4.jsonl"


@dataclass(frozen=True)
class Served:
    """A running server and its ledger, which may grow."""

    ledger: ticketledger.Ledger
    port: int

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send one request; returns the answer and its content."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def figures(self, query: str) -> dict[str, Any]:
        """Return the answer to a question that is allowed."""
        answer, content = self.ask(f"/figures?{query}")
        assert answer.status == 200, content
        return dict(json.loads(content))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("served") / "ledger"
    ledger = ticketledger.open(root)
    ledger.ingest([path for path in sorted(DEMO.iterdir()) if path.name != LATE])
    settings = Settings.read(None, ROOT / "data" / "promises.toml", None)
    live = Live(open_store(root), timezone="UTC", settings=settings, version="1")
    with server(live, 0) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield Served(ledger, running.server_port)
        running.shutdown()
        thread.join()
        live.close()


def test_filters_are_answered_by_the_reports(served: Served) -> None:
    told = served.figures(f"org_id={ORG}&period=all&priority=3&label=VIP")
    given = {"org_id": ORG, "priority": 3, "label": "vip"}
    (row,) = served.ledger.report("ticket_summary", given, to="arrow").to_pylist()
    assert told["header"]["created"]["value"] == row["created"] > 0
    ages = served.ledger.report("ageing_buckets", given, to="arrow").to_pylist()
    table = told["tables"]["ageing_buckets"]
    place = table["columns"].index("tickets")
    assert sum(each[place] for each in table["rows"]) == sum(each["tickets"] for each in ages)
    nobody = served.figures(f"org_id={ORG}&period=all&assignee=")
    given = {"org_id": ORG, "assignee": ""}
    (row,) = served.ledger.report("ticket_summary", given, to="arrow").to_pylist()
    assert nobody["header"]["created"]["value"] == row["created"] > 0
    elsewhere = f"org_id={OTHER}&assignee=kenji%40tidewater.example"
    assert set(served.figures(elsewhere)) == {"page"}


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("org_id=x&period=2w", "`2w` is no period; one of 1w, 4w, 13w, all"),
        ("colour=red", "`colour` is no filter"),
        (f"org_id={ORG}&label=vipp", "no ticket ever had the label `vipp`; did you mean `vip`?"),
        ("period=1w", "no organisation is named"),
        ("org_id=&period=1w", "no ticket ever had the org_id ``"),
        ("org_id=%3Cscript%3E", "no ticket ever had the org_id `<script>`"),
    ],
)
def test_wrong_questions_get_one_line(served: Served, query: str, error: str) -> None:
    answer, content = served.ask(f"/figures?{query}")
    assert answer.status == 400
    assert error in json.loads(content)["error"]
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_it_answers_this_machine_only_and_never_writes(served: Served) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in served.ledger.root.rglob("*"))
    page, content = served.ask("/")
    policy = page.headers["Content-Security-Policy"]
    assert page.status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Access-Control-Allow-Origin"] is None
    head, nothing = served.ask("/", "HEAD")
    assert (head.headers["Content-Length"], nothing) == (str(len(content)), b"")
    assert served.ask("/", Host="evil.example")[0].status == 421
    assert served.ask("/figures?period=1w", Host=f"evil.example:{served.port}")[0].status == 421
    assert served.ask("/", Host="localhost")[0].status == 421
    assert served.ask("/commit", Host=f"localhost:{served.port}")[0].status == 200
    assert served.ask("/commit", **{"Sec-Fetch-Site": "cross-site"})[0].status == 421
    assert served.ask("//[")[0].status == 404
    assert served.ask("/../../etc/passwd")[0].status == 404
    refused, told = served.ask("/", "POST")
    assert (refused.status, json.loads(told)) == (501, {"error": "Unsupported method ('POST')"})
    assert refused.headers["Content-Security-Policy"].startswith("default-src 'none'")
    after = sorted((path, path.stat().st_mtime_ns) for path in served.ledger.root.rglob("*"))
    assert after == before


def test_a_taken_port_is_one_line(served: Served) -> None:
    live = Live(open_store(served.ledger.root), timezone="UTC", settings=None, version="1")
    with pytest.raises(BadParameter, match=f"cannot listen on port {served.port}") as caught:
        server(live, served.port)
    assert caught.value.hint == "--port 0 takes a free one"


def test_the_page_follows_a_commit_and_filters(served: Served) -> None:
    with browser() as chromium:
        opened = chromium(f"http://127.0.0.1:{served.port}/")
        assert opened.shown() == [ORG, "4w", {}]
        old = opened.page.text_content("#stamp")
        opened.page.fill("input[name=priority]", "3")
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_function(
            "() => JSON.parse(document.body.dataset.shown)[2].priority === '3'"
        )
        rows = opened.table("act_first")
        assert rows
        assert {row[3] for row in rows} == {"3"}
        note = opened.page.text_content("#section-hour_of_week .note")
        assert str(note).endswith("not filtered by priority.")
        opened.page.fill("input[name=priority]", "9")
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_function("() => document.getElementById('notice').textContent !== ''")
        notice = opened.page.text_content("#notice")
        assert str(notice).startswith("no ticket ever had the priority `9`")
        opened.page.fill("input[name=priority]", "")
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_function("() => document.getElementById('notice').textContent === ''")
        served.ledger.ingest([DEMO / LATE])
        opened.page.wait_for_function(
            "old => document.getElementById('stamp').textContent !== old", arg=old
        )
        told = "text => document.getElementById('notice').textContent.includes(text)"
        events, away = served.ledger.root / "events", served.ledger.root / "away"
        events.rename(away)
        opened.page.wait_for_function(told, arg="; the page shows what it was told last.")
        assert "does not answer" not in str(opened.page.text_content("#notice"))
        away.rename(events)
        opened.page.wait_for_function("() => document.getElementById('notice').textContent === ''")
        if IS_NIGHTLY:  # the same page as `dashboard` writes
            assert opened.violations() == []
        expected = ("400", "500")  # the wrong filter, and the ledger that was away
        bad = [each for each in opened.problems if not any(map(each.__contains__, expected))]
        assert bad == []
        assert {each.split("?")[0].rpartition("/")[2] for each in opened.requests} == {
            "",
            "commit",
            "figures",
        }
        assert all(each.startswith(f"http://127.0.0.1:{served.port}/") for each in opened.requests)


def test_a_session_survives_a_cache_that_is_folded_anew(served: Served) -> None:
    before = served.figures(f"org_id={ORG}&period=13w")
    served.ledger.refresh(rebuild=True)
    for path in (served.ledger.root / "derived").iterdir():
        if (
            path.is_dir()
            and path.name not in (served.ledger.root / "derived/current.json").read_text()
        ):
            shutil.rmtree(path)
    assert served.figures(f"org_id={ORG}&period=1w")["tables"]
    assert served.figures(f"org_id={ORG}&period=13w") == before


def test_a_ledger_that_was_loaded_anew_is_another_one(tmp_path: Path) -> None:
    root = tmp_path / "ledger"

    def load(ticket_id: str) -> None:
        line = {"event": "ticket.created", "org_id": "o", "timestamp": "2026-03-02T09:00:00Z"}
        export = tmp_path / "export.jsonl"
        export.write_text(json.dumps(line | {"data": {"ticket_id": ticket_id, "status": "open"}}))
        ticketledger.open(root).ingest([export])

    load("T-1")
    with closing(Live(open_store(root), timezone="UTC", settings=None, version="1")) as live:
        before, told = live.commit(), json.loads(live.answer({"org_id": "o"}))
        assert told["tables"]["act_first"]["rows"][0][0] == "T-1"
        shutil.rmtree(root)
        load("T-2")
        told = json.loads(live.answer({"org_id": "o"}))
        assert told["tables"]["act_first"]["rows"][0][0] == "T-2"
        assert live.commit() != before


def test_the_command_says_where_and_ends_with_ctrl_c(samples: ticketledger.Ledger) -> None:
    command = [sys.executable, "-m", "ticketledger", "serve", "--port", "0"]
    running = subprocess.Popen(
        [*command, "--ledger", os.fspath(samples.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr
    told = running.stderr.readline()
    assert told.startswith("http://127.0.0.1:")
    running.send_signal(signal.SIGINT)
    out, rest = running.communicate(timeout=60)
    assert (running.returncode, out, rest) == (0, "", "stopped\n")


def test_an_empty_ledger_is_served(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    live = Live(open_store(ledger.root), timezone="UTC", settings=None, version="1")
    assert b"The ledger has no events yet" in live.page().content
    assert json.loads(live.answer({"org_id": "o"})).keys() == {"page"}
