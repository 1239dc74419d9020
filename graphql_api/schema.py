"""The GraphQL schema: the types of all domains, and the extensions that run for every operation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from django.conf import settings
from graphql import ExecutionResult, GraphQLError, get_named_type
from strawberry import relay
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from graphql_api.accounts.mutations import AccountMutations, DevelopmentMutations
from graphql_api.accounts.queries import AccountQueries
from graphql_api.checks.answers import OperationExecutor
from graphql_api.checks.bad_token import RefuseBadToken, RefuseLimitedSession, RefuseSubscriptionsOverHttp
from graphql_api.checks.clean_input import CleanInput
from graphql_api.checks.introspection import Introspection
from graphql_api.checks.limits import MAX_TOKENS, Limits
from graphql_api.checks.rate_limit import RateLimit
from graphql_api.checks.weights import DEFAULT_PAGE, MAX_PAGE
from graphql_api.context import Context
from graphql_api.errors import code_errors
from graphql_api.events.mutations import MUTATIONS as EVENT_MUTATIONS
from graphql_api.events.queries import QUERIES as EVENT_QUERIES
from graphql_api.events.subscriptions import EventSubscriptions
from graphql_api.messaging.mutations import MessagingMutations
from graphql_api.messaging.queries import MessagingQueries
from graphql_api.messaging.subscriptions import MessagingSubscriptions
from graphql_api.moderation.mutations import ModerationMutations
from graphql_api.notifications.mutations import NotificationMutations
from graphql_api.notifications.queries import NotificationQueries
from graphql_api.notifications.subscriptions import NotificationSubscriptions
from graphql_api.opportunities.mutations import MUTATIONS as OPPORTUNITY_MUTATIONS
from graphql_api.opportunities.queries import QUERIES as OPPORTUNITY_QUERIES
from graphql_api.relay.edges import Optimizer
from graphql_api.relay.node import NodeQueries
from graphql_api.relay.scalars import DATE_TIME_SCALAR, UPLOAD_SCALAR, UUID_SCALAR, Upload
from graphql_api.skills.mutations import SkillMutations
from graphql_api.skills.queries import SkillQueries

QUERIES = (
    AccountQueries,
    SkillQueries,
    *OPPORTUNITY_QUERIES,
    *EVENT_QUERIES,
    MessagingQueries,
    NotificationQueries,
    NodeQueries,
)
MUTATIONS = (
    AccountMutations,
    SkillMutations,
    *OPPORTUNITY_MUTATIONS,
    *EVENT_MUTATIONS,
    MessagingMutations,
    ModerationMutations,
    NotificationMutations,
)
SUBSCRIPTIONS = (MessagingSubscriptions, EventSubscriptions, NotificationSubscriptions)


class Beside(SchemaExtension):
    """Adds errors that mutations report in addition to their data, such as a missing login, to `errors`."""

    def on_execute(self) -> Iterator[None]:
        """Add the errors that the resolvers left in the context, after the execution."""
        yield
        context, result = self.execution_context.context, self.execution_context.result
        if isinstance(context, Context) and context.errors and isinstance(result, ExecutionResult):
            code_errors(context.errors)
            result.errors = [*(result.errors or ()), *context.errors]


class Schema(strawberry.Schema):
    """Strawberry's schema, whose errors have the codes of docs/errors.md."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Add codes to the errors, log server faults and hide their details."""
        code_errors(errors)


def build_schema(*, with_development: bool) -> Schema:
    """Return the schema, with or without the development login."""
    mutations: tuple[Any, ...] = (*MUTATIONS, DevelopmentMutations) if with_development else MUTATIONS
    built = Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", mutations),
        subscription=merge_types("Subscription", SUBSCRIPTIONS),
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            Limits,
            RateLimit,
            RefuseBadToken,
            RefuseLimitedSession,
            RefuseSubscriptionsOverHttp,
            CleanInput,
            Introspection,
            Beside,
            lambda: ParserCache(maxsize=256),
            lambda: ValidationCache(maxsize=256),
            Optimizer,
        ],
        execution_context_class=OperationExecutor,
        config=StrawberryConfig(
            disable_field_suggestions=True,
            relay_max_results=100,
            scalar_map={Upload: UPLOAD_SCALAR, datetime: DATE_TIME_SCALAR, UUID: UUID_SCALAR},
        ),
    )
    _find_keys(built)
    _describe(built)
    _describe_page_info(built._schema.type_map["PageInfo"])
    return built


def _find_keys(built: Schema) -> None:
    """Cache each type's id column; otherwise the library searches the type's annotations for every id."""
    for graphql_type in built._schema.type_map.values():
        definition = graphql_type.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        origin = getattr(definition, "origin", None)
        if isinstance(origin, type) and issubclass(origin, relay.Node) and origin is not relay.Node:
            origin._id_attr = origin.resolve_id_attr()


QUERY = "Root of all queries. A field that needs a login is null without one, and `errors` has an entry for it."
MUTATION = "Root of all mutations. Each field returns its result, or `OperationInfo` with the reasons for a refusal."
FOLLOWING = "Root of all subscriptions. They need a WebSocket with the `graphql-transport-ws` protocol."
#: Descriptions of a connection's arguments; the library describes `last` in the same words as `after`.
PAGES = {
    "first": f"Maximum number of items, from the start of the list: 1 to {MAX_PAGE}. If both `first` and `last` are "
    f"omitted, a page has {DEFAULT_PAGE} items.",
    "last": f"Maximum number of items, from the end of the list: 1 to {MAX_PAGE}; not allowed together with `first`.",
    "after": "Cursor after which the page starts; take it from `pageInfo.endCursor`.",
    "before": "Cursor before which the page ends; take it from `pageInfo.startCursor`, and pass it together with "
    "`last`. Without `last`, the page has the first items of the list, not those just before the cursor.",
}
#: Descriptions of the fields of `PageInfo`; the library does not say when they are always false.
PAGE_INFO = {
    "hasNextPage": "Whether more items follow the page. Always false if the page was requested with `last`.",
    "hasPreviousPage": "Whether items precede the page. Always false unless the page was requested with `last`.",
}


def _describe(built: Schema) -> None:
    """Set descriptions where the library has none, or the same one twice."""
    core = built._schema
    for root, words in ((core.query_type, QUERY), (core.mutation_type, MUTATION), (core.subscription_type, FOLLOWING)):
        if root is not None:
            root.description = words
    for graphql_type in core.type_map.values():
        for field in getattr(graphql_type, "fields", {}).values():
            if get_named_type(field.type).name.endswith("Connection"):
                for name, words in PAGES.items():
                    field.args[name].description = words
            if graphql_type is core.mutation_type and "input" in field.args:
                argument = field.args["input"]
                argument.description = get_named_type(argument.type).description


def _describe_page_info(page_info: Any) -> None:
    """Set the descriptions of the fields of `PageInfo`."""
    for name, words in PAGE_INFO.items():
        page_info.fields[name].description = words


schema = build_schema(with_development=settings.DEV_LOG_IN)
