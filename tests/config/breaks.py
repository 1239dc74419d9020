"""What breaks each of the invariants: rows that are as they should be, and a write past all rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from domains.base.models import MailJob, OutboxEntry
from domains.notifications.models import MailDelivery
from tests.factories import (
    ApplicationFactory,
    ContentReportFactory,
    ConversationEventFactory,
    ConversationFactory,
    CourseFactory,
    DigestFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    ListingFactory,
    MailDeliveryFactory,
    MailJobFactory,
    MessageAttachmentFactory,
    MessageFactory,
    OpportunityChangeFactory,
    OpportunityFactory,
    OutboxEntryFactory,
    ParticipantFactory,
    PushDeliveryFactory,
    ReactionFactory,
    ReportNoteFactory,
    ResumeFactory,
    ResumeSuggestionFactory,
    RoleSkillFactory,
    SessionFactory,
    SkillAliasFactory,
    SkillFactory,
    SkillIdentifierFactory,
    UserFactory,
    UserSkillFactory,
)
from tests.factories.accounts import ErasureFactory

#: Rows that are as they should be; returned are the one that will break an invariant, and what breaks it.
Break = tuple[Model, Callable[[], object]]
BREAKS: list[tuple[str, Callable[[], Break]]] = []


def breaks(name: str) -> Callable[[Callable[[], Break]], Callable[[], Break]]:
    """Have the decorated function tried on the invariant of this name."""

    def note(make: Callable[[], Break]) -> Callable[[], Break]:
        BREAKS.append((name, make))
        return make

    return note


def raw(row: Any, other: Any = None, **columns: Any) -> Break:
    """Break it by writing the columns past all rules: those of the row, or of another."""
    changed = row if other is None else other
    return row, lambda: type(changed)._base_manager.filter(pk=changed.pk).update(**columns)


def ago(**length: float) -> Any:
    return timezone.now() - timedelta(**length)


def merging(row: Any) -> Break:
    """Break it by merging the row's skill and leaving the row where it is."""
    return raw(row, row.skill, merged_into=SkillFactory(), updated_at=ago(minutes=6))


@breaks("accounts.token_families_move_forward")
def a_session_that_rotates_after_its_end() -> Break:
    return raw(SessionFactory(ended=True), generation=3, rotated_at=timezone.now() + timedelta(minutes=1))


@breaks("accounts.token_families_move_forward")
def a_session_that_rotated_under_its_first_generation() -> Break:
    return raw(SessionFactory(), rotated_at=timezone.now() + timedelta(minutes=1))


@breaks("accounts.token_families_move_forward")
def a_session_that_ended_before_it_began() -> Break:
    return raw(SessionFactory(), ended_at=ago(minutes=1))


@breaks("accounts.addresses_are_unique")
def an_account_whose_mailbox_another_has() -> Break:
    return raw(UserFactory(), email="ada@bücher.example (7)")


@breaks("accounts.deleted_accounts_are_erased_soon")
def an_account_that_nobody_erases() -> Break:
    return raw(ErasureFactory(), closed_at=ago(hours=2))


@breaks("opportunities.addresses_are_unique")
def a_member_whose_mailbox_another_has() -> Break:
    return raw(HostMembershipFactory(), email="ada@bücher.example (7)")


@breaks("base.facts_are_delivered_soon")
def a_fact_that_nobody_was_told() -> Break:
    return raw(OutboxEntryFactory(), created_at=ago(minutes=6), attempts=OutboxEntry.MAX_ATTEMPTS - 1)


@breaks("base.mails_are_sent_soon")
def a_mail_that_nobody_sends() -> Break:
    return raw(MailJobFactory(), due_at=ago(minutes=16), attempts=MailJob.MAX_ATTEMPTS - 1)


@breaks("base.no_fact_is_parked")
def a_fact_that_was_given_up() -> Break:
    return raw(OutboxEntryFactory(), attempts=OutboxEntry.MAX_ATTEMPTS)


@breaks("learning.no_course_gives_a_merged_skill")
def a_course_that_gives_a_merged_skill() -> Break:
    course, skill = CourseFactory(), SkillFactory()
    course.skills.add(skill)
    return raw(course, skill, merged_into=SkillFactory(), updated_at=ago(minutes=6))


@breaks("messaging.logs_have_no_gaps")
def a_log_with_a_gap() -> Break:
    conversation = ConversationFactory()
    _, event, _ = ConversationEventFactory.create_batch(3, conversation=conversation)
    return conversation, event.delete


@breaks("messaging.logs_have_no_gaps")
def a_log_that_ends_too_early() -> Break:
    return raw(ConversationEventFactory().conversation, last_sequence=2)


@breaks("messaging.logs_have_no_gaps")
def a_log_that_goes_on_after_its_end() -> Break:
    return raw(MessageFactory(sender=None).conversation, last_sequence=0)


@breaks("messaging.messages_are_in_the_log")
def a_message_that_nobody_hears_of() -> Break:
    message = MessageFactory()
    return raw(message, message.events.get(), kind="MESSAGE_EDITED")


@breaks("messaging.log_rows_match_their_messages")
def a_log_that_tells_of_anothers_message() -> Break:
    message = MessageFactory()
    event = ConversationEventFactory(kind="MESSAGE_EDITED", message=message, conversation=message.conversation)
    return raw(event, message=MessageFactory())


@breaks("messaging.log_rows_match_their_messages")
def a_log_that_brings_a_message_twice() -> Break:
    message = MessageFactory()
    event = ConversationEventFactory(kind="MESSAGE_EDITED", message=message, conversation=message.conversation)
    return raw(event, kind="MESSAGE_SENT")


@breaks("messaging.nobody_has_read_ahead")
def a_reader_ahead_of_the_log() -> Break:
    message = MessageFactory()
    return raw(message.conversation.participations.get(user=message.sender), read_up_to_sequence=2)


@breaks("messaging.direct_conversations_match_their_key")
def a_third_person_in_a_talk_of_two() -> Break:
    conversation = ConversationFactory()
    return conversation, lambda: ParticipantFactory(conversation=conversation)


@breaks("messaging.direct_conversations_match_their_key")
def a_pair_under_another_name() -> Break:
    conversation = ConversationFactory()
    low, high = str(conversation.direct_key).split(":")
    return raw(conversation, direct_key=f"{high}:{low}")


@breaks("messaging.deleted_messages_are_empty")
def a_deleted_message_with_its_words() -> Break:
    return raw(MessageFactory(), deleted_at=timezone.now())


@breaks("messaging.deleted_messages_are_empty")
def a_deleted_message_with_a_file() -> Break:
    return raw(MessageAttachmentFactory().message, content="", deleted_at=timezone.now())


@breaks("messaging.deleted_messages_are_empty")
def a_deleted_message_with_a_reaction() -> Break:
    return raw(ReactionFactory().message, content="", deleted_at=timezone.now())


@breaks("messaging.files_stay_in_their_conversation")
def a_file_in_another_conversation() -> Break:
    return raw(MessageAttachmentFactory(), conversation=ConversationFactory())


@breaks("moderation.reports_have_the_status_of_their_last_note")
def a_report_that_was_moved_without_a_note() -> Break:
    return raw(ReportNoteFactory().report, status="RESOLVED")


@breaks("moderation.reports_have_the_status_of_their_last_note")
def a_report_that_is_in_review_without_a_note() -> Break:
    return raw(ContentReportFactory(), status="REVIEWING")


@breaks("notifications.mails_are_not_stuck")
def a_mail_that_nobody_tries() -> Break:
    return raw(MailDeliveryFactory(), due_at=ago(minutes=16), attempts=MailDelivery.MAX_ATTEMPTS - 1)


@breaks("notifications.daily_mails_are_not_stuck")
def a_daily_mail_that_nobody_tries() -> Break:
    return raw(DigestFactory(), due_at=ago(minutes=16))


@breaks("notifications.pushes_are_not_stuck")
def a_push_that_nobody_tries() -> Break:
    return raw(PushDeliveryFactory(), due_at=ago(minutes=16))


@breaks("opportunities.roles_count_their_slots")
def a_role_that_lost_count() -> Break:
    for status in ("COMPLETED", "OFFERED", "APPLIED", "WITHDRAWN"):
        role = ApplicationFactory(status=status).role
    return raw(role, slots_taken=1)


@breaks("opportunities.applications_have_the_status_of_their_last_move")
def an_application_that_was_moved_without_a_history() -> Break:
    return raw(ApplicationFactory(), status="DECLINED")


@breaks("opportunities.applications_have_the_status_of_their_last_move")
def an_application_without_a_history() -> Break:
    application = ApplicationFactory()
    return application, application.history.all().delete


@breaks("opportunities.moves_begin_where_the_last_one_ended")
def a_move_from_where_the_application_was_not() -> Break:
    return raw(ApplicationFactory(status="EXPIRED").history.get(to_status="OFFERED"), from_status="SHORTLISTED")


@breaks("opportunities.moves_begin_where_the_last_one_ended")
def a_first_move_from_somewhere() -> Break:
    return raw(ApplicationFactory().history.get(), from_status="SHORTLISTED")


@breaks("opportunities.moves_are_in_order_of_time")
def a_move_before_the_one_before() -> Break:
    return raw(ApplicationFactory(status="COMPLETED").history.get(to_status="COMPLETED"), at=ago(seconds=5))


@breaks("opportunities.waitlisted_applications_have_a_position")
def somebody_who_waits_nowhere() -> Break:
    return raw(ApplicationFactory(status="WAITLISTED"), waitlisted_at=None)


@breaks("opportunities.overdue_offers_expire")
def an_offer_that_ran_out() -> Break:
    return raw(ApplicationFactory(status="OFFERED"), offer_expires_at=ago(minutes=16))


@breaks("opportunities.nobody_holds_two_slots_at_once")
def two_slots_at_the_same_time() -> Break:
    first = ApplicationFactory(status="ACCEPTED")
    held = {"status": "ACCEPTED", "volunteer": first.volunteer}
    begins, ends = first.role.opportunity.start_date, first.role.opportunity.end_date
    # None of these is wrong: accepted anyway, moved there later, long, next to it, called off.
    anyway, moved = (ApplicationFactory(**held, role__opportunity__start_date=begins) for _ in range(2))
    anyway.history.filter(to_status="ACCEPTED").update(overrides=["MISSING_SKILL", "OVERLAPS"])
    OpportunityChangeFactory(opportunity=moved.role.opportunity, after={"start_date": begins.isoformat()})
    for others in ({"end_date": begins + timedelta(hours=73)}, {"start_date": ends}, {"status": "CANCELLED"}):
        ApplicationFactory(**held, role__opportunity=OpportunityFactory(**{"start_date": begins, **others}))
    last = ApplicationFactory(**held, role__opportunity__start_date=ends + timedelta(hours=3))
    return (
        last,
        lambda: (
            type(last.role.opportunity)
            .objects.filter(pk=last.role.opportunity_id)
            .update(start_date=begins + timedelta(hours=2), end_date=ends + timedelta(hours=2))
        ),
    )


@breaks("opportunities.corrections_correct_approved_hours")
def a_correction_of_what_nobody_approved() -> Break:
    approved, waiting = HoursEntryFactory(approved=True), HoursEntryFactory()
    same = {"application": waiting.application, "volunteer": waiting.volunteer}
    other = HoursEntryFactory(**same)
    HoursEntryFactory(application=approved.application, corrects=approved)
    return raw(other, corrects=waiting)


@breaks("opportunities.corrections_correct_approved_hours")
def a_correction_of_other_hours() -> Break:
    return raw(HoursEntryFactory(), corrects=HoursEntryFactory(approved=True))


@breaks("opportunities.proposals_overlap_nothing")
def a_proposal_at_the_time_of_logged_hours() -> Break:
    proposed = HoursEntryFactory(proposed=True)
    times = {"started_at": proposed.started_at, "ended_at": proposed.ended_at}
    other = HoursEntryFactory(application=ApplicationFactory(volunteer=proposed.volunteer))
    HoursEntryFactory(**times)
    return raw(proposed, other, **times)


@breaks("opportunities.proposals_overlap_nothing")
def a_proposal_for_an_application_that_ended() -> Break:
    proposed = HoursEntryFactory(proposed=True)
    return raw(proposed, application=ApplicationFactory(volunteer=proposed.volunteer, status="WITHDRAWN"))


@breaks("opportunities.external_opportunities_have_a_listing")
def a_listing_that_is_gone() -> Break:
    listing = ListingFactory()
    return listing.opportunity, type(listing).objects.filter(pk=listing.pk).delete


@breaks("opportunities.no_role_names_a_merged_skill")
def a_role_that_names_a_merged_skill() -> Break:
    return merging(RoleSkillFactory())


@breaks("skills.nobody_has_a_merged_skill")
def somebody_with_a_merged_skill() -> Break:
    return merging(UserSkillFactory())


@breaks("skills.no_resume_suggests_a_merged_skill")
def a_resume_that_suggests_a_merged_skill() -> Break:
    return merging(ResumeSuggestionFactory())


@breaks("skills.merged_skills_have_no_other_names")
def another_name_of_a_merged_skill() -> Break:
    return merging(SkillAliasFactory())


@breaks("skills.merged_skills_have_no_identifiers")
def an_identifier_of_a_merged_skill() -> Break:
    return merging(SkillIdentifierFactory())


@breaks("skills.merged_skills_point_to_current_ones")
def a_skill_that_was_merged_into_a_merged_one() -> Break:
    into = SkillFactory()
    return raw(SkillFactory(merged_into=into), into, merged_into=SkillFactory())


@breaks("skills.resumes_are_read_soon")
def a_resume_that_nobody_reads() -> Break:
    return raw(ResumeFactory(), created_at=ago(minutes=16))
