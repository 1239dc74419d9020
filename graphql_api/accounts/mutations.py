"""Mutations of accounts and sessions."""

from __future__ import annotations

import strawberry

from domains.accounts import services
from graphql_api.accounts.inputs import (
    BlockUserInput,
    ChangeEmailInput,
    ChangePasswordInput,
    CompleteMfaInput,
    ConfirmTotpInput,
    DevLogInInput,
    DisableMfaInput,
    EndSessionInput,
    LogInInput,
    LogInWithCodeInput,
    LogInWithProviderInput,
    LogOutInput,
    RefreshSessionInput,
    RequestPasswordResetInput,
    ResetPasswordInput,
    SignUpInput,
    UnlinkProviderInput,
    UpdateProfileInput,
    UploadProfilePictureInput,
    VerifyEmailInput,
)
from graphql_api.accounts.personal_data import DataExport, DeleteAccountInput, DeleteAccountReceipt
from graphql_api.accounts.results import (
    AuthSession,
    BlockReceipt,
    LogOutReceipt,
    MfaChallenge,
    PasswordResetReceipt,
    RecoveryCodes,
    SignUpReceipt,
    TotpSetup,
    session_or_challenge,
)
from graphql_api.accounts.types import User
from graphql_api.accounts.uploads import (
    CompleteUploadInput,
    CreateUploadInput,
    StoredFile,
    UploadPurpose,
    UploadTicket,
    chosen_file,
)
from graphql_api.context import Info, signed_in, signed_in_to_set_up
from graphql_api.mutations import mutation
from graphql_api.relay.ids import known_or_nobody


@strawberry.type
class AccountMutations:
    """Root mutation fields of accounts."""

    @mutation(
        SignUpReceipt,
        description="Request an account. The server sends a mail with a key for `verifyEmail`. An address that already "
        "has an account gets the same answer.",
    )
    def sign_up(self, info: Info, input: SignUpInput) -> object:
        email = services.sign_up(
            email=input.email,
            password=input.password,
            display_name=input.display_name,
            user_type=input.user_type,
            zip_code=input.zip_code,
            ip_address=info.context.ip_address,
            birth_year=input.birth_year,
        )
        return SignUpReceipt(email=email)

    @mutation(
        AuthSession,
        description="Verify the email address with the key from the mail, and log in. A user with a second factor is "
        "not logged in: the address is verified, and the code is MFA_REQUIRED.",
    )
    def verify_email(self, info: Info, input: VerifyEmailInput) -> object:
        return AuthSession.of(services.verify_email(key=input.key, ip_address=info.context.ip_address), info)

    @mutation(AuthSession, MfaChallenge, description="Log in with email address and password.")
    def log_in(self, info: Info, input: LogInInput) -> object:
        opened = services.log_in(
            email=input.email,
            password=input.password,
            device_name=input.device_name,
            ip_address=info.context.ip_address,
        )
        return session_or_challenge(opened, info)

    @mutation(
        AuthSession,
        MfaChallenge,
        description="Log in with Google, Facebook, Apple or LinkedIn, or sign up with it. An account with the same "
        "email address is linked if both have verified it. If the provider does not vouch for the address, a mail is "
        "sent, and the error code is EMAIL_NOT_VERIFIED, whether or not there is an account. BAD_CREDENTIALS: the "
        "token or code is invalid, expired, used, or meant for another app. REQUIRED: the provider gave no email "
        "address. CONFLICT: an account of staff, which only `linkProvider` links. PROVIDER_UNAVAILABLE and "
        "RATE_LIMITED.",
    )
    def log_in_with_provider(self, info: Info, input: LogInWithProviderInput) -> object:
        opened = services.log_in_with_provider(
            proof=input.proof(), device_name=input.device_name, ip_address=info.context.ip_address
        )
        return session_or_challenge(opened, info)

    @mutation(
        AuthSession,
        MfaChallenge,
        description="Log in with the code that the server's login page, `/accounts/log-in/`, added to the frontend's "
        "URL. EXPIRED: the code is unknown, used or older than 60 seconds, or `codeVerifier` does not match.",
    )
    def log_in_with_code(self, info: Info, input: LogInWithCodeInput) -> object:
        opened = services.log_in_with_code(
            code=input.code,
            code_verifier=input.code_verifier,
            device_name=input.device_name,
            ip_address=info.context.ip_address,
        )
        return session_or_challenge(opened, info)

    @mutation(
        AuthSession,
        description="Complete a login with a code of the user's second factor. Each code works once.",
    )
    def complete_mfa(self, info: Info, input: CompleteMfaInput) -> object:
        opened = services.complete_mfa(
            challenge_token=input.challenge_token, code=input.code, ip_address=info.context.ip_address
        )
        return AuthSession.of(opened, info)

    @mutation(AuthSession, description="Exchange a refresh token for new tokens. Each refresh token works once.")
    def refresh_session(self, info: Info, input: RefreshSessionInput) -> object:
        opened = services.refresh_session(refresh_token=input.refresh_token, ip_address=info.context.ip_address)
        return AuthSession.of(opened, info)

    @mutation(
        LogOutReceipt,
        description="End the current session, the session of a given refresh token, or all sessions of the caller. "
        "Needs a login.",
    )
    def log_out(self, info: Info, input: LogOutInput) -> object:
        ended = services.log_out(
            actor=signed_in_to_set_up(info),
            session=info.context.session,
            refresh_token=input.refresh_token,
            everywhere=input.everywhere,
        )
        return LogOutReceipt(sessions_ended=ended)

    @mutation(
        LogOutReceipt,
        description="End one of the caller's sessions, such as that of a lost device. Its sockets close at once. Needs "
        "a login.",
    )
    def end_session(self, info: Info, input: EndSessionInput) -> object:
        ended = services.end_session(
            actor=signed_in_to_set_up(info), session_id=known_or_nobody(input.session_id, "UserSession")
        )
        return LogOutReceipt(sessions_ended=ended)

    @mutation(
        PasswordResetReceipt,
        description="Ask for a new password. The server sends a mail with a key for `resetPassword`, or, if no account "
        "has the address, a mail that says so. The response is the same, even past the limit: five of these mails a "
        "day go to an address from one network, and 20 from all.",
    )
    def request_password_reset(self, info: Info, input: RequestPasswordResetInput) -> object:
        email = services.request_password_reset(email=input.email, ip_address=info.context.ip_address)
        return PasswordResetReceipt(email=email)

    @mutation(
        AuthSession,
        MfaChallenge,
        description="Set a new password with the key from the mail, and log in. All other sessions end, all providers "
        "are unlinked, and a mail tells the user.",
    )
    def reset_password(self, info: Info, input: ResetPasswordInput) -> object:
        opened = services.reset_password(
            key=input.key, new_password=input.new_password, ip_address=info.context.ip_address
        )
        return session_or_challenge(opened, info)

    @mutation(
        AuthSession,
        description="Change the caller's password. All other sessions end, and a mail tells the user. Use the new "
        "tokens from now on. Needs a login.",
    )
    def change_password(self, info: Info, input: ChangePasswordInput) -> object:
        opened = services.change_password(
            actor=signed_in(info),
            session=info.context.session,
            current_password=input.current_password,
            new_password=input.new_password,
            ip_address=info.context.ip_address,
        )
        return AuthSession.of(opened, info)

    @mutation(
        SignUpReceipt,
        description="Ask to change the caller's email address. The new address gets a mail with a key for "
        "`verifyEmail`, the old one a notice. Until then the old address stays. Needs a login.",
    )
    def change_email(self, info: Info, input: ChangeEmailInput) -> object:
        email = services.change_email(
            actor=signed_in(info),
            session=info.context.session,
            new_email=input.new_email,
            password=input.password,
            ip_address=info.context.ip_address,
        )
        return SignUpReceipt(email=email)

    @mutation(
        TotpSetup,
        description="Get a secret for an authenticator app, as a second factor. Nothing changes until `confirmTotp`. "
        "Calling again replaces the secret. CONFLICT: there is a second factor already. Needs a session that began "
        "less than an hour ago, else BAD_CREDENTIALS; `refreshSession` does not renew this.",
    )
    def start_totp(self, info: Info) -> object:
        new = services.start_totp(actor=signed_in_to_set_up(info), session=info.context.session)
        return TotpSetup(secret=new.secret, otpauth_url=new.otpauth_url, qr_code_svg=new.qr_code_svg)

    @mutation(
        RecoveryCodes,
        description="Turn the second factor on, with a code that shows that the app has the secret of `startTotp`. All "
        "other sessions end, and a mail tells the user. Needs a login.",
    )
    def confirm_totp(self, info: Info, input: ConfirmTotpInput) -> object:
        codes = services.confirm_totp(
            actor=signed_in_to_set_up(info),
            session=info.context.session,
            code=input.code,
            ip_address=info.context.ip_address,
        )
        return RecoveryCodes(codes=codes)

    @mutation(
        User,
        description="Turn the second factor off. The recovery codes become invalid, and a mail tells the user. Needs a "
        "login.",
    )
    def disable_mfa(self, info: Info, input: DisableMfaInput) -> object:
        return services.disable_mfa(
            actor=signed_in(info),
            session=info.context.session,
            password=input.password,
            ip_address=info.context.ip_address,
        )

    @mutation(
        User,
        description="Let the caller log in with Google, Facebook, Apple or LinkedIn, too. The email addresses may "
        "differ. Linking the same account again changes nothing; one account of each provider can be linked, else "
        "CONFLICT. DUPLICATE: it is linked to another user. A mail tells the user. Needs a session that began less "
        "than an hour ago, else BAD_CREDENTIALS; `refreshSession` does not renew this.",
    )
    def link_provider(self, info: Info, input: LogInWithProviderInput) -> object:
        return services.link_provider(
            actor=signed_in(info),
            session=info.context.session,
            proof=input.proof(),
            ip_address=info.context.ip_address,
        )

    @mutation(
        User,
        description="Remove a provider from the caller's account. If it is the only way to log in, the mutation is "
        "refused with CONFLICT. A mail tells the user. If it is not linked, nothing changes. Needs a login.",
    )
    def unlink_provider(self, info: Info, input: UnlinkProviderInput) -> object:
        return services.unlink_provider(actor=signed_in(info), session=info.context.session, provider=input.provider)

    @mutation(User, description="Change the caller's account data and profile. Needs a login.")
    def update_profile(self, info: Info, input: UpdateProfileInput) -> object:
        return services.update_profile(
            actor=signed_in(info),
            display_name=input.display_name,
            bio=input.bio,
            linkedin_url=input.linkedin_url,
            website_url=input.website_url,
            languages=input.languages,
            zip_code=input.zip_code,
            user_type=input.user_type,
            birth_year=input.birth_year,
            cause_ids=input.cause_keys(),
            availability=input.free_times(),
            visibility=input.chosen_audiences(),
        )

    @mutation(
        User,
        description="Set the caller's profile picture; an earlier one is removed. The middle of the picture is kept, "
        "in three sizes, and nothing else of the file. Needs a login.",
    )
    def upload_profile_picture(self, info: Info, input: UploadProfilePictureInput) -> object:
        purpose, actor = UploadPurpose.PROFILE_PICTURE, signed_in(info)
        with chosen_file(info, input.picture, input.upload_id, purpose=purpose, field="picture") as file:
            return services.upload_profile_picture(actor=actor, picture=file)

    @mutation(
        User, description="Remove the caller's profile picture. Repeating the call changes nothing. Needs a login."
    )
    def remove_profile_picture(self, info: Info) -> object:
        return services.remove_profile_picture(actor=signed_in(info))

    @mutation(
        UploadTicket,
        description="Announce a file that is sent straight to the storage instead of in a mutation's request. Send it "
        "as the ticket says, then call `completeUpload`. UNSUPPORTED_TYPE, TOO_LARGE and INVALID: the purpose does not "
        "take such a file. CONFLICT: 20 files are under way. RATE_LIMITED: 60 an hour. Needs a login.",
    )
    def create_upload(self, info: Info, input: CreateUploadInput) -> object:
        ticket = services.create_upload(
            actor=signed_in(info),
            purpose=input.purpose,
            filename=input.filename,
            content_type=input.content_type,
            size=input.size,
        )
        return UploadTicket.of(ticket)

    @mutation(
        StoredFile,
        description="Check a file that was sent. Its ID then goes as `uploadId` into the mutation that takes it, once, "
        "within an hour. Completing again returns the same file. CONFLICT: it has not arrived. UNSUPPORTED_TYPE, "
        "TOO_LARGE: it is not what was announced, and was removed. Needs a login.",
    )
    def complete_upload(self, info: Info, input: CompleteUploadInput) -> object:
        return services.complete_upload(actor=signed_in(info), upload_id=known_or_nobody(input.upload_id, "StoredFile"))

    @mutation(
        DataExport,
        description="Ask for an export of everything that is stored about the caller. A mail says when it is READY. "
        "Asking again returns the same export, while it can be downloaded for seven days. Needs a login.",
    )
    def request_data_export(self, info: Info) -> object:
        return services.request_data_export(actor=signed_in(info))

    @mutation(
        DeleteAccountReceipt,
        description="Delete the caller's account. It is hidden from everybody at once, all sessions end, and what is "
        "stored about the user is erased within minutes; messages stay as deleted, without their sender. The email "
        "address is free for a new account. BAD_CREDENTIALS: the password is wrong, or, without one, the login is too "
        "old. RATE_LIMITED: too many passwords were tried, also by others in the same network. CONFLICT: the password "
        "was changed just now. Needs a login.",
    )
    def delete_account(self, info: Info, input: DeleteAccountInput) -> object:
        closed_at = services.delete_account(
            actor=signed_in_to_set_up(info),
            session=info.context.session,
            password=input.password,
            keep_service_records=input.keep_service_records,
            ip_address=info.context.ip_address,
        )
        return DeleteAccountReceipt(erased_at=closed_at)

    @mutation(
        BlockReceipt,
        description="Block a user: neither of the two can write to the other any more. The blocked user is not "
        "notified. Existing messages and shared groups stay. Blocking again changes nothing. Needs a login.",
    )
    def block_user(self, info: Info, input: BlockUserInput) -> object:
        person = services.block_user(actor=signed_in(info), user_id=known_or_nobody(input.user_id, "User"))
        return BlockReceipt(user_id=person.pk)

    @mutation(
        BlockReceipt,
        description="Remove the caller's block of a user. If that user has blocked the caller too, that block stays. "
        "Needs a login.",
    )
    def unblock_user(self, info: Info, input: BlockUserInput) -> object:
        person = services.unblock_user(actor=signed_in(info), user_id=known_or_nobody(input.user_id, "User"))
        return BlockReceipt(user_id=person.pk)


@strawberry.type
class DevelopmentMutations:
    """Root mutation fields that exist only when DEBUG is on."""

    @mutation(
        AuthSession, description="Log in as any user by email address, without a password. Exists only in development."
    )
    def dev_log_in(self, info: Info, input: DevLogInInput) -> object:
        return AuthSession.of(services.dev_log_in(email=input.email, ip_address=info.context.ip_address), info)
