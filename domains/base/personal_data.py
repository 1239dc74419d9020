"""What the tables hold about people: what an export contains of it, and what becomes of it with the account.

Each domain registers its own in `personal_data.py`. Rows with a foreign key to a person are removed with the person or
lose the key, as the key's `on_delete` says; registered rows without one are removed. What needs more, such as messages
that become empty in front of their readers, is done by the domain's hooks. A test fails if a table points at people
and nothing is registered for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CASCADE, ForeignKey, Model, Q, QuerySet

from domains.base.queue import Unfinished


@dataclass(frozen=True)
class ErasedPerson:
    """Somebody who has deleted their account."""

    user_id: int
    #: When the account was closed: from then on nobody sees who it was.
    closed_at: datetime
    #: Whether the signed records of service stay readable for everybody who has their codes.
    keeps_service_records: bool = False
    #: When to stop, by `time.monotonic`, with what is left for the next attempt: others wait for their turn.
    until: float = float("inf")

    def pause(self) -> None:
        """Raise Unfinished if it is time to stop; call it between two steps."""
        if time.monotonic() > self.until:
            raise Unfinished


@dataclass(frozen=True)
class PersonalRows:
    """The rows of one table that point at people by one column; `name` and `columns` are their list in an export."""

    model: type[Model]
    #: The lookup from a row to the person's key, or `by_email` to an address of theirs.
    of: str
    name: str = ""
    columns: tuple[str, ...] = ()
    #: The columns that hold stored files, which go with the rows; the one with the file's name, if any; and whether an
    #: export contains them.
    files: tuple[str, ...] = ()
    file_name: str = ""
    exports_files: bool = True
    by_email: bool = False
    #: Which of the rows.
    only: Q = field(default_factory=Q)
    #: Why an export leaves the rows out.
    reason: str = ""

    def find(self, *, user_id: int, addresses: Collection[str] = ()) -> QuerySet[Any]:
        """Return the person's rows, oldest first; those that an address points to only with the addresses."""
        wanted = {f"{self.of}__in": addresses} if self.by_email else {self.of: user_id}
        return self.model._default_manager.filter(self.only, **wanted).order_by("pk")

    @property
    def goes_with_person(self) -> bool:
        """Whether the rows are removed with the person, and do not only lose the person's key."""
        if self.of == "pk":
            return True
        column = self.model._meta.get_field(self.of.partition("__")[0])
        return not isinstance(column, ForeignKey) or column.remote_field.on_delete is CASCADE


Hook = Callable[[ErasedPerson], None]
_rows: list[PersonalRows] = []
_preparing: list[Hook] = []
_erasing: list[Hook] = []


def register(*rows: PersonalRows) -> None:
    """Register what tables hold about people."""
    _rows.extend(rows)


def prepares_erasure(hook: Hook) -> Hook:
    """Register what is done before the rows go, in transactions of its own, such as what others see change.

    It is called again while the person's row is locked, for what arrived in between, and must then find little to do.
    """
    _preparing.append(hook)
    return hook


def erases(hook: Hook) -> Hook:
    """Register what is done in the transaction in which the rows go; the domains above are called first."""
    _erasing.insert(0, hook)
    return hook


def find_registered() -> list[PersonalRows]:
    """Return all that is registered."""
    return list(_rows)


def prepare_erasure(person: ErasedPerson) -> None:
    """Do what comes before the rows go; safe to repeat."""
    for hook in _preparing:
        hook(person)


def erase_rows(person: ErasedPerson) -> None:
    """Remove what points at the person without a foreign key, and what the domains remove; call it in a transaction.

    What points at the person by a foreign key goes, or loses the key, with the person's own row.
    """
    for hook in _erasing:
        hook(person)
    for rows in _rows:
        if not rows.by_email and "__" not in rows.of and not _has_foreign_key(rows):
            rows.find(user_id=person.user_id).delete()


def erase_by_address(addresses: Collection[str]) -> None:
    """Remove what the addresses point to; call it before they are free for another account."""
    for rows in _rows:
        if rows.by_email:
            rows.find(user_id=0, addresses=addresses).delete()


def find_files(user_id: int) -> list[str]:
    """Return the names of the person's stored files."""
    return [
        name
        for rows in _rows
        if rows.files
        for names in rows.find(user_id=user_id).values_list(*rows.files)
        for name in names
        if name
    ]


def _has_foreign_key(rows: PersonalRows) -> bool:
    return rows.of == "pk" or isinstance(rows.model._meta.get_field(rows.of), ForeignKey)
