"""What a line of a settings file asks of the state of a ticket, the plainest way."""

from typing import Any

from .fold import Row
from .values import plain


def fits(row: Row, asked: dict[str, Any], speaker: str = "") -> bool:
    """Whether the state of a ticket, and who spoke last, are what a rule asks for."""

    def one_of(name: str, values: list[Any]) -> bool:
        wanted = asked.get(name)
        if wanted is None:
            return True
        return any(each in values for each in (wanted if isinstance(wanted, list) else [wanted]))

    return (
        one_of("priority", [row["priority"] or 0])
        and one_of("label", row["labels"] or [])
        and one_of("status", [plain(row["status"])])
        and one_of("last_speaker", [speaker])
    )


def on_hold_until(at: int, row: Row, rules: list[dict[str, Any]]) -> float | None:
    """Return until when a state that begins at an instant is on hold; None if it is not.

    It is so for ever unless a due date ends it.
    """
    found = []
    for rule in rules:
        until = row["due_date"] if rule.get("due_date") == "future" else float("inf")
        if fits(row, rule) and until is not None and until > at:
            found.append(until)
    return max(found, default=None)
