"""The command line. Every command loads only what it needs, so that each of them starts at once."""

# ruff: noqa: PLC0415

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar

import typer

from app import __version__
from app.errors import RekindleError
from app.rulesets.library import Library
from app.service.maintenance import MaintenanceReport
from app.settings import Settings, UnusableSettings, read_settings
from app.store.connection import revision
from app.store.connection.database import Database
from app.store.crypto import keyring, vault
from app.store.crypto.vault import Vault
from app.store.schema import data_inventory_page

REFUSED, WRONG_USE, INTERRUPTED = 1, 2, 130
LONGEST_NAME = 100
Result = TypeVar("Result")

app = typer.Typer(
    help="Rekindle answers one question: given what two people told us, what could they do together next, and why?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
integrators = typer.Typer(help="The apps and organisations that call the API.", no_args_is_help=True)
app.add_typer(integrators, name="integrators")
rulesets = typer.Typer(help="The releases of the content, and which one decides.", no_args_is_help=True)
app.add_typer(rulesets, name="rulesets")


def main() -> None:
    try:
        app(prog_name="rekindle")
    except RekindleError as error:
        typer.echo(error.detail, err=True)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except UnusableSettings as error:
        typer.echo("\n".join(error.mistakes), err=True)
        sys.exit(WRONG_USE)


def fail(lines: Iterable[str], code: int = REFUSED) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)


def a_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise typer.BadParameter(f"a name has 1 to {LONGEST_NAME} letters")
    return name.strip()


@app.callback(invoke_without_command=True)
def rekindle(*, version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    welcome: Annotated[bool, typer.Option("--welcome", help="Ask a first question and show the answer.")] = False,
) -> None:
    """Answer requests. An SQLite database is brought up to date first."""
    from app.commands.serve import CannotServe, serve_until_stopped

    try:
        serve_until_stopped(read_settings(), host, port, workers=workers, welcome=welcome)
    except CannotServe as error:
        fail(error.lines)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    from app.store.connection.migration import is_at_head
    from app.store.connection.migration import migrate as bring_to_head

    url = read_settings().database_url
    if not asyncio.run(is_at_head(url)):
        bring_to_head(url)
    typer.echo(f"The database is up to date ({revision.HEAD}).")


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of content; the one in force if left out.", file_okay=False)
    ] = None,
) -> None:
    """Read all content and name every mistake in it."""
    from app.rulesets.diagnostics import ContentError
    from app.rulesets.review import check_content

    folder = folder or read_settings().content_folder
    try:
        library = check_content(folder)
    except ContentError as error:
        count = len(error.mistakes)
        fail([*map(str, error.mistakes), f"{count} {'mistake' if count == 1 else 'mistakes'} in {folder}"])
    typer.echo(f"No mistakes in {folder}: {len(library.ruleset.rules)} rules.")


@app.command()
def explain(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="JSON or YAML: a request, two self-reports as a and b, or one; - for a pipe."
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer of the API as it is.")] = False,
    locale: Annotated[str | None, typer.Option(help="The language to answer in, such as de.")] = None,
    why: Annotated[
        str | None,
        typer.Option(help="Why one activity, practice or strategy is suggested or not.", metavar="TARGET"),
    ] = None,
    viewer: Annotated[Literal["a", "b"] | None, typer.Option(help="Whose view alone; with --why, a.")] = None,
) -> None:
    """Show what two partners would be told, and why. Nothing is stored or sent."""
    from app.commands.explain import CannotExplain, be_quiet
    from app.commands.explain import explain as answer_to
    from app.commands.terminal import Screen
    from app.rulesets.diagnostics import ContentError

    be_quiet()
    try:
        answer = answer_to(read_settings(), file, locale, why, viewer)
    except CannotExplain as error:
        fail(error.lines)
    except ContentError as error:
        fail(map(str, error.mistakes))
    said = json.loads(answer)
    if as_json:
        typer.echo(answer)
    elif "target" in said:
        Screen().explanation(said)
    else:
        Screen().answer(said)


@app.command()
def prove(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of content; the one in force if left out.", file_okay=False)
    ] = None,
    *,
    only: Annotated[list[str] | None, typer.Option(help="One property by its id; may be given again.")] = None,
    random: Annotated[
        int | None, typer.Option(help="How many random pairs of reports to run.", min=1, show_default="20000")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="How long one question to the solver may take.")] = None,
    workers: Annotated[int, typer.Option(help="By how many processes random pairs are run.", min=1)] = 1,
) -> None:
    """Show that what must hold for every couple does, and print answers that break it where it does not."""
    try:
        from verification.command import prove as prove_all
    except ModuleNotFoundError as error:
        fail([f"This needs {error.name}: install rekindle[verification]."], WRONG_USE)
    from app.rulesets.diagnostics import ContentError

    try:
        holds = prove_all(
            folder or read_settings().content_folder,
            typer.echo,
            only=only or (),
            pairs=random,
            seconds=seconds,
            workers=workers,
        )
    except ContentError as error:
        fail(map(str, error.mistakes))
    except LookupError as error:
        fail([str(error.args[0])], WRONG_USE)
    if not holds:
        raise typer.Exit(REFUSED)


@app.command()
def scenarios(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of content; the one in force if left out.", file_okay=False)
    ] = None,
    *,
    rule: Annotated[str | None, typer.Option(help="Print the scenarios in which this rule fires instead.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Say how many small mistakes the suite sees.")] = False,
) -> None:
    """Print the scenarios, at the lines that the rules draw, that come out otherwise than by the last release."""
    from app.rulesets.diagnostics import ContentError
    from verification.turned import say_scenarios

    try:
        is_sound = say_scenarios(folder or read_settings().content_folder, typer.echo, rule=rule, mutants=mutants)
    except ContentError as error:
        fail(map(str, error.mistakes))
    if not is_sound:
        raise typer.Exit(REFUSED)


@app.command()
def review(
    rule: Annotated[str | None, typer.Argument(help="One rule by its id; all if left out.")] = None,
    *,
    to: Annotated[
        Path | None, typer.Option(help="Write a page instead: a folder, or a file that ends in .html.")
    ] = None,
) -> None:
    """Show the rules as sentences, with what stands behind each and what hangs on it."""
    from app.rulesets.diagnostics import ContentError
    from verification.reviewing import review as show_rules

    try:
        show_rules(read_settings().content_folder, rule, to, typer.echo)
    except ContentError as error:
        fail(map(str, error.mistakes))


@app.command()
def release(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of content; the one in force if left out.", file_okay=False)
    ] = None,
) -> None:
    """Check the content, and make a release of it that never changes again."""
    from app.rulesets.diagnostics import ContentError
    from verification.releasing import release as release_content

    try:
        release_content(folder or read_settings().content_folder, datetime.now(UTC).date(), typer.echo)
    except ContentError as error:
        fail(map(str, error.mistakes))


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The same.", metavar="NEW")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what changed between two rulesets, and who gets something else."""
    from app.rulesets.active_ruleset import open_ruleset
    from app.rulesets.diagnostics import ContentError
    from verification.diff import compare, say

    root = read_settings().content_folder
    try:
        found = compare(open_ruleset(root, old), open_ruleset(root, new))
    except ContentError as error:
        fail(map(str, error.mistakes))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(say(found)))


@app.command()
def simulate(  # noqa: PLR0913  each of them is an option
    old: Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The same.", metavar="NEW")],
    *,
    couples: Annotated[int, typer.Option(help="How many synthetic couples.", min=1)] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Another seed, other couples.", min=0)] = 0,
    reports: Annotated[
        Path | None, typer.Option(help="Couples of a Parquet file instead; see docs/simulate.md.", dir_okay=False)
    ] = None,
    output: Annotated[Path, typer.Option(help="Where to write the page and the JSON, without an ending.")] = Path(
        "simulation"
    ),
    workers: Annotated[int, typer.Option(help="How many processes of this machine.", min=1, max=256)] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="The address of a Dask scheduler, such as tcp://…:8786.")
    ] = None,
) -> None:
    """Say who would get something else under another ruleset."""
    try:
        from verification.simulation import run
    except ModuleNotFoundError as error:
        fail([f"This needs {error.name}: install rekindle[verification]."], WRONG_USE)
    from app.rulesets.diagnostics import ContentError

    root = read_settings().content_folder
    try:
        run(
            root,
            (old, new),
            typer.echo,
            couples=couples,
            seed=seed,
            reports=reports,
            output=output,
            workers=workers,
            scheduler=scheduler,
        )
    except ContentError as error:
        fail(map(str, error.mistakes))
    except ModuleNotFoundError as error:
        fail([f"This needs {error.name}: install rekindle[distributed]."], WRONG_USE)


@rulesets.command("list")
def list_rulesets() -> None:
    """List the releases and what decides."""
    from app.rulesets.active_ruleset import describe
    from app.rulesets.diagnostics import ContentError

    settings = read_settings()
    try:
        for line in describe(settings.content_folder, settings.ruleset):
            typer.echo(line)
    except ContentError as error:
        fail(map(str, error.mistakes))


@rulesets.command("use")
def use_ruleset(
    version: Annotated[str, typer.Argument(help="The release to decide by, or `files`.", metavar="VERSION")],
) -> None:
    """Put a release in force, or the content files. A running server takes it up on SIGHUP."""
    from app.rulesets.active_ruleset import activate

    _put_in_force(lambda root: activate(root, version))


@rulesets.command("back")
def use_former_ruleset() -> None:
    """Put in force again what was in force before."""
    from app.rulesets.active_ruleset import rollback

    _put_in_force(rollback)


def _put_in_force(put: "Callable[[Path], Library]") -> None:
    from app.rulesets.diagnostics import ContentError

    settings = read_settings()
    try:
        library = put(settings.content_folder)
    except ContentError as error:
        fail(map(str, error.mistakes))
    typer.echo(f"In force: {library.version}, {library.digest}. A running server takes it up on SIGHUP.")
    if settings.ruleset:
        typer.echo(f"REKINDLE_RULESET is set to {settings.ruleset}, and decides as long as it is.", err=True)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of this API."""
    from app.main import create_app

    typer.echo(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=2))


@app.command()
def upkeep() -> None:
    """Do now what a running server does by itself every day: new keys, and away with what has had its time."""
    from app.service.maintenance import run_once

    async def run(database: "Database", vault: "Vault") -> "MaintenanceReport | None":
        return await run_once(database, vault, lambda: datetime.now(UTC), whole=True)

    done = _with_the_database(run)
    if done is None:
        fail(["Another process is at it."])
    typer.echo(f"{done.wrapped} keys wrapped anew, {done.removed} rows removed.")
    if done.erased_again:
        typer.echo(f"{done.erased_again} partners who had been erased were there again, and are gone now.")
    if done.lost:
        fail([f"{done.lost} data keys do not open: what they sealed is lost, and their old key has to stay."])


@app.command("erase-again")
def erase_again() -> None:
    """Erase once more whoever was erased since a backup was made. Run it after a restore, before serving."""
    from app.service.erasure import erase_again as erase_all

    async def run(database: "Database", vault: "Vault") -> int:
        async with database.writing() as connection:
            return await erase_all(connection, vault, datetime.now(UTC))

    typer.echo(f"Erased again: {_with_the_database(run)}.")


@app.command()
def audit() -> None:
    """Verify that no event in anyone's log was changed, added, moved or taken away."""
    from app.service.audit import verify

    found = _with_the_database(verify)
    if found:
        fail(["These were tampered with:", *found])
    typer.echo("Every event is as it was written.")


def _with_the_database(run: "Callable[[Database, Vault], Coroutine[object, object, Result]]") -> "Result":
    from app.store.connection.database import Database

    async def run_and_close() -> "Result":
        settings = read_settings()
        database = Database(settings.database_url)
        try:
            return await run(database, vault.Vault(keyring.KeyRing(settings.key_file)))
        finally:
            await database.close()

    return asyncio.run(run_and_close())


@app.command("data-inventory")
def print_data_inventory(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/data-inventory.md of this folder instead.")
    ] = False,
) -> None:
    """Print the data inventory: whose each is, whom it may affect, what for, and for how long."""
    page = data_inventory_page.page()
    if write:
        Path("docs/data-inventory.md").write_text(page, encoding="utf-8")
    else:
        typer.echo(page, nl=False)


@app.command()
def seed(
    *,
    url: Annotated[str, typer.Option(help="Where the server answers; it stands in the lines to try.")] = (
        "http://127.0.0.1:8000"
    ),
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make another key for the seeded couples, and end the one before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make six couples of test data to try the API with, or find them again, and print how."""
    from app.commands.seed import as_plain, lines_to_try, make_or_find
    from app.rulesets.diagnostics import ContentError

    try:
        seeded = asyncio.run(make_or_find(read_settings(), datetime.now(UTC), new_key=new_key))
    except ContentError as error:
        fail(map(str, error.mistakes))
    typer.echo(json.dumps(as_plain(seeded)) if as_json else "\n".join(lines_to_try(seeded, url)))


@integrators.command("create")
def create_integrator(
    name: Annotated[str, typer.Argument(help="What to call the app or organisation.", metavar="NAME", callback=a_name)],
    *,
    mode: Annotated[Literal["test", "live"], typer.Option(help="Data made with test and live keys never meet.")],
    scopes: Annotated[str, typer.Option(help="What the key may do, separated by commas; everything if left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Register an integrator and show its first key, once."""
    from app.service.integrators import NewIntegrator, create_integrator, read_scopes
    from app.store.connection.database import Database
    from app.store.connection.migration import prepare

    try:
        asked = read_scopes(scopes)
    except ValueError as error:
        fail([str(error)], WRONG_USE)
    url = read_settings().database_url

    async def create() -> NewIntegrator:
        await prepare(url)
        database = Database(url)
        try:
            async with database.writing() as connection:
                return await create_integrator(connection, name, mode, datetime.now(UTC), asked)
        finally:
            await database.close()

    created = asyncio.run(create())
    if as_json:
        typer.echo(json.dumps({"integrator": created.integrator, "api_key": created.api_key}))
        return
    typer.echo(f"Integrator  {created.integrator}\nKey         {created.api_key}")
    typer.echo("This is the only time the key is shown: keep it where your secrets are.", err=True)
