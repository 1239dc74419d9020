"""Acts on conversations."""

from __future__ import annotations

import strawberry

from domains.messaging import services
from graphql_api.context import Info, signed_in
from graphql_api.ids import known_or_nobody
from graphql_api.messaging.inputs import MarkConversationReadInput, SendMessageInput, StartConversationInput
from graphql_api.messaging.types import Conversation, Message
from graphql_api.mutations import mutation


@strawberry.type
class MessagingMutations:
    """The root fields of messaging."""

    @mutation(description="Begin a conversation; with one other person it is the one you have already, if any.")
    def start_conversation(self, info: Info, input: StartConversationInput) -> Conversation:
        """Call `services.start_conversation`."""
        opportunity = input.opportunity_id
        return services.start_conversation(  # type: ignore[return-value]
            actor=signed_in(info),
            participant_ids=[known_or_nobody(id, "User") for id in input.participant_ids],
            title=input.title,
            is_group=input.is_group,
            opportunity_id=None if opportunity is None else known_or_nobody(opportunity, "Opportunity"),
        )

    @mutation(description="Say something. Sent again with the same clientId it gives the first message again.")
    def send_message(self, info: Info, input: SendMessageInput) -> Message:
        """Call `services.send_message`."""
        return services.send_message(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            content=input.content,
            client_id=input.client_id,
        )

    @mutation(description="Say how far you have read; the marker only moves forward.")
    def mark_conversation_read(self, info: Info, input: MarkConversationReadInput) -> Conversation:
        """Call `services.mark_conversation_read`."""
        return services.mark_conversation_read(  # type: ignore[return-value]
            actor=signed_in(info),
            conversation_id=known_or_nobody(input.conversation_id, "Conversation"),
            up_to_sequence=input.up_to_sequence,
        )
