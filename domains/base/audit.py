"""Checks of the invariants that each domain registers in its `invariants.py`.

A check changes nothing and waits for no lock: on a live server it reads one snapshot, in which every act is either
done or not begun. An invariant must itself allow for the time between an act and its consequences, such as a mail
that is queued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Window

#: How many of the rows that break an invariant are listed.
EXAMPLES = 5

Rows = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Found:
    """Number and examples (keys of rows, or names of files) of what breaks an invariant; `of` is their plural noun."""

    of: str
    how_many: int = 0
    examples: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Invariant:
    """A sentence that must be true, and a function that finds what breaks it; its name is `DOMAIN.NAME`."""

    name: str
    promise: str
    look: Callable[[], Found]
    #: Whether it reads stored files too: such a check takes as long as the storage does, and reads no snapshot.
    is_about_files: bool = False


@dataclass(frozen=True)
class Verdict:
    """Result of checking an invariant."""

    invariant: Invariant
    found: Found

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.found.how_many == 0


_invariants: dict[str, Invariant] = {}


def register(invariant: Invariant) -> None:
    """Register the invariant; a second one of the same name replaces the first."""
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
    """Return all registered invariants, by name."""
    return [_invariants[name] for name in sorted(_invariants)]


def look(*, with_files: bool) -> list[Verdict]:
    """Check all invariants; those about stored files only `with_files`."""
    known = known_invariants()
    with _one_moment():
        verdicts = [Verdict(one, one.look()) for one in known if not one.is_about_files]
    if with_files:
        verdicts += [Verdict(one, one.look()) for one in known if one.is_about_files]
    return verdicts


def _found(rows: QuerySet[Any]) -> Found:
    # One statement for the number and the examples. The number needs all rows, so no plan bets on finding a few early.
    broken = rows.model._default_manager.filter(pk__in=rows.values("pk")).order_by("pk")
    found = list(broken.annotate(how_many=Window(Count("*"))).values_list("pk", "how_many")[:EXAMPLES])
    return Found(
        of=str(rows.model._meta.verbose_name_plural),
        how_many=found[0][1] if found else 0,
        examples=tuple(key for key, _ in found),
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """Run the block read-only on one snapshot; inside a transaction, on that transaction's."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                # A check of everything may take longer than a request.
                cursor.execute("SET LOCAL statement_timeout = '10min'")
            yield
    else:
        # Not `atomic`: that would take SQLite's only write lock.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
                cursor.execute("PRAGMA query_only = OFF")
