"""What happens beside the tickets: chats appear and change, phones come and go, people react."""

from datetime import datetime, timedelta
from random import Random

from .cast import CHAT_LABELS, LAMPS, PLANS, Chat, Json, Org, fictional_number, member
from .clock import START, after, arrival
from .payloads import chat_object, notification_object, phone_object, reaction_object
from .texts import EMOJI, FOLLOW_UPS, THANKS
from .timeline import Said, Timeline, Voice, short_id


def open_chat(timeline: Timeline, rng: Random, chat: Chat, at: datetime) -> None:
    """The chat becomes known at `at`."""
    chat.created_at = at - timedelta(milliseconds=rng.randrange(300, 900))
    timeline.add_later(at, "chat.created", chat.org, lambda: chat_object(chat, at))


def change_properties(
    timeline: Timeline, rng: Random, chat: Chat, *, declared: bool = True
) -> None:
    """A custom property is set; `declared` False leaves previous_attributes out, as in the docs."""
    at = arrival(rng)
    if chat.created_at is None or at <= chat.created_at:
        return
    plan = rng.choice(PLANS)
    previous: Json = {}

    def data() -> Json:
        previous["custom_properties"] = dict(chat.custom_properties)
        chat.custom_properties |= {"Plan": plan, "Renewal date": "2026-09-30"}
        return chat_object(chat, at)

    shown = previous if declared else None
    timeline.add_later(at, "chat.custom_properties.updated", chat.org, data, shown)


def relabel(timeline: Timeline, rng: Random, chat: Chat) -> None:
    """The chat's labels change; the vendor tells of it only inside later ticket events."""
    labels = rng.sample(CHAT_LABELS, rng.choice((0, 1, 2, 3)))

    def act() -> None:
        chat.labels = labels

    timeline.change(arrival(rng), act)


def join(timeline: Timeline, rng: Random, chat: Chat, at: datetime, number: int) -> None:
    """Somebody joins a group."""
    contact_id, unique_id = fictional_number(number), short_id(rng)

    def data() -> Json:
        who = member(chat.org, chat.chat_id, contact_id, "Bea Castelmoor", internal=False)
        chat.members[contact_id] = who
        return notification_object(chat, unique_id, at, "add", None, [contact_id])

    timeline.add_later(at, "chat.notification.created", chat.org, data)


def rename(timeline: Timeline, rng: Random, chat: Chat, at: datetime) -> None:
    """A group gets a new name."""
    unique_id = short_id(rng)

    def data() -> Json:
        chat.name = chat.name.replace(" <> ", " × ")
        return notification_object(chat, unique_id, at, "subject", chat.name, [])

    timeline.add_later(at, "chat.notification.created", chat.org, data)


def miss_call(timeline: Timeline, rng: Random, chat: Chat, at: datetime) -> None:
    """A customer's call nobody takes."""
    call = notification_object(chat, short_id(rng), at, "call", None, [])
    timeline.add(at, "chat.notification.created", chat.org, call)


def react(timeline: Timeline, rng: Random, said: Said) -> None:
    """An emoji on a message; one in four is taken back."""
    at = after(rng, said.at, 0.2, 60)
    sender = rng.choice((said.chat.org.phone, said.chat.customers[0]))
    emoji, reaction_id = rng.choice(EMOJI), short_id(rng)
    first = reaction_object(said.message, reaction_id, at, sender, emoji)
    timeline.add(at, "reaction.created", said.chat.org, first)
    if rng.random() < 0.25:
        then = after(rng, at, 0.1, 3)
        gone = reaction_object(said.message, reaction_id, then, sender, "")
        timeline.add(then, "reaction.updated", said.chat.org, gone, {"reaction": emoji})


def chatter(timeline: Timeline, rng: Random, chat: Chat) -> None:
    """A message that never becomes a ticket, often answered and reacted to."""
    at = arrival(rng)
    if chat.created_at is None or at <= chat.created_at:
        return
    voice = Voice(timeline, rng, chat)
    said = voice.customer(at, rng.choice(FOLLOW_UPS + THANKS).format(order="88", day="Friday"))
    if rng.random() < 0.5:
        email = rng.choice(chat.org.agents).email
        then = after(rng, at, 1, 90)
        voice.agent(then, email, "Noted, thank you!", ticket_id=None, answers=said)
    if rng.random() < 0.3:
        react(timeline, rng, said)


def phone_story(timeline: Timeline, org: Org, *, outage: bool) -> None:
    """The phone is connected on the first morning; perhaps it drops out once."""
    steps = [("qr", 330, "UNPAIRED"), ("connected", 342, "CONNECTED")]
    if outage:
        middle = 15 * 24 * 60
        steps += [
            ("disconnected", middle, "UNPAIRED"),
            ("qr", middle + 3, "UNPAIRED"),
            ("connected", middle + 9, "CONNECTED"),
        ]
    before = "CONNECTED"
    for event, minute, state in steps:
        at = START + timedelta(minutes=minute)
        phone = phone_object(org, at, state, org.name)
        previous = {"wa_state": before, "is_ready": before == "CONNECTED"}
        shown = previous if before != state else None
        timeline.add(at, f"org.phone.{event}", org, phone, shown)
        before = state
    if outage:
        at = START + timedelta(days=16, hours=9)
        renamed = phone_object(org, at, before, f"{org.name} (support)")
        timeline.add(at, "org.phone.updated", org, renamed, {"phone_name": org.name})


def surroundings(timeline: Timeline, rng: Random, chats: list[Chat]) -> None:
    """Everything of the month that is not about tickets."""
    for i, chat in enumerate(rng.choices(chats, k=30)):
        change_properties(timeline, rng, chat, declared=i % 10 != 0)
    for chat in rng.sample(chats, 15):
        relabel(timeline, rng, chat)
    for chat in rng.choices(chats, k=70):
        chatter(timeline, rng, chat)
    groups = [chat for chat in chats if chat.is_group and chat.org is LAMPS]
    join(timeline, rng, groups[0], START + timedelta(days=10, hours=11), 340)
    rename(timeline, rng, groups[1], START + timedelta(days=12, hours=15))
    for day, chat in zip((4, 17, 25), rng.sample(chats[:20], 3), strict=True):
        miss_call(timeline, rng, chat, START + timedelta(days=day, hours=12, minutes=7))
