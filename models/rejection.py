"""Why an input line was refused: a code, the path of the field, and a sentence."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The kinds of refusal; stored in `rejects.code`, so names are never reused."""

    INVALID_UTF8 = "invalid_utf8"
    INVALID_JSON = "invalid_json"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    LONE_SURROGATE = "lone_surrogate"
    BAD_NUMBER = "bad_number"
    NOT_AN_OBJECT = "not_an_object"
    NO_EVENT_NAME = "no_event_name"
    NO_TIMESTAMP = "no_timestamp"
    NO_PAYLOAD = "no_payload"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    BAD_INSTANT = "bad_instant"
    TRUNCATED = "truncated"
    CORRUPT_COMPRESSION = "corrupt_compression"


class Rejection(Exception):
    """One record is refused; the rest of its file is not affected.

    Args:
        code: the kind of refusal.
        path: the field, as `data.ticket.status` or `data.attached_messages[0].body`; empty for
            the record as a whole.
        reason: one sentence for a person; contains no value longer than 60 characters.
    """

    def __init__(self, code: Code, path: str, reason: str) -> None:
        super().__init__(f"{code}: {path}: {reason}")
        self.code = code
        self.path = path
        self.reason = reason


def dotted(steps: tuple[str | int, ...]) -> str:
    """Return the path of a field as text: `("data", "rows", 0, "id")` is `data.rows[0].id`."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
