"""The life of one ticket, from the customer's first message to its last change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .cast import Chat, Json
from .clock import after, envelope_text, office_after, offset_text, spaced_text
from .payloads import chat_info, note_object
from .texts import (
    CHECKING,
    CLOSED_MESSAGES,
    CLOSINGS,
    COMPLAINTS,
    DAYS,
    FOLLOW_UPS,
    HANDOVERS,
    ITEMS,
    NOTES,
    ROOT_CAUSES,
    THANKS,
    TOPICS,
    Topic,
)
from .timeline import Said, Timeline, Voice

CLEARED: Json = {"closed_at": None, "closed_by": None, "closed_message": None}
LABELS = ("urgent", "callback", "wholesale", "follow up", "vip")


@dataclass(frozen=True)
class Request:
    """A customer's first message and when somebody makes a ticket of it."""

    topic: Topic
    said: Said
    created_at: datetime
    words: dict[str, str]


def ask(timeline: Timeline, rng: Random, chat: Chat, at: datetime) -> Request:
    """Let a customer of `chat` write at `at`."""
    topic = rng.choice(TOPICS)
    order = f"TL-{rng.randrange(10_000, 99_999)}"
    words = {"order": order, "item": rng.choice(ITEMS), "day": rng.choice(DAYS)}
    said = Voice(timeline, rng, chat).customer(at, rng.choice(topic.openings).format(**words))
    if rng.random() < 0.12:
        flag = {"status": True, "flagged_by": "ai", "flagged_at": envelope_text(at)}
        flagged = {"flag_status": True, "flag_metadata": flag}
        said.update(after(rng, at, 0.1, 0.4), "message.flagged", flagged)
    return Request(topic, said, office_after(rng, at, 0.6, 25), words)


class TicketLife:
    """Plans one ticket; every change of its state becomes exactly one event."""

    def __init__(
        self, timeline: Timeline, rng: Random, chat: Chat, request: Request, ticket_id: str
    ) -> None:
        self.timeline, self.rng, self.chat, self.request = timeline, rng, chat, request
        self.voice = Voice(timeline, rng, chat)
        self.emails = [agent.email for agent in chat.org.agents]
        self.at = request.created_at
        self.last_change = self.at
        self.attached: list[tuple[datetime, Json]] = []
        self.opening = request.said.short
        raised_by = rng.choice(self.emails) if rng.random() < 0.9 else chat.customers[0]
        subject = request.topic.subject.format(**request.words)
        self.ticket: Json = {
            "org_id": chat.org.org_id,
            "status": "open",
            "subject": subject[:1].upper() + subject[1:],
            "assignee": None,
            "due_date": None,
            "priority": 0,
            "closed_at": None,
            "closed_by": None,
            "closed_message": None,
            "first_assigned_at": None,
            "raised_by": raised_by,
            "ticket_id": ticket_id,
            "created_at": offset_text(self.at),
            "is_deleted": False,
            "assigned_by": None,
            "ticket_labels": "",
            "quoted_message_id": request.said.message["unique_id"],
            "ticket_custom_properties": None,
        }

    # -- telling ---------------------------------------------------------------------------------

    def tell(self, event: str, previous: Json | None) -> None:
        """Emit the present state as one event at the present moment."""
        at, ticket = self.at, dict(self.ticket)
        self.timeline.add_later(at, event, self.chat.org, lambda: self.info(at, ticket), previous)

    def info(self, at: datetime, ticket: Json) -> Json:
        """TicketInfo as of `at`."""
        return {
            "chat": chat_info(self.chat),
            "message": self.opening,
            "ticket": ticket,
            "attached_messages": [short for since, short in self.attached if since <= at],
        }

    def update(self, changes: Json, event: str = "ticket.updated", *, quiet: bool = False) -> None:
        """Apply `changes` at the present moment; some saves are followed by an empty one."""
        previous = {key: self.ticket[key] for key in changes if self.ticket[key] != changes[key]}
        if not previous:
            return
        self.ticket |= changes
        self.last_change = self.at
        self.tell(event, previous)
        if event == "ticket.updated" and not quiet and self.rng.random() < 0.33:
            self.save_unchanged()

    def save_unchanged(self) -> None:
        """An update that changes nothing a ticket event shows."""
        self.at = after(self.rng, self.at, 0.05, 8)
        before = {"last_updated_at": offset_text(self.last_change)}
        author: Json = {"last_updated_by": self.rng.choice((None, *self.emails))}
        self.tell("ticket.updated", self.rng.choice(({}, {}, before, before | author)))

    def wait(self, least: float, most: float) -> None:
        """Let office time pass, in minutes."""
        self.at = office_after(self.rng, self.at, least, most)

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.rng.random() < share

    # -- people ----------------------------------------------------------------------------------

    def reply(self, body: str, answers: Said | None = None) -> Said:
        """The assignee, or whoever is there, writes to the customer."""
        email = self.ticket["assignee"] or self.rng.choice(self.emails)
        ticket_id = self.ticket["ticket_id"]
        text = body.format(**self.request.words)
        return self.voice.agent(self.at, email, text, ticket_id=ticket_id, answers=answers)

    def hear(self, bodies: tuple[str, ...]) -> Said:
        """The customer writes; now and then the message is attached to the ticket."""
        self.at = after(self.rng, self.at, 0.5, 150)
        said = self.voice.customer(self.at, self.rng.choice(bodies).format(**self.request.words))
        if self.chance(0.12):
            self.at = after(self.rng, self.at, 0.2, 10)
            self.attach(said)
        return said

    def attach(self, said: Said) -> None:
        """Attach a message to the ticket."""
        self.attached.append((self.at, said.short))
        linked = {"message_ticket_id": self.ticket["ticket_id"]}
        said.update(self.at, "message.ticket.attached", linked)

    def note(self) -> None:
        """A private note on the chat."""
        self.at = after(self.rng, self.at, 0.5, 20)
        email = self.rng.choice(self.emails)
        body = self.rng.choice(NOTES).format(agent=self.rng.choice(self.emails))
        note_id = f"{self.rng.getrandbits(32):08x}-5d5e-432f-941c-{self.rng.getrandbits(48):012x}"
        note = note_object(self.chat, note_id, self.at, email, body)
        self.timeline.add(self.at, "note.created", self.chat.org, note)

    # -- stages of a life ------------------------------------------------------------------------

    def live(self) -> None:
        """Plan the whole life; what lies after the month's end never happens."""
        self.open()
        if self.chance(0.06):
            return  # nobody ever takes it
        self.assign()
        self.triage()
        self.work()
        if self.chance(0.09):
            return  # stays in progress
        self.close()
        if self.chance(0.14):
            self.reopen()
            if self.ticket["status"] == "closed" and self.chance(0.2):
                self.reopen()
        if self.ticket["status"] == "closed" and self.chance(0.1):
            self.at = office_after(self.rng, self.at + timedelta(days=4), 0, 3 * 24 * 60)
            self.update({"status": "archived"}, quiet=True)

    def open(self) -> None:
        """Creation, sometimes with an assignee chosen by a rule."""
        if self.chance(0.12):
            first = {"assignee": self.rng.choice(self.emails), "assigned_by": self.emails[0]}
            self.ticket |= first | {"first_assigned_at": self.ticket["created_at"]}
        self.at += timedelta(milliseconds=self.rng.randrange(80, 400))
        self.tell("ticket.created", {} if self.chance(0.1) else None)
        if self.chance(0.35):
            self.at = after(self.rng, self.at, 0.02, 1)
            self.attach(self.request.said)

    def assign(self) -> None:
        """The first assignment, by a lead or by the agents themselves."""
        if self.ticket["assignee"]:
            return
        self.wait(2, 200)
        agent = self.rng.choice(self.emails)
        changes: Json = {
            "assignee": agent,
            "assigned_by": self.rng.choice((agent, self.emails[0])),
            "first_assigned_at": envelope_text(self.at - timedelta(milliseconds=120)),
        }
        if self.chance(0.09):  # one save, told as two events of one instant
            self.update(changes, quiet=True)
            self.update({"priority": self.rng.choice((2, 3, 4))})
        elif self.chance(0.2):
            self.update(changes | {"status": "inprogress"})
        else:
            self.update(changes)

    def triage(self) -> None:
        """Priority, labels, due date and properties, in one save or in several."""
        words = self.request.words
        saves: list[Json] = []
        if self.chance(0.5) and not self.ticket["priority"]:
            saves.append({"priority": self.rng.choice((1, 2, 2, 3, 4))})
        if self.chance(0.6):
            extra = self.rng.sample(LABELS, self.rng.choice((0, 0, 1, 2)))
            saves.append({"ticket_labels": ", ".join([self.request.topic.label, *extra])})
        if self.chance(0.4):
            saves.append({"due_date": self.due_date()})
        if self.chance(0.35):
            properties = {"Order": words["order"], "Product": words["item"]}
            saves.append({"ticket_custom_properties": properties})
        if saves and self.chance(0.8):
            saves = [{key: value for save in saves for key, value in save.items()}]
        for save in saves:
            self.wait(0.2, 10)
            self.update(save)

    def due_date(self) -> str:
        """A due date some days ahead, in one of the spellings the vendor accepts."""
        due = self.at + timedelta(days=self.rng.choice((1, 2, 2, 3, 5)))
        evening = due.replace(hour=18, minute=29, second=59, microsecond=0)
        return self.rng.choice(
            (due.strftime("%Y-%m-%d"), spaced_text(evening), offset_text(evening))
        )

    def work(self) -> None:
        """Replies and questions, with hand-overs and changes of mind."""
        self.wait(2, 150)
        answer = self.reply(self.request.topic.answers[0], self.request.said)
        self.unflag(answer)
        if self.ticket["status"] == "open" and self.chance(0.88):
            self.wait(0.1, 20)
            self.update({"status": "inprogress"})
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            question = self.hear(FOLLOW_UPS)
            self.wait(1, 400)
            self.reply(self.rng.choice((*CHECKING, self.request.topic.answers[1])), question)
        if self.chance(0.15):
            self.note()
        if self.chance(0.25):
            self.hand_over()
        if self.chance(0.35):
            self.reconsider()

    def unflag(self, answer: Said) -> None:
        """The answer resolves the flag of the opening message."""
        opening = self.request.said
        if not opening.message["flag_status"]:
            return
        reply = answer.message
        told = {
            "status": False,
            "response_type": "message",
            "response_id": reply["message_id"],
            "response_timestamp": reply["timestamp"],
            "response_email": reply["performed_by"],
        }
        at = after(self.rng, self.at, 0.01, 0.1)
        changes = {"flag_status": False, "flag_metadata": opening.message["flag_metadata"] | told}
        opening.update(at, "message.unflagged", changes)

    def hand_over(self) -> None:
        """Reassign: once, back and forth, or by way of nobody."""
        first = self.ticket["assignee"]
        second = self.rng.choice([email for email in self.emails if email != first])
        route = self.rng.choice(
            ([second], [second], [second], [second, first, second], [None, second])
        )
        for email in route:
            self.wait(10, 700)
            by = self.ticket["assignee"] or self.emails[0]
            self.update({"assignee": email, "assigned_by": by if email else None})
        self.wait(1, 60)
        self.reply(self.rng.choice(HANDOVERS))

    def reconsider(self) -> None:
        """Move the due date, escalate, relabel or rename."""
        self.wait(20, 900)
        labels = [label for label in self.ticket["ticket_labels"].split(", ") if label]
        kind = self.rng.choice(
            ("due", "due", "priority", "priority", "labels", "labels", "subject")
        )
        if kind == "due":
            moved = None if self.ticket["due_date"] and self.chance(0.15) else self.due_date()
            self.update({"due_date": moved})
        elif kind == "priority":
            higher = min(4, self.ticket["priority"] + 1)
            self.update({"priority": self.rng.choice((0, higher, higher, 4))})
        elif kind == "labels":
            kept = labels[1:] if self.chance(0.6) else [*labels, "escalated"]
            self.update({"ticket_labels": ", ".join(kept)})
        else:
            self.update({"subject": self.ticket["subject"] + " (second parcel)"})

    def close(self) -> None:
        """The last answer, the root cause, and the closing."""
        self.wait(5, 2600)
        last = self.reply(self.request.topic.answers[1])
        if self.chance(0.2):
            properties = dict(self.ticket["ticket_custom_properties"] or {})
            cause = {"Root cause": self.rng.choice(ROOT_CAUSES)}
            self.wait(0.1, 5)
            self.update({"ticket_custom_properties": properties | cause})
        self.wait(0.5, 300)
        if self.chance(0.5):
            self.reply(self.rng.choice(CLOSINGS), last)
            self.at = after(self.rng, self.at, 0.1, 2)
        closed_at = offset_text(self.at - timedelta(milliseconds=self.rng.randrange(40, 300)))
        message = self.rng.choice((None, *CLOSED_MESSAGES))
        agent = self.ticket["assignee"] or self.rng.choice(self.emails)
        closed = {"closed_at": closed_at, "closed_by": agent, "closed_message": message}
        labels = [label for label in self.ticket["ticket_labels"].split(", ") if label]
        if "solved" not in labels and self.chance(0.04):  # one save, two events of one instant
            self.update({"ticket_labels": ", ".join([*labels, "solved"])}, quiet=True)
        self.update({"status": "closed"} | closed)
        if self.chance(0.45):
            self.hear(THANKS)

    def reopen(self) -> None:
        """The customer comes back; the ticket is opened again, worked on and closed."""
        self.at += timedelta(hours=self.rng.randrange(1, 60))
        complaint = self.hear(COMPLAINTS)
        self.wait(1, 120)
        self.update({"status": "open"} | CLEARED)
        self.wait(2, 200)
        self.reply(self.rng.choice(CHECKING), complaint)
        self.wait(0.1, 10)
        self.update({"status": "inprogress"})
        if self.chance(0.85):
            self.close()

    def delete(self, *, restored: bool) -> None:
        """Remove the ticket after its life; perhaps somebody brings it back."""
        self.wait(60, 1500)
        self.update({"is_deleted": True}, "ticket.deleted")
        if restored:
            self.wait(5, 600)
            self.update({"is_deleted": False}, quiet=True)
