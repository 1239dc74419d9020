"""Asking the API as a viewer, and keeping account of the canaries that the viewer was shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from domains.accounts import tokens
from domains.accounts.models import User
from tests.api import Api
from tests.cache import forget
from tests.house.permissions.canaries import Canaries
from tests.house.permissions.world import World

#: How statements begin that write something if they find rows.
CHANGES = ("UPDATE", "DELETE")


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables, by the names of their models."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }


class Asker:
    """Sends documents as the viewers; whatever they change is taken back."""

    def __init__(self, world: World, canaries: Canaries) -> None:
        self.world = world
        self.canaries = canaries
        #: By viewer, each canary that was shown, with the beginning of the first document that showed it.
        self.shown: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self.writes: list[str] = []
        self.changed: list[str] = []

    def ask(
        self,
        viewer: str,
        document: str,
        variables: Callable[[], dict[str, Any]] | dict[str, Any] | None = None,
        account: User | None = None,
        *,
        compare: bool = False,
    ) -> dict[str, Any]:
        """Return the answer to the viewer, or to another account in the viewer's place.

        Afterwards `writes` has the statements that wrote something, and with `compare` `changed` the tables that hold
        something else.
        """
        user = account or self.world.accounts[viewer]
        api = Api(Client(), user)
        if user is not None:
            api._token = tokens.issue_tokens(user.sessions.order_by("pk")[0]).access_token
        forget()  # no document is refused for what was asked before
        self.writes = []
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined] # as Django's TestCase marks its own, for `released`
        with block:
            given = variables() if callable(variables) else variables
            before = all_rows() if compare else {}
            with connection.execute_wrapper(self._watch):
                answer = api.post(document, given)
            self.changed = [name for name, rows in all_rows().items() if rows != before[name]] if compare else []
            transaction.set_rollback(True)
        if user == self.world.accounts[viewer]:
            # Without the cost of the document, which is the same for everybody, and may be the number of a canary.
            shown = {name: value for name, value in answer.items() if name != "extensions"}
            self.note(viewer, json.dumps(shown, ensure_ascii=False), document)
        return answer

    def _watch(self, execute: Any, statement: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(statement, parameters, many, context)
        has_changed = statement.startswith(CHANGES) and context["cursor"].rowcount
        if has_changed or statement.startswith("INSERT"):
            self.writes.append(statement)
        return result

    def note(self, viewer: str, text: str, asked: str) -> None:
        """Keep the canaries that a text shows to the viewer."""
        for canary in self.canaries.found_in(text):
            self.shown[viewer].setdefault(canary, asked[:200])
