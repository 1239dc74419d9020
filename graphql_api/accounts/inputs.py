"""Inputs of the account mutations."""

from __future__ import annotations

import strawberry

from domains.accounts.providers.identify import Proof
from domains.accounts.services import ChosenAudience, FreeTime
from domains.accounts.services.availability import MAX_AVAILABILITY
from domains.accounts.services.update_profile import MAX_LANGUAGES
from domains.base.week import Weekday
from domains.opportunities.services.drafts import MAX_CAUSES
from graphql_api.accounts.profiles import Audience, ProfileField
from graphql_api.accounts.types import LogInProvider, UserType
from graphql_api.accounts.uploads import UPLOAD_ID
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.ids import known_or_nobody
from graphql_api.relay.scalars import Upload


@strawberry.input(description="Input of `signUp`.")
class SignUpInput:
    """Data of the account that is requested."""

    email: str = strawberry.field(description="Email address to log in with; it is stored in ASCII and lower case.")
    password: str = strawberry.field(
        description="Password of 12 to 256 characters that is hard to guess, such as a few unrelated words."
    )
    display_name: str = strawberry.field(description="Name that other users see; at most 80 characters.")
    user_type: UserType = strawberry.field(
        description="Whether the user volunteers, hosts, or does both.", default=UserType.VOLUNTEER
    )
    zip_code: str = strawberry.field(
        description="ZIP code of the user's home, stored as five digits; may be empty.", default=""
    )
    birth_year: int | None = strawberry.field(
        description="Year of birth; optional. Only the user can see it. The user must be 13 or older by the end of "
        "this year. A user without a year of birth counts as an adult. Once set, only staff can change it.",
        default=None,
    )


@strawberry.input(description="Input of `verifyEmail`.")
class VerifyEmailInput:
    """The key of a verification mail."""

    key: str = strawberry.field(
        description="Key from the mail that `signUp`, `changeEmail` or `logInWithProvider` sends. It works once, for "
        "one day. A wrong, used or old key is refused with EXPIRED; the same mutation, with a new token of the "
        "provider, sends a new key."
    )


@strawberry.input(description="Input of `logIn`.")
class LogInInput:
    """Email address and password."""

    email: str = strawberry.field(description="Email address of the account.")
    password: str = strawberry.field(description="Password of the account.")
    device_name: str = strawberry.field(
        description="Name of this device in the list of sessions; cut off after 80 characters.", default=""
    )


@strawberry.input(
    description="Input of `logInWithProvider` and `linkProvider`: the provider, and what it gave to the frontend. Send "
    "exactly one of `idToken`, `accessToken` and `code`."
)
class LogInWithProviderInput:
    """A provider's token or code."""

    provider: LogInProvider = strawberry.field(description="Provider that gave the token or code.")
    id_token: str = strawberry.field(
        description="ID token (OpenID Connect), from the provider's library for apps and websites. It works once. "
        "Facebook gives one for Limited Login.",
        default="",
    )
    access_token: str = strawberry.field(
        description="Access token of Facebook; the tokens of other providers are refused with INVALID.", default=""
    )
    code: str = strawberry.field(
        description="Authorization code that the provider sent to `redirectUri`; LinkedIn gives nothing else. It works "
        "once.",
        default="",
    )
    redirect_uri: str = strawberry.field(
        description="With `code`: URL that the provider sent it to, one of the server's `LOG_IN_REDIRECTS`; else "
        "INVALID.",
        default="",
    )
    code_verifier: str = strawberry.field(
        description="With `code`: PKCE verifier, if the code was requested with a challenge.", default=""
    )
    nonce: str = strawberry.field(
        description="With `idToken`: nonce exactly as it was sent to the provider; on iOS with Apple that is usually "
        "the SHA-256 hash. Required if the token has one; if you send one, the token must have the same.",
        default="",
    )
    name: str = strawberry.field(
        description="Name that the provider gave outside the token, as Apple does at the first login; it is used for a "
        "new account if the token has none.",
        default="",
    )
    device_name: str = strawberry.field(
        description="Name of this device in the list of sessions; cut off after 80 characters.", default=""
    )

    def proof(self) -> Proof:
        """Return what proves the identity."""
        return Proof(
            provider=self.provider,
            id_token=self.id_token,
            access_token=self.access_token,
            code=self.code,
            redirect_uri=self.redirect_uri,
            code_verifier=self.code_verifier,
            nonce=self.nonce,
            name=self.name,
        )


@strawberry.input(description="Input of `logInWithCode`.")
class LogInWithCodeInput:
    """The code with which the log-in page of the server ends."""

    code: str = strawberry.field(
        description="Code from the URL at which the login page ended. It works once, for 60 seconds; then EXPIRED."
    )
    code_verifier: str = strawberry.field(
        description="PKCE verifier, if the page was opened with a `codeChallenge`.", default=""
    )
    device_name: str = strawberry.field(
        description="Name of this device in the list of sessions; cut off after 80 characters.", default=""
    )


@strawberry.input(description="Input of `unlinkProvider`.")
class UnlinkProviderInput:
    """The provider to unlink."""

    provider: LogInProvider = strawberry.field(description="Provider with which the user will no longer log in.")


@strawberry.input(description="Input of `completeMfa`.")
class CompleteMfaInput:
    """The second step of a login."""

    challenge_token: str = strawberry.field(
        description="`challengeToken` of the `MfaChallenge`. An expired or invalid one is refused with EXPIRED: log "
        "in again. A wrong code does not use it up."
    )
    code: str = strawberry.field(
        description="Current code of the authenticator app, or a recovery code. A wrong or used one is refused with "
        "BAD_CREDENTIALS; after five of these, RATE_LIMITED says how long to wait."
    )


@strawberry.input(description="Input of `confirmTotp`.")
class ConfirmTotpInput:
    """A code of the app that is being set up."""

    code: str = strawberry.field(
        description="Current code of the authenticator app. It is EXPIRED if `startTotp` was more than 15 minutes ago."
    )


@strawberry.input(description="Input of `disableMfa`.")
class DisableMfaInput:
    """The caller's password."""

    password: str = strawberry.field(
        description="Password of the account. An account without one (`User.hasPassword`) needs a session that began "
        "less than 5 minutes ago instead; then send an empty string.",
        default="",
    )


@strawberry.input(description="Input of `refreshSession`.")
class RefreshSessionInput:
    """A refresh token."""

    refresh_token: str = strawberry.field(
        description="Newest refresh token of the session. In case a response was lost, the token before it works for "
        "10 more seconds and returns the same new refresh token. After that, like any older token, it is refused with "
        "BAD_CREDENTIALS and ends the session."
    )


@strawberry.input(description="Input of `logOut`.")
class LogOutInput:
    """The sessions to end."""

    refresh_token: str | None = strawberry.field(
        description="Refresh token of the session to end. If omitted, the current session ends.", default=None
    )
    everywhere: bool = strawberry.field(description="True to end all sessions of the user.", default=False)


@strawberry.input(description="Input of `endSession`.")
class EndSessionInput:
    """The session to end."""

    session_id: strawberry.ID = strawberry.field(description="ID of one of the caller's sessions, from `me.sessions`.")


@strawberry.input(description="Input of `requestPasswordReset`.")
class RequestPasswordResetInput:
    """The address of the account."""

    email: str = strawberry.field(description="Email address of the account.")


@strawberry.input(description="Input of `resetPassword`.")
class ResetPasswordInput:
    """The key of the mail, and the new password."""

    key: str = strawberry.field(
        description="Key from the mail that `requestPasswordReset` sends. It works once, for one hour. A wrong, used "
        "or old key is refused with EXPIRED."
    )
    new_password: str = strawberry.field(
        description="New password of 12 to 256 characters that is hard to guess, such as a few unrelated words. If it "
        "is refused, the key still works."
    )


@strawberry.input(description="Input of `changePassword`.")
class ChangePasswordInput:
    """The old and the new password."""

    current_password: str = strawberry.field(
        description="Current password. An account without one (`User.hasPassword`) needs a session that began less "
        "than 5 minutes ago instead; then send an empty string."
    )
    new_password: str = strawberry.field(
        description="New password of 12 to 256 characters that is hard to guess, such as a few unrelated words."
    )


@strawberry.input(description="Input of `changeEmail`.")
class ChangeEmailInput:
    """The new address, and the password."""

    new_email: str = strawberry.field(description="New email address; it is stored in ASCII and lower case.")
    password: str = strawberry.field(
        description="Password of the account. An account without one needs a login that is less than 5 minutes old "
        "instead; then send an empty string.",
        default="",
    )


@strawberry.input(description="Part of a weekday in which the user is usually free.")
class AvailabilityInput:
    """Times of one day."""

    weekday: Weekday = strawberry.field(description="Day of the week.")
    starts: str = strawberry.field(name="from", description="Time at which it starts, from `00:00` to `23:59`.")
    ends: str = strawberry.field(
        name="to",
        description="Time at which it ends, after `from`; `00:00` or `24:00` is the end of the day. A night is two "
        "entries: one to `00:00`, and one from `00:00` on the next day.",
    )


@strawberry.input(description="Audience of a field of the user's profile.")
class VisibilityInput:
    """A field and who is to see it."""

    field: ProfileField = strawberry.field(description="Field of the profile.")
    audience: Audience = strawberry.field(description="Users who are to see the field.")


@strawberry.input(description="Input of `updateProfile`. A field that is omitted or null stays unchanged.")
class UpdateProfileInput:
    """New values for the user's account and profile."""

    display_name: str | None = strawberry.field(
        description="Name that other users see; at most 80 characters.", default=None
    )
    bio: str | None = strawberry.field(
        description="Text about the user; at most 2,000 characters. An empty string removes it.", default=None
    )
    linkedin_url: str | None = strawberry.field(
        description="URL of the user's page at linkedin.com, starting with https://. An empty string removes it.",
        default=None,
    )
    website_url: str | None = strawberry.field(
        description="URL of the user's website, starting with https:// or http://. An empty string removes it.",
        default=None,
    )
    languages: list[str] | None = list_field(
        MAX_LANGUAGES,
        "Languages that the user speaks, as tags such as `en` or `pt-BR` (BCP 47). An empty list removes them.",
        service_answers=True,
        default=None,
    )
    zip_code: str | None = strawberry.field(
        description="ZIP code of the user's home, stored as five digits. An empty string removes it.", default=None
    )
    user_type: UserType | None = strawberry.field(
        description="Whether the user volunteers, hosts, or does both.", default=None
    )
    birth_year: int | None = strawberry.field(
        description="Year of birth. Only the user can see it. It can be set once; after that, staff can correct it.",
        default=None,
    )
    cause_ids: list[strawberry.ID] | None = list_field(
        MAX_CAUSES,
        "IDs of the causes that the user would like to volunteer for. An empty list removes them.",
        service_answers=True,
        default=None,
    )
    availability: list[AvailabilityInput] | None = list_field(
        MAX_AVAILABILITY,
        "Times of the week at which the user is usually free, in the time zone of their ZIP code. Times that overlap "
        "or touch are joined. An empty list removes them.",
        service_answers=True,
        default=None,
    )
    visibility: list[VisibilityInput] | None = list_field(
        len(ProfileField),
        "Audiences to change; each field may appear once. Fields that are not listed keep theirs. At first, CONTACTS "
        "see the availability, and EVERYONE the other fields.",
        service_answers=True,
        default=None,
    )

    def cause_keys(self) -> list[int] | None:
        """Return the keys of the causes."""
        return None if self.cause_ids is None else [known_or_nobody(one, "Cause") for one in self.cause_ids]

    def free_times(self) -> list[FreeTime] | None:
        """Return the availability as the service takes it."""
        if self.availability is None:
            return None
        return [FreeTime(one.weekday, one.starts, one.ends) for one in self.availability]

    def chosen_audiences(self) -> list[ChosenAudience]:
        """Return the visibility as the service takes it."""
        return [ChosenAudience(one.field, one.audience) for one in self.visibility or ()]


@strawberry.input(description="Input of `uploadProfilePicture`.")
class UploadProfilePictureInput:
    """The picture to show."""

    picture: Upload | None = strawberry.field(
        description="JPEG, PNG, GIF or WebP of at most 10 MB and 25 million pixels; of a moving picture, its "
        "beginning. Required without `uploadId`.",
        default=None,
    )
    upload_id: strawberry.ID | None = strawberry.field(description=UPLOAD_ID, default=None)


@strawberry.input(description="Input of `blockUser` and `unblockUser`.")
class BlockUserInput:
    """The user to block or unblock."""

    user_id: strawberry.ID = strawberry.field(description="ID of the user to block or unblock.")


@strawberry.input(description="Input of `devLogIn`.")
class DevLogInInput:
    """The account to log in to."""

    email: str = strawberry.field(description="Email address of any account on this development server.")
