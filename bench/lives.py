"""The life of one made-up ticket, told event by event as its org's sender would tell it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ticketledger.models.identity import event_id
from ticketledger.models.jsontext import canonical

START: Final = datetime(2025, 3, 1, tzinfo=UTC)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_MS: Final = 365 * 86_400_000
HOUR_MS: Final = 3_600_000

NO_CHANGE = 0.25  # updates that change nothing
SILENT = 0.02  # updates without previous_attributes
DELETION = 0.004  # updates that are a deletion
RESTORED = 0.6  # of the deletions

PEOPLE: Final = [f"agent{n}@support.example" for n in range(8)]
LABELS: Final = ["billing", "bug", "delivery", "refund", "sales", "vip"]
WORDS: Final = ["order", "invoice", "parcel", "refund", "login", "phone", "address", "voucher"]

TRACKED: Final = (
    *("chat_id", "status", "subject", "priority", "assignee", "assigned_by", "raised_by"),
    *("created_at", "due_date", "closed_at", "closed_by", "closed_message", "first_assigned_at"),
    *("quoted_message_id", "labels", "custom_properties", "is_deleted"),
)
CLOSING: Final = ("closed_at", "closed_by", "closed_message")
CLOSED_AT: Final = TRACKED.index("closed_at")
INSTANTS: Final = ("created_at", "due_date", "closed_at", "first_assigned_at")

State = tuple[object, ...]
"""Values of the fields TRACKED: instants in ms, labels sorted, properties as text or None."""


@dataclass(frozen=True, slots=True)
class Sender:
    """How one org's events tell of what was before.

    Attributes:
        tells_closed_at: whether previous_attributes ever hold `closed_at`.
        tells_whole_maps: the whole old map of custom properties, else its changed keys only.
        clears_closing: whether reopening clears who closed it, when and why.
    """

    org_id: str
    tells_closed_at: bool
    tells_whole_maps: bool
    clears_closing: bool


SENDERS: Final = (
    Sender("org-1-whole", True, True, True),
    Sender("org-2-keys", True, False, True),
    Sender("org-3-closed-at-untold", False, True, True),
    Sender("org-4-closing-kept", True, True, False),
)


@dataclass(slots=True)
class Event:
    """One true event.

    Attributes:
        at: milliseconds since 1970.
        image: the state after it.
        before: the state before it, as far as the event tells; else as after it.
        tells: whether it has previous_attributes, empty ones included.
        kept: whether a file holds it.
        arrival: place of its first line in its file; -1 when lost.
    """

    event_id: str
    at: int
    image: State
    before: State
    tells: bool
    kept: bool = True
    arrival: int = -1


def iso(at: int) -> str:
    return (EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")


def shown(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields as the vendor spells them."""
    return {k: iso(v) if k in INSTANTS and v is not None else v for k, v in fields.items()}


class Life:
    """Lives one ticket, event by event."""

    def __init__(self, rnd: random.Random, sender: Sender, number: int) -> None:
        self._rnd, self._sender = rnd, sender
        self._at = (START - EPOCH) // timedelta(milliseconds=1) + rnd.randrange(YEAR_MS)
        self.ticket_id = f"TKT-{number}"
        person, phone = f"9198{number:08d}@c.us", "917700900101@c.us"
        self._chat_id = person
        members = {
            name: {"contact_id": name, "contact_name": f"Person {name[:6]}", "is_admin": False}
            for name in (person, phone)
        }
        chat = {"org_id": sender.org_id, "chat_id": person, "chat_type": "user", "members": members}
        unique = f"3EB0{rnd.getrandbits(64):016X}"
        message = {"message_id": f"false_{person}_{unique}", "chat_id": person, "body": "Hello?"}
        self._around = (
            f'{{"attached_messages":[],"chat":{canonical(chat)},"message":{canonical(message)},'
        )
        none = dict.fromkeys(("assignee", "assigned_by", "due_date", "first_assigned_at", *CLOSING))
        self._fields: dict[str, Any] = none | {
            "org_id": sender.org_id,
            "ticket_id": self.ticket_id,
            "status": "open",
            "subject": self._words(),
            "priority": 0,
            "raised_by": rnd.choice(PEOPLE),
            "created_at": self._at,
            "is_deleted": False,
            "ticket_labels": "",
            "ticket_custom_properties": None,
            "quoted_message_id": unique if rnd.random() < 0.5 else None,
        }
        self._told: set[str] = set()
        self._image = self._state()

    def events(self, ties: float) -> Iterator[tuple[Event, str]]:
        """Yield each event and its line; that share of them has company in its millisecond.

        A deletion is the last of its instant, as no order by instants could put it elsewhere.
        """
        rnd, left = self._rnd, self._rnd.randrange(4, 15)
        burst = ties / (3.5 - 2.5 * ties)  # per instant; a burst has 3.5 events on average
        yielded = 0
        while left > 0:
            for _ in range(rnd.randint(2, 5) if rnd.random() < burst else 1):
                name, new = self._next() if yielded else ("ticket.created", {})
                yield self._tell(name, new)
                yielded, left = yielded + 1, left - 1
                if name == "ticket.deleted":
                    left = left if rnd.random() < RESTORED else 0
                    break
            self._at += 1 + int(rnd.expovariate(1 / HOUR_MS))

    def _words(self) -> str:
        return " ".join(self._rnd.sample(WORDS, 3))

    def _other(self, field: str, values: list[Any]) -> Any:
        """Return one of the values that the field does not have now."""
        return self._rnd.choice([value for value in values if value != self._fields[field]])

    def _next(self) -> tuple[str, dict[str, Any]]:
        if self._fields["is_deleted"]:
            return "ticket.updated", {"is_deleted": False}
        chance = self._rnd.random()
        if chance < DELETION:
            return "ticket.deleted", {"is_deleted": True}
        return "ticket.updated", self._change() if chance < 1 - NO_CHANGE else {}

    def _change(self) -> dict[str, Any]:
        rnd, fields = self._rnd, self._fields
        if fields["status"] in ("closed", "archived"):
            match rnd.randrange(5):
                case 0 | 1:
                    new: dict[str, Any] = {"status": rnd.choice(["open", "inprogress"])}
                    if self._sender.clears_closing:
                        new |= dict.fromkeys(CLOSING)
                    return new
                case 2 if fields["status"] == "closed":
                    return {"status": "archived"}
                case _:
                    return self._note()
        match rnd.randrange(8):
            case 0:
                return {
                    "status": "closed",
                    "closed_at": self._at,
                    "closed_by": fields["assignee"] or rnd.choice(PEOPLE),
                    "closed_message": rnd.choice([None, "Done", "Solved by phone"]),
                }
            case 1:
                return {"status": "inprogress" if fields["status"] == "open" else "open"}
            case 2 | 3:
                new = {"assignee": self._other("assignee", [None, *PEOPLE])}
                new["assigned_by"] = rnd.choice(PEOPLE)
                if new["assignee"] and not fields["first_assigned_at"]:
                    new["first_assigned_at"] = self._at
                return new
            case 4:
                return {"priority": self._other("priority", [0, 1, 2, 3, 4])}
            case _:
                return self._note()

    def _note(self) -> dict[str, Any]:
        """Change what may change in any status."""
        rnd = self._rnd
        match rnd.randrange(6):
            case 0 | 1:
                labels = ["", *LABELS, ", ".join(rnd.sample(LABELS, 2))]
                return {"ticket_labels": self._other("ticket_labels", labels)}
            case 2 | 3:
                properties = dict(self._fields["ticket_custom_properties"] or {})
                name = rnd.choice(["Area", "Category", "Plan"])
                if properties.pop(name, None) is None or rnd.random() < 0.7:
                    old = (self._fields["ticket_custom_properties"] or {}).get(name)
                    properties[name] = rnd.choice([word for word in WORDS if word != old])
                return {"ticket_custom_properties": properties or None}
            case 4:
                day = self._at - self._at % HOUR_MS + HOUR_MS * 24 * rnd.randint(1, 9)
                return {"due_date": None if self._fields["due_date"] == day else day}
            case _:
                return {"subject": self._words()}

    def _tell(self, name: str, new: dict[str, Any]) -> tuple[Event, str]:
        """Carry out a change; one that would be told as before waits for the next millisecond."""
        former = self._fields
        self._fields = former | new
        image, before = self._state(), self._image
        previous: dict[str, Any] | None = None
        if name != "ticket.created" and self._rnd.random() >= SILENT:
            previous = {field: former[field] for field in new if former[field] != new[field]}
        if previous is None:
            before = image
        elif not self._sender.tells_closed_at and "closed_at" in previous:
            del previous["closed_at"]
            before = (*before[:CLOSED_AT], image[CLOSED_AT], *before[CLOSED_AT + 1 :])
        if previous and "ticket_custom_properties" in previous:
            previous["ticket_custom_properties"] = self._old_properties(former)
        told = None if previous is None else canonical(shown(previous))
        data = f'{self._around}"ticket":{canonical(shown(self._fields))}}}'
        org = self._sender.org_id
        identity = event_id(name, org, self._at * 1000, data, told)
        if identity in self._told and image != self._image:
            self._at, self._fields = self._at + 1, former
            return self._tell(name, new)
        self._told.add(identity)
        self._image = image
        tail = "" if told is None else f'"previous_attributes":{told},'
        line = (
            f'{{"event":"{name}","data":{data},"org_id":"{org}",{tail}'
            f'"timestamp":"{iso(self._at)}"}}\n'
        )
        return Event(identity, self._at, image, before, previous is not None), line

    def _old_properties(self, former: dict[str, Any]) -> dict[str, Any] | None:
        old = former["ticket_custom_properties"]
        if self._sender.tells_whole_maps:
            return dict(old) if old else None
        old, new = old or {}, self._fields["ticket_custom_properties"] or {}
        keys = sorted({*old, *new})
        return {key: old.get(key) for key in keys if old.get(key) != new.get(key)}

    def _state(self) -> State:
        fields = self._fields
        labels, properties = fields["ticket_labels"], fields["ticket_custom_properties"]
        special = {
            "chat_id": self._chat_id,
            "labels": tuple(sorted(labels.split(", "))) if labels else (),
            "custom_properties": canonical(properties) if properties else None,
        }
        return tuple(special[f] if f in special else fields[f] for f in TRACKED)
