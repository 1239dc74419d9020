"""The schema: the parts of the domains joined, and the extensions that every operation passes."""

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
from graphql_api.checks.clean_input import CleanInput
from graphql_api.checks.identity import Identity, OverHttp
from graphql_api.checks.introspection import Introspection
from graphql_api.checks.limits import MAX_TOKENS, Limits
from graphql_api.checks.rate_limit import RateLimit
from graphql_api.checks.weights import DEFAULT_PAGE, MAX_PAGE
from graphql_api.context import Context
from graphql_api.errors import code_errors
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

QUERIES = (AccountQueries, SkillQueries, *OPPORTUNITY_QUERIES, MessagingQueries, NotificationQueries, NodeQueries)
MUTATIONS = (
    AccountMutations,
    SkillMutations,
    *OPPORTUNITY_MUTATIONS,
    MessagingMutations,
    ModerationMutations,
    NotificationMutations,
)
SUBSCRIPTIONS = (MessagingSubscriptions, NotificationSubscriptions)


class Beside(SchemaExtension):
    """Adds to the answer's errors what a mutation wants said there beside its data."""

    def on_execute(self) -> Iterator[None]:
        """Look, once everything was executed, at what the resolvers left in the context."""
        yield
        context, result = self.execution_context.context, self.execution_context.result
        if isinstance(context, Context) and context.errors and isinstance(result, ExecutionResult):
            code_errors(context.errors)
            result.errors = [*(result.errors or ()), *context.errors]


class Schema(strawberry.Schema):
    """Strawberry's schema; its errors carry the contract's codes."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Code the errors, log the server's own faults, hide their details."""
        code_errors(errors)


def build_schema(*, with_development: bool) -> Schema:
    """Return the schema, with or without the log-in for development."""
    mutations: tuple[Any, ...] = (*MUTATIONS, DevelopmentMutations) if with_development else MUTATIONS
    built = Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", mutations),
        subscription=merge_types("Subscription", SUBSCRIPTIONS),
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
            Limits,
            RateLimit,
            Identity,
            OverHttp,
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
    return built


def _find_keys(built: Schema) -> None:
    """Let each type remember which column its ids come from: else the library searches its annotations for each id."""
    for graphql_type in built._schema.type_map.values():
        definition = graphql_type.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        origin = getattr(definition, "origin", None)
        if isinstance(origin, type) and issubclass(origin, relay.Node) and origin is not relay.Node:
            origin._id_attr = origin.resolve_id_attr()


QUERY = "What can be asked. A field that needs a login is null without one, with an error that says so."
MUTATION = (
    "What can be done. Each field answers with what changed, or with `OperationInfo`, which says why nothing did."
)
FOLLOWING = "What can be followed live, over a socket."
#: What the arguments of a connection mean; the library's own words say the same of `last` as of `after`.
PAGES = {
    "first": f"At most so many rows, from the start of the list: 1 to {MAX_PAGE}, {DEFAULT_PAGE} if left out.",
    "last": f"At most so many rows, from the end of the list: 1 to {MAX_PAGE}; not together with `first`.",
    "after": "Only rows after this cursor; take it from `pageInfo.endCursor`.",
    "before": "Only rows before this cursor; take it from `pageInfo.startCursor`.",
}


def _describe(built: Schema) -> None:
    """Put words of our own where the library has none, or the same ones twice."""
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


schema = build_schema(with_development=settings.DEV_LOG_IN)
