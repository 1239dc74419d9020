"""What the mutations of accounts return besides users: sessions, challenges and receipts."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.accounts import models, services
from domains.accounts import selectors as accounts
from graphql_api.accounts.types import User
from graphql_api.context import Info
from graphql_api.relay.loaders import load_row


@strawberry.type(description="Tokens of a session that has just begun or been refreshed.")
class AuthSession:
    """Tokens of a session, and its user."""

    access_token: str = strawberry.field(
        description="Access token; send it with each request as `Authorization: Bearer …`."
    )
    access_expires_at: datetime = strawberry.field(description="Time the access token expires.")
    refresh_token: str = strawberry.field(
        description="Refresh token; exchange it for new tokens with `refreshSession`. It works once."
    )
    refresh_expires_at: datetime = strawberry.field(description="Time the refresh token expires.")
    is_mfa_required: bool = strawberry.field(
        description="Whether the user's role requires a second factor that is not set up yet. Until it is, with "
        "`startTotp` and `confirmTotp`, only these two, `refreshSession`, `logOut` and `endSession` work: other "
        "mutations, and root queries, that need a login are refused with MFA_REQUIRED. After `confirmTotp` the same "
        "tokens work without this limit."
    )
    session: strawberry.Private[models.Session]

    @strawberry.field(graphql_type=User, description="The authenticated user.")
    async def user(self, info: Info) -> models.User | None:
        """Read the user with the selected fields."""
        return await load_row(info, self.session.user_id, models.User.objects.all)

    @classmethod
    def of(cls, opened: services.OpenSession, info: Info) -> AuthSession:
        """Return the tokens of a session; the rest of the request runs as its user."""
        accounts.load_permissions(opened.session.user)
        info.context.session = opened.session
        return cls(
            access_token=opened.tokens.access_token,
            access_expires_at=opened.tokens.access_expires_at,
            refresh_token=opened.tokens.refresh_token,
            refresh_expires_at=opened.tokens.refresh_expires_at,
            is_mfa_required=opened.session.is_limited,
            session=opened.session,
        )


@strawberry.type(
    description="The login needs a second factor: send a code with `completeMfa`. Until then there is no session."
)
class MfaChallenge:
    """The second step of a login."""

    challenge_token: str = strawberry.field(
        description="Token to send back with the code. It expires after 5 minutes, or when the password is changed."
    )
    methods: list[str] = strawberry.field(
        description="Kinds of codes that are accepted: `TOTP` (six digits of the user's authenticator app) and, while "
        "some are left, `RECOVERY_CODE`."
    )


def session_or_challenge(
    result: services.OpenSession | services.MfaChallenge, info: Info
) -> AuthSession | MfaChallenge:
    """Return the session that has begun, or the challenge that stands before it."""
    if isinstance(result, services.OpenSession):
        return AuthSession.of(result, info)
    return MfaChallenge(challenge_token=result.token, methods=result.methods)


@strawberry.type(
    description="Secret for an authenticator app. It is used once `confirmTotp` proves that the app has it."
)
class TotpSetup:
    """A new secret, in three forms."""

    secret: str = strawberry.field(description="Secret in Base32, to type into the app.")
    otpauth_url: str = strawberry.field(
        description="`otpauth://totp/…` URL of the secret, for apps on the same device."
    )
    qr_code_svg: str = strawberry.field(description="QR code of that URL as an SVG document, to scan with the app.")


@strawberry.type(description="New recovery codes. They are shown only once.")
class RecoveryCodes:
    """Codes for the case that the app is lost."""

    codes: list[str] = strawberry.field(
        description="Ten codes. Each replaces the code of the app in one login; case and dashes do not matter."
    )


@strawberry.type(description="The sign-up or the change of address was accepted. A mail with instructions follows.")
class SignUpReceipt:
    """The same answer for a new and for a known address."""

    email: str = strawberry.field(description="Email address as it is stored; the mail goes to this address.")


@strawberry.type(
    description="The request was accepted. A mail with instructions follows, whether or not an account has the address."
)
class PasswordResetReceipt:
    """The same answer for a known and for an unknown address."""

    email: str = strawberry.field(description="Email address as it is stored; the mail goes to this address.")


@strawberry.type(description="Result of blocking or unblocking a user.")
class BlockReceipt:
    """The result of `blockUser` and `unblockUser`."""

    user_id: strawberry.Private[int]

    @strawberry.field(graphql_type=User, description="User that was blocked or unblocked.")
    async def blocked(self, info: Info) -> models.User | None:
        """Read the user with the selected fields."""
        return await load_row(info, self.user_id, models.User.objects.all)


@strawberry.type(description="Result of logging out.")
class LogOutReceipt:
    """The number of sessions that ended."""

    sessions_ended: int = strawberry.field(description="Number of sessions that this call ended.")
