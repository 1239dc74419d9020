"""The acts on accounts and sessions, one file each."""

from domains.accounts.services.availability import FreeTime, write_time
from domains.accounts.services.begin_session import OpenSession, begin_session
from domains.accounts.services.block_user import block_user
from domains.accounts.services.change_email import change_email, remove_old_changes
from domains.accounts.services.change_password import change_password
from domains.accounts.services.complete_mfa import MfaChallenge, complete_mfa, use_second_factor
from domains.accounts.services.delete_account import NAME_OF_DELETED, delete_account, delete_account_of
from domains.accounts.services.dev_log_in import dev_log_in
from domains.accounts.services.disable_mfa import disable_mfa, remove_second_factor
from domains.accounts.services.end_session import end_session
from domains.accounts.services.erase_accounts import erase_again, erase_deleted_accounts, remove_old_erasures
from domains.accounts.services.export_data import make_due_exports, remove_old_exports, request_data_export
from domains.accounts.services.fetch_provider_picture import fetch_provider_picture
from domains.accounts.services.forget_in_admin import forget_in_admin, forget_rows
from domains.accounts.services.guesses import limit_guesses
from domains.accounts.services.known_networks import remember_network, remove_old_networks
from domains.accounts.services.link_provider import link_provider, take_said_skills, unlink_provider
from domains.accounts.services.lock_actor import lock_self
from domains.accounts.services.log_in import log_in
from domains.accounts.services.log_in_with_code import issue_log_in_code, log_in_with_code, remove_old_codes
from domains.accounts.services.log_in_with_provider import log_in_with_provider
from domains.accounts.services.log_out import end_sessions, log_out
from domains.accounts.services.mails import (
    CHANGE_EMAIL,
    CODES_GUESSED,
    DATA_EXPORT_READY,
    EMAIL_CHANGE_REQUESTED,
    EMAIL_CHANGED,
    MFA_TURNED_OFF,
    MFA_TURNED_ON,
    PASSWORD_CHANGED,
    PROVIDER_LINKED,
    PROVIDER_UNLINKED,
    RECOVERY_CODE_USED,
    RESET_PASSWORD,
    VERIFY_EMAIL,
    queue_account_exists_mail,
)
from domains.accounts.services.profile_parts import ProfilePart, keep_profile_part
from domains.accounts.services.prove_identity import remove_expired_tokens
from domains.accounts.services.refresh_session import refresh_session
from domains.accounts.services.request_password_reset import remove_old_resets, request_password_reset
from domains.accounts.services.reset_password import reset_forgotten_password, reset_password
from domains.accounts.services.set_password import end_requests, set_password
from domains.accounts.services.set_up_totp import (
    NewSecret,
    confirm_totp,
    remove_old_setups,
    start_totp,
    turn_on_second_factor,
)
from domains.accounts.services.sign_up import remove_old_attempts, sign_up
from domains.accounts.services.unblock_user import unblock_user
from domains.accounts.services.update_profile import ChosenAudience, update_profile
from domains.accounts.services.upload_profile_picture import (
    MAX_PICTURE_UPLOADS_PER_HOUR,
    remove_profile_picture,
    remove_stray_pictures,
    set_profile_picture,
    upload_profile_picture,
)
from domains.accounts.services.uploads import (
    Accepted,
    Ticket,
    accept_uploads,
    complete_upload,
    create_upload,
    find_linked_upload,
    receive_upload,
    remove_old_uploads,
    used_upload,
)
from domains.accounts.services.verify_email import verify_email
