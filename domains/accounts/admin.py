"""People and their sessions; the e-mail address is the log-in, the birth year is seen only by who may correct it."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from domains.accounts.models import Block, KnownNetwork, Session, SignUpAttempt, User, UserProfile
from domains.base.admin import HTTPS_ADDRESSES, AddressForm, ReadOnlyAdmin, TableAdmin, count_column

#: What makes somebody staff, and what staff may do.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_staff or _is_superuser(request)


class AddUserForm(AdminUserCreationForm):  # type: ignore[type-arg] # it has no parameter when it runs
    """A new person: address, name, and a password twice or none."""

    class Meta:
        model = User
        fields = ("email", "display_name")


class ChangeUserForm(AddressForm, UserChangeForm):  # type: ignore[type-arg] # as above
    """A known person; the password has a page of its own."""

    class Meta:
        model = User
        fields = ("email", "display_name")


class UserProfileInline(admin.StackedInline):  # type: ignore[type-arg] # as above
    """What the person tells everybody."""

    model = UserProfile
    fields = ("bio", "linkedin_url")
    can_delete = False
    formfield_overrides = HTTPS_ADDRESSES


@admin.register(User)
class UserAdmin(TableAdmin, DjangoUserAdmin):  # type: ignore[type-arg] # as above
    """People; somebody added here has the profile and the address that signing up would have made."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = (
        "email",
        "display_name",
        "user_type",
        "zip_code",
        "is_verified",
        "is_active",
        "is_staff",
        count_column("sessions", Session, "user"),
        "created_at",
    )
    list_filter = ("user_type", "is_verified", "is_active", "is_staff", "created_at")
    search_fields = ("email", "display_name", "zip_code")
    ordering = ("-id",)
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("display_name", "user_type", "zip_code", "picture", "is_verified")}),
        ("Rights", {"fields": ("is_active", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "display_name", "usable_password", "password1", "password2")}),)
    inlines: ClassVar = [UserProfileInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only superusers give rights: whoever may change people could give themselves all of them."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if _is_superuser(request) else (*fixed, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers change staff: whoever sets a password or an address can log in with it."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers remove staff."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The profile is written on the second page, once the person exists."""
        return super().get_inlines(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Keep the profile and the list of addresses in step; a new address still has to be proven.

        What was asked for with the former address ends: its keys prove that one, not the new one.
        """
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            obj.sign_up_attempts.all().delete()
        UserProfile.objects.get_or_create(user=obj)
        EmailAddress.objects.get_or_create(
            user=obj, email=obj.email, defaults={"primary": not obj.emailaddress_set.exists()}
        )


@admin.register(UserProfile)
class UserProfileAdmin(TableAdmin):
    """What people tell about themselves."""

    list_display = ("user", "linkedin_url")
    list_filter = (("bio", admin.EmptyFieldListFilter), ("linkedin_url", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name", "bio")
    autocomplete_fields = ("user",)
    ordering = ("-user_id",)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The year of birth is there for those who may correct it, since its owner can give it only once."""
        return () if self.has_change_permission(request, obj) else ("birth_year",)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is logged in where, and since when."""

    list_display = ("user", "device_name", "created_at", "rotated_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name", "device_name")
    ordering = ("-id",)


@admin.register(SignUpAttempt)
class SignUpAttemptAdmin(ReadOnlyAdmin):
    """Who asked for which account and has not proved the address yet; the password and the year of birth stay out."""

    list_display = ("user", "display_name", "user_type", "zip_code", "created_at")
    list_filter = ("user_type", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "display_name", "zip_code")
    exclude = ("password", "birth_year")
    ordering = ("-id",)


@admin.register(KnownNetwork)
class KnownNetworkAdmin(ReadOnlyAdmin):
    """From how many networks people log in; which ones they are cannot be read from a hash."""

    list_display = ("user", "seen_at")
    list_filter = ("seen_at",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name")
    exclude = ("digest",)
    ordering = ("-id",)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    """Who wants nothing to do with whom."""

    list_display = ("blocker", "blocked", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("blocker", "blocked")
    search_fields = ("blocker__email", "blocked__email")
    ordering = ("-id",)
