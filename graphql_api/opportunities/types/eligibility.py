"""GraphQL types of eligibility: whether the viewer can apply for a role, and why not."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(
    description="Code of a reason why the viewer cannot apply for a role. `applyToRole` refuses with the same codes, "
    "except for ALREADY_APPLIED, and for FULL with `joinWaitlist: true`."
)
class EligibilityCode(Enum):
    """Codes of the eligibility reasons."""

    UNAUTHENTICATED = strawberry.enum_value("UNAUTHENTICATED", description="The viewer is not logged in.")
    EMAIL_NOT_VERIFIED = strawberry.enum_value(
        "EMAIL_NOT_VERIFIED", description="The viewer has not verified their email address."
    )
    NOT_VOLUNTEER = strawberry.enum_value("NOT_VOLUNTEER", description="The viewer's account is for hosting only.")
    ALREADY_APPLIED = strawberry.enum_value(
        "ALREADY_APPLIED",
        description="The viewer has an application for the role that is not DECLINED, WITHDRAWN, CANCELLED or EXPIRED; "
        "`applyToRole` returns that application.",
    )
    MISSING_SKILL = strawberry.enum_value(
        "MISSING_SKILL",
        description="The viewer lacks a skill that the role requires. Each missing skill is a reason of its own.",
    )
    MISSING_COURSE = strawberry.enum_value(
        "MISSING_COURSE",
        description="The viewer has not completed a required course. Each missing course is a reason of its own.",
    )
    MISSING_VERIFICATION = strawberry.enum_value(
        "MISSING_VERIFICATION",
        description="The viewer lacks a verification that the role requires. Each missing one is a reason of its own.",
    )
    CLOSED = strawberry.enum_value(
        "CLOSED",
        description="The opportunity takes no applications here. For an EXTERNAL one the message says where to apply.",
    )
    OVERLAPS = strawberry.enum_value("OVERLAPS", description="The viewer holds a slot of another role at that time.")
    FULL = strawberry.enum_value(
        "FULL",
        description="Every slot of the role is taken. `applyToRole` with `joinWaitlist: true` joins the waitlist.",
    )
    NOT_ELIGIBLE = strawberry.enum_value(
        "NOT_ELIGIBLE", description="Another reason, which has no code of its own; the message says what it is."
    )


@strawberry.type(description="A reason why the viewer cannot apply for a role.")
class EligibilityReason:
    """A code with a message."""

    code: EligibilityCode = strawberry.field(description="Code of the reason.")
    message: str = strawberry.field(description="Sentence that says what is wrong and what to do.")


@strawberry.type(description="Result of checking whether the viewer can apply for a role now.")
class Eligibility:
    """The result of an eligibility check, with all reasons."""

    is_eligible: bool = strawberry.field(
        description="Whether the viewer can apply now: true if `reasons` is empty. If FULL is the only reason, this is "
        "false, but `applyToRole` with `joinWaitlist: true` still works."
    )
    reasons: list[EligibilityReason] = strawberry.field(
        description="All reasons why the viewer cannot apply; empty if the viewer can."
    )
