"""Which statuses mean that a ticket is to be worked on, was resolved, or is out of sight."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pydantic import Field

from .condition import Part, StatusNames
from .errors import BadStatuses
from .settings_file import Steps, read_settings


class Statuses(Part):
    """Classes of statuses; spelling of case, space, - and _ is ignored. Any other is `other`.

    Attributes:
        active: to be worked on.
        resolved: done.
        removed: out of sight, neither open nor resolved.
    """

    active: StatusNames = Field(default=("open", "inprogress"))
    resolved: StatusNames = Field(default=("closed",))
    removed: StatusNames = Field(default=("archived",))


class StatusFile(Part):
    """A file with a table `[statuses]`."""

    statuses: Statuses


def read_statuses(path: str | os.PathLike[str]) -> Statuses:
    """Return the classes of statuses of a TOML file.

    Raises:
        BadStatuses: the file cannot be read, is no TOML, or has an unknown key, a status in two
            classes, or a class without any.
    """
    wanted = {"statuses": 'for example `[statuses]` and `active = ["open", "pending"]`'}
    made = read_settings(path, StatusFile, BadStatuses, _keys, wanted).statuses
    for key, reason, hint in _faults(made):
        raise BadStatuses(os.fspath(path), key, reason, hint=hint)
    return made


def _keys(steps: Steps) -> list[str]:
    return list((Statuses if steps[:-1] else StatusFile).model_fields)


def _faults(made: Statuses) -> Iterator[tuple[str, str, str]]:
    classes: dict[str, str] = {}
    for name in Statuses.model_fields:
        statuses: tuple[str, ...] = getattr(made, name)
        if not statuses and name != "removed":
            yield f"statuses.{name}", "is empty", "leave it out for the default"
        for status in statuses:
            if status in classes:
                hint = "classes that are not given keep their defaults"
                yield f"statuses.{name}", f"`{status}` is also {classes[status]}", hint
            classes[status] = name
