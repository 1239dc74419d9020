"""The groups of staff: each with the permissions that its job needs, made once, and never emptied."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from config.management.commands.make_groups import GROUPS
from domains.accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_each_group_gives_its_permissions_and_no_others() -> None:
    call_command("make_groups", stdout=StringIO())
    for name, permissions in GROUPS.items():
        person = UserFactory(is_staff=True)
        person.groups.add(Group.objects.get(name=name))
        assert User.objects.get(pk=person.pk).get_all_permissions() == set(permissions)


def test_again_it_takes_nothing_away() -> None:
    call_command("make_groups", stdout=StringIO())
    group = Group.objects.get(name="Moderators")
    added = Permission.objects.get(codename="view_user")
    group.permissions.add(added)
    group.permissions.remove(Permission.objects.get(codename="view_reportnote"))
    said = StringIO()
    call_command("make_groups", stdout=said)
    assert "Moderators: was there" in said.getvalue()
    assert group.permissions.count() == len(GROUPS["Moderators"]) + 1
