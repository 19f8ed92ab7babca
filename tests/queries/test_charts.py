"""Charts: every spec is Vega-Lite that draws the columns of its report."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ticketledger
from tests.conftest import ROOT
from ticketledger.models.errors import LedgerError, MissingExtra
from ticketledger.queries import chart as drawing
from ticketledger.queries import charts, statements
from ticketledger.queries.theme import DARK, LIGHT, SERIES, config

REPORTS = statements("reports")
GIVEN: dict[str, Any] = {
    "sla": ROOT / "data" / "promises.toml",
    "calendar": ROOT / "data" / "hours.toml",
}
ORG = "5b0f6c1e-8d24-4e9a-a7c3-1f2e3d4c5b6a"


@pytest.fixture(scope="module")
def schema() -> Any:
    text = resources.files("altair.vegalite.v6.schema") / "vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(text.read_text("utf-8")))


@pytest.mark.parametrize("name", charts())
def test_every_spec_is_vega_lite(name: str, schema: Any) -> None:
    _, spec = charts()[name]
    schema.validate({**spec, "config": config(), "data": {**spec["data"], "values": []}})


@pytest.mark.parametrize("name", charts())
def test_no_instant_is_shown_in_the_zone_of_the_machine(name: str) -> None:
    """Local times come as if they were UTC; `timeFormat` would shift them once more."""
    _, spec = charts()[name]
    compiled = drawing.drawing().vegalite_to_vega({**spec, "config": config()})
    assert not re.findall(r"\btimeFormat\(|'time'|\"type\": \"time\"", json.dumps(compiled))


def test_a_wrong_spec_is_seen(schema: Any) -> None:
    _, spec = charts()["sla_compliance"]
    with pytest.raises(jsonschema.ValidationError):
        schema.validate({**spec, "mark": "bars"})


@pytest.mark.parametrize("name", charts())
def test_a_chart_has_columns_and_parameters_of_its_report(name: str) -> None:
    chart, spec = charts()[name]
    report = REPORTS[name]
    assert set(chart.columns) <= report.columns.keys()
    assert chart.params.keys() <= report.params.keys()
    assert spec["data"]["name"] == "rows"
    assert spec["description"]
    if chart.series:
        assert f'"field": "{chart.series}"' in json.dumps(spec)
        assert [each["name"] for each in spec["params"]] == ["hidden"]


def test_no_two_charts_stand_in_one_place() -> None:
    places = [chart.place for chart, _ in charts().values()]
    assert places == sorted(set(places))


def test_every_colour_is_of_both_themes() -> None:
    named = set(
        re.findall(r"var\(--(\w+)\)", json.dumps([config(), *charts().values()], default=str))
    )
    assert named <= LIGHT.keys() == DARK.keys()
    assert set(SERIES) <= named


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_can_be_told_from_the_page(theme: dict[str, str]) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    for ground in (theme["page"], theme["card"]):
        for name, colour in theme.items():
            least = 4.5 if name in ("ink", "faint", "accent") else 3
            if name not in ("page", "card", "line"):
                assert _contrast(colour, ground) >= least, (name, ground)


@pytest.mark.parametrize("name", charts())
def test_every_chart_is_drawn(name: str, demo: ticketledger.Ledger) -> None:
    drawn = demo.chart(name, {"org_id": ORG}, **GIVEN).decode()
    assert drawn.startswith("<svg")
    assert len(re.findall(r"<(?:path|rect|text|line|circle)\b", drawn)) > 30
    assert "var(--" not in drawn


def test_two_drawings_are_the_same_bytes(demo: ticketledger.Ledger) -> None:
    one, other = (demo.chart("cumulative_flow", {"org_id": ORG}) for _ in range(2))
    assert one == other


def test_a_picture_may_be_a_png(demo: ticketledger.Ledger) -> None:
    drawn = demo.chart("ageing_buckets", {"org_id": ORG}, form="png")
    assert drawn.startswith(b"\x89PNG")


def test_labels_of_hostile_text_stay_text(tmp_path: Path) -> None:
    ledger = ticketledger.open(tmp_path / "ledger")
    export = tmp_path / "e.jsonl"
    names = ("<script>alert(1)</script>&\u202e", "var(--evil)")
    lines = [
        {
            "event": "ticket.created",
            "org_id": "o",
            "data": {"ticket_id": name, "status": "open", "assignee": name},
            "timestamp": "2026-03-01",
        }
        for name in names
    ]
    export.write_text("\n".join(map(json.dumps, lines)))
    ledger.ingest([export])
    drawn = ledger.chart("assignee_workload").decode()
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "var(--evil)" in drawn


@pytest.mark.parametrize(
    ("name", "params", "form", "error", "hint"),
    [
        (
            "reopens",
            {},
            "svg",
            "report `reopens` has no chart",
            "those with one: backlog_over_time",
        ),
        ("reopen", {}, "svg", "no report named `reopen`", "did you mean `reopens`?"),
        ("hour_of_week", {}, "svg", "a chart shows one organisation, and there are 2", "org_id=…"),
        ("hour_of_week", {}, "gif", "`gif` is no kind of picture", "one of svg, png"),
        ("hour_of_week", {"from": "2031-01-01"}, "svg", "has no rows to draw", ""),
        ("sla_compliance", {}, "svg", "has no rows to draw", "--sla FILE tells of promises"),
        ("hour_of_week", {"grain": "day"}, "svg", "has no parameter `grain`", ""),
    ],
)
def test_wrong_requests(
    demo: ticketledger.Ledger, name: str, params: dict[str, Any], form: Any, error: str, hint: str
) -> None:
    with pytest.raises(LedgerError, match=re.escape(error)) as caught:
        demo.chart(name, params, form=form)
    assert hint in caught.value.hint


def test_without_the_library_one_line_says_what_to_install(
    demo: ticketledger.Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(drawing, "import_module", missing)
    with pytest.raises(MissingExtra, match="need a library that is not installed") as caught:
        demo.chart("hour_of_week", {"org_id": ORG})
    assert caught.value.hint == "pip install 'ticketledger[dashboard]'"
    with pytest.raises(MissingExtra, match="need a library that is not installed"):
        demo.dashboard()


def test_only_the_last_rows_of_a_long_report_are_drawn() -> None:
    report, chart, _ = drawing.find_chart("cycle_time_scatter")
    rows = [dict.fromkeys(report.columns) | {"ticket_id": str(n), "lead_s": n} for n in range(900)]
    drawn = drawing._rows(report, chart, rows)
    assert [row["ticket_id"] for row in drawn] == [str(n) for n in range(300, 900)]
    assert drawn[0]["lead_s_text"] == "5m 0s"
    assert drawn[0]["cycle_s_text"] == ""


def test_a_spec_without_its_usermeta_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "broken.vl.json").write_text('{"usermeta": {"place": 1}}')
    monkeypatch.setattr(drawing, "files", lambda package: tmp_path)
    charts.cache_clear()
    with pytest.raises(ValueError, match=r"broken\.vl\.json"):
        charts()
