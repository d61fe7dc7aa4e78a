"""The routes for a partner's token, in the order in which an app comes to need them."""

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

ROUTERS = [
    resource.router
    for resource in (
        consents,
        reports,
        view,
        explanations,
        invitations,
        choices,
        plan,
        plan_proposals,
        calendars,
        feedback,
        check_ins,
        paths,
        progress,
        decisions,
        me,
        passphrases,
        tokens,
        access_log,
        export,
    )
]
