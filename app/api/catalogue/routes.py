"""The routes of the public catalogue, except help, which stays open where an operator requires a key."""

from app.api.catalogue import (
    activities,
    claims,
    examples,
    next_questions,
    paths,
    questions,
    rules,
    rulesets,
    strategies,
    words,
)

ROUTERS = [
    resource.router
    for resource in (
        questions,
        next_questions,
        words,
        activities,
        strategies,
        paths,
        claims,
        rules,
        rulesets,
        examples,
    )
]
