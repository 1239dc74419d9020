"""Applications: notifies hosts of new applications and changed slots, and volunteers of decisions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.mails import MailContent
from domains.notifications.services.notification_templates.shapes import (
    OVERLAP_PREFIX,
    WITHDRAW_FROM_ONE,
    first_time_zone,
    format_local_time,
    format_slots,
    plain_mail,
)
from domains.notifications.services.notify import Subject, notify
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus
from domains.opportunities.selectors import find_collisions, find_managers
from domains.opportunities.transitions import count_slots_taken

Status = ApplicationStatus
ACCEPTED_ANYWAY, SLOT_CHANGED = "accepted_anyway", "place_changed"
RELATED_ROWS = ("role__opportunity__host", "volunteer")
#: Text for the host about the first status of an application.
FIRST_STATUS_TEXTS = {
    Status.ACCEPTED: "The role accepts everybody while it has free slots: this volunteer has one.",
    Status.WAITLISTED: "Every slot is taken: this volunteer is on the waitlist.",
}
#: Title and text for the volunteer about a move.
DECISION_TEXTS = {
    Status.ACCEPTED: ("You have a slot", "As {role}, from {start}."),
    Status.SHORTLISTED: ("You are on the short list", "The final decision is still to come."),
    Status.WAITLISTED: ("You are on the waitlist", "We notify you when a slot becomes free."),
    Status.OFFERED: (
        "A slot is free for you",
        "Accept it by {deadline}; after that it goes to the next volunteer on the waitlist.",
    ),
    Status.EXPIRED: (
        "The offer has expired",
        "The slot went to the next volunteer on the waitlist. You may apply again.",
    ),
    Status.COMPLETED: ("Thank you for coming", "It counts. Log your hours while you remember them."),
}
#: Names of the reasons that a coordinator may override, for both sides.
OVERRIDDEN_REASONS = {
    OpportunityCode.OVERLAPS: "another slot at the same time",
    OpportunityCode.MISSING_SKILL: "a required skill that is missing",
    OpportunityCode.MISSING_COURSE: "a required course that is missing",
    OpportunityCode.MISSING_VERIFICATION: "a required verification that is missing",
}
ABSENT_TEXT = ("You are noted as not having come", "If that is a mistake, write to the organization.")
DECLINED_TEXT = ("No slot this time", "Thank you for offering your time.")


def notify_received(application_id: int) -> None:
    """Notify the host's owners and coordinators of a new application."""
    application = _find_application(application_id)
    if application is None:
        return
    first = application.history.first()
    body = FIRST_STATUS_TEXTS.get(first.to_status, "") if first else ""
    _notify_managers(
        application,
        template="application_received",
        source_id=application_id,
        title=_received_title(application),
        body=body or "The volunteer waits for your decision.",
    )


def mail_received(notification: Notification) -> MailContent | None:
    """Return the mail about a new application."""
    application = _find_application(notification.source_id)
    if application is None:
        return None
    return MailContent(
        template="notifications/application_received",
        subject=_received_title(application),
        context={
            "application": application,
            "manager": notification.recipient,
            "first_move": application.history.first(),
        },
    )


def notify_slot_confirmed(application_id: int) -> None:
    """Notify a volunteer who got a slot by applying; an application that waits makes no notification."""
    first = ApplicationHistory.objects.filter(application=application_id).order_by("pk").first()
    if first is not None and first.to_status == Status.ACCEPTED:
        notify_decided(first.pk)


def notify_decided(move_id: int) -> None:
    """Notify the volunteer of this move of their application."""
    moved = _find_move(move_id)
    if moved is None or not moved.application.volunteer.is_active:
        return
    application, opportunity = moved.application, moved.application.role.opportunity
    is_offer = moved.to_status in {Status.OFFERED, Status.EXPIRED}
    title, text = _decision_text(moved)
    times = _times(application)
    body = text.format(
        role=application.role.title,
        start=times["begins"],
        deadline=times["deadline"] or "the deadline",
    )
    body = "\n".join([body, *_about_override(moved)])
    if moved.reason and moved.actor_id != application.volunteer_id and opportunity.host:
        body += f"\n{opportunity.host.organization_name} adds: {moved.reason}"
    notify(
        recipient_ids=[application.volunteer_id],
        kind=NotificationKind.OFFER_MADE if is_offer else NotificationKind.APPLICATION_DECIDED,
        template="application_decided",
        source_id=move_id,
        title=f"{title}: {opportunity.title}",
        body=body,
        subject=Subject("Application", application.pk),
    )


def mail_decided(notification: Notification) -> MailContent | None:
    """Return the mail about a decision, an offer, or its end."""
    moved = _find_move(notification.source_id)
    if moved is None or _is_stale_offer(moved):
        return None
    return MailContent(
        template="notifications/application_decided",
        subject=f"Your application: {moved.application.role.opportunity.title}",
        context={
            "application": moved.application,
            **_times(moved.application),
            "move": moved,
            "was_absent": moved.from_status == Status.ACCEPTED,
            "about_override": _about_override(moved),
        },
    )


def notify_accepted_anyway(move_id: int) -> None:
    """Notify the host's owners and coordinators of the overridden reasons, without naming an overlapping slot."""
    moved = _find_move(move_id)
    if moved is None:
        return
    _notify_managers(
        moved.application,
        template=ACCEPTED_ANYWAY,
        source_id=move_id,
        title=f"{moved.application.volunteer.display_name} was accepted anyway: {moved.application.role.title}",
        body=_accepted_anyway_body(moved, by=moved.actor),
    )


def hide_actor(moves: QuerySet[ApplicationHistory]) -> None:
    """The notifications of these overrides no longer name the coordinator, whose account is erased. A system act."""
    for moved in moves:
        about = Notification.objects.filter(template=ACCEPTED_ANYWAY, source_id=moved.pk)
        about.update(body=_accepted_anyway_body(moved, by=None))


def notify_slot_changed(move_id: int) -> None:
    """Notify the host of a volunteer who answered an offer or gave up a slot."""
    moved = _find_move(move_id)
    if moved is None:
        return
    if moved.to_status != Status.ACCEPTED and not count_slots_taken(moved.from_status, moved.to_status):
        return
    body = f"They write: {moved.reason}" if moved.reason else ""
    _notify_managers(
        moved.application, template=SLOT_CHANGED, source_id=move_id, title=_slot_changed_title(moved), body=body
    )


def mail_slot_changed(notification: Notification) -> MailContent | None:
    """Return the mail about a volunteer who took or gave up a slot."""
    moved = _find_move(notification.source_id)
    if moved is None:
        # The volunteer's account was erased, with the move: the notification says who and what.
        return plain_mail(notification)
    return MailContent(
        template="notifications/place_changed",
        subject=_slot_changed_title(moved),
        context={"application": moved.application, "manager": notification.recipient, "move": moved},
    )


def _about_override(moved: ApplicationHistory) -> list[str]:
    """Return the sentences for a volunteer whom a coordinator accepted anyway."""
    if not moved.overrides:
        return []
    application = moved.application
    lines = [f"You were accepted in spite of {_name_overridden_reasons(moved)}."]
    collisions = find_collisions(
        opportunity=application.role.opportunity, volunteer_ids=[application.volunteer_id], now=timezone.now()
    )
    if slots := collisions.get(application.volunteer_id):
        lines.append(f"{OVERLAP_PREFIX}: {format_slots(slots)}. {WITHDRAW_FROM_ONE}")
    return lines


def _accepted_anyway_body(moved: ApplicationHistory, *, by: User | None) -> str:
    name = by.display_name if by else "Somebody who has left"
    return f"{name} passed over {_name_overridden_reasons(moved)}."


def _name_overridden_reasons(moved: ApplicationHistory) -> str:
    return " and ".join(OVERRIDDEN_REASONS[code] for code in moved.overrides)


def _notify_managers(application: Application, *, template: str, source_id: int, title: str, body: str) -> None:
    host = application.role.opportunity.host
    notify(
        recipient_ids=[manager.pk for manager in find_managers(host_id=host.pk)] if host else [],
        kind=NotificationKind.APPLICATION_RECEIVED,
        template=template,
        source_id=source_id,
        title=title,
        body=body,
        subject=Subject("Application", application.pk),
    )


def _is_stale_offer(moved: ApplicationHistory) -> bool:
    """Return whether the move is an offer that was answered or expired before its mail went out."""
    return moved.to_status == Status.OFFERED and moved.application.status != Status.OFFERED


def _times(application: Application) -> dict[str, str]:
    opportunity, deadline = application.role.opportunity, application.offer_expires_at
    zone = first_time_zone(opportunity.location_zip)
    return {
        "begins": format_local_time(opportunity.start_date, zone),
        "deadline": format_local_time(deadline, zone) if deadline else "",
    }


def _received_title(application: Application) -> str:
    return f"{application.volunteer.display_name} applied: {application.role.title}"


def _slot_changed_title(moved: ApplicationHistory) -> str:
    verb = "took the free slot" if moved.to_status == Status.ACCEPTED else "gave the slot back"
    return f"{moved.application.volunteer.display_name} {verb}: {moved.application.role.title}"


def _decision_text(moved: ApplicationHistory) -> tuple[str, str]:
    if moved.to_status == Status.CANCELLED and moved.from_status == Status.ACCEPTED:
        return ABSENT_TEXT
    return DECISION_TEXTS.get(moved.to_status, DECLINED_TEXT)


def _find_application(application_id: int) -> Application | None:
    return Application.objects.select_related(*RELATED_ROWS).filter(pk=application_id).first()


def _find_move(move_id: int) -> ApplicationHistory | None:
    with_all = ApplicationHistory.objects.select_related("actor", *(f"application__{one}" for one in RELATED_ROWS))
    return with_all.filter(pk=move_id).first()
