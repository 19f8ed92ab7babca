"""SLA policies, against the plain twin and against cases worked out by hand."""

from __future__ import annotations

import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ticketledger
from tests.conftest import ROOT

from ..strategies import conversations, splittings, with_ledgers, write_files
from ..twin.calendars import WEEKDAYS, Walk, clock
from ..twin.events import Envelope
from ..twin.sla import sla
from ..twin.values import EPOCH
from .answers import ingested, rows
from .test_metrics import AS_OF, FILE, HOURS

HOUR = 3600
METRICS = ("first_reply", "next_reply", "periodic_update", "resolution", "due_date")
CONDITIONS: list[dict[str, Any]] = [
    {},
    {"priority": 4},
    {"priority": [0, 1]},
    {"label": "vip"},
    {"status": "inprogress"},
    {"priority": 2, "status": "open"},
]
PAUSES: list[dict[str, Any]] = [
    {"last_speaker": "us"},
    {"last_speaker": "customer", "priority": [0, 1, 2]},
    {"status": "inprogress"},
    {"label": ["vip", "urgent"]},
]


@st.composite
def policy_files(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Policies on every metric, a general target last."""
    made = []
    for metric in METRICS:
        policy: dict[str, Any] = {"name": f"P {metric}", "metric": metric}
        if metric != "due_date":
            asked = draw(st.lists(st.sampled_from(CONDITIONS[1:]), max_size=2))
            last: list[dict[str, Any]] = [{}] if draw(st.booleans()) or not asked else []
            seconds = st.sampled_from([1, HOUR, 2 * HOUR, 5 * HOUR, 40 * HOUR])
            policy["targets"] = [{**each, "target": draw(seconds)} for each in [*asked, *last]]
            policy["pauses"] = draw(st.lists(st.sampled_from(PAUSES), max_size=2))
            policy |= draw(st.sampled_from([{}, {}, {"calendar": "nights"}]))
        made.append(policy)
    return made


def _toml(policies: list[dict[str, Any]]) -> str:
    """The file of policies; JSON values are TOML values here."""
    lines = []
    for policy in policies:
        lines += ["[[policies]]", f"name = {json.dumps(policy['name'])}"]
        lines.append(f"metric = {json.dumps(policy['metric'])}")
        if "calendar" in policy:
            lines.append(f"calendar = {json.dumps(policy['calendar'])}")
        for name in ("targets", "pauses"):
            for each in policy.get(name, []):
                lines.append(f"[[policies.{name}]]")
                told = {k: f"{v}s" if k == "target" else v for k, v in each.items()}
                lines += [f"{key} = {json.dumps(value)}" for key, value in told.items()]
    return "\n".join(lines)


def _at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


NIGHTS = {"zone": "Europe/Berlin", "week": {day: ["17:00-08:30"] for day in WEEKDAYS}}
NIGHTS_FILE = """
[calendars.nights]
zone = "Europe/Berlin"
[calendars.nights.week]
""" + "\n".join(f'{day} = ["17:00-08:30"]' for day in WEEKDAYS)


@with_ledgers(each=3)
@given(conversations(), policy_files(), splittings)
def test_promises_equal_the_twin(
    stream: list[Envelope], policies: list[dict[str, Any]], seed: int
) -> None:
    expected: dict[tuple[str, str, str, int], dict[str, Any]] = {}
    for name, told in (("", HOURS), ("nights", NIGHTS)):
        business, business_at = clock(Walk(told))
        going_by = [policy for policy in policies if policy.get("calendar", "") == name]
        expected |= sla(stream, AS_OF, going_by, business, business_at)
    with tempfile.TemporaryDirectory() as folder:
        hours, promised = Path(folder) / "hours.toml", Path(folder) / "sla.toml"
        hours.write_text(f'default = "office"\n{FILE}{NIGHTS_FILE}', "utf-8")
        promised.write_text(_toml(policies), "utf-8")
        written = write_files(Path(folder), stream, seed)
        ledger, _ = ingested(Path(folder), written.paths, seed)
        ledger.refresh()
        answer = ledger.sql("FROM sla", as_of=_at(AS_OF), calendar=hours, sla=promised, to="arrow")
    found = {
        (row["org_id"], row["ticket_id"], row["policy"], row["instance"]): row
        for row in rows(answer)
    }
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert {name: found[key][name] for name in row} == row, key


Told = tuple[str, str, dict[str, Any]]
"""Name of an event, its time in March 2026 as `02T09:00`, and data; `was` are the old values."""

URGENT = '{ priority = 4, target = "1h" }'


def _sla(
    folder: Path, policy: str, *told: Told, as_of: str, calendar: str = "", view: str = "sla"
) -> list[dict[str, Any]]:
    """Return the promises of one policy for the tickets of an export."""
    lines = []
    for name, time, data in told:
        kept = {
            key: _day(value) if key == "due_date" and value else value
            for key, value in data.items()
        }
        was = kept.pop("was", None)
        envelope = {"event": name, "org_id": "o", "timestamp": _day(time), "data": kept}
        if was is not None:
            envelope["previous_attributes"] = was
        if name.startswith("ticket"):
            kept.setdefault("ticket_id", "T")
            kept.setdefault("chat_id", "c")
        lines.append(json.dumps(envelope))
    export, promised, hours = (folder / name for name in ("e.jsonl", "sla.toml", "hours.toml"))
    export.write_text("\n".join(lines), "utf-8")
    promised.write_text(f'[[policies]]\nname = "P"\n{policy}', "utf-8")
    hours.write_text(f'[calendars.c]\nzone = "UTC"\nweek = {{ {calendar} }}', "utf-8")
    ledger = ticketledger.open(folder / "ledger")
    ledger.ingest([export])  # with its cache: cheaper than planning the fold of the log
    answer = ledger.sql(
        f"FROM {view}",
        as_of=datetime.fromisoformat(_day(as_of)),
        sla=promised,
        calendar=hours if calendar else None,
        to="arrow",
    )
    return [dict(row) for row in answer.to_pylist()]


def _day(time: str) -> str:
    return time if time.startswith("19") else f"2026-03-{time}:00+00:00"


def _said(time: str, number: int, side: str) -> Told:
    prefix = "true" if side == "us" else "false"
    return ("message.created", time, {"message_id": f"{prefix}_c_{number}", "chat_id": "c"})


def _changed(time: str, was: dict[str, object], **data: object) -> Told:
    return ("ticket.updated", time, {"status": "open", **data, "was": was})


RESOLUTION = 'metric = "resolution"\n'
CREATED: Told = ("ticket.created", "02T09:00", {"status": "open", "priority": 1})


def test_a_change_of_priority_sets_another_target_and_keeps_what_passed(tmp_path: Path) -> None:
    (row,) = _sla(
        tmp_path,
        f'{RESOLUTION}targets = [{URGENT}, {{ target = "8h" }}]',
        CREATED,
        _changed("02T09:40", {"priority": 1}, priority=4),
        as_of="02T09:50",
    )
    assert (row["state"], row["target_s"], row["elapsed_s"]) == ("active", HOUR, 50 * 60)
    assert row["breach_at"] == datetime.fromisoformat(_day("02T10:00"))


def test_a_target_shortened_below_what_passed_is_missed_at_once(tmp_path: Path) -> None:
    (row,) = _sla(
        tmp_path,
        f'{RESOLUTION}targets = [{URGENT}, {{ target = "8h" }}]',
        CREATED,
        _changed("02T12:00", {"priority": 1}, priority=4),
        _changed("02T13:00", {"priority": 4}, priority=1),
        _changed("02T14:00", {"status": "open"}, status="closed", priority=1),
        as_of="02T15:00",
    )
    assert (row["state"], row["target_s"], row["elapsed_s"]) == ("breached", 8 * HOUR, 5 * HOUR)
    assert row["breach_at"] == datetime.fromisoformat(_day("02T12:00"))


def test_done_exactly_at_the_target_is_met_and_a_moment_later_is_not(tmp_path: Path) -> None:
    for number, (closed_at, state) in enumerate((("02T10:00", "met"), ("02T10:01", "breached"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (row,) = _sla(
            folder,
            f'{RESOLUTION}targets = [{{ target = "1h" }}]',
            CREATED,
            _changed(closed_at, {"status": "open"}, status="closed", priority=1),
            as_of="02T11:00",
        )
        assert row["state"] == state


def test_outside_of_hours_the_clock_starts_with_the_next_opening(tmp_path: Path) -> None:
    friday = ("ticket.created", "06T20:00", {"status": "open", "priority": 4})
    (row,) = _sla(
        tmp_path,
        f"{RESOLUTION}targets = [{URGENT}]",
        friday,
        as_of="07T12:00",
        calendar='mon = ["09:00-17:00"], fri = ["09:00-17:00"]',
    )
    assert (row["state"], row["elapsed_s"], row["remaining_s"]) == ("active", 0, HOUR)
    assert row["breach_at"] == datetime.fromisoformat(_day("09T10:00"))


def test_a_target_reached_at_closing_time_was_missed_then(tmp_path: Path) -> None:
    """A change that does not matter, while the calendar is closed, moves no breach."""
    (row,) = _sla(
        tmp_path,
        f"{RESOLUTION}targets = [{URGENT}]",
        ("ticket.created", "06T16:00", {"status": "open", "priority": 4}),
        _changed("07T12:00", {"labels": []}, priority=4, labels=["vip"]),
        as_of="09T09:01",
        calendar='mon = ["09:00-17:00"], fri = ["09:00-17:00"]',
    )
    assert row["state"] == "active_breached"
    assert row["breach_at"] == datetime.fromisoformat(_day("06T17:00"))


def test_the_clock_stands_while_the_customer_has_to_answer(tmp_path: Path) -> None:
    policy = f'{RESOLUTION}targets = [{{ target = "4h" }}]\npauses = [{{ last_speaker = "us" }}]'
    told = [
        CREATED,
        _said("02T10:00", 1, "us"),
        _said("02T15:00", 2, "customer"),
        _said("02T15:30", 3, "us"),
    ]
    (row,) = _sla(tmp_path, policy, *told, as_of="02T20:00")
    assert (row["state"], row["elapsed_s"]) == ("paused", 90 * 60)
    assert (row["paused_reason"], row["breach_at"]) == ("last speaker us", None)


def test_every_step_of_a_clock_is_in_the_ledger_of_promises(tmp_path: Path) -> None:
    targets = f'targets = [{URGENT}, {{ target = "2h" }}]'
    found = _sla(
        tmp_path,
        f'{RESOLUTION}{targets}\npauses = [{{ label = "wait" }}]',
        CREATED,
        _changed("02T10:00", {"labels": []}, priority=1, labels=["wait"]),
        _changed("02T12:00", {"labels": ["wait"]}, priority=1, labels=[]),
        _changed("02T12:30", {"priority": 1}, priority=4, labels=[]),
        _changed("02T13:00", {"status": "open"}, status="closed", priority=4, labels=[]),
        as_of="02T15:00",
        view="sla_events",
    )
    steps = [(row["happened_at"], row["kind"], row["elapsed_s"], row["target_s"]) for row in found]
    order = ["activate", "pause", "resume", "target", "breach", "fulfil"]
    steps.sort(key=lambda step: (step[0], order.index(step[1])))
    assert [(f"{at:%H:%M}", *told) for at, *told in steps] == [
        ("09:00", "activate", 0, 2 * HOUR),
        ("10:00", "pause", HOUR, 2 * HOUR),
        ("12:00", "resume", HOUR, 2 * HOUR),
        ("12:30", "target", 90 * 60, HOUR),
        ("12:30", "breach", 90 * 60, HOUR),
        ("13:00", "fulfil", 2 * HOUR, HOUR),
    ]


def test_archived_is_cancelled_and_closed_without_a_word_stands(tmp_path: Path) -> None:
    policy = 'metric = "first_reply"\ntargets = [{ target = "8h" }]'
    (row,) = _sla(
        tmp_path,
        policy,
        CREATED,
        _changed("02T10:00", {"status": "open"}, status="closed", priority=1),
        as_of="02T20:00",
    )
    assert (row["state"], row["paused_reason"]) == ("paused", "status closed")
    (row,) = _sla(
        tmp_path,
        policy,
        _changed("02T21:00", {"status": "closed"}, status="archived", priority=1),
        as_of="02T22:00",
    )
    assert (row["state"], row["elapsed_s"]) == ("cancelled", HOUR)


def test_a_due_date_moved_after_it_passed_was_missed(tmp_path: Path) -> None:
    (row,) = _sla(
        tmp_path,
        'metric = "due_date"',
        ("ticket.created", "02T09:00", {"status": "open", "due_date": "03T00:00"}),
        _changed("04T10:00", {"due_date": _day("03T00:00")}, due_date="06T00:00"),
        _changed("05T00:00", {"status": "open"}, status="closed", due_date="06T00:00"),
        as_of="07T00:00",
    )
    assert row["state"] == "breached"
    assert row["breach_at"] == datetime.fromisoformat(_day("03T00:00"))


def test_states_follow_from_the_ledger_of_promises(demo: ticketledger.Ledger) -> None:
    found = demo.sql(
        """
        WITH steps AS (
            SELECT policy, org_id, ticket_id, instance, list(kind) AS kinds,
                count(*) FILTER (kind = 'activate') AS activated
            FROM sla_events GROUP BY ALL
        )
        SELECT s.state, count(*) AS promises,
            bool_and(e.activated = 1) AS begun_once,
            bool_and(
                list_contains(e.kinds, 'breach') = (s.state IN ('breached', 'active_breached'))
            ) AS broken_as_told,
            bool_and(
                (list_contains(e.kinds, 'fulfil') OR list_contains(e.kinds, 'cancel'))
                = (s.ended_at IS NOT NULL)
            ) AS ended_as_told
        FROM sla AS s LEFT JOIN steps AS e USING (policy, org_id, ticket_id, instance)
        GROUP BY s.state
        """,
        sla=ROOT / "data" / "promises.toml",
        calendar=ROOT / "data" / "hours.toml",
        to="arrow",
    ).to_pylist()
    assert {row["state"] for row in found} == {
        "met",
        "breached",
        "cancelled",
        "active",
        "active_breached",
        "paused",
    }
    for row in found:
        assert (row["begun_once"], row["broken_as_told"], row["ended_as_told"]) == (True,) * 3


@pytest.mark.parametrize(
    ("policy", "told", "expected"),
    [
        (
            f'{RESOLUTION}targets = [{{ target = "8h" }}]',
            [
                _changed("02T12:00", {"status": "open"}, status="closed", priority=1),
                _changed("04T09:00", {"status": "closed"}, priority=1),
            ],
            {"state": "active", "elapsed_s": 3 * HOUR, "paused_reason": None},
        ),
        (
            f'{RESOLUTION}targets = [{URGENT}, {{ target = "8h" }}]',
            [_changed("02T12:00", {"priority": 1}, priority=4)],
            {"state": "active_breached", "target_s": HOUR, "elapsed_s": 3 * HOUR},
        ),
        (
            f'{RESOLUTION}targets = [{{ target = "8h" }}]\npauses = [{{ last_speaker = "us" }}]',
            [_said("02T12:00", 1, "us")],
            {"state": "paused", "paused_reason": "last speaker us", "breach_at": None},
        ),
    ],
)
def test_what_happens_at_the_very_end_counts(
    tmp_path: Path, policy: str, told: list[Told], expected: dict[str, Any]
) -> None:
    (row,) = _sla(tmp_path, policy, CREATED, *told, as_of=told[-1][1])
    assert {name: row[name] for name in expected} == expected


def test_a_promise_without_a_target_at_the_end_was_not_kept(tmp_path: Path) -> None:
    closed = _changed("05T00:00", {"status": "open"}, status="closed", priority=None)
    (row,) = _sla(
        tmp_path,
        f'{RESOLUTION}targets = [{{ priority = 4, target = "8h" }}]',
        ("ticket.created", "02T09:00", {"status": "open", "priority": 4}),
        _changed("02T09:30", {"priority": 4}, priority=None),
        as_of="02T09:45",
    )
    assert (row["state"], row["paused_reason"]) == ("paused", "no target")
    (row,) = _sla(
        tmp_path,
        f'{RESOLUTION}targets = [{{ priority = 4, target = "8h" }}]',
        closed,
        as_of="06T00:00",
    )
    assert (row["state"], row["elapsed_s"]) == ("cancelled", 63 * HOUR)


def test_what_touches_times_beyond_calendars_is_unknown(tmp_path: Path) -> None:
    created = ("ticket.created", "1960-01-01T00:00:00Z", {"status": "open"})
    policy = f'{RESOLUTION}targets = [{{ target = "8h" }}]'
    (row,) = _sla(tmp_path, policy, created, as_of="02T10:00")
    assert (row["state"], row["quality"], row["elapsed_s"]) == ("unknown", "unknown", None)


def test_nothing_is_promised_after_the_ticket_is_gone(tmp_path: Path) -> None:
    policy = 'metric = "next_reply"\ntargets = [{ target = "8h" }]'
    late = _said("05T00:00", 2, "customer")
    late[2]["message_ticket_id"] = "T"
    told = [
        CREATED,
        _said("02T10:00", 1, "us"),
        ("ticket.deleted", "02T11:00", {"status": "open", "is_deleted": True}),
        late,
    ]
    assert _sla(tmp_path, policy, *told, as_of="06T00:00") == []
    answered = _said("05T01:00", 3, "us")
    answered[2]["message_ticket_id"] = "T"
    policy = 'metric = "periodic_update"\ntargets = [{ target = "8h" }]'
    (row,) = _sla(tmp_path, policy, answered, as_of="06T00:00")
    assert (row["state"], row["elapsed_s"]) == ("cancelled", HOUR)
    assert row["ended_at"] == datetime.fromisoformat(_day("02T11:00"))


@pytest.mark.parametrize("view", ["sla", "sla_events"])
def test_without_policies_it_is_the_same_view_without_rows(
    samples: ticketledger.Ledger, view: str
) -> None:
    promises = ROOT / "data" / "promises.toml"
    told = f"SELECT column_name, column_type FROM (DESCRIBE {view})"
    assert (
        samples.sql(f"{told} ORDER BY ALL").rows()
        == samples.sql(f"{told} ORDER BY ALL", sla=promises).rows()
    )
    names = samples.sql(f"FROM {view}").columns
    assert names == samples.sql(f"FROM {view}", sla=promises).columns
    assert samples.sql(f"SELECT count(*) FROM {view}").item() == 0


def test_what_is_spent_outside_of_hours_was_spent_when_they_ended(tmp_path: Path) -> None:
    for as_of in ("02T16:30", "02T17:00", "02T23:00", "03T09:00", "03T09:01"):
        (row,) = _sla(
            tmp_path,
            f'{RESOLUTION}targets = [{{ priority = 2, target = "2h" }}, {{ target = "1h" }}]',
            ("ticket.created", "02T16:00", {"status": "open", "priority": 1}),
            _changed("02T16:10", {"priority": 1}, priority=2),
            _changed("02T16:20", {"priority": 2}, priority=1),
            _changed("02T20:00", {"subject": "a"}, priority=1, subject="b"),
            as_of=as_of,
            calendar='mon = ["09:00-17:00"], tue = ["09:00-17:00"]',
        )
        assert row["breach_at"] == datetime.fromisoformat(_day("02T17:00")), as_of
        assert row["state"] == ("active_breached" if as_of == "03T09:01" else "active")


HALF_TOLD = {"created_at": _day("02T09:00"), "priority": 1}
HANDED_ON = _changed("02T11:00", {"assignee": "a"}, assignee="b", **HALF_TOLD)
ASKED = (_said("02T12:10", 1, "us"), _said("02T12:20", 2, "customer"), _said("02T12:30", 3, "us"))


@pytest.mark.parametrize(
    ("metric", "told", "quality"),
    [
        pytest.param(
            "resolution",
            (CREATED, _changed("02T12:00", {"status": "closed"}, priority=1)),
            "interval",
            id="when it was closed",
        ),
        pytest.param(
            "resolution",
            (CREATED, _changed("02T12:00", {"priority": 4}, priority=2)),
            "interval",
            id="when it became urgent",
        ),
        pytest.param(
            "resolution",
            (CREATED, _changed("02T12:00", {"due_date": "03T09:00"}, priority=1, due_date=None)),
            "exact",
            id="when it got a due date, which does not matter",
        ),
        pytest.param(
            "next_reply",
            (CREATED, _changed("02T12:00", {"priority": 4}, priority=2), *ASKED),
            "exact",
            id="before the promise",
        ),
        pytest.param(
            "resolution",
            (_changed("02T11:00", {}, **HALF_TOLD),),
            "interval",
            id="what it was before its first event",
        ),
        pytest.param(
            "next_reply",
            (HANDED_ON, *ASKED),
            "exact",
            id="what it was before its first event, and before the promise",
        ),
    ],
)
def test_a_lost_event_blurs_what_it_hides(
    tmp_path: Path, metric: str, told: tuple[Told, ...], quality: str
) -> None:
    (row,) = _sla(
        tmp_path, f'metric = "{metric}"\ntargets = [{{ target = "8h" }}]', *told, as_of="02T13:00"
    )
    assert row["quality"] == quality
