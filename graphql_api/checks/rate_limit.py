"""Charges documents to their callers: a user, or the network of an anonymous client.

Before a document is validated, the caller is charged the cost that `limits.py` computed. A document that is not
executed, because it is not GraphQL, too large or invalid, costs a small fixed price instead, so floods are limited too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.conf import settings
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from domains.base.errors import RateLimited
from domains.base.networks import client_network
from domains.base.token_bucket import Balance, TokenBucket
from graphql_api.checks.limits import MAX_COST
from graphql_api.context import Context
from graphql_api.errors import is_variable_error

#: A bucket holds this many documents of the maximum cost, and one such document is restored each second.
MAX_BURST = 10
#: Minimum cost of a document, and cost of a document that is refused before it is executed: each second, a caller may
#: send a thousand of the cheapest documents, or two hundred that are refused.
MIN_COST, REFUSAL_COST = MAX_COST // 1000, MAX_COST // 200

bucket = TokenBucket("documents", capacity=MAX_BURST * MAX_COST, rate=MAX_COST)


class RateLimit(SchemaExtension):
    """Charges the document to its caller, and reports the rest in `extensions.cost`.

    If the caller has too few tokens, a query or subscription is refused with RATE_LIMITED. A mutation is executed
    nevertheless, and each of its root fields answers with the refusal (`mutations.py`).
    """

    def __init__(self) -> None:
        self._charged = 0
        self._is_executing = False

    async def on_operation(self) -> AsyncIterator[None]:
        """Charge the price of a refusal if an extension or the library refuses the document by an exception."""
        try:
            yield
        except RateLimited:
            raise
        except Exception:
            await self._settle_refusal()
            raise

    async def on_parse(self) -> AsyncIterator[None]:
        """Charge the price of a refusal for a document that is not GraphQL."""
        yield
        if self.execution_context.pre_execution_errors:
            await self._settle_refusal()

    async def on_validate(self) -> AsyncIterator[None]:
        """Charge the document; if it is invalid, refund all but the price of a refusal."""
        if self.execution_context.graphql_document is not None:
            await self._charge()
        yield
        if self.execution_context.pre_execution_errors:
            await self._settle_refusal()

    async def on_execute(self) -> AsyncIterator[None]:
        """Keep the charge, unless the value of a variable was refused, so that nothing was executed."""
        self._is_executing = True
        yield
        if any(map(is_variable_error, getattr(self.execution_context.result, "errors", None) or ())):
            self._is_executing = False
            await self._settle_refusal()

    def get_results(self) -> dict[str, object]:
        """Return the cost for the `extensions` of the answer."""
        context = self.execution_context.context
        return {"cost": context.cost} if isinstance(context, Context) and context.cost else {}

    async def _charge(self) -> None:
        context = self.execution_context.context
        if not isinstance(context, Context):
            return
        cost = max(MIN_COST, context.cost_requested)
        try:
            await take(context, cost, requested=cost)
        except RateLimited as refusal:
            if self.execution_context.operation_type is not OperationType.MUTATION:
                raise
            context.rate_refusal = refusal
        else:
            self._charged = cost

    async def _settle_refusal(self) -> None:
        context = self.execution_context.context
        if isinstance(context, Context) and not self._is_executing:
            missing, self._charged = REFUSAL_COST - self._charged, REFUSAL_COST
            await take(context, missing, requested=REFUSAL_COST)


async def take(context: Context, tokens: int, *, requested: int) -> None:
    """Take tokens from the caller's bucket (a negative number refunds); refuses with RATE_LIMITED if too few are left.

    `requested` is the cost of the document that the answer reports.
    """
    viewer = context.viewer
    key = f"user:{viewer.pk}" if viewer else f"network:{client_network(context.ip_address)}"
    if settings.REDIS_URL:
        balance = await sync_to_async(bucket.take)(key, tokens)
    else:
        balance = bucket.take(key, tokens)
    context.cost = {"requested": requested, "available": int(balance.level), "restoreRate": int(bucket.rate)}
    if not balance.is_taken:
        raise _refusal(tokens, balance)


def _refusal(tokens: int, balance: Balance) -> RateLimited:
    seconds = bucket.seconds_until(tokens, balance)
    return RateLimited(
        seconds, f"You have asked for too much in a short time; wait {seconds} seconds, or ask for smaller pages."
    )
