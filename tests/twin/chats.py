"""The report on chats, counted the plainest way."""

from typing import Any

from .moves import floor, micros
from .reports import Rows, World, grouped, quantile
from .talk import spoken


def chats(given: World) -> Rows:
    """By organisation and week in UTC."""
    told: list[tuple[tuple[str, int], tuple[str, Any, Any]]] = []

    def happened(org_id: str, at: int, kind: str, chat_id: str | None, value: Any = None) -> None:
        if at <= given.as_of:
            told.append(((org_id, micros(floor(at, "UTC", "week"))), (kind, chat_id, value)))

    by_chat = grouped(
        ((org_id, said.chat_id), said) for (org_id, _), said in spoken(given.stream).items()
    )
    for (org_id, chat_id), all_said in by_chat.items():
        said = sorted(
            (each for each in all_said if each.at <= given.as_of),
            key=lambda each: (each.at, each.message_id),
        )
        asked: int | None = None
        for each in said:
            happened(org_id, each.at, "out" if each.is_agent else "in", chat_id)
            if each.is_agent and asked is not None and chat_id is not None:
                happened(org_id, each.at, "reply", chat_id, (each.at - asked) / 1e6)
            asked = None if each.is_agent else (each.at if asked is None else asked)
        if said and not said[-1].is_agent and chat_id is not None:
            happened(org_id, said[-1].at, "unanswered", chat_id)
    for key, row in given.metrics.items():
        kind = "deleted" if row["place"] == "deleted" else "ticket"
        happened(key[0], row["created_at"], kind, given.lives[key][-1].row["chat_id"])
    found: Rows = {}
    for bucket, every in grouped(told).items():
        count = [kind for kind, *_ in every].count
        spoke = {chat_id for kind, chat_id, _ in every if kind in ("in", "out")} - {None}
        raised = [chat_id for kind, chat_id, _ in every if kind == "ticket" and chat_id]
        found[bucket] = {
            "active_chats": len(spoke),
            "messages_in": count("in"),
            "messages_out": count("out"),
            "replies": count("reply"),
            "reply_p50_s": quantile((v for kind, _, v in every if kind == "reply"), 0.5),
            "unanswered_now": count("unanswered"),
            "tickets_created": count("ticket"),
            "tickets_per_chat": len(raised) / len(set(raised)) if raised else None,
            "tickets_excluded": count("deleted"),
        }
    return found
