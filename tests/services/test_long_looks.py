"""Among a million messages a look at what must hold takes longer than a statement of a request may."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from domains.base import audit

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def sleep() -> audit.Violations:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")
    return audit.Violations("things")


def test_a_look_may_take_longer_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_invariants", {"tests.slow": audit.Invariant("tests.slow", "It is slow.", sleep)})
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
    try:
        assert [verdict.holds for verdict in audit.check_invariants(with_files=False)] == [True]
        with pytest.raises(OperationalError, match="statement timeout"):
            sleep()
    finally:
        connection.close()
