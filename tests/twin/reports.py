"""Reports on the lives of tickets, counted the plainest way; rows by their key columns."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any

from .events import Envelope
from .fold import Row
from .metrics import Business, metrics
from .moves import Stay, lives
from .sightings import Key
from .talk import Talk, talks, turns

Rows = dict[tuple[Any, ...], Row]


@dataclass(frozen=True)
class World:
    """A stream as of an instant: the versions of its tickets, their messages and metrics."""

    stream: list[Envelope]
    as_of: int
    lives: dict[Key, list[Stay]]
    talks: dict[Key, Talk]
    metrics: dict[Key, Row]


def world(stream: list[Envelope], as_of: int, business: Business) -> World:
    """Return what every report looks at."""
    found = lives(stream)
    return World(stream, as_of, found, talks(stream, found), metrics(stream, as_of, business))


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the quantile between the two values beside it."""
    told = sorted(values)
    if not told:
        return None
    place = share * (len(told) - 1)
    low = math.floor(place)
    high = min(low + 1, len(told) - 1)
    return told[low] + (told[high] - told[low]) * (place - low)


def grouped(found: Iterable[tuple[tuple[Any, ...], Any]]) -> dict[tuple[Any, ...], list[Any]]:
    """Return the values of each key, in order."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for key, value in found:
        groups.setdefault(key, []).append(value)
    return groups


def _live(given: World) -> dict[tuple[Any, ...], list[Row]]:
    """The metrics of the tickets that are not deleted, by organisation."""
    rows = given.metrics.items()
    return grouped(((key[0],), row) for key, row in rows if row["place"] != "deleted")


def kaplan_meier(told: list[tuple[float, bool]], share: float) -> float | None:
    """Return when so many have ended; of a pair the second says that it did, not only lasted."""
    surviving = 1.0
    for time in sorted({time for time, _ in told}):
        at_risk = sum(each >= time for each, _ in told)
        surviving *= 1 - sum(is_end for each, is_end in told if each == time) / at_risk
        if surviving <= 1 - share + 1e-9:
            return time
    return None


def resolution_times(given: World) -> Rows:
    """By organisation, metric and clock; calendar time only."""
    found: Rows = {}
    for (org_id,), rows in _live(given).items():
        for name in ("first_resolution_time", "full_resolution_time"):
            taken = [row[f"{name}_calendar_s"] for row in rows]
            done = [each for each in taken if each is not None]
            lasted = [
                (row["age_s"] if each is None else each, each is not None)
                for each, row in zip(taken, rows, strict=True)
            ]
            found[org_id, name, "calendar"] = {
                "resolved_tickets": len(done),
                "mean_s": fmean(done) if done else None,
                **{f"p{n}_s": quantile(done, n / 100) for n in (50, 75, 85, 95)},
                "km_p50_s": kaplan_meier(lasted, 0.5),
                "km_p85_s": kaplan_meier(lasted, 0.85),
            }
    return found


def first_reply(given: World, start: str = "created") -> Rows:
    """By organisation; business time is calendar time."""
    found: Rows = {}
    lives = grouped(
        ((key[0],), (key, row)) for key, row in given.metrics.items() if row["place"] != "deleted"
    )
    for organisation, rows in lives.items():
        replied = [pair for pair in rows if pair[1]["first_reply_time_calendar_s"] is not None]
        waiting = [row for _, row in rows if row["first_reply_time_calendar_s"] is None]
        times = [_until_reply(given, key, row, start) for key, row in replied]
        done = [each for each in times if each is not None]
        ends = {"within_1h": (0, 1), "within_4h": (1, 4), "within_8h": (4, 8)}
        ends |= {"within_24h": (8, 24), "over_24h": (24, 10**9)}
        found[organisation] = {
            "tickets": len(rows),
            "replied": len(replied),
            "frt_start": start,
            "awaiting": sum(row["place"] == "active" for row in waiting),
            "never": sum(row["place"] != "active" for row in waiting),
            "p85_s": quantile(done, 0.85),
            "p50_business_s": quantile(done, 0.5),
            **{n: sum(a * 3600 <= t < b * 3600 for t in done) for n, (a, b) in ends.items()},
            "ambiguous": sum(row["ambiguous_messages"] > 0 for row in waiting),
        }
    return found


def _until_reply(given: World, key: Any, row: Row, start: str) -> float | None:
    """Seconds up to the first reply; None: no message of the customer came before it."""
    if start == "created":
        took: float = row["first_reply_time_calendar_s"]
        return took
    first, *others = turns(given.talks[key], row["created_at"])
    if first[0].is_agent:
        return None
    return (others[0][0].at - first[0 if start == "first_message" else -1].at) / 1e6


def act_first(given: World) -> Rows:
    """By organisation and ticket; without promises."""
    found: Rows = {}
    for key, life in given.lives.items():
        last, row = life[-1], given.metrics[key]
        if last.place != "active":
            continue
        waits = [
            row[f"{name}_calendar_s"] for name in ("awaiting_first_reply_age", "awaiting_reply_age")
        ]
        waiting = max((each for each in waits if each is not None), default=None)
        has_asked = waits[1] is not None
        due = last.row["due_date"]
        overdue = (given.as_of - due) / 1e6 if due is not None and due < given.as_of else None
        reasons = {
            "overdue": overdue is not None,
            "customer waits": has_asked,
            "no reply yet": waiting is not None and not has_asked,
            "nobody assigned": last.row["assignee"] is None,
        }
        if any(reasons.values()):
            found[key] = {
                "reasons": ", ".join(name for name, is_so in reasons.items() if is_so),
                "reason_count": sum(reasons.values()),
                "status": last.row["status"],
                "priority": last.row["priority"],
                "assignee": last.row["assignee"],
                "age_s": row["age_s"],
                "waiting_s": waiting,
                "overdue_s": overdue,
                "broken_promises": 0,
                "next_breach_at": None,
            }
    return found


BINS = {
    "0-5m": 300,
    "5-15m": 900,
    "15-60m": 3600,
    "1-4h": 4 * 3600,
    "4-8h": 8 * 3600,
    "8-24h": 86_400,
    "1-2d": 2 * 86_400,
    "2-4d": 4 * 86_400,
    "4-7d": 7 * 86_400,
    "7-14d": 14 * 86_400,
    "14-30d": 30 * 86_400,
    "30-90d": 90 * 86_400,
    "90d+": math.inf,
}
"""Stretches of time and where they end, in seconds."""


def distribution(given: World) -> Rows:
    """By organisation, metric and stretch of time."""
    found: Rows = {}
    orgs = grouped(((key[0],), row) for key, row in given.metrics.items())
    for (org_id,), every in orgs.items():
        rows = [row for row in every if row["place"] != "deleted"]
        for name in ("first_reply_time", "full_resolution_time"):
            told = []
            for row in rows:
                took = row[f"{name}_calendar_s"]
                state = "cancelled" if row["place"] == "removed" else "running"
                told.append((row["age_s"], state) if took is None else (took, "done"))
            begin = 0.0
            for label, end in BINS.items():
                inside = [state for time, state in told if begin <= time < end]
                surviving = 1.0
                for time in sorted({time for time, _ in told if time < end}):
                    at_risk = sum(each >= time for each, _ in told)
                    surviving *= 1 - told.count((time, "done")) / at_risk
                found[org_id, name, label] = {
                    "bin_from_s": int(begin),
                    **{state: inside.count(state) for state in ("done", "running", "cancelled")},
                    "km_done_share": 1 - surviving,
                    "tickets_excluded": len(every) - len(rows),
                }
                begin = end
    return found


def due_dates(given: World) -> Rows:
    """By organisation, of tickets that ever had a due date."""
    every = grouped(
        ((key[0],), row)
        for key, row in given.metrics.items()
        if row["original_due_date"] is not None
    )
    found: Rows = {}
    for key, all_rows in every.items():
        rows = [row for row in all_rows if row["place"] != "deleted"]
        moved = [row["due_date_slippage_s"] for row in rows if row["due_date_changes"]]
        late = [row["lateness_s"] for row in rows if row["lateness_s"]]
        found[key] = {
            "due_set": len(rows),
            "resolved": sum(row["resolved_at"] is not None for row in rows),
            "met_original": sum(row["met_original_due"] is True for row in rows),
            "met_last": sum(row["met_last_due"] is True for row in rows),
            "late": sum(row["met_last_due"] is False for row in rows),
            "overdue_now": sum(row["overdue_now"] for row in rows),
            "postponed": sum((row["due_date_slippage_s"] or 0) > 0 for row in rows),
            "late_postponed": sum(row["late_postponements"] > 0 for row in rows),
            "slippage_p50_s": median(moved) if moved else None,
            "lateness_p50_s": median(late) if late else None,
            "tickets_excluded": len(all_rows) - len(rows),
        }
    return found


def touches(given: World) -> Rows:
    """By organisation, of tickets resolved for good."""
    every = grouped(
        ((key[0],), row) for key, row in given.metrics.items() if row["resolved_at"] is not None
    )
    found: Rows = {}
    for key, all_rows in every.items():
        rows = [row for row in all_rows if row["place"] != "deleted"]
        replies = [row["agent_replies"] for row in rows]
        found[key] = {
            "resolved": len(rows),
            "zero": replies.count(0),
            "one_native": sum(each < 2 for each in replies),
            "one_strict": replies.count(1),
            "two": replies.count(2),
            "multi": sum(each > 2 for each in replies),
            "one_messaging": sum(r["agent_replies"] == 1 and r["reopens"] == 0 for r in rows),
            "replies_mean": fmean(replies) if replies else None,
        }
    return found


def scatter(given: World, window: int) -> Rows:
    """By organisation and ticket."""
    every = grouped(
        ((key[0],), (row["resolved_at"], key[1], row))
        for key, row in given.metrics.items()
        if row["resolved_at"] is not None and row["place"] != "deleted"
    )
    excluded = Counter(
        org_id
        for (org_id, _), row in given.metrics.items()
        if row["resolved_at"] is not None and row["place"] == "deleted"
    )
    found: Rows = {}
    for (org_id,), told in every.items():
        told.sort(key=lambda each: each[:2])
        for place, (_, ticket_id, row) in enumerate(told):
            last_rows = [each for *_, each in told[max(0, place + 1 - window) : place + 1]]
            last = [each["lead_time_calendar_s"] for each in last_rows]
            lead = row["lead_time_calendar_s"]
            found[org_id, ticket_id] = {
                "cycle_s": row["cycle_time_calendar_s"],
                "lead_s": lead,
                "rolling_p50_s": median(last),
                "rolling_p85_s": quantile(last, 0.85),
                "rolling_sd_s": stdev(last) if len(last) > 1 else None,
                "tickets_excluded": excluded[org_id],
            }
    return found


def agents(given: World) -> Rows:
    """By organisation and agent."""
    answered: list[tuple[tuple[Any, ...], Any]] = []
    for key, talk in given.talks.items():
        if given.lives[key][-1].place == "deleted":
            continue
        said = turns(talk, given.metrics[key]["created_at"])
        for before, turn in zip([None, *said], said, strict=False):
            if turn[0].is_agent:
                wait = turn[0].at - before[0].at if before else None
                answered.append(((key[0], turn[0].agent), (wait, len(turn), key[1])))
    found: Rows = {}
    for who, told in grouped(answered).items():
        waits = [wait / 1e6 for wait, _, _ in told if wait is not None]
        found[who] = {
            "turns": len(told),
            "replies": len(waits),
            "p50_s": quantile(waits, 0.5),
            "p85_s": quantile(waits, 0.85),
            "messages_out": sum(count for _, count, _ in told),
            "tickets": len({ticket_id for *_, ticket_id in told}),
        }
    return found
