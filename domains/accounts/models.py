"""People, what they tell about themselves, and their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django_choices_field import TextChoicesField

from domains.base.addresses import AddressField, parse_address

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.db.models.fields.related_descriptors import RelatedManager

#: Five digits: the ZIP codes of the United States Postal Service.
validate_zip_code = RegexValidator(r"^[0-9]{5}\Z", "Give a ZIP code of five digits, such as 94110.", "INVALID")


class UserType(models.TextChoices):
    """What somebody is here for; BOTH may volunteer and host."""

    VOLUNTEER = "VOLUNTEER"
    HOST = "HOST"
    BOTH = "BOTH"


class UserManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is the log-in."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new person, stored with a hashed password (none: it can't be used to log in).

        Raises ValidationError for what is no address.
        """
        user = self.model(email=parse_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        UserProfile.objects.create(user=user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new member of staff with every right; for `manage.py createsuperuser`.

        Raises ValidationError for what is no address, and for a password that anybody could guess.
        """
        if password is not None:
            validate_password(password, self.model(email=email, **fields))
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet["User"]):
    """People, as others see them."""

    def visible_to(self, viewer: User | None) -> UserQuerySet:
        """Active people; who they are beyond their public fields is decided field by field."""
        if viewer is not None and viewer.is_staff:
            return self
        return self.filter(is_active=True)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    email = AddressField(unique=True)
    display_name = models.CharField(max_length=80)
    user_type = TextChoicesField(choices_enum=UserType, default=UserType.VOLUNTEER)
    zip_code = models.CharField(max_length=5, blank=True, validators=[validate_zip_code])
    picture = models.ImageField(upload_to="pictures/", blank=True)
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
        sessions: RelatedManager[Session]
        sign_up_attempts: RelatedManager[SignUpAttempt]
        known_networks: RelatedManager[KnownNetwork]
        blocks: RelatedManager[Block]
        blocked_by: RelatedManager[Block]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci")]

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def is_email_verified(self) -> bool:
        """Whether this person had proved that the address is theirs when first asked (django-allauth keeps it)."""
        return self.emailaddress_set.filter(email=self.email, verified=True).exists()


class UserProfile(models.Model):
    """What a person tells about themselves."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="profile")
    bio = models.TextField(max_length=2000, blank=True)
    linkedin_url = models.URLField(blank=True)
    birth_year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )

    def __str__(self) -> str:
        return f"Profile of {self.user_id}"


def pair_key(one_id: int, other_id: int) -> str:
    """Return the one name of two people, whoever is asked first: "LOWER_ID:HIGHER_ID"."""
    low, high = sorted((one_id, other_id))
    return f"{low}:{high}"


class Block(models.Model):
    """One person wants nothing to do with another; only the one who blocks can see or end it.

    Who changes one holds the lock `PAIR_LOCK` of the two alone; who acts on there being none shares it.
    """

    PAIR_LOCK: ClassVar = "pair"

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="accounts_blocked_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="accounts_no_self_block"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class SignUpAttempt(models.Model):
    """One wish for the account of an address that nobody has proved yet.

    Anybody may sign up with anybody's address, so each attempt keeps what it asked for. The account
    takes over the attempt whose mailed key comes back, and all attempts end with that. An attempt at an
    address that has a proved account already has no key and keeps its password only, so that `log_in`
    answers to that password as it would if nobody had the address.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_up_attempts")
    password = models.CharField(max_length=128)
    display_name = models.CharField(max_length=80)
    user_type = TextChoicesField(choices_enum=UserType, default=UserType.VOLUNTEER)
    zip_code = models.CharField(max_length=5, blank=True, validators=[validate_zip_code])
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Attempt {self.pk} to sign up as {self.user_id}"


class Session(models.Model):
    """One log-in on one device: a family of refresh tokens, of which only the newest is good.

    No token is stored. A refresh token is signed and names the session and its generation;
    each rotation raises the generation.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    device_name = models.CharField(max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=0)
    rotated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "ended_at"], name="accounts_session_live")]

    def __str__(self) -> str:
        return f"Session {self.pk} of {self.user_id}"


class KnownNetwork(models.Model):
    """A network from which an account had a session: failed log-ins from elsewhere do not lock its owner out there.

    Only a keyed hash of account and network is kept (`tokens.network_digests`), for a few networks and a limited time.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="known_networks")
    digest = models.CharField(max_length=32)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_known_network_once")]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="accounts_known_network_age")]

    def __str__(self) -> str:
        return f"Network {self.pk} of {self.user_id}"
