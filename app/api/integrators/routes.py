"""The routes for an integrator's key."""

from app.api.integrators import couples, erasure, keys, partners

ROUTERS = [resource.router for resource in (partners, couples, keys, erasure)]
