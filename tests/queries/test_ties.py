"""Events of one instant of which some do not tell what was before: their order fits as it can."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

import ticketledger

Edge = tuple[int | None, int]
"""The priority before, None when the event does not tell, and after it."""

TIES: dict[str, tuple[list[Edge], int]] = {
    # The last of the instant changed nothing: others lead to 2. Only so is there a way into 4.
    "back": ([(None, 2), (2, 3), (3, 3), (None, 4), (4, 2), (None, 2), (2, 5)], 1),
    # Nobody leads to 1, so who does not tell how it came there came from 0, and left for 2.
    "there": ([(None, 0), (None, 1), (None, 2), (2, 3), (3, 3), (3, 4), (4, 5)], 2),
    # There are two ways into 6, but only one into 3.
    "choice": ([(None, 1), (1, 2), (None, 3), (3, 4), (4, 5), (None, 6), (6, 7)], 2),
    # Who changed nothing leads to nothing: 7 was reached by the one that does not tell.
    "loop": ([(None, 3), (3, 4), (4, 5), (5, 6), (None, 7), (7, 7)], 1),
}
"""The first event comes before the instant, the one that leads to `AFTER` after it, and so many of
the others must have changed something that they do not tell."""

AFTER = {"back": 5, "there": 5, "choice": 7}
VARIANTS = 24
"""Of each, with other event ids: these decide where nothing else does."""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Edge]]]:
    """Return the events of each tie, in the ledger's order, variant by variant."""
    folder = tmp_path_factory.mktemp("ties")
    lines = []
    for name, (edges, _) in TIES.items():
        for variant in range(VARIANTS):
            for number, (before, after) in enumerate(edges):
                hour = 9 if number == 0 else 11 if after == AFTER.get(name) else 10
                ticket = {"ticket_id": f"{name} {variant}", "priority": after, "note": number}
                event: dict[str, object] = {
                    "event": "ticket.updated" if number else "ticket.created",
                    "org_id": "o",
                    "timestamp": f"2026-03-02T{hour:02}:00:00Z",
                    "data": ticket,
                }
                if before is not None:
                    event["previous_attributes"] = {"priority": before}
                lines.append(json.dumps(event))
    export = folder / "export.jsonl"
    export.write_text("\n".join(lines), "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest(export, refresh=False)
    told = ledger.sql(
        "SELECT ticket_id, list((e.data ->> '$.note')::INTEGER ORDER BY s.seq) AS notes"
        " FROM ticket_states AS s JOIN events AS e USING (event_id, ticket_id)"
        " GROUP BY ticket_id ORDER BY ticket_id",
        to="arrow",
    )
    found: dict[str, list[list[Edge]]] = {name: [] for name in TIES}
    for row in told.to_pylist():
        name = row["ticket_id"].partition(" ")[0]
        found[name].append([TIES[name][0][number] for number in row["notes"]])
    return found


@pytest.mark.parametrize("name", TIES)
def test_no_link_is_broken_and_as_little_as_can_be_untold(
    name: str, orders: dict[str, list[list[Edge]]]
) -> None:
    edges, untold = TIES[name]
    assert len(orders[name]) == VARIANTS
    for order in orders[name]:
        assert sorted(map(repr, order)) == sorted(map(repr, edges))
        assert_fits(order, untold)


@pytest.mark.parametrize("name", TIES)
def test_so_does_the_true_order(name: str) -> None:
    assert_fits(*TIES[name])


def assert_fits(order: list[Edge], untold: int) -> None:
    links = list(pairwise(order))
    assert all(edge[0] in (None, former[1]) for former, edge in links), order
    assert sum(edge[0] is None and edge[1] != former[1] for former, edge in links) == untold
