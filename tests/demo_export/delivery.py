"""How the events reach the folder: late, twice, in other shapes, damaged, and in five files."""

import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .cast import Json
from .clock import END, START, offset_text
from .timeline import Occurrence

WEEKS = (
    ("2026-03-week1.jsonl", 1, 8),
    ("2026-03-week2.jsonl.gz", 8, 15),
    ("2026-03-week3.jsonl.gz", 15, 22),
    ("2026-03-week4.jsonl", 22, 32),
)
REDELIVERED = "2026-03-redelivered.jsonl"
MID_MONTH = START + timedelta(days=14)


@dataclass(frozen=True)
class Line:
    """One line of a file; `kind` is accepted, duplicates, blank or what is broken about it."""

    text: str
    kind: str


@dataclass(frozen=True)
class Export:
    """The export's files and the truth about them.

    `files` holds the bytes as written, `events` every distinct valid event in its documented form
    and in true order, `broken` the rejected lines as (file, line number from 1, what is wrong).
    The counts hold for loading all files in any order.
    """

    files: dict[str, bytes]
    events: list[Json]
    broken: list[tuple[str, int, str]]
    lines: int
    accepted: int
    duplicates: int
    rejected: int
    blank: int


# -- spellings of one event --------------------------------------------------------------------


def compact(envelope: object) -> str:
    """JSON as the vendor sends it."""
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def rekeyed(envelope: Json) -> str:
    """The same event after a round through another tool: sorted keys, spaces, escapes."""
    return json.dumps(envelope, sort_keys=True)


def respelled(envelope: Json) -> str:
    """The same event with its instant written with an offset."""
    return compact(envelope | {"timestamp": envelope["timestamp"].replace("Z", "+00:00")})


def named_event_type(envelope: Json) -> str:
    """The form with `event_type` in place of `event`."""
    return compact({"event_type": envelope["event"]} | _without(envelope, "event"))


def flattened(envelope: Json) -> str:
    """The form without `data`: the payload's keys sit beside the others."""
    rest = _without(envelope, "event", "data")
    return compact({"event_type": envelope["event"]} | rest | envelope["data"])


def log_row(envelope: Json) -> str:
    """The row of the vendor's integration log; its `created_at` is the only instant."""
    event = {**envelope["data"], "event_type": envelope["event"], "org_id": envelope["org_id"]}
    if "previous_attributes" in envelope:
        event["previous_attributes"] = envelope["previous_attributes"]
    ticket_id = envelope["data"]["ticket"]["ticket_id"]
    row = {
        "id": f"int-log-{ticket_id.lower()}",
        "created_at": offset_text(datetime.fromisoformat(envelope["timestamp"])),
        "integration_name": envelope["event"],
        "integration_type": "webhook",
        "type": "webhook",
        "org_id": envelope["org_id"],
        "success": True,
        "response": {"status": 200},
        "metadata": {"event": event, "hook_id": "hook-5b1d", "name": "warehouse"},
    }
    return compact(row)


def string_data(envelope: Json) -> str:
    """The form whose `data` is itself JSON text."""
    return compact(envelope | {"data": compact(envelope["data"])})


FORMS = (named_event_type, flattened, log_row, string_data)


# -- damage ------------------------------------------------------------------------------------


def _without(mapping: Json, *keys: str) -> Json:
    return {key: value for key, value in mapping.items() if key not in keys}


def _with_ticket(envelope: Json, ticket: Json) -> Json:
    return envelope | {"data": envelope["data"] | {"ticket": ticket}}


def _cut_emoji(envelope: Json) -> str:
    """A message whose body ends in the first half of an emoji."""
    return json.dumps(envelope | {"data": envelope["data"] | {"body": "on my way \ud83d"}})


DAMAGES: dict[str, tuple[str, Callable[[Json], str]]] = {
    "truncated": ("ticket.updated", lambda e: compact(e)[: len(compact(e)) * 3 // 5]),
    "missing comma": (
        "ticket.updated",
        lambda e: compact(e).replace(',"subject"', '"subject"', 1),
    ),
    "no timestamp": ("ticket.updated", lambda e: compact(_without(e, "timestamp"))),
    "plain text": ("ticket.updated", lambda e: f"-- receiver restarted, {e['timestamp']} --"),
    "no ticket_id": (
        "ticket.updated",
        lambda e: compact(_with_ticket(e, _without(e["data"]["ticket"], "ticket_id"))),
    ),
    "wrong type": (
        "ticket.updated",
        lambda e: compact(_with_ticket(e, e["data"]["ticket"] | {"status": 5})),
    ),
    "impossible date": (
        "ticket.created",
        lambda e: compact(e | {"timestamp": "2026-02-30T10:00:00.000Z"}),
    ),
    "lone surrogate": ("message.created", _cut_emoji),
    "not an object": ("ticket.updated", lambda _: '"keep-alive"'),
    "no event name": ("message.created", lambda e: compact(_without(e, "event"))),
}


# -- delivery ----------------------------------------------------------------------------------


def deliver(rng: Random, occurrences: list[Occurrence]) -> Export:
    """Write all occurrences into files, each at least once, among copies and broken lines."""
    about_tickets = [o for o in occurrences if o.envelope["event"].startswith("ticket.")]
    late = rng.sample([o for o in occurrences if o.at < MID_MONTH], 40)
    held = {id(o) for o in late}
    reshaped = rng.sample([o for o in about_tickets if id(o) not in held], 4 * len(FORMS))
    held |= {id(o) for o in reshaped}

    files = {name: _week(rng, occurrences, held, *days) for name, *days in WEEKS}
    again = [Line(compact(o.envelope), "duplicates") for o in rng.sample(occurrences, 25)]
    again += [Line(rekeyed(o.envelope), "duplicates") for o in rng.sample(about_tickets, 10)]
    again += [Line(respelled(o.envelope), "duplicates") for o in rng.sample(about_tickets, 3)]
    again += [Line(compact(o.envelope), "accepted") for o in late]
    again += [Line(FORMS[i % len(FORMS)](o.envelope), "accepted") for i, o in enumerate(reshaped)]
    rng.shuffle(again)
    files[REDELIVERED] = again

    damages = [*DAMAGES, "truncated", "missing comma"]
    for i, what in enumerate(damages):
        event, damage = DAMAGES[what]
        whole = rng.choice([o.envelope for o in occurrences if o.envelope["event"] == event])
        _insert(rng, list(files.values())[i % len(files)], Line(damage(whole), what))
    for lines in files.values():
        for _ in range(rng.choice((1, 2, 3))):
            _insert(rng, lines, Line("", "blank"))
    return _export(files, [o.envelope for o in occurrences])


def _week(
    rng: Random, occurrences: Iterable[Occurrence], held: set[int], first: int, end: int
) -> list[Line]:
    """The lines that arrive from day `first` to before day `end`, slightly out of order."""
    since, until = START + timedelta(days=first - 1), min(END, START + timedelta(days=end - 1))
    arrived: list[tuple[datetime, Line]] = []
    for o in occurrences:
        if id(o) in held or not since <= o.at < until:
            continue
        most_ms = rng.choice((0, 0, 0, 1500, 1500, 120_000))
        here = o.at + timedelta(milliseconds=rng.randint(0, most_ms))
        arrived.append((here, Line(compact(o.envelope), "accepted")))
        if rng.random() < 0.004:
            retry = here + timedelta(seconds=rng.randint(5, 300))
            arrived.append((retry, Line(compact(o.envelope), "duplicates")))
    return [line for _, line in sorted(arrived, key=lambda arrival: arrival[0])]


def _insert(rng: Random, lines: list[Line], line: Line) -> None:
    lines.insert(rng.randrange(1, len(lines)), line)


def _export(files: dict[str, list[Line]], events: list[Json]) -> Export:
    """Encode the files and count their lines."""
    counts = Counter(line.kind for lines in files.values() for line in lines)
    broken = [
        (name, number, line.kind)
        for name, lines in files.items()
        for number, line in enumerate(lines, 1)
        if line.kind in DAMAGES
    ]
    return Export(
        files={name: _encode(name, lines) for name, lines in files.items()},
        events=events,
        broken=broken,
        lines=counts.total(),
        accepted=counts["accepted"],
        duplicates=counts["duplicates"],
        rejected=len(broken),
        blank=counts["blank"],
    )


def _encode(name: str, lines: list[Line]) -> bytes:
    """The bytes of a file; gzip without file name and time, so that they never vary."""
    text = "".join(f"{line.text}\n" for line in lines).encode()
    if not name.endswith(".gz"):
        return text
    sink = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0) as packed:
        packed.write(text)
    return sink.getvalue()
