"""What every resolver knows: who asks, by which session, in which request.

HTTP and sockets make the same context, so a resolver never asks which of the two it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import strawberry
from graphql import GraphQLError

from domains.accounts.models import Session, User
from domains.base.errors import NotSignedIn, RateLimited, Refused


class Handover(Protocol):
    """What takes over the stream of a subscription: `live.streams.Handover` for a socket."""

    def take(self, info: Info, stream: Any) -> None:
        """Send the stream's events from now on, with what the document selects of them."""


@dataclass
class Context:
    """One request, or one socket."""

    request: Any
    request_id: str
    ip_address: str
    session: Session | None = None
    #: Why the token that came with the request is no good; `identity.py` raises it.
    refusal: NotSignedIn | None = None
    response: Any = None
    #: Filled by the socket's handler from `connection_init`.
    connection_params: Mapping[str, Any] | None = None
    #: Of a socket: what waits to be sent to its client (a `live.outbound.Outbound`); and the operation, which may be a
    #: subscription to hand over.
    outbound: Any = None
    handover: Handover | None = None
    #: DataLoaders, made on first use; one set per request.
    loaders: dict[str, Any] = field(default_factory=dict)
    #: What the answer's `errors` say besides, though its `data` stands; of one operation.
    errors: list[GraphQLError] = field(default_factory=list)
    #: What the document may cost at the most, as `limits.py` worked it out; 0 until it has.
    cost_requested: int = 0
    #: What the answer says about the cost in its `extensions`, once the document was charged.
    cost: dict[str, int] | None = None
    #: Why no mutation of the document may act: its caller asked for too much in a short time.
    rate_refusal: RateLimited | None = None
    #: The longest wait in seconds that a refusal of a mutation asks for; HTTP says it in a header.
    retry_after: int = 0

    @property
    def viewer(self) -> User | None:
        """The person who asks, or None for a stranger."""
        return self.session.user if self.session else None

    def note_wait(self, refusal: Refused) -> None:
        """Remember how long the refusal asks to wait."""
        self.retry_after = max(self.retry_after, refusal.retry_after or 0)


Info = strawberry.Info[Context, None]


def viewer_of(info: Info) -> User | None:
    """Return who asks, or None for a stranger."""
    return info.context.viewer


def signed_in(info: Info) -> User:
    """Return who asks; a stranger is refused with UNAUTHENTICATED."""
    viewer = info.context.viewer
    if viewer is None:
        raise NotSignedIn
    return viewer
