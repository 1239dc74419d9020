"""Reactions to facts about hosts, and about skills that roles name."""

from domains.base import bus
from domains.base.tasks import send_due_mails
from domains.opportunities import facts, services
from domains.opportunities.services.repoint_skill import repoint_skill
from domains.skills.facts import SkillsMerged


@bus.listen(SkillsMerged)
def replace_merged_skill(fact: SkillsMerged) -> None:
    """Roles that named the merged skill name the other instead."""
    repoint_skill(skill_id=fact.skill_id, into_id=fact.into_id)


@bus.listen(facts.HostMemberInvited)
def mail_invitation(fact: facts.HostMemberInvited) -> None:
    """Mails the key to the invited address."""
    services.queue_host_invitation_mail(membership_id=fact.membership_id)
    send_due_mails.delay()


@bus.listen(facts.HostHandedOver)
def mail_handed_over(fact: facts.HostHandedOver) -> None:
    """Mails the new owner."""
    services.queue_handed_over_mail(membership_id=fact.membership_id)
    send_due_mails.delay()
