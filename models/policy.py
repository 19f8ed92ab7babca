"""SLA policies: how soon something must be done for a ticket, and when the clock stands still.

`policy_file.read_policies` reads them. A target counts the hours of a calendar; which one holds is
asked anew whenever a ticket changes, and the time that has passed stays.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from .condition import Names, Part, State
from .spans import wrong

Metric = Literal["first_reply", "next_reply", "periodic_update", "resolution", "due_date"]
"""What a policy promises.

    first_reply      the team's first message, from the creation on
    next_reply       the answer to each later turn of the customer
    periodic_update  the team's next message after each of its messages, until the ticket is closed
    resolution       the closing that lasts, from the creation on
    due_date         the closing that lasts by the due date; it has no targets
"""

_PART = re.compile(r"(\d+)\s*([dhms])", re.ASCII)
_DURATION = re.compile(r"\s*(?:\d+\s*[dhms]\s*)+", re.ASCII)
_UNIT_US = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
_MOST_US = 3_650 * _UNIT_US["d"]
_MOST_DIGITS = 18


def _duration(value: Any) -> int:
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise wrong(f"`{value}` is no duration", 'durations are written "30m", "4h", "1d 12h"')
    parts = _PART.findall(value)
    is_readable = all(len(number) <= _MOST_DIGITS for number, _ in parts)
    us = sum(int(number) * _UNIT_US[unit] for number, unit in parts) if is_readable else 0
    if not 0 < us <= _MOST_US:
        raise wrong(f"`{value}` is no target", "more than nothing, at most 3650d")
    return us


class Target(State):
    """How long it may take while a ticket is so.

    Attributes:
        target: microseconds of business time.
    """

    target: Annotated[int, PlainValidator(_duration)]


class Pause(State):
    """When the clock of a policy stands still.

    Attributes:
        last_speaker: who spoke last; the team before anybody did not.
    """

    last_speaker: Literal["us", "customer"] | None = None


class Policy(Part):
    """One promise.

    Attributes:
        name: how reports call it; no two are the same.
        metric: what it is about.
        calendar: whose hours count; None: those of the ticket's own calendar.
        org_id: only for these organisations.
        targets: the first whose conditions hold is the target; none: there is none then.
        pauses: the clock stands while any of them holds; also while the ticket is not active.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    metric: Metric
    calendar: str | None = None
    org_id: Names | None = None
    targets: tuple[Target, ...] = ()
    pauses: tuple[Pause, ...] = ()


class Policies(Part):
    """A file of policies, in order."""

    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]
