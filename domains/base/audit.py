"""What must always hold: each domain says it in its `invariants.py`, and here all of it is looked at.

Looking changes nothing and waits for nobody: on a live server it sees one moment, in which every act is done or not
begun. What lies between an act and what follows from it, such as a mail that is on its way, is for the invariant to
allow for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Window

#: So many of the rows that break an invariant are named.
EXAMPLES = 5

Rows = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Found:
    """How many break an invariant, and some of them: keys of rows, or names of files; `of` is what, in the plural."""

    of: str
    how_many: int = 0
    examples: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Invariant:
    """A sentence that must be true, and how to find what makes it false; `DOMAIN.NAME` is its name."""

    name: str
    promise: str
    look: Callable[[], Found]
    #: Whether it is about stored files too: such a look takes as long as the storage does, and sees no one moment.
    is_about_files: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a look at an invariant found."""

    invariant: Invariant
    found: Found

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.found.how_many == 0


_invariants: dict[str, Invariant] = {}


def register(invariant: Invariant) -> None:
    """Have the invariant looked at from now on; registered again it is the newer one."""
    _invariants[invariant.name] = invariant


def holds_without(rows: Rows) -> Rows:
    """Register an invariant: the decorated function returns the rows that break it.

    It is named after the function and its domain, and its docstring's first line is the promise.
    """
    domain = rows.__module__.split(".")[-2]
    promise = (rows.__doc__ or "").strip().partition("\n")[0]
    register(Invariant(f"{domain}.{rows.__name__}", promise, lambda: _found(rows())))
    return rows


def known_invariants() -> list[Invariant]:
    """Return all that must hold, by name."""
    return [_invariants[name] for name in sorted(_invariants)]


def look(*, with_files: bool) -> list[Verdict]:
    """Look at all that must hold; at the stored files only where asked."""
    known = known_invariants()
    with _one_moment():
        verdicts = [Verdict(one, one.look()) for one in known if not one.is_about_files]
    if with_files:
        verdicts += [Verdict(one, one.look()) for one in known if one.is_about_files]
    return verdicts


def _found(rows: QuerySet[Any]) -> Found:
    # One statement for the number and the examples. The number needs all rows, so no plan hopes to find some soon.
    broken = rows.model._default_manager.filter(pk__in=rows.values("pk")).order_by("pk")
    found = list(broken.annotate(how_many=Window(Count("*"))).values_list("pk", "how_many")[:EXAMPLES])
    return Found(
        of=str(rows.model._meta.verbose_name_plural),
        how_many=found[0][1] if found else 0,
        examples=tuple(key for key, _ in found),
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let all that is read inside be of one moment, and nothing be written; within a transaction, it is of that."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # A request may not take so long; a look at everything may.
                cursor.execute("SET LOCAL statement_timeout = '10min'")
            yield
    else:
        # Not `atomic`: that takes the place of SQLite's one writer.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
                cursor.execute("PRAGMA query_only = OFF")
