"""A number of a ticket and how it came about: spans, open hours, events, and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import duckdb

from ticketledger.models.errors import BadParameter, nearest
from ticketledger.models.store import Store

from .failures import reading
from .generations import answering_cache
from .ranges import Range
from .run import Answer, last_event_at, told
from .session import session, show_in
from .settings import Settings
from .statement import statements

COUNTS = (
    "resolutions",
    "reopens",
    "unarchives",
    "assignee_stations",
    "reassignments",
    "ping_pongs",
    "priority_escalations",
    "unique_assignees",
    "agent_replies",
    "agent_messages",
    "customer_messages",
    "reply_turns",
    "due_date_changes",
    "late_postponements",
    "gaps",
)
"""Counts of `ticket_metrics` that are explained by what they count."""

FIGURES = (
    "age",
    "unseen_time",
    "flow_efficiency",
    "due_date_slippage",
    "lateness",
    "coverage",
    "completeness",
)
"""Numbers of `ticket_metrics` that are made of two instants or of other numbers, without units."""

AMBIGUITY = "ambiguous_messages"
"""The count of `ticket_metrics` that hangs on other tickets of the chat."""

STATES = ("status_time", "assignee_time", "active_time", "wait_time", "next_reply_time")
"""Metrics of the metric ledger that `ticket_metrics` has under other names only."""


def metrics() -> list[str]:
    """Return the metrics that can be explained."""
    columns = statements("views")["ticket_metrics"].columns
    end = "_calendar_s"
    durations = [name.removesuffix(end) for name in columns if name.endswith(end)]
    return [*durations, *COUNTS, AMBIGUITY, *FIGURES, *STATES]


@contextmanager
def answer_explanation(
    store: Store,
    ticket_id: str,
    metric: str,
    *,
    org_id: str | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
) -> Iterator[Answer]:
    """Explain a metric of a ticket, or what became of a promise.

    One row per span, stretch of open hours in it, and event that begins or ends it, or per thing
    that counts, or that it is made of, and event that tells of it, in order; in the end the total,
    which is what `ticket_metrics` or `sla` says.

    Args:
        store: an open store.
        ticket_id: the ticket; of all organisations that have one of this id, unless `org_id` says.
        metric: a number of `ticket_metrics` (without `_calendar_s` or `_s`), or a metric of
            `metric_events`; or the name of an SLA policy of the settings, which comes first.
        org_id: the organisation.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which instants are shown.
        settings: opening hours and promises; None: always open, none.

    Raises:
        BadParameter: no such ticket, metric, policy or time zone; names the nearest.
    """
    ticket_id = str(ticket_id)  # a number names no other ticket
    given: dict[str, object] = {"ticket_id": ticket_id, "org_id": org_id}
    promised = _policies(settings)
    if metric in promised:
        statement = statements("explanations")["promise"]
        given["policy"] = metric
    elif metric == AMBIGUITY:
        statement = statements("explanations")["ticket_ambiguity"]
    elif metric in COUNTS or metric in FIGURES:
        kind = "count" if metric in COUNTS else "figure"
        statement = statements("explanations")[f"ticket_{kind}"]
        given["metric"] = metric
    elif metric in metrics():
        statement = statements("explanations")["ticket_metric"]
        given |= {"metric": metric, "is_of_ledger": metric in STATES}
    else:
        known = [*metrics(), *promised]
        hint = nearest(metric, known, f"for example {', '.join(known[:4])}")
        what = "metric or policy" if promised else "metric"
        raise BadParameter(f"no {what} named `{metric}`", hint=hint)
    files = store.covering()
    when = " was known then" if as_of or known_at else ""
    as_of = as_of or last_event_at(store, known_at, files)
    opened = partial(session, store, as_of=as_of, known_at=known_at, settings=settings, files=files)
    within = None
    if metric != AMBIGUITY and answering_cache(store, files, as_of, known_at):
        with opened("FROM tickets_all") as con, reading(store):
            orgs = _find_ticket(con, ticket_id, org_id, when)
        within = Range(orgs[0], ticket_id, orgs[-1], ticket_id)
    with opened(statement.sql, within=within) as con, reading(store):
        show_in(con, timezone)
        if within is None:
            _find_ticket(con, ticket_id, org_id, when)
        yield told(con.sql(statement.sql, params=given), statement)


def _policies(settings: Settings | None) -> list[str]:
    """The names of the SLA policies that are given."""
    if settings is None or settings.policies is None:
        return []
    return [policy.name for policy in settings.policies.policies]


def _find_ticket(
    con: duckdb.DuckDBPyConnection, ticket_id: str, org_id: str | None, when: str
) -> list[str]:
    """Return the organisations that are meant, sorted."""
    query = "SELECT org_id FROM tickets_all WHERE ticket_id = $ticket_id ORDER BY ALL"
    orgs = [row[0] for row in con.execute(query, {"ticket_id": ticket_id}).fetchall()]
    if org_id is not None and org_id in orgs:
        return [org_id]
    if orgs and org_id is None:
        return orgs
    if orgs:
        hint = f"it is one of {', '.join(f'`{org}`' for org in orgs[:3])}"
        told = f"no ticket `{ticket_id}` in organisation `{org_id}`{when}"
        raise BadParameter(told, hint=hint)
    ids = [
        row[0]
        for row in con.execute("SELECT DISTINCT ticket_id FROM tickets_all ORDER BY ALL").fetchall()
    ]
    none = f"no ticket at all{when}" if when else "the ledger has no tickets"
    few = f"for example {', '.join(ids[:3])}" if ids else none
    raise BadParameter(f"no ticket `{ticket_id}`{when}", hint=nearest(ticket_id, ids, few))
