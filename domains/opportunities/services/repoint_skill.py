"""Following a skill that was merged into another."""

from __future__ import annotations

from django.db import transaction

from domains.opportunities.models import RoleSkill


@transaction.atomic
def repoint_skill(*, skill_id: int, into_id: int) -> None:
    """The roles that name the first skill name the second instead, once; what follows a merge, safe to run twice.

    A role that names both requires the one skill if it required either, and develops it likewise.
    """
    named = RoleSkill.objects.select_for_update().filter(skill_id=skill_id)
    naming_both = RoleSkill.objects.select_for_update().filter(skill_id=into_id, role__in=named.values("role"))
    kept = {row.role_id: row for row in naming_both}
    for row in named.filter(role__in=kept):
        other = kept[row.role_id]
        other.is_required = other.is_required or row.is_required
        other.is_developed = other.is_developed or row.is_developed
        other.save(update_fields=["is_required", "is_developed"])
        row.delete()
    RoleSkill.objects.filter(skill_id=skill_id).update(skill_id=into_id)
