"""The Python API: a ledger that takes exports in and gives frames out."""

from __future__ import annotations

import os

from ..models.mirrors import is_in_place, located
from .asking import Asking
from .explaining import Explaining
from .loading import Loading, Reconciliation
from .showing import Showing

__all__ = ["Ledger", "Reconciliation", "open"]

DEFAULT = "data/ledger"


def open(path: str | os.PathLike[str] | None = None, *, in_place: bool | None = None) -> Ledger:
    """Return the ledger in a folder or bucket; it is made by the first ingest.

    Args:
        path: a folder, or a URL such as `s3://bucket/prefix`, whose ledger is mirrored in the
            user's cache; default: the environment's TICKETLEDGER_HOME, else `data/ledger`.
        in_place: leave commits in the bucket, and read of them only what is asked for; None: if the
            environment has TICKETLEDGER_IN_PLACE.

    Raises:
        MissingExtra: a URL needs the extra `s3`.
    """
    place = os.fspath(path or os.environ.get("TICKETLEDGER_HOME") or DEFAULT)
    if "://" not in place:
        return Ledger(located(place))
    in_place = is_in_place() if in_place is None else in_place
    return Ledger(located(place, in_place=in_place), url=place, in_place=in_place)


class Ledger(Loading, Asking, Explaining, Showing):
    """One ledger on disk. Holds no connection: every answer sees the commits of its moment.

    Instants carry an offset; one without is on the clock of the `timezone` of its method, of UTC
    where that has none.
    """
