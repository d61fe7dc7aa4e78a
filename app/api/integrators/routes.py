"""The routes for an integrator's key."""

from fastapi import APIRouter

from app.api.integrators import couples, erasure, keys, partners

router = APIRouter()
for resource in (partners, couples, keys, erasure):
    router.include_router(resource.router)
