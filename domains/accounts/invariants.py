"""Invariants of accounts and sessions.

That a family of refresh tokens has one current token needs no check: the row's generation is that token.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from domains.accounts.models import DataExport, Erasure, ProfilePicture, Session, Upload, User
from domains.base.addresses import DUPLICATE_MARK
from domains.base.audit import invariant
from domains.base.stored_files import register_files

#: The largest difference allowed between the clocks of two servers.
MAX_CLOCK_DIFFERENCE = timedelta(seconds=10)
#: How long an erasure may take: the storage may not have answered at first.
ERASURE_WINDOW = timedelta(hours=1)

for _field, _folder in ProfilePicture.FOLDERS.items():
    register_files(model=ProfilePicture, folder=_folder, field=_field)
register_files(model=Upload, folder=Upload.FOLDER)
register_files(model=DataExport, folder=DataExport.FOLDER)


@invariant
def token_families_move_forward() -> QuerySet[Session]:
    """A session rotates after it began, each time under a higher generation, and never again once it has ended."""
    earlier_than_it_began = Q(rotated_at__lt=F("created_at") - MAX_CLOCK_DIFFERENCE) | Q(
        ended_at__lt=F("created_at") - MAX_CLOCK_DIFFERENCE
    )
    under_the_first_generation = Q(generation=0, rotated_at__gt=F("created_at") + MAX_CLOCK_DIFFERENCE)
    after_its_end = Q(rotated_at__gt=F("ended_at") + MAX_CLOCK_DIFFERENCE)
    return Session.objects.filter(earlier_than_it_began | under_the_first_generation | after_its_end)


@invariant
def addresses_are_unique() -> QuerySet[User]:
    """No account is marked because another one has had its mailbox before."""
    return User.objects.filter(email__regex=DUPLICATE_MARK)


@invariant
def deleted_accounts_are_erased_soon() -> QuerySet[Erasure]:
    """What is stored about the person of a deleted account is gone within an hour."""
    return Erasure.objects.filter(done_at__isnull=True, closed_at__lt=timezone.now() - ERASURE_WINDOW)
