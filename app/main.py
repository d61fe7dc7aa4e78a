"""Construction of the application from its settings."""

import asyncio
import signal
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import structlog
from fastapi import Depends, FastAPI
from starlette.datastructures import State
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.api.catalogue import help  # noqa: A004  as the resource is called
from app.api.catalogue import routes as catalogue
from app.api.http import docs, health, home, openapi, problem_pages
from app.api.http.admin import AdminByPort, create_admin
from app.api.http.authentication import require_key
from app.api.http.cors import Cors
from app.api.http.logs import configure_logs
from app.api.http.middleware import HttpMiddleware, Metrics
from app.api.http.openapi import describe
from app.api.http.prefix import BelowPath
from app.api.http.problems import install_error_handlers
from app.api.http.request_context import RateLimiter
from app.api.http.routing import RouteTable, check_query
from app.api.http.turns import Turns
from app.api.integrators import routes as integrators
from app.api.me import routes as me
from app.api.recommendations import explanations, recommendations
from app.errors import RekindleError
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.service.maintenance import run_rounds
from app.service.readiness import ReadinessProbe
from app.service.recovery import A_START_WAITS, Recovery
from app.service.session import Clock
from app.settings import DAY_SECONDS, RateLimit, Settings, UnusableSettings, read_settings
from app.store.connection.database import Database
from app.store.crypto import keyring, vault

# Open to everyone, unless the operator requires a key.
OPEN_BY_DEFAULT = (recommendations.router, explanations.router, *catalogue.ROUTERS)
# For the holder of a key or a token.
AUTHENTICATED = (*integrators.ROUTERS, *me.ROUTERS)
# Help needs no key, whatever the operator requires of the rest of the catalogue.
ALWAYS_OPEN = (
    help.router,
    home.router,
    health.router,
    problem_pages.router,
    docs.router,
    openapi.router,
)

utc_now: Clock = partial(datetime.now, UTC)
log = structlog.get_logger()


class AdminListener(NamedTuple):
    """The port of the admin listener, and the folder in which the counters of several workers meet."""

    port: int | None = None
    metrics_folder: Path | None = None


NO_ADMIN = AdminListener()


def create_app(
    settings: Settings,
    rulesets: ActiveRuleset | None = None,
    clock: Clock = utc_now,
    admin: AdminListener = NO_ADMIN,
) -> FastAPI:
    """Return the application with its ruleset read and checked. Raises `ContentError` for content with mistakes.

    `clock` returns the present in UTC; every date and time of the application comes from it.
    """
    app = FastAPI(
        **openapi.INFO,
        servers=openapi.servers_of(settings.root_path),
        openapi_url=None,
        redirect_slashes=False,
        lifespan=run_background_tasks,
    )
    app.state.clock = clock
    app.state.rulesets = rulesets or ActiveRuleset(settings.content_folder, settings.ruleset)
    set_state(app.state, settings, admin)
    table = RouteTable()
    key = [Depends(require_key)] if settings.require_key else []
    for router in OPEN_BY_DEFAULT:
        table.add(app, router, [*key, Depends(check_query)])
    for router in (*AUTHENTICATED, *ALWAYS_OPEN):
        table.add(app, router)
    app.router.routes.append(table)
    install_error_handlers(app)
    describe(app, table)
    add_middleware(app, settings, admin)
    return app


def add_middleware(app: FastAPI, settings: Settings, admin: AdminListener) -> None:
    """Add what is around all routes, the innermost first."""
    app.add_middleware(
        HttpMiddleware,
        metrics=app.state.metrics,
        cors=Cors(settings.cors_origins, settings.cors_headers) if settings.cors_origins else None,
        limiter=RateLimiter(settings.rate_limit) if settings.rate_limit else None,
        clock=app.state.clock,
        body_limit=settings.body_limit,
    )
    if settings.root_path:
        app.add_middleware(BelowPath, root=settings.root_path)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    if admin.port is not None:
        app.add_middleware(AdminByPort, admin=app.state.admin, port=admin.port)


def set_state(state: State, settings: Settings, admin: AdminListener) -> None:
    """Set what requests find on the application besides its clock and its rulesets."""
    state.settings = settings
    state.database = Database(settings.database_url)
    state.recovery = Recovery(requires_row_security=settings.require_row_security)
    state.vault = cache(lambda: vault.Vault(keyring.KeyRing(settings.key_file)))
    state.readiness = ReadinessProbe(state.database, state.vault, state.recovery, state.clock)
    state.calendar_file = cache(partial(import_module, "app.service.calendar_file"))
    state.turns = Turns()
    state.explanations = RateLimiter(RateLimit(settings.quota_explanations, DAY_SECONDS))
    state.metrics = Metrics(admin.metrics_folder)
    state.admin = create_admin(state)


def create_app_from_environment() -> FastAPI:
    """Return the application for a server process. Exits with every mistake of the settings or the content."""
    try:
        return create_app(read_settings())
    except (UnusableSettings, ContentError) as error:
        sys.exit("\n".join(map(str, error.mistakes)))


@asynccontextmanager
async def run_background_tasks(app: FastAPI) -> AsyncGenerator[None]:
    # Logs and signals belong to the process, so an application in another thread leaves them alone.
    if threading.current_thread() is threading.main_thread():
        configure_logs(app.state.settings.log_level, app.state.settings.log_format)
        reload_on_hangup(app.state.rulesets)
    state = app.state
    if not state.vault().ring.erased.is_empty():
        # Requests wait for it, and begin it anew where it fails now. Without a list the database stays closed.
        with suppress(RekindleError):
            await state.recovery.finish(state.database, state.vault(), state.clock, A_START_WAITS)
    maintenance = start_maintenance(state) if state.settings.maintenance else None
    try:
        yield
    finally:
        if maintenance:
            maintenance.cancel()
            with suppress(asyncio.CancelledError):
                await maintenance
        await state.database.close()


def start_maintenance(state: State) -> asyncio.Task[None]:
    rounds = run_rounds(state.database, state.vault, state.settings.key_file, state.clock)
    return asyncio.create_task(rounds, name="maintenance")


def reload_on_hangup(rulesets: ActiveRuleset) -> None:
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, reload_content, rulesets))


def reload_content(rulesets: ActiveRuleset) -> None:
    """Load the content again; with mistakes in it, the ruleset in force stays."""
    try:
        library = rulesets.reload()
    except ContentError as error:
        log.warning("content_refused", mistakes=[str(mistake) for mistake in error.mistakes])
    else:
        log.info("content_reloaded", version=library.version, digest=library.digest)
