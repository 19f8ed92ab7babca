"""`dashboard`: the page of charts as one file that needs no network and trusts no data in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from string import Template
from typing import Any, Final

from ticketledger.models.store import Store

from .chart import charts, drawing
from .figures import Figures, figures
from .filters import COMMON_FILTERS
from .library import library
from .periods import PERIODS
from .run import checked, find_report
from .session import in_zone
from .settings import Settings, uses_policies
from .shown import TABLES
from .theme import config, css

BUDGET: Final = 1_000_000
"""Bytes of figures in a page: organisations beyond it are left out and named."""

_PERIOD_TITLES: Final = {"1w": "1 week", "4w": "4 weeks", "13w": "13 weeks", "all": "all"}

_HEADER: Final = (
    ("unresolved", "Unresolved", "", "ticket_summary"),
    ("overdue", "Overdue", "", "ticket_summary"),
    ("created", "Created", "", "ticket_summary"),
    ("resolutions_tickets", "Closed", "", "ticket_summary"),
    ("reopens", "Reopened", "", "ticket_summary"),
    ("median_first_reply_s", "First reply, median", "s", "ticket_summary"),
    ("median_full_resolution_s", "Resolution, median", "s", "ticket_summary"),
    ("met_rate", "SLA met", "share", "sla_compliance"),
    ("score", "Completeness", "share", "completeness"),
)
"""Figures on top: column, title, kind, and the report whose column it is."""


def dashboard_page(
    store: Store,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    org_id: str | None = None,
    settings: Settings | None = None,
    version: str = "",
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> bytes:
    """Return the page: same ledger and arguments, same bytes.

    Args:
        store: an open store.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin.
        org_id: only this organisation; None: the largest ones, up to `BUDGET`.
        settings: opening hours, promises and classes of statuses; None: the defaults.
        version: of ticketledger.
        progress: told how many steps of how many are done.

    Raises:
        BadParameter: no such time zone or organisation.
        MissingExtra: the drawing library is not installed.
        LedgerDamaged: a commit could not be read.
    """
    drawing()
    steps = len(PERIODS) + 2
    progress(0, steps)
    filters: dict[str, object] = {} if org_id is None else {"org_id": org_id}
    checked(store, filters)
    found = {}
    with figures(
        store, as_of=as_of, known_at=known_at, timezone=timezone, settings=settings
    ) as asked:
        told = stamp(asked, version)
        for number, period in enumerate(PERIODS, 1):
            progress(number, steps)
            found[period] = asked.of(period, filters)
    progress(steps - 1, steps)
    by_org = {
        org: {period: found[period][org] for period in PERIODS} for org in _by_size(found["all"])
    }
    tables, chosen = _packed(by_org)
    left_out = len(by_org) - len(chosen)
    page: dict[str, Any] = {
        **frame(settings or Settings()),
        **told,
        "orgs": list(chosen),
        "figures": chosen,
        "tables": tables,
        "live": False,
    }
    if told["as_of"] and not chosen:
        page["notice"] = "There was no ticket then: there is nothing to show."
    if left_out:
        page["notice"] = (
            f"The page has room for {len(chosen)} of {len(by_org)} organisations, those with the"
            " most tickets; --org ID makes a page of one."
        )
    made = render(page).content
    progress(steps, steps)
    return made


def frame(settings: Settings) -> dict[str, Any]:
    """Return what the page says of its sections, whatever the ledger holds."""
    return {
        "period": "4w",
        "periods": [{"name": name, "title": _PERIOD_TITLES[name]} for name in PERIODS],
        "header": [
            {
                "name": name,
                "title": title,
                "kind": kind,
                "help": find_report(report).columns[name].help,
            }
            for name, title, kind, report in _HEADER
        ],
        "sections": _sections(settings),
        "config": config(),
    }


def stamp(asked: Figures, version: str) -> dict[str, Any]:
    """Return what the page says of the ledger it was made from."""
    until = in_zone(asked.as_of, asked.timezone) or None
    known = in_zone(asked.known_at, asked.timezone)
    told = f"Times in {asked.timezone}; built from commit {asked.commit} by ticketledger {version}."
    if known:
        told += f" Only what was loaded by {known[:16].replace('T', ' ')} is believed."
    return {
        "as_of": until,
        "stamp": f"As of {until[:16].replace('T', ' ')}. {told}" if until else told,
        "source": f"Ledger hash {asked.ledger_hash}. Every figure is a report of ticketledger;"
        " `ticketledger drill` names the tickets behind it.",
        "notice": "" if until else "The ledger has no events yet: there is nothing to show.",
    }


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the content security policy it was made for."""

    content: bytes
    policy: str


def render(page: Mapping[str, Any], connect: str = "'none'") -> Page:
    """Return the file of a page; nothing in it runs but the scripts that its policy names.

    Args:
        page: what `page.js` draws.
        connect: where it may ask for more, as the policy spells it.
    """
    here = files(__package__) / "page"
    style = css() + (here / "page.css").read_text("utf-8")
    drawn = library().replace("</script", "<\\/script")
    script = (here / "page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; script-src {_hash(drawn)} {_hash(script)};"
        f" style-src {_hash(style)}; img-src data:; connect-src {connect}; base-uri 'none';"
        " form-action 'none'"
    )
    text = Template((here / "page.html").read_text("utf-8")).substitute(
        policy=policy, style=style, page=_in_html(page), library=drawn, script=script
    )
    return Page(text.encode(), policy)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _in_html(told: object) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _by_size(found: Mapping[str, dict[str, Any]]) -> list[str]:
    """Organisations, those with the most tickets first."""
    created = {org: told["header"]["created"]["value"] for org, told in found.items()}
    return sorted(found, key=lambda org: (-created[org], org))


def _packed(
    by_org: Mapping[str, dict[str, dict[str, Any]]],
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The tables, equal ones once, and the figures that name them by place; as many as fit."""
    tables: dict[str, dict[str, Any]] = {}
    chosen: dict[str, dict[str, Any]] = {}
    size = 0
    for org, periods in by_org.items():
        texts = {
            period: {
                name: json.dumps(table, ensure_ascii=False)
                for name, table in told["tables"].items()
            }
            for period, told in periods.items()
        }
        fresh = {
            text: periods[period]["tables"][name]
            for period, named in texts.items()
            for name, text in named.items()
            if text not in tables
        }
        size += sum(len(text.encode()) for text in fresh)
        if chosen and size > BUDGET:
            break
        tables |= fresh
        chosen[org] = {period: told | {"tables": texts[period]} for period, told in periods.items()}
    places = {text: place for place, text in enumerate(tables)}
    for periods in chosen.values():
        for told in periods.values():
            told["tables"] = {name: places[text] for name, text in told["tables"].items()}
    return list(tables.values()), chosen


def _sections(settings: Settings) -> list[dict[str, Any]]:
    """What to act on first, then the charts in their order, then what is at risk."""
    made = []
    first, *last = TABLES
    for name in (first, *charts(), *last):
        report = find_report(name)
        chart, spec = charts().get(name, (None, None))
        shown = chart.columns if chart else TABLES[name]
        no_policies = uses_policies(report.sql) and not settings.policies and name != first
        made.append(
            {
                "name": name,
                "title": chart.title if chart else report.title,
                "caption": chart.caption if chart else report.question,
                "question": report.question,
                "grain": report.grain.capitalize(),
                "columns": {
                    each: report.columns[each].model_dump(exclude_defaults=True) for each in shown
                },
                "series": chart.series if chart else None,
                "spec": spec,
                "has_period": "from" in report.params,
                "filters": [each for each in COMMON_FILTERS if each in report.params],
                "needs": "No promises are known: --sla FILE tells them." if no_policies else "",
            }
        )
    return made
