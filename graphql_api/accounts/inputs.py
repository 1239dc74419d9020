"""What the mutations of accounts take."""

from __future__ import annotations

import strawberry

from graphql_api.accounts.types import UserType


@strawberry.input(description="What `signUp` takes.")
class SignUpInput:
    """A wish for an account."""

    email: str = strawberry.field(description="The address to log in with; it is stored in ASCII and lower case.")
    password: str = strawberry.field(
        description="12 to 256 characters, hard to guess; a few words that do not belong together are."
    )
    display_name: str = strawberry.field(description="The name others see, at most 80 characters.")
    user_type: UserType = strawberry.field(description="What you are here for.", default=UserType.VOLUNTEER)
    zip_code: str = strawberry.field(description="ZIP code, kept as five digits; may be empty.", default="")
    birth_year: int | None = strawberry.field(
        description="The year in which you were born, if you would say it; shown to you alone.", default=None
    )


@strawberry.input(description="What `verifyEmail` takes.")
class VerifyEmailInput:
    """A key from a mail."""

    key: str = strawberry.field(description="The key from the mail.")


@strawberry.input(description="What `logIn` takes.")
class LogInInput:
    """Address and password."""

    email: str = strawberry.field(description="The address of the account.")
    password: str = strawberry.field(description="Its password.")
    device_name: str = strawberry.field(description="A name for this device in the list of sessions.", default="")


@strawberry.input(description="What `refreshSession` takes.")
class RefreshSessionInput:
    """A refresh token."""

    refresh_token: str = strawberry.field(description="The newest refresh token of the session.")


@strawberry.input(description="What `logOut` takes.")
class LogOutInput:
    """Which sessions end."""

    refresh_token: str | None = strawberry.field(
        description="Of the session to end; left out, it is this one.", default=None
    )
    everywhere: bool = strawberry.field(description="End all your sessions instead.", default=False)


@strawberry.input(description="What `updateProfile` takes; what is left out, or null, stays as it is.")
class UpdateProfileInput:
    """What a person tells about themselves from now on."""

    display_name: str | None = strawberry.field(description="The name others see, at most 80 characters.", default=None)
    bio: str | None = strawberry.field(description="At most 2,000 characters; empty for nothing.", default=None)
    linkedin_url: str | None = strawberry.field(
        description="The address of your page at linkedin.com, with https://; empty for none.", default=None
    )
    zip_code: str | None = strawberry.field(description="ZIP code, kept as five digits; empty for none.", default=None)
    user_type: UserType | None = strawberry.field(description="What you are here for.", default=None)
    birth_year: int | None = strawberry.field(
        description="The year in which you were born, shown to you alone; it can be given once.", default=None
    )


@strawberry.input(description="What `blockUser` and `unblockUser` take.")
class BlockUserInput:
    """Whom it is about."""

    user_id: strawberry.ID = strawberry.field(description="The person.")


@strawberry.input(description="What `devLogIn` takes.")
class DevLogInInput:
    """Somebody's address."""

    email: str = strawberry.field(description="The address of any account of this development server.")
