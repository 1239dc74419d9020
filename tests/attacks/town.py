"""A town for attacks: one host whose hundred opportunities have as many roles, as long texts, as hosts may write."""

from __future__ import annotations

from domains.accounts import tokens
from domains.accounts.models import User
from domains.opportunities.models import Opportunity, Role
from tests.api import gid
from tests.factories import (
    OpportunityFactory,
    ResumeFactory,
    RoleFactory,
    RoleSkillFactory,
    SessionFactory,
    SkillAliasFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
)

OPPORTUNITIES, ROLES, SKILLS, ALIASES = 100, 25, 100, 20


def build() -> None:
    """Make the town; print a volunteer's token, and the ids that attacks name."""
    volunteer = UserFactory()
    first = OpportunityFactory()
    text = "Sort what comes in. " * 100
    rows = [OpportunityFactory.build(host=first.host, description=text) for _ in range(OPPORTUNITIES)]
    Opportunity.objects.bulk_create(rows)
    open_ones = Opportunity.objects.filter(host=first.host)
    Role.objects.bulk_create(
        RoleFactory.build(opportunity=one, description=text) for one in open_ones for _ in range(ROLES)
    )
    for _ in range(SKILLS):
        skill = SkillFactory()
        for _ in range(ALIASES):
            SkillAliasFactory(skill=skill)
    for role in Role.objects.filter(opportunity__in=open_ones)[:60]:
        RoleSkillFactory(role=role, skill=skill)
    UserSkillFactory(user=volunteer, skill=skill)
    resume = ResumeFactory(user=volunteer, parsed=True)
    print(tokens.issue_tokens(SessionFactory(user=volunteer)).access_token)
    other: User = UserFactory()
    for name, row in {"host": first.host, "resume": resume, "user": other}.items():
        print(f"{name}={gid(row)}")
