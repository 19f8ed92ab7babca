"""What settings ask of tickets, as tables: promises, their targets and pauses, what is on hold."""

from __future__ import annotations

import pyarrow as pa

from ticketledger.models.condition import State
from ticketledger.models.policy import Pause, Policies
from ticketledger.models.statuses import Statuses

_CONDITIONS = {
    "priorities": pa.list_(pa.int16()),
    "labels": pa.list_(pa.string()),
    "org_ids": pa.list_(pa.string()),
    "statuses": pa.list_(pa.string()),
    "properties": pa.list_(pa.string()),
}
_POLICIES = pa.schema(
    {
        "position": pa.int64(),
        "policy": pa.string(),
        "metric": pa.string(),
        "calendar": pa.string(),
        "org_ids": pa.list_(pa.string()),
    }
)
_TARGETS = pa.schema(
    {"policy": pa.string(), "position": pa.int64(), "target_us": pa.int64(), **_CONDITIONS}
)
_PAUSES = pa.schema(
    {
        "policy": pa.string(),
        "position": pa.int64(),
        "reason": pa.string(),
        "last_speaker": pa.string(),
        **_CONDITIONS,
    }
)
_HOLDS = pa.schema({"position": pa.int64(), "is_until_due": pa.bool_(), **_CONDITIONS})


def policies(told: Policies) -> pa.Table:
    """Return the rows of `sla_policies`, in the order of the file."""
    rows = [
        {
            "position": position,
            "policy": policy.name,
            "metric": policy.metric,
            "calendar": policy.calendar,
            "org_ids": policy.org_id,
        }
        for position, policy in enumerate(told.policies, 1)
    ]
    return pa.Table.from_pylist(rows, schema=_POLICIES)


def targets(told: Policies) -> pa.Table:
    """Return the rows of `sla_targets`; `position` counts within a policy."""
    rows = [
        {"policy": policy.name, "position": position, "target_us": target.target}
        | _conditions(target)
        for policy in told.policies
        for position, target in enumerate(policy.targets, 1)
    ]
    return pa.Table.from_pylist(rows, schema=_TARGETS)


def pauses(told: Policies) -> pa.Table:
    """Return the rows of `sla_pauses`."""
    rows = [
        {
            "policy": policy.name,
            "position": position,
            "reason": reason(pause),
            "last_speaker": pause.last_speaker,
        }
        | _conditions(pause)
        for policy in told.policies
        for position, pause in enumerate(policy.pauses, 1)
    ]
    return pa.Table.from_pylist(rows, schema=_PAUSES)


def holds(told: Statuses) -> pa.Table:
    """Return the rows of `on_hold_rules`."""
    rows = [
        {"position": position, "is_until_due": hold.due_date is not None} | _conditions(hold)
        for position, hold in enumerate(told.on_hold, 1)
    ]
    return pa.Table.from_pylist(rows, schema=_HOLDS)


def reason(pause: Pause) -> str:
    """Return why a clock stands still, in words: `status inprogress, last speaker us`."""
    told = {
        "status": pause.status,
        "label": pause.label,
        "property": pause.property,
        "priority": pause.priority,
        "org_id": pause.org_id,
        "last speaker": (pause.last_speaker,) if pause.last_speaker else None,
    }
    return ", ".join(f"{name} {' or '.join(map(str, of))}" for name, of in told.items() if of)


def _conditions(state: State) -> dict[str, object]:
    return {
        "priorities": state.priority,
        "labels": state.label,
        "org_ids": state.org_id,
        "statuses": state.status,
        "properties": state.property,
    }
