"""The routes for an integrator's key."""

from app.api.integrators import couples, keys, partners

ROUTERS = [resource.router for resource in (partners, couples, keys)]
