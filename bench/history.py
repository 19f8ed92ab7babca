"""Compare what the ledger tells of tickets with what truly happened to them.

    python -m bench.history --tickets 100000 --seed 1 [-o table.md]

Each corpus has its share of ties and its chance of loss; `bench.truth` writes it and knows the
truth, the ledger gets the files alone. One row each, meaning:

lost        runs of lost events between two kept ones of a ticket that left it other than it was
found       share of these with a row in `ticket_gaps` on the kept event after the run, or on one
            of the same instant
untold      share of these whose kept event after the run has no previous_attributes: no witness
traceless   share of these that are neither: in the order told, all that is kept of the instant fits
            together, as if nothing had been lost
false       rows of `ticket_gaps`, per 10,000 events, beyond the runs lost right before an instant
unended     tickets whose last events were lost and had changed something: unseen from inside
state       tickets whose state is not that of their last *kept* event in true order
order       events that the ledger puts where another truly was; two that tell the same are equal
latest wins the same two for "the latest timestamp wins": ties in order of arrival, images believed
as fit      of the false rows and of the wrong states and events of the ledger, the share in tickets
            whose events fit together as told at least as well as in true order (`bench.fit`)
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import click

import ticketledger

from .fit import fit, fits_at
from .lives import INSTANTS, TRACKED, Event, State
from .truth import Ticket, changed, corpus

TIES: Final = (0.15, 0.4)
LOSSES: Final = (0.0, 0.001, 0.01, 0.05)

Key = tuple[str, str]
"""org_id and ticket_id."""

WRONG: Final = ("state", "order", "latest wins: state", "latest wins: order")

HEAD: Final = (
    *("ties", "loss", "events", "lost", "found", "untold", "traceless", "false", "unended"),
    *(*WRONG, "as fit"),
)


@dataclass(slots=True)
class Told:
    """What the ledger says.

    Attributes:
        order: event_ids of each ticket, in the ledger's order.
        states: current state of each ticket.
        gaps: event_ids with a row in `ticket_gaps`, as often as they have one.
    """

    order: dict[Key, list[str]]
    states: dict[Key, State]
    gaps: Counter[str]


@dataclass(slots=True)
class Figures:
    """Counts over one corpus; see the head of this module."""

    tickets: int = 0
    true_events: int = 0
    tied: int = 0
    events: int = 0
    lost: int = 0
    found: int = 0
    untold: int = 0
    false: int = 0
    unended: int = 0
    traceless: int = 0
    doubtful: int = 0
    as_fit: int = 0
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WRONG, 0))

    def row(self, loss: float) -> str:
        """Return a line of the table."""
        cells = [
            _percent(self.tied, self.true_events),
            f"{loss * 100:g} %",
            f"{self.events:,}",
            f"{self.lost:,}",
            _percent(self.found, self.lost),
            _percent(self.untold, self.lost),
            _percent(self.traceless, self.lost),
            f"{self.false * 10_000 / self.events:.2f}",
            f"{self.unended:,}",
            *(
                _percent(count, self.tickets if name.endswith("state") else self.events, 3)
                for name, count in self.wrong.items()
            ),
            _percent(self.as_fit, self.doubtful),
        ]
        return f"| {' | '.join(cells)} |"


def _percent(part: int, whole: int, places: int = 1) -> str:
    return f"{100 * part / whole:.{places}f} %" if whole else "-"


def ask(ledger: ticketledger.Ledger) -> Told:
    """Return what the ledger says of all tickets.

    Raises:
        BadQuery: the ledger has no view `ticket_gaps`.
    """
    gaps = ledger.sql("SELECT event_id FROM ticket_gaps", to="arrow")
    seen = ledger.sql(
        "SELECT org_id, ticket_id, event_id FROM ticket_states ORDER BY org_id, ticket_id, seq",
        to="arrow",
    )
    columns = ", ".join(f"epoch_ms({f}) AS {f}" if f in INSTANTS else f for f in TRACKED)
    now = ledger.sql(f"SELECT org_id, ticket_id, {columns} FROM tickets_all", to="arrow")
    order: dict[Key, list[str]] = {}
    for org, ticket, event in zip(*(column.to_pylist() for column in seen.columns), strict=True):
        order.setdefault((org, ticket), []).append(event)
    states = {}
    for org, ticket, *values in zip(*(column.to_pylist() for column in now.columns), strict=True):
        states[org, ticket] = tuple(tuple(v) if isinstance(v, list) else v for v in values)
    return Told(order, states, Counter(gaps.column("event_id").to_pylist()))


def compare(tickets: Sequence[Ticket], told: Told) -> Figures:
    """Return how far the ledger, and the plainest rule, are from the truth."""
    figures = Figures()
    for ticket in tickets:
        kept = [event for event in ticket.events if event.kept]
        for _, instant in groupby(ticket.events, lambda event: event.at):
            size = len(list(instant))
            figures.true_events += size
            figures.tied += size if size > 1 else 0
        if not kept:
            continue
        figures.tickets += 1
        figures.events += len(kept)
        key = ticket.sender.org_id, ticket.ticket_id
        by_id = {event.event_id: event for event in kept}
        if by_id.keys() != set(told.order[key]):
            raise SystemExit(f"{key}: the ledger does not hold the events of the files")
        ours = [by_id[each] for each in told.order[key]]
        false = _look_for_losses(figures, ticket, ours, told.gaps)
        latest = sorted(kept, key=lambda event: (event.at, event.arrival))
        verdicts = (
            told.states[key] != kept[-1].image,
            _misplaced(ours, kept),
            latest[-1].image != kept[-1].image,
            _misplaced(latest, kept),
        )
        for name, count in zip(figures.wrong, verdicts, strict=True):
            figures.wrong[name] += count
        doubtful = false + verdicts[0] + verdicts[1]
        figures.doubtful += doubtful
        if doubtful and fit(ours, ticket.sender) <= fit(kept, ticket.sender):
            figures.as_fit += doubtful
    return figures


def _misplaced(given: Sequence[Event], true: Sequence[Event]) -> int:
    pairs = zip(given, true, strict=True)
    return sum((a.image, a.before) != (b.image, b.before) for a, b in pairs)


def _look_for_losses(
    figures: Figures, ticket: Ticket, ours: Sequence[Event], gaps: Counter[str]
) -> int:
    """Count the lost runs of a ticket, and the rows of gaps on its events, instant by instant.

    Returns the number of rows beyond the runs.

    A net change of nothing but a field that the sender never tells of cannot be seen, so it is not
    counted as lost; a row on it is not counted as false either.
    """
    rows: Counter[int] = Counter()
    for event in ticket.events:
        rows[event.at] += gaps[event.event_id] if event.kept else 0
    due: Counter[int] = Counter()
    untold_fields = set() if ticket.sender.tells_closed_at else {"closed_at"}
    former: Event | None = None
    missing: Event | None = None
    for event in ticket.events:
        if not event.kept:
            missing = event
            continue
        if former and missing and (net := changed(former.image, missing.image)):
            due[event.at] += 1
            if set(net) - untold_fields:
                figures.lost += 1
                figures.found += rows[event.at] > 0
                figures.untold += not event.tells
                figures.traceless += (
                    event.tells and not rows[event.at] and fits_at(ours, event.at, ticket.sender)
                )
        former, missing = event, None
    if former and missing:
        figures.unended += former.image != missing.image
    false = sum(max(0, count - due[at]) for at, count in rows.items())
    figures.false += false
    return false


def measure(tickets: int, seed: int, ties: float, loss: float) -> Figures:
    """Make a corpus, load it into a fresh ledger, and compare."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        true = corpus(folder / "export", tickets, seed, ties, loss)
        ledger = ticketledger.open(folder / "ledger")
        ledger.ingest(folder / "export")
        return compare(true, ask(ledger))


@click.command()
@click.option("--tickets", default=100_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path))
def main(tickets: int, seed: int, output: Path | None) -> None:
    """Measure every corpus and print a table."""
    lines: list[Any] = [f"| {' | '.join(HEAD)} |", "| --- " * len(HEAD) + "|"]
    for ties in TIES:
        for loss in LOSSES:
            lines.append(measure(tickets, seed, ties, loss).row(loss))
            click.echo(f"ties {ties:.0%}, loss {loss:.1%}: measured", err=True)
    text = f"{tickets:,} tickets, seed {seed}\n\n" + "\n".join(lines)
    click.echo(text)
    if output:
        output.write_text(text + "\n")


if __name__ == "__main__":
    main()
