"""A seeded month of one WhatsApp support team, as webhook envelopes with the truth beside them.

`build()` plans March 2026 (`tickets`, `happenings`), plays it in time order (`timeline`) and
delivers it the way exports come (`delivery`). `python -m tests.demo_export [DIR]` writes the files.
"""

from random import Random

from .cast import BIKES, LAMPS, Chat, make_chats
from .clock import START, after, arrival
from .delivery import Export, deliver
from .happenings import open_chat, phone_story, surroundings
from .tickets import Request, TicketLife, ask
from .timeline import Timeline

__all__ = ["Export", "build"]

DELETED, RESTORED = (23, 61, 98, 140, 171), 98
FIRST_TICKET = 1001


def build(seed: int = 20260301) -> Export:
    """Return the export for `seed`; the same seed gives the same bytes."""
    rng = Random(seed)
    timeline = Timeline()
    phone_story(timeline, LAMPS, outage=True)
    phone_story(timeline, BIKES, outage=False)
    lamps = make_chats(rng, LAMPS, users=40, groups=15, first=0)
    bikes = make_chats(rng, BIKES, users=4, groups=1, first=60)
    _tell_tickets(timeline, rng, lamps, tickets=188, known=40)
    _tell_tickets(timeline, rng, bikes, tickets=10, known=5)
    surroundings(timeline, rng, lamps + bikes)
    return deliver(rng, timeline.play())


def _tell_tickets(
    timeline: Timeline, rng: Random, chats: list[Chat], *, tickets: int, known: int
) -> None:
    """Plan the tickets of one org; chats beyond the first `known` appear when they first write."""
    at = after(rng, START, 350, 380)
    for chat in chats[:known]:
        open_chat(timeline, rng, chat, at)
        at = after(rng, at, 0.01, 0.5)
    requests: list[tuple[Chat, Request]] = []
    newcomers = chats[known:]
    for i, then in enumerate(sorted(arrival(rng) for _ in range(tickets))):
        chat = rng.choice(chats[:known])
        if newcomers and i % (tickets // (len(chats) - known + 1)) == 5:
            chat = newcomers.pop(0)
            open_chat(timeline, rng, chat, then)
            then = after(rng, then, 0.01, 0.1)
        elif rng.random() < 0.2:
            chat = rng.choice([chat for chat in chats if chat.created_at])
        requests.append((chat, ask(timeline, rng, chat, then)))
    requests.sort(key=lambda asked: asked[1].created_at)
    for number, (chat, request) in enumerate(requests):
        life = TicketLife(timeline, rng, chat, request, f"SUP-{FIRST_TICKET + number}")
        life.live()
        if number in DELETED:
            life.delete(restored=number == RESTORED)
