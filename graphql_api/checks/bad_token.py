"""Checks whose request it is: refuses a bad token, and reads of a session that has to set up a second factor first."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from graphql_api.checks.limits import root_fields_of
from graphql_api.context import Context, MfaRequired
from graphql_api.errors import BadUserInput

#: Mutations that ignore a bad token; else a client that sends its token with every request could not get a new one.
BEGIN_A_SESSION = frozenset(
    {
        "signUp",
        "verifyEmail",
        "logIn",
        "logInWithCode",
        "logInWithProvider",
        "completeMfa",
        "refreshSession",
        "devLogIn",
        "requestPasswordReset",
        "resetPassword",
    }
)


class RefuseSubscriptionsOverHttp(SchemaExtension):
    """Refuses subscriptions over HTTP."""

    def on_validate(self) -> Iterator[None]:
        """Check the type of the operation."""
        context = self.execution_context
        is_http = isinstance(getattr(context.context, "request", None), HttpRequest)
        if is_http and context.operation_type is OperationType.SUBSCRIPTION:
            raise BadUserInput("Subscribe over a socket: the protocol is graphql-transport-ws, the path this one.")
        yield


class RefuseBadToken(SchemaExtension):
    """Refuses a request with a bad token, instead of executing it as an anonymous one."""

    def on_validate(self) -> Iterator[None]:
        """Check the root fields; the document is parsed by now."""
        context, document = self.execution_context.context, self.execution_context.graphql_document
        if isinstance(context, Context) and context.refusal is not None and document is not None:
            asked = set(root_fields_of(document))
            if not asked or asked - BEGIN_A_SESSION:
                raise context.refusal
        yield


class RefuseLimitedSession(SchemaExtension):
    """Refuses queries and subscriptions of a session whose user has to set up a second factor first.

    Mutations refuse by themselves (`graphql_api/mutations.py`), each with an `OperationInfo`.
    """

    def on_validate(self) -> Iterator[None]:
        """Check the type of the operation."""
        context = self.execution_context
        is_mutation = context.operation_type is OperationType.MUTATION
        if not is_mutation and isinstance(context.context, Context) and context.context.is_limited:
            raise MfaRequired
        yield
