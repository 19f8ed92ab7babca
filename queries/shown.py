"""What the page shows of the rows of its reports: the figures on top, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from .cells import plain, values
from .chart import charts

TABLES: Final = {
    "act_first": (
        "ticket_id",
        "reasons",
        "status",
        "priority",
        "assignee",
        "age_s",
        "waiting_s",
        "overdue_s",
        "broken_promises",
        "next_breach_at",
    ),
    "sla_at_risk": (
        "ticket_id",
        "policy",
        "state",
        "status",
        "priority",
        "assignee",
        "elapsed_s",
        "target_s",
        "remaining_s",
        "breach_at",
        "paused_reason",
    ),
}
"""Reports that the page shows as a table only, and which columns of them."""

TABLE_ROWS: Final = 25
"""How many rows of these are shown, the first ones."""


def of_org(rows: pa.Table, org_id: str) -> pa.Table:
    """Return the rows of one organisation."""
    return rows.filter(pc.equal(rows.column("org_id"), org_id))


def shown(name: str, rows: pa.Table) -> dict[str, Any]:
    """The columns and rows that the page shows of a report, and how many rows there are."""
    if name in TABLES:
        columns, kept = TABLES[name], rows.slice(0, TABLE_ROWS)
    else:
        chart, _ = charts()[name]
        columns = chart.columns
        kept = rows if chart.last is None else rows.slice(max(len(rows) - chart.last, 0))
    told = [[plain(value) for value in values(kept.column(each))] for each in columns]
    excluded = "tickets_excluded" in rows.column_names and len(rows) > 0
    return {
        "columns": columns,
        "rows": [list(row) for row in zip(*told, strict=True)],
        "total": len(rows),
        "excluded": rows.column("tickets_excluded")[0].as_py() if excluded else None,
    }


def header_of(now: Mapping[str, pa.Table], then: Mapping[str, pa.Table]) -> dict[str, Any]:
    """The figures on top, each with what it was in the period before; None: nothing to tell."""
    summary, earlier = row_of(now["ticket_summary"]), row_of(then.get("ticket_summary"))
    quality = row_of(now["completeness"])
    told = {
        name: {"value": summary.get(name), "before": None} for name in ("unresolved", "overdue")
    }
    for name in (
        "created",
        "resolutions_tickets",
        "reopens",
        "median_first_reply_s",
        "median_full_resolution_s",
    ):
        told[name] = {"value": summary.get(name), "before": earlier.get(name)}
    kept = [_met_rate(each.get("sla_compliance")) for each in (now, then)]
    told["met_rate"] = {"value": kept[0], "before": kept[1]}
    told["score"] = {"value": quality.get("score"), "before": None}
    return told


def row_of(rows: pa.Table | None) -> dict[str, Any]:
    """Return the only row of a report; empty when there is none."""
    return rows.to_pylist()[0] if rows else {}


def _met_rate(rows: pa.Table | None) -> float | None:
    """The share of all promises that were kept, of those that were or were not."""
    if rows is None:
        return None
    met, *broken = (
        sum(rows.column(name).to_pylist()) for name in ("met", "breached", "active_breached")
    )
    return met / (met + sum(broken)) if met + sum(broken) else None
