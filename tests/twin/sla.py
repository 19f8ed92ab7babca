"""SLA policies applied to every ticket, the plainest way: stretch by stretch.

Policies are tables as a file of them is written, not the product's models; durations in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .conditions import fits
from .events import Envelope
from .fold import Row, state
from .history import history
from .metrics import Business, Milestones, Told, exactly, milestones
from .moves import place, stays
from .state import TICKET_STATE
from .talk import talks
from .tickets import Ticket, tickets

BusinessAt = Callable[[int, int], int]
"""First instant at which a calendar was open for so long since an instant."""


@dataclass(frozen=True)
class Promise:
    """What was promised, from when to when."""

    metric: str
    instance: int
    began: Told
    ended: Told | None
    outcome: str | None


@dataclass(frozen=True)
class Stretch:
    """Time in which nothing changes, and what the clock showed before and after it."""

    since: int
    upto: int
    row: Row
    is_running: bool
    target: int | None
    before: int
    after: int


def promises(ticket: Ticket, known: Milestones) -> list[Promise]:
    """Return everything that can be promised for a ticket."""
    found: list[Promise] = []

    def add(metric: str, number: int, began: Told, ended: Told | None) -> None:
        gone = known.gone
        if gone and began.at > gone.at:
            return
        if gone and (not ended or ended.at > gone.at):
            found.append(Promise(metric, number, began, gone, "cancel"))
        else:
            found.append(Promise(metric, number, began, ended, "fulfil" if ended else None))

    replies, closed = known.replies(), known.finally_closed
    first_reply = replies[0][0].at if replies else None
    add("first_reply", 1, known.born, None if first_reply is None else exactly(first_reply))
    add("resolution", 1, known.born, closed)
    number = 0
    for turn, answer in zip(known.said, [*known.said[1:], None], strict=False):
        if turn[0].is_agent or (closed and turn[0].at > closed.at):
            continue
        number += 1
        if first_reply is not None and turn[0].at >= first_reply:
            ended = exactly(answer[0].at) if answer else None
            add("next_reply", number, exactly(turn[0].at), ended)
    sent = sorted({said.at for turn in replies for said in turn if said.at > known.born.at})
    sent = [at for at in sent if not closed or at < closed.at]
    for index, at in enumerate(sent):
        later = exactly(sent[index + 1]) if index + 1 < len(sent) else closed
        add("periodic_update", index + 1, exactly(at), later)
    dated = [row for row in history(ticket, TICKET_STATE) if row["due_date"] is not None]
    if dated and not (closed and dated[0]["valid_from"] >= closed.at):
        add("due_date", 1, exactly(dated[0]["valid_from"]), closed)
    return found


def sla(
    stream: list[Envelope],
    as_of: int,
    policies: list[dict[str, Any]],
    business: Business,
    business_at: BusinessAt,
) -> dict[tuple[str, str, str, int], Row]:
    """Return every promise by organisation, ticket, policy and instance."""
    every = tickets(stream)
    lives = {(each.org_id, each.ticket_id): stays(each) for each in every}
    talk = talks(stream, lives)
    found: dict[tuple[str, str, str, int], Row] = {}
    for ticket in every:
        key = (ticket.org_id, ticket.ticket_id)
        known = milestones(lives[key], state(ticket.ordered, TICKET_STATE), talk[key])
        for promise in promises(ticket, known):
            for policy in policies:
                if policy["metric"] != promise.metric or promise.began.at > as_of:
                    continue
                told = _stretches(ticket, known, promise, policy, as_of, business)
                if promise.metric == "due_date" or any(s.target is not None for s in told):
                    row = _judged(promise, told, business_at)
                    found[(*key, policy["name"], promise.instance)] = row
    return found


def _stretches(
    ticket: Ticket,
    known: Milestones,
    promise: Promise,
    policy: dict[str, Any],
    as_of: int,
    business: Business,
) -> list[Stretch]:
    versions = history(ticket, TICKET_STATE)
    began = promise.began.at
    until = max(began, promise.ended.at if promise.ended else as_of)
    cuts = {row["valid_from"] for row in versions} | {turn[0].at for turn in known.said}
    last = until if promise.ended is None else until - 1
    edges = [began, *sorted(cut for cut in cuts if began < cut <= last), until]
    found: list[Stretch] = []
    elapsed = 0
    for since, upto in pairwise(edges):
        row = [versions[0], *(each for each in versions if each["valid_from"] <= since)][-1]
        spoke = [turn for turn in known.said if turn[0].at <= since]
        speaker = "us" if spoke and spoke[-1][0].is_agent else "customer"
        is_paused = any(fits(row, pause, speaker) for pause in policy.get("pauses", []))
        is_running = place(row) == "active" and not is_paused
        targets = [t["target"] for t in policy.get("targets", []) if fits(row, t, speaker)]
        count = (lambda a, b: b - a) if promise.metric == "due_date" else business
        after = elapsed + (count(since, upto) if is_running else 0)
        target = int(targets[0] * 1e6) if targets else None
        found.append(Stretch(since, upto, row, is_running, target, elapsed, after))
        elapsed = after
    return found


def _judged(promise: Promise, told: list[Stretch], business_at: BusinessAt) -> Row:
    last = told[-1]
    breached_at = _breach(promise.metric, told, business_at)
    is_due = promise.metric == "due_date"
    has_target = (last.row["due_date"] if is_due else last.target) is not None
    if breached_at is not None:
        outcome = "breached" if promise.outcome else "active_breached"
    elif promise.outcome:
        outcome = "met" if promise.outcome == "fulfil" and has_target else "cancelled"
    else:
        outcome = "active" if last.is_running and has_target else "paused"
    due = last.row["due_date"] if is_due else None
    ahead = None
    if outcome == "active":
        if is_due:
            ahead = due
        elif last.target is not None:
            ahead = _reached(told, len(told) - 1, business_at)
    left = None if last.target is None else last.target - last.after
    if is_due:
        left = None if due is None else due - last.upto
    return {
        "metric": promise.metric,
        "state": outcome,
        "priority_at_activation": told[0].row["priority"] or 0,
        "activated_at": promise.began.at,
        "ended_at": promise.ended.at if promise.ended else None,
        "target_s": None if is_due or last.target is None else last.target / 1e6,
        "due_date": due,
        "elapsed_s": last.after / 1e6,
        "remaining_s": None if promise.outcome or left is None else left / 1e6,
        "breach_at": ahead if breached_at is None else breached_at,
    }


def _breach(metric: str, told: list[Stretch], business_at: BusinessAt) -> int | None:
    """Return when the clock first showed the target that it went beyond."""
    for index, stretch in enumerate(told):
        if metric == "due_date":
            due = stretch.row["due_date"]
            if stretch.is_running and due is not None and due < stretch.upto:
                return int(max(due, stretch.since))
            continue
        if stretch.target is None or stretch.after <= stretch.target:
            continue
        return _reached(told, index, business_at)
    return None


def _reached(told: list[Stretch], index: int, business_at: BusinessAt) -> int:
    """Return when the clock first showed the target of a stretch, or will if it runs on."""
    target = told[index].target
    assert target is not None
    while index and told[index - 1].target == target <= told[index - 1].after:
        index -= 1
    first = told[index]
    if first.before >= target:
        return first.since
    return business_at(first.since, target - first.before)
