"""Courses with their modules, and people's progress."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.community import LOG_INS, Community, read_content
from domains.learning.models import (
    AudienceType,
    CompletionStatus,
    Course,
    Enrollment,
    Module,
    ModuleCompletion,
)
from domains.skills.models import SkillSource, UserSkill

#: How many of a course's modules the demo volunteer has finished, by the place of the course in the content.
FINISHED_MODULES = {0: 3, 1: 1, 5: 1}


def load_courses(community: Community) -> None:
    """Load every course and enroll people; people who have finished a course get its skills."""
    contents = read_content("learning")["course"]
    for content in contents:
        community.courses[content["title"]] = Course(
            title=content["title"],
            description=content["description"],
            audience_type=AudienceType(content.get("audience", AudienceType.VOLUNTEER)),
            estimated_hours=content["hours"],
            created_by=community.users["staff"],
            created_at=community.random_past_time(days=(100, 200)),
        )
    Course.objects.bulk_create(community.courses.values())
    links = Course.skills.through
    links.objects.bulk_create(
        links(course=community.courses[content["title"]], skill=community.skills[name])
        for content in contents
        for name in content["skills"]
    )
    for position, content in enumerate(contents):
        course = community.courses[content["title"]]
        modules = Module.objects.bulk_create(
            Module(course=course, title=title, content=text, order=order)
            for order, (title, text) in enumerate(content["modules"], start=1)
        )
        for who in _choose_students(community, course, position):
            done = FINISHED_MODULES[position] if who == "volunteer" else community.rng.randint(0, len(modules))
            _enroll(community, course, who, modules, done)


def _choose_students(community: Community, course: Course, position: int) -> list[str]:
    is_for_hosts = course.audience_type == AudienceType.HOST
    people = [
        key
        for key, person in community.people.items()
        if key not in LOG_INS and (person.get("type", "VOLUNTEER") != "VOLUNTEER") == is_for_hosts
    ]
    chosen = community.rng.sample(people, community.rng.randint(4, 9))
    return [*chosen, "volunteer"] if position in FINISHED_MODULES else chosen


def _enroll(community: Community, course: Course, who: str, modules: list[Module], done: int) -> None:
    enrolled_at = community.random_past_time(days=(5, 60))
    times = sorted(community.random_time_between(enrolled_at, community.now) for _ in range(done))
    has_finished = done == len(modules)
    enrollment = Enrollment.objects.create(
        course=course,
        user=community.users[who],
        completion_status=CompletionStatus.COMPLETED if has_finished else CompletionStatus.IN_PROGRESS,
        enrolled_at=enrolled_at,
        completed_at=times[-1] if has_finished else None,
    )
    ModuleCompletion.objects.bulk_create(
        ModuleCompletion(enrollment=enrollment, module=module, completed_at=at)
        for module, at in zip(modules, times, strict=False)
    )
    if has_finished:
        _give_skills(community, course, who, times[-1] + timedelta(seconds=1))


def _give_skills(community: Community, course: Course, who: str, at: datetime) -> None:
    for skill in course.skills.all():
        if skill.name not in community.skill_names[who]:
            community.skill_names[who].add(skill.name)
            UserSkill.objects.create(
                user=community.users[who],
                skill=skill,
                source=SkillSource.COURSE,
                is_verified=True,
                created_at=at,
            )
