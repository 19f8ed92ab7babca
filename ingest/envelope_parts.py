"""What an envelope says, wherever it says it: name, organisation, instant, old values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from ticketledger.models import jsontext
from ticketledger.models.entities.base import rejection
from ticketledger.models.envelope import NAME_KEYS, Envelope, PreviousState
from ticketledger.models.instants import BadInstant, parse_instant
from ticketledger.models.rejection import Code, Rejection, dotted

Json = dict[str, Any]


class Texts:
    """Reads JSON that stands in a string, within the same limits as the record around it."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self.repeated_keys = 0

    def parse(self, text: str, path: str) -> Any:
        try:
            parsed = jsontext.parse(text.encode("utf-8"), max_depth=self._max_depth)
        except Rejection as exc:
            raise Rejection(exc.code, path, f"JSON in a string: {exc.reason}") from None
        self.repeated_keys += parsed.repeated_keys
        return parsed.value


def name_of(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return the event's name and the key it was found under; the key alone if it is no text."""
    wrong = ""
    for key in NAME_KEYS:
        name = value.get(key)
        if isinstance(name, str) and name.strip() and (key != "type" or "." in name):
            return name, key
        if name is not None and not isinstance(name, str) and key == "event":
            wrong = key
    return "", wrong


def previous_of(
    value: Json, texts: Texts, steps: tuple[str | int, ...] = ()
) -> tuple[PreviousState, Json | None]:
    """Return what is said of old values, and these; `steps` lead to the envelope in its record."""
    if "previous_attributes" not in value:
        return PreviousState.ABSENT, None
    previous = value["previous_attributes"]
    path = dotted((*steps, "previous_attributes"))
    if isinstance(previous, str):
        previous = texts.parse(previous, path)
    if previous is None:
        return PreviousState.NULL, None
    if not isinstance(previous, dict):
        raise Rejection(Code.WRONG_TYPE, path, f"expected an object, not {kind_of(previous)}")
    return (PreviousState.OBJECT if previous else PreviousState.EMPTY), previous


def envelope_of(value: Json) -> Envelope:
    """Return an envelope whose fields have their types; else it is refused."""
    try:
        return Envelope.model_validate(value)
    except ValidationError as exc:
        if any(
            error["loc"] == ("timestamp",) and error["type"] == "missing" for error in exc.errors()
        ):
            raise Rejection(Code.NO_TIMESTAMP, "timestamp", "the envelope has no time") from None
        raise rejection(exc, ()) from None


def required(instant: datetime | None, path: str) -> datetime:
    """Return an instant; one that is missing is refused."""
    if instant is None:
        raise Rejection(Code.NO_TIMESTAMP, path, "the envelope has no time")
    return instant


def instant_of(value: Any, path: str) -> datetime:
    """Return the instant that a value spells; anything else is refused."""
    try:
        return required(parse_instant(value), path)
    except BadInstant as exc:
        raise Rejection(Code.BAD_INSTANT, path, str(exc)) from None


def org_of(declared: Any, data: Json) -> str:
    """The envelope's org wins; else the object's, its ticket's, its chat's; else unknown."""
    candidates = [declared, data.get("org_id")]
    for key in ("ticket", "chat"):
        if isinstance(data.get(key), dict):
            candidates.append(data[key].get("org_id"))
    return next((org for org in candidates if isinstance(org, str) and org), "")


def kind_of(value: Any) -> str:
    """Return what a value is, in words of an error."""
    if value is None:
        return "null"
    kinds = {bool: "true or false", str: "a text", list: "an array", dict: "an object"}
    return kinds.get(type(value), "a number")
