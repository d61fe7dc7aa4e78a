from typing import Annotated

import typer

from app.commands.command_app import ContentFolder
from app.commands.failure import CommandFailed
from app.rulesets.library import SOURCE_LOCALE
from app.rulesets.load import load_ruleset
from app.rulesets.locales import LOCALES, is_language, skeleton
from app.settings import read_settings


def locale(
    tag: Annotated[str, typer.Argument(help="The tag of the language, such as de or pt-BR.", metavar="TAG")],
    folder: ContentFolder = None,
) -> None:
    """Write the files of a new language: all texts with the English above, to be translated in any order.

    What is not translated stays English. Files that are there already are left as they are.
    """
    if not is_language(tag):
        raise CommandFailed([f"`{tag}` is not the tag of another language, such as de or pt-BR."], code=2)
    root = folder or read_settings().content_folder
    files = skeleton(load_ruleset(root).texts[SOURCE_LOCALE])
    language = root / LOCALES / tag
    language.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = language / f"{name}.yaml"
        if file.exists():
            typer.echo(f"{file} is there already.")
        else:
            file.write_text(text, encoding="utf-8")
            typer.echo(f"Written to {file}")
