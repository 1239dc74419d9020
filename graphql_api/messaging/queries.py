"""Queries of conversations and messages."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry_django.optimizer import optimize

from domains.messaging import models, selectors
from graphql_api.checks.texts import read_words
from graphql_api.context import Info, signed_in
from graphql_api.errors import BadUserInput
from graphql_api.messaging.types import Conversation, Message
from graphql_api.relay.connections import Connection
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class MessagingQueries:
    """Root query fields of messaging."""

    @strawberry_django.connection(
        Connection[Conversation] | None,  # type: ignore[arg-type] # the library knows nullable connections
        description="Conversations that the viewer takes part in, newest activity first. Needs a login.",
    )
    def conversations(self, info: Info) -> QuerySet[models.Conversation]:
        """Return the viewer's conversations."""
        return selectors.find_conversations(viewer=signed_in(info))

    @strawberry_django.field(
        graphql_type=Conversation | None,
        description="Conversation by its ID; null if the viewer does not take part in it. Needs a login.",
    )
    def conversation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="ID of the conversation.")]
    ) -> models.Conversation | None:
        """Return the conversation with the selected fields."""
        rows = selectors.find_conversation(viewer=signed_in(info), conversation_id=known_or_nobody(id, "Conversation"))
        return optimize(rows, info=info).first()

    @strawberry_django.connection(
        Connection[Message] | None,  # type: ignore[arg-type] # as above
        description="Messages in the viewer's conversations, newest first, that contain for each word of the query a "
        "word that begins with it. Needs a login.",
    )
    def search_messages(
        self,
        info: Info,
        query: Annotated[
            str,
            strawberry.argument(description="Up to 12 words or beginnings of words; at most 200 characters in total."),
        ],
    ) -> QuerySet[models.Message]:
        """Ask `selectors.search_messages`."""
        viewer = signed_in(info)
        words = read_words(query, "query")
        if not words:
            raise BadUserInput("`query` must hold a word to look for.")
        return selectors.search_messages(viewer=viewer, words=words)
