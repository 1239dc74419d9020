"""People and their profiles."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django_choices_field import TextChoicesField

from domains.accounts.models.audiences import DEFAULT_AUDIENCES, Audience, ProfileField, audience_of
from domains.base.addresses import AddressField, parse_address
from domains.geo.fields import ZipCodeField

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from django.db.models.fields.related_descriptors import RelatedManager

#: Django's own, so that cookies from before outlive the override.
_SESSION_HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


class UserType(models.TextChoices):
    """What a person may do; BOTH may volunteer and host."""

    VOLUNTEER = "VOLUNTEER"
    HOST = "HOST"
    BOTH = "BOTH"


class UserManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is the log-in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new person, stored with a hashed password (without one, the person cannot log in).

        Raises ValidationError if the address is invalid.
        """
        user = self.model(email=parse_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        UserProfile.objects.create(user=user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new member of staff with every right; for `manage.py createsuperuser`.

        Raises ValidationError if the address is invalid or the password is easy to guess.
        """
        if password is not None:
            validate_password(password, self.model(email=email, **fields))
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


#: Only the year of birth is known, so a person is surely 18 only in the year after the one in which they turn 18.
ADULT_AGE = 18

#: Finds the rows that make the second person an acquaintance of the first; the second may be an `OuterRef`.
Acquaintance = Callable[["User", Any], models.QuerySet[Any]]
_acquaintances: list[Acquaintance] = []


def register_acquaintance(find: Acquaintance) -> Acquaintance:
    """Register a function that finds acquaintances; a decorator for the domains above this one."""
    _acquaintances.append(find)
    return find


#: Finds the rows that give a person, which may be an `OuterRef`, a role of the setting MFA_REQUIRED_FOR.
GuardedRole = Callable[[Any], models.QuerySet[Any]]
_guarded_roles: dict[str, GuardedRole] = {}


def register_guarded_role(name: str) -> Callable[[GuardedRole], GuardedRole]:
    """Register a function that finds who has the role; a decorator for the domains above this one."""

    def register(find: GuardedRole) -> GuardedRole:
        _guarded_roles[name] = find
        return find

    return register


def _is_known_to(viewer: User, person: str) -> Q:
    """Return the condition that the person is an acquaintance of the viewer."""
    return reduce(or_, (Q(Exists(find(viewer, OuterRef(f"{person}pk")))) for find in _acquaintances), Q(pk__in=[]))


def _is_adult(person: str = "") -> Q:
    """People who do not give their year of birth are taken for adults, as in `policies.may_be_minor`."""
    last_year, born = timezone.now().year - ADULT_AGE - 1, f"{person}profile__birth_year"
    return Q(**{f"{born}__isnull": True}) | Q(**{f"{born}__lte": last_year})


def _is_public(person: str) -> Q:
    """Everybody may read the profiles of adults who have proved their address."""
    return _is_adult(person) & Q(Exists(User.objects.with_verified_email().filter(pk=OuterRef(f"{person}pk"))))


def profile_is_visible_to(viewer: User | None, person: str = "") -> Q:
    """Return the condition that the viewer may read the person's profile, whether or not the account was closed since.

    A profile that is not public is open to the person, to the person's acquaintances, and to staff with the right to
    view people. `person` is the path to the person, such as `user__`. A condition on joins costs as much as there are
    rows; with `user__in`, PostgreSQL would first look for all people who are visible.
    """
    if viewer is None:
        return _is_public(person)
    if viewer.has_right("accounts.view_user"):
        return Q()
    return _is_public(person) | Q(**{f"{person}pk": viewer.pk}) | _is_known_to(viewer, person)


def field_is_shown_to(viewer: User | None, field: ProfileField, person: str = "user__") -> Q:
    """Return the condition that the person shows the viewer this field: the profile is visible, and the audience fits.

    `UserProfile.shows` says the same of the row of one profile.
    """

    def chose(*audiences: Audience) -> Q:
        path = f"{person}profile__visibility__{field}"
        is_default = Q(**{f"{path}__isnull": True}) if DEFAULT_AUDIENCES[field] in audiences else Q()
        return is_default | Q(**{f"{path}__in": audiences})

    if viewer is None:
        return _is_public(person) & chose(Audience.EVERYONE)
    if viewer.has_right("accounts.view_user"):
        return Q()
    to_members = _is_public(person) & chose(Audience.EVERYONE, Audience.MEMBERS)
    to_contacts = _is_known_to(viewer, person) & chose(Audience.EVERYONE, Audience.MEMBERS, Audience.CONTACTS)
    return to_members | Q(**{f"{person}pk": viewer.pk}) | to_contacts


class UserQuerySet(models.QuerySet["User"]):
    """People, as others see them."""

    def visible_to(self, viewer: User | None) -> UserQuerySet:
        """Active people whose profile the viewer may read; staff with the right to view people see all."""
        if viewer is not None and viewer.has_right("accounts.view_user"):
            return self
        return self.profile_visible_to(viewer).filter(is_active=True)

    def profile_visible_to(self, viewer: User | None) -> UserQuerySet:
        """People whose profile the viewer may read, whether or not their accounts were closed since."""
        return self.filter(profile_is_visible_to(viewer))

    def with_verified_email(self) -> UserQuerySet:
        """People who have proved that the address is theirs."""
        return self.filter(emailaddress__email=F("email"), emailaddress__verified=True)

    def adults(self) -> UserQuerySet:
        """People who are not minors, as `policies.may_be_minor` tells it of one person."""
        return self.filter(_is_adult())

    def who_must_set_up_mfa(self) -> UserQuerySet:
        """People without a second factor who have a role that the setting MFA_REQUIRED_FOR names."""
        roles = set(settings.MFA_REQUIRED_FOR)
        if not roles:
            return self.none()
        named = [Q(is_staff=True)] if "staff" in roles else []
        named += [Q(Exists(_guarded_roles[role](OuterRef("pk")))) for role in sorted(roles - {"staff"})]
        return self.filter(reduce(or_, named)).exclude(authenticator__type="totp")


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = AddressField(unique=True)
    display_name = models.CharField(max_length=80)
    user_type = TextChoicesField(choices_enum=UserType, default=UserType.VOLUNTEER)
    zip_code = ZipCodeField()
    is_verified = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["display_name"]

    if TYPE_CHECKING:
        profile: UserProfile
        emailaddress_set: RelatedManager[EmailAddress]
        authenticator_set: RelatedManager[Authenticator]
        socialaccount_set: RelatedManager[SocialAccount]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci")]
        permissions: ClassVar = [("use_graphiql", "Can use GraphiQL and read the schema by introspection")]

    def __str__(self) -> str:
        return self.display_name

    def has_right(self, permission: str) -> bool:
        """Whether this is a member of staff with a permission of the admin, such as `accounts.view_user`.

        Being staff opens the admin and nothing else. The right to change includes the right to view, as in the admin.
        Django caches the permissions on the instance, so that a second check costs no statement.
        """
        held = (self.has_perm(name) for name in (permission, permission.replace(".view_", ".change_")))
        return self.is_staff and any(held)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Hash the password, as Django does, and the second factor: with another one, cookies and challenges end."""
        factors = self.authenticator_set.filter(type="totp").order_by("pk").values_list("pk", flat=True)
        value = " ".join([self.password, *map(str, factors)])
        return salted_hmac(_SESSION_HASH_SALT, value, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def is_email_verified(self) -> bool:
        """Whether this person had proved that the address is theirs when first asked (django-allauth keeps it)."""
        return self.emailaddress_set.filter(email=self.email, verified=True).exists()


class UserProfileQuerySet(models.QuerySet["UserProfile"]):
    """Profiles, as others see them."""

    def visible_to(self, viewer: User | None) -> UserProfileQuerySet:
        """Those of the people who are open to the viewer; `UserProfile.shows` says which fields they show."""
        rows = self.filter(profile_is_visible_to(viewer, "user__"))
        return rows.annotate(audience_of_viewer=_narrowest_audience(viewer))  # type: ignore[no-redef] # declared below


def _narrowest_audience(viewer: User | None) -> Any:
    """Return the expression for the narrowest audience of a profile to which the viewer belongs."""
    if viewer is None:
        return Value(Audience.EVERYONE)
    if viewer.has_right("accounts.view_user"):
        return Value(Audience.ONLY_ME)
    return Case(
        When(user=viewer.pk, then=Value(Audience.ONLY_ME)),
        When(_is_known_to(viewer, "user__"), then=Value(Audience.CONTACTS)),
        default=Value(Audience.MEMBERS),
    )


class UserProfile(models.Model):
    """A person's profile."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="profile")
    bio = models.TextField(max_length=2000, blank=True)
    linkedin_url = models.URLField(blank=True)
    website_url = models.URLField(blank=True)
    #: BCP 47 tags such as `en` or `pt-BR`, in the order in which the person gave them.
    languages = models.JSONField(default=list, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    #: When the person is usually free: `Hours` of `domains.base.week`, in the time zone of their ZIP code.
    availability = models.JSONField(default=list, blank=True)
    #: The audiences that the person chose, by `ProfileField`; the others are those of `DEFAULT_AUDIENCES`.
    visibility = models.JSONField(default=dict, blank=True)

    objects = UserProfileQuerySet.as_manager()

    if TYPE_CHECKING:
        #: The narrowest audience with the viewer; rows that `visible_to` did not read have none, and show nothing.
        audience_of_viewer: str

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"

    def audience_of(self, field: ProfileField) -> Audience:
        """Return who sees the field."""
        return audience_of(field, self.visibility)

    def shows(self, field: ProfileField) -> bool:
        """Whether the viewer for whom `visible_to` read this row sees the field, as `field_is_shown_to` tells it."""
        return self.audience_of(field).includes(Audience(self.audience_of_viewer))
