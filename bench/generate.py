"""A seeded export of any size: ticket lifecycles, messages, duplicates, late and broken lines.

    python -m bench.generate 1000000 > export.jsonl
    python -m bench.generate 10000 --members 1000 > big-groups.jsonl
    python -m bench.generate 100000 --chats 1 > giant-chat.jsonl
    python -m bench.generate 300000 --rows > rows.jsonl

Events leave in the order of their delivery, one envelope a line, as a receiver writes them down.
The shares are those of the constants below; the same arguments give the same bytes.
"""

from __future__ import annotations

import heapq
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click

START = 1_740_787_200.0  # 2025-03-01T00:00:00Z
ORGS = 4
AGENTS = [f"agent{n}@support{n % ORGS}.example" for n in range(24)]
LABELS = ["billing", "delivery", "refund", "urgent", "vip", "bug", "onboarding", "sales"]
WORDS = [
    "order",
    "invoice",
    "late",
    "parcel",
    "refund",
    "login",
    "error",
    "phone",
    "address",
    "voucher",
    "size",
    "colour",
]

DUPLICATE = 0.02  # delivered twice, byte for byte
RESPELLED = 0.005  # delivered twice, the second time with other key order and white space
LATE = 0.01  # delivered after later events
BROKEN = 0.001  # cut off, misspelled, or of a wrong type
NO_CHANGE = 0.2  # updates that change nothing
MESSAGES_PER_STEP = 0.55  # messages around each step of a ticket


@dataclass(slots=True)
class Chat:
    org: int
    number: int
    kind: str
    people: int
    labels: str = ""
    text: str = ""


@dataclass(slots=True)
class Ticket:
    chat: Chat
    steps: int
    fields: dict[str, Any]
    message: str
    attached: list[str] = field(default_factory=list)


def dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def iso(at: float) -> str:
    whole, milli = divmod(int(at * 1000), 1000)
    return f"{_seconds(whole)}.{milli:03d}Z"


_DAYS: dict[int, str] = {}


def _seconds(whole: int) -> str:
    day, rest = divmod(whole, 86400)
    if day not in _DAYS:
        from datetime import date

        _DAYS[day] = date.fromordinal(719163 + day).isoformat()
    return f"{_DAYS[day]}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


class Export:
    """Writes the events of one made-up vendor in the order of their instants."""

    def __init__(self, seed: int, members: int, chats: int, *, rows: bool) -> None:
        self._rnd = random.Random(seed)
        self._rows = rows
        self._members = members
        self._most = chats
        self._chats: list[Chat] = []
        self._tickets = 0

    def events(self) -> Iterator[tuple[float, str]]:
        """Yield instant and line, without end, in order of time."""
        rnd = self._rnd
        waiting: list[tuple[float, int, Ticket]] = []
        at, number = START, 0
        while True:
            at += rnd.expovariate(1 / 40.0)
            number += 1
            heapq.heappush(waiting, (at, number, self._new_ticket(at)))
            while waiting and waiting[0][0] <= at:
                now, order, ticket = heapq.heappop(waiting)
                yield from self._step(now, ticket)
                if ticket.steps > 0:
                    wait = rnd.expovariate(1 / (3600.0 * rnd.choice([0.05, 1, 8, 30])))
                    heapq.heappush(waiting, (now + 0.05 + wait, order, ticket))

    def _chat(self, at: float) -> Chat:
        rnd = self._rnd
        is_full = 0 < self._most <= len(self._chats)
        if is_full or (len(self._chats) > 50 and rnd.random() < 0.6):
            chat = self._chats[-1 - int(rnd.random() ** 3 * min(len(self._chats), 5000))]
            if rnd.random() < 0.1:
                chat.labels = rnd.choice(LABELS)
                chat.text = ""
        else:
            group = self._members > 0 or rnd.random() < 0.15
            people = self._members or (rnd.randrange(3, 9) if group else 2)
            chat = Chat(rnd.randrange(ORGS), len(self._chats), "group" if group else "user", people)
            self._chats.append(chat)
        if not chat.text:
            chat.text = self._chat_text(chat, at)
        return chat

    def _chat_id(self, chat: Chat) -> str:
        return (
            f"12036302{chat.number:010d}@g.us"
            if chat.kind == "group"
            else (f"9198{chat.number:08d}@c.us")
        )

    def _chat_text(self, chat: Chat, at: float) -> str:
        org, chat_id = f"org-{chat.org:04d}-4c55-9f0e", self._chat_id(chat)
        phone = f"9177009001{chat.org:02d}@c.us"
        names = [phone] + [f"9198{chat.number + n:08d}@c.us" for n in range(chat.people - 1)]
        members = {
            name: {
                "contact_id": name,
                "is_admin": n == 0,
                "is_internal": n == 0,
                "contact_name": f"Person {name[4:12]}",
                "contact_labels": "",
                "is_super_admin": n == 0,
            }
            for n, name in enumerate(names)
        }
        return dump(
            {
                "org_id": org,
                "org_phone": phone,
                "chat_id": chat_id,
                "members": members,
                "is_muted": False,
                "chat_name": f"Customer {chat.number}",
                "chat_type": chat.kind,
                "chat_image": None,
                "created_at": iso(at - 86400.0 * (chat.number % 90)),
                "chat_labels": chat.labels,
                "invite_link": None,
                "custom_properties": {"Plan": ["Gold", "Basic"][chat.number % 2]},
                "group_description": None,
            }
        )

    def _short_message(self, chat: Chat, at: float, body: str) -> str:
        unique = f"3EB0{self._rnd.getrandbits(64):016X}"
        chat_id = self._chat_id(chat)
        return dump(
            {
                "body": body,
                "chat_id": chat_id,
                "org_phone": f"9177009001{chat.org:02d}@c.us",
                "timestamp": _seconds(int(at)) + "+00:00",
                "media_path": None,
                "message_id": f"false_{chat_id}_{unique}",
                "sender_name": f"Person {chat.number:08d}",
                "performed_by": None,
                "sender_phone": f"9198{chat.number:08d}",
            }
        )

    def _words(self, low: int, high: int) -> str:
        return " ".join(self._rnd.choices(WORDS, k=self._rnd.randrange(low, high)))

    def _new_ticket(self, at: float) -> Ticket:
        rnd = self._rnd
        self._tickets += 1
        chat = self._chat(at)
        message = self._short_message(chat, at - 60, self._words(4, 14))
        fields = {
            "org_id": f"org-{chat.org:04d}-4c55-9f0e",
            "status": "open",
            "subject": self._words(2, 6),
            "assignee": None,
            "due_date": None,
            "priority": 0,
            "closed_at": None,
            "closed_by": None,
            "closed_message": None,
            "first_assigned_at": None,
            "raised_by": rnd.choice(AGENTS),
            "ticket_id": f"TKT-{self._tickets}",
            "created_at": iso(at),
            "is_deleted": False,
            "assigned_by": None,
            "ticket_labels": "",
            "quoted_message_id": message[-60:-40] if rnd.random() < 0.5 else None,
            "ticket_custom_properties": None,
        }
        return Ticket(chat, rnd.randrange(3, 14), fields, message)

    def _step(self, at: float, ticket: Ticket) -> Iterator[tuple[float, str]]:
        """One change of a ticket, and perhaps a message of its chat just before."""
        rnd = self._rnd
        if rnd.random() < MESSAGES_PER_STEP:
            yield from self._message(at - 0.02, ticket.chat)
        old = None
        name = "ticket.created"
        if "seen" in ticket.fields:
            old = self._change(at, ticket)
            name = "ticket.updated"
            if ticket.steps == 1 and rnd.random() < 0.01:
                name, old = "ticket.deleted", {"is_deleted": False}
                ticket.fields["is_deleted"] = True
        ticket.fields["seen"] = True
        ticket.steps -= 1
        shown = dump({k: v for k, v in ticket.fields.items() if k != "seen"})
        previous = "" if old is None else f'"previous_attributes":{dump(old)},'
        attached = ",".join(ticket.attached)
        data = (
            f'{{"chat_id":"{self._chat_id(ticket.chat)}","last_updated_at":"{iso(at)}",{shown[1:]}'
            if self._rows
            else f'{{"chat":{ticket.chat.text},"message":{ticket.message},'
            f'"ticket":{shown},"attached_messages":[{attached}]}}'
        )
        yield (
            at,
            f'{{"event":"{name}","data":{data},"org_id":"{ticket.fields["org_id"]}",'
            f'{previous}"timestamp":"{iso(at)}"}}',
        )

    def _change(self, at: float, ticket: Ticket) -> dict[str, Any]:
        rnd, fields = self._rnd, ticket.fields
        if rnd.random() < NO_CHANGE:
            return {}
        if ticket.steps == 1 or rnd.random() < 0.08:
            agent = fields["assignee"] or rnd.choice(AGENTS)
            new = {"status": "closed", "closed_at": iso(at), "closed_by": agent}
        else:
            match rnd.randrange(6):
                case 0:
                    new = {"status": "open" if fields["status"] == "closed" else "inprogress"}
                case 1 | 2:
                    agent = rnd.choice(AGENTS)
                    new = {"assignee": agent, "assigned_by": rnd.choice(AGENTS)}
                    if not fields["first_assigned_at"]:
                        new["first_assigned_at"] = iso(at)
                case 3:
                    new = {"priority": rnd.randrange(5)}
                case 4:
                    new = {"ticket_labels": ", ".join(rnd.sample(LABELS, rnd.randrange(3)))}
                    if rnd.random() < 0.2:
                        ticket.attached.append(
                            self._short_message(ticket.chat, at, self._words(3, 9))
                        )
                case _:
                    new = {
                        "ticket_custom_properties": {"Category": rnd.choice(WORDS), "Area": "B"},
                        "due_date": iso(at + 86400),
                    }
        old = {key: fields[key] for key, value in new.items() if fields[key] != value}
        fields.update(new)
        return old

    def _message(self, at: float, chat: Chat) -> Iterator[tuple[float, str]]:
        rnd = self._rnd
        org, chat_id = f"org-{chat.org:04d}-4c55-9f0e", self._chat_id(chat)
        phone, customer = f"9177009001{chat.org:02d}@c.us", f"9198{chat.number:08d}@c.us"
        ours = rnd.random() < 0.5
        unique = f"3EB0{rnd.getrandbits(64):016X}"
        message_id = f"{'true' if ours else 'false'}_{chat_id}_{unique}"
        sent = _seconds(int(at)) + "+00:00"
        row: dict[str, Any] = {
            "message_id": message_id,
            "org_id": org,
            "ack": "1",
            "author": None,
            "body": self._words(3, 16),
            "broadcast": None,
            "device_type": "android",
            "flag_status": False,
            "forwarding_score": "0",
            "from": phone if ours else customer,
            "from_me": ours,
            "has_media": False,
            "id": {"id": unique, "fromMe": ours, "remote": chat_id, "_serialized": message_id},
            "is_deleted": None,
            "is_forwarded": False,
            "links": "[]",
            "media": None,
            "mentioned_ids": [],
            "message_ticket_id": None,
            "message_type": "chat",
            "chat_id": chat_id,
            "org_phone": phone,
            "performed_by": rnd.choice(AGENTS) if ours else None,
            "prev_body": None,
            "quoted_message_id": None,
            "reactions": [],
            "sender_phone": phone if ours else customer,
            "timestamp": sent,
            "to": customer if ours else phone,
            "unique_id": unique,
            "updated_at": sent,
            "vcards": [],
        }
        yield (
            at,
            f'{{"event":"message.created","data":{dump(row)},"org_id":"{org}","timestamp":"{iso(at)}"}}',
        )
        if rnd.random() < 0.3:
            row["ack"] = "4"
            yield (
                at + 0.004,
                f'{{"event":"message.ack.updated","data":{dump(row)},"org_id":"{org}",'
                f'"previous_attributes":{{"ack":"1"}},"timestamp":"{iso(at + 0.004)}"}}',
            )


def broken(line: str, rnd: random.Random) -> str:
    """A line as a crash, a bad recorder or a wrong type leaves it."""
    match rnd.randrange(4):
        case 0:
            return line[: rnd.randrange(1, len(line))]
        case 1:
            return line[:-1] + ",}"
        case 2:
            return line.replace('"org_id":"', '"org_id":5,"x":"', 1)
        case _:
            return line.replace('"timestamp":"2', '"timestamp":"2x', 1)


def lines(
    count: int, seed: int = 1, members: int = 0, chats: int = 0, *, rows: bool = False
) -> Iterator[str]:
    """Yield that many lines in the order of delivery."""
    rnd = random.Random(seed + 1)
    made = Export(seed, members, chats, rows=rows).events()
    held: list[tuple[int, str]] = []
    for number in range(count):
        if held and held[0][0] <= number:
            yield heapq.heappop(held)[1]
            continue
        line = next(made)[1]
        chance = rnd.random()
        if chance < BROKEN:
            line = broken(line, rnd)
        elif chance < BROKEN + DUPLICATE:
            heapq.heappush(held, (number + rnd.randrange(1, 3000), line))
        elif chance < BROKEN + DUPLICATE + RESPELLED:
            value = json.loads(line)
            other = json.dumps({key: value[key] for key in reversed(value)})
            heapq.heappush(held, (number + rnd.randrange(1, 3000), other))
        elif chance < BROKEN + DUPLICATE + RESPELLED + LATE:
            heapq.heappush(held, (number + rnd.randrange(1, 20_000), line))
            line = next(made)[1]
        yield line


@click.command()
@click.argument("count", type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--members", default=0, help="Every chat is a group of this many; default: a mix.")
@click.option("--chats", default=0, help="At most this many; default: as many as come.")
@click.option("--rows", is_flag=True, help="`data` of a ticket event is the ticket's row alone.")
def main(count: int, seed: int, members: int, chats: int, *, rows: bool) -> None:
    """Write COUNT lines to standard output."""
    write = sys.stdout.write
    for line in lines(count, seed, members, chats, rows=rows):
        write(line + "\n")


if __name__ == "__main__":
    main()
