"""Every error a user can meet, each with its exit code and what to do next.

    LedgerError
    ├── UsageError            2  the request is wrong
    │   ├── UnknownReport
    │   ├── BadParameter
    │   ├── BadSettings
    │   │   ├── BadCalendar
    │   │   ├── BadPolicy
    │   │   └── BadStatuses
    │   ├── BadQuery
    │   ├── MissingExtra
    │   └── UnreadableInput
    ├── LedgerMissing         2  there is no ledger in that place
    ├── LedgerBusy            2  another process does this already
    ├── LedgerUnwritable      2  the place cannot be written
    ├── LedgerUnreachable     2  the object store it is in does not answer, or it may not be read
    ├── LedgerTooNew          4  written by a later version of ticketledger
    └── LedgerDamaged         4  files do not say what they must say
        └── ObjectsDamaged

A bad input *line* is not an error: it becomes a row of `rejects` (see `rejection.py`).
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import Final

RESTORE: Final = "restore it from a copy"
"""What to do about a file that is damaged: nothing else holds what it held."""

NO_LINK: Final = "put the file itself in its place"
"""What to do about a link: what it names may be removed, or changed, by others."""


class LedgerError(Exception):
    """Base class; `hint` says what to do next, `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")  # a traceback shows it, also one that Spark brings


class UsageError(LedgerError):
    """The request cannot be carried out as it was made."""

    exit_code = 2


class UnknownReport(UsageError):
    """No report has this name."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        self.name = name
        super().__init__(
            f"no report named `{name}`",
            hint=nearest(name, known, "`ticketledger reports` lists them"),
        )


class BadParameter(UsageError):
    """A parameter is missing, unknown, or its value does not fit."""


class BadSettings(UsageError):
    """A file of settings cannot be used; `key` says which part of it, empty for the whole."""

    def __init__(self, path: str, key: str, reason: str, *, hint: str = "") -> None:
        self.path, self.key, self.reason = path, key, reason
        super().__init__(": ".join(filter(None, (path, key, reason))), hint=hint)


class BadCalendar(BadSettings):
    """A file of calendars cannot be used."""


class BadPolicy(BadSettings):
    """A file of SLA policies cannot be used."""


class BadStatuses(BadSettings):
    """A file of classes of statuses cannot be used."""


class BadQuery(UsageError):
    """The database refused the query."""


class MissingExtra(UsageError):
    """A library is not installed that only some commands need."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} need a library that is not installed",
            hint=f"pip install 'ticketledger[{extra}]'",
        )


class UnreadableInput(UsageError):
    """An input path is missing or may not be read."""


class LedgerMissing(LedgerError):
    """There is no ledger in this folder."""

    exit_code = 2


class LedgerBusy(LedgerError):
    """Another process does what only one may do at a time."""

    exit_code = 2


class LedgerUnwritable(LedgerError):
    """The ledger's folder cannot be written."""

    exit_code = 2


class LedgerUnreachable(LedgerError):
    """The object store that the ledger is in does not answer, or refuses; or the folder does."""

    exit_code = 2


class LedgerTooNew(LedgerError):
    """The ledger was written in a later format than this version reads."""

    exit_code = 4


class LedgerDamaged(LedgerError):
    """A file of the ledger is missing, foreign or altered."""

    exit_code = 4


class ObjectsDamaged(LedgerDamaged):
    """Objects of a bucket are foreign or altered; `names` has them all, `problem` says how."""

    def __init__(self, names: Sequence[str], problem: str, *, hint: str) -> None:
        self.names, self.problem = names, problem
        more = f", and {len(names) - 1} more" if names[1:] else ""
        super().__init__(f"`{names[0]}` {problem}{more}", hint=hint)


def nearest(name: str, known: Collection[str], otherwise: str) -> str:
    """Return a hint that names the closest of the known names, or `otherwise`."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise
