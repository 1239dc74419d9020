"""The context of every resolver: the viewer, the session and the request.

HTTP and sockets make the same context, so resolvers need not distinguish them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import strawberry
from graphql import GraphQLError

from domains.accounts.errors import AccountCode
from domains.accounts.models import Session, User
from domains.base.errors import NotAllowed, NotSignedIn, RateLimited, Refused


class MfaRequired(NotAllowed):
    """The session's user has to set up a second factor first."""

    def __init__(self) -> None:
        super().__init__(
            "Your role requires a second factor: set one up with startTotp and confirmTotp, or log in with it.",
            AccountCode.MFA_REQUIRED,
        )


class TakesStreams(Protocol):
    """An object that takes over the stream of a subscription: `live.streams.Handover` for a socket."""

    def take(self, info: Info, stream: Any) -> None:
        """Send the stream's events from now on, with the fields that the document selects."""


@dataclass
class Context:
    """The context of one request or one socket."""

    request: Any
    request_id: str
    ip_address: str
    session: Session | None = None
    #: Error of an invalid access token; `identity.py` raises it.
    refusal: NotSignedIn | None = None
    response: Any = None
    #: Filled by the socket's handler from `connection_init`.
    connection_params: Mapping[str, Any] | None = None
    #: Sockets only: the queue of events for the client (a `live.outbound.Outbound`), and the operation, which may be a
    #: subscription to hand over.
    outbound: Any = None
    handover: TakesStreams | None = None
    #: DataLoaders, created on first use; one set per request.
    loaders: dict[str, Any] = field(default_factory=dict)
    #: Errors that one operation reports in addition to its `data`.
    errors: list[GraphQLError] = field(default_factory=list)
    #: Maximum cost of the document, computed by `limits.py`; 0 before that.
    cost_requested: int = 0
    #: Cost that the answer reports in its `extensions`, once the document was charged.
    cost: dict[str, int] | None = None
    #: Set if the caller has too few tokens: the refusal that each mutation of the document answers with.
    rate_refusal: RateLimited | None = None
    #: Longest wait, in seconds, of the refused mutations; HTTP sends it in a header.
    retry_after: int = 0

    @property
    def viewer(self) -> User | None:
        """The authenticated user, or None; None too if the user has to set up a second factor first."""
        return self.session.user if self.session and not self.is_limited else None

    @property
    def is_limited(self) -> bool:
        """Whether the session can only set up a second factor or end."""
        return self.session is not None and self.session.is_limited

    def note_wait(self, refusal: Refused) -> None:
        """Remember the wait that the refusal asks for."""
        self.retry_after = max(self.retry_after, refusal.retry_after or 0)


Info = strawberry.Info[Context, None]


def viewer_of(info: Info) -> User | None:
    """Return the authenticated user, or None."""
    return info.context.viewer


def signed_in(info: Info) -> User:
    """Return the authenticated user; an anonymous request is refused with UNAUTHENTICATED.

    A user who has to set up a second factor first is refused with MFA_REQUIRED.
    """
    if info.context.is_limited:
        raise MfaRequired
    viewer = info.context.viewer
    if viewer is None:
        raise NotSignedIn
    return viewer


def signed_in_to_set_up(info: Info) -> User:
    """Return the authenticated user, even if the session can only set up a second factor or end."""
    session = info.context.session
    if session is None:
        raise NotSignedIn
    return session.user
