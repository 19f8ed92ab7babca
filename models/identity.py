"""The identity of an event: equal for every delivery and spelling of it, different otherwise.

`event_id` is the MD5, in hexadecimal, of the canonical JSON text

    ["<event type>","<org id>",<microseconds since 1970>,<data>,<previous_attributes>]

with the last element left out when the envelope had no previous_attributes: absent, null and `{}`
are three things. Anything that has MD5 can recompute it from the stored columns. The instant stands
before the data to spoil prepared collisions: nobody who writes a message chooses its microsecond.
"""

from __future__ import annotations

import hashlib

from .jsontext import canonical


def event_id(
    event_type: str, org_id: str, at_microseconds: int, data: str, previous: str | None
) -> str:
    """Return the 32 hexadecimal digits that identify an event.

    Args:
        event_type: normalised name.
        org_id: empty when unknown.
        at_microseconds: the envelope's instant, UTC.
        data: canonical JSON text.
        previous: canonical JSON text (`null` included), or None when absent.
    """
    parts = [canonical(event_type), canonical(org_id), str(at_microseconds), data]
    if previous is not None:
        parts.append(previous)
    text = f"[{','.join(parts)}]"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def audit_event_id(org_id: str, log_id: str) -> str:
    """Return the identity of an audit-log row: the vendor's own `log_id` within its org."""
    text = f"[{canonical('audit')},{canonical(org_id)},{canonical(log_id)}]"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
