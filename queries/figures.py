"""The numbers of the page: its reports, asked for each period in one session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models.seal import read_seal
from ticketledger.models.store import Store

from .chart import charts
from .failures import reading
from .filters import FILTER_VALUES
from .parameters import values_of
from .run import find_report, last_event_at
from .session import in_zone, session, show_in
from .settings import Settings
from .shown import TABLES, header_of, of_org, row_of, shown

HEADER: Final = ("ticket_summary", "sla_compliance", "completeness")
"""Reports that the figures on top of the page are from."""

PERIODS: Final = {"1w": 1, "4w": 4, "13w": 13, "all": None}
"""Weeks up to `as_of`, today included; None: everything."""

OFTEN_ASKED: Final = frozenset(
    (
        "message_sides",
        "reach_times",
        "sla",
        "ticket_holds",
        "ticket_replies",
        "ticket_status_moves",
        "ticket_talk",
    )
)
"""Views that many reports stand on: a session that asks several evaluates them once."""

_MOST_ANSWERS: Final = 200
"""So many are remembered: a page of all periods takes less than half of them."""

_GRAINS: Final = ((93, "day"), (800, "week"), (10_000, "month"))
"""Up to so many days a chart over time has a bucket for each of these."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A session that answers the page's questions as of one instant.

    Attributes:
        con: the session.
        as_of: the instant; None in an empty ledger.
        known_at: only commits at or before this instant exist; None: all.
        timezone: IANA zone in which days begin.
        commit: number of the last commit.
        ledger_hash: the seal of its file.
    """

    con: duckdb.DuckDBPyConnection
    as_of: datetime | None
    known_at: datetime | None
    timezone: str
    commit: int
    ledger_hash: str
    _answers: dict[tuple[str, str], pa.Table] = field(default_factory=dict)

    def of(
        self, period: str, filters: Mapping[str, object] | None = None
    ) -> dict[str, dict[str, Any]]:
        """Return `{"header": {…}, "tables": {report: {columns, rows, total}}}` per organisation.

        Args:
            period: a key of `PERIODS`.
            filters: values of the common parameters; a report that does not know one ignores it.
        """
        if self.as_of is None:
            return {}
        since, before = self._bounds(PERIODS[period])
        given: dict[str, object] = {"as_of": self.as_of, **(filters or {})}
        now = {name: self._ask(name, given | {"from": since}) for name in HEADER}
        then = {}
        if before:
            earlier = given | {"from": before[0], "to": before[1]}
            then = {name: self._ask(name, earlier) for name in HEADER[:2]}
        grain = self._grain(since)
        drawn = {
            name: self._ask(name, given | {"from": since, "grain": grain} | chart.params)
            for name, (chart, _) in charts().items()
        }
        drawn |= {name: self._ask(name, given) for name in TABLES}
        extents = self.con.sql("FROM org_extents").to_arrow_table()
        return {
            org_id: {
                "header": header_of(
                    {name: of_org(rows, org_id) for name, rows in now.items()},
                    {name: of_org(rows, org_id) for name, rows in then.items()},
                ),
                "excluded": row_of(of_org(now["ticket_summary"], org_id))["tickets_excluded"],
                "last_event_at": in_zone(
                    row_of(of_org(extents, org_id)).get("last_event_at"), self.timezone
                ),
                "tables": {name: shown(name, of_org(rows, org_id)) for name, rows in drawn.items()},
            }
            for org_id in now["ticket_summary"].column("org_id").to_pylist()
        }

    def _bounds(
        self, weeks: int | None
    ) -> tuple[datetime | None, tuple[datetime, datetime] | None]:
        """The start of so many weeks up to today, and the bounds of as much before them."""
        if weeks is None or self.as_of is None:
            return None, None
        zone = ZoneInfo(self.timezone)
        local = self.as_of.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        since = midnight - timedelta(days=7 * weeks - 1)  # on the clock of the zone
        lead = timedelta(weeks=weeks)
        until = local - lead + timedelta(microseconds=1)
        return since, (since - lead, until)

    def _ask(self, name: str, given: Mapping[str, object]) -> pa.Table:
        """The rows of a report; parameters that it does not have are left out.

        Many do not have the period, or cut their rows by it: they are asked once for all of them.
        """
        report = find_report(name)
        since = given.get("from")
        if report.cut_by and isinstance(since, datetime):
            whole = self._ask(name, {**given, "from": None})
            told_at = whole.column(report.cut_by)
            return whole.filter(pc.greater_equal(told_at, pa.scalar(since.replace(tzinfo=None))))
        known = {key: value for key, value in given.items() if key in report.params}
        params = values_of(report, known)
        key = (name, repr(sorted(params.items())))
        if key not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[key] = self.con.sql(report.sql, params=params).to_arrow_table()
        return self._answers[key]

    def _grain(self, since: datetime | None) -> str:
        """The bucket that makes a readable number of them; that of the oldest organisation."""
        if since is not None and self.as_of is not None:
            days = (self.as_of - since).days
        else:
            told = self.con.sql("FROM org_extents").to_arrow_table().column("days").to_pylist()
            days = max((each for each in told if each is not None), default=0)
        return next((grain for most, grain in _GRAINS if days <= most), "year")


@contextmanager
def figures(
    store: Store,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
    are_filtered: bool = False,
) -> Iterator[Figures]:
    """Open a session for the page.

    Args:
        store: an open store; commits that land later are not seen.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin.
        settings: opening hours, promises and classes of statuses; None: the defaults.
        are_filtered: `FILTER_VALUES` will be asked for.

    Raises:
        BadParameter: no such time zone.
        LedgerDamaged: a commit could not be read.
    """
    files = store.covering()
    as_of = as_of or last_event_at(store, known_at, files)
    asked = " ".join(find_report(name).sql for name in (*charts(), *TABLES, *HEADER))
    if are_filtered:
        asked += f" {FILTER_VALUES}"
    last = files[-1]
    opened = session(
        store,
        f"{asked} org_extents",
        as_of=as_of,
        known_at=known_at,
        kept=OFTEN_ASKED | {"filter_values", "org_extents"},
        settings=settings,
        files=files,
    )
    with opened as con, reading(store):
        show_in(con, timezone)
        yield Figures(con, as_of, known_at, timezone, last.last, read_seal(last.path))
