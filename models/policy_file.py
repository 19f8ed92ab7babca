"""A file of SLA policies, read and checked; what is wrong is told with its key and a hint."""

from __future__ import annotations

import os
from collections.abc import Iterator

from .calendar import Calendars
from .calendar_file import unknown_calendar
from .condition import Part
from .errors import BadPolicy
from .policy import Pause, Policies, Policy, Target
from .settings_file import Steps, read_settings

_TARGETS = 'for example `targets = [{ priority = 4, target = "1h" }, { target = "8h" }]`'
_WANTED = {
    "policies": "begin with `[[policies]]`",
    "name": 'for example `name = "First reply"`',
    "metric": "first_reply, next_reply, periodic_update, resolution or due_date",
    "target": 'for example `target = "4h"`',
}


def read_policies(path: str | os.PathLike[str], calendars: Calendars | None = None) -> Policies:
    """Return the SLA policies of a TOML file.

    Args:
        path: the file.
        calendars: those that policies may name; None: only `default`, which is always open.

    Raises:
        BadPolicy: the file cannot be read, is no TOML, or says something that cannot be: an unknown
            key, metric or calendar, a policy without a target, two of one name.
    """
    made = read_settings(path, Policies, BadPolicy, _keys, _WANTED)
    known = ["default"] if calendars is None else list(calendars.calendars)
    for key, reason, hint in _faults(made, known):
        raise BadPolicy(os.fspath(path), key, reason, hint=hint)
    return made


def _keys(steps: Steps) -> list[str]:
    match steps[:-1]:
        case ():
            part: type[Part] = Policies
        case (*_, "targets", _):
            part = Target
        case (*_, "pauses", _):
            part = Pause
        case _:
            part = Policy
    return list(part.model_fields)


def _faults(made: Policies, calendars: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield key, reason and hint of what no value alone shows."""
    names: set[str] = set()
    for number, policy in enumerate(made.policies, 1):
        key = f"policies[{number}]"
        if policy.name in names:
            yield f"{key}.name", f"another policy is named `{policy.name}`", "names are unique"
        names.add(policy.name)
        if policy.metric == "due_date" and policy.targets:
            yield f"{key}.targets", "a due date is its own target", "leave them out"
        if policy.metric == "due_date" and policy.pauses:
            yield f"{key}.pauses", "a due date does not wait", "leave them out"
        if policy.metric == "due_date" and policy.calendar is not None:
            yield f"{key}.calendar", "a due date is an instant, whatever the hours", "leave it out"
        if policy.metric != "due_date" and not policy.targets:
            yield f"{key}.targets", f"`{policy.name}` has no target", _TARGETS
        if policy.calendar is not None:
            yield from unknown_calendar(f"{key}.calendar", policy.calendar, calendars)
        for place, target in enumerate(policy.targets[:-1], 1):
            if not target.asks():
                reason = "no target after it is ever chosen: it asks for nothing"
                yield f"{key}.targets[{place}]", reason, "put it last"
        for place, pause in enumerate(policy.pauses, 1):
            if not pause.asks():
                yield f"{key}.pauses[{place}]", "has no condition", "its clock would never run"
