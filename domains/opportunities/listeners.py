"""What follows when something happened to an application."""

from domains.base import bus
from domains.opportunities import facts, tasks
from domains.opportunities.services.repoint_skill import repoint_skill
from domains.skills.facts import SkillsMerged


@bus.listen(facts.ApplicationSubmitted)
def mail_the_host(fact: facts.ApplicationSubmitted) -> None:
    """Those who run the host learn that somebody applied."""
    tasks.send_application_received_mails.delay(fact.application_id)


@bus.listen(facts.ApplicationDecided)
def mail_the_volunteer(fact: facts.ApplicationDecided) -> None:
    """The volunteer learns of the decision."""
    tasks.send_application_decided_mail.delay(fact.move_id)


@bus.listen(SkillsMerged)
def follow_the_merged_skill(fact: SkillsMerged) -> None:
    """Roles name the skill that the other went into."""
    repoint_skill(skill_id=fact.skill_id, into_id=fact.into_id)
