"""The acts on hosts, opportunities and applications, one file each."""

from domains.opportunities.services.apply_to_role import apply_to_role
from domains.opportunities.services.create_host import create_host
from domains.opportunities.services.create_opportunity import create_opportunity
from domains.opportunities.services.create_service_record import create_service_record
from domains.opportunities.services.decide_application import decide_application
from domains.opportunities.services.drafts import OpportunityDraft, RoleDraft, RoleSkillDraft
from domains.opportunities.services.hours_mails import mail_hours_reviewed
from domains.opportunities.services.log_hours import log_hours
from domains.opportunities.services.mails import mail_application_decided, mail_application_received
from domains.opportunities.services.publish_opportunity import publish_opportunity
from domains.opportunities.services.review_hours import review_hours
from domains.opportunities.services.revoke_service_record import revoke_service_record

__all__ = [
    "OpportunityDraft",
    "RoleDraft",
    "RoleSkillDraft",
    "apply_to_role",
    "create_host",
    "create_opportunity",
    "create_service_record",
    "decide_application",
    "log_hours",
    "mail_application_decided",
    "mail_application_received",
    "mail_hours_reviewed",
    "publish_opportunity",
    "review_hours",
    "revoke_service_record",
]
