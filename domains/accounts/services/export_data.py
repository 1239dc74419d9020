"""A copy of everything that points at a person: asked for, made in the background, fetched for a week."""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import DataExport, DataExportStatus, User
from domains.accounts.selectors import find_addresses
from domains.accounts.services.lock_actor import lock_self
from domains.base import bus, personal_data, queue
from domains.base.files import delete_after_commit, discard
from domains.base.personal_data import PersonalRows
from domains.base.stored_files import remove_strays

Status = DataExportStatus
#: Rows that are read at once.
BATCH_SIZE = 1000
PIECE = 64 * 1024


def request_data_export(*, actor: User) -> DataExport:
    """A copy of the actor's data is being made; a mail tells when it can be fetched. Returns the export.

    Asked again, it returns the same one, for as long as that can be fetched; one that failed is made anew.
    """
    with transaction.atomic():
        lock_self(actor=actor)
        _expire(actor, now=timezone.now())
        current = actor.data_exports.filter(status__in=(Status.PENDING, Status.READY)).first()
        if current is None:
            current = actor.data_exports.create()
            bus.publish(facts.DataExportRequested(export_id=current.pk))
    return current


def make_due_exports() -> int:
    """Make the exports that are due; return how many were tried. A system act, safe in many processes at once."""
    pending = DataExport.objects.filter(status=Status.PENDING)
    made = queue.drain(pending, _make)
    # A status of its own, so that the person reads that it failed, and may ask again.
    queue.parked(pending).update(status=Status.FAILED, done_at=timezone.now())
    return made


def remove_old_exports(*, now: datetime) -> int:
    """Remove the files of exports whose time is over, and rows of long ago; return how many ended. A system act."""
    ended = 0
    for user in User.objects.filter(data_exports__status=Status.READY, data_exports__expires_at__lte=now):
        with transaction.atomic():
            ended += _expire(user, now=now)
    over = DataExport.objects.filter(status__in=(Status.EXPIRED, Status.FAILED))
    over.filter(created_at__lt=now - DataExport.ROW_RETENTION).delete()
    remove_strays(model=DataExport, folder=DataExport.FOLDER, before=now - DataExport.LEASE * DataExport.MAX_ATTEMPTS)
    return ended


def _expire(user: User, *, now: datetime) -> int:
    over = user.data_exports.filter(status=Status.READY, expires_at__lte=now).select_for_update()
    for export in over:
        delete_after_commit(str(export.file.name))
    return user.data_exports.filter(pk__in=[export.pk for export in over]).update(status=Status.EXPIRED, file="")


def _make(export: DataExport) -> None:
    user = User.objects.filter(pk=export.user_id, is_active=True).first()
    if user is None:
        DataExport.objects.filter(pk=export.pk).update(status=Status.FAILED)
        return
    with tempfile.TemporaryFile() as archive:
        _write(archive, user)
        archive.seek(0)
        export.file.save("", File(archive), save=False)
    now = timezone.now()
    values = {"file": export.file.name, "status": Status.READY, "expires_at": now + DataExport.LIFETIME}
    try:
        with transaction.atomic():
            queue.check_claim(export)
            mine = DataExport.objects.filter(pk=export.pk, status=Status.PENDING, attempts=export.attempts)
            is_stored = mine.update(**values)
            if is_stored:
                bus.publish(facts.DataExportMade(export_id=export.pk))
    except BaseException:
        discard(export.file.name)
        raise
    if not is_stored:
        discard(export.file.name)


def _write(archive: IO[bytes], user: User) -> None:
    registered = personal_data.find_registered()
    addresses = find_addresses(user=user)
    numbers, missing = {}, []
    with ZipFile(archive, "w", ZIP_DEFLATED) as bundle:
        for rows in registered:
            if rows.name:
                numbers[rows.name] = _write_rows(bundle, rows, rows.find(user_id=user.pk, addresses=addresses))
                missing += _write_files(bundle, rows, rows.find(user_id=user.pk, addresses=addresses))
        left_out = [(rows.model._meta.verbose_name_plural, rows.of, rows.reason) for rows in registered if rows.reason]
        context = {
            "community": settings.PUBLIC_URL,
            "at": timezone.now(),
            "numbers": numbers,
            "missing": missing,
            "left_out": sorted(left_out),
        }
        bundle.writestr("README.txt", render_to_string("accounts/data_export.txt", context))


def _write_rows(bundle: ZipFile, rows: PersonalRows, found: QuerySet[Any]) -> int:
    """Write the list as JSON, row by row; return how many rows there are."""
    number = 0
    with bundle.open(f"{rows.name}.json", "w", force_zip64=True) as file:
        file.write(b"[")
        for number, values in enumerate(found.values_list(*rows.columns).iterator(chunk_size=BATCH_SIZE), start=1):
            row = dict(zip(map(_camel_case, rows.columns), values, strict=True))
            text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            file.write(("\n" if number == 1 else ",\n").encode() + text.encode(errors="replace"))
        file.write(b"\n]\n")
    return number


def _write_files(bundle: ZipFile, rows: PersonalRows, found: QuerySet[Any]) -> list[str]:
    """Write the files of the rows; return the paths of those that the storage does not have."""
    if not rows.files or not rows.exports_files:
        return []
    missing = []
    columns = ("pk", *rows.files, *([rows.file_name] if rows.file_name else []))
    for row in list(found.values(*columns)):
        for column in filter(row.get, rows.files):
            # Names of uploads were cleaned when they came: they hold no slash.
            path = f"files/{rows.name}/{row['pk']}-{row.get(rows.file_name) or f'{column}.webp'}"
            if not _copy(bundle, path, str(row[column])):
                missing.append(path)
    return missing


def _copy(bundle: ZipFile, path: str, name: str) -> bool:
    try:
        source = default_storage.open(name, "rb")
    except FileNotFoundError:
        return False
    # Most are compressed already.
    entry = ZipInfo(path, date_time=timezone.now().timetuple()[:6])
    with source, bundle.open(entry, "w", force_zip64=True) as copy:
        while piece := source.read(PIECE):
            copy.write(piece)
    return True


def _camel_case(lookup: str) -> str:
    first, *others = lookup.replace("__", "_").split("_")
    return first + "".join(word.title() for word in others)
