"""What is counted of a ticket, and what became of its due date, the plainest way."""

from itertools import pairwise

from .fold import Row
from .history import history
from .moves import Stay, dated_closings_of, holder, live
from .state import TICKET_STATE
from .tickets import Ticket


def counts(life: list[Stay], closings: list[Stay], assignments: list[Stay]) -> Row:
    """Return how often the ticket was closed, reopened, handed on and made more urgent."""
    pairs = list(pairwise(live(life)))
    names = [holder(stay) for stay in assignments]
    chain = [name for before, name in zip([None, *names], names, strict=False) if before != name]
    priorities = [(a.row["priority"], b.row["priority"]) for a, b in pairs]
    return {
        "resolutions": len(dated_closings_of(life)),
        "reopens": sum(a.place == "resolved" and b.place == "active" for a, b in pairs),
        "unarchives": sum(a.place == "removed" and b.place == "active" for a, b in pairs),
        "assignee_stations": len(assignments),
        "unique_assignees": len(set(names)),
        "reassignments": sum(
            bool(holder(a) and holder(b) and holder(a) != holder(b)) for a, b in pairs
        ),
        "ping_pongs": sum(a == c for a, c in zip(chain, chain[2:], strict=False)),
        "priority_escalations": sum(bool(a and b and 0 < a < b) for a, b in priorities),
        "priority_at_creation": life[0].row["priority"],
        "priority_at_resolution": closings[-1].row["priority"] if closings else None,
        "closer": (closings[-1].row["closed_by"] or holder(closings[-1])) if closings else None,
    }


def due_dates(ticket: Ticket, last: Stay, closed_at: int | None, as_of: int) -> Row:
    """Return what became of the due date, up to the closing that lasted."""
    dates: list[tuple[int, int | None]] = []
    for row in history(ticket, TICKET_STATE):
        if row["version"] > 1 and closed_at is not None and row["valid_from"] > closed_at:
            continue
        if not dates or dates[-1][1] != row["due_date"]:
            dates.append((row["valid_from"], row["due_date"]))
    told = [due for _, due in dates if due is not None]
    if dates[0][1] is None:
        dates = dates[1:]
    due = dates[-1][1] if dates else None
    delay = None if closed_at is None or due is None else closed_at - due
    return {
        "original_due_date": told[0] if told else None,
        "due_date": due,
        "due_date_changes": max(0, len(dates) - 1),
        "late_postponements": sum(
            a is not None and b is not None and a < at and b > a
            for (_, a), (at, b) in pairwise(dates)
        ),
        "due_date_slippage_s": (told[-1] - told[0]) / 1e6 if told else None,
        "met_original_due": closed_at <= told[0] if closed_at is not None and told else None,
        "met_last_due": None if delay is None else delay <= 0,
        "overdue_now": last.place == "active" and due is not None and due < as_of,
        "lateness_s": max(0, closed_at - due) / 1e6
        if closed_at is not None and due is not None
        else None,
    }
