"""`OperationInfo`, the result of a refused mutation, with the codes that clients can switch on."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="OperationMessageKind", description="Kind of an `OperationMessage`.")
class OperationMessageKind(Enum):
    """The kinds of messages."""

    INFO = strawberry.enum_value("info", description="Information; not in use yet.")
    WARNING = strawberry.enum_value("warning", description="Warning; not in use yet.")
    ERROR = strawberry.enum_value(
        "error", description="An object that the input names does not exist, or the caller may not see it."
    )
    PERMISSION = strawberry.enum_value(
        "permission", description="The caller does not have permission, or must log in first."
    )
    VALIDATION = strawberry.enum_value(
        "validation", description="A value is invalid, or the current state does not allow the mutation."
    )


@strawberry.enum(
    description="Reason why a mutation was refused. New values may be added, so clients need a default case. "
    "docs/errors.md says what a client should do about each value."
)
class ErrorCode(Enum):
    """All codes that the domains refuse with."""

    UNAUTHENTICATED = strawberry.enum_value(
        "UNAUTHENTICATED", description="The mutation needs a login, and the caller is not logged in."
    )
    FORBIDDEN = strawberry.enum_value(
        "FORBIDDEN", description="The caller is logged in, but does not have permission to do this."
    )
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="An object that the input names does not exist, or the caller may not see it."
    )
    INVALID = strawberry.enum_value(
        "INVALID", description="The value is invalid; the message says which values are valid."
    )
    REQUIRED = strawberry.enum_value("REQUIRED", description="The value is missing or empty.")
    TOO_SHORT = strawberry.enum_value("TOO_SHORT", description="The text is shorter than the minimum length.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="The text or the list is longer than the maximum length.")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="The same entry already exists.")
    CONFLICT = strawberry.enum_value(
        "CONFLICT",
        description="The current state does not allow this, or another request is changing the same data right now.",
    )
    RATE_LIMITED = strawberry.enum_value(
        "RATE_LIMITED", description="There were too many attempts; `retryAfter` is the number of seconds to wait."
    )
    BAD_CREDENTIALS = strawberry.enum_value(
        "BAD_CREDENTIALS",
        description="The email address, the password, the code of the second factor, or the token or code of a "
        "provider is wrong, or the refresh token is not valid; or the session is too old for this.",
    )
    EMAIL_NOT_VERIFIED = strawberry.enum_value(
        "EMAIL_NOT_VERIFIED", description="The email address of the account is not verified yet."
    )
    MFA_REQUIRED = strawberry.enum_value(
        "MFA_REQUIRED",
        description="The user's role requires a second factor, which the user has not set up yet; or, from "
        "`verifyEmail`, the user has one and must log in with it.",
    )
    PROVIDER_UNAVAILABLE = strawberry.enum_value(
        "PROVIDER_UNAVAILABLE",
        description="The provider does not respond (then `retryAfter` is set), or this server does not offer it.",
    )
    EXPIRED = strawberry.enum_value(
        "EXPIRED", description="The deadline has passed, or the key is wrong, has expired, or was used already."
    )
    TOO_EARLY = strawberry.enum_value("TOO_EARLY", description="This is not possible yet; the message says from when.")
    FULL = strawberry.enum_value(
        "FULL", description="The maximum is reached; for a role or an event, this means that all slots are taken."
    )
    CLOSED = strawberry.enum_value(
        "CLOSED",
        description="The opportunity, application, event, ticket or conversation is closed for this; the message says "
        "why.",
    )
    NOT_ELIGIBLE = strawberry.enum_value(
        "NOT_ELIGIBLE",
        description="The user is not eligible for a reason without a code of its own; the message states it.",
    )
    NOT_VOLUNTEER = strawberry.enum_value(
        "NOT_VOLUNTEER", description="The account is for hosting only; its type must be VOLUNTEER or BOTH."
    )
    ALREADY_APPLIED = strawberry.enum_value(
        "ALREADY_APPLIED",
        description="Not in use: `applyToRole` returns the existing application instead. `Role.eligibility` has a "
        "reason with this code.",
    )
    MISSING_SKILL = strawberry.enum_value(
        "MISSING_SKILL", description="The volunteer does not have a skill that the role requires."
    )
    MISSING_COURSE = strawberry.enum_value(
        "MISSING_COURSE", description="The volunteer has not completed a course that the role requires."
    )
    MISSING_VERIFICATION = strawberry.enum_value(
        "MISSING_VERIFICATION",
        description="The volunteer does not have a verification that the role requires, or it has expired.",
    )
    OVERLAPS = strawberry.enum_value(
        "OVERLAPS", description="The volunteer already has a slot or approved hours at this time."
    )
    TOO_LARGE = strawberry.enum_value("TOO_LARGE", description="The file or picture is larger than the maximum size.")
    UNSUPPORTED_TYPE = strawberry.enum_value(
        "UNSUPPORTED_TYPE", description="The type of the file, as detected from its content, is not supported."
    )
    ALREADY_VERIFIED = strawberry.enum_value(
        "ALREADY_VERIFIED",
        description="Another person has confirmed the skill, so its level cannot be changed. `removeSkill` still "
        "works.",
    )
    NOT_READ_YET = strawberry.enum_value("NOT_READ_YET", description="The server is still reading the resume.")
    PUSH_IS_OFF = strawberry.enum_value("PUSH_IS_OFF", description="This server does not send push notifications.")
    OTHER = strawberry.enum_value(
        "OTHER", description="The code is not in this enum; use `code`, `kind` and `message` instead."
    )


@strawberry.type(description="One reason why a mutation was refused.")
class OperationMessage:
    """Kind, code and text of one reason."""

    kind: OperationMessageKind = strawberry.field(
        description="Kind of the message, which is coarser than `errorCode`. Use it to handle codes that the client "
        "does not know."
    )
    message: str = strawberry.field(description="Text for the user: what is wrong, and what to do about it.")
    code: str = strawberry.field(
        description="Stable code of the reason as text; the same as `errorCode`, unless that is `OTHER`."
    )
    error_code: ErrorCode = strawberry.field(description="Stable code of the reason as an enum.")
    field: str | None = strawberry.field(
        description="Input field that the reason is about, in camelCase, such as `roles.0.title`; null if it is about "
        "none.",
        default=None,
    )
    retry_after: int | None = strawberry.field(
        description="Seconds to wait before the same mutation can succeed; null if waiting alone does not help.",
        default=None,
    )


@strawberry.type(
    description="Result of a refused mutation: all reasons at once. Nothing was changed, with these exceptions: "
    "`answerOffer` refused with OVERLAPS puts the application back on the waitlist; `refreshSession` with an outdated "
    "token ends the session; `verifyEmail` refused with MFA_REQUIRED has verified the address; `logInWithProvider` "
    "refused with EMAIL_NOT_VERIFIED has sent a mail; `completeUpload` removes a file that it refuses."
)
class OperationInfo:
    """The result of a refused mutation."""

    messages: list[OperationMessage] = strawberry.field(description="Reasons for the refusal; at least one.")
