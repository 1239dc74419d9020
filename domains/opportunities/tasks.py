"""Mails that opportunities send, and what time does to them."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task

from domains.opportunities import services
from domains.opportunities.services.close_ended import close_ended
from domains.opportunities.services.expire_offers import expire_offers

_retry = {"autoretry_for": (SMTPException, OSError), "retry_backoff": True, "max_retries": 5}


@shared_task(**_retry)
def send_application_received_mails(application_id: int) -> None:
    """Tell the host's owners and coordinators about a new application."""
    services.mail_application_received(application_id=application_id)


@shared_task(**_retry)
def send_place_confirmed_mail(application_id: int) -> None:
    """Confirm the place to somebody who got it by applying."""
    services.mail_place_confirmed(application_id=application_id)


@shared_task(**_retry)
def send_application_decided_mail(move_id: int) -> None:
    """Tell the volunteer about a decision, an offer, or its end."""
    services.mail_application_decided(move_id=move_id)


@shared_task(**_retry)
def send_host_invitation_mail(membership_id: int) -> None:
    """Mail the key of an invitation."""
    services.mail_host_invitation(membership_id=membership_id)


@shared_task(**_retry)
def send_opportunity_changed_mails(change_id: int) -> None:
    """Tell those who hold a place what a host changed."""
    services.mail_opportunity_changed(change_id=change_id)


@shared_task(**_retry)
def send_opportunity_cancelled_mails(change_id: int) -> None:
    """Tell those who applied that it does not take place."""
    services.mail_opportunity_cancelled(change_id=change_id)


@shared_task(**_retry)
def send_place_changed_mails(move_id: int) -> None:
    """Tell the host's owners and coordinators who comes or does not come after all."""
    services.mail_place_changed(move_id=move_id)


@shared_task(**_retry)
def send_hours_reviewed_mail(hours_entry_id: int) -> None:
    """Tell the volunteer about a review of hours."""
    services.mail_hours_reviewed(hours_entry_id=hours_entry_id)


@shared_task
def close_ended_opportunities() -> None:
    """Close what is over."""
    close_ended()


@shared_task
def expire_overdue_offers() -> None:
    """Pass on the offers that nobody answered in time."""
    expire_offers()
