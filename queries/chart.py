"""Charts: a Vega-Lite spec beside the report that feeds it, drawn as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ticketledger.models.errors import BadParameter, MissingExtra, nearest
from ticketledger.models.store import Store

from .cells import plain
from .failures import reading
from .output import human_duration
from .run import find_report, opened_report
from .session import in_zone
from .settings import Settings, uses_policies
from .statement import Statement
from .theme import config, painted

FORMS: Final = ("svg", "png")
"""Kinds of pictures."""

_SUFFIX = ".vl.json"


class Chart(BaseModel):
    """What a spec's `usermeta` tells of it. Unknown keys are errors.

    Attributes:
        place: where it stands on the page, from 1.
        title: what it shows.
        caption: how to read it.
        params: parameters of the report that the chart needs.
        columns: of the report, that are drawn; the page shows them as a table, too.
        series: the field that colours tell apart, for the page's legend.
        last: draw only so many rows, the last ones; None: all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: int
    title: str
    caption: str
    params: Annotated[dict[str, Any], Field(default_factory=dict)]
    columns: tuple[str, ...]
    series: str | None = None
    last: int | None = None


@cache
def charts() -> dict[str, tuple[Chart, dict[str, Any]]]:
    """Return every chart and its spec by the name of its report, in the order of the page.

    Raises:
        ValueError: a spec is not of this form; names the file.
    """
    folder = files(__package__) / "reports"
    found = {}
    for entry in folder.iterdir():
        if entry.name.endswith(_SUFFIX):
            spec = json.loads(entry.read_text("utf-8"))
            try:
                found[entry.name.removesuffix(_SUFFIX)] = (Chart(**spec.pop("usermeta")), spec)
            except (KeyError, TypeError, ValidationError) as exc:
                raise ValueError(f"{entry.name}: {exc}") from None
    return dict(sorted(found.items(), key=lambda item: item[1][0].place))


def find_chart(name: str) -> tuple[Statement, Chart, dict[str, Any]]:
    """Return a report, its chart and the chart's spec.

    Raises:
        UnknownReport: no report of that name.
        BadParameter: the report has no chart; names the nearest that has.
    """
    report = find_report(name)
    if name not in charts():
        hint = nearest(name, charts(), f"those with one: {', '.join(charts())}")
        raise BadParameter(f"report `{name}` has no chart", hint=hint)
    return report, *charts()[name]


def picture(
    store: Store,
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    form: str = "svg",
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> bytes:
    """Return the chart of a report on white paper, of one organisation.

    Args:
        store: an open store.
        name: of a report with a chart.
        params: as in `answer_report`; they override those of the chart.
        form: one of `FORMS`.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin.
        settings: opening hours, promises and classes of statuses; None: the defaults.

    Raises:
        UnknownReport, BadParameter: as `answer_report`; or no chart of that name, no such form, no
            rows, or rows of several organisations.
        MissingExtra: the drawing library is not installed.
    """
    report, chart, spec = find_chart(name)
    if form not in FORMS:
        raise BadParameter(f"`{form}` is no kind of picture", hint=f"one of {', '.join(FORMS)}")
    vl = drawing()
    opened = opened_report(
        store,
        name,
        {**chart.params, **(params or {})},
        known_at=known_at,
        timezone=timezone,
        settings=settings,
    )
    with opened as (con, _, given), reading(store):
        rows = con.sql(report.sql, params=given).to_arrow_table().to_pylist()
    orgs = sorted({row["org_id"] for row in rows})
    if not rows:
        needs_policies = uses_policies(report.sql) and not (settings and settings.policies)
        hint = "--sla FILE tells of promises" if needs_policies else ""
        raise BadParameter(f"report `{name}` has no rows to draw", hint=hint)
    if len(orgs) > 1:
        few = ", ".join(f"`{org}`" for org in orgs[:3])
        raise BadParameter(
            f"a chart shows one organisation, and there are {len(orgs)}",
            hint=f"--param org_id=…, for example {few}",
        )
    drawn = _rows(report, chart, rows)
    told = [f"As of {in_zone(given['as_of'], timezone)[:16].replace('T', ' ')} {timezone}"]
    if len(drawn) < len(rows):
        told.append(f"the last {len(drawn):,} of {len(rows):,}")
    paper = json.loads(painted(json.dumps({**spec, "config": config(), "background": "white"})))
    paper["title"] = {"text": chart.title, "subtitle": "; ".join(told), "anchor": "start"}
    paper["data"]["values"] = drawn  # after the painting: data is no name of a colour
    text = json.dumps(paper)
    if form == "svg":
        return str(vl.vegalite_to_svg(text)).encode()
    return bytes(vl.vegalite_to_png(text, scale=2))


def _rows(
    report: Statement, chart: Chart, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows that a chart draws, durations also as text for people (`…_text`)."""
    kept = [
        {name: plain(row[name]) for name in chart.columns}
        for row in (rows if chart.last is None else rows[-chart.last :])
    ]
    for name in chart.columns:
        if report.columns[name].unit == "s":
            for row in kept:
                took = row[name]
                row[f"{name}_text"] = "" if took is None else human_duration(took)
    return kept


def drawing() -> Any:
    """Return the drawing library.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module("vl_convert")
    except ImportError:
        raise MissingExtra("charts", "dashboard") from None
