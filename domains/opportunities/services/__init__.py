"""The acts on hosts, opportunities and applications, one file each."""

from domains.opportunities.services.accept_host_invitation import accept_host_invitation
from domains.opportunities.services.add_role import add_role
from domains.opportunities.services.answer_offer import answer_offer
from domains.opportunities.services.apply_to_role import apply_to_role
from domains.opportunities.services.cancel_opportunity import cancel_opportunity
from domains.opportunities.services.change_host_member_role import change_host_member_role
from domains.opportunities.services.close_opportunity import close_opportunity
from domains.opportunities.services.complete_application import complete_application
from domains.opportunities.services.create_host import create_host
from domains.opportunities.services.create_opportunity import create_opportunity
from domains.opportunities.services.create_service_record import create_service_record
from domains.opportunities.services.decide_application import decide_application
from domains.opportunities.services.drafts import OpportunityChanges, OpportunityDraft
from domains.opportunities.services.host_mails import queue_host_invitation_mail
from domains.opportunities.services.invite_host_member import invite_host_member
from domains.opportunities.services.log_hours import log_hours
from domains.opportunities.services.publish_opportunity import publish_opportunity
from domains.opportunities.services.remove_host_member import remove_host_member
from domains.opportunities.services.review_hours import review_hours
from domains.opportunities.services.revoke_service_record import revoke_service_record
from domains.opportunities.services.role_drafts import RoleChanges, RoleDraft, RoleSkillDraft
from domains.opportunities.services.take_down_opportunity import take_down_opportunity
from domains.opportunities.services.update_host import update_host
from domains.opportunities.services.update_opportunity import update_opportunity
from domains.opportunities.services.update_role import update_role
from domains.opportunities.services.withdraw_application import withdraw_application

__all__ = [
    "OpportunityChanges",
    "OpportunityDraft",
    "RoleChanges",
    "RoleDraft",
    "RoleSkillDraft",
    "accept_host_invitation",
    "add_role",
    "answer_offer",
    "apply_to_role",
    "cancel_opportunity",
    "change_host_member_role",
    "close_opportunity",
    "complete_application",
    "create_host",
    "create_opportunity",
    "create_service_record",
    "decide_application",
    "invite_host_member",
    "log_hours",
    "publish_opportunity",
    "queue_host_invitation_mail",
    "remove_host_member",
    "review_hours",
    "revoke_service_record",
    "take_down_opportunity",
    "update_host",
    "update_opportunity",
    "update_role",
    "withdraw_application",
]
