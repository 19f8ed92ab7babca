"""Reports on the lives of tickets, counted the plainest way; rows by their key columns."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, median, stdev
from typing import Any

from .events import Envelope
from .fold import Row
from .history import history
from .metrics import Business, metrics
from .moves import DAY, Stay, floor, lives, micros
from .sightings import Key
from .state import TICKET_STATE
from .talk import Talk, spoken, talks, turns
from .tickets import tickets
from .values import EPOCH

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


def first_reply(given: World) -> Rows:
    """By organisation."""
    found: Rows = {}
    for key, rows in _live(given).items():
        times = [row["first_reply_time_calendar_s"] for row in rows]
        done = [each for each in times if each is not None]
        waiting = [row for row, each in zip(rows, times, strict=True) if each is None]
        ends = {"within_1h": (0, 1), "within_4h": (1, 4), "within_8h": (4, 8)}
        ends |= {"within_24h": (8, 24), "over_24h": (24, 10**9)}
        found[key] = {
            "tickets": len(rows),
            "replied": len(done),
            "awaiting": sum(row["place"] == "active" for row in waiting),
            "never": sum(row["place"] != "active" for row in waiting),
            "p85_s": quantile(done, 0.85),
            "p50_business_s": quantile(
                [
                    row["first_reply_time_business_s"]
                    for row in rows
                    if row["first_reply_time_business_s"] is not None
                ],
                0.5,
            ),
            **{n: sum(a * 3600 <= t < b * 3600 for t in done) for n, (a, b) in ends.items()},
            "ambiguous": sum(row["ambiguous_messages"] > 0 for row in waiting),
        }
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
                "rolling_sd_s": stdev(last) if len(last) > 1 else None,
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


def _holder(stay: Stay) -> str | None:
    return stay.row["assignee"] or None


def _steps(life: list[Stay]) -> list[tuple[Stay | None, Stay]]:
    return list(zip([None, *life], life, strict=False))


def workload(given: World) -> Rows:
    """By organisation and assignee, over all time."""
    flows: dict[tuple[Any, ...], dict[str, int]] = {}

    def count(org_id: str, holder: str | None, flow: str) -> None:
        names = ("arrived", "reassigned_in", "reassigned_out", "resolved", "removed")
        flows.setdefault((org_id, holder), dict.fromkeys(names, 0))[flow] += 1

    for (org_id, _), life in given.lives.items():
        for former, stay in _steps(life):
            was = former if former and former.place == "active" else None
            now = stay if stay.place == "active" else None
            if now and not was:
                count(org_id, _holder(now), "arrived")
            elif was and not now:
                flow = "resolved" if stay.place == "resolved" else "removed"
                count(org_id, _holder(was), flow)
            elif was and now and _holder(was) != _holder(now):
                count(org_id, _holder(was), "reassigned_out")
                count(org_id, _holder(now), "reassigned_in")
    closing = grouped(
        ((key[0], _holder(life[-1])), key)
        for key, life in given.lives.items()
        if life[-1].place == "active"
    )
    return {
        key: {"opening": 0, **flow, "closing": len(closing.get(key, []))}
        for key, flow in flows.items()
    }


def handoffs(given: World) -> Rows:
    """By organisation, the two assignees, and who did it."""
    told = []
    for (org_id, ticket_id), life in given.lives.items():
        since: int | None = None
        chain: list[str] = []
        for former, stay in _steps(life):
            new, old = _holder(stay), _holder(former) if former else None
            if former and new == old:
                continue
            if new and new != (chain[-1] if chain else None):
                chain.append(new)
            if new and old:
                is_return = len(chain) > 2 and chain[-3] == new
                by = stay.row["assigned_by"] or None
                wait = max(0, stay.at - (since or 0)) / 1e6
                told.append(((org_id, old, new, by), (ticket_id, wait, is_return)))
            since = stay.at
    return {
        key: {
            "events": len(found),
            "tickets": len({ticket_id for ticket_id, *_ in found}),
            "hold_before_p50_s": median(wait for _, wait, _ in found),
            "ping_pongs": sum(is_return for *_, is_return in found),
        }
        for key, found in grouped(told).items()
    }


def _changes(life: list[Stay], value: Callable[[Stay], Any]) -> list[Stay]:
    return [s for f, s in _steps(life) if not f or value(f) != value(s)]


def _status(stay: Stay) -> str:
    return "(none)" if stay.row["status"] is None else str(stay.row["status"])


def variants(given: World) -> Rows:
    """By organisation and way."""
    told = []
    for key, life in given.lives.items():
        if life[-1].place == "deleted":
            continue
        way = [_status(stay) for stay in _changes(life, lambda s: s.row["status"])]
        lead = given.metrics[key]["lead_time_calendar_s"]
        told.append(((key[0], " > ".join(way)), (key[1], lead, len(way) > len(set(way)))))
    cases = grouped((key[:1], None) for key, _ in told)
    found: Rows = {}
    for key, tickets_of in grouped(told).items():
        leads = [lead for _, lead, _ in tickets_of if lead is not None]
        found[key] = {
            "cases": len(tickets_of),
            "share": len(tickets_of) / len(cases[key[:1]]),
            "lead_p50_s": median(leads) if leads else None,
            "rework_cases": sum(is_rework for *_, is_rework in tickets_of),
            "example_ticket": min(ticket_id for ticket_id, *_ in tickets_of),
        }
    return found


def dfg(given: World) -> Rows:
    """By organisation and pair of statuses that follow each other."""
    told = []
    for (org_id, ticket_id), life in given.lives.items():
        if life[-1].place == "deleted":
            continue
        way = _changes(life, lambda s: s.row["status"])
        for index, (a, b) in enumerate(pairwise(way)):
            been = {_status(stay) for stay in way[: index + 1]}
            step = (ticket_id, max(0, b.at - a.at) / 1e6, _status(b) in been)
            told.append(((org_id, _status(a), _status(b)), step))
    return {
        key: {
            "events": len(steps),
            "cases": len({ticket_id for ticket_id, *_ in steps}),
            "mean_s": fmean(wait for _, wait, _ in steps),
            "p50_s": median(wait for _, wait, _ in steps),
            "total_wait_s": sum(wait for _, wait, _ in steps),
            "rework_cases": len({ticket_id for ticket_id, _, again in steps if again}),
        }
        for key, steps in grouped(told).items()
    }


def hours(given: World) -> Rows:
    """By organisation, weekday and hour in UTC."""
    told: list[tuple[str, int, str]] = []
    for key, life in given.lives.items():
        told.append((key[0], given.metrics[key]["created_at"], "created"))
        for former, stay in _steps(life):
            if stay.place == "resolved" and (not former or former.place != "resolved"):
                told.append((key[0], stay.at, "resolved"))
    for (org_id, _), said in spoken(given.stream).items():
        told.append((org_id, said.at, "messages_out" if said.is_agent else "messages_in"))
    found: Rows = {}
    for org_id, at, kind in told:
        if at > given.as_of:
            continue
        moment = EPOCH + timedelta(microseconds=at)
        names = ("created", "resolved", "messages_in", "messages_out")
        key3 = (org_id, moment.isoweekday(), moment.hour)
        found.setdefault(key3, dict.fromkeys(names, 0))[kind] += 1
    return found


def priorities(given: World) -> Rows:
    """By organisation and pair of priorities."""
    told = []
    for key, life in given.lives.items():
        said = turns(given.talks[key], given.metrics[key]["created_at"])
        replied = [turn[0].at for turn in said if turn[0].is_agent]
        for former, stay in _steps(life):
            if former and former.row["priority"] != stay.row["priority"]:
                pair = (key[0], former.row["priority"], stay.row["priority"])
                told.append((pair, (key[1], not replied or stay.at < replied[0])))
    return {
        pair: {
            "events": len(found),
            "tickets": len({ticket_id for ticket_id, _ in found}),
            "before_first_reply": sum(is_before for _, is_before in found),
        }
        for pair, found in grouped(told).items()
    }


def labels(given: World) -> Rows:
    """By organisation and label."""
    told = []
    for ticket in tickets(given.stream):
        row = given.metrics[ticket.org_id, ticket.ticket_id]
        if row["created_at"] > given.as_of:
            continue
        versions = history(ticket, TICKET_STATE)
        for label in {label for each in versions for label in each["labels"] or []}:
            worn = [label in (each["labels"] or []) for each in versions]
            us = sum(
                max(0, (given.as_of if v["valid_to"] is None else v["valid_to"]) - v["valid_from"])
                for v, is_worn in zip(versions, worn, strict=True)
                if is_worn
            )
            adds = sum(b and not a for a, b in zip([False, *worn], worn, strict=False))
            told.append(((ticket.org_id, label), (row, us / 1e6, adds, worn[-1])))
    found: Rows = {}
    for key, all_told in grouped(told).items():
        kept = [each for each in all_told if each[0]["place"] != "deleted"]
        closings = sum(row["resolutions"] for row, *_ in kept)
        full = [
            row["full_resolution_time_calendar_s"]
            for row, *_ in kept
            if row["full_resolution_time_calendar_s"] is not None
        ]
        found[key] = {
            "tickets": len(kept),
            "tickets_now": sum(is_now for *_, is_now in kept),
            "adds": sum(adds for _, _, adds, _ in kept),
            "removes": sum(adds - is_now for _, _, adds, is_now in kept),
            "time_p50_s": quantile((seconds for _, seconds, *_ in kept), 0.5),
            "resolution_p50_s": quantile(full, 0.5),
            "reopen_rate": sum(r["reopens"] for r, *_ in kept) / closings if closings else None,
            "tickets_excluded": len(all_told) - len(kept),
        }
    return found


def cumulative(given: World) -> Rows:
    """By organisation and day in UTC: the places and statuses when it ends."""
    found: Rows = {}
    for org_id in {key[0] for key in given.lives}:
        mine = [life for key, life in given.lives.items() if key[0] == org_id]
        start = floor(min(life[0].at for life in mine), "UTC", "day")
        while micros(start) <= given.as_of:
            end = min(micros(start) + DAY - 1, given.as_of)
            past = [[stay for stay in life if stay.at <= end] for life in mine]
            bands = dict.fromkeys(
                ("open", "inprogress", "closed", "archived", "other", "deleted"), 0
            )
            for life in past:
                if life:
                    bands[_band(life[-1])] += 1
            arrived = sum(any(stay.place == "active" for stay in life) for life in past)
            wip = sum(bool(life) and life[-1].place == "active" for life in past)
            found[org_id, micros(start)] = {
                **bands,
                "arrivals_cum": arrived,
                "departures_cum": arrived - wip,
                "wip": wip,
            }
            start += timedelta(days=1)
    return found


def _band(stay: Stay) -> str:
    plain = "".join(each for each in (stay.row["status"] or "").lower() if each not in " -_")
    return stay.place if stay.place in ("deleted", "other") else plain
