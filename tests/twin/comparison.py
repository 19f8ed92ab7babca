"""Where observed tickets and a ledger do not agree, found the plainest way, moment by moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import sightings
from .changes import changes
from .events import Envelope
from .fold import Row, seen
from .history import history
from .images import TICKET, Image
from .state import TICKET_STATE
from .tickets import Ticket
from .tickets import tickets as tickets_of

EVER = 2**63
"""Later than every instant."""


@dataclass(frozen=True)
class Sight:
    """A ticket as observed: what is said of it, and when, in microseconds; None: nobody knows."""

    org_id: str
    ticket_id: str
    image: Image
    at: int | None


@dataclass(frozen=True)
class Change:
    """A change told by the audit log: what fields became; None for a creation."""

    org_id: str
    ticket_id: str
    fields: Image | None
    at: int


def differences(
    stream: Iterable[Envelope],
    sights: Sequence[Sight],
    changed: Sequence[Change],
    *,
    is_given: bool,
    complete: bool,
    tolerance: int,
) -> list[Row]:
    """Return the rows of a reconciliation; `is_given`: the instants are not the objects' own."""
    tickets = {(each.org_id, each.ticket_id): each for each in tickets_of(stream)}
    rows: list[Row] = []
    all_seen: list[Sight | Change] = [*sights, *changed]
    for key in {(each.org_id, each.ticket_id) for each in all_seen} - tickets.keys():
        instants = [each.at for each in all_seen if (each.org_id, each.ticket_id) == key]
        at = max((each for each in instants if each is not None), default=None)
        rows.append(_row(key, "missing_in_ledger", at=at))
    for sight in sights:
        key = (sight.org_id, sight.ticket_id)
        since = sight.at - tolerance * is_given if sight.at is not None else EVER
        until = sight.at + tolerance if sight.at is not None else EVER
        moments = states_within(tickets[key], since, until) if key in tickets else []
        for field, told in {"is_deleted": False, **sight.image}.items():
            if moments and all(plain(each[field]) != plain(told) for each in moments):
                rows.append(_row(key, "differs", field, moments[-1][field], told, sight.at))
    for change in changed:
        rows += _unknown(change, tickets.get((change.org_id, change.ticket_id)), tolerance)
    if complete:
        rows += _missing_in_snapshot(tickets, sights, is_given, tolerance)
    distinct = {repr(sorted(row.items())): row for row in rows}
    last = {key: seen(ticket.ordered)["last_event_at"] for key, ticket in tickets.items()}
    return [
        {**row, "last_event_at": last.get((row["org_id"], row["ticket_id"]))}
        for row in distinct.values()
    ]


def states_within(ticket: Ticket, since: int, until: int) -> list[Row]:
    """Return the versions that held at some moment from `since` to `until`, in order."""
    found = []
    for version in history(ticket, TICKET_STATE):
        begin, end = version["valid_from"], version["valid_to"]
        if begin <= until and (end is None or end > since or begin >= since):
            found.append(version)
    return found


def _unknown(change: Change, ticket: Ticket | None, tolerance: int) -> list[Row]:
    if ticket is None:
        return []
    key, since, until = (
        (change.org_id, change.ticket_id),
        change.at - tolerance,
        change.at + tolerance,
    )
    if change.fields is None:
        late = ticket.ordered[0].at > until
        return [_row(key, "unknown_change", at=change.at)] if late else []
    entered = {
        (row["field"], repr(plain(row["new_value"])))
        for row in changes(ticket)
        if since <= row["changed_at"] <= until
    }
    held: Row = dict.fromkeys(TICKET)
    before: Row = {}
    for version in history(ticket, TICKET_STATE):
        for field in TICKET:
            is_new = not before or plain(before[field]) != plain(version[field])
            if is_new and since <= version["valid_from_latest"] <= until:
                entered.add((field, repr(plain(version[field]))))
        before = version
        held = version if version["valid_from"] <= until else held
    return [
        _row(key, "unknown_change", field, held[field], value, change.at)
        for field, value in change.fields.items()
        if (field, repr(plain(value))) not in entered
    ]


def _missing_in_snapshot(
    tickets: dict[sightings.Key, Ticket],
    sights: Sequence[Sight],
    is_given: bool,
    tolerance: int,
) -> list[Row]:
    rows = []
    for (org_id, ticket_id), ticket in tickets.items():
        here = [sight for sight in sights if sight.org_id == org_id]
        if not here or any(sight.ticket_id == ticket_id for sight in here):
            continue
        at = max((sight.at for sight in here if sight.at is not None), default=None)
        since = EVER if at is None else at - tolerance * is_given
        until = at + tolerance if is_given and at is not None else EVER
        moments = states_within(ticket, since, until)
        is_known = any(each["valid_from"] <= since for each in moments)
        if is_known and not any(each["is_deleted"] for each in moments):
            rows.append(_row((org_id, ticket_id), "missing_in_snapshot", at=at))
    return rows


def _row(
    key: sightings.Key,
    finding: str,
    field: str | None = None,
    ledger: Any = None,
    observed: Any = None,
    at: int | None = None,
) -> Row:
    return {
        "org_id": key[0],
        "ticket_id": key[1],
        "finding": finding,
        "field": field,
        "ledger_value": plain(ledger),
        "observed_value": plain(observed),
        "observed_at": at,
    }


def plain(value: Any) -> Any:
    """No labels are none."""
    return None if value == [] else value
