"""Every metric of every ticket, the plainest way: from its versions and its messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .attached import quoted_id
from .conditions import on_hold_until
from .counts import counts, due_dates
from .events import Envelope
from .fold import Row, seen, state
from .moves import Stay, closings_of, holder, live, stays, steps
from .sightings import Key
from .state import TICKET_STATE
from .talk import Said, Talk, spoken, talks, turns
from .tickets import Ticket, tickets
from .values import plain

Business = Callable[[int, int], int]
"""Open microseconds from one instant to another."""

GONE = ("removed", "deleted")


@dataclass(frozen=True)
class Told:
    """An instant and its bounds; microseconds, None for unknown."""

    at: int
    earliest: int | None
    latest: int


@dataclass(frozen=True)
class Milestones:
    """What the durations of a ticket run between."""

    born: Told
    closings: list[Stay]
    finally_closed: Told | None
    gone: Told | None
    said: list[list[Said]]

    def replies(self) -> list[list[Said]]:
        """Return the turns of the team."""
        return [turn for turn in self.said if turn[0].is_agent]


@dataclass(frozen=True)
class Span:
    """Time from one told instant to another."""

    began: Told
    ended: Told


def exactly(at: int) -> Told:
    """Return an instant that is known."""
    return Told(at, at, at)


def when(stay: Stay) -> Told:
    """Return when a version began."""
    if stay.is_exact:
        return exactly(stay.at)
    row = stay.row
    if row["evidence"] == "declared":
        earliest = row["valid_from_earliest"]
    else:
        is_known = row["created_at"] is not None and row["created_at"] < row["valid_from"]
        earliest = row["created_at"] if is_known else None
    return Told(stay.at, earliest, row["valid_from_latest"])


def metrics(
    stream: list[Envelope],
    as_of: int,
    business: Business,
    on_hold: Sequence[dict[str, Any]] = (),
) -> dict[Key, Row]:
    """Return the row of every ticket, without what `ticket_completeness_at` tells."""
    found = {(each.org_id, each.ticket_id): each for each in tickets(stream)}
    lives = {key: stays(ticket) for key, ticket in found.items()}
    talk = talks(stream, lives)
    every = spoken(stream)
    return {
        key: _metrics(key, ticket, lives[key], talk[key], every, as_of, business, on_hold)
        for key, ticket in found.items()
    }


def milestones(life: list[Stay], now: Row, talk: Talk) -> Milestones:
    """Return them, of a ticket with these versions, this last state and these messages."""
    born = when(life[0]) if now["created_at"] is None else exactly(now["created_at"])
    into = steps(life)
    closings = closings_of(life)
    lasting = [stay.place for stay in life if stay.place not in GONE]
    is_final = bool(lasting) and lasting[-1] == "resolved"
    gone = None
    if life[-1].place in GONE:
        for former, stay in into:
            if stay.place in GONE and not (former and former.place in GONE):
                gone = when(stay)
    closed = when(closings[-1]) if is_final and closings else None
    return Milestones(born, closings, closed, gone, turns(talk, born.at))


def _metrics(
    key: Key,
    ticket: Ticket,
    life: list[Stay],
    talk: Talk,
    every: dict[Key, Said],
    as_of: int,
    business: Business,
    on_hold: Sequence[dict[str, Any]],
) -> Row:
    now = state(ticket.ordered, TICKET_STATE)
    last = life[-1]
    found = milestones(life, now, talk)
    born, closings, finally_closed = found.born, found.closings, found.finally_closed
    gone, said, replies = found.gone, found.said, found.replies()
    is_seen = life[0].is_exact
    assignments = [
        s for f, s in steps(live(life)) if holder(s) and (not f or holder(f) != holder(s))
    ]
    until_last = [
        s for s in assignments if closings and s.row["version"] <= closings[-1].row["version"]
    ]
    progress = [s for s in life if plain(s.row["status"]) == "inprogress" and s.place != "deleted"]

    def first(found: list[Stay]) -> Told | None:
        if not found:
            return None
        told = when(found[0])
        if is_seen:
            return told
        if born.earliest is None or told.earliest is None:
            earliest = None if born.earliest is None else born.earliest
        else:
            earliest = min(told.earliest, born.earliest)
        return Told(told.at, earliest, told.latest)

    def since_born(told: Told | None) -> Told | None:
        return born if told and told.at < born.at else told

    spans: dict[str, list[Span]] = {}

    def reach(name: str, began: Told | None, ended: Told | None) -> None:
        if began and ended:
            spans.setdefault(name, []).append(Span(began, ended))

    first_reply = exactly(replies[0][0].at) if replies else None
    reach("first_reply_time", born, first_reply)
    reach("first_resolution_time", born, first(closings))
    reach("last_resolution_time", born, when(closings[-1]) if closings else None)
    if last.place == "resolved":
        reach("full_resolution_time", born, when(closings[-1]))
    reach("lead_time", born, finally_closed)
    reach("cycle_time", since_born(first(progress)), finally_closed)
    reach("time_to_first_assignment", born, since_born(first(assignments)))
    if until_last:
        reach("first_assignment_to_resolution", since_born(first(assignments)), when(closings[-1]))
        reach("last_assignment_to_resolution", since_born(when(until_last[-1])), when(closings[-1]))
    _quoted(key, now, every, born, reach)
    end = exactly(as_of)
    is_active = last.place == "active"
    if is_active:
        reach("unsolved_ticket_age", born, end)
        if not replies:
            reach("awaiting_first_reply_age", born, end)
    reply_turns = 0
    for turn, answer in zip(said, [*said[1:], None], strict=False):
        began = turn[0].at
        if turn[0].is_agent or (finally_closed and began > finally_closed.at):
            continue
        if answer:
            reply_turns += 1
            reach("total_reply_time", exactly(began), exactly(answer[0].at))
        elif is_active:
            reach("awaiting_reply_age", exactly(began), end)
    _states(life, said, born, end, spans)
    _active_times(life, born, end, on_hold, spans)
    row: Row = {}
    for name in NAMES:
        row |= _measured(name, spans.get(name), business)
    agent_work = sum(_us(each) for each in spans.get("agent_work_time", []))
    lead = sum(_us(each) for each in spans.get("lead_time", []))
    ends = gone or end
    return {
        "place": last.place,
        "created_at": born.at,
        "resolved_at": finally_closed.at if finally_closed else None,
        "age_s": max(0, ends.at - born.at) / 1e6,
        "unseen_time_s": max(0, min(life[0].at, ends.at) - born.at) / 1e6,
        **row,
        "flow_efficiency": agent_work / lead if lead else None,
        "agent_replies": len(replies),
        "agent_messages": sum(map(len, replies)),
        "customer_messages": sum(len(turn) for turn in said if not turn[0].is_agent),
        "reply_turns": reply_turns,
        "ambiguous_messages": talk.ambiguous,
        **counts(life, closings, assignments),
        **due_dates(ticket, last, finally_closed.at if finally_closed else None, as_of),
        "last_event_id": seen(ticket.ordered)["last_event_id"],
    }


NAMES = (
    "first_reply_time",
    "first_resolution_time",
    "full_resolution_time",
    "last_resolution_time",
    "lead_time",
    "cycle_time",
    "time_to_first_assignment",
    "first_assignment_to_resolution",
    "last_assignment_to_resolution",
    "time_to_ticket",
    "customer_first_response_time",
    "total_reply_time",
    "agent_work_time",
    "requester_wait_time",
    "on_hold_time",
    "unassigned_time",
    "waiting_on_us",
    "waiting_on_customer",
    "unsolved_ticket_age",
    "awaiting_first_reply_age",
    "awaiting_reply_age",
)


def _us(span: Span) -> int:
    return max(0, span.ended.at - span.began.at)


def _measured(name: str, spans: list[Span] | None, business: Business) -> Row:
    if not spans:
        return dict.fromkeys((f"{name}_calendar_s", f"{name}_business_s", f"{name}_quality"))
    low, high = 0, 0
    is_bounded = True
    for span in spans:
        if span.ended.earliest is not None:
            low += max(0, span.ended.earliest - span.began.latest)
        if span.began.earliest is None:
            is_bounded = False
        else:
            high += max(0, span.ended.latest - span.began.earliest)
    quality = "exact" if low == high else "interval"
    return {
        f"{name}_calendar_s": sum(map(_us, spans)) / 1e6,
        f"{name}_business_s": sum(business(s.began.at, max(s.began.at, s.ended.at)) for s in spans)
        / 1e6,
        f"{name}_quality": quality if is_bounded else "lower_bound",
    }


def _quoted(key: Key, now: Row, every: dict[Key, Said], born: Told, reach: Any) -> None:
    """The message the ticket was raised from, and the team's next one in that chat."""
    short_id = quoted_id(now["quoted_message_id"])
    quoted = [
        said
        for (org_id, _), said in every.items()
        if org_id == key[0] and short_id and said.unique_id == short_id
    ]
    if not quoted:
        return
    asked = min(quoted, key=lambda said: (said.at, said.message_id))
    reach("time_to_ticket", exactly(asked.at), born)
    answers = [
        said.at
        for (org_id, _), said in every.items()
        if org_id == key[0]
        and said.is_agent
        and said.chat_id is not None
        and said.chat_id == now["chat_id"]
        and said.at > asked.at
    ]
    if answers and not asked.is_agent:
        reach("customer_first_response_time", exactly(asked.at), exactly(min(answers)))


def _states(
    life: list[Stay],
    said: list[list[Said]],
    born: Told,
    end: Told,
    spans: dict[str, list[Span]],
) -> None:
    """Add the times in a status, with an assignee, and waiting for either side."""

    def add(name: str, began: Told, ended: Told) -> None:
        spans.setdefault(name, []).append(Span(born if began.at < born.at else began, ended))

    def runs(value: Callable[[Stay], Any]) -> list[tuple[Any, Stay, Told, Told]]:
        """The stretches over which a value of the versions does not change."""
        starts = [
            s for f, s in zip([None, *life], life, strict=False) if not f or value(f) != value(s)
        ]
        ends = [*map(when, starts[1:]), end]
        return [(value(s), s, when(s), ended) for s, ended in zip(starts, ends, strict=True)]

    for _, stay, began, ended in runs(lambda s: (s.row["status"], s.place in GONE)):
        if stay.place == "active" and plain(stay.row["status"]) == "inprogress":
            add("agent_work_time", began, ended)
    for _, stay, began, ended in runs(lambda s: (holder(s), s.place == "active")):
        if stay.place == "active" and holder(stay) is None:
            add("unassigned_time", began, ended)
    for place, _, began, ended in runs(lambda s: s.place):
        if place != "active":
            continue
        before = [turn for turn in said if turn[0].at <= began.at]
        is_last = ended is end
        during = [
            turn for turn in said if began.at < turn[0].at and (is_last or turn[0].at < ended.at)
        ]
        cuts = [(began, bool(before) and before[-1][0].is_agent)]
        cuts += [(exactly(turn[0].at), turn[0].is_agent) for turn in during]
        for (since, is_agent), until in zip(
            cuts, [*(cut for cut, _ in cuts[1:]), ended], strict=True
        ):
            add("waiting_on_customer" if is_agent else "waiting_on_us", since, until)


def _active_times(
    life: list[Stay],
    born: Told,
    end: Told,
    on_hold: Sequence[dict[str, Any]],
    spans: dict[str, list[Span]],
) -> None:
    """Add the times in which the ticket was active, on hold or not."""
    found: list[tuple[Told, str | None]] = []
    for stay, following in zip(life, [*life[1:], None], strict=True):
        began = when(stay)
        first = began.at if began.earliest is None else began.earliest
        until = on_hold_until(first, stay.row, list(on_hold))
        states = [(began, until is not None)]
        if until is not None and until < (following.at if following else end.at + 1):
            due = int(until)
            later = when(following).earliest if following else None
            earliest = due if later is None else min(due, later)
            states.append((Told(max(due, began.at), earliest, max(due, began.latest)), False))
        for began, is_held in states:
            kind = "on_hold_time" if is_held else "requester_wait_time"
            found.append((began, kind if stay.place == "active" else None))
    starts = [
        now for was, now in zip([None, *found], found, strict=False) if not was or was[1] != now[1]
    ]
    for (began, name), ended in zip(starts, [*(at for at, _ in starts[1:]), end], strict=True):
        if name:
            spans.setdefault(name, []).append(Span(born if began.at < born.at else began, ended))
