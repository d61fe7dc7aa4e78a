"""The routes for a partner's token."""

from fastapi import APIRouter

from app.api.me import (
    access_log,
    calendars,
    check_ins,
    choices,
    consents,
    decisions,
    explanations,
    export,
    feedback,
    invitations,
    me,
    passphrases,
    paths,
    plan,
    plan_proposals,
    progress,
    reports,
    tokens,
    view,
)

router = APIRouter()
for resource in (
    invitations,
    me,
    passphrases,
    tokens,
    access_log,
    consents,
    reports,
    check_ins,
    view,
    explanations,
    decisions,
    export,
    choices,
    plan,
    plan_proposals,
    calendars,
    paths,
    feedback,
    progress,
):
    router.include_router(resource.router)
