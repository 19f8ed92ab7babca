"""The order of events that share an instant: as few trails from state to state as can be.

Every event is an edge between two states. Nothing here knows what a state is: a node is a text,
equal for equal states.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

Trail = list["Edge"]
"""Edges of which each begins where the one before it ends."""

HUB = ""
"""The node outside that every trail comes from and goes to; no state is the empty text."""

LARGEST_OPEN, MOST_OPEN = 32, 8
"""Events of a tie, and silent ones among them, up to which their beginning is sought."""


@dataclass(frozen=True)
class Told:
    """What one event tells of the states before and after it.

    Attributes:
        begin: None when it tells nothing of the state before it.
    """

    event_id: str
    begin: str | None
    end: str


@dataclass(frozen=True)
class Edge(Told):
    """One event, from the state before it to the state after it."""

    begin: str


def chained(groups: Sequence[Sequence[Told]]) -> list[Edge]:
    """Return all edges in order; the groups are in order, and the edges of each tie."""
    ordered: list[Edge] = []
    former_end = None
    for index, group in enumerate(groups):
        next_start = start(groups[index + 1]) if index + 1 < len(groups) else None
        ordered += chain(settled(group, former_end, next_start), former_end, next_start)
        former_end = end(group, former_end, next_start)
    return ordered


def start(group: Sequence[Told]) -> str | None:
    """Return the one state that the group must begin in; None if there is no such state."""
    if len(group) == 1:
        return group[0].begin
    found = sources(closed(group))
    return next(iter(found)) if len(found) == 1 else None


def end(group: Sequence[Told], former_end: str | None, next_start: str | None) -> str | None:
    """Return the state that the group leads to; None if that is unknown."""
    if len(group) == 1:
        return group[0].end
    edges = closed(group)
    if not edges:
        return None
    found = sinks(edges)
    if not found:
        return former_end
    if len(found) == 1:
        return next(iter(found))
    return next_start if next_start in found else None


def closed(group: Sequence[Told]) -> list[Edge]:
    """Return the group if all of its events tell where they begin; else nothing."""
    edges = [Edge(t.event_id, t.begin, t.end) for t in group if t.begin is not None]
    return edges if len(edges) == len(group) else []


def settled(group: Sequence[Told], former_end: str | None, next_start: str | None) -> list[Edge]:
    """Return the group with a beginning for events that tell none, one after the other.

    Such an event begins where the others leave off: in a state that is led to more often than
    left, if there is a choice not in one that it leads to itself. It changed nothing if its own
    state is one and others lead to it; these are settled first, then those with the fewest choices,
    each by id. Of many such events none is known to have changed anything.
    """
    told = sorted(group, key=lambda each: each.event_id)
    opened = [index for index, each in enumerate(told) if each.begin is None]
    if len(told) <= LARGEST_OPEN and len(opened) <= MOST_OPEN:
        around = Around(told, former_end, next_start)
        turns = {index: around.turn(told[index].end) for index in opened}
        for index in sorted(opened, key=lambda index: (turns[index], index)):
            begin = Around(told, former_end, next_start).left_off(told[index].end)
            told[index] = replace(told[index], begin=begin)
    return [
        Edge(each.event_id, each.end if each.begin is None else each.begin, each.end)
        for each in told
    ]


class Around:
    """What the events of an instant lead to and leave; those that changed nothing do neither."""

    def __init__(
        self, told: Sequence[Told], former_end: str | None, next_start: str | None
    ) -> None:
        self._told = told
        moving = [each for each in told if each.begin != each.end]
        self._arrivals = [former_end, *(each.end for each in moving)]
        self._surplus = Counter(self._arrivals)
        self._surplus.subtract([next_start, *(each.begin for each in moving)])

    def _changed_nothing(self, own: str) -> bool:
        return self._surplus[own] > 0 and self._arrivals.count(own) > 1

    def _left_over(self) -> list[str]:
        return [node for node in self._arrivals if node is not None and self._surplus[node] > 0]

    def turn(self, own: str) -> int:
        if self._changed_nothing(own):
            return 0
        return 1 + len(set(self._left_over()) - downstream(self._told, own))

    def left_off(self, own: str) -> str:
        if self._changed_nothing(own):
            return own
        left = self._left_over()
        beyond = downstream(self._told, own)
        others = [node for node in left if node != own]
        return next((node for node in left if node not in beyond), others[0] if others else own)


def downstream(told: Sequence[Told], start: str) -> set[str]:
    """Return the states that the events lead to from a state, and the state itself."""
    found = {start}
    for _ in told:
        found |= {each.end for each in told if each.begin in found}
    return found


def sources(group: Sequence[Edge]) -> dict[str, int]:
    """Return the nodes that more edges leave than reach, by the smallest id leaving them."""
    ordered = sorted(group, key=lambda edge: edge.event_id)
    excess = _excess(group)
    return {edge.begin: excess[edge.begin] for edge in ordered if excess[edge.begin] > 0}


def sinks(group: Sequence[Edge]) -> dict[str, int]:
    """Return the nodes that more edges reach than leave, and how many more."""
    return {node: -excess for node, excess in _excess(group).items() if excess < 0}


def _excess(group: Sequence[Edge]) -> Counter[str]:
    excess: Counter[str] = Counter()
    for edge in group:
        excess[edge.begin] += 1
        excess[edge.end] -= 1
    return excess


def chain(group: Sequence[Edge], former_end: str | None, next_start: str | None) -> list[Edge]:
    """Return the group in order.

    Args:
        former_end: where the events before the group end, if known: what starts there comes first.
        next_start: where the events after the group begin, if known: what ends there comes last.
    """

    def place(trail: Trail) -> tuple[int, str]:
        first_id = min(edge.event_id for edge in trail)
        if trail[0].begin == former_end:
            return 0, first_id
        return (2 if trail[-1].end == next_start else 1), first_id

    found = trails(group, former_end, next_start)
    return [edge for trail in sorted(found, key=place) for edge in trail]


def trails(group: Sequence[Edge], former_end: str | None, next_start: str | None) -> list[Trail]:
    """Return the edges as the fewest trails that hold each of them once, in no particular order."""
    edges = sorted(group, key=lambda edge: edge.event_id)
    beginnings = sources(edges)
    if former_end in beginnings:
        beginnings = {former_end: beginnings[former_end], **beginnings}
    outward = [Edge("", node, HUB) for node, count in sinks(edges).items() for _ in range(count)]
    inward = [Edge("", HUB, node) for node, count in beginnings.items() for _ in range(count)]
    leaving: dict[str, list[Edge]] = {}
    for edge in (*edges, *outward, *inward):
        leaving.setdefault(edge.begin, []).append(edge)

    wanted = (HUB, former_end, next_start, edges[0].begin)
    first = next(node for node in wanted if node is not None and node in leaving)
    found = cut(circuit(first, leaving))
    for edge in edges:
        if leaving[edge.begin]:  # no run came here: none ends while an edge leaves a node it saw
            found += cut(circuit(edge.begin, leaving))
    return found


def circuit(first: str, leaving: dict[str, list[Edge]]) -> Trail:
    """Take every edge that can be reached from the node, and return them as one closed trail.

    Hierholzer: walk on while an edge leaves; where none does, what led there comes before all that
    was found so far.
    """
    found: Trail = []
    walk: Trail = []
    node = first
    while True:
        if leaving.get(node):
            walk.append(leaving[node].pop(0))
            node = walk[-1].end
        elif walk:
            found.append(walk.pop())
            node = found[-1].begin
        else:
            return found[::-1]


def cut(closed: Trail) -> list[Trail]:
    """Return the parts of a closed trail between its visits of the hub."""
    parts: list[Trail] = [[]]
    for edge in closed:
        if edge.begin == HUB:
            parts.append([])
        elif edge.end != HUB:
            parts[-1].append(edge)
    return [part for part in parts if part]
