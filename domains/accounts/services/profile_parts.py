"""Parts of the profile that domains above this one keep, in tables that this one does not know.

`update_profile` checks them together with its own fields, and stores them in the same transaction. A service above that
called `update_profile` could do the second, but not report the problems of both at once after the rate is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domains.accounts.models import User
from domains.base.errors import Problem


@dataclass(frozen=True)
class ProfilePart:
    """How a part is checked and stored; `store` runs under the lock of the person's row."""

    find_problems: Callable[[Any], list[Problem]]
    store: Callable[[User, Any], None]


_parts: dict[str, ProfilePart] = {}


def keep_profile_part(name: str, part: ProfilePart) -> None:
    """Keep the value of this name that `update_profile` is given; for the domains above this one."""
    _parts[name] = part


def find_part_problems(given: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the given values, by the names of their parts."""
    return [problem for name, value in given.items() for problem in _parts[name].find_problems(value)]


def store_parts(user: User, given: Mapping[str, Any]) -> None:
    """Store the given values, which the caller has checked."""
    for name, value in given.items():
        _parts[name].store(user, value)
