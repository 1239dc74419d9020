"""Courses and who takes them."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    PostGeneration,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)

from domains.learning.models import CompletionStatus, Course, Enrollment, Module, ModuleCompletion
from domains.skills.models import Skill
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


def _teach(course: Course, create: bool, skills: list[Skill] | None) -> None:
    if create and skills:
        course.skills.set(skills)


class CourseFactory(ModelFactory[Course]):
    """A published course for volunteers, without modules; `skills=[…]` names what it teaches."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    title = Sequence(lambda n: f"Course {n}")
    description = "What every newcomer should know."

    skills = PostGeneration(_teach)


class ModuleFactory(ModelFactory[Module]):
    """The next module of its course."""

    class Meta:
        model = Module

    course = SubFactory(CourseFactory)
    title = Sequence(lambda n: f"Module {n}")
    content = "Read this first."
    order = LazyAttribute(lambda module: _next_order(module.course))


def _next_order(course: Course) -> int:
    return course.modules.count() + 1 if course.pk else 1


def _finish_modules(enrollment: Enrollment, create: bool, _given: None) -> None:
    if create and enrollment.completion_status == CompletionStatus.COMPLETED:
        for module in enrollment.course.modules.all():
            ModuleCompletionFactory(enrollment=enrollment, module=module)


class EnrollmentFactory(ModelFactory[Enrollment]):
    """Somebody half-way in a course; `completed=True` finishes the course and each module it has by then."""

    class Meta:
        model = Enrollment
        skip_postgeneration_save = True

    class Params:
        completed = Trait(completion_status=CompletionStatus.COMPLETED, completed_at=LazyFunction(timezone.now))

    course = SubFactory(CourseFactory)
    user = SubFactory(UserFactory)

    module_completions = PostGeneration(_finish_modules)


class ModuleCompletionFactory(ModelFactory[ModuleCompletion]):
    """A finished module of the course that the enrolment is in."""

    class Meta:
        model = ModuleCompletion

    enrollment = SubFactory(EnrollmentFactory)
    module = SubFactory(ModuleFactory, course=SelfAttribute("..enrollment.course"))
