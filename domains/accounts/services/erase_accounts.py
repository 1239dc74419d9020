"""Erasing what is stored about people who deleted their accounts: files, rows, and what databases leave of them."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import Erasure, User
from domains.accounts.services.mails import send_farewell
from domains.base import personal_data, queue
from domains.base.files import delete_after_commit, erase_file
from domains.base.freed_pages import overwrite_freed_pages
from domains.base.personal_data import ErasedPerson

logger = logging.getLogger(__name__)
#: The mail that says goodbye is tried this often; after that the person is erased without it.
MAX_FAREWELLS = 3


def erase_deleted_accounts() -> int:
    """Erase the people whose accounts were deleted; return how many were tried. Safe in many processes at once.

    Each is repeated until it is done. What others need stays without the person (docs/privacy.md). A system act.
    """
    return queue.drain(Erasure.objects.all(), _erase)


def erase_again(*, user_id: int) -> bool:
    """Erase the person once more, who is back from a backup that is older than the erasure; return whether it is done.

    A system act.
    """
    with transaction.atomic():
        Erasure.objects.filter(user_id=user_id).delete()
        email = User.objects.filter(pk=user_id).values_list("email", flat=True).first()
        User.objects.filter(pk=user_id).update(is_active=False)
        erasure = Erasure.objects.create(user_id=user_id, email=email or "", attempts=MAX_FAREWELLS)
    queue.drain(Erasure.objects.filter(pk=erasure.pk), _erase)
    return Erasure.objects.filter(pk=erasure.pk, done_at__isnull=False).exists()


def remove_old_erasures() -> int:
    """Remove the proofs of erasures that no backup can undo any more; return how many. A system act."""
    old = Erasure.objects.filter(done_at__lt=timezone.now() - Erasure.RETENTION)
    return old.delete()[0]


def _erase(erasure: Erasure) -> None:
    person = ErasedPerson(
        user_id=erasure.user_id,
        email=erasure.email,
        closed_at=erasure.closed_at,
        keeps_service_records=erasure.keeps_service_records,
    )
    if person.email and erasure.attempts <= MAX_FAREWELLS:
        send_farewell(person.email)
    # First, so that a storage that fails leaves the rows that name its files to the next attempt.
    for name in (*erasure.files, *personal_data.find_files(person)):
        erase_file(name)
    personal_data.prepare_erasure(person)
    _erase_rows(person)
    overwrite_freed_pages()
    logger.info("account %s was erased", person.user_id)


@transaction.atomic
def _erase_rows(person: ErasedPerson) -> None:
    # Locked against new rows that point here; what arrived before is found now.
    user = User.objects.select_for_update().filter(pk=person.user_id).first()
    if user is not None:
        for name in personal_data.find_files(person):
            delete_after_commit(name)
        personal_data.prepare_erasure(person)
        personal_data.erase_rows(person)
        user.delete()
    Erasure.objects.filter(user_id=person.user_id).update(email="", files=[])
