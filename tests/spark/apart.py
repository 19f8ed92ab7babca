"""What Spark does with the tasks, in one process: parts are lists, and shuffling is appending."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import process_time

import pyarrow as pa

from ticketledger.models.store import open_store
from ticketledger.spark import folds, giants, tasks
from ticketledger.spark.answering import Told
from ticketledger.spark.asked import OF_ORGS, Asked, of_counted, of_marts, of_views
from ticketledger.spark.groups import met
from ticketledger.spark.packets import PACKETS, unpacked
from ticketledger.spark.question import Question
from ticketledger.spark.splits import splits

Parts = dict[int, list[pa.RecordBatch]]


class Apart:
    """The steps of the plan, in order; each leaves what the next one needs."""

    def __init__(self, root: Path, question: Question, parts: int) -> None:
        self.splits = splits(open_store(root))
        self._question = question
        self._parts = parts
        self.longest_s = 0.0  # of processor time, of the tasks of the last fold

    def places(self) -> None:
        """Find the groups of what is not simply where its chat is."""
        seen = defaultdict(set)
        events: Counter[tuple[str, str]] = Counter()
        self.told = _table(tasks.places(self._question, self.splits), tasks.TOLD_PLACES)
        for row in self.told.to_pylist():
            seen[row["org_id"], row["thing"]].add(row["place"])
            events[row["org_id"], row["place"]] += row["events"]
        self.groups = met(
            (*key, sorted(places))
            for key, places in seen.items()
            if len(places) > 1 or not min(places).startswith("chat ")
        )
        of = {(row["org_id"], row["thing"]): row["of"] for row in self.groups.to_pylist()}
        self.sizes: Counter[tuple[str, str]] = Counter()
        for (org_id, place), count in events.items():
            self.sizes[org_id, of.get((org_id, place), place)] += count
        large = [(*key, count) for key, count in self.sizes.items() if count > giants.GIANT_EVENTS]
        self.giants = giants.giants(large, self._parts)

    def route(self) -> None:
        """Bring every event to its part."""
        self.arrived = _moved(
            tasks.route(self._question, self.groups, self.giants, self._parts, self.splits)
        )

    def learn(self) -> None:
        """Learn what tells of the whole ledger."""
        told = (
            rows
            for part in self.arrived.values()
            for batch in folds.habits(self._question, part)
            for rows in unpacked(batch["packet"])
        )
        habits = [pa.Table.from_batches([rows]) for rows in told]
        last = _table(tasks.last_events(self._question, self.splits), tasks.LAST)
        self.learned = folds.learn(self._question, habits, last)

    def views(self, names: Sequence[str]) -> list[pa.RecordBatch]:
        """Return the packets of views."""
        return self._folded(Asked(self._parts, of_views(names)))

    def marts(self, also: Sequence[str] = ()) -> list[pa.RecordBatch]:
        """Return the packets of marts, and of views of other names."""
        own = {name: sql for name, sql in of_marts().items() if name not in OF_ORGS}
        told = self._folded(Asked(self._parts, own | of_views(also), of_counted()))
        stays = [batch for batch in told if batch["part"].null_count]
        schemas = self._question.schemas(of_counted())
        moved = _moved(batch for batch in told if not batch["part"].null_count)
        for part in moved.values():
            stays += folds.fold_orgs(self._question, self.learned, schemas, part)
        return stays

    def _folded(self, asked: Asked) -> list[pa.RecordBatch]:
        """Return the answers; what giants tell apart is joined."""
        told: list[pa.RecordBatch] = []
        moved: Parts = defaultdict(list)
        self.longest_s = 0.0
        for part in self.arrived.values():
            for batch in self._timed(
                folds.fold(self._question, self.learned, asked, self.giants, part)
            ):
                number = batch["part"][0].as_py()
                is_moved = number is not None and number >= self._parts
                (moved[number] if is_moved else told).append(batch)
        schemas = self._question.schemas(of_views(giants.joined_views(asked, self.learned)))
        for part in moved.values():
            told += self._timed(giants.join(self._question, self.learned, schemas, asked, part))
        return told

    def _timed(self, task: Iterator[pa.RecordBatch]) -> list[pa.RecordBatch]:
        """Return what a task yields, and note whether none took longer."""
        began = process_time()
        made = list(task)
        self.longest_s = max(self.longest_s, process_time() - began)
        return made


def _planned(root: Path, question: Question, parts: int) -> Apart:
    plan = Apart(root, question, parts)
    plan.places()
    plan.route()
    plan.learn()
    return plan


def folded(
    root: Path, question: Question, names: Sequence[str], parts: int
) -> tuple[dict[str, pa.Table], int]:
    """Return views by name, folded in so many parts, and the number of things with a group."""
    plan = _planned(root, question, parts)
    schemas = question.schemas(of_views(names))
    return _unpacked(plan.views(names), schemas), len(plan.groups)


def folded_marts(
    root: Path, question: Question, parts: int, also: Sequence[str] = ()
) -> tuple[dict[str, pa.Table], int]:
    """Return marts and views of other names, made in so many parts; and as `folded`."""
    plan = _planned(root, question, parts)
    schemas = question.schemas(of_marts() | of_views(also))
    return _unpacked(plan.marts(also), schemas), len(plan.groups)


def told_apart(root: Path, question: Question, names: Sequence[str], parts: int) -> Told:
    """Yield the rows of views by name, folded in so many parts, as `Plan.told`."""
    plan = _planned(root, question, parts)
    for rows in plan.learned["asked_at"].to_batches():
        yield "asked_at", rows
    for batch in plan.views(names):
        for rows in unpacked(batch["packet"]):
            yield batch["name"][0].as_py(), rows


def _moved(told: Iterable[pa.RecordBatch]) -> Parts:
    parts: Parts = defaultdict(list)
    for batch in told:
        parts[batch["part"][0].as_py()].append(batch)
    return parts


def _unpacked(told: Sequence[pa.RecordBatch], schemas: dict[str, pa.Schema]) -> dict[str, pa.Table]:
    def mine(name: str) -> Iterator[pa.RecordBatch]:
        return (batch for batch in told if batch["name"][0].as_py() == name)

    assert all(batch.schema == PACKETS for batch in told)
    return {name: _table(folds.unpack(kept, mine(name)), kept) for name, kept in schemas.items()}


def _table(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(batches, schema)


def in_any_order(table: pa.Table) -> list[str]:
    """Return the rows, sorted, to be compared with others."""
    return sorted(map(repr, table.to_pylist()))
