"""The month as a list of moments, played in time order into webhook envelopes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from .cast import Chat, Json, Org
from .clock import END, START, after, envelope_text
from .payloads import message_object, short_message


@dataclass(frozen=True)
class Occurrence:
    """One event of the demo: when it happened and the envelope that tells of it."""

    at: datetime
    envelope: Json


@dataclass
class Timeline:
    """Planned moments; `play` turns them into envelopes, in the order they happen."""

    moments: list[tuple[datetime, Callable[[], Json | None]]] = field(default_factory=list)

    def add(
        self, at: datetime, event: str, org: Org, data: Json, previous: Json | None = None
    ) -> None:
        """Plan an event with the payload `data` as it is now; `previous` None is left out."""
        now = dict(data)
        self.add_later(at, event, org, lambda: now, previous)

    def add_later(
        self,
        at: datetime,
        event: str,
        org: Org,
        data: Callable[[], Json],
        previous: Json | None = None,
    ) -> None:
        """Plan an event whose payload is made when its time comes."""

        def envelope() -> Json:
            told: Json = {"event": event, "data": data(), "org_id": org.org_id}
            if previous is not None:
                told["previous_attributes"] = previous
            return told | {"timestamp": envelope_text(at)}

        self.moments.append((at, envelope))

    def change(self, at: datetime, action: Callable[[], None]) -> None:
        """Plan a change the vendor sends no event for."""

        def silent() -> None:
            action()

        self.moments.append((at, silent))

    def play(self) -> list[Occurrence]:
        """Everything that happens within the month; moments of one instant in planned order."""
        told = []
        for at, tell in sorted(self.moments, key=lambda moment: moment[0]):
            envelope = tell() if START <= at < END else None
            if envelope is not None:
                told.append(Occurrence(at, envelope))
        return told


class Said:
    """One message and what becomes of it: acks, flags, edits, a ticket."""

    def __init__(self, timeline: Timeline, chat: Chat, at: datetime, message: Json) -> None:
        self.timeline, self.chat, self.at = timeline, chat, at
        self.message = message
        timeline.add(at, "message.created", chat.org, message)

    @property
    def short(self) -> Json:
        """The short form, as ticket events carry it."""
        return short_message(self.chat, self.message, self.at)

    def update(self, at: datetime, event: str, changes: Json) -> None:
        """Change the message and tell of it."""
        previous = {key: self.message[key] for key in changes if self.message[key] != changes[key]}
        self.message |= changes
        self.timeline.add(at, event, self.chat.org, self.message, previous or None)

    def acknowledge(self, at: datetime, ack: str) -> None:
        """A receipt, in the partial form the vendor may send."""
        keys = ("message_id", "chat_id", "org_phone", "ack")
        previous, self.message["ack"] = {"ack": self.message["ack"]}, ack
        data = {key: self.message[key] for key in keys}
        self.timeline.add(at, "message.ack.updated", self.chat.org, data, previous)


def short_id(rng: Random) -> str:
    """A unique id like WhatsApp's, `3EB0` and sixteen hex digits."""
    return f"3EB0{rng.getrandbits(64):016X}"


@dataclass(frozen=True)
class Voice:
    """Lets people speak in one chat."""

    timeline: Timeline
    rng: Random
    chat: Chat

    def customer(self, at: datetime, body: str) -> Said:
        """An incoming message, now and then a photo."""
        author = self.rng.choice(self.chat.customers)
        image = self.rng.random() < 0.07
        message = message_object(
            self.chat, short_id(self.rng), at, body, author=author, performed_by=None, image=image
        )
        return Said(self.timeline, self.chat, at, message)

    def agent(
        self, at: datetime, email: str, body: str, *, ticket_id: str | None, answers: Said | None
    ) -> Said:
        """An outgoing message with its receipts; sometimes an edit."""
        rng = self.rng
        message = message_object(
            self.chat,
            short_id(rng),
            at,
            body,
            author=None,
            performed_by=email,
            quoted=answers.message["unique_id"] if answers and rng.random() < 0.2 else None,
            ticket_id=ticket_id if rng.random() < 0.4 else None,
        )
        said = Said(self.timeline, self.chat, at, message)
        if rng.random() < 0.03:
            then = after(rng, at, 0.3, 2)
            edit = {"body": body + " (edited)", "prev_body": body}
            said.update(then, "message.updated", edit)
        elif rng.random() < 0.02:
            said.update(after(rng, at, 0.3, 2), "message.deleted", {"is_deleted": True})
        elif rng.random() < 0.25:
            delivered = after(rng, at, 0.05, 3)
            said.acknowledge(delivered, "3")
            if rng.random() < 0.6:
                said.acknowledge(after(rng, delivered, 0.1, 90), "4")
        return said
