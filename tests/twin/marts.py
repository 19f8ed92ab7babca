"""Marts of a feed, the plainest way. Columns named for an instant have its local date and hour."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import state
from .events import Envelope
from .fold import Row
from .moves import daily, floor, micros, place
from .talk import spoken
from .values import EPOCH, canonical


def marts(stream: list[Envelope], as_of: int, zone: str) -> dict[str, list[Row]]:
    """Return the rows of marts by name; instants are microseconds."""
    told = {
        "tickets": tickets(stream),
        "ticket_labels": ticket_labels(stream),
        "ticket_changes": ticket_changes(stream),
        "custom_properties": custom_properties(stream),
        "chats": chats(stream),
        "chat_members": chat_members(stream),
    }
    return {
        **{name: [with_local(row, zone) for row in rows] for name, rows in told.items()},
        "ticket_daily": daily(stream, as_of, zone),
        "messages_daily": messages_daily(stream, as_of, zone),
    }


def with_local(row: Row, zone: str) -> Row:
    """Return the row with local date and hour beside every instant."""
    for name in [name for name in row if name.endswith("_at") or name == "due_date"]:
        stem = name.removesuffix("_at").removesuffix("_date")
        local = row[name] if row[name] is None else _local(row[name], zone)
        row[f"{stem}_on"] = local and local.date()
        row[f"{stem}_hour"] = local and local.hour
    return row


def _local(at: int, zone: str) -> Any:
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


def joined(names: list[str] | None) -> str | None:
    return None if names is None else ", ".join(names)


def tickets(stream: Iterable[Envelope]) -> list[Row]:
    rows = []
    for row in state.tickets_all(stream):
        del row["custom_properties"]
        rows.append({**row, "place": place(row), "labels": joined(row["labels"])})
    return rows


def ticket_labels(stream: list[Envelope]) -> list[Row]:
    added: dict[Any, int] = {}
    for change in state.ticket_label_changes(stream):
        if change["action"] == "added":
            key = (change["org_id"], change["ticket_id"], change["label"])
            added[key] = max(added.get(key, change["changed_at"]), change["changed_at"])
    return [
        {
            "org_id": row["org_id"],
            "ticket_id": row["ticket_id"],
            "label": label,
            "added_at": added.get((row["org_id"], row["ticket_id"], label)),
        }
        for row in state.tickets_all(stream)
        for label in row["labels"] or ()
    ]


def ticket_changes(stream: list[Envelope]) -> list[Row]:
    rows = []
    for change in state.ticket_changes(stream):
        row = {name: change[name] for name in ("org_id", "ticket_id", "field", "event_id")}
        row |= {"changed_at": change["changed_at"], "evidence": change["evidence"]}
        rows.append({**row, "changed_after_at": change["changed_after"]})
    return rows


def custom_properties(stream: list[Envelope]) -> list[Row]:
    rows = []
    for kind, objects in (("ticket", state.tickets_all(stream)), ("chat", state.chats_all(stream))):
        for row in objects:
            for name, value in json.loads(row["custom_properties"] or "{}").items():
                if value is None:
                    continue
                rows.append(
                    {
                        "org_id": row["org_id"],
                        "object_type": kind,
                        "object_id": row[f"{kind}_id"],
                        "property": name,
                        "value": value if isinstance(value, str) else canonical(value),
                    }
                )
    return rows


def chats(stream: list[Envelope]) -> list[Row]:
    left_out = ("chat_org_phones", "chat_image", "custom_properties", "invite_link", "updated_at")
    return [
        {name: value for name, value in row.items() if name not in left_out}
        | {"labels": joined(row["labels"])}
        for row in state.chats_all(stream)
    ]


def chat_members(stream: list[Envelope]) -> list[Row]:
    return [
        {**row, "contact_labels": joined(row["contact_labels"])}
        for row in state.chat_members(stream)
    ]


def messages_daily(stream: list[Envelope], as_of: int, zone: str) -> list[Row]:
    found: dict[Any, Row] = {}
    for (org_id, _), said in spoken(stream).items():
        if said.at > as_of:
            continue
        start = floor(said.at, zone, "day")
        key = (org_id, micros(start), said.chat_id, said.agent if said.is_agent else None)
        columns = ("org_id", "day_at", "chat_id", "agent")
        new: Row = {**dict(zip(columns, key, strict=True)), "day_on": start.date()}
        row = found.setdefault(key, new | {"messages_in": 0, "messages_out": 0})
        row["messages_out" if said.is_agent else "messages_in"] += 1
    return list(found.values())
