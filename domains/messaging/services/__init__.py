"""The acts on conversations, one file each."""

from domains.messaging.services.mark_conversation_read import mark_conversation_read
from domains.messaging.services.send_message import send_message
from domains.messaging.services.start_conversation import start_conversation

__all__ = ["mark_conversation_read", "send_message", "start_conversation"]
