"""The refusals of the domains: each problem has a stable code, a sentence and, where there is one, a field.

Each entry point translates them once: GraphQL into `OperationInfo`, a crawler into its log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


class Code(StrEnum):
    """The codes that any domain may refuse with; a domain's own codes are in its `errors.py`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    INVALID = "INVALID"
    REQUIRED = "REQUIRED"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"


#: Django's validator codes, mapped to the contract's codes.
VALIDATOR_CODES = {
    "blank": Code.REQUIRED,
    "null": Code.REQUIRED,
    "required": Code.REQUIRED,
    "min_length": Code.TOO_SHORT,
    "password_too_short": Code.TOO_SHORT,
    "max_length": Code.TOO_LONG,
    "unique": Code.DUPLICATE,
    "unique_together": Code.DUPLICATE,
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    code: str
    message: str
    field: str | None = None
    #: Seconds after which the same act may succeed, if waiting is enough.
    retry_after: int | None = None


class Refused(Exception):
    """The act was refused and nothing changed; `problems` says all the reasons at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems = problems

    @property
    def retry_after(self) -> int | None:
        """Seconds after which none of the problems applies any more, if waiting is enough."""
        return max((problem.retry_after for problem in self.problems if problem.retry_after is not None), default=None)

    @classmethod
    def because(cls, code: str, message: str, field: str | None = None) -> Refused:
        """Return the refusal with a single problem."""
        return cls(Problem(code, message, field))


class NotAllowed(Refused):
    """This person may not do this."""

    def __init__(self, message: str = "You may not do this.", code: str = Code.FORBIDDEN) -> None:
        super().__init__(Problem(code, message))


class NotSignedIn(NotAllowed):
    """The act needs a session, and there is none."""

    def __init__(self, message: str = "Log in first.") -> None:
        super().__init__(message, Code.UNAUTHENTICATED)


class RateLimited(Refused):
    """Too many tries for now; `retry_after` is how many seconds to wait."""

    def __init__(self, retry_after: int, message: str | None = None, field: str | None = None) -> None:
        sentence = message or f"Too many tries; wait {retry_after} seconds and try again."
        super().__init__(Problem(Code.RATE_LIMITED, sentence, field, retry_after))


class NotFound(Refused):
    """The thing does not exist, or this person may not see it: the answer is the same."""

    def __init__(self, what: str, field: str | None = None) -> None:
        super().__init__(Problem(Code.NOT_FOUND, f"There is no such {what}, or you may not see it.", field))


def problems_of(
    error: ValidationError, field: str | None = None, *, prefix: str = "", names: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return the problems that Django's validators found, each under its field, or all under `field` if given.

    `names` maps model fields to input fields with other names; `prefix` is their path in the input.
    """
    called = names or {}
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        Problem(
            str(VALIDATOR_CODES.get(one.code or "", Code.INVALID)),
            " ".join(one.messages),
            field or (None if name == NON_FIELD_ERRORS else f"{prefix}{called.get(name, name)}"),
        )
        for name, errors in by_field.items()
        for one in errors
    ]
