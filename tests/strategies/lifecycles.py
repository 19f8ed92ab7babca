"""Lifecycles: whole lives of few tickets, told by senders with steady habits, some of it lost.

Where a stream holds anything, these are mostly full after-images with right former values, so that
their order at one instant, their gaps and the habits of their sender can be told from them.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from ..twin.events import Envelope
from .instants import CLOCK, SPELLINGS
from .values import Values


@dataclass(frozen=True)
class Habits:
    """How an org's sender tells events.

    Attributes:
        empties: when previous_attributes are `{}`: if nothing changed, always, or never.
        by_keys: custom properties are declared by the keys that changed, not as the whole map.
        unreported: fields that are never declared.
        marks: what else is declared, tracked by nobody.
        shape: `info` or `row`.
        loses: some events never arrive.
    """

    empties: str
    by_keys: bool
    unreported: tuple[str, ...]
    marks: Values
    shape: str
    loses: bool


@dataclass(frozen=True)
class Turn:
    """What happens next to a ticket.

    Attributes:
        changes: new values, some of them the old ones.
        mood: `right`, or in which way it is not told like most.
        pause: clock ticks since the turn before.
    """

    changes: Values
    mood: str
    pause: int


WHEN = SPELLINGS[0]
CHANGES: tuple[tuple[str, Any], ...] = (
    *(("status", value) for value in ("open", "inprogress", "closed")),
    *(("assignee", value) for value in (None, "dev@x.example", "lena@x.example")),
    *(("labels", value) for value in ("vip", ["billing", "vip"], None)),
    *(("custom_properties", value) for value in ({"Plan": "Gold", "n": 1}, {"Plan": "Gold"})),
    *(("custom_properties", {"Plan": "Silver", "n": value}) for value in (1, 2, None, {"a": 2})),
    *(("custom_properties", value) for value in (None, {"x": None})),
    *(("due_date", value) for value in (None, WHEN(CLOCK[-1]), "0001-01-01T00:00:00Z")),
    ("is_deleted", False),
)
MARKS: tuple[Values, ...] = (
    {},
    {"last_updated_at": WHEN(CLOCK[0]), "last_updated_by": None},
    {"response_time": 1.5},
    {"response_time": "soon", "last_updated_at": True},  # of wrong types, so not there
)
MOODS = (
    *["right"] * 14,
    *["lost", "lost", "early", "early", "partial", "wrong"],
    *["absent", "null", "deleted", "snapshot", "created"],
)

habits = st.builds(
    Habits,
    empties=st.sampled_from(["unchanged", "unchanged", "always", "never"]),
    by_keys=st.booleans(),
    unreported=st.sampled_from([(), ("assignee",), ("status", "labels"), ("custom_properties",)]),
    marks=st.sampled_from((MARKS[0], *MARKS)),
    shape=st.sampled_from(["info", "row"]),
    loses=st.booleans(),
)
changes = st.lists(st.sampled_from(CHANGES), max_size=2).map(dict)
paces = st.sampled_from([(1,), (1,), (0, 1), (0, 0, 0, 0, 1)])
firsts = st.fixed_dictionaries(
    {"status": st.just("open"), "subject": st.just("Invoice 4471"), "assignee": st.none()},
    optional={
        "created_at": st.sampled_from([None, *map(WHEN, (CLOCK[0], CLOCK[1], CLOCK[-1]))]),
        "is_deleted": st.just(False),
        "labels": st.just("vip"),
        "custom_properties": st.sampled_from([{"Plan": "Silver", "n": 1}, {}]),
    },
)


@st.composite
def lifecycles(draw: st.DrawFn) -> list[Envelope]:
    """Valid envelopes in the documented form about one to three tickets of one or two orgs."""
    orgs = {org_id: draw(habits) for org_id in ("org-a", "org-b")[: draw(st.integers(1, 2))]}
    told: list[Envelope] = []
    for number in range(draw(st.integers(1, 3))):
        org_id = draw(st.sampled_from(sorted(orgs)))
        pace = st.sampled_from(draw(paces))
        turn = st.builds(Turn, changes=changes, mood=st.sampled_from(MOODS), pause=pace)
        size = draw(st.sampled_from([5, 15, 30]))
        turns = draw(st.lists(turn, min_size=size, max_size=size))
        first = draw(st.sampled_from(["created", "unseen"]))
        opening = Turn(draw(firsts), first, 2)
        told += _life(f"T-{number % 2}", org_id, orgs[org_id], [opening, *turns])
    return told


def _life(ticket_id: str, org_id: str, habits: Habits, turns: list[Turn]) -> list[Envelope]:
    told = []
    state: Values = {}
    tick = 0
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        tick += turn.pause
        former, state = state, {**state, **turn.changes}
        if turn.mood == "deleted":
            state["is_deleted"] = True
        image = {field: state[field] for field in turn.changes} if turn.mood == "partial" else state
        if turn.mood == "early" and following is not None:
            image = {**image, **following.changes}
        if turn.mood == "unseen" or (turn.mood == "lost" and habits.loses):
            continue
        envelope = _told(turn.mood, ticket_id, image, habits)
        envelope |= {"org_id": org_id, "timestamp": WHEN(CLOCK[tick])}
        if turn.mood == "snapshot":
            envelope["data"] |= {"org_id": org_id, "last_updated_at": WHEN(CLOCK[tick])}
        elif turn.mood != "absent":
            envelope["previous_attributes"] = _previous(turn.mood, former, state, habits)
        told.append(envelope)
    return told


def _told(mood: str, ticket_id: str, image: Values, habits: Habits) -> Envelope:
    name = mood if mood in ("created", "deleted", "snapshot") else "updated"
    row = {"ticket_id": ticket_id, **image}
    if habits.shape == "row" or mood == "snapshot":
        return {"event": f"ticket.{name}", "data": row}
    if "labels" in row:
        row["ticket_labels"] = row.pop("labels")
    return {"event": f"ticket.{name}", "data": {"ticket": row, "chat": None}}


def _previous(mood: str, former: Values, state: Values, habits: Habits) -> Values | None:
    if mood == "null":
        return None
    if mood == "created" or habits.empties == "always":
        return {}
    moved = [field for field in state if state[field] != former.get(field)]
    declared = {
        field: _declared(field, former, state, habits)
        for field in moved
        if field not in habits.unreported
    }
    if mood == "wrong":
        declared["status"] = "archived"
    if not declared:
        return {} if habits.empties == "unchanged" else habits.marks or None
    return {**declared, **habits.marks}


def _declared(field: str, former: Values, state: Values, habits: Habits) -> Any:
    if field != "custom_properties" or not habits.by_keys:
        return former.get(field)
    old, new = former.get(field) or {}, state[field] or {}
    keys = [key for key in (*old, *new) if old.get(key) != new.get(key)]
    return {key: old.get(key) for key in keys}
