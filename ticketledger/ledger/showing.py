"""What a ledger shows to others: feeds, pictures, the page of charts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .. import __version__, queries
from ..ingest import (
    verify_quickly,
)
from ..models.instants import Moment, on_clock
from ..models.store import open_store
from ..models.zones import clock
from ..queries import FeedRequest, Published, Settings
from .rooted import Rooted

if TYPE_CHECKING:
    pass


class Showing(Rooted):
    """What a ledger shows to others: feeds, pictures, the page of charts."""

    def publish(
        self,
        folder: str | os.PathLike[str],
        *,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
        memory: str = "3GB",
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> list[Published]:
        """Write the marts of a feed as Parquet files, one each; only those that changed.

        Args:
            folder: of the feed; made if it is missing.
            as_of: only events at or before this instant exist; None: all.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone of local dates and hours.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.
            memory: what the database may use before it spills to the feed's folder.
            progress: told how many marts of how many are written.

        Raises:
            LedgerMissing: nothing was ingested here yet.
            BadSettings: a file cannot be used.
            BadParameter: the folder holds something else; no such time zone.
            LedgerBusy: another publish into the folder runs.
            LedgerUnwritable, LedgerTooNew, LedgerDamaged: from folder or ledger.
        """
        zone = clock(timezone)
        settings = Settings.read(calendar, sla, statuses)
        request = FeedRequest(
            on_clock(as_of, zone),
            on_clock(known_at, zone),
            timezone,
            settings,
            __version__,
            memory,
            progress,
        )
        store = open_store(self.root)
        verify_quickly(store)
        return queries.publish(store, Path(folder), request)

    def chart(
        self,
        name: str,
        params: Mapping[str, object] | None = None,
        *,
        form: Literal["svg", "png"] = "svg",
        known_at: Moment | None = None,
        timezone: str = "UTC",
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
    ) -> bytes:
        """Return the chart of a report as a picture, of one organisation.

        Args:
            name: of a report with a chart.
            params: as in `report`.
            form: what kind of picture.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            calendar: as in `report`.
            sla: as in `report`.
            statuses: as in `report`.

        Raises:
            UnknownReport, BadParameter, BadSettings, LedgerMissing: as `report`; or the report has
                no chart or no rows, or there are several organisations.
            MissingExtra: the extra `dashboard` is not installed.
        """
        zone = clock(timezone)
        return queries.picture(
            open_store(self.root),
            name,
            params,
            form=form,
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            settings=Settings.read(calendar, sla, statuses),
        )

    def dashboard(
        self,
        *,
        as_of: Moment | None = None,
        known_at: Moment | None = None,
        timezone: str = "UTC",
        org_id: str | None = None,
        calendar: str | os.PathLike[str] | None = None,
        sla: str | os.PathLike[str] | None = None,
        statuses: str | os.PathLike[str] | None = None,
        progress: Callable[[int, int], None] = lambda done, whole: None,
    ) -> bytes:
        """Return a page of charts as one HTML file that needs no network.

        Args:
            as_of: only events at or before this instant exist; None: all.
            known_at: only commits at or before this instant exist.
            timezone: IANA zone in which days begin.
            org_id: only this organisation; None: all that there is room for.
            calendar: a TOML file of opening hours; None: always open.
            sla: a TOML file of SLA policies; None: none.
            statuses: a TOML file of classes of statuses; None: the defaults.
            progress: told how many steps of how many are done.

        Raises:
            BadParameter: no such time zone or organisation.
            BadSettings: a file cannot be used.
            LedgerMissing: nothing was ingested here yet.
            MissingExtra: the extra `dashboard` is not installed.
        """
        zone = clock(timezone)
        return queries.dashboard_page(
            open_store(self.root),
            as_of=on_clock(as_of, zone),
            known_at=on_clock(known_at, zone),
            timezone=timezone,
            org_id=org_id,
            settings=Settings.read(calendar, sla, statuses),
            version=__version__,
            progress=progress,
        )
