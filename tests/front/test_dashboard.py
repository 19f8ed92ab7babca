"""The page of charts in a real browser: what it shows, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import ticketledger
from tests.conftest import IS_NIGHTLY, ROOT
from ticketledger.models.errors import BadParameter
from ticketledger.queries import charts, statements
from ticketledger.queries.output import human_duration
from ticketledger.queries.shown import TABLE_ROWS, TABLES

from .browser import Opened, browser

GIVEN: dict[str, Any] = {
    "sla": ROOT / "data" / "promises.toml",
    "calendar": ROOT / "data" / "hours.toml",
    "timezone": "Europe/Berlin",
}
ORG = "5b0f6c1e-8d24-4e9a-a7c3-1f2e3d4c5b6a"
OTHER = "e21d7a90-46bf-4c08-9b5e-7c6d5e4f3a2b"
REPORTS = statements("reports")
Open = Callable[..., Opened]
SIZES = [(1400, "light"), (390, "dark"), *([(1280, "dark"), (390, "light")] if IS_NIGHTLY else [])]
"""A desk and a hand, by day and by night."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Open]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(
    chromium: Open, demo: ticketledger.Ledger, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(demo.dashboard(**GIVEN))
    return path


def test_the_page_stands_alone_and_is_accessible(chromium: Open, page: Path) -> None:
    for width, scheme in SIZES:
        opened = chromium(page, width, scheme)
        assert opened.shown() == [ORG, "4w", {}]
        assert opened.page.locator(".chart svg").count() == len(charts())
        opened.choose("4w" if IS_NIGHTLY else "1w")  # shorter tables are sooner checked
        opened.unfold()
        assert opened.violations() == [], scheme
        assert opened.clipped() == [], (width, scheme)
        assert not opened.is_scrolled_sideways()
        assert opened.problems == []
        assert opened.requests == [page.as_uri()]
        opened.page.close()
    assert page.stat().st_size < 2_000_000


def _since(weeks: int | None) -> str | None:
    """Midnight in Berlin as the first of so many weeks of days begins; the last is 1 April."""
    if weeks is None:
        return None
    day = datetime(2026, 4, 1, tzinfo=UTC) - timedelta(days=7 * weeks - 1)
    is_summer = day >= datetime(2026, 3, 29, 12, tzinfo=UTC)
    return f"{day:%Y-%m-%d}T00:00:00{'+02:00' if is_summer else '+01:00'}"


def _asked(demo: ticketledger.Ledger, name: str, weeks: int | None) -> list[dict[str, Any]]:
    """The rows that a section shall show."""
    params: dict[str, Any] = {"org_id": ORG}
    report, since = REPORTS[name], _since(weeks)
    if "from" in report.params and since:
        params["from"] = since
    if name in charts():
        params |= charts()[name][0].params
    rows: list[dict[str, Any]] = demo.report(name, params, to="arrow", **GIVEN).to_pylist()
    if name in TABLES:
        return rows[:TABLE_ROWS]
    last = charts()[name][0].last
    return rows if last is None else rows[-last:]


def _text(value: Any, column: Any, name: str) -> str:
    """A cell as the page writes it."""
    if value is None:
        return ""
    if column.unit == "s":
        return human_duration(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.type == "DOUBLE" and name.endswith(("_share", "_rate", "share", "coverage", "score")):
        return f"{100 * value:.1f} %"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


@pytest.mark.parametrize(("period", "weeks"), [("all", None)])
def test_every_number_is_that_of_its_report(
    chromium: Open, page: Path, demo: ticketledger.Ledger, period: str, weeks: int | None
) -> None:
    opened = chromium(page)
    opened.shown()
    opened.choose(period)
    for name in (*charts(), *TABLES):
        columns = charts()[name][0].columns if name in charts() else TABLES[name]
        told = [
            [_text(row[each], REPORTS[name].columns[each], each) for each in columns]
            for row in _asked(demo, name, weeks)
        ]
        assert opened.table(name) == told, name
        assert told, name
    params: dict[str, Any] = {"org_id": ORG, "from": _since(weeks)}
    (summary,) = demo.report("ticket_summary", params, to="arrow", **GIVEN).to_pylist()
    promises = demo.report("sla_compliance", params, to="arrow", **GIVEN).to_pylist()
    met, missed = (
        sum(sum(row[name] for name in names) for row in promises)
        for names in (("met",), ("breached", "active_breached"))
    )
    figures = opened.figures()
    assert figures.pop("last_event_at") == "2026-04-01"
    assert figures.pop("met_rate") == f"{100 * met / (met + missed):.1f} %"
    assert figures.pop("score") == "100.0 %"
    for name, text in figures.items():
        value = summary[name]
        assert text == (human_duration(value) if name.endswith("_s") else f"{value:,}"), name
    opened.page.close()


def _sum(rows: list[dict[str, Any]], *names: str) -> int:
    return sum(row[name] for row in rows for name in names)


def test_every_mark_is_drawn_from_its_number(
    chromium: Open, page: Path, demo: ticketledger.Ledger
) -> None:
    opened = chromium(page)
    opened.shown()
    rows = {name: _asked(demo, name, 4) for name in charts()}

    backlog = rows["backlog_over_time"]
    bars = opened.drawn("backlog_over_time", "rect")
    stacked = [each["closing"] for each in bars if "closing" in each]
    assert sorted(stacked) == sorted(row["closing"] for row in backlog)
    came = _sum(backlog, "created", "reopened", "restored")
    below = [each for each in bars if "closing" not in each]
    assert _sum(below, "arrivals") == came * 2  # once for the bar in, once for the bar out

    flow = opened.drawn("cumulative_flow", "area")
    wip = _sum(rows["cumulative_flow"], "wip")
    assert sum(each["high"] - each["low"] for each in flow) == wip

    points = opened.drawn("cycle_time_scatter", "symbol")
    assert {each["ticket_id"]: each["lead_s"] for each in points} == {
        row["ticket_id"]: row["lead_s"] for row in rows["cycle_time_scatter"]
    }
    times = rows["time_distribution"]
    bars = opened.drawn("time_distribution", "rect")
    assert _sum(bars, "tickets") == _sum(times, "done", "running", "cancelled")
    labels = [each["km_done_share"] for each in opened.drawn("time_distribution", "text")]
    assert sorted(labels) == sorted(row["km_done_share"] for row in times)

    promises = opened.drawn("sla_compliance", "rect")
    states = ("met", "breached", "active_breached", "active", "paused")
    assert _sum(promises, "promises") == _sum(rows["sla_compliance"], *states)

    hours = opened.drawn("hour_of_week", "rect")
    assert _sum(hours, "n") == _sum(rows["hour_of_week"], "created", "messages_in")

    ways = opened.drawn("status_transitions", "symbol")
    found = {(each["from_status"], each["to_status"]): each["events"] for each in ways}
    assert found == {
        (row["from_status"], row["to_status"]): row["events"] for row in rows["status_transitions"]
    }
    held = [
        each for each in opened.drawn("assignee_workload", "rect") if each["kind"] == "resolved"
    ]
    assert _sum(held, "n") == _sum(rows["assignee_workload"], "resolved")

    ages = opened.drawn("ageing_buckets", "rect")
    now = [each["sum_tickets"] for each in ages if "sum_tickets" in each]
    assert sum(now) == _sum(rows["ageing_buckets"], "tickets")
    opened.page.close()


def test_choices_and_keyboard(chromium: Open, page: Path, demo: ticketledger.Ledger) -> None:
    opened = chromium(page)
    opened.shown()
    resolved = len(opened.drawn("status_transitions", "symbol"))
    button = opened.page.locator("#section-status_transitions .legend button", has_text="reopened")
    button.focus()
    opened.page.keyboard.press("Space")
    opened.page.wait_for_timeout(300)
    assert button.get_attribute("aria-pressed") == "false"
    ways = opened.drawn("status_transitions", "symbol")
    assert len(ways) == resolved - 1
    assert not any(each["direction"] == "reopen" for each in ways)
    opened.page.select_option("#org", OTHER)
    opened.page.wait_for_function(
        "org => JSON.parse(document.body.dataset.shown)[0] === org", arg=OTHER
    )
    (row,) = demo.report(
        "ticket_summary", {"org_id": OTHER, "from": _since(4)}, to="arrow", **GIVEN
    ).to_pylist()
    assert opened.figures()["created"] == str(row["created"])
    assert opened.problems == []
    opened.page.close()


def test_on_paper_colours_are_light_and_controls_are_gone(chromium: Open, page: Path) -> None:
    opened = chromium(page, 1280, "dark")
    opened.shown()
    dark = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert dark == "rgb(20, 23, 27)"
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert not opened.page.locator("#choices").is_visible()
    assert opened.page.locator(".chart svg").first.is_visible()
    opened.page.close()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of one period without the library: soon made, for what needs no browser."""
    for room in ("periods", "dashboard"):
        monkeypatch.setattr(f"ticketledger.queries.{room}.PERIODS", {"all": None})
    library = SimpleNamespace(javascript_bundle=lambda: "")
    monkeypatch.setattr("ticketledger.queries.dashboard.drawing", lambda: library)


@pytest.mark.usefixtures("soon")
def test_two_pages_of_a_ledger_are_the_same_bytes(demo: ticketledger.Ledger) -> None:
    assert demo.dashboard(org_id=OTHER) == demo.dashboard(org_id=OTHER)


HOSTILE = (
    "<script>document.title='broken'</script>",
    "</script><img src=x onerror=document.title='broken'>",
    "\u202eright to left\u202c and \u05d0\u05d1",
    "w" * 300,
    "🎟️ 💬",
    "{{constructor.constructor('alert(1)')()}}",
    "var(--evil)",
    "__proto__",
)


def _written(folder: Path, tickets: list[dict[str, Any]]) -> ticketledger.Ledger:
    lines = [
        {
            "event": "ticket.created",
            "org_id": ticket.pop("org", "o"),
            "data": {"ticket_id": f"T-{number}", "status": "open", **ticket},
            "timestamp": f"2026-03-0{1 + number % 9}T10:00:00Z",
        }
        for number, ticket in enumerate(tickets)
    ]
    (folder / "e.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([folder / "e.jsonl"])
    return ledger


def _page(ledger: ticketledger.Ledger, folder: Path, **given: Any) -> Path:
    path = folder / "page.html"
    path.write_bytes(ledger.dashboard(**given))
    return path


def test_hostile_text_stays_text(chromium: Open, tmp_path: Path) -> None:
    tickets = [
        {"assignee": text, "ticket_id": text, "status": text if number % 2 else "open", "org": text}
        for number, text in enumerate(HOSTILE)
    ]
    same = [{"assignee": text, "ticket_id": f"{text}!"} for text in HOSTILE]
    ledger = _written(tmp_path, tickets + same)
    path = _page(ledger, tmp_path)
    opened = chromium(path, 390)
    opened.shown()
    opened.choose("all")
    opened.page.select_option("#org", "o")
    opened.page.wait_for_function("() => JSON.parse(document.body.dataset.shown)[0] === 'o'")
    opened.unfold()
    told = {row[0] for row in opened.table("assignee_workload")}
    assert told == set(HOSTILE)
    assert set(opened.page.locator("#org option").all_text_contents()) == {*HOSTILE, "o"}
    assert opened.page.title() == "Tickets"
    assert opened.page.locator("script").count() == 3
    assert opened.page.locator("img").count() == 0
    assert opened.violations() == []
    assert opened.clipped() == []
    assert not opened.is_scrolled_sideways()
    assert opened.problems == []
    assert opened.requests == [path.as_uri()]
    opened.page.close()


def test_an_empty_ledger_is_a_page_that_says_so(chromium: Open, tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    ledger.ingest([])
    opened = chromium(_page(ledger, tmp_path))
    opened.page.wait_for_load_state()
    assert opened.page.text_content("#notice") == (
        "The ledger has no events yet: there is nothing to show."
    )
    assert opened.violations() == []
    assert opened.problems == []
    opened.page.close()


@pytest.mark.usefixtures("soon")
def test_a_page_of_a_time_without_tickets_says_so(tmp_path: Path) -> None:
    ledger = _written(tmp_path, [{}])
    told = ledger.dashboard(as_of=datetime(2020, 1, 1, tzinfo=UTC)).decode()
    assert "There was no ticket then: there is nothing to show." in told


def test_a_zone_that_is_none_is_one_line(tmp_path: Path) -> None:
    ledger = _written(tmp_path, [{}])
    with pytest.raises(BadParameter, match="no time zone named `mars`"):
        ledger.dashboard(timezone="mars")


def test_one_ticket_and_two_hundred_assignees(chromium: Open, tmp_path: Path) -> None:
    many = [{"assignee": f"agent{n}@example.com", "org": "many"} for n in range(200)]
    ledger = _written(
        tmp_path,
        [*many, {"org": "one", "assignee": "solo@example.com", "due_date": "9999-12-31T23:59:59Z"}],
    )
    opened = chromium(_page(ledger, tmp_path))
    assert opened.shown()[0] == "many"
    assert len(opened.table("assignee_workload")) == 200
    assert len({each["who"] for each in opened.drawn("assignee_workload", "rect")}) == 20
    assert opened.figures()["overdue"] == "0"
    assert opened.figures()["met_rate"] == "–"
    text = opened.page.text_content("#section-sla_at_risk .note")
    assert text == "No promises are known: --sla FILE tells them."
    opened.page.select_option("#org", "one")
    opened.page.wait_for_function("() => JSON.parse(document.body.dataset.shown)[0] === 'one'")
    assert [row[0] for row in opened.table("act_first")] == ["T-200"]
    assert "no ticket of this organisation" in str(
        opened.page.text_content("#section-cycle_time_scatter .note")
    )
    assert opened.violations() == []
    assert opened.problems == []
    opened.page.close()


@pytest.mark.usefixtures("soon")
def test_organisations_beyond_the_budget_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = _written(tmp_path, [{"org": f"o{n % 3}"} for n in range(7)])
    monkeypatch.setattr("ticketledger.queries.dashboard.BUDGET", 1)
    told = ledger.dashboard().decode()
    assert "The page has room for 1 of 3 organisations" in told
    alone = ledger.dashboard(org_id="o2").decode()
    assert "room for" not in alone
    assert '"orgs":["o2"]' in alone
