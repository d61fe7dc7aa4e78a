"""The routes of an integrator, for the holder of one of its keys."""

from fastapi import APIRouter

from app.api.integrators import couples, erasure, keys, partners

router = APIRouter()
for resource in (keys, partners, erasure, couples):
    router.include_router(resource.router)
