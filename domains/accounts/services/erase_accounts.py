"""Erasing what is stored about people who deleted their accounts: rows, files, and what databases leave of them."""

from __future__ import annotations

import logging
import time

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import Erasure, User
from domains.accounts.services.delete_account import close_account
from domains.accounts.services.mails import send_farewell
from domains.base import personal_data, queue
from domains.base.files import erase_file
from domains.base.freed_pages import overwrite_freed_pages
from domains.base.personal_data import ErasedPerson

logger = logging.getLogger(__name__)
#: The mail that says goodbye is tried this often; after that the person is erased without it.
MAX_FAREWELLS = 3
#: How long one attempt works at the rows that others see change; then others get their turn.
SLICE_SECONDS = 20


def erase_deleted_accounts() -> int:
    """Erase the people whose accounts were deleted; return how many were tried. Safe in many processes at once.

    Each is repeated until it is done. What others need stays without the person (docs/privacy.md). A system act.
    """
    return queue.drain(Erasure.objects.all(), _erase)


def erase_again(*, account: str) -> bool:
    """Erase a person once more who is back from a backup; return whether it is done, or False.

    `account` is what the log says, such as `17-1767326645`. An account that has the number but another beginning is
    left alone. An erasure that is not done yet goes on, with all its attempts. A system act.
    """
    number, _, _ = account.partition("-")
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=int(number)).first()
        erasure = Erasure.objects.filter(user_id=int(number)).first()
        if erasure is None or (erasure.done_at and user):
            if user is None or f"{user.pk}-{int(user.created_at.timestamp())}" != account:
                return False
            Erasure.objects.filter(user_id=user.pk).delete()
            # Nothing is said: the person was told when the account was deleted.
            erasure = close_account(user, keep_service_records=False, says_goodbye=False)
        elif not erasure.done_at:
            queue.requeue(Erasure.objects.filter(pk=erasure.pk))
    queue.drain(Erasure.objects.filter(pk=erasure.pk), _erase)
    return Erasure.objects.filter(pk=erasure.pk, done_at__isnull=False).exists()


def remove_old_erasures() -> int:
    """Remove the proofs of erasures that no backup can undo any more; return how many. A system act."""
    old = Erasure.objects.filter(done_at__lt=timezone.now() - Erasure.RETENTION)
    return old.delete()[0]


def _erase(erasure: Erasure) -> None:
    person = ErasedPerson(
        user_id=erasure.user_id,
        closed_at=erasure.closed_at,
        keeps_service_records=erasure.keeps_service_records,
        until=time.monotonic() + SLICE_SECONDS,
    )
    _say_goodbye(erasure)
    personal_data.prepare_erasure(person)
    _erase_rows(person)
    for name in Erasure.objects.get(pk=erasure.pk).files:
        erase_file(name)
    Erasure.objects.filter(pk=erasure.pk).update(files=[])
    overwrite_freed_pages()
    logger.info("account %s was erased", erasure.account)


def _say_goodbye(erasure: Erasure) -> None:
    """Mail the person, once; the address goes with that, or after some tries."""
    if not erasure.email:
        return
    if erasure.attempts <= MAX_FAREWELLS:
        send_farewell(erasure.email)
    Erasure.objects.filter(pk=erasure.pk).update(email="")


@transaction.atomic
def _erase_rows(person: ErasedPerson) -> None:
    # Locked against new rows that point here; what arrived before is found now.
    user = User.objects.select_for_update().filter(pk=person.user_id).first()
    if user is None:
        return
    personal_data.prepare_erasure(person)
    erasure = Erasure.objects.get(user_id=person.user_id)
    erasure.files = sorted({*erasure.files, *personal_data.find_files(person.user_id)})
    erasure.save(update_fields=["files"])
    personal_data.erase_rows(person)
    user.delete()
