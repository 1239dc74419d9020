"""Revoking a record of service."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.opportunities.models import ServiceRecord


@transaction.atomic
def revoke_service_record(*, actor: User, record_id: int) -> ServiceRecord:
    """The record is revoked, and its page says only that; a repeat changes nothing.

    Refuses with NOT_FOUND, also if the record belongs to another volunteer.
    """
    record = ServiceRecord.objects.visible_to(actor).select_for_update().filter(pk=record_id).first()
    if record is None:
        raise NotFound("record", "record_id")
    if record.revoked_at is None:
        record.revoked_at, record.token = timezone.now(), ""
        record.save(update_fields=["revoked_at", "token"])
    return record
