"""A seeded export whose true history is known: what happened, in which order, and what was lost.

    python -m bench.truth FOLDER --tickets 10000 --ties 0.4 --loss 0.01

FOLDER/export/ gets the files a receiver would have, FOLDER/truth.jsonl what they should tell. Each
file holds the events of some thousand tickets, shuffled, 2 % of the lines twice. An update that
changes nothing and equals an earlier one to the last byte, instant included, is not kept: it would
be a duplicate. The same arguments give the same bytes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from ticketledger.models.jsontext import canonical

from .lives import SENDERS, TRACKED, Event, Life, Sender, State, iso

TICKETS_PER_FILE: Final = 5_000
DUPLICATE = 0.02  # lines written twice


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket and everything that happened to it, in the true order."""

    sender: Sender
    ticket_id: str
    events: list[Event]


def corpus(folder: Path, tickets: int, seed: int, ties: float, loss: float) -> list[Ticket]:
    """Write the export into a folder and return the truth.

    Args:
        ties: share of the events that share their millisecond with another of their ticket.
        loss: chance of each event, first and last ones included, not to be written.
    """
    folder.mkdir(parents=True)
    made: list[Ticket] = []
    for first in range(0, tickets, TICKETS_PER_FILE):
        lines: list[tuple[Event, str]] = []
        rnd = random.Random(f"{seed} {ties} {loss} {first}")
        for number in range(first, min(first + TICKETS_PER_FILE, tickets)):
            sender = SENDERS[number % len(SENDERS)]
            life = Life(rnd, sender, number + 1)
            told = list(life.events(ties))
            seen: set[str] = set()
            for event, line in told:
                event.kept = rnd.random() >= loss and event.event_id not in seen
                if event.kept:
                    seen.add(event.event_id)
                    lines += [(event, line)] * (2 if rnd.random() < DUPLICATE else 1)
            made.append(Ticket(sender, life.ticket_id, [event for event, _ in told]))
        rnd.shuffle(lines)
        for place, (event, _) in enumerate(lines):
            event.arrival = place if event.arrival < 0 else event.arrival
        path = folder / f"export-{first // TICKETS_PER_FILE + 1:04d}.jsonl"
        path.write_text("".join(line for _, line in lines), encoding="utf-8")
    return made


def changed(old: State, new: State) -> list[str]:
    """Return the fields in which two states differ."""
    return [field for field, a, b in zip(TRACKED, old, new, strict=True) if a != b]


def truth(ticket: Ticket) -> dict[str, Any]:
    """Return what is true of a ticket, ready for JSON."""
    states = [ticket.events[0].image, *(event.image for event in ticket.events)]
    return {
        "org_id": ticket.sender.org_id,
        "ticket_id": ticket.ticket_id,
        "state": dict(zip(TRACKED, states[-1], strict=True)),
        "events": [
            {
                "event_id": e.event_id,
                "at": iso(e.at),
                "kept": e.kept,
                "changed": changed(was, e.image),
            }
            for e, was in zip(ticket.events, states, strict=False)
        ],
    }


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--tickets", default=100_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--ties", default=0.15, show_default=True, type=click.FloatRange(0, 1))
@click.option("--loss", default=0.01, show_default=True, type=click.FloatRange(0, 1))
def main(folder: Path, tickets: int, seed: int, ties: float, loss: float) -> None:
    """Write an export and its truth into FOLDER."""
    made = corpus(folder / "export", tickets, seed, ties, loss)
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as sink:
        sink.writelines(canonical(truth(ticket)) + "\n" for ticket in made)


if __name__ == "__main__":
    main()
