"""What a mutation answers where it refuses: `OperationInfo`, with a code that clients can switch over."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="OperationMessageKind", description="What sort of message it is.")
class OperationMessageKind(Enum):
    """The sorts of messages."""

    INFO = strawberry.enum_value("info", description="Something to know; not in use yet.")
    WARNING = strawberry.enum_value("warning", description="Something to look at; not in use yet.")
    ERROR = strawberry.enum_value("error", description="What the input names does not exist, or is hidden from you.")
    PERMISSION = strawberry.enum_value("permission", description="You may not do this, or must log in first.")
    VALIDATION = strawberry.enum_value(
        "validation", description="A value will not do, or things are not as the act needs them."
    )


@strawberry.enum(
    description="Why a mutation was refused. A client should be ready for values that are added later; "
    "docs/errors.md says what to do about each."
)
class ErrorCode(Enum):
    """Every code that any domain refuses with."""

    UNAUTHENTICATED = strawberry.enum_value("UNAUTHENTICATED", description="The act needs a login, and there is none.")
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="You are logged in and may not do this.")
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="What the input names does not exist, or you may not see it."
    )
    INVALID = strawberry.enum_value("INVALID", description="The value will not do; the message says what will.")
    REQUIRED = strawberry.enum_value("REQUIRED", description="The value is missing or empty.")
    TOO_SHORT = strawberry.enum_value("TOO_SHORT", description="The text is shorter than it must be.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="The text or the list is longer than it may be.")
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="There is one like it already.")
    CONFLICT = strawberry.enum_value(
        "CONFLICT", description="Things are not as the act needs them, or somebody else is changing them right now."
    )
    RATE_LIMITED = strawberry.enum_value(
        "RATE_LIMITED", description="Too many tries for now; `retryAfter` says how many seconds to wait."
    )
    BAD_CREDENTIALS = strawberry.enum_value(
        "BAD_CREDENTIALS", description="The address, the password, the key or the token is wrong."
    )
    EMAIL_NOT_VERIFIED = strawberry.enum_value(
        "EMAIL_NOT_VERIFIED", description="The account has not proved its e-mail address yet."
    )
    MFA_REQUIRED = strawberry.enum_value(
        "MFA_REQUIRED", description="The account asks for a second factor; not in use yet."
    )
    EXPIRED = strawberry.enum_value("EXPIRED", description="The time for it has run out.")
    TOO_EARLY = strawberry.enum_value("TOO_EARLY", description="The time for it has not come yet.")
    FULL = strawberry.enum_value("FULL", description="There is no more room: every slot is taken.")
    CLOSED = strawberry.enum_value("CLOSED", description="It does not take this any more.")
    NOT_ELIGIBLE = strawberry.enum_value(
        "NOT_ELIGIBLE", description="Something that has no code of its own keeps the person out; the message says what."
    )
    NOT_VOLUNTEER = strawberry.enum_value(
        "NOT_VOLUNTEER", description="The account is for hosting; its type must be VOLUNTEER or BOTH."
    )
    ALREADY_APPLIED = strawberry.enum_value("ALREADY_APPLIED", description="You have applied for this role already.")
    MISSING_SKILL = strawberry.enum_value("MISSING_SKILL", description="A skill that the role requires is missing.")
    MISSING_COURSE = strawberry.enum_value(
        "MISSING_COURSE", description="A course that must be completed first is missing."
    )
    MISSING_VERIFICATION = strawberry.enum_value(
        "MISSING_VERIFICATION", description="A verification that the role requires is missing or has expired."
    )
    OVERLAPS = strawberry.enum_value("OVERLAPS", description="Something else takes up that time already.")
    TOO_LARGE = strawberry.enum_value("TOO_LARGE", description="The file or the picture is larger than it may be.")
    UNSUPPORTED_TYPE = strawberry.enum_value(
        "UNSUPPORTED_TYPE", description="The file is of a type that is not taken, whatever its name says."
    )
    ALREADY_VERIFIED = strawberry.enum_value(
        "ALREADY_VERIFIED", description="The skill was confirmed by somebody else, so it cannot be changed."
    )
    NOT_READ_YET = strawberry.enum_value("NOT_READ_YET", description="The resume is still being read.")
    PUSH_IS_OFF = strawberry.enum_value("PUSH_IS_OFF", description="This server sends no pushes.")
    OTHER = strawberry.enum_value(
        "OTHER", description="A code that is not in this list; `code` has it, `kind` and `message` say the rest."
    )


@strawberry.type(description="One reason why a mutation was refused.")
class OperationMessage:
    """A kind, a code and a sentence."""

    kind: OperationMessageKind = strawberry.field(description="What sort of message it is.")
    message: str = strawberry.field(description="What is wrong and what to do about it, in a sentence for people.")
    code: str = strawberry.field(description="The stable code of the reason; the same as `errorCode`, as text.")
    error_code: ErrorCode = strawberry.field(description="The stable code of the reason, to switch over.")
    field: str | None = strawberry.field(
        description="The field of the input that it is about, in camelCase; null where it is about none.", default=None
    )
    retry_after: int | None = strawberry.field(
        description="Seconds after which the same act may succeed; null where waiting alone does not help.",
        default=None,
    )


@strawberry.type(description="Why a mutation changed nothing: all the reasons at once.")
class OperationInfo:
    """The answer of a mutation that refused."""

    messages: list[OperationMessage] = strawberry.field(description="The reasons; at least one.")
