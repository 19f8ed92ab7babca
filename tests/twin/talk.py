"""What was said to and by the customer of each ticket, the plainest way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .attached import quoted_id, short_of
from .events import Envelope, distinct
from .fold import Row
from .moves import Stay
from .sightings import MESSAGE_EVENTS, TICKET_EVENTS, Key, ticket_of
from .state import chat_members, messages


@dataclass(frozen=True)
class Said:
    """A message that the customer could see."""

    at: int
    message_id: str
    unique_id: str | None
    chat_id: str | None
    is_agent: bool
    agent: str | None
    event_id: str


@dataclass(frozen=True)
class Talk:
    """The messages of a ticket in order, and how many may be its own or another's."""

    said: list[Said]
    ambiguous: int


def spoken(stream: list[Envelope]) -> dict[Key, Said]:
    """Return every message that is no note and not deleted."""
    found = {}
    team = {
        (row["org_id"], row["chat_id"], _named(row["contact_id"]))
        for row in chat_members(stream)
        if row["is_internal"]
    }
    for row in messages(stream):
        if row["is_note"] or row["is_deleted"]:
            continue
        at = row["sent_at"] if row["sent_at"] is not None else row["first_event_at"]
        is_agent = (
            row["from_me"] is True
            or row["message_id"].startswith("true_")
            or bool(row["performed_by"])
            or (row["org_id"], row["chat_id"], _sender(row)) in team
        )
        found[row["org_id"], row["message_id"]] = Said(
            at=at,
            message_id=row["message_id"],
            unique_id=row["unique_id"] or short_of(row["message_id"]),
            chat_id=row["chat_id"],
            is_agent=is_agent,
            agent=row["performed_by"] or None,
            event_id=row["sent_event_id"],
        )
    return found


def _sender(row: Row) -> str | None:
    """Who wrote a message: in a group its author."""
    return _named(row["author"] or row["sender_phone"] or None)


def _named(contact: str | None) -> str | None:
    """A person, whether the phone comes with its `@c.us` or without."""
    return f"{contact}@c.us" if contact and "@" not in contact else contact


def attached(stream: Iterable[Envelope]) -> set[tuple[str, str, str]]:
    """Return org, ticket and message of every message that an event attaches to a ticket."""
    found = set()
    for event in distinct(stream):
        if event.event_type in TICKET_EVENTS:
            ticket_id = ticket_of(event)["ticket_id"]
            for each in event.data.get("attached_messages") or []:
                found.add((event.org_id, ticket_id, each["message_id"]))
        if event.event_type in MESSAGE_EVENTS and event.data.get("message_ticket_id"):
            ticket_id = event.data["message_ticket_id"]
            found.add((event.org_id, ticket_id, event.data["message_id"]))
    return found


def talks(stream: list[Envelope], lives: Mapping[Key, list[Stay]]) -> dict[Key, Talk]:
    """Return the messages of every ticket: attached to it, or sent while it alone was active."""
    links = attached(stream)
    linked = {(org_id, message_id) for org_id, _, message_id in links}
    found: dict[Key, list[Said]] = {key: [] for key in lives}
    ambiguous = dict.fromkeys(lives, 0)
    for (org_id, message_id), said in spoken(stream).items():
        if (org_id, message_id) in linked:
            owners = [(o, t) for o, t, m in links if (o, m) == (org_id, message_id)]
            owners = [key for key in owners if key in lives]
        else:
            owners = [
                key for key, stays in lives.items() if key[0] == org_id and _holds(stays, said)
            ]
            if len(owners) > 1:
                for key in owners:
                    ambiguous[key] += not _is_its_own(lives[key], said)
                owners = []
        for key in owners:
            if not _is_its_own(lives[key], said):
                found[key].append(said)
    return {key: Talk(sorted(said, key=_in_order), ambiguous[key]) for key, said in found.items()}


def _in_order(said: Said) -> tuple[int, str]:
    return said.at, said.message_id


def _holds(stays: list[Stay], said: Said) -> bool:
    """Whether the ticket was active in the chat of a message when that was sent."""
    return any(
        stay.place == "active"
        and stay.row["chat_id"] is not None
        and stay.row["chat_id"] == said.chat_id
        and stay.at <= said.at
        and (later is None or said.at < later.at)
        for stay, later in zip(stays, [*stays[1:], None], strict=True)
    )


def _is_its_own(stays: list[Stay], said: Said) -> bool:
    """Whether the team raised the ticket from this message of its own."""
    quoted = quoted_id(stays[-1].row["quoted_message_id"])
    return said.is_agent and quoted is not None and said.unique_id == quoted


def turns(talk: Talk, born_at: int) -> list[list[Said]]:
    """Return the messages since the ticket began, those of one side in a row together."""
    found: list[list[Said]] = []
    for said in talk.said:
        if said.at < born_at or (said.is_agent and said.at == born_at):
            continue
        if found and found[-1][0].is_agent == said.is_agent:
            found[-1].append(said)
        else:
            found.append([said])
    return found
