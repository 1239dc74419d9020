"""People: with a profile and a proven e-mail address, unless asked otherwise."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db.models import Q
from django.utils import timezone
from factory.declarations import LazyFunction, RelatedFactory, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import Password
from factory.helpers import post_generation

from domains.accounts.models import (
    Block,
    DataExport,
    EmailChange,
    Erasure,
    KnownNetwork,
    LogInCode,
    PasswordReset,
    ProfilePicture,
    Session,
    SignUpAttempt,
    TotpSetup,
    Upload,
    UploadPurpose,
    UsedProviderToken,
    User,
    UserProfile,
    UserType,
)
from domains.accounts.second_factors import MfaAdapter
from tests.factories.model_factory import ModelFactory

#: The password of everybody the factories make: `UserFactory(password=None)` has none.
PASSWORD = "a-password-for-tests"


class UserFactory(ModelFactory[User]):
    """An active volunteer whose address is proven; `UserFactory(profile__bio="…")` reaches the profile.

    Traits: `unverified` (the address is known, but not proven), `hosting`, `staff`, `superuser`, and `overseer`: staff
    who may view everything. Being staff gives no rights; `rights=["accounts.view_user"]` gives this one.
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        unverified = Trait(email_address__verified=False)
        hosting = Trait(user_type=UserType.HOST)
        staff = Trait(is_staff=True)
        overseer = Trait(is_staff=True, rights__to_view=True)
        superuser = Trait(is_staff=True, is_superuser=True)

    email = Sequence(lambda n: f"person{n}@people.example")
    display_name = Sequence(lambda n: f"Person {n}")
    zip_code = "94110"
    password = Password(PASSWORD)
    profile = RelatedFactory("tests.factories.accounts.UserProfileFactory", factory_related_name="user")
    email_address = RelatedFactory("tests.factories.accounts.EmailAddressFactory", factory_related_name="user")
    email_address__verified = True

    @post_generation
    def rights(person: Any, create: bool, given: Any, to_view: bool = False) -> None:  # noqa: N805 # factory_boy passes the person
        """Give permissions of the admin."""
        if to_view:
            person.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        elif given:
            labels = [name.split(".") for name in given]
            wanted = [Q(content_type__app_label=label, codename=codename) for label, codename in labels]
            person.user_permissions.set(Permission.objects.filter(reduce(or_, wanted)))


class UserProfileFactory(ModelFactory[UserProfile]):
    """A profile; without a `user` it makes one for itself."""

    class Meta:
        model = UserProfile

    user = SubFactory(UserFactory, profile=None)
    bio = "Saturdays are for the community garden."
    birth_year = 1990


class EmailAddressFactory(ModelFactory[EmailAddress]):
    """A proven address, the one its user logs in with."""

    class Meta:
        model = EmailAddress

    user = SubFactory(UserFactory, email_address=None)
    email = SelfAttribute("user.email")
    verified = True
    primary = True


class SignUpAttemptFactory(ModelFactory[SignUpAttempt]):
    """An attempt whose key has not come back yet, of an account that has no password of its own."""

    class Meta:
        model = SignUpAttempt

    user = SubFactory(UserFactory, unverified=True, password=None)
    password = Password(PASSWORD)
    display_name = SelfAttribute("user.display_name")
    zip_code = "94110"


class PasswordResetFactory(ModelFactory[PasswordReset]):
    """A request for a new password."""

    class Meta:
        model = PasswordReset

    email = Sequence(lambda n: f"forgetful{n}@people.example")


class ProfilePictureFactory(ModelFactory[ProfilePicture]):
    """A picture; its files are no real ones."""

    class Meta:
        model = ProfilePicture

    user = SubFactory(UserFactory)
    small = LazyFunction(lambda: ContentFile(b"small", name="face"))
    medium = LazyFunction(lambda: ContentFile(b"medium", name="face"))
    large = LazyFunction(lambda: ContentFile(b"large", name="face"))
    side = 1024


class TotpSetupFactory(ModelFactory[TotpSetup]):
    """An authenticator app that is being set up."""

    class Meta:
        model = TotpSetup

    user = SubFactory(UserFactory)
    secret = LazyFunction(lambda: MfaAdapter().encrypt(generate_totp_secret()))


class SocialAccountFactory(ModelFactory[SocialAccount]):
    """An account at Google with which somebody logs in here."""

    class Meta:
        model = SocialAccount

    user = SubFactory(UserFactory)
    provider = "google"
    uid = Sequence(lambda n: f"{n}")


class LogInCodeFactory(ModelFactory[LogInCode]):
    """A code that nobody knows."""

    class Meta:
        model = LogInCode

    user = SubFactory(UserFactory)
    digest = Sequence(lambda n: f"{n:064x}")


class UsedProviderTokenFactory(ModelFactory[UsedProviderToken]):
    """A token that was used, and has not expired."""

    class Meta:
        model = UsedProviderToken

    digest = Sequence(lambda n: f"{n:064x}")
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(minutes=10))


class UploadFactory(ModelFactory[Upload]):
    """A picture that was announced; `arrived=True` for one that was completed."""

    class Meta:
        model = Upload

    class Params:
        arrived = Trait(
            completed_at=LazyFunction(timezone.now), file=LazyFunction(lambda: ContentFile(b"face", name="face"))
        )

    user = SubFactory(UserFactory)
    purpose = UploadPurpose.PROFILE_PICTURE
    filename = "face.png"
    content_type = "image/png"
    size = 1000


class EmailChangeFactory(ModelFactory[EmailChange]):
    """A request to change an address."""

    class Meta:
        model = EmailChange

    user = SubFactory(UserFactory)
    old_email = SelfAttribute("user.email")
    new_email = Sequence(lambda n: f"new{n}@people.example")


class SessionFactory(ModelFactory[Session]):
    """A live session; `ended=True` for one that was ended."""

    class Meta:
        model = Session

    class Params:
        ended = Trait(ended_at=LazyFunction(timezone.now))

    user = SubFactory(UserFactory)
    device_name = "Firefox on a library computer"


class KnownNetworkFactory(ModelFactory[KnownNetwork]):
    """A network from which somebody had a session; `digest` is nobody's in particular."""

    class Meta:
        model = KnownNetwork

    user = SubFactory(UserFactory)
    digest = Sequence(lambda n: f"{n:032x}")


class BlockFactory(ModelFactory[Block]):
    """One of two new people wants nothing to do with the other."""

    class Meta:
        model = Block

    blocker = SubFactory(UserFactory)
    blocked = SubFactory(UserFactory)


class DataExportFactory(ModelFactory[DataExport]):
    """An export that was asked for; `ready=True` for one that can be fetched."""

    class Meta:
        model = DataExport

    class Params:
        ready = Trait(
            status="READY",
            file=LazyFunction(lambda: ContentFile(b"archive", name="archive")),
            done_at=LazyFunction(timezone.now),
            expires_at=LazyFunction(lambda: timezone.now() + DataExport.LIFETIME),
        )

    user = SubFactory(UserFactory)


class ErasureFactory(ModelFactory[Erasure]):
    """A deleted account that waits to be erased."""

    class Meta:
        model = Erasure

    user_id = Sequence(lambda n: 1_000_000 + n)
    account_created_at = LazyFunction(lambda: timezone.now() - timedelta(days=30))
    email = Sequence(lambda n: f"leaving{n}@people.example")
