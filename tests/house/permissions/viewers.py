"""The ten viewers of `permissions.toml`, and two more that must get what one of the ten gets."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from domains.accounts.models import User, UserType
from domains.opportunities.models import MembershipRole, OpportunityHost
from tests.factories import HostMembershipFactory, SessionFactory, UserFactory

#: The columns of `permissions.toml`, in their order; the file says who they are.
VIEWERS = (
    "anon",
    "unverified",
    "stranger",
    "person",
    "participant",
    "scanner",
    "coordinator",
    "owner",
    "staff",
    "support",
)
#: Who is asked as well, without a column: what they get must be what the column says.
ALSO_ASKED = {"minor": "stranger", "superuser": "support"}
EVERYONE = (*VIEWERS, *ALSO_ASKED)
#: ZIP code of the person; nobody else has it.
HOME = "99950"
BIRTH_YEAR = 1913


def make_accounts(host: OpportunityHost) -> dict[str, User | None]:
    """Return the accounts of all viewers; None is a request without a token."""
    call_command("make_groups", verbosity=0, stdout=_Silence())
    support = UserFactory(staff=True)
    support.groups.set(Group.objects.all())
    accounts: dict[str, User | None] = {
        "anon": None,
        "unverified": UserFactory(unverified=True, user_type=UserType.BOTH),
        "stranger": UserFactory(user_type=UserType.BOTH),
        "person": UserFactory(zip_code=HOME, profile__birth_year=BIRTH_YEAR),
        "participant": UserFactory(),
        "staff": UserFactory(staff=True),
        "support": support,
        "minor": UserFactory(profile__birth_year=timezone.now().year - 16, user_type=UserType.BOTH),
        "superuser": UserFactory(superuser=True),
    }
    for role in (MembershipRole.SCANNER, MembershipRole.COORDINATOR, MembershipRole.OWNER):
        accounts[role.lower()] = HostMembershipFactory(host=host, role=role).user
    for user in accounts.values():
        if user is not None:
            SessionFactory(user=user)
    return accounts


class _Silence:
    """Takes what a command prints."""

    def write(self, text: str) -> None:
        """Forget the text."""
