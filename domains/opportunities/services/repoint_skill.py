"""Replacing a merged skill in the roles that name it."""

from __future__ import annotations

from django.db import transaction

from domains.opportunities.models import RoleSkill

#: Rows that one statement changes.
BATCH_SIZE = 500


@transaction.atomic
def repoint_skill(*, skill_id: int, into_id: int) -> None:
    """The roles that name the first skill name the second instead, once; runs after a merge, safe to run twice.

    A role that named both requires the second if it required either, and develops it likewise.
    """
    named = RoleSkill.objects.select_for_update().filter(skill_id=skill_id)
    naming_both = RoleSkill.objects.select_for_update().filter(skill_id=into_id, role__in=named.values("role"))
    kept = {row.role_id: row for row in naming_both}
    removed = list(named.filter(role__in=kept))
    for row in removed:
        other = kept[row.role_id]
        other.is_required = other.is_required or row.is_required
        other.is_developed = other.is_developed or row.is_developed
    RoleSkill.objects.bulk_update(kept.values(), ["is_required", "is_developed"], batch_size=BATCH_SIZE)
    RoleSkill.objects.filter(pk__in=[row.pk for row in removed]).delete()
    RoleSkill.objects.filter(skill_id=skill_id).update(skill_id=into_id)
