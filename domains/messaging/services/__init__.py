"""The acts on conversations, one file each."""

from domains.messaging.services.add_participants import add_participants
from domains.messaging.services.delete_message import delete_message
from domains.messaging.services.edit_message import edit_message
from domains.messaging.services.erase_messages import erase_messages, remove_empty_conversations
from domains.messaging.services.leave_conversation import leave_conversation
from domains.messaging.services.mark_conversation_read import mark_conversation_read
from domains.messaging.services.react_to_message import react_to_message
from domains.messaging.services.remove_attachments import remove_unsent_attachments
from domains.messaging.services.remove_participant import remove_participant
from domains.messaging.services.rename_conversation import rename_conversation
from domains.messaging.services.send_message import send_message
from domains.messaging.services.set_typing import set_typing
from domains.messaging.services.start_conversation import start_conversation
from domains.messaging.services.take_down_message import take_down_message
from domains.messaging.services.upload_attachment import upload_attachment
