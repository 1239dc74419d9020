"""What the tables hold about people: what an export contains of it, and what becomes of it with the account.

Each domain registers its own in `personal_data.py`. Rows with a foreign key to a person are removed with the person or
lose the key, as the key's `on_delete` says; registered rows without one are removed. What needs more, such as messages
that become empty in front of their readers, is done by the domain's hooks. A test fails if a table points at people
and nothing is registered for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import ForeignKey, Model, Q, QuerySet


@dataclass(frozen=True)
class ErasedPerson:
    """Somebody who has deleted their account."""

    user_id: int
    #: The address of the account; empty once the rows are gone.
    email: str
    #: When the account was closed: from then on nobody sees who it was.
    closed_at: datetime
    #: Whether the signed records of service stay readable for those who have their codes.
    keeps_service_records: bool = False


@dataclass(frozen=True)
class PersonalRows:
    """The rows of one table that point at people by one column; `name` and `columns` are their list in an export."""

    model: type[Model]
    #: The lookup from a row to the person's key, or `by_email` to the address.
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

    def find(self, *, user_id: int, email: str) -> QuerySet[Any]:
        """Return the person's rows, oldest first."""
        key = email if self.by_email else user_id
        return self.model._default_manager.filter(self.only, **{self.of: key}).order_by("pk")


Hook = Callable[[ErasedPerson], None]
_rows: list[PersonalRows] = []
_preparing: list[Hook] = []
_erasing: list[Hook] = []


def register(*rows: PersonalRows) -> None:
    """Register what tables hold about people."""
    _rows.extend(rows)


def prepares_erasure(hook: Hook) -> Hook:
    """Register what is done before the rows go, in transactions of its own; what others see of it is told to them.

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
        if rows.by_email and person.email:
            rows.find(user_id=person.user_id, email=person.email).delete()
        elif "__" not in rows.of and not _has_foreign_key(rows):
            rows.find(user_id=person.user_id, email="").delete()


def find_files(person: ErasedPerson) -> list[str]:
    """Return the names of the person's stored files."""
    return [
        name
        for rows in _rows
        if rows.files
        for names in rows.find(user_id=person.user_id, email=person.email).values_list(*rows.files)
        for name in names
        if name
    ]


def _has_foreign_key(rows: PersonalRows) -> bool:
    return rows.of == "pk" or isinstance(rows.model._meta.get_field(rows.of), ForeignKey)
