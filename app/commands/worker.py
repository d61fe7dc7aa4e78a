"""The application in a process that answers."""

import gc
from pathlib import Path

# Before whatever imports structlog.
from app.commands import lean_structlog  # noqa: F401  isort: skip
from fastapi import FastAPI

from app.api.http.protocol import ProblemProtocol
from app.commands.failure import CommandFailed
from app.main import AdminListener, create_app
from app.rulesets import kept_ruleset
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.settings import Settings, read_settings

__all__ = ["ProblemProtocol", "build", "create", "read_rulesets"]


def create(admin_port: int | None, metrics_folder: str) -> FastAPI:
    """Return the application of one process among several, by the settings that it inherited."""
    # What it shares with the others stays shared: the garbage collector would write to every page of it.
    gc.freeze()
    settings = read_settings()
    return build(settings, read_rulesets(settings), AdminListener(admin_port, Path(metrics_folder)))


def build(settings: Settings, rulesets: ActiveRuleset, admin: AdminListener) -> FastAPI:
    app = create_app(settings, rulesets, admin=admin)
    freeze()
    return app


def read_rulesets(settings: Settings) -> ActiveRuleset:
    # Reading the content makes no garbage; looking for it would cost a twentieth of the start.
    gc.disable()
    try:
        rulesets = ActiveRuleset(settings.content_folder, settings.ruleset, kept_ruleset.load)
    except ContentError as error:
        count = len(error.mistakes)
        raise CommandFailed([*map(str, error.mistakes), f"The content cannot be used: mistakes: {count}."]) from error
    # What follows makes garbage: collected as it comes, it leaves a worker a tenth smaller.
    freeze()
    gc.enable()
    return rulesets


def freeze() -> None:
    """Keep everything loaded so far out of the garbage collector, which would look at it again and again."""
    gc.collect()
    gc.freeze()
