"""Where tickets went, version by version, and the reports on it, the plainest way."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from .events import Envelope
from .fold import Row
from .history import history
from .state import TICKET_STATE
from .tickets import Ticket, tickets
from .values import EPOCH, plain

DAY = 86_400_000_000
FLOWS = (
    "created",
    "reopened",
    "restored",
    "transfer_in",
    "resolved",
    "archived",
    "deleted",
    "transfer_out",
)
CLASSES = {"open": "active", "inprogress": "active", "closed": "resolved", "archived": "removed"}


@dataclass(frozen=True)
class Stay:
    """A ticket in one version of its state, from an instant on."""

    at: int
    place: str
    row: Row
    is_exact: bool


def place(row: Row) -> str:
    """Return whether the ticket is active, resolved, removed, other or deleted."""
    return "deleted" if row["is_deleted"] else CLASSES.get(plain(row["status"]), "other")


def live(life: list[Stay]) -> list[Stay]:
    """Return the versions that are not deleted: a deletion closes and reopens nothing."""
    return [stay for stay in life if stay.place != "deleted"]


def closings_of(life: list[Stay]) -> list[Stay]:
    """Return the versions that began with a closing."""
    return [
        stay
        for former, stay in steps(live(life))
        if stay.place == "resolved" and not (former and former.place == "resolved")
    ]


def dated_closings_of(life: list[Stay]) -> list[Stay]:
    """Return those of which is known when they were: not that of a ticket first seen closed."""
    return [stay for stay in closings_of(life) if stay is not life[0] or stay.is_exact]


def holder(stay: Stay) -> str | None:
    """Return who has the ticket; nobody and an empty name are the same."""
    return stay.row["assignee"] or None


def steps(life: list[Stay]) -> list[tuple[Stay | None, Stay]]:
    """Return each version with the one before it."""
    return list(zip([None, *life], life, strict=False))


def stays(ticket: Ticket) -> list[Stay]:
    """Return the versions in order; the first begins with the creation, if that was seen."""
    was_created = any(event.event_type == "ticket.created" for event in ticket.ordered)
    found = []
    for row in history(ticket, TICKET_STATE):
        at = row["valid_from"]
        if row["version"] == 1 and was_created and row["created_at"] is not None:
            at = min(at, row["created_at"])
        is_exact = row["evidence"] != "declared" and (row["version"] > 1 or was_created)
        found.append(Stay(at, place(row), row, is_exact))
    return found


def lives(stream: Iterable[Envelope]) -> dict[tuple[str, str], list[Stay]]:
    """Return the versions of every ticket of a stream."""
    return {(each.org_id, each.ticket_id): stays(each) for each in tickets(stream)}


def floor(at: int, zone: str, grain: str) -> datetime:
    """Return the local start of the bucket an instant is in."""
    local = (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
    if grain == "hour":
        return local.replace(minute=0, second=0, microsecond=0)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def after(start: datetime, grain: str) -> datetime:
    """Return the start of the next bucket."""
    if grain == "hour":
        return (start.astimezone(UTC) + timedelta(hours=1)).astimezone(start.tzinfo)
    days = {"day": 1, "week": 7, "month": 31}[grain]
    later = start + timedelta(days=days)
    return later.replace(day=1) if grain == "month" else later


def micros(at: datetime) -> int:
    """Return microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def backlog(
    stream: Iterable[Envelope], as_of: int, zone: str, grain: str, by: str | None
) -> list[Row]:
    """Return the rows of `backlog_over_time`, the unresolved counted at the edges of buckets."""

    def value_of(stay: Stay) -> Any:
        return stay.row[by] if by else None

    found = lives(stream)
    rows = []
    for org_id in {key[0] for key in found}:
        mine = [found[key] for key in found if key[0] == org_id]
        entries = [s.at for stays in mine for s in stays if s.place == "active"]
        if not entries:
            continue
        values = {value_of(s) for stays in mine for s in stays if s.place == "active"}
        start = floor(min(entries), zone, grain)
        while micros(start) <= as_of:
            end = after(start, grain)
            for value in values:
                row = _bucket(mine, micros(start), micros(end), value_of, value)
                total = sum(row[name] for name in FLOWS)
                exact = row.pop("exact_moves")
                row |= {
                    "dimension": None if value is None else str(value),
                    "quality_share_exact": exact / total if total else None,
                }
                rows.append({"org_id": org_id, "bucket_start_utc": micros(start), **row})
            start = end
    return rows


def daily(stream: Iterable[Envelope], as_of: int, zone: str) -> list[Row]:
    """Return the rows of the mart `ticket_daily`, the unresolved counted at the edges of days."""

    def value_of(stay: Stay) -> tuple[Any, ...]:
        return (stay.row["status"], stay.row["priority"], holder(stay))

    found = lives(stream)
    rows = []
    for org_id in {key[0] for key in found}:
        mine = [found[key] for key in found if key[0] == org_id]
        active = [s for stays in mine for s in stays if s.place == "active" and s.at <= as_of]
        start = floor(min((s.at for s in active), default=as_of + 1), zone, "day")
        while micros(start) <= as_of:
            end = after(start, "day")
            for value in set(map(value_of, active)):
                row = _bucket(mine, micros(start), min(micros(end), as_of + 1), value_of, value)
                if row["opening"] or any(row[name] for name in FLOWS):
                    status, priority, assignee = value
                    told = {"status": status, "priority": priority, "assignee": assignee}
                    day = {"day_at": micros(start), "day_on": start.date()}
                    rows.append({"org_id": org_id, **day, **told, **row})
            start = end
    return rows


def _bucket(
    mine: list[list[Stay]],
    start: int,
    end: int,
    value_of: Callable[[Stay], Any],
    value: Any,
) -> Row:
    def is_here(stay: Stay | None) -> bool:
        return bool(stay and stay.place == "active" and value_of(stay) == value)

    def held(before: int) -> int:
        last = [[s for s in stays if s.at < before] for stays in mine]
        return sum(is_here(past[-1]) for past in last if past)

    flows = dict.fromkeys(FLOWS, 0)
    exact = 0
    for stays in mine:
        for former, stay in zip([None, *stays], stays, strict=False):
            if not start <= stay.at < end or is_here(former) == is_here(stay):
                continue
            exact += stay.is_exact
            if is_here(stay):
                came = former.place if former else "none"
                names = {"none": "created", "resolved": "reopened"}
                names |= {"removed": "restored", "deleted": "restored"}
                flows[names.get(came, "transfer_in")] += 1
            else:
                names = {"resolved": "resolved", "removed": "archived", "deleted": "deleted"}
                flows[names.get(stay.place, "transfer_out")] += 1
    return {"opening": held(start), **flows, "closing": held(end), "exact_moves": exact}


def reopens(stream: Iterable[Envelope], as_of: int) -> list[Row]:
    """Return the rows of `reopens`."""
    groups: dict[Any, list[tuple[str, bool, int, int | None]]] = {}
    excluded: Counter[str] = Counter()
    for (org_id, ticket_id), stays in lives(stream).items():
        closed = dated_closings_of(stays)
        if stays[-1].place == "deleted":
            excluded[org_id] += bool(closed)
            continue
        for stay in closed:
            later = live(stays[stays.index(stay) :])
            left = next((each for each in later if each.place != "resolved"), None)
            back = max(0, left.at - stay.at) if left and left.place == "active" else None
            closer = stay.row["closed_by"] or stay.row["assignee"] or None
            told = (ticket_id, stay.is_exact, max(0, as_of - stay.at), back)
            groups.setdefault((org_id, closer), []).append(told)
    rows = []
    for (org_id, closer), all_told in groups.items():
        times = [back for *_, back in all_told if back is not None]
        sticky = {
            f"sticky_{days}d": _mean(
                [
                    back is None or back > days * DAY
                    for *_, age, back in all_told
                    if age >= days * DAY
                ]
            )
            for days in (7, 30)
        }
        rows.append(
            {
                "org_id": org_id,
                "closer": closer,
                "resolutions": len(all_told),
                "tickets": len({told[0] for told in all_told}),
                "reopens": len(times),
                "reopen_rate": len(times) / len(all_told),
                "time_to_reopen_p50_s": median(times) / 1e6 if times else None,
                **sticky,
                "tickets_excluded": excluded[org_id],
                "quality_share_exact": _mean([told[1] for told in all_told]),
            }
        )
    return rows


def _mean(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def transitions(stream: Iterable[Envelope]) -> dict[Any, Row]:
    """Return events, tickets and median wait by org, pair of statuses and whether created."""
    groups: dict[Any, list[tuple[str, int | None]]] = {}
    for (org_id, ticket_id), stays in lives(stream).items():
        if stays[-1].place == "deleted":
            continue
        since: int | None = None
        for former, stay in steps(live(stays)):
            if former and former.row["status"] == stay.row["status"]:
                continue
            wait: int | None = None if since is None else max(0, stay.at - since)
            before = former.row["status"] if former else None
            key = (org_id, before, stay.row["status"], former is None)
            groups.setdefault(key, []).append((ticket_id, wait))
            since = stay.at
    return {
        key: {
            "events": len(told),
            "tickets": len({ticket_id for ticket_id, _ in told}),
            "wait_p50_s": median([w for _, w in told if w is not None]) / 1e6
            if any(w is not None for _, w in told)
            else None,
        }
        for key, told in groups.items()
    }


def ages(stream: Iterable[Envelope], as_of: int, days: int) -> dict[Any, tuple[int, int]]:
    """Return unresolved tickets now and then by org, age, status and priority."""
    found: dict[Any, list[int]] = {}
    for (org_id, _), stays in lives(stream).items():
        for index, at in enumerate((as_of, as_of - days * DAY)):
            past = [stay for stay in stays if stay.at <= at]
            if not past or past[-1].place != "active":
                continue
            age = at - min(stay.at for stay in past)
            ends = {"0-1d": 1, "1-3d": 3, "3-7d": 7, "7-14d": 14, "14-30d": 30}
            rung = next((name for name, end in ends.items() if age < end * DAY), "30d+")
            key = (org_id, rung, past[-1].row["status"], past[-1].row["priority"])
            found.setdefault(key, [0, 0])[index] += 1
    return {key: (now, then) for key, (now, then) in found.items()}
