"""How well an order of a ticket's events fits what they say of each other.

Where an order fits as well as the true one, nothing that the events say of each other speaks for
the truth: who prefers it guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .lives import CLOSED_AT, Event, Sender

Fit = tuple[int, int]
"""Links that old values contradict, then changes that no event tells; the smaller is better."""


def is_broken(former: Event, event: Event, sender: Sender) -> bool:
    """Whether the old values of an event contradict the state after the one before it."""
    if not event.tells:
        return False
    pairs = enumerate(zip(former.image, event.before, strict=True))
    return any(a != b and (sender.tells_closed_at or i != CLOSED_AT) for i, (a, b) in pairs)


def fit(order: Sequence[Event], sender: Sender) -> Fit:
    """Return how well an order fits; an event without old values may have changed anything."""
    links = list(pairwise(order))
    broken = sum(is_broken(former, event, sender) for former, event in links)
    silent = sum(not event.tells and former.image != event.image for former, event in links)
    return broken, silent


def fits_at(order: Sequence[Event], at: int, sender: Sender) -> bool:
    """Whether no link to an event of an instant is broken: nothing seems to be missing there.

    Args:
        order: the events of a ticket.
        at: the instant, in milliseconds since 1970.
        sender: theirs.
    """
    links = (pair for pair in pairwise(order) if pair[1].at == at)
    return not any(is_broken(former, event, sender) for former, event in links)
