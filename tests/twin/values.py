"""One value of each kind of field, read the way the contract says; anything else is `WrongType`."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZERO_BEFORE = (datetime(2009, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


class WrongType(Exception):
    """The value has a JSON type that the field never has."""


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no white space, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise WrongType(value)


def status(value: Any) -> str | None:
    """A status of the vendor in its own spelling, whatever its case, spaces, - and _."""
    told = text(value)
    known = plain(told)
    return known if known in ("open", "inprogress", "closed", "archived") else told


def plain(told: str | None) -> str:
    """Return a status without case, spaces, - and _."""
    return "".join(letter.lower()[0] for letter in told or "" if letter not in " -_")


def flag(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise WrongType(value)


def whole_number(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise WrongType(value)


def small_number(value: Any) -> int | None:
    """A number or its text; other text, and what a SMALLINT cannot hold, is null."""
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            return None
    number = whole_number(value)
    return number if number is not None and abs(number) <= 32767 else None


def real_number(value: Any) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise WrongType(value)


def instant(value: Any) -> int | None:
    """ISO text, epoch seconds or milliseconds, to microseconds; no offset means UTC."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and not value.isdigit():
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise WrongType(value) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - EPOCH) // timedelta(microseconds=1)
    number = whole_number(int(value) if isinstance(value, str) else value)
    assert number is not None
    return number * 1_000 if number >= 100_000_000_000 else number * 1_000_000


def labels(value: Any) -> list[str]:
    """A set of names from `"a, b"` or a list: trimmed, case-folded, sorted; null is empty."""
    if isinstance(value, str):
        value = value.split(",")
    return sorted({name.strip().casefold() for name in texts(value) or []} - {""})


def texts(value: Any) -> list[str] | None:
    if value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        return value
    raise WrongType(value)


def properties(value: Any) -> str | None:
    """A map as canonical text; null and the empty map are both null."""
    if value is None or isinstance(value, dict):
        return canonical(value) if value else None
    raise WrongType(value)


def members(value: Any) -> dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    raise WrongType(value)


def told_instant(value: Any) -> int | None:
    """An instant of a ticket; one before 2009 is how a program spells none."""
    at = instant(value)
    return at if at is not None and at >= ZERO_BEFORE else None
