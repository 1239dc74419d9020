"""Counting the SQL statements that something costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements_of(act: Callable[[], Any]) -> list[str]:
    """Run the act and return the statements it sent."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured.captured_queries]


def rows_of(*app_labels: str) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the apps by model: compared before and after, they say that nothing changed."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for label in app_labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }
