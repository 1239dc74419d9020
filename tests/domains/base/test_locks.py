"""What was waited for in vain is CONFLICT, whichever database says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.locks import refuse_when_busy
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_by_another() -> Iterator[None]:
    """Another connection writes, and this one waits for a moment only."""
    parameters = connection.get_connection_params()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        with closing(sqlite3.connect(parameters["database"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        names = ("host", "port", "user", "password", "dbname")
        with psycopg.connect(**{name: parameters[name] for name in names if name in parameters}) as other:
            other.execute("LOCK TABLE accounts_user IN EXCLUSIVE MODE")
            yield
            other.rollback()
    connection.close()  # the next one waits as long as ever


def test_what_another_writes_for_too_long_is_a_conflict() -> None:
    person = UserFactory(display_name="Ann")
    with held_by_another(), pytest.raises(Refused) as refused, refuse_when_busy(), transaction.atomic():
        User.objects.filter(pk=person.pk).update(display_name="Ben")
    assert [str(problem.code) for problem in refused.value.problems] == ["CONFLICT"]
    person.refresh_from_db()
    assert person.display_name == "Ann"


def test_what_is_wrong_otherwise_stays_a_fault() -> None:
    with pytest.raises(OperationalError), refuse_when_busy():
        raise OperationalError("the disk is full")
