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
MAX_EXAMPLES = 5

Rows = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Violations:
    """Number and examples (keys of rows, or names of files) of what breaks an invariant; `of` is their plural noun."""

    noun: str
    count: int = 0
    examples: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Invariant:
    """A sentence that must be true, and a function that finds what breaks it; its name is `DOMAIN.NAME`."""

    name: str
    promise: str
    find_violations: Callable[[], Violations]
    #: Whether it reads stored files too: such a check takes as long as the storage does, and reads no snapshot.
    is_about_files: bool = False


@dataclass(frozen=True)
class CheckResult:
    """Result of checking an invariant."""

    invariant: Invariant
    violations: Violations

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.violations.count == 0


_invariants: dict[str, Invariant] = {}


def register(invariant: Invariant) -> None:
    """Register the invariant; a second one of the same name replaces the first."""
    _invariants[invariant.name] = invariant


def invariant(rows: Rows) -> Rows:
    """Register an invariant: the decorated function returns the rows that break it.

    It is named after the function and its domain, and its docstring's first line is the promise.
    """
    domain = rows.__module__.split(".")[-2]
    promise = (rows.__doc__ or "").strip().partition("\n")[0]
    register(Invariant(f"{domain}.{rows.__name__}", promise, lambda: _find_violations(rows())))
    return rows


def registered_invariants() -> list[Invariant]:
    """Return all registered invariants, by name."""
    return [_invariants[name] for name in sorted(_invariants)]


def check_invariants(*, with_files: bool) -> list[CheckResult]:
    """Check all invariants; those about stored files only `with_files`."""
    invariants = registered_invariants()
    with _snapshot():
        results = [CheckResult(one, one.find_violations()) for one in invariants if not one.is_about_files]
    if with_files:
        results += [CheckResult(one, one.find_violations()) for one in invariants if one.is_about_files]
    return results


def _find_violations(rows: QuerySet[Any]) -> Violations:
    # One statement for the number and the examples. The number needs all rows, so no plan bets on finding a few early.
    broken = rows.model._default_manager.filter(pk__in=rows.values("pk")).order_by("pk")
    found = list(broken.annotate(how_many=Window(Count("*"))).values_list("pk", "how_many")[:MAX_EXAMPLES])
    return Violations(
        noun=str(rows.model._meta.verbose_name_plural),
        count=found[0][1] if found else 0,
        examples=tuple(key for key, _ in found),
    )


@contextmanager
def _snapshot() -> Iterator[None]:
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
