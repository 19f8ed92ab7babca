"""One module per object the vendor sends; each class is the only definition of its object."""

from .audit import TicketAuditLog
from .base import Entity, Image, columns, duckdb_type, struct_type
from .chat import Chat, ChatMember
from .message import Message, ShortMessage
from .other import (
    CustomPropertyDefinition,
    Notification,
    Organisation,
    Phone,
    Reaction,
    Task,
    Unknown,
)
from .ticket import Ticket
from .ticket_info import REPEATED, TicketInfo

__all__ = [
    "REPEATED",
    "Chat",
    "ChatMember",
    "CustomPropertyDefinition",
    "Entity",
    "Image",
    "Message",
    "Notification",
    "Organisation",
    "Phone",
    "Reaction",
    "ShortMessage",
    "Task",
    "Ticket",
    "TicketAuditLog",
    "TicketInfo",
    "Unknown",
    "columns",
    "duckdb_type",
    "struct_type",
]
