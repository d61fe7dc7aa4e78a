"""The routes of the public catalogue."""

from fastapi import APIRouter

from app.api.catalogue import activities, claims, examples, questions, rules, rulesets, strategies

router = APIRouter(prefix="/v1", tags=["catalogue"])
for resource in (questions, strategies, activities, claims, rules, rulesets, examples):
    router.include_router(resource.router)
