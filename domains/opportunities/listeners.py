"""What follows when something happened to an application, an opportunity or a host."""

from domains.base import bus
from domains.opportunities import facts, tasks
from domains.opportunities.services.repoint_skill import repoint_skill
from domains.skills.facts import SkillsMerged


@bus.listen(facts.ApplicationSubmitted)
def mail_the_host(fact: facts.ApplicationSubmitted) -> None:
    """Those who run the host learn that somebody applied."""
    tasks.send_application_received_mails.delay(fact.application_id)


@bus.listen(facts.ApplicationSubmitted)
def confirm_the_place(fact: facts.ApplicationSubmitted) -> None:
    """Whoever got a place at once has it in writing."""
    tasks.send_place_confirmed_mail.delay(fact.application_id)


@bus.listen(facts.ApplicationDecided)
def mail_the_volunteer(fact: facts.ApplicationDecided) -> None:
    """The volunteer learns of the decision."""
    tasks.send_application_decided_mail.delay(fact.move_id)


@bus.listen(SkillsMerged)
def follow_the_merged_skill(fact: SkillsMerged) -> None:
    """Roles name the skill that the other went into."""
    repoint_skill(skill_id=fact.skill_id, into_id=fact.into_id)


@bus.listen(facts.OpportunityChanged)
def mail_those_with_a_place(fact: facts.OpportunityChanged) -> None:
    """Whoever holds a place learns what is different now."""
    tasks.send_opportunity_changed_mails.delay(fact.change_id)


@bus.listen(facts.OpportunityCancelled)
def mail_those_who_applied(fact: facts.OpportunityCancelled) -> None:
    """Whoever applied learns that it does not take place."""
    tasks.send_opportunity_cancelled_mails.delay(fact.change_id)


@bus.listen(facts.HostMemberInvited)
def mail_the_invited(fact: facts.HostMemberInvited) -> None:
    """The address that is invited gets the key."""
    tasks.send_host_invitation_mail.delay(fact.membership_id)


@bus.listen(facts.OfferMade)
def mail_the_offer(fact: facts.OfferMade) -> None:
    """Whoever was first in line learns that a place is held for them, and until when."""
    tasks.send_application_decided_mail.delay(fact.move_id)


@bus.listen(facts.OfferExpired)
def mail_the_end_of_the_offer(fact: facts.OfferExpired) -> None:
    """Whoever did not answer learns that the place went on."""
    tasks.send_application_decided_mail.delay(fact.move_id)


@bus.listen(facts.OfferAnswered)
def tell_the_host_of_the_answer(fact: facts.OfferAnswered) -> None:
    """Those who run the host learn who took the place that had become free."""
    tasks.send_place_changed_mails.delay(fact.move_id)


@bus.listen(facts.ApplicationWithdrawn)
def tell_the_host_of_the_withdrawal(fact: facts.ApplicationWithdrawn) -> None:
    """Those who run the host learn that somebody who had a place will not come."""
    tasks.send_place_changed_mails.delay(fact.move_id)


@bus.listen(facts.HoursReviewed)
def mail_the_review(fact: facts.HoursReviewed) -> None:
    """The volunteer learns what became of the hours."""
    tasks.send_hours_reviewed_mail.delay(fact.hours_entry_id)
