"""Events that came between two answers of one report, by the tickets they may have changed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ticketledger.models.store import Store

from .failures import reading
from .session import session
from .statement import statements

Ticket = tuple[str, str]
"""Organisation and id."""


@dataclass(frozen=True, slots=True)
class Between:
    """The events up to `as_of` that one instant of knowledge has and an earlier one has not.

    Attributes:
        store: an open store.
        then: commits after this instant are new.
        now: only commits at or before this instant exist; None: all.
        as_of: only events at or before this instant count.
    """

    store: Store
    then: datetime
    now: datetime | None
    as_of: object

    def about(self, tickets: Collection[Ticket]) -> dict[Ticket, list[str]]:
        """Return the ids of the new events about each of these tickets.

        Of one without any it is those about the other tickets of its chat, which may have changed
        whose messages are whose.
        """
        found = self._told("newly_known", tickets)
        return self._told("newly_known_beside", set(tickets) - found.keys()) | found

    def _told(self, name: str, tickets: Collection[Ticket]) -> dict[Ticket, list[str]]:
        if not tickets:
            return {}
        statement = statements("explanations")[name]
        asked = [{"org_id": org_id, "ticket_id": each} for org_id, each in sorted(tickets)]
        params = {"since": self.then, "as_of": self.as_of, "tickets": json.dumps(asked)}
        found: dict[Ticket, list[str]] = {}
        with session(self.store, statement.sql, known_at=self.now) as con, reading(self.store):
            con.execute(statement.sql, params)
            for org_id, ticket_id, event_id in con.fetchall():
                found.setdefault((org_id, ticket_id), []).append(event_id)
        return found
