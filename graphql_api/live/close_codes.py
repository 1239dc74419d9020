"""Close codes of sockets; docs/messaging.md says what a client does after each."""

from __future__ import annotations

#: The frame is not a message of the protocol, or it is too large (RFC 6455).
BAD_FRAME, TOO_BIG = 4400, 1009
#: The session has ended, so the client is no longer logged in.
SESSION_OVER = 4403
#: The client reads more slowly than its events arrive.
SLOW = 4410
#: The client sent too many frames in a short time.
TOO_MANY = 4429
#: The server failed, or the client answered no pings: try again later. After 1011, graphql-ws never reconnects.
TRY_AGAIN_LATER = 1013
