"""The order of ties against every order there is, and against cases worked out by hand."""

import random
import time
from collections.abc import Sequence
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from .chain import Edge, Told, chain, chained, end, sinks, sources, start

nodes = st.sampled_from("abcd")
groups = st.lists(st.tuples(nodes, nodes), min_size=1, max_size=6).map(
    lambda steps: [Edge(f"{number}", *step) for number, step in enumerate(steps)]
)
neighbours = st.sampled_from([None, *"abcde"])
"""Where the group before ends, or the one after begins: unknown, in the group, or elsewhere."""


def kept(ordered: Sequence[Edge]) -> int:
    """Return how many events find the state that the event before them left."""
    return sum(former.end == edge.begin for former, edge in pairwise(ordered))


def walk(states: str, ids: Sequence[str] = "123456789") -> list[Edge]:
    """Return the edges of a walk: `abc` is a to b, with the first id, and b to c."""
    return [Edge(ids[index], *step) for index, step in enumerate(pairwise(states))]


def ids(ordered: Sequence[Edge]) -> str:
    return "".join(edge.event_id for edge in ordered)


@given(groups, neighbours, neighbours)
def test_no_order_keeps_more_links(
    group: list[Edge], former_end: str | None, next_start: str | None
) -> None:
    ordered = chain(group, former_end, next_start)
    assert sorted(ids(ordered)) == sorted(ids(group))
    assert kept(ordered) == max(map(kept, permutations(group)))


@given(groups, neighbours, neighbours)
def test_a_source_where_the_events_before_end_comes_first(
    group: list[Edge], former_end: str | None, next_start: str | None
) -> None:
    # Else the smallest id decides: an order of as many links that begins there may be passed over.
    starting = sources(group) or {edge.begin for edge in group}
    if former_end in starting:
        assert chain(group, former_end, next_start)[0].begin == former_end


@given(groups, neighbours, neighbours)
def test_a_sink_where_the_events_after_begin_comes_last(
    group: list[Edge], former_end: str | None, next_start: str | None
) -> None:
    # Unless something starts where the events before end: the only trail cannot be both.
    if next_start in sinks(group) and former_end not in sources(group):
        assert chain(group, former_end, next_start)[-1].end == next_start


@given(st.lists(groups, max_size=4), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_does_not_matter(
    told: list[list[Edge]], chance: random.Random
) -> None:
    shuffled = [chance.sample(group, len(group)) for group in told]
    assert chained(shuffled) == chained(told)


def test_a_pair_is_put_in_order_whatever_its_ids() -> None:
    assert ids(chain(walk("abc"), None, None)) == "12"
    assert ids(chain(walk("abc", "21"), None, None)) == "21"


def test_a_circuit_starts_where_the_events_before_end() -> None:
    circuit = walk("abca")
    assert ids(chain(circuit, "b", None)) == "231"
    assert ids(chain(circuit, None, "c")) == "312"  # or ends where the events after begin
    assert ids(chain(circuit, "b", "c")) == "231"
    assert ids(chain(circuit, None, None)) == ids(chain(circuit, "elsewhere", None)) == "123"
    assert (start(circuit), end(circuit, "b", "c"), end(circuit, None, "c")) == (None, "b", None)


def test_events_that_changed_nothing_stand_where_their_state_is() -> None:
    loops = [Edge("1", "c", "c"), Edge("2", "b", "b"), Edge("3", "b", "b")]
    ordered = chain([*loops, *walk("abc", "98")], None, None)
    assert ids(ordered) == "92381"  # a to b, both loops at b, b to c, the loop at c
    assert ids(chain(loops, "b", None)) == "231"
    assert ids(chain(loops, None, None)) == "123"


def test_of_a_fork_what_starts_right_comes_first_and_what_ends_right_last() -> None:
    fork = [Edge("1", "a", "b"), Edge("2", "a", "c")]
    assert ids(chain(fork, "a", "c")) == ids(chain(fork, None, None)) == "12"
    assert ids(chain(fork, None, "b")) == "21"
    assert ids(chain(fork, "a", "b")) == "12"  # both start right, so the smaller id decides
    assert (start(fork), end(fork, None, "b"), end(fork, None, "d")) == ("a", "b", None)
    join = [Edge("1", "b", "a"), Edge("2", "c", "a")]
    assert ids(chain(join, "c", None)) == "21"
    assert (start(join), end(join, None, None)) == (None, "a")


def test_two_trails_that_share_no_state_do_not_mix() -> None:
    both = [*walk("abc", "14"), *walk("xyz", "32")]
    assert ids(chain(both, None, None)) == "1432"
    assert ids(chain(both, "x", None)) == "3214"
    assert ids(chain(both, None, "c")) == "3214"
    assert ids(chain(both, "a", "c")) == "1432"


def test_neighbouring_groups_tell_each_other_where_they_begin_and_end() -> None:
    # A circuit hands on where the group before it ended; a fork ends where the next one begins.
    circuit, fork = walk("abca"), [Edge("1", "b", "c"), Edge("2", "b", "d")]
    assert ids(chained([walk("xb"), circuit, fork, walk("cd")])) == "1" + "231" + "12" + "1"
    assert ids(chained([fork, walk("cd")])) == "211"
    assert ids(chained([circuit, walk("ca")])) == "312" + "1"
    assert ids(chained([walk("bb"), circuit])) == "1231"  # one event is a group, also if a loop


def test_a_thousand_ties_are_put_in_order_at_once() -> None:
    chance = random.Random(0)
    states = [f"{chance.randrange(50)}" for _ in range(1_000)]
    steps = list(pairwise([*states, states[0]]))
    group = [Edge(f"{chance.getrandbits(64):016x}", *step) for step in steps]
    began = time.process_time()
    ordered = chain(group, states[7], None)
    assert time.process_time() - began < 2
    assert kept(ordered) == 999
    assert ordered[0].begin == ordered[-1].end == states[7]


def test_an_event_that_does_not_tell_begins_where_the_others_leave_off() -> None:
    told = [Told("1", None, "d"), Told("2", "a", "b"), Told("3", "d", "e"), Told("4", "b", "c")]
    assert ids(chained([[Edge("0", "z", "a")], told])) == "02413"


def test_an_event_that_does_not_tell_changed_nothing_if_others_lead_to_its_state() -> None:
    told = [Told("1", None, "b"), Told("2", "a", "b")]
    assert ids(chained([[Edge("0", "z", "a")], told])) == "021"
