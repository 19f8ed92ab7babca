"""What became of the records of each source: counts that add up, in one commit or in a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .explain import Rejected
from .feed import Stream


@dataclass(slots=True)
class Counts:
    """What became of the records of one source in one commit (or, summed, of a run).

    `accepted + duplicates + rejected + blank = lines` always holds. `lines` are lines of JSON
    Lines, elements of arrays and lists, documents otherwise. `known_rejects` are those of
    `rejected` that the ledger already has.
    """

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    blank: int = 0
    known_rejects: int = 0
    repeated_keys: int = 0

    def add(self, other: Counts) -> None:
        for name, number in asdict(other).items():
            setattr(self, name, getattr(self, name) + number)

    def check(self) -> None:
        total = self.accepted + self.duplicates + self.rejected + self.blank
        if total != self.lines:
            raise AssertionError(f"accounting is off: {self}")


@dataclass(slots=True)
class Part:
    """The records of one source that go into one commit; its events are in a batch.

    `size_bytes` and `sha256` are those of the whole source, known once it was read to its end.
    `continues` says that a commit before may hold its beginning: if so, its end is recorded too,
    even if nothing in it is new. `known` are events that were found to be duplicates, and left out.
    """

    source: str
    stream: Stream | None = None
    rejects: list[Rejected] = field(default_factory=list)
    lines: int = 0
    blank: int = 0
    size_bytes: int | None = None
    sha256: str | None = None
    continues: bool = False
    known: int = 0

    def finish(self) -> None:
        """Record what is known of a source at its end."""
        if self.stream is not None:
            self.size_bytes = self.stream.hashed.size
            self.sha256 = self.stream.hashed.hexdigest()

    def rest(self) -> Part:
        """Return the part of the same source that goes into the next commit."""
        return Part(self.source, self.stream, continues=True)


def whole_counts(
    part: Part, counts: Counts, earlier: Counts | None, options: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what became of all records of a source, once it was read to its end."""
    if part.sha256 is None:
        return {}
    total = Counts()
    total.add(counts)
    if part.continues and earlier is not None:
        total.add(earlier)
    return {"whole": asdict(total), "options": options}


def fresh_rejects(
    parts: list[Part], known: set[str], counts: dict[str, Counts]
) -> list[dict[str, Any]]:
    """Each reject counts; those the ledger has already are not stored again."""
    fresh: list[dict[str, Any]] = []
    seen = set(known)
    for part in parts:
        for reject in part.rejects:
            counts[part.source].rejected += 1
            reject_id = reject.reject_id(part.source)
            if reject_id in seen:
                counts[part.source].known_rejects += 1
                continue
            seen.add(reject_id)
            row = asdict(reject) | {"reject_id": reject_id, "source": part.source}
            fresh.append(row | {"code": str(reject.code)})
    return fresh
