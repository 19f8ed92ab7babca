"""What statuses mean: which are to be worked on, resolved, out of sight, and when work rests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from .condition import Part, State, StatusNames
from .errors import BadStatuses
from .settings_file import Steps, read_settings

CLASSES = ("active", "resolved", "removed")


class OnHold(State):
    """When an active ticket is on hold.

    Attributes:
        due_date: `future`: its due date has not come yet.
    """

    due_date: Literal["future"] | None = None


class Statuses(Part):
    """Classes of statuses; spelling of case, space, - and _ is ignored. Any other is `other`.

    Attributes:
        active: to be worked on.
        resolved: done.
        removed: out of sight, neither open nor resolved.
        on_hold: an active ticket is on hold while any of these holds.
    """

    active: StatusNames = Field(default=("open", "inprogress"))
    resolved: StatusNames = Field(default=("closed",))
    removed: StatusNames = Field(default=("archived",))
    on_hold: tuple[OnHold, ...] = ()

    def classes(self) -> dict[str, tuple[str, ...]]:
        """Return the statuses of each class."""
        return {name: getattr(self, name) for name in CLASSES}


class StatusFile(Part):
    """A file with a table `[statuses]`."""

    statuses: Statuses


def read_statuses(path: str | os.PathLike[str]) -> Statuses:
    """Return the classes of statuses of a TOML file.

    Raises:
        BadStatuses: the file cannot be read, is no TOML, or has an unknown key, a status in two
            classes, a class without any, or a hold without a condition.
    """
    wanted = {"statuses": 'for example `[statuses]` and `active = ["open", "pending"]`'}
    made = read_settings(path, StatusFile, BadStatuses, _keys, wanted).statuses
    for key, reason, hint in _faults(made):
        raise BadStatuses(os.fspath(path), key, reason, hint=hint)
    return made


def _keys(steps: Steps) -> list[str]:
    match steps[:-1]:
        case ():
            part: type[Part] = StatusFile
        case (*_, "on_hold", _):
            part = OnHold
        case _:
            part = Statuses
    return list(part.model_fields)


def _faults(made: Statuses) -> Iterator[tuple[str, str, str]]:
    classes: dict[str, str] = {}
    for name, statuses in made.classes().items():
        if not statuses and name != "removed":
            yield f"statuses.{name}", "is empty", "leave it out for the default"
        for status in statuses:
            if classes.get(status) == name:
                hint = "case, spaces, - and _ make no difference"
                yield f"statuses.{name}", f"`{status}` is listed twice", hint
            elif status in classes:
                hint = "classes that are not given keep their defaults"
                yield f"statuses.{name}", f"`{status}` is also {classes[status]}", hint
            classes[status] = name
    for place, hold in enumerate(made.on_hold, 1):
        key = f"statuses.on_hold[{place}]"
        if not hold.asks():
            yield key, "has no condition", "every ticket would be on hold"
        for status in hold.status or ():
            if status not in made.active:
                hint = "only active tickets are on hold; add it to `active`"
                yield f"{key}.status", f"`{status}` is not active", hint
