"""An id costs no search: each type knows which column its ids come from."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.relay import types as library

from tests.api import Api
from tests.factories import RoleSkillFactory

pytestmark = pytest.mark.django_db


def test_nobody_reads_annotations_to_show_an_id(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    RoleSkillFactory()

    def searched(*_: Any, **__: Any) -> None:
        raise AssertionError("the annotations of a type were searched for its id")

    monkeypatch.setattr(library, "eval_type", searched)
    monkeypatch.setattr(library, "is_classvar", searched)
    shown = api.ask("{ opportunities { edges { node { id host { id } roles { id skills { skill { id } } } } } } }")
    (edge,) = shown["opportunities"]["edges"]
    assert edge["node"]["roles"][0]["skills"][0]["skill"]["id"]
