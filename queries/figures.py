"""The numbers of the page: its reports, asked for each period in one session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models.last_commit import last_commit
from ticketledger.models.store import Store
from ticketledger.models.zones import clock

from .answers import answers_of
from .chart import charts
from .failures import reading
from .generations import answering_cache
from .page_numbers import KeptNumbers
from .parameters import values_of
from .periods import MOST_DAYS, bounds, grain_of
from .run import find_report, in_utc, last_event_at, rows_of
from .session import in_zone, session, show_in
from .settings import Settings
from .shown import TABLES, header_of, of_org, row_of, shown

HEADER: Final = ("ticket_summary", "sla_compliance", "completeness")
"""Reports that the figures on top of the page are from."""

OFTEN_ASKED: Final = frozenset(
    (
        "message_sides",
        "reach_times",
        "sla",
        "sla_promises",
        "ticket_holds",
        "ticket_replies",
        "ticket_status_moves",
    )
)
"""Views that many reports stand on: a session that asks several evaluates them once."""

_MOST_ANSWERS: Final = 200
"""So many are remembered: a page of all periods takes less than half of them."""


@dataclass(slots=True)
class Figures:
    """What answers the page's questions as of one instant.

    Attributes:
        as_of: the instant; None in an empty ledger.
        known_at: only commits at or before this instant exist; None: all.
        timezone: IANA zone in which days begin.
        commit: number of the last commit that exists.
        ledger_hash: the seal it was committed with.
    """

    as_of: datetime | None
    known_at: datetime | None
    timezone: str
    commit: int
    ledger_hash: str
    _opened: Callable[[], duckdb.DuckDBPyConnection]
    _kept: KeptNumbers | None
    _con: duckdb.DuckDBPyConnection | None = None
    _answers: dict[tuple[str, str], pa.Table] = field(default_factory=dict)

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The session; it is opened for the first question that is not answered yet."""
        if self._con is None:
            self._con = self._opened()
        return self._con

    @property
    def are_kept(self) -> bool:
        """Whether the numbers of this ledger are kept: they take long to ask for."""
        return self._kept is not None and self.as_of is not None

    def of(
        self, period: str, filters: Mapping[str, object] | None = None
    ) -> dict[str, dict[str, Any]]:
        """Return `{"header": {…}, "tables": {report: {columns, rows, total}}}` per organisation.

        Of a large ledger they are kept, for who makes the page again or asks for one organisation.

        Args:
            period: a key of `periods.PERIODS`.
            filters: values of the common parameters; a report that does not know one ignores it.
        """
        as_of = self.as_of
        if as_of is None:
            return {}
        others = dict(filters or {})
        org_id = others.pop("org_id", None)
        if self._kept is None or others:
            return self._asked(as_of, period, filters or {})
        found = self._kept.told(period, lambda: self._asked(as_of, period, {}))
        return found if org_id is None else {key: found[key] for key in found if key == org_id}

    def _asked(
        self, as_of: datetime, period: str, filters: Mapping[str, object]
    ) -> dict[str, dict[str, Any]]:
        since, before = bounds(period, as_of, self.timezone)
        given: dict[str, object] = {"as_of": as_of, **filters}
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
        extents = self._extents()
        extents = extents.cast(pa.schema(map(in_utc, extents.schema)))  # any clock has its years
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

    def _ask(self, name: str, given: Mapping[str, object]) -> pa.Table:
        """The rows of a report; parameters that it does not have are left out.

        Many do not have the period, or cut their rows by it: they are asked once for all of them,
        unless one event of a wrong millennium makes that a million days.
        """
        report = find_report(name)
        since = given.get("from")
        if report.cut_by and isinstance(since, datetime) and self._days() <= MOST_DAYS:
            whole = self._ask(name, {**given, "from": None})
            told_at = whole.column(report.cut_by)
            return whole.filter(pc.greater_equal(told_at, pa.scalar(since.replace(tzinfo=None))))
        known = {key: value for key, value in given.items() if key in report.params}
        params = values_of(report, known)
        return self._once(name, report.sql, params)

    def _extents(self) -> pa.Table:
        """How far the events of each organisation reach."""
        return self._once("org_extents", "FROM org_extents", {})

    def _once(self, name: str, query: str, params: Mapping[str, object]) -> pa.Table:
        """The rows of a query, asked once."""
        key = (name, repr(sorted(params.items())))
        if key not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[key] = rows_of(self.con, query, params)
        return self._answers[key]

    def _grain(self, since: datetime | None) -> str:
        """The bucket that makes a readable number of them; that of the oldest organisation."""
        return grain_of((self.as_of - since).days if self.as_of and since else self._days())

    def _days(self) -> int:
        """How long ago the first ticket of the oldest organisation was told of first."""
        told = self._extents().column("days").to_pylist()
        return max((each for each in told if each is not None), default=0)


@contextmanager
def figures(
    store: Store,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    timezone: str = "UTC",
    settings: Settings | None = None,
    memory: tuple[str, Path] | None = None,
    is_ahead: bool = False,
) -> Iterator[Figures]:
    """Open what answers the page's questions.

    Args:
        store: an open store; commits that land later are not seen.
        as_of: only events at or before this instant exist; None: all.
        known_at: only commits at or before this instant exist.
        timezone: IANA zone in which days begin.
        settings: opening hours, promises and classes of statuses; None: the defaults.
        memory: as of `session`.
        is_ahead: numbers that cannot be kept are an error.

    Raises:
        BadParameter: no such time zone.
        LedgerDamaged: a commit could not be read.
    """
    clock(timezone)
    settings = settings or Settings()
    files = store.covering()
    as_of = as_of or last_event_at(store, known_at, files)
    reports = tuple(find_report(name) for name in (*charts(), *TABLES, *HEADER))
    asked = " ".join(report.sql for report in reports)
    with ExitStack() as opened:

        def begin() -> duckdb.DuckDBPyConnection:
            con = opened.enter_context(
                session(
                    store,
                    f"{asked} org_extents",
                    as_of=as_of,
                    known_at=known_at,
                    kept=OFTEN_ASKED | {"org_extents"},
                    settings=settings,
                    files=files,
                    memory=memory,
                    is_ahead=is_ahead,
                )
            )
            show_in(con, timezone)
            return con

        cached = answering_cache(store, files, as_of, known_at)
        answers = answers_of(store, cached, settings, as_of, is_wanted=is_ahead)
        kept = None if answers is None else KeptNumbers(answers, reports, timezone)
        with reading(store):
            yield Figures(as_of, known_at, timezone, *last_commit(files, known_at), begin, kept)
