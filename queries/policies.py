"""What settings ask of tickets, as rows: promises, their targets and pauses, what is on hold."""

from __future__ import annotations

from ticketledger.models.condition import State
from ticketledger.models.policy import Pause, Policies
from ticketledger.models.statuses import Statuses

Rows = list[dict[str, object]]
"""Values by column of the view that they take the place of."""


def policies(told: Policies) -> Rows:
    """Return the rows of `sla_policies`, in the order of the file."""
    return [
        {
            "position": position,
            "policy": policy.name,
            "metric": policy.metric,
            "calendar": policy.calendar,
            "org_ids": policy.org_id,
        }
        for position, policy in enumerate(told.policies, 1)
    ]


def targets(told: Policies) -> Rows:
    """Return the rows of `sla_targets`; `position` counts within a policy."""
    return [
        {"policy": policy.name, "position": position, "target_us": target.target}
        | _conditions(target)
        for policy in told.policies
        for position, target in enumerate(policy.targets, 1)
    ]


def pauses(told: Policies) -> Rows:
    """Return the rows of `sla_pauses`."""
    return [
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


def holds(told: Statuses) -> Rows:
    """Return the rows of `on_hold_rules`."""
    return [
        {"position": position, "is_until_due": hold.due_date is not None} | _conditions(hold)
        for position, hold in enumerate(told.on_hold, 1)
    ]


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
