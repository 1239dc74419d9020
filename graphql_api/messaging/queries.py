"""Questions about conversations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import strawberry
import strawberry_django
from strawberry_django.optimizer import optimize

from domains.messaging import selectors
from graphql_api.checks.texts import read_words
from graphql_api.context import Info, signed_in
from graphql_api.errors import BadUserInput
from graphql_api.messaging.types import Conversation, Message
from graphql_api.relay.connections import Connection
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class MessagingQueries:
    """The root fields of messaging."""

    @strawberry_django.connection(
        Connection[Conversation] | None,  # type: ignore[arg-type] # the library knows nullable connections
        description="Your conversations, newest activity first. Needs a login.",
    )
    def conversations(self, info: Info) -> Iterable[Conversation]:
        """Return the viewer's conversations."""
        return selectors.find_conversations(viewer=signed_in(info))  # type: ignore[return-value]

    @strawberry_django.field(description="A conversation you take part in; null if you do not. Needs a login.")
    def conversation(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Conversation | None:
        """Return the conversation, read with what was selected."""
        rows = selectors.find_conversation(viewer=signed_in(info), conversation_id=known_or_nobody(id, "Conversation"))
        return optimize(rows, info=info).first()  # type: ignore[return-value]

    @strawberry_django.connection(
        Connection[Message] | None,  # type: ignore[arg-type]
        description="What was said in your conversations with words that begin like each word of the query, newest "
        "first. Needs a login.",
    )
    def search_messages(
        self,
        info: Info,
        query: Annotated[
            str, strawberry.argument(description="Up to 12 words, or beginnings of words, of 200 characters in all.")
        ],
    ) -> Iterable[Message]:
        """Ask `selectors.search_messages`."""
        viewer = signed_in(info)
        words = read_words(query, "query")
        if not words:
            raise BadUserInput("`query` must hold a word to look for.")
        return selectors.search_messages(viewer=viewer, words=words)  # type: ignore[return-value]
