"""Reports on where tickets went and what they carried, counted the plainest way."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from .history import history
from .moves import DAY, Stay, dated_closings_of, floor, holder, live, micros, steps
from .reports import Rows, World, grouped, quantile
from .state import TICKET_STATE
from .talk import spoken, turns
from .tickets import tickets
from .values import EPOCH


def workload(given: World) -> Rows:
    """By organisation and assignee, over all time."""
    flows: dict[tuple[Any, ...], dict[str, int]] = {}

    def count(org_id: str, holder: str | None, flow: str) -> None:
        names = ("arrived", "reassigned_in", "reassigned_out", "resolved", "removed")
        flows.setdefault((org_id, holder), dict.fromkeys(names, 0))[flow] += 1

    for (org_id, _), life in given.lives.items():
        for former, stay in steps(life):
            was = former if former and former.place == "active" else None
            now = stay if stay.place == "active" else None
            if now and not was:
                count(org_id, holder(now), "arrived")
            elif was and not now:
                flow = "resolved" if stay.place == "resolved" else "removed"
                count(org_id, holder(was), flow)
            elif was and now and holder(was) != holder(now):
                count(org_id, holder(was), "reassigned_out")
                count(org_id, holder(now), "reassigned_in")
    closing = grouped(
        ((key[0], holder(life[-1])), key)
        for key, life in given.lives.items()
        if life[-1].place == "active"
    )
    holds = [
        (key[0], holder(stay), stay.at, after.at if after else given.as_of + 1)
        for key, life in given.lives.items()
        for stay, after in zip(life, [*life[1:], None], strict=True)
        if stay.place == "active"
    ]
    first = {org_id: min(each[2] for each in holds if each[0] == org_id) for org_id, *_ in holds}
    return {
        key: {
            "opening": 0,
            **flow,
            "closing": len(closing.get(key, [])),
            "wip_avg": sum(end - begin for *whose, begin, end in holds if tuple(whose) == key)
            / (given.as_of + 1 - first[key[0]]),
        }
        for key, flow in flows.items()
    }


def handoffs(given: World) -> Rows:
    """By organisation, the two assignees, and who did it."""
    told = []
    for (org_id, ticket_id), life in given.lives.items():
        if life[-1].place == "deleted":
            continue
        since: int | None = None
        chain: list[str] = []
        for former, stay in steps(live(life)):
            new, old = holder(stay), holder(former) if former else None
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
    return [s for f, s in steps(life) if not f or value(f) != value(s)]


def _status(stay: Stay) -> str:
    return "(none)" if stay.row["status"] is None else str(stay.row["status"])


def variants(given: World) -> Rows:
    """By organisation and way."""
    told = []
    for key, life in given.lives.items():
        if life[-1].place == "deleted":
            continue
        way = [_status(stay) for stay in _changes(live(life), lambda s: s.row["status"])]
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
        way = _changes(live(life), lambda s: s.row["status"])
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
    """By organisation, weekday and hour in UTC; always open."""
    told: list[tuple[str, int, str]] = []
    for key, life in given.lives.items():
        told.append((key[0], given.metrics[key]["created_at"], "created"))
        told += [(key[0], stay.at, "resolved") for stay in dated_closings_of(life)]
    for (org_id, _), said in spoken(given.stream).items():
        told.append((org_id, said.at, "messages_out" if said.is_agent else "messages_in"))
    found: Rows = {}
    for org_id, at, kind in told:
        if at > given.as_of:
            continue
        moment = EPOCH + timedelta(microseconds=at)
        names = ("created", "resolved", "messages_in", "messages_out")
        key3 = (org_id, moment.isoweekday(), moment.hour)
        found.setdefault(key3, {**dict.fromkeys(names, 0), "staffed_flag": True})[kind] += 1
    return found


def priorities(given: World) -> Rows:
    """By organisation and pair of priorities; nobody is known without an audit log."""
    told = []
    for key, life in given.lives.items():
        if life[-1].place == "deleted":
            continue
        said = turns(given.talks[key], given.metrics[key]["created_at"])
        replied = [turn[0].at for turn in said if turn[0].is_agent]
        for former, stay in steps(live(life)):
            if former and former.row["priority"] != stay.row["priority"]:
                pair = (key[0], former.row["priority"], stay.row["priority"], None)
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
    if stay.place == "active":
        return str(stay.row["status"]) if stay.row["status"] in ("open", "inprogress") else "other"
    return {"resolved": "closed", "removed": "archived"}.get(stay.place, stay.place)
