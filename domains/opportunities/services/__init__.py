"""The acts on hosts, opportunities and applications, one file each."""

from domains.opportunities.services.answer_offer import answer_offer
from domains.opportunities.services.apply_to_role import apply_to_role
from domains.opportunities.services.complete_application import complete_application
from domains.opportunities.services.create_host import create_host
from domains.opportunities.services.create_opportunity import create_opportunity
from domains.opportunities.services.decide_application import decide_application
from domains.opportunities.services.drafts import OpportunityDraft, RoleDraft, RoleSkillDraft
from domains.opportunities.services.mails import (
    mail_application_decided,
    mail_application_received,
    mail_place_changed,
    mail_place_confirmed,
)
from domains.opportunities.services.publish_opportunity import publish_opportunity
from domains.opportunities.services.withdraw_application import withdraw_application

__all__ = [
    "OpportunityDraft",
    "RoleDraft",
    "RoleSkillDraft",
    "answer_offer",
    "apply_to_role",
    "complete_application",
    "create_host",
    "create_opportunity",
    "decide_application",
    "mail_application_decided",
    "mail_application_received",
    "mail_place_changed",
    "mail_place_confirmed",
    "publish_opportunity",
    "withdraw_application",
]
