"""What reports of a large ledger stand on, made before anybody asks."""

from __future__ import annotations

from collections.abc import Callable

from ticketledger.models.disk import workspace
from ticketledger.models.store import Store

from .answers import dear
from .failures import making
from .figures import figures
from .periods import PERIODS
from .session import session
from .settings import Settings
from .statement import definitions


def answer_ahead(
    store: Store,
    settings: Settings,
    *,
    timezone: str = "UTC",
    memory: str = "3GB",
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> None:
    """Keep the answers of all dear views and of the page; a small ledger needs none.

    Args:
        store: an open store, its cache up to date.
        settings: opening hours, promises and classes of statuses.
        timezone: IANA zone in which the days of the page begin.
        memory: what the database may use before it spills to `tmp/`.
        progress: told how many views and periods of how many are done.

    Raises:
        BadParameter: the memory is too little, or no amount of memory; no such time zone.
        LedgerUnwritable, LedgerDamaged: as `making`.
    """
    files = store.covering()
    ordered = (each.name for each in definitions(" ".join(sorted(dear()))))
    views = [name for name in ordered if name in dear() and not settings.leaves_empty(name)]
    whole = len(views) + len(PERIODS)
    for number, view in enumerate(views):
        progress(number, whole)
        with (
            making(store),
            workspace(store.tmp) as spare,
            session(
                store,
                view,
                settings=settings,
                files=files,
                memory=(memory, spare),
                is_ahead=True,
            ),
        ):
            pass  # to open it is enough
    with (
        making(store),
        workspace(store.tmp) as spare,
        figures(
            store,
            timezone=timezone,
            settings=settings,
            memory=(memory, spare),
            is_ahead=True,
        ) as asked,
    ):
        for number, period in enumerate(PERIODS, len(views)):
            progress(number, whole)
            if asked.are_kept:
                asked.of(period)
    progress(whole, whole)
