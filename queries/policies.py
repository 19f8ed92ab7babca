"""SLA policies as tables: what is promised, how soon, and when the clock stands still."""

from __future__ import annotations

import pyarrow as pa

from ticketledger.models.policy import Pause, Policies, State

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
