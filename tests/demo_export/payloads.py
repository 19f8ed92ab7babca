"""The vendor's objects, field by field as its webhooks carry them."""

from datetime import datetime

from .cast import Chat, Json, Org
from .clock import offset_text, spaced_text


def label_ids(labels: list[str]) -> dict[str, bool]:
    """The map of label ids that goes with label names."""
    letters = ["".join(c for c in label if c.isalpha()) for label in labels]
    return {f"label-{text[:16].ljust(16, 'a')}": True for text in letters}


def chat_info(chat: Chat) -> Json:
    """The `chat` part of a ticket event."""
    assert chat.created_at is not None
    return {
        "org_id": chat.org.org_id,
        "org_phone": chat.org.phone,
        "chat_id": chat.chat_id,
        "members": dict(chat.members),
        "is_muted": False,
        "chat_name": chat.name,
        "chat_type": "group" if chat.is_group else "user",
        "chat_image": None,
        "created_at": offset_text(chat.created_at),
        "chat_labels": ", ".join(chat.labels),
        "invite_link": None,
        "custom_properties": dict(chat.custom_properties),
        "group_description": chat.description,
    }


def chat_object(chat: Chat, at: datetime) -> Json:
    """The `data` of a chat event."""
    info = chat_info(chat)
    del info["chat_labels"]
    return info | {
        "updated_at": offset_text(at),
        "is_archived": False,
        "is_exited": False,
        "is_pinned": False,
        "member_count": len(chat.members),
        "assigned_to": chat.assigned_to,
        "closed_at": None,
        "label_ids": label_ids(chat.labels),
        "labels": list(chat.labels),
        "chat_access": {agent.email: True for agent in chat.org.agents[:2]},
        "chat_org_phones": [chat.org.phone],
        "latest_message": None,
        "latest_message_timestamp": int(at.timestamp()) * 1000,
    }


def message_object(
    chat: Chat,
    unique_id: str,
    at: datetime,
    body: str,
    *,
    author: str | None,
    performed_by: str | None,
    image: bool = False,
    quoted: str | None = None,
    ticket_id: str | None = None,
) -> Json:
    """The `data` of message events; `author` is the customer, None when the team writes."""
    from_me = author is None
    tail = f"_{author}" if author and chat.is_group else ""
    message_id = f"{'true' if from_me else 'false'}_{chat.chat_id}_{unique_id}{tail}"
    sender = author or chat.org.phone
    written = offset_text(at) if from_me else spaced_text(at)
    size = 18_000 + sum(unique_id.encode()) * 7
    media = {
        "path": f"https://storage.example.net/att/{unique_id.lower()}.jpg",
        "size": size,
        "filename": f"{unique_id[-6:].lower()}.jpg",
        "mimetype": "image/jpeg",
        "dimensions": {"ar": 0.75, "width": 768, "height": 1024},
    }
    return {
        "message_id": message_id,
        "org_id": chat.org.org_id,
        "ack": "1",
        "author": author,
        "body": body,
        "broadcast": None,
        "broadcast_id": None,
        "device_type": "android",
        "duration": None,
        "flag_status": False,
        "flag_metadata": None,
        "forwarding_score": "0",
        "from": chat.org.phone if from_me else chat.chat_id,
        "from_me": from_me,
        "has_media": image,
        "has_quoted_msg": quoted is not None,
        "has_reaction": False,
        "id": {
            "id": unique_id,
            "fromMe": from_me,
            "remote": chat.chat_id,
            "_serialized": message_id,
        },
        "invite_v4": None,
        "is_deleted": None,
        "is_ephemeral": None,
        "is_forwarded": False,
        "is_gif": False,
        "is_starred": False,
        "is_status": False,
        "links": "[]",
        "location": None,
        "media": media if image else None,
        "media_key": None,
        "mentioned_ids": [],
        "message_ticket_id": ticket_id,
        "message_type": "image" if image else "chat",
        "order_id": None,
        "chat_id": chat.chat_id,
        "org_phone": chat.org.phone,
        "performed_by": performed_by,
        "poll_info": None,
        "poll_results": None,
        "prev_body": None,
        "quoted_message_id": quoted,
        "raw_data": None,
        "reactions": [],
        "sender_phone": sender,
        "sent_message_id": None,
        "delivery_info": None,
        "timestamp": written,
        "to": chat.chat_id if from_me else chat.org.phone,
        "token": None,
        "unique_id": unique_id,
        "updated_at": written,
        "vcards": [],
    }


def short_message(chat: Chat, message: Json, at: datetime) -> Json:
    """The form a message has inside ticket events."""
    media = message["media"]
    return {
        "body": message["body"],
        "chat_id": message["chat_id"],
        "org_phone": message["org_phone"],
        "timestamp": offset_text(at.replace(microsecond=0)),
        "media_path": media["path"] if media else None,
        "message_id": message["message_id"],
        "sender_name": chat.members[message["sender_phone"]]["contact_name"],
        "performed_by": message["performed_by"],
        "sender_phone": message["sender_phone"].removesuffix("@c.us"),
    }


def note_object(chat: Chat, note_id: str, at: datetime, email: str, body: str) -> Json:
    """The `data` of note.created."""
    mentions = [word for word in body.split() if word.startswith("@")]
    return {
        "message_id": f"true_{note_id}_{email}",
        "org_id": chat.org.org_id,
        "ack": "3",
        "body": body,
        "from_me": True,
        "message_type": "chat",
        "chat_id": chat.chat_id,
        "timestamp": offset_text(at),
        "org_phone": chat.org.phone,
        "performed_by": email,
        "prev_body": None,
        "quoted_message_id": None,
        "sender_phone": chat.org.phone,
        "sent_message_id": note_id,
        "updated_at": offset_text(at),
        "is_private_note": True,
        "unique_id": note_id,
        "mentioned_ids": mentions,
        "is_deleted": None,
        "media": None,
    }


def reaction_object(message: Json, unique_id: str, at: datetime, sender: str, emoji: str) -> Json:
    """The `data` of reaction events."""
    from_me = sender == message["org_phone"]
    reaction_id = f"{'true' if from_me else 'false'}_{message['chat_id']}_{unique_id}"
    return {
        "org_id": message["org_id"],
        "message_id": message["message_id"],
        "ack": None,
        "id": {
            "id": unique_id,
            "fromMe": from_me,
            "remote": message["chat_id"],
            "_serialized": reaction_id,
        },
        "orphan": None,
        "orphan_reason": None,
        "reaction": emoji,
        "read": True,
        "reaction_id": reaction_id,
        "timestamp": offset_text(at),
        "msg_id": message["id"],
        "sender_id": sender,
        "org_phone": message["org_phone"],
        "chat_id": message["chat_id"],
        "unique_id": message["unique_id"],
    }


def notification_object(
    chat: Chat, unique_id: str, at: datetime, kind: str, body: str | None, recipients: list[str]
) -> Json:
    """The `data` of chat.notification.created."""
    author = chat.customers[0]
    notification_id = f"false_{chat.chat_id}_{unique_id}_{author}_{kind}"
    call = {"isVideo": False, "isOutgoing": False, "call_result": "MISSED"}
    return {
        "org_id": chat.org.org_id,
        "notification_id": notification_id,
        "chat_id": chat.chat_id,
        "author": author,
        "body": body,
        "type": kind,
        "metadata": call if kind == "call" else None,
        "timestamp": offset_text(at),
        "recipientids": recipients or None,
        "org_phone": chat.org.phone,
        "unique_id": unique_id,
        "id": {
            "id": unique_id,
            "fromMe": False,
            "remote": chat.chat_id,
            "serialized": notification_id,
        },
    }


def phone_object(org: Org, at: datetime, state: str, name: str) -> Json:
    """The `data` of org.phone events."""
    connected = state == "CONNECTED"
    return {
        "org_id": org.org_id,
        "org_phone": org.phone if connected else None,
        "created_at": "2026-03-01T05:30:00.668505+00:00",
        "updated_at": offset_text(at),
        "wa_state": state,
        "phone_id": org.phone_id,
        "qr_code": None if connected else "2@DemoOnlyNotACode==",
        "phone_image": None,
        "phone_name": name,
        "first_connected_at": "2026-03-01T05:41:49.649+00:00",
        "is_ready": connected,
        "label_ids": label_ids(["support"]),
        "labels": ["support"],
    }
