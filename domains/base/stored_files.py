"""Invariants of every folder of stored files: each row's file exists, and each stored file has its row."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from domains.base.audit import MAX_EXAMPLES, Invariant, Violations, register

logger = logging.getLogger(__name__)
#: A file is stored before its row, and the process may die in between; a daily task removes such files after a day.
MIN_STRAY_AGE = timedelta(days=2)
#: Rows per statement; and how many files are looked up in the storage one by one: beyond that, the storage's list is
#: trusted for missing files, and further strays are left to the next check.
BATCH_SIZE, MAX_LOOKUPS = 5000, 1000


def register_files(*, model: type[Model], folder: str, field: str = "file") -> None:
    """Register that the model's files and the folder, which holds nothing else, agree."""
    domain, noun = model._meta.app_label, str(model._meta.verbose_name_plural)
    register(
        Invariant(
            f"{domain}.rows_have_their_{folder}",
            f"What the {noun} say is stored in `{folder}/` is stored there.",
            lambda: _to_violations(noun, _rows_without_file(model, folder, field)),
            is_about_files=True,
        )
    )
    register(
        Invariant(
            f"{domain}.stored_{folder}_have_rows",
            f"What is stored in `{folder}/` for more than {MIN_STRAY_AGE.days} days belongs to one of the {noun}.",
            lambda: _to_violations("files", _files_without_row(model, folder, field)),
            is_about_files=True,
        )
    )


def remove_strays(*, model: type[Model], folder: str, before: datetime, field: str = "file") -> int:
    """Remove the files of the folder that have no row and were stored before `before`; return how many.

    A file has no row if the row was removed, or if the process that stored the file died.
    """
    return sum(_is_older(name, before) and _delete(name) for name in _strays(model, folder, field))


def _delete(name: str) -> bool:
    try:
        default_storage.delete(name)
    except Exception:  # whatever a storage fails with; the others are removed all the same
        logger.exception("the stored file %s could not be removed", name)
        return False
    return True


def _to_violations(noun: str, broken: list[Any]) -> Violations:
    return Violations(noun, len(broken), tuple(broken[:MAX_EXAMPLES]))


def _rows_without_file(model: type[Model], folder: str, field: str) -> list[int]:
    # The rows are read first: the file of a later row would be missing in an earlier list.
    keys = {name: key for key, name in _iterate_rows(model, field)}
    missing = keys.keys() - _list_stored(folder)
    if len(missing) <= MAX_LOOKUPS:
        # A row that was removed together with its file in the meantime is no problem.
        current_names = model._default_manager.filter(**{f"{field}__in": missing}).values_list(field, flat=True)
        missing = {name for name in current_names if not default_storage.exists(name)}
    return sorted(keys[name] for name in missing)


def _files_without_row(model: type[Model], folder: str, field: str) -> list[str]:
    before = timezone.now() - MIN_STRAY_AGE
    return [name for name in islice(_strays(model, folder, field), MAX_LOOKUPS) if _is_older(name, before)]


def _strays(model: type[Model], folder: str, field: str) -> Iterator[str]:
    # The files are listed first: a later row's file is too young to count.
    names = sorted(_list_stored(folder))
    for start in range(0, len(names), BATCH_SIZE):
        batch = names[start : start + BATCH_SIZE]
        known = set(model._default_manager.filter(**{f"{field}__in": batch}).values_list(field, flat=True))
        yield from (name for name in batch if name not in known)


def _iterate_rows(model: type[Model], field: str) -> Iterator[tuple[int, str]]:
    """Yield the key and the file of each row that has one, some thousands at a time."""
    rows, last = model._default_manager.exclude(**{field: ""}).order_by("pk").values_list("pk", field), 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        yield from batch
        if len(batch) < BATCH_SIZE:
            return
        last = batch[-1][0]


def _list_stored(folder: str) -> set[str]:
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return set()
    return {f"{folder}/{name}" for name in names}


def _is_older(name: str, before: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < before
    except Exception:  # noqa: BLE001 # each storage has its own error for a file that was removed in the meantime
        return False
