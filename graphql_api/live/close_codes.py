"""The codes that sockets are closed with; docs/messaging.md says what a client does after each."""

from __future__ import annotations

#: A frame that is no message of the protocol, and one that is too large (RFC 6455).
BAD_FRAME, TOO_BIG = 4400, 1009
#: The session has ended, so nobody is logged in any more.
SESSION_OVER = 4403
#: The client reads slower than its conversations grow.
SLOW = 4410
#: Too many frames in a short time.
TOO_MANY = 4429
#: The server failed, or the client answered no pings: try again later. After 1011, graphql-ws never comes back.
TRY_AGAIN_LATER = 1013
