"""Selections of subscriptions; an event is executed once for all subscribers with the same selection.

Two hundred people may follow one conversation with the same document. If nothing in the answer depends on the viewer,
it is executed once, as an anonymous user, and all subscribers receive the same text. SAME_FOR_ALL lists the fields
that may be shared; a selection with any other field is executed for each subscriber, with the subscriber's rights.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from channels.db import aclose_old_connections
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from graphql.execution import execute_subscription_event
from graphql.execution.executor import Executor
from graphql.type import GraphQLSchema, get_named_type

from graphql_api.checks.answers import EventExecutor, encode_answer
from graphql_api.context import Context
from graphql_api.errors import code_errors
from graphql_api.live import database
from graphql_api.live.database import AWAY

#: Maximum number of times an event is executed while the database is unavailable, RETRY seconds apart.
MAX_TRIES = 60
#: By type, the fields that have the same value for every viewer who may see the object.
#: Files and reactions are listed though they differ by viewer: an event whose message has any is not shared
#: (`Item.is_same_for_all`), and without any the answer cannot differ.
SAME_FOR_ALL: dict[str, frozenset[str]] = {
    "Subscription": frozenset({"conversationEvents", "eventCheckIns"}),
    "EventCheckIn": frozenset({"result", "summary"}),
    "CheckInResult": frozenset(
        {
            "outcome",
            "direction",
            "nonce",
            "scannedAt",
            "recordedAt",
            "firstCheckInTime",
            "isRecordedThoughInvalid",
            "ticket",
        }
    ),
    "CheckInSummary": frozenset({"issued", "checkedIn", "inside"}),
    # A ticket in the answer to a scan shows no code to anybody.
    "EventTicket": frozenset(
        {"id", "status", "ticketCode", "qrCode", "checkedIn", "checkInTime", "isInside", "attendee", "event"}
    ),
    "QrCode": frozenset({"url", "svgUrl"}),
    "Event": frozenset({"id", "title"}),
    "MessageSent": frozenset({"sequence", "message"}),
    "MessageEdited": frozenset({"sequence", "message"}),
    "MessageDeleted": frozenset({"sequence", "messageId", "message"}),
    # Not `message`: its reactions differ by viewer.
    "MessageReacted": frozenset({"sequence", "messageId", "emoji", "count"}),
    "ConversationRead": frozenset({"reader", "upToSequence"}),
    "ParticipantTyping": frozenset({"participant", "isTyping"}),
    "ParticipantsChanged": frozenset({"sequence", "participants"}),
    "Message": frozenset(
        {
            "id",
            "sequence",
            "clientId",
            "content",
            "sentAt",
            "editedAt",
            "isDeleted",
            "sender",
            "attachments",
            "reactions",
        }
    ),
    "MessageAttachment": frozenset({"id", "filename", "contentType", "size", "url", "width", "height"}),
    "Reaction": frozenset({"emoji", "count", "reactedByMe"}),
    "User": frozenset({"id", "displayName"}),
}


@lru_cache(maxsize=256)
def _parsed(query: str) -> DocumentNode:
    return parse(query, no_location=True)


class Selection:
    """One subscriber's document; executes it for each event."""

    __slots__ = ("__weakref__", "_context", "_executor", "_name", "_query", "_schema", "_variables", "shared")

    def __init__(
        self, schema: GraphQLSchema, query: str, name: str | None, variables: dict[str, Any] | None, context: Context
    ) -> None:
        self._schema, self._query, self._name = schema, query, name
        self._variables, self._context = variables, context
        self._executor: Executor[Any] | None = None
        #: The same selection for an anonymous user, if the answer is the same for every viewer.
        self.shared: Selection | None = None

    async def execute(self, event: Any) -> str:
        """Return the `payload` that is sent for the event, as JSON."""
        if self._executor is None:
            self._executor = self._build()
        result = await self._result(event)
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            errors = list(result.errors)
            code_errors(errors)
            payload["errors"] = [error.formatted for error in errors]
        return encode_answer(payload).decode()

    async def _result(self, event: Any) -> Any:
        """Execute; retry while the database is unavailable, because a failed event must not count as delivered."""
        assert self._executor is not None  # noqa: S101 # `execute` built it
        for is_last in (*[False] * (MAX_TRIES - 1), True):
            result: Any = execute_subscription_event(self._executor.build_per_event_executor(event))
            if not hasattr(result, "data"):
                result = await result
                # Close the connections that the library's resolvers opened: a socket keeps none, and no broken one.
                await aclose_old_connections()
            if is_last or not any(isinstance(error.original_error, AWAY) for error in result.errors or ()):
                break
            await asyncio.sleep(database.RETRY)
        return result

    def _build(self) -> Executor[Any]:
        built = EventExecutor.build(
            self._schema,
            _parsed(self._query),
            context_value=self._context,
            raw_variable_values=self._variables,
            operation_name=self._name,
        )
        if not isinstance(built, Executor):
            raise TypeError(f"a validated document cannot be executed: {built}")
        return built


_shared: WeakValueDictionary[tuple[str, str | None], Selection] = WeakValueDictionary()


def select(
    schema: GraphQLSchema, query: str, name: str | None, variables: dict[str, Any] | None, context: Context
) -> Selection:
    """Return the selection of a validated document, linked to the one that all subscribers with this document share."""
    own = Selection(schema, query, name, variables, context)
    if is_same_for_all(schema, query, name):
        key = (query, name)
        own.shared = _shared.get(key)
        if own.shared is None:
            nobody = Context(request=None, request_id="-", ip_address="")
            own.shared = _shared[key] = Selection(schema, query, name, variables, nobody)
    return own


@dataclass(eq=False, slots=True)
class Item:
    """An event, read from the database once for all its subscribers in this process."""

    value: Any
    #: Approximate size in bytes.
    size: int = 300
    #: Its sequence in the conversation's log; None for typing events and receipts, which are not in the log.
    sequence: int | None = None
    is_same_for_all: bool = False
    #: The user who is typing and does not need the event.
    about_id: int | None = None
    read_at: float = field(default_factory=time.monotonic)
    _payloads: dict[Selection, asyncio.Future[str]] = field(default_factory=dict)

    async def payload(self, selection: Selection) -> str:
        """Return the payload of the event; equal selections share one execution if the event is the same for all."""
        shared = selection.shared if self.is_same_for_all else None
        if shared is None:
            return await selection.execute(self.value)
        known = self._payloads.get(shared)
        if known is None:
            known = self._payloads[shared] = asyncio.ensure_future(shared.execute(self.value))
        # A subscriber that leaves while waiting must not cancel the execution for the others.
        return known.result() if known.done() else await asyncio.shield(known)


@lru_cache(maxsize=256)
def is_same_for_all(schema: GraphQLSchema, query: str, name: str | None) -> bool:
    """Tell whether a valid document selects only fields that are the same for every viewer."""
    definitions = _parsed(query).definitions
    operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
    chosen = [one for one in operations if name is None or (one.name and one.name.value == name)]
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    return len(chosen) == 1 and not chosen[0].directives and _Walk(schema, fragments).allows(chosen[0].selection_set)


class _Walk:
    """One walk through the selections of a document; each fragment is checked once."""

    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._schema, self._fragments = schema, fragments
        self._seen: set[str] = set()

    def allows(self, selected: SelectionSetNode, type_name: str = "Subscription") -> bool:
        return all(self._allows_one(one, type_name) for one in selected.selections)

    def _allows_one(self, one: Any, type_name: str) -> bool:
        if one.directives:
            return False
        if isinstance(one, FieldNode):
            return self._allows_field(one, type_name)
        if isinstance(one, InlineFragmentNode):
            return self.allows(one.selection_set, one.type_condition.name.value if one.type_condition else type_name)
        return isinstance(one, FragmentSpreadNode) and self._allows_fragment(one.name.value)

    def _allows_fragment(self, name: str) -> bool:
        if name in self._seen:
            return True
        self._seen.add(name)
        fragment = self._fragments[name]
        return not fragment.directives and self.allows(fragment.selection_set, fragment.type_condition.name.value)

    def _allows_field(self, one: FieldNode, type_name: str) -> bool:
        name = one.name.value
        if name == "__typename":
            return True
        if name not in SAME_FOR_ALL.get(type_name, ()) or (one.arguments and type_name != "Subscription"):
            return False
        kind: Any = self._schema.get_type(type_name)
        inner = get_named_type(kind.fields[name].type).name
        return one.selection_set is None or self.allows(one.selection_set, inner)
