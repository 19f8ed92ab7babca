"""Which messages belong to which ticket, by whichever of their ids they are told."""

from pathlib import Path
from typing import Any

import pytest

import ticketledger

from ..twin.attached import ticket_messages
from ..twin.events import Envelope
from ..twin.examples import hour, ticket
from .answers import assert_same, exported, rows

LONG = "true_c9@c.us_U1"


def _message(name: str, at: float, data: dict[str, Any]) -> Envelope:
    """A message event that links to T-1 unless `data` says otherwise."""
    data = {"message_ticket_id": "T-1", **data}
    return {"event": f"message.{name}", "data": data, "org_id": "o", "timestamp": hour(at)}


def _ticket(at: float, **parts: Any) -> Envelope:
    """An event with all parts of a TicketInfo about T-1."""
    row = {"ticket_id": "T-1", "status": "open", "created_at": hour(9), **parts.pop("ticket", {})}
    info: Envelope = {
        "ticket": row,
        "chat": {"chat_id": "c1@c.us"},
        "message": None,
        "attached_messages": [],
    }
    return ticket("updated", hour(at), info | parts)


def _links(folder: Path, told: list[Envelope]) -> list[tuple[Any, ...]]:
    """Return ticket, long and short id in order, once the twin tells the same."""
    ledger = exported(folder, told)
    found = rows(ledger.sql("FROM ticket_messages ORDER BY linked_at, message_id", to="arrow"))
    assert_same(found, ticket_messages(told), "ticket_messages")
    return [(row["ticket_id"], row["message_id"], row["unique_id"]) for row in found]


def test_an_attached_message_is_one_whoever_tells_its_short_id(tmp_path: Path) -> None:
    told = [
        _message("ticket.attached", 9.5, {"message_id": LONG}),
        _ticket(9.6, attached_messages=[{"message_id": LONG}]),
        _message("updated", 9.7, {"message_id": LONG, "unique_id": "U1"}),
        _message("flagged", 9.8, {"unique_id": "U1"}),
    ]
    assert _links(tmp_path, told) == [("T-1", LONG, "U1")]


def test_a_told_short_id_counts_for_events_that_do_not_tell_it(tmp_path: Path) -> None:
    told = [
        _message("ticket.attached", 9.5, {"message_id": "true_c_1_U1"}),
        _message("updated", 9.7, {"message_id": "true_c_1_U1", "unique_id": "U1"}),
        _message("ticket.attached", 9.8, {"message_id": "true_c_1_U2"}),
    ]
    assert _links(tmp_path, told) == [("T-1", "true_c_1_U1", "U1"), ("T-1", "true_c_1_U2", None)]


def test_notes_of_one_author_are_different_messages(tmp_path: Path) -> None:
    notes = [f"true_{number}634e275-ac58_dev@x.example" for number in range(2)]
    told = [_message("created", 9 + n, {"message_id": note}) for n, note in enumerate(notes)]
    told += [_ticket(11, attached_messages=[{"message_id": note} for note in notes])]
    told = [{**each, "event": each["event"].replace("message", "note")} for each in told]
    assert _links(tmp_path, told) == [("T-1", note, None) for note in notes]


def test_copies_on_two_phones_are_messages_of_their_own(tmp_path: Path) -> None:
    """None of them tells its short id; whichever is linked first, the team's is its reply."""
    copies = {"false_c9@c.us_U1": False, "true_c8@c.us_U1": True}
    told = [ticket("created", hour(9), {"ticket_id": "T-1", "status": "open"})]
    told += [
        _message("ticket.attached", 10 + n, {"message_id": message_id, "from_me": from_me})
        for n, (message_id, from_me) in enumerate(copies.items())
    ]
    assert _links(tmp_path, told) == [("T-1", each, "U1") for each in copies]
    ledger = ticketledger.open(tmp_path / "ledger")
    metrics = "SELECT agent_messages, first_reply_time_calendar_s FROM ticket_metrics"
    assert ledger.sql(metrics).row(0) == (1, 2 * 3600)


def test_a_row_of_a_ticket_may_have_messages_beside_its_fields(tmp_path: Path) -> None:
    row = {
        "ticket_id": "T-1",
        "quoted_message_id": "Q1",
        "message": {"message_id": "false_c@c.us_Q1"},
        "attached_messages": [{"message_id": "true_c@c.us_U1"}],
    }
    assert _links(tmp_path, [ticket("created", hour(9), row)]) == [
        ("T-1", "false_c@c.us_Q1", "Q1"),
        ("T-1", "true_c@c.us_U1", "U1"),
    ]


@pytest.mark.parametrize("short", [{"unique_id": "Q1"}, {}])
@pytest.mark.parametrize("quoted", ["Q1", "false_c1@c.us_Q1"])
@pytest.mark.parametrize("message", [None, {"message_id": "false_c1@c.us_Q1"}])
def test_a_quoted_message_is_found_by_its_short_and_by_its_long_id(
    tmp_path: Path, quoted: str, message: dict[str, str] | None, short: dict[str, str]
) -> None:
    said = {"message_id": "false_c1@c.us_Q1", "timestamp": hour(8), **short}
    told = [
        _message("created", 8, {**said, "message_ticket_id": None}),
        _ticket(9.5, ticket={"quoted_message_id": quoted}, message=message),
    ]
    is_long_told = message or quoted != "Q1"
    assert _links(tmp_path, told) == [("T-1", said["message_id"] if is_long_told else None, "Q1")]
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.sql("SELECT time_to_ticket_calendar_s FROM ticket_metrics").item() == 3600


def test_an_empty_text_quotes_no_message(tmp_path: Path) -> None:
    told = [
        _message("created", 8, {"message_id": LONG, "unique_id": "", "message_ticket_id": None}),
        _ticket(9.5, ticket={"quoted_message_id": ""}),
    ]
    assert _links(tmp_path, told) == []
    ledger = ticketledger.open(tmp_path / "ledger")
    assert ledger.sql("SELECT time_to_ticket_calendar_s FROM ticket_metrics").item() is None


def test_an_empty_text_is_neither_a_ticket_nor_a_message(tmp_path: Path) -> None:
    told = [
        _message("created", 8, {"message_id": LONG, "message_ticket_id": ""}),
        _message("created", 9, {"message_id": "m1", "unique_id": ""}),
        _message("created", 10, {"message_id": "m2", "unique_id": ""}),
        _ticket(11, attached_messages=[{"message_id": ""}]),
    ]
    assert _links(tmp_path, told) == [("T-1", "m1", None), ("T-1", "m2", None)]
    ledger = ticketledger.open(tmp_path / "ledger")
    of = rows(ledger.sql("SELECT ticket_id FROM messages ORDER BY first_event_at", to="arrow"))
    assert [row["ticket_id"] for row in of] == [None, "T-1", "T-1"]
