"""What Spark does with the tasks, in one process: parts are lists, and shuffling is appending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from ticketledger.models.store import open_store
from ticketledger.spark import tasks
from ticketledger.spark.groups import met
from ticketledger.spark.packets import unpacked
from ticketledger.spark.splits import splits
from ticketledger.spark.tasks import Question


class Apart:
    """The steps of the plan, in order; each leaves what the next one needs."""

    def __init__(self, root: Path, question: Question, parts: int) -> None:
        self.splits = splits(open_store(root))
        self.arrived: dict[int, list[pa.RecordBatch]] = defaultdict(list)
        self._question = question
        self._parts = parts

    def places(self) -> None:
        """Find the groups of what is not simply where its chat is."""
        seen = defaultdict(set)
        self.told = _table(tasks.places(self._question, self.splits), tasks.TOLD_PLACES)
        for row in self.told.to_pylist():
            seen[row["org_id"], row["thing"]].add(row["place"])
        self.groups = met(
            (*key, sorted(places))
            for key, places in seen.items()
            if len(places) > 1 or not min(places).startswith("chat ")
        )

    def route(self) -> None:
        """Bring every event to its part."""
        for batch in tasks.route(self._question, self.groups, self._parts, self.splits):
            self.arrived[batch["part"][0].as_py()].append(batch.select(["packet"]))

    def learn(self) -> None:
        """Learn what tells of the whole ledger."""
        habits = [
            pa.Table.from_batches([rows])
            for part in self.arrived.values()
            for batch in tasks.habits(self._question, part)
            for rows in unpacked(batch["packet"])
        ]
        last = _table(tasks.last_events(self._question, self.splits), tasks.LAST)
        self.learned = tasks.learn(self._question, habits, last)

    def fold(self, names: Sequence[str]) -> dict[str, list[bytes]]:
        """Return the packets of each view."""
        packets: dict[str, list[bytes]] = defaultdict(list)
        for part in self.arrived.values():
            for batch in tasks.fold(self._question, self.learned, names, part):
                packets[batch["view"][0].as_py()] += batch["packet"].to_pylist()
        return packets


def folded(
    root: Path, question: Question, names: Sequence[str], parts: int
) -> tuple[dict[str, pa.Table], int]:
    """Return views by name, folded in so many parts, and the number of things with a group."""
    plan = Apart(root, question, parts)
    plan.places()
    plan.route()
    plan.learn()
    packets = plan.fold(names)
    made = {}
    for name in names:
        schema = tasks.view_schema(question, name)
        rows = pa.record_batch([pa.array(packets[name], pa.binary())], ["packet"])
        made[name] = _table(tasks.unpack(schema, [rows]), schema)
    return made, len(plan.groups)


def _table(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(batches, schema)
